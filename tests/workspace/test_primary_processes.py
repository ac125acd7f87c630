"""Several at once add, move, end and remove the contact persons of one client: never none or two are primary."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from contactcore import Company, Workspace
from contactcore.storage import Storage
from contactcore_memory import MemoryStorage

# Tests are no package: what they share is found beside them.
sys.path.append(str(Path(__file__).parent))

from primary_player import ACTORS, is_right, marks, opened, play

pytestmark = [pytest.mark.req("PER-3"), pytest.mark.req("ACC-3")]

Told = dict[str, list[str]]

_PLAYERS, _ACTS = 3, 16


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a player in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", str(Path(__file__).with_name("primary_player.py")), *arguments]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()
        child.communicate()


def client_of(storage: Storage) -> str:
    with Workspace(storage, "acme").write(ACTORS[0]) as session:
        return session.contacts.add(Company("Bois", access="shared-write")).id


def check(storage: Storage, client: str, answers: list[Told]) -> None:
    """One mark is stored, one is shown to each actor, and nothing that was acknowledged is lost."""
    added, ended, removed = ({id for told in answers for id in told[what]} for what in ("add", "end", "remove"))
    workspace = Workspace(storage, "acme")
    with workspace.read(ACTORS[-1]) as session:
        found = marks(session, client)
        assert set(found) == added - removed
        people = session.people.list(client)
        assert {one.id for one in people if not one.active} == ended - removed
        events = [one.event.name for one in session.feed(limit=10_000)]
    assert is_right(found)
    assert events.count("affiliation.added") == sum(len(told["add"]) for told in answers)
    assert events.count("affiliation.removed") == sum(len(told["remove"]) for told in answers)
    for actor in ACTORS:
        with workspace.read(actor) as session:
            seen = session.people.list(client)
            assert sum(one.primary for one in seen) == min(1, len(seen))
            assert not any(one.active for one in seen) or seen[0].active


def in_processes(start: Callable[..., Any], sort: str, address: str, client: str) -> list[Told]:
    players = [start(sort, address, client, str(seed), str(_ACTS)) for seed in range(_PLAYERS)]
    assert [player.stdout.readline().strip() for player in players] == ["ready"] * _PLAYERS
    for player in players:
        player.stdin.write("go\n")
        player.stdin.flush()
    ends = [player.communicate(timeout=100) for player in players]
    assert [(player.returncode, errors[-900:]) for player, (_, errors) in zip(players, ends, strict=True)] == (
        [(0, "")] * _PLAYERS
    )
    return [json.loads(told) for told, _ in ends]


def test_processes_on_one_file_leave_one_primary_person(start: Any, tmp_path: Path) -> None:
    address = str(tmp_path / "crm.db")
    with opened("sqlite", address) as storage:
        client = client_of(storage)
        check(storage, client, in_processes(start, "sqlite", address, client))


def test_processes_on_one_server_leave_one_primary_person(start: Any, postgres_address: str) -> None:
    with opened("postgres", postgres_address) as storage:
        storage.install(())
        for workspace in storage.workspaces():
            storage.drop(workspace)
        client = client_of(storage)
        check(storage, client, in_processes(start, "postgres", postgres_address, client))


def test_threads_in_one_memory_leave_one_primary_person() -> None:
    with closing(MemoryStorage()) as storage, ThreadPoolExecutor(_PLAYERS) as pool:
        client = client_of(storage)
        ready = Barrier(_PLAYERS, timeout=30)

        def run(seed: int) -> Told:
            ready.wait()
            return play(storage, client, seed, _ACTS)

        check(storage, client, list(pool.map(run, range(_PLAYERS))))
