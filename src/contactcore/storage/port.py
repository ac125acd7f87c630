"""The storage port: the repository protocol that every adapter implements.

An adapter stores opaque records and walks indexes. It knows nothing of contacts. The docstrings state the promises of
each call, and the laws of `contactcore.testing` prove them. These promises are easily broken:

- A reader sees one snapshot, however long it stays open. A writer sees its own writes, except events and the
  workspace in the list of workspaces: those appear with the commit.
- A refused write voids its transaction, even if the caller caught the refusal. Every later call then raises
  `StorageError` with the code `transaction-void`, and so does the end of the context unless another error leaves it.
- A query that cannot be asked is refused and voids nothing, in a writer too. Within `claim` it counts as a write.
- If one write breaks two rules, the error may name either of them.
- If a reader has seen the feed up to a position, no event appears later at or below that position.
- Workspaces are sealed: no call depends on, or changes, another workspace.
- A writer refuses every write with `StorageError` after its context has ended.
- One thread uses a writer. Any number of threads use a storage, and so do any number of processes if it is a file or
  a server.
- One thread may have several readers and a writer open at once.
- Names, ids, keys, terms, digests and variants are compared whole and by code point, without case folding, trimming or
  collation.
- Every call accepts any number of ids, keys, records, events, terms, groups and words, whatever the limits of the
  database's statements are. A transaction accepts any number of calls. No answer has a limit of its own.
- Names and ids are checked (`check_texts`, `declared`) before they are looked up, in reading and in writing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Literal

from contactcore.storage.queries import Found, FoundRecords, Query
from contactcore.storage.records import Event, Kind, Published, Record, Stored, View

__all__ = ["Reader", "Storage", "Writer"]


class Reader(ABC):
    """One snapshot of one workspace. A workspace that does not exist is empty."""

    is_snapshot: bool = True
    """Whether nothing changes what is read, so that no record is read twice. A reader inside a transaction of the host
    sets this to False."""

    @abstractmethod
    def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
        """Return the records with these ids, in the sequence of the ids; None for each id without a record.

        The cost does not depend on the size of the workspace. The same is true of `holders`, `feed`, `blob` and `dump`.
        """

    @abstractmethod
    def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
        """Return kind and id of the holder of each unique key, in the sequence of the keys; None for free keys."""

    @abstractmethod
    def find(self, query: Query) -> Found:
        """Return the cards that answer a query (`contactcore.storage.queries` defines the answer).

        A page costs the same at the front and in the depth, in a large workspace and in a small one. If there are
        several groups (`where`, `access`, `words`), it costs at most a walk of the smallest of their postings.

        Raises:
            Invalid: the query cannot be asked (see `check_query`).
        """

    def find_records(self, query: Query) -> FoundRecords:
        """Return the whole records that answer a query, as `find` and then `get` do, in one question.

        An adapter to which a further question costs next to nothing leaves it out.

        Raises:
            Invalid: as on find.
        """
        found = self.find(query)
        records = self.get(query.kind, [card.id for card in found.cards]) if found.cards else ()
        there = tuple([record for record in records if record is not None])
        return FoundRecords(there, found.first, found.last, found.more)

    @abstractmethod
    def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
        """Count the records that answer a query, by ranges of the order key, in one pass.

        The cost is linear in the number of records that are counted.

        Args:
            query: The query. Its cursor, limit, direction and distinct_owner are ignored, so none of them is refused.
            boundaries: Order keys in ascending order. `n` boundaries give `n + 1` numbers: the keys below the first
                boundary, the keys from each boundary up to below the next one, and the keys from the last boundary
                on. No boundaries give one number.
        """

    @abstractmethod
    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        """Return at most `limit` events behind a position, in the order of their positions.

        The position need not be one of the feed. A writer does not see the events that it published or loaded.
        """

    @abstractmethod
    def blob(self, digest: str) -> bytes | None:
        """Return the bytes that were kept under a digest; None if there are none."""

    def announce(  # noqa: B027 - may be left out
        self, *questions: Query | tuple[str, Sequence[str]], records: Iterable[Query] = ()
    ) -> None:
        """Say what will be asked soon, so that a server answers it in one round trip with the next question.

        An announced question is answered as of a moment between its announcement and the question, with the writes of
        this writer, and with all that the last `lock` lets it see. One that cannot be asked is refused when it is
        asked. An adapter to which a round trip costs nothing leaves it out.

        Args:
            questions: Queries for `find`, with the same arguments; and kind and ids for `get`.
            records: Queries for `find_records`.
        """

    @abstractmethod
    def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
        """Return whole records of a kind behind `after_id`, trash included, sorted by id; for copying and checking."""


class Writer(Reader):
    """One transaction: it is kept whole if its context ends without an error, and not at all otherwise.

    The writes are durable once the context of `Storage.write` has ended without an error.
    """

    is_snapshot: bool = False

    @abstractmethod
    def insert(self, records: Sequence[Record], existing: Literal["refuse", "keep"] = "refuse") -> list[str]:
        """Add records. They may refer to each other and to stored records.

        Args:
            records: Records of any declared kinds, in any sequence.
            existing: The treatment of a record whose id or one of whose keys is taken: `"refuse"` the transaction, or
                `"keep"` the stored record and leave the new one out, with its references.

        Returns:
            The id of each record. For a record that was left out it is the id of the stored record that was kept: the
            record with its id if there is one, even if others have its keys; otherwise, among the records that have one
            of its keys, the record with the smallest id. Earlier records of the same call count as stored.

        Raises:
            DuplicateKey: an id or key is taken and `existing` is `"refuse"`; with `"keep"`, the id is free and a record
                of another kind has one of the keys.
            BrokenReference: a reference points to no record.
            Invalid: a record breaks a limit of the port (`check_record`), or `existing-unknown`.
        """

    def insert_fresh(self, records: Sequence[Record]) -> None:
        """Add records whose ids nobody else has, because they were drawn at random.

        As `insert`, but an adapter need not wait for the answer of a server: the refusal of a taken id or of a broken
        reference leaves this call, any later one, or the end of the context.

        Raises:
            DuplicateKey, BrokenReference, Invalid: as on insert.
        """
        self.insert(records)

    def is_awaited(self) -> bool:
        """Return whether another writer waits for this transaction to end, or may wait for all that the storage knows.

        A long job that many transactions carry out makes them longer while it is False. An adapter whose writers do not
        wait for each other, or which does not know of them, leaves it out.
        """
        return True

    @abstractmethod
    def replace(self, record: Record, expected: int) -> None:
        """Put a record in the place of the stored one.

        Args:
            record: The whole new record. Its version must be larger than `expected`.
            expected: The version that the caller read.

        Raises:
            MissingRecord: there is no such record.
            StaleRecord: the stored version differs from `expected`; the error carries the stored record.
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
        """Lock a record until the transaction ends: no other writer replaces, deletes or locks it before.

        A rule over a set locks the root of the set before it reads the set. Otherwise two writers each add a "first"
        person. Everything that is read after `lock` includes the commit of the previous holder of the lock.

        Raises:
            MissingRecord: there is no such record.
            StaleRecord: `version` was given and is not the stored one.
        """

    @abstractmethod
    def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Sequence[str] | None = None) -> None:
        """Set the access terms of the records of a kind that belong to an owner.

        Bodies, versions, references and keys stay as they are.

        Args:
            kind: The kind of the records.
            owner: The id of the contact that they belong to.
            access: The access terms that replace the old ones.
            ids: The ids of the records to change; None for all records of the owner.
        """

    @abstractmethod
    def reindex(self, records: Sequence[Record]) -> None:
        """Replace orders, terms, words, keys, access and card of stored records.

        Body, version, owner and references stay as they are stored, whatever the argument says. Either all records are
        changed or none. A key that passes between two records of one call may be refused.

        Raises:
            MissingRecord: there is no such record.
            StaleRecord: the stored version differs from the record's.
            DuplicateKey: as on insert.
        """

    @abstractmethod
    def publish(self, events: Iterable[Event]) -> None:
        """Append events to the feed, in their sequence, whatever their times are.

        They get their positions when the transaction commits: the next ones behind the last position. Nobody sees them
        before, not even this writer.
        """

    @abstractmethod
    def claim(self, query: Query, until: str) -> list[Stored]:
        """Take the records that answer a query and that no other writer holds; set their key in its order to `until`.

        It serves due work: other callers do not find the records again before `until`. Versions stay as they are. The
        whole query counts, its cursor, limit and distinct_owner included. The answer is in the order of the query.
        """

    @abstractmethod
    def keep_blob(self, digest: str, data: bytes) -> None:
        """Keep bytes under their digest, at most 16,000,000. The same digest again changes nothing.

        Raises:
            Invalid: `blob-too-large`.
        """

    @abstractmethod
    def drop_blob(self, digest: str) -> None:
        """Drop the bytes under a digest, which need not exist."""

    @abstractmethod
    def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
        """Add records and events as they are, with ids, versions and feed positions; for copying a workspace.

        References are checked when the transaction ends, against the records that exist then. Kinds may therefore come
        in any sequence, and a record that was loaded and deleted again refers to nothing. Positions of loaded events
        ascend, begin at 1 or above, and may have gaps. Events that are published in the same transaction, before or
        after, get positions behind the loaded ones. Loaded events appear in the feed with the commit.

        Raises:
            DuplicateKey: an id or key is taken.
            Invalid: `feed-position-taken`: the position of an event is not behind all existing positions and one more
                for each event that this transaction has published, or it is not below 2**62.
        """


