"""A workspace on each storage, and those who use it."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore.model import User
from contactcore.workspace import Workspace
from support.clock import TICK, Clock


@pytest.fixture
def workspace(storage: Any) -> Any:
    return Workspace(storage, "acme", language="fr", country="FR", currency="EUR", clock=Clock(tick=TICK))


@pytest.fixture
def amelie() -> Any:
    return User("amelie")


@pytest.fixture
def bob() -> Any:
    return User("bob")


@pytest.fixture
def root() -> Any:
    return User("root", admin=True)
