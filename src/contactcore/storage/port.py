"""The storage port: the repository protocol that every adapter implements.

An adapter keeps opaque records and walks indexes; it knows nothing of contacts. What each call must do is said here
and proven by the laws of `contactcore.testing`. Promises that are easily broken:

- A reader sees one moment, however long it stays open. A writer sees its own writes.
- A refused write voids its transaction even if the refusal was caught: from then on every call raises `StorageError`
  with the code `transaction-void`, and so does the end of the context if no error leaves it.
- A question that cannot be asked, also within a writer, is refused and voids nothing; within `claim` it is a write.
- When one write breaks two rules, either may be named.
- Whoever has read the feed up to a position never later finds an event at or below it.
- Workspaces are sealed: nothing that one call does or answers depends on another workspace.
- A writer whose context has ended refuses every write with `StorageError`.
- A writer is used by one thread; a storage by any number of threads, and where it is a file or a server, processes.
- One thread may have several readers and a writer open at once.
- Names, ids, keys, terms, digests and variants are compared by code point, whole: no case, no trimming, no collation.
- Every call takes any number of ids, keys, records and terms, whatever a statement of the database takes.
- What names something is checked before it is looked for (`check_texts`, `declared`), in reading and in writing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Literal

from contactcore.storage.queries import Found, Query
from contactcore.storage.records import Event, Kind, Published, Record, Stored, View

__all__ = ["Reader", "Storage", "Writer"]


class Reader(ABC):
    """One moment of one workspace. A workspace that does not exist is empty."""

    @abstractmethod
    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        """The records with these ids, in the sequence asked for; None for each that there is not."""

    @abstractmethod
    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        """Kind and id of the record that has each unique key, in the sequence asked for; None where nobody has it."""

    @abstractmethod
    def find(self, query: Query) -> Found:
        """The cards that answer a question (`contactcore.storage.queries` says what it means).

        A page costs the same at the front and in the depth, in a large workspace and in a small one. With several
        groups (`where`, `access`, `words`) it costs at most a walk of the smallest of their postings.

        Raises:
            Invalid: the question cannot be asked (see `check_query`).
        """

    @abstractmethod
    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        """How many records answer a question, counted by ranges of the order key in one pass.

        Args:
            query: Its cursor, limit, direction and distinct_owner are not looked at, so none of them is refused either.
            boundaries: Ascending order keys. `n` boundaries give `n + 1` numbers: of keys below the first, from
                each boundary up to below the next, and from the last one on. Without boundaries: one number.

        Linear in what is counted.
        """

    @abstractmethod
    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        """The events behind a position, oldest first, at most `limit`."""

    @abstractmethod
    def blob(self, digest: str) -> bytes | None:
        """The bytes that were kept under a digest."""

    @abstractmethod
    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        """Whole records of a kind, trash included, by id, behind `after_id`; for copying and checking."""


class Writer(Reader):
    """One transaction: all of it is kept when its context ends well, nothing otherwise.

    When the context of `Storage.write` has ended without an error, the writes are durable.
    """

    @abstractmethod
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        """Add records; they may refer to each other and to what is stored.

        Args:
            records: Of any declared kinds, in any sequence.
            existing: What to do with a record whose id or one of whose keys is taken: `"refuse"` the transaction, or
                `"keep"` the record that is there and leave this one out.

        Returns:
            The id of each record; where another one was kept, that one's id (of the same kind; for a key that belongs
            to a record of another kind, `DuplicateKey` is raised even so).

        Raises:
            DuplicateKey: with `existing="refuse"`.
            BrokenReference: a reference points to nothing.
            Invalid: a limit of the port (`check_record`), or `existing-unknown`.
        """

    @abstractmethod
    def replace(self, record: Record, expected: int) -> None:
        """Put a record in the place of the stored one.

        Args:
            record: Whole; its version must be larger than `expected`.
            expected: The version that was read.

        Raises:
            MissingRecord: there is none.
            StaleRecord: it has another version; carries what is stored.
            DuplicateKey, BrokenReference, Invalid: as on insert.
        """

    @abstractmethod
    def delete(self, kind: str, id: str, expected: int) -> None:
        """Remove a record for good.

        Raises:
            MissingRecord, StaleRecord: as on replace.
            BrokenReference: another record refers to it.
        """

    @abstractmethod
    def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
        """Hold a record until the transaction ends: nobody else replaces, deletes or requires it before.

        The root of every rule over a set is required before the set is read: without it two writers each add a
        "first" person. What is read after `lock` is what the last holder committed.

        Raises:
            MissingRecord: there is none.
            StaleRecord: `version` was given and is not the stored one.
        """

    @abstractmethod
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        """Set who may see the records of a kind that belong to an owner; no body, version, reference or key is touched.

        Args:
            kind: The kind of record.
            owner: The contact they hang on.
            access: The new access terms, in place of the old.
            ids: Only these of them.
        """

    @abstractmethod
    def reindex(self, records: Sequence[Record]) -> None:
        """Replace orders, terms, words, keys, access and card; all else stays as it is stored.

        Body, version, owner and references of the records are those that are stored, whatever the argument has there.
        All is done or none: a key that passes between two records of one call may be refused.

        Raises:
            MissingRecord: there is none.
            StaleRecord: the stored version is another one than the record's.
            DuplicateKey: as on insert.
        """

    @abstractmethod
    def publish(self, events: Iterable[Event]) -> None:
        """Append events to the feed; they get their positions when the transaction commits."""

    @abstractmethod
    def claim(self, query: Query, until: str) -> list[Stored]:
        """Take what answers a question and is held by no other writer, and set its key in the query's order to `until`.

        For work that is due: others do not find it again before `until`. Versions stay as they are. The whole
        question counts, its cursor, limit and distinct_owner too; the answer is in its order.
        """

    @abstractmethod
    def keep_blob(self, digest: str, data: bytes) -> None:
        """Keep bytes under their digest; the same digest again changes nothing."""

    @abstractmethod
    def drop_blob(self, digest: str) -> None:
        """Forget the bytes under a digest; it need not exist."""

    @abstractmethod
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        """Take over records and events as they are, with ids, versions and feed positions; for copying a workspace.

        References are checked when the transaction ends, of what is there then: kinds may come in any sequence, and
        what was loaded and deleted again refers to nothing. Events that are published in the same transaction, before
        or after, stand behind the loaded ones.

        Raises:
            DuplicateKey: an id or key is taken.
            Invalid: `feed-position-taken`: an event's position is not behind all that are there, those to come from
                this transaction counted, or not below 2**62.
        """


class Storage(ABC):
    """A place for workspaces: a file, a server, or memory."""

    @abstractmethod
    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        """Make ready for these kinds too; does nothing where that was done, and upgrades what an older release made.

        Kinds that were installed before stay. A storage that was opened again knows none until it is told.

        Raises:
            StorageError: `storage-newer`: a newer release made it.
        """

    @abstractmethod
    def read(self, workspace: str) -> AbstractContextManager[Reader]:
        """A reader of one moment. A workspace that does not exist is empty and stays uncreated."""

    @abstractmethod
    def write(self, workspace: str) -> AbstractContextManager[Writer]:
        """A writer; commits when the context ends, rolls back when an error leaves it. Creates the workspace.

        Never repeats anything by itself. A writer is not re-entrant: one thread opens one at a time, and neither makes
        nor drops its workspace meanwhile; it is refused (`storage-busy`), at the latest when its patience ends.

        Raises:
            StorageError: the storage cannot be written now (`storage-busy`, `storage-full`, `storage-lost`, ...).
        """

    @abstractmethod
    def create(self, workspace: str) -> bool:
        """Make an empty workspace; False where it exists already."""

    @abstractmethod
    def drop(self, workspace: str) -> bool:
        """Remove a workspace with all that is in it; False where there is none."""

    @abstractmethod
    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        """Names of workspaces in order of code point, behind `after`.

        Args:
            after: The last name that was seen.
            limit: At most so many.
            due_before: Only those in which a record stands in a `due` order with a key below this, whoever may see
                it; below `""` stands nothing. The limit counts these only.
        """

    def tidy(self, *, whole: bool = False) -> None:  # noqa: ARG002 - for adapters that have something to do
        """Put in order what many writes left behind, so that questions are answered as quickly as can be.

        Called when a job of many transactions is done. It changes no answer, works in short transactions while others
        read and write, and takes no longer than such a job calls for. An adapter that has nothing to do leaves it out.

        Args:
            whole: All there is, however long it takes; for a host that has a quiet hour.

        Raises:
            StorageError: as `write`; nothing is lost by that.
        """
        return

    @abstractmethod
    def scrub(self) -> None:
        """Forget the bytes of what was deleted, in the files too; all else stays, the numbers of the feed included."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections; calling it again does nothing.

        Every other call is refused afterwards with `StorageError`, not with what the file or driver raises by itself.
        """
