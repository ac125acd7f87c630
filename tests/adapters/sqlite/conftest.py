from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcore.storage import Kind, Order
from contactcore_sqlite import SQLiteStorage

KINDS = (
    Kind("contact", (Order("name", words=True), Order("recent", terms=("tag:",)))),
    Kind("note", (Order("due", due=True),), {"about": "contact"}),
)


@pytest.fixture
def kinds() -> tuple[Kind, ...]:
    return KINDS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def storage(path: Path) -> Iterator[SQLiteStorage]:
    with closing(SQLiteStorage(path)) as opened:
        opened.install(KINDS)
        yield opened
