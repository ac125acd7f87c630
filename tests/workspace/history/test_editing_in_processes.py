"""Processes that edit the same contacts at the same time lose no accepted change (DIR-15), and trimming is resumed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from contactcore import Company, Invalid, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.addresses import open_at

_FIELDS = ("division", "description", "external_id")
_EDITS = 5

_EDITOR = """
import json, sys
import attrs
from contactcore import Conflict, Workspace
from support.actors import AMELIE
from support.addresses import open_at

address, name, merging, edits, *ids = sys.argv[1:]
workspace = Workspace(open_at(address), name="acme")
with workspace.read(AMELIE) as session:
    copies = {id: session.contacts.get(id) for id in ids}
print("ready", flush=True)
sys.stdin.readline()
accepted, conflicts = {}, 0
for number in range(int(edits)):
    id = ids[number % len(ids)]
    while True:

        def save(session):
            edited = attrs.evolve(copies[id], **{name: f"{name} {number}"})
            if merging == "yes":
                return session.contacts.save(edited, merge_changes=True).record
            return session.contacts.save(edited)

        try:
            copies[id] = workspace.run(AMELIE, save, attempts=100 if merging == "yes" else 3)
        except Conflict as conflict:
            # Somebody else was first: the editor types the change again, into the form with the stored values.
            copies[id], conflicts = conflict.stored, conflicts + 1
        else:
            break
    accepted[id] = f"{name} {number}"
print(json.dumps([accepted, conflicts]))
"""

_TRIMMER = """
import sys
from contactcore import Workspace
from contactcore.workspace.maintenance import trimming
from support.actors import ROOT
from support.addresses import open_at

trimming._BATCH = 5
workspace = Workspace(open_at(sys.argv[1]), name="acme")
workspace.maintenance(ROOT).trim_history(sys.argv[2], progress=lambda done: print(done, flush=True))
"""


@pytest.fixture
def stored(address: str) -> Iterator[Storage]:
    with closing(open_at(address)) as storage:
        yield storage


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize("merging", ["yes", "no"])
def test_processes_that_edit_the_same_contacts_lose_no_accepted_change(
    address: str, stored: Storage, start_child: Any, merging: str
) -> None:
    workspace = Workspace(stored, name="acme")
    with workspace.write(AMELIE) as session:
        ids = [session.contacts.add(Company(name)).id for name in ("Bois", "Sud")]
    children = [start_child("-c", _EDITOR, address, name, merging, str(_EDITS), *ids) for name in _FIELDS]
    assert [child.line() for child in children] == ["ready"] * len(_FIELDS)
    for child in children:
        child.tell()
    answers = [json.loads(child.rest()[-1]) for child in children]
    with workspace.read(AMELIE) as session:
        for id in ids:
            contact = session.contacts.get(id)
            assert [getattr(contact, name) for name in _FIELDS] == [accepted[id] for accepted, _ in answers]
        # Each accepted change is a version and an act of its own, with the value that the act before had left.
        changes = [change for id in ids for entry in session.history.of(id) for change in entry.changes]
        edits = [change for change in changes if change.what == "change"]
        assert len(edits) == len(_FIELDS) * _EDITS
        assert sum(session.contacts.get(id).version - 1 for id in ids) == len(edits)
        assert all(len(change.fields) == 1 for change in edits)
        for id in ids:
            for name in _FIELDS:
                steps = [one for edit in edits if edit.id == id for one in edit.fields if one.field == name]
                assert [one.before for one in steps[:-1]] == [one.after for one in steps[1:]]
    if merging == "yes":
        # Each process edits a field of its own, so nobody had to type anything again.
        assert [conflicts for _, conflicts in answers] == [0] * len(_FIELDS)


@pytest.mark.req("DIR-14")
@pytest.mark.parametrize("kill_after", [1, 4])
def test_a_killed_trim_is_resumed(address: str, stored: Storage, start_child: Any, kill_after: int) -> None:
    workspace = Workspace(stored, name="acme")
    clients = []
    for number in range(40):
        with workspace.write(AMELIE) as session:
            clients.append(session.contacts.add(Company(f"Client {number}")))
    with workspace.read(AMELIE) as session:
        cut = session.history.of(clients[-1]).items[0].at.isoformat()
    child = start_child("-c", _TRIMMER, address, cut)
    for _ in range(kill_after):
        child.line()
    child.kill()
    # What is half there is told to nobody.
    with workspace.read(AMELIE) as session:
        for client in clients[:-1]:
            with pytest.raises(Invalid) as refused:
                session.history.as_of(client, client.added_at)
            assert refused.value.code == "history-begins-later"
    left = workspace.maintenance(ROOT).trim_history(cut)
    assert left <= 39 - 5 * kill_after
    with workspace.read(AMELIE) as session:
        assert [len(session.history.of(client).items) for client in clients] == [0] * 39 + [1]
        assert session.history.as_of(clients[-1], cut).contact == clients[-1]
