"""Checks of what is handed to a storage besides records and questions; every adapter makes the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from contactcore.errors import Invalid
from contactcore.storage.records import (
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_TERM,
    Event,
    Kind,
    Record,
    check_text,
)

__all__ = [
    "check_cuts",
    "check_event",
    "check_limit",
    "check_replacement",
    "check_texts",
    "check_workspace",
    "declared",
]


def declared(kinds: Mapping[str, Kind], name: str) -> Kind:
    """The installed kind of this name.

    Raises:
        Invalid: `kind-unknown`.
    """
    kind = kinds.get(name)
    if kind is None:
        raise Invalid("kind-unknown", f"Install the kind {name!r} before it is used.", path="kind", value=name)
    return kind


def check_workspace(name: str) -> None:
    """Refuse a workspace's name that not every storage can keep.

    Raises:
        Invalid: `workspace-empty`, or a limit of the port.
    """
    if not name:
        raise Invalid("workspace-empty", "A workspace needs a name.", path="workspace", value=name)
    check_text("workspace", name, LONGEST_TERM)


def check_texts(path: str, texts: Iterable[str], longest: int = LONGEST_TERM) -> None:
    """Refuse ids, keys, digests or terms that not every storage can be asked for.

    Raises:
        Invalid: a limit of the port.
    """
    for text in texts:
        check_text(path, text, longest)


def check_event(event: Event) -> None:
    """Refuse an event that breaks a limit of the port.

    Raises:
        Invalid: `event-too-large`, or as `check_text`.
    """
    check_text("name", event.name, LONGEST_TERM)
    check_text("subject", event.subject, LONGEST_TERM)
    check_text("at", event.at, LONGEST_TERM)
    if len(event.data) > LONGEST_BODY:
        raise Invalid(
            "event-too-large",
            f"An event is limited to {LONGEST_BODY:,} bytes and this one has {len(event.data):,}.",
            path="data",
            facts={"limit": LONGEST_BODY, "length": len(event.data)},
        )


def check_replacement(record: Record, expected: int) -> None:
    """Refuse a replacement whose version does not count up.

    Raises:
        Invalid: `version-not-larger`.
    """
    if record.version <= expected:
        raise Invalid(
            "version-not-larger",
            f"Give the replacement a version above {expected}.",
            path="version",
            value=record.version,
        )


def check_limit(limit: int) -> None:
    """Refuse a limit of `feed`, `dump` or `workspaces` that means nothing.

    Raises:
        Invalid: `limit-out-of-range`.
    """
    if not 1 <= limit < 2**31:
        raise Invalid("limit-out-of-range", "Ask for at least 1 at a time.", path="limit", value=limit)


def check_cuts(cuts: Sequence[str]) -> None:
    """Refuse cuts of a count that are no ascending order keys.

    Raises:
        Invalid: `cuts-not-ascending`, or a limit of the port.
    """
    check_texts("cuts", cuts, LONGEST_KEY)
    if any(left > right for left, right in pairwise(cuts)):
        raise Invalid("cuts-not-ascending", "Give the cuts in ascending order.", path="cuts", value=tuple(cuts))
