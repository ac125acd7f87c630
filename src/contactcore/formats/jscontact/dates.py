"""Dates: PartialDate and Timestamp of JSContact, date-and-or-time of vCard (RFC 9555 section 2.3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["date_object", "date_text", "timestamp", "utc_text"]

_DATE = re.compile(r"(?:(\d{4})|--)?-?(?:(\d{2})(?:-?(\d{2}))?)?", re.ASCII)
_MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})(?:\.\d+)?Z", re.ASCII)


def timestamp(text: str) -> str:
    """A moment of vCard as UTCDateTime; `""` for anything else.

    >>> timestamp("20260131T101112Z"), timestamp("2026-01-31")
    ('2026-01-31T10:11:12Z', '')
    """
    found = _MOMENT.fullmatch(text.strip())
    return "{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else ""


def utc_text(text: str) -> str:
    """A UTCDateTime as a moment of vCard; `""` for anything else.

    >>> utc_text("2026-01-31T10:11:12Z")
    '20260131T101112Z'
    """
    found = _MOMENT.fullmatch(text.strip())
    return "{}{}{}T{}{}{}Z".format(*found.groups()) if found else ""


def date_object(text: str) -> dict[str, Any] | None:
    """A date of vCard as an object of JSContact; None for a text that is none.

    >>> date_object("--0415")
    {'@type': 'PartialDate', 'month': 4, 'day': 15}
    """
    moment = timestamp(text)
    if moment:
        return {"@type": "Timestamp", "utc": moment}
    found = _DATE.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    parts = zip(("year", "month", "day"), found.groups(), strict=True)
    return {"@type": "PartialDate"} | {name: int(part) for name, part in parts if part}


def date_text(value: object) -> str:
    """An object of JSContact as a date of vCard; `""` for an object that is no date.

    >>> date_text({"month": 4, "day": 15}), date_text({"year": 1980})
    ('--0415', '1980')
    """
    if not isinstance(value, Mapping):
        return ""
    if isinstance(value.get("utc"), str):
        return utc_text(value["utc"])
    year, month, day = (value.get(name) for name in ("year", "month", "day"))
    if not all(part is None or (type(part) is int and 0 < part < 10_000) for part in (year, month, day)):
        return ""
    if month is None:
        return f"{year:04}" if year is not None and day is None else ""
    if year is None:
        return f"--{month:02}{day:02}" if day is not None else f"--{month:02}"
    return f"{year:04}{month:02}{day:02}" if day is not None else f"{year:04}-{month:02}"
