"""The public types are complete, and the programs of users pass strict type checkers: README and examples (P7)."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.seeds import NIGHTLY

ROOT = Path(__file__).parents[1]
# Each package costs a start of pyright, and each storage has one public name.
STORAGES = ["contactcore_memory", "contactcore_postgres", "contactcore_sqlite"]
PACKAGES = ["contactcore", "contactcore_radicale", *(STORAGES if NIGHTLY else ())]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUESTIONS = '''"""What a user writes first, and must not have to cast."""

from contactcore import Affiliation, Company, Contact, Person, PortalUser, User, Workspace, from_plain, to_plain
from contactcore_memory import MemoryStorage

with Workspace(MemoryStorage(), name="acme", timezone="Europe/Paris").write(User("amelie")) as session:
    client = session.contacts.add(Company("Bois & Fils", phones=["+33 1 44 55 66 77"]))
    jane: Affiliation = session.people.add(client, Person("Jane", "Doe"), position="CFO")
    division: str = session.contacts.get(client.id, Company).division
    given: str = session.contacts.get(jane.person_id, Person).given_name
    either: str = session.contacts.get(client.id).display_name
    number: str = client.phones[0].international
    whole: list[str] = [session.contacts.get(card, Company).division for card in session.contacts.page(kind="company")]
    name: str = jane.person.display_name
    names: list[str] = [one.person.display_name for one in session.people.list(client)]
    decision: bool = session.people.may(jane, "represent", client).allowed
    again: Company = from_plain(to_plain(client), Company)
    saved: tuple[Affiliation, ...] = session.people.save_all(client, [jane])
    any_contact: Contact = session.contacts.get(client.id)
    kept: Contact = session.contacts.save(any_contact)
    laid: Company = from_plain({"division": "North"}, onto=client)


def enter(workspace: Workspace) -> PortalUser | None:
    signed_in = workspace.sign_in("jane@bois.fr", "a long password")
    if not signed_in:
        return None
    return PortalUser(signed_in.login, signed_in.clients[0], signed_in.login.epoch)
'''


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a user who has installed the library, and nothing of this repository's settings."""
    folder = tmp_path_factory.mktemp("user")
    readme = "\n".join(BLOCK.findall((ROOT / "README.md").read_text("utf-8")))
    (folder / "readme.py").write_text(readme, "utf-8")
    (folder / "questions.py").write_text(QUESTIONS, "utf-8")
    for example in (ROOT / "examples").glob("*.py"):
        shutil.copy(example, folder / example.name)
    settings = {"typeCheckingMode": "standard", "extraPaths": [path for path in sys.path if path]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    return folder


def complaints(folder: Path, command: list[str]) -> str:
    """The output of a type checker that is not content; `""` otherwise."""
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@functools.cache
def pyright() -> list[str]:
    """The command; without it the test is skipped."""
    program = shutil.which("pyright")
    if program is None and importlib.util.find_spec("pyright") is None:
        pytest.skip("pyright is not installed; it is in the group `test`")
    command = [program] if program else [sys.executable, "-m", "pyright"]
    probe = subprocess.run([*command, "--version"], capture_output=True, encoding="utf-8", check=False)
    if probe.returncode != 0:
        pytest.skip("pyright cannot be started: its first start needs node and the network")
    return command


@pytest.mark.req("DIR-17")
def test_the_programs_of_users_pass_mypy_strict(programs: Path, tmp_path: Path) -> None:
    options = ["--strict", "--no-error-summary", "--config-file=", f"--cache-dir={tmp_path}"]
    files = sorted(path.name for path in programs.glob("*.py"))
    assert complaints(programs, [sys.executable, "-m", "mypy", *options, *files]) == ""


@pytest.mark.req("DIR-17")
def test_the_programs_of_users_pass_pyright(programs: Path) -> None:
    command = [*pyright(), "--pythonpath", sys.executable, "--project", str(programs)]
    assert complaints(programs, command) == ""


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("package", PACKAGES)
def test_each_public_name_of_a_package_has_a_known_type(package: str, tmp_path: Path) -> None:
    # `--verifytypes` takes its modules from the first `python` of the path, whatever `--pythonpath` says.
    paths = {"PYTHONPATH": str(ROOT / "src"), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [*pyright(), "--verifytypes", package, "--ignoreexternal", "--outputjson"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **paths}, capture_output=True, encoding="utf-8", check=False
    )
    found = json.loads(done.stdout)["typeCompleteness"]
    assert Path(found["packageRootDirectory"]) == ROOT / "src" / package
    untyped = [one["name"] for one in found["symbols"] if one["isExported"] and not one["isTypeKnown"]]
    assert untyped == []
    assert found["completenessScore"] == 1
