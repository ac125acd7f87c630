"""A killed process leaves a merge, or its undo, that the next call completes (IMP-7)."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contactcore import Company, Interaction, Workspace
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE

pytestmark = pytest.mark.req("IMP-7")

_CODE = """
import os, signal, sys
from contactcore import User, Workspace
from contactcore.workspace.merging import steps
from contactcore_sqlite import SQLiteStorage

steps.BATCH = 10
merging = Workspace(SQLiteStorage(sys.argv[1]), "acme").merging(User("amelie"))
calls = []

def kill(_):
    calls.append(1)
    if len(calls) == (2 if sys.argv[2] == "merge" else 1):
        os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "merge":
    merging.apply(merging.plan(sys.argv[3], [sys.argv[4]]), progress=kill)
else:
    merging.undo(merging.list()[0], progress=kill)
"""


def killed(path: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", _CODE, str(path), *arguments]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_merge_and_a_killed_undo_are_completed_by_the_next_call(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"

    def calls(session: Any, contact: Any) -> int:
        return len(session.timeline.page(contact.id, limit=100).items)

    with closing(SQLiteStorage(str(path))) as storage:
        workspace = Workspace(storage, "acme")
        with workspace.write(AMELIE) as session:
            winner, loser = (session.contacts.add(Company(name)) for name in ("Bois", "BOIS"))
            for number in range(45):
                session.timeline.add(loser, Interaction(f"Call {number}"))
        merging = workspace.merging(AMELIE)
        killed(path, "merge", winner.id, loser.id)
        assert [one.state for one in merging.list()] == ["running"]
        with workspace.read(AMELIE) as session:
            assert (calls(session, winner), calls(session, loser)) == (20, 25)
        merge = merging.apply(merging.plan(winner.id, [loser.id]))
        with workspace.read(AMELIE) as session:
            assert (calls(session, winner), session.contacts.count()) == (45, 1)
        assert len(merging.list()) == 1
        killed(path, "undo")
        assert merging.get(merge).state == "undoing"
        assert merging.undo(merge).state == "undone"
        with workspace.read(AMELIE) as session:
            assert (calls(session, winner), calls(session, loser), session.contacts.count()) == (0, 45, 2)
