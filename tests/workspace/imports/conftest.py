"""Small transactions, and a view of what an import left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from contactcore import Company, Person, Workspace
from contactcore.workspace.imports import imports
from contactcore.workspace.imports import undo as import_undo
from support.actors import ROOT

Everybody: TypeAlias = Callable[[Workspace], list[Person | Company]]


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are then imported and undone in several transactions."""
    monkeypatch.setattr(imports, "BATCH", 4)
    monkeypatch.setattr(import_undo, "SIZE", 3)


@pytest.fixture
def everybody() -> Everybody:
    """All contacts of a workspace in directory order, contact persons included."""

    def read(workspace: Workspace) -> list[Person | Company]:
        found: list[Person | Company] = []
        with workspace.read(ROOT) as session:
            after = None
            while True:
                page = session.contacts.page(role="any", limit=500, after=after)
                found += [session.contacts.get(card.id) for card in page.items]
                if page.next is None:
                    return found
                after = page.next

    return read
