"""A storage that counts the calls of its readers and writers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Literal

from contactcore.storage import (
    Event,
    Found,
    FoundRecords,
    Kind,
    Published,
    Query,
    Reader,
    Record,
    Storage,
    Stored,
    View,
    Writer,
)

__all__ = ["Calls", "CountingStorage"]


class Calls:
    """The calls of a storage since the last `restart`.

    Attributes:
        by_name: Name of a call -> how often it was made.
        ids: Kind and id of a record -> how often the whole record was read or locked.
        records: Number of records and cards that all calls returned.
    """

    def __init__(self) -> None:
        self.by_name: Counter[str] = Counter()
        self.ids: Counter[tuple[str, str]] = Counter()
        self.records = 0

    def note(self, name: str, records: int = 0) -> None:
        """Count a call.

        Args:
            name: Name of the call.
            records: Number of the records that it returned.
        """
        self.by_name[name] += 1
        self.records += records

    def restart(self) -> None:
        """Count from zero again."""
        self.by_name.clear()
        self.ids.clear()
        self.records = 0


class _CountingReader(Reader):
    def __init__(self, inner: Reader, calls: Calls) -> None:
        self._reader = inner
        self._calls = calls

    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        found = self._reader.get(kind, ids)
        self._calls.note("get", len(found))
        self._calls.ids.update((kind, id) for id in ids)
        return found

    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        self._calls.note("holders")
        return self._reader.holders(keys)

    def find(self, query: Query) -> Found:
        found = self._reader.find(query)
        self._calls.note("find", len(found.cards))
        return found

    def find_records(self, query: Query) -> FoundRecords:
        found = self._reader.find_records(query)
        self._calls.note("find_records", len(found.records))
        self._calls.ids.update((one.kind, one.id) for one in found.records)
        return found

    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        self._calls.note("count")
        return self._reader.count(query, boundaries)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        self._calls.note("feed")
        return self._reader.feed(after, limit)

    def blob(self, digest: str) -> bytes | None:
        self._calls.note("blob")
        return self._reader.blob(digest)

    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        found = self._reader.dump(kind, after_id, limit)
        self._calls.note("dump", len(found))
        return found


class _CountingWriter(_CountingReader, Writer):
    def __init__(self, inner: Writer, calls: Calls) -> None:
        super().__init__(inner, calls)
        self._writer = inner

    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        self._calls.note("insert")
        return self._writer.insert(records, existing)

    def replace(self, record: Record, expected: int) -> None:
        self._calls.note("replace")
        self._writer.replace(record, expected)

    def delete(self, kind: str, id: str, expected: int) -> None:
        self._calls.note("delete")
        self._writer.delete(kind, id, expected)

    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        self._calls.note("lock", 1)
        self._calls.ids[kind, id] += 1
        return self._writer.lock(kind, id, version)

    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        self._calls.note("set_access")
        self._writer.set_access(kind, owner, access, ids)

    def reindex(self, records: Sequence[Record]) -> None:
        self._calls.note("reindex")
        self._writer.reindex(records)

    def publish(self, events: Iterable[Event]) -> None:
        self._calls.note("publish")
        self._writer.publish(events)

    def claim(self, query: Query, until: str) -> list[Stored]:
        found = self._writer.claim(query, until)
        self._calls.note("claim", len(found))
        return found

    def keep_blob(self, digest: str, data: bytes) -> None:
        self._calls.note("keep_blob")
        self._writer.keep_blob(digest, data)

    def drop_blob(self, digest: str) -> None:
        self._calls.note("drop_blob")
        self._writer.drop_blob(digest)

    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        self._calls.note("load")
        self._writer.load(records, events)


class CountingStorage(Storage):
    """A storage that answers as another one, and counts.

    Args:
        inner: The storage that does the work.

    Attributes:
        calls: The calls of all of its readers and writers.
    """

    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self.calls = Calls()

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        self._inner.install(kinds, views)

    def read(self, workspace: str) -> AbstractContextManager[Reader]:
        return self._reading(workspace)

    @contextmanager
    def _reading(self, workspace: str) -> Iterator[Reader]:
        with self._inner.read(workspace) as reader:
            yield _CountingReader(reader, self.calls)

    def write(self, workspace: str) -> AbstractContextManager[Writer]:
        return self._writing(workspace)

    @contextmanager
    def _writing(self, workspace: str) -> Iterator[Writer]:
        with self._inner.write(workspace) as writer:
            yield _CountingWriter(writer, self.calls)

    def create(self, workspace: str) -> bool:
        return self._inner.create(workspace)

    def drop(self, workspace: str) -> bool:
        return self._inner.drop(workspace)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return self._inner.workspaces(after, limit, due_before)

    def tidy(self, *, whole: bool = False) -> None:
        self._inner.tidy(whole=whole)

    def scrub(self) -> None:
        self._inner.scrub()

    def close(self) -> None:
        self._inner.close()
