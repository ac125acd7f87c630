"""A workspace on every storage, and users."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from contactcore.model import User
from contactcore.storage import Storage
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.transaction import Transaction
from contactcore_postgres import PostgresStorage
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.feed_events import documented_events
from support.firm import SigningFirm
from support.kept_postgres import EmptiedDatabase

_numbers = count()
_CHOSEN = os.environ.get("CONTACTCORE_STORAGES", "sqlite,postgres").split(",")


@pytest.fixture(autouse=True)
def no_event_is_missing_on_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event that a test of this folder publishes is on the page about the feed, with all of its data."""
    publish = Transaction.publish

    def checked(self: Transaction, name: str, subject: str, **data: str) -> None:
        documented = documented_events()
        assert name in documented, f"docs/feed.md lacks the event {name}"
        assert data.keys() <= documented[name], f"docs/feed.md lacks data of {name}: {sorted(data)}"
        publish(self, name, subject, **data)

    monkeypatch.setattr(Transaction, "publish", checked)


@pytest.fixture
def workspace(storage: Storage) -> Workspace:
    """An empty French workspace."""
    return Workspace(storage, "acme", language="fr", country="FR", currency="EUR", host=Host(clock=Clock(tick=TICK)))


@pytest.fixture
def new_workspace(storage: Storage) -> Callable[[], Workspace]:
    """Makes further empty workspaces."""
    return lambda: Workspace(storage, f"w{next(_numbers)}", language="fr", country="FR")


@pytest.fixture
def signing_firm(storage: Storage) -> SigningFirm:
    """A firm with a client, its primary person and its representatives."""
    return SigningFirm(storage)


@pytest.fixture
def amelie() -> User:
    return AMELIE


@pytest.fixture
def bob() -> User:
    return BOB


@pytest.fixture
def root() -> User:
    return ROOT


@pytest.fixture(params=[kind for kind in ("sqlite", "postgres") if kind in _CHOSEN])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty storage that several processes can open."""
    if request.param == "sqlite":
        yield str(tmp_path / "crm.db")
        return
    database: EmptiedDatabase = request.getfixturevalue("emptied_database")
    database.empty()
    yield request.getfixturevalue("postgres_address")
    database.empty()


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Storage, str]]:
    """A storage that several processes share, with its address."""
    if request.param == "sqlite":
        path = str(tmp_path / "crm.db")
        with closing(SQLiteStorage(path)) as storage:
            yield storage, path
        return
    address = request.getfixturevalue("postgres_address")
    with closing(PostgresStorage(address)) as storage:
        storage.install(())
        for workspace in storage.workspaces():
            storage.drop(workspace)
        yield storage, address
