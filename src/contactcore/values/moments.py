"""Moments: times of day on a date, with their time zone."""

from __future__ import annotations

from datetime import datetime

from contactcore.errors import Invalid
from contactcore.values.texts import clean_line
from contactcore.values.timezone import parse_timezone

__all__ = ["parse_moment", "zone_name"]

_FIRST_YEAR, _LAST_YEAR = 1800, 2999
_LIMIT = 64


def parse_moment(value: datetime | str) -> datetime:
    """A time with its time zone.

    Args:
        value: A datetime with a time zone, or text in ISO 8601 with an offset from UTC.

    Raises:
        Invalid: `time-type`, `time-syntax`, `time-without-zone`, `time-range` for a year before 1800 or after 2999.

    >>> parse_moment("2026-03-01T09:00:00+01:00").hour
    9
    >>> parse_moment("2026-03-01T09:00:00")
    Traceback (most recent call last):
    contactcore.errors.Invalid: Give the time with its time zone, like 2026-03-01T09:00:00+01:00. (got \
'2026-03-01T09:00:00')
    """
    moment: object = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(clean_line(value, limit=_LIMIT))
        except ValueError:
            message = "Write the time like 2026-03-01T09:00:00+01:00."
            raise Invalid("time-syntax", message, value=value) from None
    if not isinstance(moment, datetime):
        raise Invalid("time-type", "Give a datetime with its time zone.", value=value)
    if moment.utcoffset() is None:
        message = "Give the time with its time zone, like 2026-03-01T09:00:00+01:00."
        raise Invalid("time-without-zone", message, value=_written(value))
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        message = f"The year must be from {_FIRST_YEAR} to {_LAST_YEAR}."
        raise Invalid("time-range", message, value=_written(value))
    return moment


def zone_name(moment: datetime) -> str:
    """The name of the time zone of a datetime; `""` if it has only an offset from UTC.

    Args:
        moment: A datetime with a time zone.

    >>> from zoneinfo import ZoneInfo
    >>> zone_name(datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Paris"))), zone_name(parse_moment("2026-03-01T09:00Z"))
    ('Europe/Paris', '')
    """
    key = getattr(moment.tzinfo, "key", None)
    try:
        return parse_timezone(key) if isinstance(key, str) else ""
    except Invalid:
        return ""


def _written(value: datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat()
