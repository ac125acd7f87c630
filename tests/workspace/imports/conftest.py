"""A workspace on every storage, and the ways in which tests look at what an import left there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TypeAlias

import pytest

from contactcore import Company, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.imports import imports
from contactcore.workspace.imports import undo as import_undo

Everybody: TypeAlias = Callable[[Workspace], list[Person | Company]]

_numbers = count()


@pytest.fixture
def amelie() -> User:
    return User("amelie")


@pytest.fixture
def workspace(storage: Storage) -> Workspace:
    return Workspace(storage, name="acme", language="fr", country="FR")


@pytest.fixture
def new_workspace(storage: Storage) -> Callable[[], Workspace]:
    """Makes as many empty workspaces as are asked for."""
    return lambda: Workspace(storage, name=f"w{next(_numbers)}", language="fr", country="FR")


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that small files are imported, and undone, in several transactions."""
    monkeypatch.setattr(imports, "BATCH", 4)
    monkeypatch.setattr(import_undo, "SIZE", 3)


@pytest.fixture
def everybody() -> Everybody:
    """All contacts of a workspace in directory order, contact persons included."""

    def read(workspace: Workspace) -> list[Person | Company]:
        found: list[Person | Company] = []
        with workspace.read(User("root", admin=True)) as session:
            after = None
            while True:
                page = session.contacts.page(role="any", limit=500, after=after)
                found += [session.contacts.get(card.id) for card in page.items]
                if page.next is None:
                    return found
                after = page.next

    return read
