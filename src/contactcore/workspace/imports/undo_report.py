"""What undoing an import tells: what it took back, and what it left and why (IMP-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.workspace.imports.counts import UndoCounts

__all__ = ["REASONS", "Kept", "UndoProgress", "UndoReport"]

REASONS: Mapping[str, str] = {
    "changed-since": "Somebody changed it after the import: look at it, and change or delete it by hand.",
    "deleted-since": "It was deleted after the import; it lies in the trash as the import left it.",
    "in-use": "It is in use by now: look at it, and delete it by hand.",
    "people-added": "Somebody let people act for it after the import.",
    "people-stay": "People act for it who stay themselves.",
    "acts-elsewhere": "Somebody let this person act for others after the import.",
    "affiliation-changed": "What somebody does there was changed after the import.",
    "has-login": "This person has a login to the portal: close it first.",
    "read-only": "You may not change it any more: ask one of its responsible users.",
}
"""Code -> reason of everything that can be kept."""


@attrs.frozen
class Kept:
    """Something that stayed as it is although the import made or changed it.

    Attributes:
        id: Of the contact or the affiliation.
        kind: `"contact"` or `"affiliation"`.
        name: Of the contact, or of the affiliation's person; `""` where the actor does not see it, or it is gone.
        reason: An English sentence.
        code: Stable: one of `REASONS`.
    """

    id: str
    kind: str
    name: str
    reason: str
    code: str


@attrs.frozen(kw_only=True)
class UndoReport(UndoCounts):
    """The result of undoing an import.

    Attributes:
        id: The id of the import.
        kept: Everything that stayed, each with its reason.
        undone_before: Whether all of it was undone earlier. Then nothing happened now, and the numbers are from then.
    """

    id: str
    kept: tuple[Kept, ...]
    undone_before: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object.

        >>> UndoReport(id="1", removed=2, kept=()).as_dict()["removed"]
        2
        """
        return attrs.asdict(self)


@attrs.frozen(kw_only=True)
class UndoProgress(UndoCounts):
    """How far undoing is; given after each transaction. The numbers include an earlier attempt that was killed.

    Attributes:
        done, total: Numbers of transactions.
    """

    done: int
    total: int

    @property
    def fraction(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.done / self.total if self.total else 1.0
