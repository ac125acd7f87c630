"""Checks of the arguments of a storage, apart from those of queries. Every adapter makes the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, filterfalse, pairwise
from typing import Final

from contactcore.errors import Invalid
from contactcore.storage.records import (
    LARGEST_NUMBER,
    LARGEST_POSITION,
    LONGEST_BLOB,
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_TERM,
    Event,
    Kind,
    Published,
    Record,
    are_folded,
    check_record,
    check_text,
    order_base,
)

__all__ = [
    "check_blob",
    "check_boundaries",
    "check_event",
    "check_limit",
    "check_listing",
    "check_loaded_events",
    "check_records",
    "check_replacement",
    "check_seconds",
    "check_texts",
    "check_workspace",
    "declared",
    "keeps",
    "merged_kinds",
]

_MOST_SECONDS: Final = 1_000_000


def declared(kinds: Mapping[str, Kind], name: str) -> Kind:
    """Return the installed kind of this name.

    Raises:
        Invalid: `kind-unknown`.
    """
    kind = kinds.get(name)
    if kind is None:
        raise Invalid("kind-unknown", f"Install the kind {name!r} before it is used.", path="kind", value=name)
    return kind


def merged_kinds(installed: Mapping[str, Kind], kinds: Iterable[Kind]) -> dict[str, Kind]:
    """Return the installed kinds and these kinds, by name.

    Args:
        installed: Kinds of this storage, or those that are kept with its data.
        kinds: The kinds to install.

    Raises:
        Invalid: `kind-redeclared`: a kind was installed with orders or references that this one lacks or changes.
    """
    known = dict(installed)
    for kind in kinds:
        before = known.get(kind.name)
        if before is not None and not _stays(before, kind):
            raise Invalid(
                "kind-redeclared",
                f"The kind {kind.name!r} was installed with other orders or references, perhaps by a newer release: "
                "keep them, and give a changed order another name.",
                path="kinds",
                value=kind.name,
            )
        known[kind.name] = kind
    return known


def _stays(before: Kind, kind: Kind) -> bool:
    orders_stay = all(order in kind.orders for order in before.orders)
    return orders_stay and before.references.items() <= kind.references.items()


def check_records(kinds: Mapping[str, Kind], records: Sequence[Record]) -> None:
    """Refuse a batch for its first record that breaks a limit of the port or whose kind is not installed.

    Raises:
        Invalid: as `declared` and `check_record`.
    """
    # Checking a batch as a whole costs half as much as checking each record. A fault is then located record by record.
    if not _are_valid(kinds, records):
        for record in records:
            check_record(declared(kinds, record.kind), record)


def _are_valid(kinds: Mapping[str, Kind], records: Sequence[Record]) -> bool:
    terms: list[str] = []
    keys: list[str] = []
    words: list[str] = []
    accesses: set[frozenset[str]] = set()
    # Kind, orders and references: a batch has few different ones.
    shapes: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
    for record in records:
        kind, orders, references = record.kind, record.orders, record.references
        if (
            not record.id
            or not 1 <= record.version <= LARGEST_NUMBER
            or len(record.body) > LONGEST_BODY
            or len(record.card) > LONGEST_BODY
            or kind not in kinds
        ):
            return False
        terms += (record.id, record.owner)
        terms += record.terms
        terms += record.keys
        terms += references.values()
        words += record.words
        keys += orders.values()
        accesses.add(record.access)
        shapes.add((kind, tuple(orders), tuple(references)))
    terms += chain.from_iterable(accesses)
    for _, names, _ in shapes:
        terms += names
    return (
        _can_be_stored(terms, "".join(terms), LONGEST_TERM)
        and _can_be_stored(keys, "".join(keys), LONGEST_KEY)
        and _are_words(words)
        and all(_has_order(kinds[kind], name) for kind, names, _ in shapes for name in names)
        and all(name in kinds[kind].references for kind, _, names in shapes for name in names)
    )


def _has_order(kind: Kind, name: str) -> bool:
    return any(order_base(name) == order.name for order in kind.orders)


def _are_words(words: Sequence[str]) -> bool:
    joined = "".join(words)
    if not _can_be_stored(words, joined, LONGEST_TERM):
        return False
    if joined.isascii():
        return are_folded(joined)
    return are_folded("".join(filter(str.isascii, words))) and are_folded("".join(filterfalse(str.isascii, words)))


def _can_be_stored(texts: Sequence[str], joined: str, longest: int) -> bool:
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in joined and max(map(len, texts), default=0) <= longest


def check_workspace(name: str) -> None:
    """Refuse a name of a workspace that some storage cannot keep.

    Raises:
        Invalid: `text-type`, `workspace-empty`, or a limit of the port.
    """
    if not isinstance(name, str):
        raise Invalid("text-type", f"Give text here, not {type(name).__name__}.", path="workspace")
    if not name:
        raise Invalid("workspace-empty", "A workspace needs a name.", path="workspace", value=name)
    check_text("workspace", name, LONGEST_TERM)


def check_seconds(path: str, seconds: object) -> None:
    """Refuse a time limit of a storage that is no number of seconds from 0 to 1,000,000, about eleven days.

    Locks, drivers and servers each have a limit of their own above that.

    Raises:
        Invalid: `number-type`, `seconds-out-of-range`.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Invalid("number-type", f"Give a number of seconds here, not {type(seconds).__name__}.", path=path)
    if not 0 <= seconds <= _MOST_SECONDS:
        message = f"Give a number of seconds from 0 to {_MOST_SECONDS:,}."
        raise Invalid("seconds-out-of-range", message, path=path, value=seconds, facts={"limit": _MOST_SECONDS})


