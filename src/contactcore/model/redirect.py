"""Redirects: the ids of records that were merged into others, which lead to the others for ever (IMP-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.model.restoring import restored

__all__ = ["Redirect"]


@frozen(kw_only=True)
class Redirect:
    """The statement that a record was merged into another one of its kind.

    Attributes:
        version: The number of stored versions.
        kind: The kind of both records: `"contact"` or `"affiliation"`.
        old_id: The id of the record that is gone.
        to_id: The id of the record that it became a part of, which may have been merged itself since.
        contact_id: The id of the contact to which that record belongs now.
        merge_id: The id of the merge.
    """

    version: int = attrs.field(default=0, converter=parsing.whole_number)
    kind: str = attrs.field(converter=parsing.as_given)
    old_id: str = attrs.field(converter=parsing.as_given)
    to_id: str = attrs.field(converter=parsing.as_given)
    contact_id: str = attrs.field(converter=parsing.as_given)
    merge_id: str = attrs.field(converter=parsing.as_given)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored redirect without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def id(self) -> str:
        """The id of the record of the redirect.

        >>> Redirect(kind="contact", old_id="1", to_id="2", contact_id="2", merge_id="3").id
        'contact:1'
        """
        return f"{self.kind}:{self.old_id}"
