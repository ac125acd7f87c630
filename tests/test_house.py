"""The house keeps its own rules: light imports, one door to each library, pinned names, proven requirements."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import pkgutil
import re
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

import contactcore
from contactcore import User, Workspace
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.kinds import KIND_OF, KINDS, VIEWS
from contactcore_sqlite import SQLiteStorage
from support import requirements

ROOT = requirements.ROOT
SOURCE = ROOT / "src" / "contactcore"
HEAVY = [
    "babel",
    "cattrs",
    "charset_normalizer",
    "clevercsv",
    "click",
    "docx",
    "email_validator",
    "itsdangerous",
    "jinja2",
    "lxml",
    "msgspec",
    "PIL",
    "phonenumbers",
    "python_calamine",
    "xlsxwriter",
    "rapidfuzz",
]
DOORS = {
    "argon2": "contactcore/workspace/kernel/passwords.py",
    "babel": "contactcore/values/country.py",
    "cattrs": "contactcore/formats/plain/values.py",
    "charset_normalizer": "contactcore/formats/tabular/encodings.py",
    "clevercsv": "contactcore/formats/tabular/detection.py",
    "docx": "contactcore/formats/documents/word.py",
    "email_validator": "contactcore/values/email.py",
    "itsdangerous": "contactcore/formats/forms/signing.py",
    "jinja2": "contactcore/formats/placeholders.py",
    "lxml": "contactcore/formats/documents/word.py",
    "msgspec": "contactcore/mapping/json.py",
    "PIL": "contactcore/formats/pictures/pixels.py",
    "phonenumbers": "contactcore/values/phone_plans.py",
    "python_calamine": "contactcore/formats/tabular/workbooks.py",
    "radicale": "contactcore_radicale/application.py",
    "rapidfuzz": "contactcore/rules/likeness.py",
    "smtplib": "contactcore/delivery/smtp.py",
    "xlsxwriter": "contactcore/formats/tabular/workbook_writing.py",
}
LAZY = [
    "contactcore",
    "contactcore.formats.letters",
    "contactcore.model",
    "contactcore.text",
    "contactcore.values",
    "contactcore.workspace",
]
PACKAGES = ("contactcore", "contactcore_memory", "contactcore_postgres", "contactcore_radicale", "contactcore_sqlite")
MODULES = [
    module.name
    for package in PACKAGES
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    if not module.name.endswith(".__main__")
]
WRITES = {
    *("insert", "replace", "delete", "lock", "set_access", "reindex"),
    *("publish", "claim", "keep_blob", "drop_blob", "load"),
}
FACE = [
    "MESSAGE_LANGUAGES",
    "AccessPolicy",
    "AccountEntry",
    "Address",
    "Affiliation",
    "Attachment",
    "Authority",
    "BulkAct",
    "Company",
    "Conflict",
    "Consent",
    "Contact",
    "ContactCoreError",
    "Currency",
    "Duplicate",
    "EmailAddress",
    "Forbidden",
    "Form",
    "FormField",
    "Host",
    "Interaction",
    "Invalid",
    "Item",
    "ItemRole",
    "Language",
    "LinkedFile",
    "Money",
    "NotFound",
    "PartialDate",
    "PaymentMethod",
    "Person",
    "PersonName",
    "PhoneNumber",
    "Picture",
    "PictureCandidate",
    "PortalUser",
    "Problem",
    "Recipient",
    "Retention",
    "Settings",
    "Site",
    "SocialProfile",
    "StorageError",
    "Tag",
    "User",
    "Website",
    "Workspace",
    "from_plain",
    "label_of",
    "message_of",
    "to_plain",
]


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    before, after = _modules_after("pass"), _modules_after("import contactcore")
    assert after - before <= {"contactcore", "__future__"}


def test_importing_the_whole_face_loads_no_heavy_library():
    loaded = _modules_after("from contactcore import *")
    assert loaded.isdisjoint({*HEAVY, "argon2", "psycopg", "sqlite3", "hypothesis", "pytest"})


def test_a_contact_without_anything_special_is_kept_without_loading_heavy_libraries():
    code = """
from contactcore import Company, User, Workspace
from contactcore_memory import MemoryStorage
with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
    session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
"""
    assert _modules_after(code).isdisjoint({"babel", "email_validator", "phonenumbers", "PIL", "cattrs", "click"})


OPENED = """
from contactcore import User, Workspace
from contactcore_sqlite import SQLiteStorage
workspace = Workspace(SQLiteStorage(file), name="acme", country="FR", language="fr")
for actor in (User("amelie"), User("root", admin=True)):
    with workspace.read(actor), workspace.read(actor):
        pass
