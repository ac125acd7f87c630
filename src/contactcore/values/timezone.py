"""Time zones by their names in the IANA database."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import cache

from contactcore.errors import Invalid
from contactcore.values.texts import clean_line

__all__ = ["parse_timezone", "zone_name", "zone_of"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,3}", re.ASCII)
_LIMIT = 64
_OF_THE_MACHINE = {"localtime", "posix", "posixrules", "right"}
"""Names that mean something else on each machine, and folders that repeat the database."""


@cache
def zone_of(name: str) -> tzinfo:
    """The time zone with a name that `parse_timezone` accepted.

    Args:
        name: The name, `"Europe/Paris"`.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def parse_timezone(name: str) -> str:
    """The name of a time zone.

    Args:
        name: A name of the IANA database, such as `"Europe/Paris"`; `"UTC"` needs no database.

    Raises:
        Invalid: `timezone-unknown`, and the codes of `contactcore.values.texts`.

    >>> parse_timezone("Europe/Paris")
    'Europe/Paris'
    >>> parse_timezone("Paris")
    Traceback (most recent call last):
    contactcore.errors.Invalid: Give a time zone of the IANA database, such as Europe/Paris. (got 'Paris')
    """
    line = clean_line(name)
    known = len(line) <= _LIMIT and _NAME.fullmatch(line) and line.partition("/")[0] not in _OF_THE_MACHINE
    try:
        if known:
            zone_of(line)
            return line
    except (LookupError, OSError, ValueError):
        # The name may also be that of a folder of the database, or of a file that is no time zone.
        pass
    raise Invalid("timezone-unknown", "Give a time zone of the IANA database, such as Europe/Paris.", value=name)


def zone_name(moment: datetime) -> str:
    """The name of the time zone of a datetime; `""` if it has only an offset from UTC.

    Args:
        moment: A datetime with a time zone.

    >>> from zoneinfo import ZoneInfo
    >>> zone_name(datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Paris"))), zone_name(datetime(2026, 3, 1, tzinfo=UTC))
    ('Europe/Paris', '')
    """
    key = getattr(moment.tzinfo, "key", None)
    try:
        return parse_timezone(key) if isinstance(key, str) else ""
    except Invalid:
        return ""
