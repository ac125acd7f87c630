"""Authorities: the acts that a person may do in the name of a contact (PER-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from contactcore.errors import Invalid, Problem, check_day
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion

__all__ = ["Authority", "authorities"]


@frozen(kw_only=True)
class Authority:
    """An authority of an affiliation.

    Attributes:
        slug: `"contact"`, `"collect-mail"`, `"represent"`, or the slug of an authority that the workspace defines.
        start, end: The first and the last day; None for open.
        joint: Whether the person may use it only together with another person who has the same authority; False by
            default.
        evidence: The proof, such as a power of attorney and the place where it is kept.

    Raises:
        Invalid: One error lists all problems, each with its field as path: `authority-nameless`, `dates-reversed`, and
            the codes of the fields.

    >>> Authority(slug="represent", end="2026-01-31").holds_on(date(2026, 2, 1))
    False
    """

    slug: str = attrs.field(converter=parsing.line)
    start: date | None = attrs.field(default=None, converter=value_conversion.day)
    end: date | None = attrs.field(default=None, converter=value_conversion.day)
    joint: bool = attrs.field(default=False, converter=conversion.yes_no)
    evidence: str = attrs.field(default="", converter=parsing.text)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._own_problems())

    def _own_problems(self) -> Iterable[Problem]:
        if not self.slug:
            yield Problem("authority-nameless", "slug", "Name the authority, such as collect-mail.")
        yield from parsing.reversed_days(self.start, self.end)

    def holds_on(self, day: date) -> bool:
        """Whether the authority is in force on a day.

        Args:
            day: The day.

        Raises:
            Invalid: `date-type`.

        >>> Authority(slug="represent", end="2026-06-30").holds_on(date(2026, 7, 1))
        False
        """
        check_day(day=day)
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def _authority(value: object) -> Authority:
    if isinstance(value, str):
        return Authority(slug=value)
    raise Invalid("authority-type", "Give an Authority or the name of an authority.", value=value)


_read_authorities = parsing.many(Authority, _authority)


def authorities(values: Iterable[Authority | str]) -> tuple[Authority, ...]:
    """A converter for authorities.

    Args:
        values: Authorities, or their slugs for authorities without limits.
    """
    return _read_authorities(values)
