"""Redelivery: the delays between attempts to send a message, and the time to give up (NOT-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from contactcore.frozen import frozen

__all__ = ["DELAYS", "Outcome", "cut_out", "next_delay", "secrets_in"]

DELAYS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 16, 24, 24, 24)),
)
"""The delay after each failed attempt, 4.3 days in total (RFC 5321 section 4.5.4.1: give up after 4 to 5 days)."""


@frozen
class Outcome:
    """The result of one attempt to send a message.

    Attributes:
        kind: `"sent"` (the server accepted the message), `"later"` (another attempt may succeed) or `"never"` (no
            attempt can succeed).
        reason: The reason of a failure, in the words of the server; `""` by default.
        outage: Whether the server cannot be used at all, so other messages must wait too; False by default.

    >>> Outcome("later", "The mailbox is full.").kind
    'later'
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


_TOKEN = re.compile(r"[A-Za-z0-9_~+/=-]{16,}")
_CUT = "[…]"


def secrets_in(*texts: str) -> tuple[str, ...]:
    """The parts of confidential texts that may be secrets: every run of at least 16 characters of a token.

    Args:
        texts: The texts of a message.

    >>> secrets_in("https://acme.example/set?token=Zm9vYmFyYmF6cXV4")
    ('token=Zm9vYmFyYmF6cXV4', 'Zm9vYmFyYmF6cXV4')
    """
    runs = [run for text in texts for run in _TOKEN.findall(text)]
    return tuple(dict.fromkeys(part for run in runs for part in (run, *run.split("=")) if len(part) >= 16))


def cut_out(reason: str, secrets: Iterable[str]) -> str:
    """The words of a server without secrets that it repeats.

    Args:
        reason: The words of the server.
        secrets: The secrets. If one of them is found only after the blanks are removed, no word is kept.

    >>> cut_out("535 AUTH PLAIN AGpvAHNlY3JldA== failed", ["AGpvAHNlY3JldA=="])
    '535 AUTH PLAIN […] failed'
    """
    kept = reason
    wanted = sorted(filter(None, secrets), key=len, reverse=True)
    for secret in wanted:
        kept = kept.replace(secret, _CUT)
    squeezed = "".join(kept.split())
    if any("".join(secret.split()) in squeezed for secret in wanted):
        return f"{kept[:3]} {_CUT}" if kept[:3].isdigit() else _CUT
    return kept
