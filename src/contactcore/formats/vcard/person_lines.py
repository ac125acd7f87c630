"""The parts of a person's card: N, GENDER and BDAY."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.formats.vcard.content_lines import ContentLine
from contactcore.read_only import ReadOnlyDict
from contactcore.values import PartialDate
from contactcore.values.texts import LINE_LIMIT

__all__ = ["GENDERS", "NAME_PARTS", "birthday_line", "birthday_of", "formatted"]

NAME_PARTS = ("family_name", "given_name", "middle_name", "prefix", "suffix")
"""The fields of a person in the order of N."""

GENDERS: Mapping[str, str] = ReadOnlyDict({"M": "male", "F": "female", "O": "other", "N": "none", "U": "unknown"})
"""The letters of GENDER (RFC 6350 section 6.2.7)."""

_NO_YEAR = 1604
"""The year that Apple's address book writes in place of an unknown one; it has a 29 February."""


def formatted(name: str) -> str:
    """A displayed name as FN: one line of at most 1,000 characters."""
    return name[:LINE_LIMIT].strip()


def birthday_of(line: ContentLine) -> PartialDate:
    """The date of BDAY.

    Raises:
        Invalid: The codes of `PartialDate.parse`.

    >>> str(birthday_of(ContentLine("BDAY", "1604-02-29")))
    '--02-29'
    """
    date = PartialDate.parse(line.text)
    omitted = line.parameter("X-APPLE-OMIT-YEAR")
    if date.month is not None and (date.year == _NO_YEAR or (omitted and omitted == str(date.year))):
        return PartialDate(None, date.month, date.day)
    return date


def birthday_line(date: PartialDate, version: str) -> ContentLine:
    """The property of a birthday.

    Args:
        date: The date.
        version: `"3.0"` or `"4.0"`. Version 3.0 has no dates without a year, and gets the form of Apple's address book.

    >>> [str(birthday_line(PartialDate.parse("--02-29"), version)) for version in ("3.0", "4.0")]
    ['BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29', 'BDAY:--0229']
    """
    text = str(date)
    if version == "3.0":
        if date.year is None and date.day is not None:
            parameters = {"X-APPLE-OMIT-YEAR": (str(_NO_YEAR),)}
            return ContentLine("BDAY", f"{_NO_YEAR}-{text.removeprefix('--')}", parameters)
        return ContentLine("BDAY", text)
    if date.day is None:
        return ContentLine("BDAY", text)
    return ContentLine("BDAY", "--" + text[2:].replace("-", "") if date.year is None else text.replace("-", ""))
