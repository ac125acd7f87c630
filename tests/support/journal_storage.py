"""A storage on another kind of store: a journal, one line of JSON for each commit, for several processes.

Its indexes are those of the memory adapter, which each process builds from the journal and keeps up to date with what
other processes append. A commit is one line that ends with a line end; a torn line is no commit.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from contactcore.errors import StorageError
from contactcore.storage import (
    Event,
    Kind,
    Published,
    Record,
    View,
    check_workspace,
    kinds_from_text,
    merged_kinds,
    text_of_kinds,
)
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter

__all__ = ["OLDEST", "RELEASE", "JournalStorage", "JournalWriter"]

RELEASE = 2
"""The number in the first line of a journal: the form that this release reads and writes."""
OLDEST = 2
"""The oldest form that this release reads."""

Line = dict[str, Any]


class JournalWriter(MemoryWriter):
    """A writer that remembers what it changed, and appends it to the journal when it commits."""

    storage: JournalStorage
    workspace: str

    def __init__(self, kinds: Any, snapshot: Snapshot) -> None:
        super().__init__(kinds, snapshot)
        self._begin = snapshot.length
        self._touched: set[tuple[str, str]] = set()
        self._digests: set[str] = set()

    def commit(self) -> Snapshot:
        committed = super().commit()
        self.storage.append(
            {
                "workspace": self.workspace,
                "records": [
                    [kind, id, None if (one := committed.records.get((kind, id))) is None else _plain(one)]
                    for kind, id in sorted(self._touched)
                ],
                "blobs": [[digest, _text(committed.blobs.get(digest))] for digest in sorted(self._digests)],
                "events": [_plain_event(it) for it in committed.events[self._begin : committed.length]],
            }
        )
        return committed

    def keep_blob(self, digest: str, data: bytes) -> None:
        super().keep_blob(digest, data)
        self._digests.add(digest)

    def drop_blob(self, digest: str) -> None:
        super().drop_blob(digest)
        self._digests.add(digest)

    def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
        super()._put(changes)
        self._touched.update((one.kind, one.id) for pair in changes for one in pair if one is not None)


class JournalStorage(MemoryStorage):
    """Workspaces in a journal, for any number of threads and processes of one machine.

    Args:
        path: The path of the journal, which is made on first use.
        patience: The seconds that a writer waits for another one.
    """

    writer_class = JournalWriter

    def __init__(self, path: str, patience: float = 30.0) -> None:
        super().__init__(patience)
        self.path = Path(path)
        self._mutex = threading.RLock()
        self._writing = threading.Lock()
        self._writing_thread: int | None = None
        self._read_to = 0
        self._inode = 0
        self._declared: dict[str, Kind] = {}
        self.views: dict[str, View] = {}

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        self._open.check_open()
        with self._alone():
            known = merged_kinds(self._kept_kinds(), kinds)
            super().install(kinds, views)
            self.views |= {view.name: view for view in views}
            with self._mutex:
                self._inode = 0  # what was read before was indexed by other kinds
                self._refresh()
            if known != self._declared:
                self.append({"kinds": text_of_kinds(known)})
                self._declared = known

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        self._refresh()
        with super().read(workspace) as reader:
            yield reader

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        self._open.check_open()
        check_workspace(workspace)
        with self._alone(), super().write(workspace) as writer:
            assert isinstance(writer, JournalWriter)
            writer.storage, writer.workspace = self, workspace
            yield writer

    def create(self, workspace: str) -> bool:
        self._open.check_open()
        check_workspace(workspace)
        with self._alone():
            if workspace not in self._snapshots:
                self.append({"workspace": workspace, "records": [], "blobs": [], "events": []})
            return super().create(workspace)

    def drop(self, workspace: str) -> bool:
        self._open.check_open()
        check_workspace(workspace)
        with self._alone():
            if workspace in self._snapshots:
                self.append({"drop": workspace})
            return super().drop(workspace)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        self._refresh()
        return super().workspaces(after, limit, due_before)

    def scrub(self) -> None:
        self._open.check_open()
        with self._alone(), self._mutex:
            new = self.path.with_suffix(".new")
            with new.open("wb") as file:
                file.write(_encoded({"release": RELEASE}))
                file.write(_encoded({"kinds": text_of_kinds(self._declared)}))
                for name, snapshot in self._snapshots.items():
                    file.write(_encoded(_whole(name, snapshot)))
                file.flush()
                self.sync(file.fileno())
            new.replace(self.path)
            self._inode, self._read_to = self.path.stat().st_ino, self.path.stat().st_size

    # The journal -------------------------------------------------------------------------------------------------

    def append(self, line: Line) -> None:
        """Append a commit; it is on the disk when this ends without an error."""
        with self._mutex:
            try:
                with self.path.open("r+b") as file:
                    file.truncate(self._read_to)  # a torn line of a process that was killed
                    file.seek(self._read_to)
                    try:
                        file.write(_encoded(line))
                        file.flush()
                        self.sync(file.fileno())
                    except BaseException:
                        with suppress(OSError):
                            file.truncate(self._read_to)
                        raise
                    self._read_to = file.tell()
            except OSError as error:
                raise StorageError(f"The journal cannot be written: {error.strerror}.", self.code_of(error)) from error

    def code_of(self, error: OSError) -> str:
        """The code of a failure to write."""
        return "storage-full" if error.errno == errno.ENOSPC else "storage-lost"

    def sync(self, file: int) -> None:
        """Return when the disk has what was written."""
        os.fsync(file)

    def check_release(self, number: int) -> None:
        """Refuse the journal of a newer or outdated release."""
        if number > RELEASE:
            raise StorageError("A newer release made this journal: upgrade.", "storage-newer")
        if number < OLDEST:
            raise StorageError("An outdated release made this journal: copy it with that one.", "storage-outdated")

    def _kept_kinds(self) -> dict[str, Kind]:
        """The kinds of the last line that declares kinds."""
        kept = "{}"
        with self.path.open("rb") as file:
            for line in file:
                if line.startswith(b'{"kinds"') and line.endswith(b"\n"):
                    kept = json.loads(line)["kinds"]
        return kinds_from_text(kept)

    def _refresh(self) -> None:
        """Read what other processes have appended."""
        self._open.check_open()
        with self._mutex:
            if not self.path.exists():
                return
            with self.path.open("rb") as file:
                inode = os.fstat(file.fileno()).st_ino
                if inode != self._inode:
                    self._inode, self._read_to, self._snapshots = inode, 0, {}
                file.seek(self._read_to)
                for line in file:
                    if not line.endswith(b"\n") or (self._read_to and not self._kinds):
                        break  # not yet whole, or nothing is installed by which records could be indexed
                    self._apply(json.loads(line))
                    self._read_to += len(line)

    def _apply(self, line: Line) -> None:
        if "release" in line:
            self.check_release(line["release"])
        elif "kinds" in line:
            self._declared = kinds_from_text(line["kinds"])
        elif "drop" in line:
            self._snapshots.pop(line["drop"], None)
        else:
            snapshot = self._snapshots.get(line["workspace"]) or Snapshot()
            writer = MemoryWriter(self._kinds, snapshot.fork())
            changes = [
                (writer._snapshot.records.get((kind, id)), None if plain is None else _record(kind, id, plain))
                for kind, id, plain in line["records"]
            ]
            writer._put([change for change in changes if change != (None, None)])
            for digest, data in line["blobs"]:
                if data is None:
                    writer._snapshot.blobs.drop(digest)
                else:
                    writer._snapshot.blobs.put(digest, _bytes(data))
            writer._events = [_event(*it) for it in line["events"]]
            self._snapshots[line["workspace"]] = writer.commit()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the other writers out, of this process and of all others."""
        me = threading.get_ident()
        if self._writing_thread == me:
            raise StorageError("This thread has an open writer already: end it first.", "writer-open")
        if not self._writing.acquire(timeout=self._patience):
            raise StorageError("Another writer holds the journal: try again later.", "storage-busy")
        self._writing_thread = me
        try:
            with self.path.with_suffix(".lock").open("ab") as file:
                self.lock(file.fileno())
                if not self.path.exists() or not self.path.stat().st_size:
                    self.path.write_bytes(_encoded({"release": RELEASE}))
                self._refresh()
                yield
        finally:
            self._writing_thread = None
            self._writing.release()

    def lock(self, file: int) -> None:
        """Keep the writers of other processes out until the file is closed."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if time.monotonic() > deadline:
                    message = "Another process holds the journal: try again later."
                    raise StorageError(message, "storage-busy") from error
                time.sleep(0.002)
            else:
                return


def _encoded(line: Line) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _plain(record: Record) -> Line:
    plain = {field.name: getattr(record, field.name) for field in attrs.fields(Record)}
    del plain["kind"], plain["id"]
    for name, value in plain.items():
        if isinstance(value, bytes):
            plain[name] = _text(value)
        elif isinstance(value, frozenset):
            plain[name] = sorted(value)
        elif not isinstance(value, str | int):
            plain[name] = dict(value)
    return plain


def _record(kind: str, id: str, plain: Line) -> Record:
    fields = dict(plain)
    for name in ("body", "card"):
        fields[name] = _bytes(fields[name])
    for name in ("terms", "words", "keys", "access"):
        fields[name] = frozenset(fields[name])
    return Record(kind=kind, id=id, **fields)


def _plain_event(it: Published) -> list[Any]:
    return [it.position, it.event.name, it.event.subject, it.event.at, _text(it.event.data)]


def _event(position: int, name: str, subject: str, at: str, data: str) -> Published:
    return Published(position, Event(name=name, subject=subject, at=at, data=_bytes(data)))


def _whole(name: str, snapshot: Snapshot) -> Line:
    return {
        "workspace": name,
        "records": [
            [kind, id, _plain(one)] for box in snapshot.records._buckets for (kind, id), one in sorted(box.items())
        ],
        "blobs": [[digest, _text(data)] for box in snapshot.blobs._buckets for digest, data in sorted(box.items())],
        "events": [_plain_event(it) for it in snapshot.events[: snapshot.length]],
    }
