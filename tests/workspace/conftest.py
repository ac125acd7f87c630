"""A workspace on each storage, and those who use it."""

from __future__ import annotations

import pytest

from contactcore.model import User
from contactcore.testing.workspace_acts import Ticking
from contactcore.workspace import Workspace


@pytest.fixture
def workspace(storage):
    return Workspace(storage, "acme", language="fr", country="FR", currency="EUR", clock=Ticking())


@pytest.fixture
def amelie():
    return User("amelie")


@pytest.fixture
def bob():
    return User("bob")


@pytest.fixture
def root():
    return User("root", admin=True)
