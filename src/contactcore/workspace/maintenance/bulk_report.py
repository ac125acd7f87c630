"""Reports of bulk acts and of their undo: numbers, and each contact that stays as it is, with the reason (DIR-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.read_only import EMPTY, read_only
from contactcore.wording import message_of

__all__ = ["BulkReport", "BulkUndoReport", "Unchangeable"]


@frozen
class Unchangeable:
    """A contact that a bulk act, or its undo, could not change.

    Attributes:
        id: The id of the contact.
        name: The name of the contact; `""` if the actor does not see it now, or if there is none.
        path: The field with the problem, such as `"type"`; `""` for the contact as a whole.
        code: The stable code of the reason, such as `"read-only"` or `"not-found"`.
        reason: The reason, as an English sentence.
        facts: Named values for a translated reason.
    """

    id: str
    name: str
    path: str
    code: str
    reason: str
    facts: Mapping[str, Any] = attrs.field(default=EMPTY, converter=read_only, hash=False, repr=False)

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.code, language, self.facts, default=self.reason)


@frozen(kw_only=True)
class BulkReport:
    """The report of a bulk act or of its preview; it accounts for each contact of the selection.

    Attributes:
        id: The id of the job, for `Maintenance.undo`; `""` for a preview.
        changed: The number of contacts that were changed or deleted.
        unchanged: The number of contacts that had the wanted values already.
        people: The number of contact persons who were changed along with their contacts; 0 in a preview.
        refused: The contacts that could not be changed, each with its reason.
        resumed: Whether the call resumed an act that was killed before, with the selection of that time. Call it again
            to change the contacts that match now.

    >>> one = Unchangeable("7", "Bois & Fils", "", "read-only", "You may read this contact but not change it.")
    >>> BulkReport(changed=2, unchanged=1, refused=(one,)).selected
    4
    """

    id: str = ""
    changed: int = 0
    unchanged: int = 0
    people: int = 0
    refused: tuple[Unchangeable, ...] = ()
    resumed: bool = False

    @property
    def selected(self) -> int:
        """The number of contacts of the selection."""
        # A contact may be refused for several reasons.
        return self.changed + self.unchanged + len({one.id for one in self.refused})

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class BulkUndoReport:
    """The report of the undo of a bulk act.

    Attributes:
        id: The id of the bulk act.
        restored: The number of contacts and people that have earlier values again, or that came back from the trash.
        kept: What could not be restored, by contact and field, each with its reason.

    >>> BulkUndoReport(id="1", restored=2).as_dict()
    {'id': '1', 'restored': 2, 'kept': ()}
    """

    id: str
    restored: int = 0
    kept: tuple[Unchangeable, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return attrs.asdict(self)
