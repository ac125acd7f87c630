"""Partial dates, such as a birthday without its year or a year without a day."""

from __future__ import annotations

import re

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.values.texts import clean_line

__all__ = ["PartialDate"]

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T ].*)?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T.*)?",
        r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?",
        r"--(?P<month>\d{2})(?:-?(?P<day>\d{2}))?",
    )
)


def _days(month: int, year: int | None) -> int:
    if month == 2 and year is not None and (year % 4 or (year % 100 == 0 and year % 400)):
        return 28
    return _DAYS[month - 1]


@frozen
class PartialDate:
    """A date that may lack its year, its month or its day.

    Args:
        year: 1 to 9999; None for unknown.
        month: 1 to 12; None for unknown.
        day: 1 to the length of the month; None for unknown. A day requires a month. 29 February is valid if the year
            is unknown.

    Raises:
        Invalid: `date-empty` (neither year nor month), `date-range`, `date-incomplete` (a day without a month).

    >>> str(PartialDate(month=5, day=20)), str(PartialDate(1969, 4))
    ('--05-20', '1969-04')

    Source: RFC 6350 section 4.3.1, ISO 8601.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __attrs_post_init__(self) -> None:
        for name, value, highest in (("year", self.year, 9999), ("month", self.month, 12), ("day", self.day, 31)):
            if value is None:
                continue
            if type(value) is not int or not 1 <= value <= highest:
                raise Invalid(
                    "date-range",
                    f"The {name} must be a whole number from 1 to {highest}.",
                    path=name,
                    value=value,
                    facts={"part": name, "highest": highest},
                )
        if self.month is None:
            if self.day is not None:
                raise Invalid("date-incomplete", "A day needs its month; give both.", path="day", value=self.day)
            if self.year is None:
                raise Invalid("date-empty", "A date is needed, like 1969-04-03 or --05-20.")
        elif self.day is not None and self.day > _days(self.month, self.year):
            raise Invalid(
                "date-range",
                f"This month has {_days(self.month, self.year)} days; check the day.",
                path="day",
                value=self.day,
                facts={"part": "day", "highest": _days(self.month, self.year)},
            )

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Parses a date in the format of ISO 8601 or vCard; a time of day after the date is ignored.

        Args:
            text: `1969-04-03`, `19690403`, `1969-04`, `1969`, `--05-20`, `--0520` or `--05`.

        Raises:
            Invalid: `date-syntax`, and the codes of the constructor.

        >>> PartialDate.parse("--0520")
        PartialDate(year=None, month=5, day=20)
        """
        line = clean_line(text, limit=100)
        if not line:
            raise Invalid("date-empty", "A date is needed, like 1969-04-03 or --05-20.", value=text)
        for form in _FORMS:
            match = form.fullmatch(line)
            if match:
                parts = {name: int(digits) for name, digits in match.groupdict().items() if digits}
                try:
                    return cls(**parts)
                except Invalid as error:
                    # The input is one text without fields, so the path is empty.
                    raise Invalid(attrs.evolve(problem, path="") for problem in error.problems) from None
        raise Invalid("date-syntax", "Write the date as 1969-04-03, --05-20 or 1969-04.", value=text)

    @property
    def is_whole(self) -> bool:
        """Whether year, month and day are all known."""
        return self.year is not None and self.month is not None and self.day is not None

    def __str__(self) -> str:
        year = f"{self.year:04d}" if self.year is not None else ("-" if self.month is not None else "")
        month = f"-{self.month:02d}" if self.month is not None else ""
        day = f"-{self.day:02d}" if self.day is not None else ""
        return year + month + day
