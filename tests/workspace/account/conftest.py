"""A contact that owes, and short functions for its account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contactcore import AccountEntry, Company, Workspace
from support.actors import AMELIE

Post = Callable[..., AccountEntry]
"""Posts an entry to the account of Bois: type, amount, key, date as text, further fields."""


@pytest.fixture
def bois(workspace: Workspace) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois & Fils"))


@pytest.fixture
def post(workspace: Workspace, bois: Any) -> Post:
    def posted(type: str, amount: str, key: str, day: str, **more: Any) -> AccountEntry:
        entry = AccountEntry(type, amount, key=key, date=date.fromisoformat(day), **more)
        with workspace.write(AMELIE) as session:
            return session.account.post(bois, entry)

    return posted
