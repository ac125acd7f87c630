"""Distinctions: pairs of contacts that somebody looked at and declared different (IMP-7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.restoring import restored

__all__ = ["Distinction"]


@frozen(kw_only=True)
class Distinction:
    """The statement that two contacts are not duplicates of each other.

    It holds until a compared field of one of the two changes: a name, an e-mail address, a phone number, a postal
    address, a website or the birthday.

    Attributes:
        id: The id that the library assigns.
        version: The number of stored versions.
        contact_id, other_id: The ids of the two contacts; `contact_id` is the smaller one.
        digest, other_digest: Digests of the compared fields of the two contacts at the time of the statement.
        by: The name of the user who made the statement.
        at: The time of the statement, in UTC.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    other_id: str = attrs.field(default="", converter=parsing.as_given)
    digest: str = attrs.field(default="", converter=parsing.as_given)
    other_digest: str = attrs.field(default="", converter=parsing.as_given)
    by: str = attrs.field(default="", converter=parsing.line)
    at: datetime | None = attrs.field(default=None, converter=conversion.moment)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored distinction without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    def holds(self, digests: Mapping[str, str]) -> bool:
        """Whether neither of the two contacts changed in a compared field.

        Args:
            digests: The digests of the compared fields of contacts, by id.

        Raises:
            Invalid: `not-a-mapping`.

        >>> Distinction(contact_id="1", other_id="2", digest="a", other_digest="b").holds({"1": "a", "2": "c"})
        False
        """
        if not isinstance(digests, Mapping):
            raise Invalid(
                "not-a-mapping", "Give the digests by the ids of the contacts.", path="digests", value=digests
            )
        return digests.get(self.contact_id) == self.digest and digests.get(self.other_id) == self.other_digest
