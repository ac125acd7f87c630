"""A process that is killed in a purge or in the undo of an import leaves a whole workspace, and the act can go on."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from contactcore import Company, Interaction, NotFound, Person, Site, Workspace
from contactcore.storage import Storage
from model_based.whole_checker import check_whole, dumped
from support.actors import AMELIE, ROOT
from support.import_views import HEAD, seen
from support.seeds import NIGHTLY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

_STRIDE = 1 if NIGHTLY else 6
"""The number of calls of the writer between two kills."""

_CODE = """
import os, signal, sys
from contactcore import User, Workspace
from contactcore.workspace.imports import undo
from {module} import {storage}
from {module}.writing import {writer}

address, act, argument, number = sys.argv[1:]
left = [int(number)]
undo.SIZE = 5

def watch(name):
    inner = getattr({writer}, name)

    def killed_before(*arguments, **named):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return inner(*arguments, **named)

    setattr({writer}, name, killed_before)

for name in ("insert", "replace", "delete", "set_access", "reindex", "publish", "finish"):
    watch(name)
workspace = Workspace({storage}(address), "acme", country="FR")
if act == "purge":
    with workspace.write(User("root", admin=True)) as session:
        session.trash.purge(argument)
else:
    workspace.imports(User("amelie")).undo(argument)
"""


@pytest.fixture
def killed(opened: tuple[Storage, str]) -> Callable[[str, str, int], bool]:
    """Act in another process that is killed before a call of the writer, and say whether it was."""
    storage, address = opened
    name = type(storage).__name__
    module = type(storage).__module__.partition(".")[0]
    program = _CODE.format(module=module, storage=name, writer=name.replace("Storage", "Writer"))

    def act(what: str, argument: str, number: int) -> bool:
        command = [sys.executable, "-c", program, address, what, argument, str(number)]
        code = subprocess.run(command, check=False, timeout=100).returncode
        assert code in {0, -signal.SIGKILL}
        return code != 0

    return act


@pytest.mark.req("DIR-11")
def test_a_killed_purge_removes_nothing_and_the_next_one_everything(
    opened: tuple[Storage, str], killed: Callable[[str, str, int], bool]
) -> None:
    storage, _ = opened
    workspace = Workspace(storage, "acme", country="FR")
    with workspace.write(AMELIE) as session:
        people = [Person("Quixote", emails=[f"q{number}@bois.fr"]) for number in range(3)]
        client = session.contacts.add(Company("Quixote"), sites=[Site("Quixote")], people=people)
        kept = session.contacts.add(Company("Granit"))
        session.people.add(kept, session.people.list(client)[0].person_id)
        session.timeline.add(client, Interaction("Quixote"))
        session.contacts.delete(client)
    before = list(dumped(workspace))
    number = 1
    while killed("purge", client.id, number):
        assert list(dumped(workspace)) == before
        check_whole(workspace)
        number += _STRIDE
    assert number > _STRIDE
    check_whole(workspace)
    with workspace.write(ROOT) as session:
        with pytest.raises(NotFound):
            session.trash.purge(client.id)
        assert [one.id for one in session.contacts.page()] == [kept.id]
        # The person who acts for another contact stays.
        assert len(session.people.list(kept.id)) == 1
    assert sum(b"Quixote" in one.body for one in dumped(workspace, ["contact", "site", "interaction"])) == 1


@pytest.mark.req("IMP-3")
def test_a_killed_undo_of_an_import_goes_on_and_leaves_everything_as_it_was(
    opened: tuple[Storage, str], killed: Callable[[str, str, int], bool]
) -> None:
    storage, _ = opened
    workspace = Workspace(storage, "acme", country="FR")
    with workspace.write(AMELIE) as session:
        session.contacts.add(Company("C0", access="shared-write"))
        session.contacts.add(Person("Ann", "Lee", emails=["p0@x.fr"], access="shared-write"))
    rows = "".join(f"P{n},Lee,C{n % 4},CEO,p{n}@x.fr,+331445566{n:02},t{n}\n" for n in range(12))
    before = seen(workspace)
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(HEAD + rows, policy="update"))
    states = [_states(workspace)]
    number = 1
    while killed("undo", report.id, number):
        check_whole(workspace)
        number += _STRIDE
        if _states(workspace) != states[-1]:
            states.append(_states(workspace))
    check_whole(workspace)
    # Some transactions were stored, and the next call went on from there.
    assert len(states) >= 3
    assert seen(workspace) == before


def _states(workspace: Workspace) -> list[Any]:
    return [(one.kind, one.id, one.version) for one in dumped(workspace)]
