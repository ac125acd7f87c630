"""The specification of storages, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from contactcore.storage import Kind, Storage
from contactcore.testing.laws import LAWS
from contactcore.testing.stage import KINDS, Law

OpenPostgres = Callable[[tuple[Kind, ...]], AbstractContextManager[Storage]]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_postgres_keeps_the_law(law: Law, open_postgres: OpenPostgres) -> None:
    law(lambda: open_postgres(KINDS))
