"""Consents: that a person agreed to a purpose, in which wording, where, and until when (IMP-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.restoring import restored

__all__ = ["Consent"]

_LONGEST = 200


@frozen(kw_only=True)
class Consent:
    """The consent of a person to one purpose, given once; it is withdrawn, and never changed otherwise (IMP-8).

    Attributes:
        id, version: Assigned by the library.
        contact_id: The id of the person.
        purpose: The purpose (`"newsletter"`), as the workspace names it.
        wording: The wording that the person agreed to; `""` if only its version is known.
        wording_version: The version of the wording; `""` for unknown.
        source: Where the consent was given (`"form:<id>"`, `"phone"`, `"paper"`); `""` for unknown.
        given: The time when it was given, in UTC.
        withdrawn: The time when it was withdrawn, in UTC; None while it is in force.
        since: The time when it was stored, in UTC.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `text-empty` without a purpose.

    >>> Consent(purpose="newsletter", source="phone").in_force
    True
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    purpose: str = attrs.field(default="", converter=parsing.line)
    wording: str = attrs.field(default="", converter=parsing.text)
    wording_version: str = attrs.field(default="", converter=parsing.line)
    source: str = attrs.field(default="", converter=parsing.line)
    given: datetime | None = attrs.field(default=None, converter=conversion.moment)
    withdrawn: datetime | None = attrs.field(default=None, converter=conversion.moment)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._own_problems())

    def _own_problems(self) -> Iterable[Problem]:
        if not self.purpose:
            yield Problem("text-empty", "purpose", "Name the purpose, such as newsletter.")
        for name in ("purpose", "wording_version", "source"):
            value = getattr(self, name)
            if isinstance(value, str) and len(value) > _LONGEST:
                yield Problem("text-too-long", name, f"Give at most {_LONGEST} characters.", value, {"limit": _LONGEST})
        if isinstance(self.given, datetime) and isinstance(self.withdrawn, datetime) and self.withdrawn < self.given:
            message = "A consent is withdrawn after it was given: correct one of the times."
            yield Problem("consent-times", "withdrawn", message, self.withdrawn)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored consent without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def in_force(self) -> bool:
        """Whether the consent was not withdrawn."""
        return self.withdrawn is None
