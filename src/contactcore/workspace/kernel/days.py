"""Days that callers give as dates or as text in ISO 8601."""

from __future__ import annotations

from datetime import date

from contactcore.errors import Invalid

__all__ = ["read_day"]


def read_day(given: date | str, path: str) -> date:
    """The day that a caller gave.

    Args:
        given: The day, or its text, such as `"2026-12-31"`.
        path: The name of the argument.

    Raises:
        Invalid: `date-syntax`.

    >>> read_day("2026-12-31", "on")
    datetime.date(2026, 12, 31)
    """
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid("date-syntax", "Write the date as 2026-12-31.", path=path, value=given) from None
