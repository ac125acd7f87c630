"""A workspace on every storage, and users."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from contactcore.model import User
from contactcore.storage import Storage
from contactcore.workspace import Host, Workspace
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.firm import SigningFirm

_numbers = count()


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
