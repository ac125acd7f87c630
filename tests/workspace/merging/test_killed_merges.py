"""A killed process leaves a merge, or its undo, that the next call completes; no record is lost or doubled (IMP-7)."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

from contactcore import Company, Interaction, Person, Site, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE

pytestmark = [
    pytest.mark.req("IMP-7"),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]

_CALLS = 25

_CODE = """
import os, signal, sys
from contactcore import User, Workspace
from contactcore.workspace.merging import steps
from contactcore.workspace.repositories.merges import MergedRecords
from contactcore.workspace.repositories.repository import Repository
from {module} import {storage}

address, act, winner, loser, where, number = sys.argv[1:]
steps.BATCH = 10
service = Workspace({storage}(address), "acme").merging(User("amelie"))
left = [int(number)]
owner = {{"Repository": Repository, "MergedRecords": MergedRecords}}[where.split(".")[0]]
name = where.split(".")[1]
inner = getattr(owner, name)

def killed_before(*arguments, **named):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return inner(*arguments, **named)

setattr(owner, name, killed_before)
if act == "merge":
    service.apply(service.plan(winner, [loser]))
else:
    service.undo(service.list()[0])
"""


def test_acts_that_are_killed_inside_a_transaction_are_completed_by_the_next_call(
    opened: tuple[Storage, str],
) -> None:
    storage, address = opened
    workspace = Workspace(storage, "acme")
    with workspace.write(AMELIE) as session:
        winner = session.contacts.add(Company("Bois"), people=[Person("Zoé", emails=["zoe@bois.fr"])])
        loser = session.contacts.add(Company("BOIS"), sites=[Site("Sawmill")], people=["zoe@bois.fr"])
        for number in range(_CALLS):
            session.timeline.add(loser, Interaction(f"Call {number}"))
    program = _CODE.format(module=type(storage).__module__.partition(".")[0], storage=type(storage).__name__)

    def killed(act: str, where: str, number: int) -> None:
        arguments = [address, act, winner.id, loser.id, where, str(number)]
        command = [sys.executable, "-c", program, *arguments]
        assert subprocess.run(command, check=False, timeout=100).returncode == -signal.SIGKILL

    def state() -> tuple[Any, ...]:
        """The calls of both contacts, and where the sites and people are."""
        with workspace.read(AMELIE) as session:
            merged = session.contacts.get(loser.id).id == winner.id
            ids = [winner.id] if merged else [winner.id, loser.id]
            calls = [len(session.timeline.page(id, limit=100).items) for id in ids]
            return calls, [(len(session.sites.of(id)), len(session.people.list(id))) for id in ids]

    merging, apart, together = workspace.merging(AMELIE), [(0, 1), (1, 1)], [(1, 1)]
    # In the second transaction: the first one is kept, and nothing of the second.
    killed("merge", "Repository.put", 15)
    assert state() == ([10, 15], apart)
    # In the last transaction, after the rest of the calls and the contact itself were written.
    killed("merge", "MergedRecords.remove", 1)
    assert state() == ([20, 5], apart)
    merge = merging.apply(merging.plan(winner.id, [loser.id]))
    assert state() == ([_CALLS], together)
    # In the first transaction of the undo: it has not begun.
    killed("undo", "MergedRecords.add_again", 1)
    assert (merging.get(merge).state, *state()) == ("done", [_CALLS], together)
    # In a later one: the contacts are back, and the calls of the transactions that were completed.
    killed("undo", "Repository.put", 20)
    assert merging.get(merge).state == "undoing"
    calls, others = state()
    assert (sum(calls), others) == (_CALLS, apart)
    assert 0 < calls[0] < _CALLS
    assert merging.undo(merge).state == "undone"
    assert state() == ([0, _CALLS], apart)
