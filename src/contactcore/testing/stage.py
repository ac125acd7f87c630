"""The stage on which the laws play: kinds, records, and short ways to put, ask and be refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Final, TypeAlias

import attrs

from contactcore.storage import SYSTEM, Event, Kind, Order, Published, Query, Record, Storage, Stored

__all__ = [
    "ACME",
    "KINDS",
    "MANY",
    "MOMENT",
    "Law",
    "OpenStorage",
    "ask",
    "changed",
    "contact",
    "count",
    "event",
    "feed",
    "find",
    "get",
    "in_threads",
    "note",
    "on_stage",
    "publish",
    "put",
    "refused",
    "some",
]

OpenStorage: TypeAlias = Callable[[], AbstractContextManager[Storage]]
"""Opens a fresh storage, in which `KINDS` are installed and no workspace exists, for as long as the context lasts."""

Law: TypeAlias = Callable[[OpenStorage], None]
"""One clause of the specification: the docstring says it, the function raises where a storage breaks it."""

ACME: Final = "acme"

KINDS: Final = (
    Kind("contact", (Order("name", words=True), Order("recent", terms=("tag:",))), {"owner": "contact"}),
    Kind("note", (Order("time"), Order("due", terms=(), due=True)), {"about": "contact", "author": "contact"}),
    Kind("bare"),
)
"""The kinds that the laws speak of: one searched by words, one with due work, one that stands in no order."""

MOMENT = 0.05
"""Seconds granted to what must not happen, or need not; a storage that lets it happen needs far less."""

MANY = 70_000
"""More than the variables of one statement anywhere: SQLite takes 32,766 and PostgreSQL 65,535."""

_PATIENCE = 60.0


def on_stage(fresh_storage: Callable[[], Storage | AbstractContextManager[Storage]]) -> OpenStorage:
    """What opens the storages that a function makes, with the kinds that the laws speak of, and closes them."""

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
    """A contact that everybody may see, with its id for a name if none is given."""
    fields = {"orders": {"name": id if name is None else name}, "access": some("visible:*"), **more}
    return Record(kind="contact", id=id, **fields)


def note(id: str, about: str | None = None, **more: Any) -> Record:
    """A note in the order of its id that everybody may see."""
    fields = {"orders": {"time": id}, "access": some("visible:*"), **more}
    if about is not None:
        fields["references"] = {"about": about}
    return Record(kind="note", id=id, **fields)


def event(name: str = "contact.added", subject: str = "1") -> Event:
    """Something that happened."""
    return Event(name=name, subject=subject, at="2026-01-01T00:00:00Z")


def ask(**more: Any) -> Query:
    """The whole directory by name, as the library itself sees it."""
    return Query(**{"kind": "contact", "order": "name", "access": SYSTEM, **more})


def put(storage: Storage, *records: Record, workspace: str = ACME) -> None:
    """Insert records in a transaction of their own."""
    with storage.write(workspace) as writer:
        writer.insert(records)


def publish(storage: Storage, *names: str, workspace: str = ACME) -> None:
    """Publish events in a transaction of their own."""
    with storage.write(workspace) as writer:
        writer.publish(event(name) for name in names)


def find(storage: Storage, *, workspace: str = ACME, **question: Any) -> list[str]:
    """The ids that answer a question."""
    with storage.read(workspace) as reader:
        return [card.id for card in reader.find(ask(**question)).cards]


def count(storage: Storage, *boundaries: str, workspace: str = ACME, **question: Any) -> tuple[int, ...]:
    """The numbers that answer a question."""
    with storage.read(workspace) as reader:
        return reader.count(ask(**question), boundaries)


def get(storage: Storage, kind: str, id: str, workspace: str = ACME) -> Stored | None:
    """What is stored under an id."""
    with storage.read(workspace) as reader:
        return reader.get(kind, [id])[0]


def feed(storage: Storage, workspace: str = ACME) -> list[Published]:
    """The whole feed."""
    with storage.read(workspace) as reader:
        return reader.feed()


def changed(record: Record, **changes: Any) -> Record:
    """The next version of a record."""
    return attrs.evolve(record, **{"version": record.version + 1, **changes})


@contextmanager
def refused(error: type[BaseException], **facts: object) -> Iterator[None]:
    """Expect a refusal of just this class whose attributes have these values."""
    try:
        yield
    except error as raised:
        told = {name: getattr(raised, name) for name in facts}
        if told != facts:
            raise AssertionError(f"expected {facts}, and the refusal says {told}") from raised
    else:
        raise AssertionError(f"expected {error.__name__} {facts or ''}, and nothing was refused")


def in_threads(*acts: Callable[[], None]) -> None:
    """Do all of this at the same time, and fail where one fails or none ends."""
    failures: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread of the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "a thread still waits"
    if failures:
        raise failures[0]
