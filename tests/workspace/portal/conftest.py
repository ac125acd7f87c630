"""A firm with a portal on every storage."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contactcore.storage import Storage
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.firm import Firm


@pytest.fixture
def firm(storage: Storage) -> Firm:
    """A firm whose letters link to its portal."""
    return _with_portal(storage)


@pytest.fixture(scope="session")
def new_firm() -> Callable[[], Firm]:
    """Makes fresh firms in memory, for properties."""
    return lambda: _with_portal(MemoryStorage())


def _with_portal(storage: Storage) -> Firm:
    made = Firm(storage)
    with made.workspace.write(ROOT) as session:
        session.settings.change(
            portal_link="https://portal.example.org/password?token={token}",
            email_link="https://portal.example.org/address?token={token}",
        )
    return made
