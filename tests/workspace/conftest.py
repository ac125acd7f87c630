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
from contactcore_postgres import PostgresStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.firm import SigningFirm
from support.postgres_server import forget_kinds

_numbers = count()
_CHOSEN = os.environ.get("CONTACTCORE_STORAGES", "sqlite,postgres").split(",")


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
    found: str = request.getfixturevalue("postgres_address")
    with closing(PostgresStorage(found)) as storage:
        storage.install(())
        for workspace in storage.workspaces():
            storage.drop(workspace)
        forget_kinds(found)
    yield found
    with closing(PostgresStorage(found)) as storage:
        for workspace in storage.workspaces():
            storage.drop(workspace)