def check_texts(path: str, texts: Iterable[str], longest: int = LONGEST_TERM) -> None:
    """Refuse ids, keys, digests or terms that some storage cannot look up.

    Raises:
        Invalid: a limit of the port.
    """
    for text in texts:
        check_text(path, text, longest)


def check_blob(digest: str, data: bytes) -> None:
    """Refuse a blob that some storage cannot keep.

    Raises:
        Invalid: `blob-too-large`, or a limit of the port.
    """
    check_text("digest", digest, LONGEST_TERM)
    if len(data) > LONGEST_BLOB:
        raise Invalid(
            "blob-too-large",
            f"A blob is limited to {LONGEST_BLOB:,} bytes and this one has {len(data):,}.",
            path="data",
            facts={"limit": LONGEST_BLOB, "length": len(data)},
        )


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


def check_loaded_events(events: Sequence[Published], last: int) -> None:
    """Refuse loaded events that are not behind the existing ones.

    Args:
        events: The events to load.
        last: The last position of the feed, and one more for each event that this transaction has published so far.

    Raises:
        Invalid: `feed-position-taken`, or as `check_event`.
    """
    for published in events:
        check_event(published.event)
        if not last < published.position < LARGEST_POSITION:
            raise Invalid(
                "feed-position-taken",
                f"Load events behind the position {last}.",
                path="events",
                value=published.position,
                facts={"last": last},
            )
        last = published.position


def check_replacement(record: Record, expected: int) -> None:
    """Refuse a replacement whose version is not above the expected one.

    Raises:
        Invalid: `version-not-larger`.
    """
    if record.version <= expected:
        raise Invalid(
            "version-not-larger",
            f"Give the replacement a version above {expected}.",
            path="version",
            value=record.version,
            facts={"expected": expected},
        )


def keeps(existing: str) -> bool:
    """Return whether an insert keeps existing records; False if it refuses them.

    Raises:
        Invalid: `existing-unknown`.
    """
    if existing == "keep":
        return True
    if existing != "refuse":
        raise Invalid("existing-unknown", "Have what exists refused or kept.", path="existing", value=existing)
    return False


def check_limit(limit: int) -> None:
    """Refuse a limit of `feed`, `dump` or `workspaces` that is out of range.

    Raises:
        Invalid: `limit-out-of-range`.
    """
    if not 1 <= limit < 2**31:
        facts = {"limit": 2**31 - 1}
        raise Invalid(
            "limit-out-of-range", f"Ask for 1 to {2**31 - 1:,} at a time.", path="limit", value=limit, facts=facts
        )


def check_listing(after: str, limit: int, due_before: str | None) -> None:
    """Refuse arguments of `Storage.workspaces` that are out of range.

    Raises:
        Invalid: `text-type`, `number-type`, `limit-out-of-range`, or a limit of the port.
    """
    for name, text in (("after", after), ("due_before", due_before or "")):
        if not isinstance(text, str):
            raise Invalid("text-type", f"Give text here, not {type(text).__name__}.", path=name)
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise Invalid("number-type", f"Give a whole number here, not {type(limit).__name__}.", path="limit")
    check_texts("after", [after])
    check_text("due_before", due_before or "", LONGEST_KEY)
    check_limit(limit)


def check_boundaries(boundaries: Sequence[str]) -> None:
    """Refuse boundaries of a count that are not order keys in ascending order.

    Raises:
        Invalid: `cuts-not-ascending`, or a limit of the port.
    """
    check_texts("boundaries", boundaries, LONGEST_KEY)
    if any(left > right for left, right in pairwise(boundaries)):
        raise Invalid(
            "cuts-not-ascending", "Give the boundaries in ascending order.", path="boundaries", value=tuple(boundaries)
        )
