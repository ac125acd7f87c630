"""Roles of contacts for items: who is responsible for an item, beside its owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.restoring import restored

__all__ = ["ItemRole"]


@frozen(kw_only=True)
class ItemRole:
    """The role of a contact for an item, such as the guardian of a patient or the payer for a pet (SIT-2).

    An item has one owner, its contact, and any number of responsible contacts. A contact may have several roles for one
    item, and the owner may have a role too.

    Attributes:
        id: The id that the library assigns; `""` before the role is stored.
        version: The number of stored versions; 0 before the role is stored.
        item_id: The id of the item.
        contact_id: The id of the contact to which the item belongs; it follows a move of the item.
        holder_id: The id of the responsible contact, a person or a company.
        role: The slug of one of the workspace's roles, such as `"guardian"`; `""` after the role was taken off the list
            without a replacement.
        information: Free text, of one or several lines.
        since: The time when the role was assigned, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path.

    >>> ItemRole(role="guardian", information="after school").role
    'guardian'
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    item_id: str = attrs.field(default="", converter=parsing.as_given)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    holder_id: str = attrs.field(default="", converter=parsing.as_given)
    role: str = attrs.field(default="", converter=parsing.line)
    information: str = attrs.field(default="", converter=parsing.text)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored role without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)
