"""Several actors at once add, end and remove the contact persons of one client: exactly one person stays primary."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from contactcore import Company, Workspace
from contactcore.storage import Storage
from contactcore_memory import MemoryStorage
from support.child import StartChild
from support.primary_player import ACTORS, is_right, opened, play, primary_flags

pytestmark = [pytest.mark.req("PER-3"), pytest.mark.req("ACC-3")]

Acknowledged = dict[str, list[str]]

_PLAYERS, _ACTIONS = 3, 16


def client_of(storage: Storage) -> str:
    with Workspace(storage, "acme").write(ACTORS[0]) as session:
        return session.contacts.add(Company("Bois", access="shared-write")).id


def check(storage: Storage, client: str, answers: list[Acknowledged]) -> None:
    """One mark is stored, one is shown to each actor, and nothing that was acknowledged is lost."""
    added, ended, removed = ({id for answer in answers for id in answer[what]} for what in ("add", "end", "remove"))
    workspace = Workspace(storage, "acme")
    with workspace.read(ACTORS[-1]) as session:
        found = primary_flags(session, client)
        assert set(found) == added - removed
        people = session.people.list(client)
        assert {one.id for one in people if not one.active} == ended - removed
        events = [one.event.name for one in session.feed(limit=10_000)]
    assert is_right(found)
    assert events.count("affiliation.added") == sum(len(answer["add"]) for answer in answers)
    assert events.count("affiliation.removed") == sum(len(answer["remove"]) for answer in answers)
    for actor in ACTORS:
        with workspace.read(actor) as session:
            seen = session.people.list(client)
            assert sum(one.primary for one in seen) == min(1, len(seen))
            assert not any(one.active for one in seen) or seen[0].active


def in_processes(start: StartChild, sort: str, address: str, client: str) -> list[Acknowledged]:
    players = [
        start("-m", "support.primary_player", sort, address, client, str(seed), str(_ACTIONS))
        for seed in range(_PLAYERS)
    ]
    assert [player.line() for player in players] == ["ready"] * _PLAYERS
    for player in players:
        player.tell()
    ends = [player.rest() for player in players]
    assert [player.errors for player in players] == [""] * _PLAYERS
    return [json.loads(line) for (line,) in ends]


def test_processes_on_one_file_leave_one_primary_person(start_child: StartChild, tmp_path: Path) -> None:
    address = str(tmp_path / "crm.db")
    with opened("sqlite", address) as storage:
        client = client_of(storage)
        check(storage, client, in_processes(start_child, "sqlite", address, client))


def test_processes_on_one_server_leave_one_primary_person(start_child: StartChild, postgres_address: str) -> None:
    with opened("postgres", postgres_address) as storage:
        storage.install(())
        for workspace in storage.workspaces():
            storage.drop(workspace)
        client = client_of(storage)
        check(storage, client, in_processes(start_child, "postgres", postgres_address, client))


def test_threads_in_one_memory_leave_one_primary_person() -> None:
    with closing(MemoryStorage()) as storage, ThreadPoolExecutor(_PLAYERS) as pool:
        client = client_of(storage)
        ready = Barrier(_PLAYERS, timeout=30)

        def run(seed: int) -> Acknowledged:
            ready.wait()
            return play(storage, client, seed, _ACTIONS)

        check(storage, client, list(pool.map(run, range(_PLAYERS))))
