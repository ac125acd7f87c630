"""Moments: times with their time zone, and the texts that the library stores for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from contactcore.errors import Invalid

__all__ = ["FIRST_YEAR", "LAST_YEAR", "in_utc", "out_of_range", "parse_local", "parse_moment", "timestamp"]

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""The years of the times that callers give. Another year is an error of writing."""


@lru_cache(maxsize=64)  # all records of a batch have the same time
def timestamp(time: datetime) -> str:
    """A time as ISO 8601 in UTC, always of the same length, so that the texts sort by time.

    Args:
        time: A time with its time zone.

    >>> timestamp(datetime(2026, 1, 31, 12, tzinfo=UTC))
    '2026-01-31T12:00:00.000000Z'
    """
    # `strftime` writes the year 900 with three digits on some systems.
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def in_utc(time: datetime) -> datetime:
    """A time in UTC.

    Args:
        time: A time with its time zone.

    Raises:
        Invalid: `time-range` for a time that is in no year in UTC.
    """
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise out_of_range(time) from None


def out_of_range(time: datetime) -> Invalid:
    """The error for a time that nobody means, such as one of the year 26.

    Args:
        time: The time.
    """
    facts = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
    message = f"The year must be from {FIRST_YEAR} to {LAST_YEAR}."
    return Invalid("time-range", message, value=time.isoformat(), facts=facts)


def parse_moment(text: str) -> datetime:
    """The time in UTC of a text in ISO 8601 with a time zone; a day alone is its beginning in UTC.

    Args:
        text: The text.

    Raises:
        Invalid: `time-syntax`, `time-without-zone`; `time-range` for a time that is in no year in UTC.

    >>> parse_moment("2026-01-31T13:00:00+01:00")
    datetime.datetime(2026, 1, 31, 12, 0, tzinfo=datetime.timezone.utc)
    """
    try:
        return _parsed(text)
    except Invalid:
        raise
    except (TypeError, ValueError):
        raise Invalid("time-syntax", "Write the time as 2026-12-31T12:00:00Z.", value=text) from None


@lru_cache(maxsize=1_024)  # the records of an import or of an act have the same time
def _parsed(text: str) -> datetime:
    if len(text) == len("2026-12-31"):
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    read = datetime.fromisoformat(text)
    if read.tzinfo is UTC:
        return read
    if read.utcoffset() is None:
        raise Invalid("time-without-zone", "Give the time with its time zone, like 2026-12-31T12:00:00Z.", value=text)
    return in_utc(read)


def parse_local(text: str, zone: tzinfo) -> datetime:
    """The time of a text without a zone, as a clock in a zone shows it; a text with an offset keeps its moment.

    Where the clocks go back, an hour comes twice: the text means the first time.

    Args:
        text: A time in ISO 8601, as a field `datetime-local` of a browser sends it.
        zone: The zone.

    Raises:
        Invalid: `time-syntax`; `time-skipped` for an hour that is left out where the clocks go forward.

    >>> from zoneinfo import ZoneInfo
    >>> parse_local("2026-07-01T09:30", ZoneInfo("Europe/Paris")).isoformat()
    '2026-07-01T09:30:00+02:00'
    """
    try:
        read = datetime.fromisoformat(text)
        local = read.replace(tzinfo=zone) if read.tzinfo is None else read.astimezone(zone)
        back = local.astimezone(UTC).astimezone(zone)
    except (OverflowError, TypeError, ValueError):
        raise Invalid("time-syntax", "Write the time as 2026-12-31T12:00.", value=text) from None
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        message = "The clocks go forward at this time, and leave it out: give an earlier or a later time."
        raise Invalid("time-skipped", message, value=text)
    return local
