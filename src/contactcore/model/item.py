"""Items: the things or beings that are served under a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, Self, get_args

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY
from contactcore.values.texts import clean_line

__all__ = ["Item", "ItemStatus"]

ItemStatus = Literal["open", "closed"]
"""Whether an item is in use; closed items stay readable."""


def _find_status(value: str) -> str:
    status = clean_line(value)
    if status not in get_args(ItemStatus):
        raise Invalid("status-unknown", "An item is open or closed.", value=value)
    return status


_read_status = parsing.converter(_find_status)


def _status(value: str) -> str:
    return _read_status(value)


@frozen
class Item:
    """A thing or a being that is served under a contact: a patient, a pet, a vehicle, a case (SIT-2).

    The contact details of an item are those of its contact. The workspace's term (`session.settings`) names items on
    the screen.

    Attributes:
        name: The name, such as `"Rex"`; may be empty for an item that stands for its own contact.
        id: The id that the library assigns; `""` before the item is stored.
        version: The number of stored versions; 0 before the item is stored.
        contact_id: The id of the contact to which the item belongs; set by the library.
        type: The slug of one of the workspace's item types, or `""`.
        description: Free text. Portal users do not see it.
        status: `"open"`, the default, or `"closed"`.
        of_themself: Whether the item stands for its own contact, such as a patient who is the client. It then has the
            contact's name if it has none of its own. A contact has at most one such item.
        fields: The values of custom fields by the slug of their definition (DIR-8).
        external_id: The id of the item in another system.
        since: The time when the item was added, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `item-nameless`, `status-unknown`.

    >>> Item("Rex", type="pet").status
    'open'
    """

    name: str = attrs.field(default="", converter=parsing.line)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.whole_number, kw_only=True)
    contact_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    type: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    description: str = attrs.field(default="", converter=parsing.text, kw_only=True)
    status: str = attrs.field(default="open", converter=_status, kw_only=True)
    of_themself: bool = attrs.field(default=False, converter=conversion.yes_no, kw_only=True)
    fields: Mapping[str, Any] = attrs.field(default=EMPTY, converter=conversion.fields, hash=False, kw_only=True)
    external_id: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterable[Problem]:
        if not self.name and self.of_themself is not True:
            yield Problem("item-nameless", "name", "Give the item a name.")

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored item without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"item"`."""
        return "item"

    @property
    def display_name(self) -> str:
        """The name of the item; `""` for an item that stands for its own contact and has no name of its own."""
        return self.name
