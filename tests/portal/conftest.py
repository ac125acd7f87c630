"""What the tests of the portal share: a firm on every storage."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from contactcore.storage import Storage
from contactcore_memory import MemoryStorage

# Tests are no package: what they share is found beside them.
sys.path.append(str(Path(__file__).parent))

from portal_stage import ROOT, Firm


@pytest.fixture
def firm(storage: Storage) -> Firm:
    """A firm on every storage."""
    made = Firm(storage)
    with made.workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example.org/password?token={token}")
    return made


@pytest.fixture(scope="session")
def new_firm() -> type[_InMemory]:
    """Makes fresh firms, for properties."""
    return _InMemory


class _InMemory(Firm):
    def __init__(self) -> None:
        super().__init__(MemoryStorage())
