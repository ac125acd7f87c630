"""Progress and reports of the undo of an import: what was reverted, and what was kept for which reason (IMP-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.wording import message_of
from contactcore.workspace.imports.counts import UndoCounts

__all__ = ["REASONS", "Kept", "UndoProgress", "UndoReport"]

REASONS: Mapping[str, str] = {
    "changed-since": "Somebody changed it after the import: look at it, and change or delete it by hand.",
    "deleted-since": "It was deleted after the import; it lies in the trash as the import left it.",
    "in-use": "It is in use: look at it, and delete it by hand.",
    "people-added": "Somebody let people act for it after the import.",
    "people-stay": "People act for it who stay themselves.",
    "acts-elsewhere": "Somebody let this person act for others after the import.",
    "affiliation-changed": "What somebody does there was changed after the import.",
    "blocked-by-host": "The application needs it: settle what it reports, and delete it by hand.",
    "picture-changed": "Somebody changed its picture after the import: look at it, and remove it by hand.",
    "picture-replaced": "The import replaced its picture, and the former one is no longer kept: set that one again.",
    "has-login": "This person has a login to the portal: close it first.",
    "read-only": "You may not change it any more: ask one of its responsible users.",
}
"""The reasons for which an undo keeps a record, by code."""


@frozen
class Kept:
    """A record that the undo kept, although the import created or changed it.

    Attributes:
        id: The id of the record.
        kind: `"contact"`, `"affiliation"`, `"site"` or `"item"`.
        name: The name of the contact, of the person of the affiliation, or of the contact of the site or the item;
            `""` if it is in the trash.
        reason: The reason, as an English sentence.
        code: The stable code of the reason, a key of `REASONS`.
    """

    id: str
    kind: str
    name: str
    reason: str
    code: str

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.code, language, default=self.reason)


@frozen(kw_only=True)
class UndoReport(UndoCounts):
    """The report of the undo of an import.

    Attributes:
        id: The id of the import.
        kept: The records that were kept and that the actor sees, each with its reason.
        undone_before: Whether an earlier call completed the undo. This call then changed nothing, and all other values
            are those of the first report.

    >>> report = UndoReport(id="1", removed=2, kept=(Kept("7", "contact", "Jo Doe", REASONS["in-use"], "in-use"),))
    >>> [(one.name, one.code) for one in report.kept]
    [('Jo Doe', 'in-use')]
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


@frozen(kw_only=True)
class UndoProgress(UndoCounts):
    """The progress of an undo, the argument of a progress callback; the numbers include those of a killed undo.

    Attributes:
        done: The number of transactions so far.
        total: The number of all transactions.

    >>> UndoProgress(done=3, total=4).fraction
    0.75
    """

    done: int
    total: int

    @property
    def fraction(self) -> float:
        """The completed part of the undo, from 0 to 1."""
        return self.done / self.total if self.total else 1.0