class Storage(ABC):
    """A set of workspaces: in a file, on a server, or in memory."""

    @abstractmethod
    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        """Declare these kinds too, make the tables if they are missing, and upgrade the tables of an older release.

        A second call with the same arguments does nothing. Kinds that were installed before stay. A storage that was
        opened again knows no kinds until they are installed. The declarations are kept with the data, so that another
        process and a storage that was opened again compare them. Data without declarations is taken as it is.

        A kind may be installed again with more orders and more references. Stored records are in a new order once they
        are replaced or reindexed with a key for it. An order keeps its terms, words and due for ever, because the
        postings of stored records follow them, and no order or reference may be left out: such a kind is refused, and
        nothing is installed. An order with other terms needs another name.

        Raises:
            Invalid: `kind-redeclared`: a kind was installed with orders or references that this one lacks or changes.
            StorageError: `storage-newer`: a newer release made the tables. `storage-outdated`: a version that can no
                longer be upgraded made them. Nothing is changed then.
        """

    @abstractmethod
    def read(self, workspace: str) -> AbstractContextManager[Reader]:
        """Open a reader of one snapshot. A workspace that does not exist is empty and is not created."""

    @abstractmethod
    def write(self, workspace: str) -> AbstractContextManager[Writer]:
        """Open a writer. It commits when the context ends, and rolls back if an error leaves it.

        A commit creates the workspace if it is missing, even if nothing was written. A rollback does not.

        It never repeats a transaction by itself. A writer is not re-entrant: a thread opens one at a time. While it is
        open, that thread neither opens another one nor calls `create`, `drop`, `install` or `scrub`, in any workspace.
        Such a call is refused at once with `writer-open`, and the open writer goes on.

        Raises:
            StorageError: the storage cannot be written now. `storage-busy`: another writer was waited for longer than
                the storage is patient; `drop` raises it too. `storage-full`: the disk has no room. `storage-lost`: the
                storage can no longer be reached. Nothing is kept then.
        """

    @abstractmethod
    def create(self, workspace: str) -> bool:
        """Create an empty workspace; False if it exists already."""

    @abstractmethod
    def drop(self, workspace: str) -> bool:
        """Remove a workspace and everything in it; False if there is none."""

    @abstractmethod
    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        """Return names of workspaces behind `after`, sorted by code point.

        Args:
            after: The last name of the previous page.
            limit: The most names to return.
            due_before: An order key, to return only workspaces in which some record, whatever its access, has a
                smaller key in a `due` order. No key is below `""`. The limit counts only the returned names.
        """

    def tidy(self, *, whole: bool = False) -> None:  # noqa: ARG002 - for adapters that have something to do
        """Reorganise the indexes after many writes, to keep answers fast.

        The library calls it after a job of many transactions. It changes no answer, works in short transactions while
        others read and write, and takes no longer than such a job justifies. An adapter without such work leaves it
        out.

        Args:
            whole: Reorganise everything, however long it takes; for the quiet hours of a host.

        Raises:
            StorageError: as `write`; no data is lost.
        """
        return

    @abstractmethod
    def scrub(self) -> None:
        """Erase the bytes of deleted data, in the files too. Everything else stays, including feed positions."""

    @abstractmethod
    def close(self) -> None:
        """Release files and connections. A second call does nothing.

        While a reader or writer of this process is open, in any thread, the call is refused and changes nothing. Every
        other call on a closed storage is refused with `StorageError`, never with an error of the file or the driver.

        Raises:
            StorageError: `storage-in-use`.
        """
