"""`contactcore copy` between two kinds of storage, in a process of its own that is killed, and run again (ACC-4)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contactcore import Company, Host, Person, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from contactcore_postgres import PostgresStorage
from contactcore_sqlite import SQLiteStorage
from support.actors import ROOT
from support.child import Child, StartChild
from support.clock import TICK, Clock

pytestmark = [
    pytest.mark.req("ACC-4"),
    pytest.mark.skipif(
        "postgres" not in os.environ.get("CONTACTCORE_STORAGES", "postgres").split(","),
        reason="CONTACTCORE_STORAGES leaves out the server",
    ),
]

CLIENTS = 30

# The command itself, with small batches. After a given number of batches it prints the number of copied records and
# waits.
COPY = """
import sys
from contactcore.__main__ import main
from contactcore.command_line import copying as command
from contactcore.workspace.maintenance import copying

origin, goal, stop = sys.argv[1:]
copying._BATCH = 7
copy = copying.copy_workspace

def told(*args, **options):
    calls = 0
    def progress(copied):
        nonlocal calls
        calls += 1
        if calls == int(stop):
            print("stopped", copied, flush=True)
            sys.stdin.readline()
    return copy(*args, progress=progress, **options)

command.copy_workspace = told
sys.exit(main(["copy", "--from", origin, "--to", goal]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def target(postgres_address: str) -> Iterator[str]:
    """The address of a database without workspaces, as the command line takes it."""
    with closing(PostgresStorage(postgres_address)) as storage:
        storage.install(KINDS)
        for name in storage.workspaces():
            storage.drop(name)
    yield _as_url(postgres_address)
    with closing(PostgresStorage(postgres_address)) as storage:
        for name in storage.workspaces():
            storage.drop(name)


@pytest.fixture
def copy(start_child: StartChild) -> Callable[..., Child]:
    """Starts `contactcore copy`, which waits to be killed after a number of batches; 0 for never."""
    return lambda origin, goal, stop=0: start_child("-c", COPY, origin, goal, str(stop))


def fill(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    for number in range(CLIENTS):
        with workspace.write(ROOT) as session:
            client = session.contacts.add(Company(f"Client {number}", tags=["VIP"]))
            session.people.add(client, Person("Jane", f"Doe {number}", emails=[f"jane{number}@bois.fr"]))


def everything(storage: Storage) -> tuple[Any, ...]:
    """All that the storage holds of the workspace, and what its indexes answer."""
    storage.install(KINDS)
    with storage.read("acme") as reader:
        records = [record for kind in KINDS for record in reader.dump(kind.name, limit=1_000)]
        feed = reader.feed(0, 1_000)
    with Workspace(storage, "acme").read(ROOT) as session:
        return records, feed, session.contacts.page(role="any", limit=200), session.contacts.search("jane", limit=200)


@pytest.mark.parametrize(
    ("batches", "back"),
    [(1, False), (9, False), (4, True)],
    ids=["to the server, 1", "to the server, 9", "from the server, 4"],
)
def test_a_copy_that_was_killed_is_finished_by_the_next_run(
    path: Path, target: str, copy: Callable[..., Child], batches: int, back: bool
) -> None:
    here, there = (target, str(path)) if back else (str(path), target)
    with closing(_opened(here)) as source:
        fill(source)
        before = everything(source)
        child = copy(here, there, batches)
        said = child.line().split()
        child.kill()
        assert child.killed()
        assert said[0] == "stopped"
        assert 0 < int(said[1]) < len(before[0])
        with closing(_opened(there)) as half:
            half.install(KINDS)
            with half.read("acme") as reader:
                kept = sum(len(reader.dump(kind.name, limit=1_000)) for kind in KINDS)
                assert kept == int(said[1])  # all acknowledged batches, and no part of another one
        output = "\n".join(copy(here, there).rest())
        assert f"{len(before[0])} records and {len(before[1])} events" in output
        assert f"{said[1]} found from an earlier run" in output
        with closing(_opened(there)) as whole:
            assert everything(whole) == before
        assert everything(source) == before


def _opened(address: str) -> Storage:
    return PostgresStorage(address) if address.startswith("postgresql://") else SQLiteStorage(address)


def _as_url(dsn: str) -> str:
    """The same address as a URL: the command line tells servers from paths by its beginning."""
    from urllib.parse import quote, urlencode

    from psycopg.conninfo import conninfo_to_dict

    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
    return f"postgresql:///{quote(parts.pop('dbname'))}?{urlencode(parts)}"
