"""Redelivery: the delays between attempts to send a message, and the time to give up (NOT-7)."""

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
"""The delay after each failed attempt, 4.3 days in total (RFC 5321 section 4.5.4.1: give up after 4 to 5 days)."""


@attrs.frozen
class Outcome:
    """The result of one attempt to send a message.

    Attributes:
        kind: `"sent"` (the server accepted the message), `"later"` (another attempt may succeed) or `"never"` (no
            attempt can succeed).
        reason: The reason of a failure, in the words of the server; `""` by default.
        outage: Whether the server cannot be used at all, so other messages must wait too; False by default.
    """

    kind: Literal["sent", "later", "never"]
    reason: str = ""
    outage: bool = False


def next_delay(attempts: int, delays: Sequence[timedelta] = DELAYS) -> timedelta | None:
    """The delay before the next attempt; None if the message is to be given up.

    Args:
        attempts: The number of failed attempts, from 1.
        delays: The delay after each failed attempt; `DELAYS` by default.

    >>> next_delay(1)
    datetime.timedelta(seconds=60)
    >>> next_delay(13) is None
    True
    """
    return delays[attempts - 1] if 1 <= attempts <= len(delays) else None
