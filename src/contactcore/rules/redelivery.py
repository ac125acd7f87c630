"""When sending is tried again, and when it is given up (NOT-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import attrs

__all__ = ["DELAYS", "Outcome", "next_delay"]

DELAYS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 16, 24, 24, 24)),
)
"""Waits after each failed attempt, 4.3 days together (RFC 5321, 4.5.4.1: give up after four to five days)."""


@attrs.frozen
class Outcome:
    """How one attempt to send ended.

    Attributes:
        kind: `"sent"`: the server took the message. `"later"`: another attempt may succeed. `"never"`: none will.
        reason: What went wrong, in words of the server.
        outage: Whether the server could not be used at all, so that other messages need not be tried now.
    """

    kind: Literal["sent", "later", "never"]
    reason: str = ""
    outage: bool = False


def next_delay(attempts: int, delays: Sequence[timedelta] = DELAYS) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is time to give up.

    >>> next_delay(1)
    datetime.timedelta(seconds=60)
    >>> next_delay(13) is None
    True
    """
    return delays[attempts - 1] if 1 <= attempts <= len(delays) else None
