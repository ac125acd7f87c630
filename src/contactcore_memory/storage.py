"""The storage in memory, for tests and for programs that need no disk."""

# ruff: noqa: D102 - the port states the promises of the calls

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from contactcore.errors import StorageError
from contactcore.storage import (
    Kind,
    OpenTransactions,
    Storage,
    View,
    check_listing,
    check_seconds,
    check_workspace,
    merged_kinds,
)
from contactcore_memory.index import DUE
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter

__all__ = ["MemoryStorage"]


class MemoryStorage(Storage):
    """Workspaces in the memory of this process. They end with the process.

    Writers of one workspace work one after the other. Readers never wait, and see one snapshot. A writer changes a fork
    of the snapshot, which shares all unchanged parts with it. The cost of a transaction therefore depends on its
    changes only.

    Args:
        patience: The seconds that a writer waits for another writer of the same workspace.

    Raises:
        Invalid: `number-type`, `seconds-out-of-range` for the patience.

    >>> from contactcore import Workspace
    >>> Workspace(MemoryStorage(), name="acme").name
    'acme'
    """

    reader_class = MemoryReader
    writer_class = MemoryWriter

    def __init__(self, patience: float = 30.0) -> None:
        check_seconds("patience", patience)
        self._patience = patience
        self._kinds: dict[str, Kind] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._open = OpenTransactions()

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:  # noqa: ARG002 - the port names it
        """See `Storage.install`. Report views need SQL, so this storage has none."""
        with self._open.writing():
            # A new mapping, because open transactions keep the kinds that they began with.
            self._kinds = merged_kinds(self._kinds, kinds)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        check_workspace(workspace)
        with self._open.reading():
            reader = self.reader_class(self._kinds, self._snapshots.get(workspace) or Snapshot())
            try:
                yield reader
            finally:
                reader.usable = False

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        check_workspace(workspace)
        with self._locked(workspace):
            snapshot = self._snapshots.get(workspace) or Snapshot()
            writer = self.writer_class(self._kinds, snapshot.fork())
            try:
                yield writer
                committed = writer.commit()
            finally:
                writer.usable = False
            with self._guard:
                self._snapshots[workspace] = committed

    def create(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._locked(workspace), self._guard:
            if workspace in self._snapshots:
                return False
            self._snapshots[workspace] = Snapshot()
            return True

    def drop(self, workspace: str) -> bool:
        check_workspace(workspace)
        with self._locked(workspace), self._guard:
            return self._snapshots.pop(workspace, None) is not None

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        self._open.check_open()
        check_listing(after, limit, due_before)
        with self._guard:
            snapshots = sorted((name, snapshot) for name, snapshot in self._snapshots.items() if name > after)
        return [name for name, snapshot in snapshots if due_before is None or _is_due(snapshot, due_before)][:limit]

    def scrub(self) -> None:
        """See `Storage.scrub`. Deleted data is freed with the last reader of its snapshot."""
        with self._open.writing():
            return

    def close(self) -> None:
        self._open.close()
        self._snapshots = {}

    @contextmanager
    def _locked(self, workspace: str) -> Iterator[None]:
        with self._open.writing():
            with self._guard:
                lock = self._locks.setdefault(workspace, threading.Lock())
            if not lock.acquire(timeout=self._patience):
                raise StorageError(
                    f"Another writer holds the workspace {workspace!r}: try again later.", "storage-busy"
                )
            try:
                yield
            finally:
                lock.release()


def _is_due(snapshot: Snapshot, before: str) -> bool:
    first = next(snapshot.run(*DUE).walk(), None)
    return first is not None and first[0] < before