"""
WRITTEN = """
with workspace.write(User("amelie")):
    pass
"""
ADDED = """
from contactcore import Company
with workspace.write(User("amelie")) as session:
    session.contacts.get(session.contacts.add(Company("Bois", emails=["office@bois.fr"])).id)
"""
# Each of them takes milliseconds, which a program that answers one question would wait for.
SERVICES = {
    f"contactcore.workspace.{name}"
    for name in (
        *("account", "documents", "exports", "forms", "history", "imports", "items", "maintenance", "matching"),
        *("merging", "notifications", "outbox", "pictures", "portal", "privacy", "settings", "sites", "timeline"),
        "trash",
    )
}
NOT_FOR_A_CONTACT = {
    *SERVICES,
    *(f"contactcore.mapping.{name}" for name in ("entities", "forms", "interactions", "jobs", "messages", "portal")),
    *(f"contactcore.model.{name}" for name in ("account", "form", "job", "message", "portal", "picture", "submission")),
    *("contactcore.formats.letters.templates", "contactcore.formats.plain", "contactcore.formats.tabular"),
    *("contactcore.rules.sending", "contactcore.workspace.kernel.retry", "contactcore.workspace.repositories.logins"),
    *("email.utils", "http", "importlib.metadata", "logging", "socket", "ssl", "tomllib", "asyncio", *HEAVY, "argon2"),
}
NOT_FOR_A_SESSION = {
    *NOT_FOR_A_CONTACT,
    *("contactcore.workspace.contacts", "contactcore.workspace.people", "contactcore.mapping.contacts"),
    *(f"contactcore.model.{name}" for name in ("affiliation", "company", "contact", "person", "value_conversion")),
    *("contactcore.text.collations", "contactcore.text.search_words", "contactcore.values.phone"),
    "contactcore_sqlite.query_plan",
    *("decimal", "hashlib", "hmac", "html", "pathlib", "random", "secrets", "urllib.parse", "uuid"),
}


@pytest.mark.parametrize(
    ("is_new", "code", "unused"),
    [
        pytest.param(True, OPENED, NOT_FOR_A_SESSION, id="session"),
        pytest.param(False, OPENED + WRITTEN, NOT_FOR_A_SESSION, id="writing session"),
        # Settings are written with msgspec, which loads the modules of numbers, and name the order of the language.
        pytest.param(
            True,
            OPENED + WRITTEN,
            NOT_FOR_A_SESSION - {"msgspec", "decimal", "uuid", "contactcore.text.collations"},
            id="session of a new workspace",
        ),
        pytest.param(True, OPENED + ADDED, NOT_FOR_A_CONTACT - {"msgspec"}, id="contact"),
    ],
)
def test_what_a_first_session_does_not_need_is_not_loaded(is_new, code, unused, tmp_path):
    path = tmp_path / "crm.db"
    if not is_new:
        with closing(SQLiteStorage(path)) as storage, Workspace(storage, name="acme").write(User("amelie")):
            pass
    program = f"import sys\nfile = sys.argv[1]\nbefore = {{*sys.modules}}\n{code}\nprint(*sys.modules.keys() - before)"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "contactcore.workspace.session" in loaded
    assert [name for name in unused if name.startswith("contactcore") and find_spec(name) is None] == []
    assert unused.intersection(loaded) == set()


@pytest.mark.parametrize("package", LAZY)
def test_a_name_that_is_loaded_when_it_is_used_is_the_one_that_type_checkers_know(package):
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    known = {
        alias.name: statement.module
        for block in tree.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert known.keys() <= {*module.__all__}
    for name, home in known.items():
        assert getattr(module, name) is getattr(importlib.import_module(str(home)), name)
    with pytest.raises(AttributeError, match="has no attribute"):
        module.q_q  # noqa: B018 - the attribute is looked up


def test_the_kinds_of_the_storage_are_those_of_the_entities_in_the_same_sequence():
    assert tuple(entity_type.kind for entity_type in ENTITIES) == KINDS
    assert {view.kind for view in VIEWS} <= KIND_OF.keys()


@functools.cache
def _sources() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")}


@pytest.mark.parametrize("library", DOORS)
def test_a_foreign_library_has_one_door(library):
    pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
    doors = {path.relative_to(ROOT / "src").as_posix() for path, text in _sources().items() if pattern.search(text)}
    assert doors == {DOORS[library]}


def _announced(text: str) -> set[str] | None:
    found = re.search(r"^__all__ = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)
    return None if found is None else set(re.findall(r'"(\w+)"', found[1]))


def test_what_one_module_takes_of_another_is_announced_there():
    announced = {path: _announced(text) for path, text in _sources().items()}
    hidden = set()
    for text in _sources().values():
        for statement in ast.walk(ast.parse(text)):
            if isinstance(statement, ast.ImportFrom) and statement.module:
                home = ROOT / "src" / statement.module.replace(".", "/")
                names = announced.get(home.with_suffix(".py"))
                hidden |= {f"{home.name}.{one.name}" for one in statement.names if names and one.name not in names}
    assert hidden == set()


def _is_writer(expression: ast.expr) -> bool:
    """Whether an expression ends in `writer`."""
    match expression:
        case ast.Name(id="writer") | ast.Attribute(attr="writer"):
            return True
    return False


def _is_transaction(expression: ast.expr) -> bool:
    match expression:
        case ast.Name(id="transaction" | "_transaction") | ast.Attribute(attr="transaction" | "_transaction"):
            return True
    return False


def _writer_uses(path: Path) -> list[str]:
    """Lines of a file that call a method of a writer, or take the writer of a transaction."""
    found = {}
    # Calls come after the expressions in them, so that a line that does both is named for its call.
    for node in reversed(list(ast.walk(ast.parse(path.read_text("utf-8"))))):
        match node:
            case ast.Attribute(value=value, attr="writer") if _is_transaction(value):
                found[node.lineno] = "takes the writer of a transaction"
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in WRITES and _is_writer(value):
                found[node.lineno] = f"calls {method}"
    return [f"{path.relative_to(SOURCE).as_posix()}:{line} {use}" for line, use in sorted(found.items())]


def test_only_repositories_and_the_kernel_call_a_writer():
    rooms = [path for folder in ("workspace", "delivery") for path in (SOURCE / folder).rglob("*.py")]
    writing = [path for path in rooms if not {"repositories", "kernel"} & set(path.relative_to(SOURCE).parts)]
    assert [use for path in sorted(writing) for use in _writer_uses(path)] == []


def test_public_names_are_pinned_and_all_of_them_load():
    assert contactcore.__all__ == FACE
    for name in FACE:
        assert getattr(getattr(contactcore, name), "__name__", name) == name  # a tuple has no name of its own
    with pytest.raises(AttributeError):
        contactcore.Nothing  # noqa: B018 - asking is the test


@pytest.mark.parametrize("name", FACE)
def test_the_reference_shows_each_public_name_as_users_import_it(name):
    assert re.search(
        rf"^\.\. auto\w+:: contactcore\.{name}$", (ROOT / "docs/reference.md").read_text("utf-8"), re.MULTILINE
    )


def test_nothing_is_left_to_be_done_in_a_comment():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml"} and path.exists() and path.name != "test_house.py":
            assert not re.search(r"\bTODO\b|\bFIXME\b", path.read_text("utf-8")), name


def test_no_statement_numbers_its_placeholders():
    # Python 3.12.0 to 3.12.3 take a number for a name, and warn.
    for folder in ("src", "benchmarks", "examples"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"[=(, ]\?[1-9]", path.read_text("utf-8")), path


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_the_docstrings_of_a_module_hold(module):
    # No option flags: an example shows what really comes, without an ellipsis.
    assert doctest.testmod(importlib.import_module(module), optionflags=0).failed == 0


def test_every_requirement_is_proven_by_a_test_or_is_to_be_built():
    assert set(requirements.requirements()) - set(requirements.proofs()) == set(requirements.TO_BE_BUILT)


def test_tests_name_only_requirements_that_there_are():
    assert set(requirements.proofs()) <= set(requirements.requirements())


def test_every_requirement_has_a_row_in_the_table_of_the_documentation():
    rows = [line.split(" | ") for line in requirements.table().splitlines()[2:]]
    assert [row[0].removeprefix("| ") for row in rows] == requirements.requirements()
    assert all(row[1].startswith(("tests/", "to be built: ")) for row in rows)


def test_the_page_of_the_requirements_marks_those_that_are_not_built_yet():
    assert set(requirements.marked_as_not_built()) == set(requirements.TO_BE_BUILT)
