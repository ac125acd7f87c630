"""Fixtures of the laws: kinds, records, and short functions that put records, ask questions and expect refusals."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any, Final, TypeAlias

import attrs

from contactcore.storage import SYSTEM, Event, Kind, Order, Published, Query, Record, Storage, Stored, Writer

__all__ = [
    "ACME",
    "CALLS",
    "DIRECTORY",
    "GROUPS",
    "KINDS",
    "LARGE",
    "LISTED",
    "MANY",
    "MOMENT",
    "TEXTS",
    "LargeLaw",
    "Law",
    "OpenStorage",
    "ask",
    "changed",
    "comes_true",
    "contact",
    "count",
    "event",
    "expect_same",
    "feed",
    "find",
    "get",
    "in_threads",
    "note",
    "publish",
    "put",
    "refused",
    "some",
    "undone",
    "with_kinds",
]

OpenStorage: TypeAlias = Callable[[], AbstractContextManager[Storage]]
"""Opens a fresh storage with the kinds `KINDS` and without workspaces; the end of the context closes it."""

Law: TypeAlias = Callable[[OpenStorage], None]
"""One clause of the specification: the docstring states it, and the function raises if a storage breaks it."""

LargeLaw: TypeAlias = Callable[[Storage], None]
"""A clause about a storage that holds the large workspace (`contactcore.testing.laws.large.fill`) and keeps it."""

ACME: Final = "acme"

KINDS: Final = (
    Kind("contact", (Order("name", words=True), Order("recent", terms=("tag:",))), {"owner": "contact"}),
    Kind(
        "note",
        (Order("time"), Order("due", terms=(), due=True)),
        {"about": "contact", "author": "contact"},
        steady=True,
    ),
    Kind("bare", steady=True),
)
"""The kinds of the laws: one with words, one with due work, one without orders; the last two are steady."""

MOMENT = 0.05
"""Seconds to wait for an event that must not happen; a storage that allows it needs far less."""

MANY = 70_000
"""More variables than a statement takes: SQLite takes 32,766 and PostgreSQL 65,535."""

LISTED = 12_000
"""Contacts of the large workspace: more than any cap on pages, counts and dumps that was seen."""

CALLS = 320
"""Calls of a long transaction."""

GROUPS = 70
"""Groups and words of one question."""

TEXTS = 1_500
"""Words, terms, keys or access terms of one record."""

DIRECTORY = 600
"""Contacts of the small directory, of which cost is counted; the large one has four times as many."""

LARGE = 33_000
"""Records and events of one call: more variables than a statement of SQLite takes."""

_PATIENCE = 60.0


def with_kinds(fresh_storage: Callable[[], Storage | AbstractContextManager[Storage]]) -> OpenStorage:
    """Returns an opener of the storages that a function makes, with the kinds of the laws installed.

    Args:
        fresh_storage: Makes a storage without workspaces, or a context manager that gives one.
    """

    @contextmanager
    def open_storage() -> Iterator[Storage]:
        fresh = fresh_storage()
        with closing(fresh) if isinstance(fresh, Storage) else fresh as storage:
            storage.install(KINDS)
            yield storage

    return open_storage


def some(*texts: str) -> frozenset[str]:
    """A set of terms, words or keys.

    >>> some("a") == frozenset({"a"})
    True
    """
    return frozenset(texts)


def contact(id: str, name: str | None = None, **more: Any) -> Record:
    """A contact that everybody may see; its name is its id by default."""
    fields = {"orders": {"name": id if name is None else name}, "access": some("visible:*"), **more}
    return Record(kind="contact", id=id, **fields)


def note(id: str, about: str | None = None, **more: Any) -> Record:
    """A note that everybody may see, ordered by its id."""
    fields = {"orders": {"time": id}, "access": some("visible:*"), **more}
    if about is not None:
        fields["references"] = {"about": about}
    return Record(kind="note", id=id, **fields)


def event(name: str = "contact.added", subject: str = "1") -> Event:
    """An event about a contact."""
    return Event(name=name, subject=subject, at="2026-01-01T00:00:00Z")


def ask(**more: Any) -> Query:
    """The question for all contacts by name with system access; any part can be replaced."""
    return Query(**{"kind": "contact", "order": "name", "access": SYSTEM, **more})


def put(storage: Storage, *records: Record, workspace: str = ACME) -> None:
    """Insert records in one transaction."""
    with storage.write(workspace) as writer:
        writer.insert(records)


def publish(storage: Storage, *names: str, workspace: str = ACME) -> None:
    """Publish events in one transaction."""
    with storage.write(workspace) as writer:
        writer.publish(event(name) for name in names)


def find(storage: Storage, *, workspace: str = ACME, **question: Any) -> list[str]:
    """The ids of the records that answer a question."""
    with storage.read(workspace) as reader:
        return [card.id for card in reader.find(ask(**question)).cards]


def count(storage: Storage, *boundaries: str, workspace: str = ACME, **question: Any) -> tuple[int, ...]:
    """The counts that answer a question, one for each range between the boundaries."""
    with storage.read(workspace) as reader:
        return reader.count(ask(**question), boundaries)


def get(storage: Storage, kind: str, id: str, workspace: str = ACME) -> Stored | None:
    """The stored record of an id, or None."""
    with storage.read(workspace) as reader:
        return reader.get(kind, [id])[0]


def feed(storage: Storage, workspace: str = ACME) -> list[Published]:
    """The whole feed."""
    with storage.read(workspace) as reader:
        return reader.feed()


def changed(record: Record, **changes: Any) -> Record:
    """The next version of a record."""
    return attrs.evolve(record, **{"version": record.version + 1, **changes})


def expect_same(found: object, expected: object) -> None:
    """Fail unless two large values are equal, and say where they begin to differ.

    pytest would print both of them and compare them line by line, which takes hours for 16 MB.

    Raises:
        AssertionError: They differ; the message has the first difference.
    """
    if found == expected:
        return
    if not (isinstance(found, Sequence) and isinstance(expected, Sequence)):
        raise AssertionError(f"expected {_shown(expected)}, and found {_shown(found)}")  # noqa: TRY004 - no wrong type
    pairs = enumerate(zip(found, expected, strict=False))
    at = next((number for number, (one, other) in pairs if one != other), min(len(found), len(expected)))
    raise AssertionError(
        f"expected {len(expected)} parts, and found {len(found)}; from number {at} on: "
        f"expected {_shown(expected[at : at + 20])}, and found {_shown(found[at : at + 20])}"
    )


def _shown(value: object) -> str:
    """The beginning of a value as text."""
    return f"{repr(value)[:500]} ({type(value).__name__})"


@contextmanager
def refused(error: type[BaseException], **facts: object) -> Iterator[None]:
    """Expect an error of this class whose attributes have these values.

    Raises:
        AssertionError: No error is raised, or an error with other facts.
    """
    try:
        yield
    except error as raised:
        found = {name: getattr(raised, name) for name in facts}
        if found != facts:
            raise AssertionError(f"expected {facts}, and the refusal has {found}") from raised
    else:
        raise AssertionError(f"expected {error.__name__} {facts or ''}, and nothing was refused")


def comes_true(holds: Callable[[], bool], ended: threading.Event) -> bool:
    """Whether something holds before an act in another thread has ended, or has ended with it.

    Args:
        holds: The question, which is asked again and again.
        ended: Set when the act has ended.

    Returns:
        False if neither comes within the patience of the laws.
    """
    until = time.monotonic() + _PATIENCE
    while not (holds() or ended.wait(0.001)):
        if time.monotonic() > until:
            return False
    return True


class _Undone(Exception):
    """Ends a transaction on purpose."""


@contextmanager
def undone(storage: Storage, workspace: str = ACME) -> Iterator[Writer]:
    """A writer whose writes are undone at the end."""
    with suppress(_Undone), storage.write(workspace) as writer:
        yield writer
        raise _Undone


def in_threads(*acts: Callable[[], None], within: float = math.inf) -> None:
    """Run functions at the same time; fail if one raises or does not end.

    Args:
        acts: The functions.
        within: The seconds in which each of them ends, if the laws wait longer for others.
    """
    failures: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised again below in the thread of the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(min(_PATIENCE, within))
    assert not any(thread.is_alive() for thread in threads), "a thread still waits"
    if failures:
        raise failures[0]
