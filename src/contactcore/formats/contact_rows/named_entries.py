"""Entries of an admin's list (types, categories) as a row names them."""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.model import ListEntry
from contactcore.text import fold

__all__ = ["find_entry"]


def find_entry(entries: Iterable[ListEntry], text: str) -> ListEntry | None:
    """The entry of an admin's list whose slug or name is this text, without regard to case, accents and blanks."""
    folded = " ".join(fold(text).split())
    for entry in entries:
        if entry.offered and folded in (entry.slug, " ".join(fold(entry.name).split())):
            return entry
    return None
