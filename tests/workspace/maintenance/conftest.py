from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcore_postgres import PostgresStorage
from support.postgres_server import forget_kinds

_CHOSEN = os.environ.get("CONTACTCORE_STORAGES", "sqlite,postgres").split(",")


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
