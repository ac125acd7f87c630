"""One transaction for the use cases: the storage, the actor and the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from contactcore.errors import Conflict, ContactCoreError, Duplicate, Forbidden, Invalid, NotFound, StorageError
from contactcore.mapping import json
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.settings import SETTINGS_ID
from contactcore.model import Actor, PortalUser, Settings, User
from contactcore.rules.access import may_change, may_see
from contactcore.storage import (
    BrokenReference,
    DuplicateKey,
    Event,
    MissingRecord,
    Query,
    Reader,
    Record,
    Refused,
    StaleRecord,
    Stored,
    Writer,
)
from contactcore.values.timezone import zone_of
from contactcore.workspace.kernel.host import Host
from contactcore.workspace.kernel.ids import TimeOrderedIds, id_from, time_of, timestamp
from contactcore.workspace.kernel.logs import Called
from contactcore.workspace.kernel.passwords import Passwords

if TYPE_CHECKING:
    from contactcore.model.letter_configuration import LetterConfiguration
    from contactcore.workspace.kernel.job_logs import SavedJob

__all__ = [
    "RecordedChange",
    "Transaction",
    "id_of",
    "login_name_taken",
    "person_id_of",
    "removed_meanwhile",
    "taken_after_all",
]


def id_of(record: object) -> str:
    """Return the id of an entity or a card, or the id itself.

    Args:
        record: An id, or any object with an `id`.

    Raises:
        Invalid: `record-type` for anything else.
    """
    found = record if isinstance(record, str) else getattr(record, "id", None)
    if not isinstance(found, str):
        raise Invalid("record-type", f"Give an id or a stored record, not {type(record).__name__}.")
    return found


def person_id_of(record: object) -> str:
    """Return the id of a person: of the person of an affiliation, or as `id_of`.

    Args:
        record: A person, an affiliation of the person, any object with an `id`, or the id.

    Raises:
        Invalid: `record-type` for anything else.
    """
    from contactcore.model.affiliation import Affiliation

    return record.person_id if isinstance(record, Affiliation) else id_of(record)


_KEYS = {
    "login-of": ("A login of the person {}", "person_id"),
    "account-entry": ("The account entry with the key {}", "key"),
    "message": ("The message with the key {}", "key"),
    # An error reveals neither the token nor its digest.
    "token": ("A link with this token", ""),
    "email-token": ("A link with this token", ""),
    "import": ("An unfinished import of the same data", ""),
}
"""Prefix of a unique key -> wording of the thing that is unique, and the field that contains it."""


def login_name_taken() -> Duplicate:
    """The error for a login name that another login has; it says nothing about the other login (POR-1)."""
    return Duplicate("the login name", message="This login name is taken: choose another one.")


def removed_meanwhile() -> StorageError:
    """The error for a record that another transaction removed between its reading and its lock."""
    return StorageError("Another transaction removed the record: run this again.", "storage-retry")


def taken_after_all(error: DuplicateKey) -> Duplicate:
    """The error for an id that was drawn at random and was taken nevertheless, as a storage may find out at the end."""
    return _taken(error.key, None)


def _taken(key: str, wanted: object) -> Duplicate:
    """The error for a unique key. The field of the entity is preferred, because the key may hold a shortened value."""
    prefix, _, value = key.partition(":")
    if value and prefix == "login":
        return login_name_taken()
    if not value or prefix not in _KEYS:
        return Duplicate(f"The id {key}")
    words, field = _KEYS[prefix]
    return Duplicate(words.format(getattr(wanted, field, value)))


class RecordedChange(NamedTuple):
    """The change of a record, as a transaction remembers it.

    Attributes:
        before: The record before the transaction; None if it was added.
        after: The record as the transaction left it; None if it was removed.
        owners: The ids of the owners of a record that was added.
    """

    before: Stored | None
    after: Record | None
    owners: tuple[str, ...] = ()


class Transaction:
    """The transaction that all services and repositories of a session share.

    Attributes:
        reader: The storage: one snapshot, or one writing transaction.
        actor: The actor who reads or changes.
        defaults: The settings of a workspace without stored settings.
        host: The clock, ids and other parts that the application provides.
        workspace: The name of the workspace.
        locked: Kind and id of a record that this transaction locked -> the record as it is stored. No other writer
            changes it before the transaction ends, so it is not read again. Repositories keep it up to date.
        read_ahead: Kind and id of a record that the check of the arguments has just read -> the record, for the first
            reader. The first write forgets them.
        just_read: The record that was read last, as a caller who changes it has read it before.
        last_loaded: The record that was decoded last, with the index context and the entity. A change reads a contact,
            locks it and compares it; each of these meets the same record.
        replaced: Kind and id of a record that this transaction changed -> the records that it replaced, with which
            older copies are compared.
        changes: Kind and id of each record that the transaction changed and that the history keeps -> its change. The
            history is written from them when the transaction ends.
        purged: Kind and id of each record that was removed for good from the trash, with all that the history has.
        cause: Why the transaction changes records, as in `HistoryEntry`, and the id of the cause.
        undone: The ids of the acts that this transaction undoes.
        contested: Kind and id of each record that another transaction changed first.
        jobs: The jobs that the transaction stored, which are logged when it is committed.
        calls: The methods that the program calls in the transaction.
        lasting: Functions that count attempts again, in a new transaction, if this one is rolled back. An application
            that raises its own error inside a session must not give back the attempts that the session used up.
    """

    def __init__(
        self,
        reader: Reader,
        actor: Actor,
        defaults: Settings,
        host: Host,
        *,
        workspace: str,
        writable: bool,
        supposed: IndexContext | None = None,
    ) -> None:
        self.reader = reader
        self.actor = actor
        self.defaults = defaults
        self.host = host
        self.workspace = workspace
        self.locked: dict[tuple[str, str], Stored] = {}
        self.read_ahead: dict[tuple[str, str], Stored] = {}
        self.just_read: Stored | None = None
        self.last_loaded: tuple[Stored, IndexContext, Any] | None = None
        self.replaced: dict[tuple[str, str], list[Stored]] = {}
        self.changes: dict[tuple[str, str], RecordedChange] = {}
        self.purged: set[tuple[str, str]] = set()
        self.cause: tuple[str, str] = ("hand", "")
        self.undone: list[str] = []
        self.contested: set[tuple[str, str]] = set()
        self.lasting: list[Callable[[Transaction], object]] = []
        self.jobs: list[SavedJob] = []
        self.calls: Called = Called(host.slow_seconds)
        self._own_login = False
        self._writable = writable
        self._index_context: IndexContext | None = None
        self._supposed = supposed
        self._settings_read = False
        self._settings_record: Stored | None = None

    @property
    def passwords(self) -> Passwords:
        """The hashing of passwords, and the source of new tokens."""
        return self.host.passwords

    @cached_property
    def letter_configuration(self) -> LetterConfiguration:
        """The name of the firm, the addresses of users, and the templates of letters."""
        return self.host.letter_configuration(self.workspace)

    @property
    def writer(self) -> Writer:
        """The storage for writing.

        Raises:
            Forbidden: `read-only-session`, `portal-reads-only`, `user-reads-only`.
        """
        self.read_ahead.clear()
        return self.require_writing()

    def require_writing(self) -> Writer:
        """Refuse a session that only reads, before anything is looked up, and return the storage for writing.

        Raises:
            Forbidden: `read-only-session`, `portal-reads-only`, `user-reads-only`.
        """
        if isinstance(self.actor, PortalUser) and not self._own_login:
            raise Forbidden("Portal users change nothing but their own password and login name.", "portal-reads-only")
        self.check_not_read_only()
        if not self._writable or not isinstance(self.reader, Writer):
            raise Forbidden(
                "This session only reads. Open workspace.write(...) to change something.", "read-only-session"
            )
        return self.reader

    def check_not_read_only(self) -> None:
        """Refuse a user who changes nothing, before an act that the library carries out in its own name.

        Raises:
            Forbidden: `user-reads-only`.
        """
        if isinstance(self.actor, User) and self.actor.read_only:
            raise Forbidden("This user only reads: ask somebody who may change something.", "user-reads-only")

    @contextmanager
    def own_login(self) -> Iterator[None]:
        """Allow a portal user to write inside the context, while they change their own password or login name."""
        self._own_login = True
        try:
            yield
        finally:
            self._own_login = False

    @cached_property
    def now(self) -> datetime:
        """The time of the transaction: the clock's time at the first use."""
        return time_of(self.host.clock)

    @property
    def today(self) -> date:
        """The day of the transaction, in the time zone of the workspace (DIR-16)."""
        return self.now.astimezone(zone_of(self.settings.timezone)).date()

    @cached_property
    def new_id(self) -> Callable[[], str]:
        """The function that returns a new id."""
        ids = self.host.ids
        return partial(ids, self.now) if type(ids) is TimeOrderedIds else partial(id_from, ids, self.now)

    @property
    def settings(self) -> Settings:
        """The settings that the transaction works with."""
        return self.index_context.settings

    @property
    def index_context(self) -> IndexContext:
        """The settings from which index values are computed."""
        # No cached_property: up to Python 3.11 it lets all threads wait for the one that computes, and this one may
        # wait in the storage for a transaction of another thread.
        if self._index_context is None:
            stored = self._stored_settings
            self._index_context = IndexContext.of(self.defaults) if stored is None else IndexContext.in_force(stored)
        return self._index_context

    @property
    def _stored_settings(self) -> Stored | None:
        if not self._settings_read:
            (self._settings_record,) = self.reader.get("settings", [SETTINGS_ID])
            self._settings_read = True
        return self._settings_record

    @property
    def has_settings(self) -> bool:
        """Whether the workspace has stored settings: another one is new. They are not decoded for that."""
        return self._stored_settings is not None

    def announce_settings(self) -> None:
        """Say that the settings are read, if they were not yet, so that a server sends them with the next answer."""
        if not self._settings_read:
            self.reader.announce(("settings", [SETTINGS_ID]))

    def announce_supposed(self, questions: Callable[[], Iterable[Query]]) -> None:
        """Announce questions that depend on the settings, if these are not read yet and a server gains by it.

        The settings of an earlier transaction are taken for those of this one. If they have changed, the server answers
        questions that nobody asks.

        Args:
            questions: Makes the questions, from the settings of this transaction.
        """
        if self._supposed is None or self._settings_read or type(self.reader).announce is Reader.announce:
            return
        self._index_context = self._supposed
        try:
            supposed = [*questions()]
        except ContactCoreError:
            supposed = []  # the question itself is refused, if the settings are still these
        finally:
            self._index_context = None
        self.reader.announce(*supposed)

    @property
    def known_context(self) -> IndexContext | None:
        """The index context if it was needed so far, else the one that was supposed."""
        return self._supposed if self._index_context is None else self._index_context

    def lock_contested(self, records: Iterable[tuple[str, str]]) -> None:
        """Lock records that an earlier attempt lost to others, before anything else is read.

        All transactions lock them in the same sequence. Each then waits for its turn and meets no faster writer.

        Args:
            records: Kind and id of each; deleted ones are left out.

        Raises:
            StorageError: `storage-retry` if another transaction removes one of them at this moment.
        """
        for kind, id in sorted(records):
            if not isinstance(self.reader, Writer) or self.reader.get(kind, [id]) == [None]:
                continue
            try:
                self.locked[kind, id] = self.reader.lock(kind, id)
            except MissingRecord:
                raise removed_meanwhile() from None

    def settings_changed(self) -> None:
        """Read the settings anew."""
        self._index_context = None
        self._settings_read = False
        # Not when they are next needed: a refusal needs them too, and a refused transaction reads nothing.
        self.index_context  # noqa: B018 - the property reads

    @property
    def order(self) -> str:
        """The active order of the directory, in which every record has a key."""
        return self.index_context.active.order

    def check_change(self, access: frozenset[str]) -> None:
        """Refuse an actor who may not change a record with these access terms.

        Raises:
            Forbidden: `read-only`; `portal-reads-only` for a portal user; `user-reads-only`.
        """
        if isinstance(self.actor, PortalUser):
            raise Forbidden("Portal users change nothing but their own password and login name.", "portal-reads-only")
        if not may_change(self.actor, access):
            self.check_not_read_only()
            raise Forbidden(
                "You may read this contact but not change it: ask one of its responsible users.", "read-only"
            )

    def check_admin(self, what: str) -> None:
        """Refuse an actor who is not an admin (ACC-3).

        Args:
            what: The operation, as it continues "Only an admin may".

        Raises:
            Forbidden: `admin-only`.
        """
        if not self.actor.admin:
            raise Forbidden(f"Only an admin may {what}.", "admin-only")

    def remember(self, before: Stored | None, after: Record | None, owners: tuple[str, ...] = ()) -> None:
        """Remember the change of a record for the history; several changes of one record become one.

        Args:
            before: The record as it was stored; None if it is added.
            after: The record as it is stored now; None if it is removed.
            owners: The ids of its owners, if it is added.
        """
        one = after if before is None else before
        if one is None:
            return
        key = (one.kind, one.id)
        known = self.changes.get(key)
        if known is not None:
            before, owners = known.before, known.owners
        if before is None and after is None:
            del self.changes[key]
        else:
            self.changes[key] = RecordedChange(before, after, owners)

    def remember_added(self, added: Iterable[tuple[Record, tuple[str, ...]]]) -> None:
        """Remember records that are added, as `remember` does for each of them.

        Args:
            added: The records, each with the ids of its owners.
        """
        changes = self.changes
        for record, owners in added:
            key = (record.kind, record.id)
            if key in changes:
                self.remember(None, record, owners)
            else:
                changes[key] = RecordedChange(None, record, owners)

    def publish(self, name: str, subject: str, **data: str | Sequence[str]) -> None:
        """Publish an event in the feed; it carries ids and codes, no personal data.

        Args:
            name: The name of the event, such as `"contact.added"`.
            subject: The id of the record that the event is about.
            data: More ids and codes.
        """
        event = Event(
            name=name,
            subject=subject,
            at=timestamp(self.now),
            data=json.dump({"actor": self.actor.name, **data}),
        )
        self.writer.publish([event])

    @contextmanager
    def refusals(self, wanted: object) -> Iterator[None]:
        """Translate the refusals of the storage into the errors of the library.

        Args:
            wanted: The entity that the caller wants to store; None for several.

        Raises:
            Conflict: another version is stored.
            NotFound: a record, or a record that it refers to, is missing; or another record refers to it.
            Duplicate: an id or a unique key is taken.
            StorageError: any other refusal.
        """
        try:
            yield
        except StaleRecord as error:
            self.contested.add((error.current.kind, error.current.id))
            raise Conflict(wanted, self._if_visible(error.current)) from None
        except MissingRecord as error:
            raise NotFound(error.kind, error.id) from None
        except DuplicateKey as error:
            raise _taken(error.key, wanted) from None
        except BrokenReference as error:
            raise NotFound(error.kind, error.id) from None
        except Refused as error:
            raise StorageError(str(error)) from None

    def _if_visible(self, stored: Stored) -> object:
        """The stored entity if the actor sees it, else None."""
        from contactcore.mapping.entities import ENTITY_OF

        entity = ENTITY_OF[stored.kind]
        if stored.kind == "settings" or may_see(self.actor, stored.access):
            return entity.load(stored, self.index_context)
        return None
