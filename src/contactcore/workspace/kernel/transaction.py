"""One transaction as the use cases see it: the storage, who asks, and the settings in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

import attrs

from contactcore.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, StorageError
from contactcore.mapping import json
from contactcore.mapping.entities import ENTITY_OF, SETTINGS
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.settings import SETTINGS_ID
from contactcore.model import Actor, PortalUser, Settings
from contactcore.model.letter_configuration import LetterConfiguration
from contactcore.rules.access import may_change, may_see
from contactcore.storage import (
    BrokenReference,
    DuplicateKey,
    Event,
    MissingRecord,
    Reader,
    Refused,
    StaleRecord,
    Stored,
    Writer,
)
from contactcore.workspace.kernel.host import Host
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.kernel.retry import JOB_RETRY, Retry

__all__ = ["Transaction", "TransactionFactory", "Transactions", "id_of"]

_T = TypeVar("_T")


def id_of(record: object) -> str:
    """The id of an entity or card, or the id itself.

    Raises:
        Invalid: `record-type` for anything else.
    """
    found = record if isinstance(record, str) else getattr(record, "id", None)
    if not isinstance(found, str):
        raise Invalid("record-type", f"Give an id or a stored record, no {type(record).__name__}.")
    return found


_KEYS = {
    "login": ("The login {}", "email"),
    "login-of": ("A login of the person {}", "person_id"),
    "message": ("The message with the key {}", "key"),
    # Neither a secret nor what it is found by is told.
    "token": ("A link with this token", ""),
    "import": ("An unfinished import of the same data", ""),
}
"""First part of a unique key -> what it keeps unique, and the field that holds it."""


def _in_words(key: str, mine: object) -> str:
    """What a unique key of the storage stands for, as people say it; long values are only in the record itself."""
    prefix, _, value = key.partition(":")
    if not value or prefix not in _KEYS:
        return f"The id {key}"
    words, field = _KEYS[prefix]
    return words.format(getattr(mine, field, value))


class Transaction:
    """What every service of a session works with.

    Attributes:
        reader: The storage, at one moment.
        actor: Who asks.
        defaults: The settings of a workspace that has none stored yet.
        host: Clock, ids and the other parts that the application plugs in.
        workspace: Name of the workspace.
        locked: Kind and id of a record that this transaction locked -> the record as it is stored. Nobody else changes
            it before the transaction ends, so it is not read again. Repositories keep it up to date.
        contested: Kind and id of each record that another transaction changed first.
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
    ) -> None:
        self.reader = reader
        self.actor = actor
        self.defaults = defaults
        self.host = host
        self.workspace = workspace
        self.locked: dict[tuple[str, str], Stored] = {}
        self.contested: set[tuple[str, str]] = set()
        self._own_password = False
        self._writable = writable

    @property
    def passwords(self) -> Passwords:
        """The hashes of passwords, and new tokens."""
        return self.host.passwords

    @cached_property
    def letter_configuration(self) -> LetterConfiguration:
        """The firm's name, the addresses of users, and the templates of letters."""
        return self.host.letter_configuration(self.workspace)

    @property
    def writer(self) -> Writer:
        """The storage, for changing it.

        Raises:
            Forbidden: `read-only-session`, `portal-reads-only`.
        """
        if isinstance(self.actor, PortalUser) and not self._own_password:
            raise Forbidden("Portal users change nothing but their own password.", "portal-reads-only")
        if not self._writable or not isinstance(self.reader, Writer):
            raise Forbidden(
                "This session only reads. Open workspace.write(...) to change something.", "read-only-session"
            )
        return self.reader

    def require_writing(self) -> None:
        """Refuse a session that only reads, before anything else is looked at.

        Raises:
            Forbidden: `read-only-session`, `portal-reads-only`.
        """
        self.writer  # noqa: B018 - the property refuses

    @contextmanager
    def own_password(self) -> Iterator[None]:
        """Let a portal user write while their own password is changed."""
        self._own_password = True
        try:
            yield
        finally:
            self._own_password = False

    @cached_property
    def now(self) -> datetime:
        """The moment of the transaction."""
        return self.host.clock()

    @property
    def today(self) -> date:
        """The day of the transaction."""
        return self.now.date()

    def new_id(self) -> str:
        """A new id."""
        return self.host.ids(self.now)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.index_context.settings

    @cached_property
    def index_context(self) -> IndexContext:
        """How records are ordered and named under the settings in force."""
        (stored,) = self.reader.get("settings", [SETTINGS_ID])
        return IndexContext.of(self.defaults) if stored is None else IndexContext.in_force(stored)

    def lock_contested(self, records: Iterable[tuple[str, str]]) -> None:
        """Lock records that an earlier attempt lost to others, before anything else is read.

        All transactions lock them in the same sequence. Each then waits for its turn and meets no faster writer.

        Args:
            records: Kind and id of each; those that are gone by now are left out.

        Raises:
            StorageError: `storage-retry` if another transaction removes one of them at this moment.
        """
        for kind, id in sorted(records):
            if not isinstance(self.reader, Writer) or self.reader.get(kind, [id]) == [None]:
                continue
            try:
                self.locked[kind, id] = self.reader.lock(kind, id)
            except MissingRecord:
                raise StorageError("Another transaction removed the record: run this again.", "storage-retry") from None

    def settings_changed(self) -> None:
        """Read the settings anew when they are next needed."""
        self.__dict__.pop("index_context", None)

    @property
    def order(self) -> str:
        """The directory's order in force: the one that every record stands in."""
        return self.index_context.active.order

    def check_change(self, access: frozenset[str]) -> None:
        """Refuse where the actor may only read."""
        if not may_change(self.actor, access):
            raise Forbidden(
                "You may read this contact but not change it: ask one of its responsible users.", "read-only"
            )

    def check_admin(self, what: str) -> None:
        """Refuse who is no admin (ACC-3).

        Raises:
            Forbidden: `admin-only`.
        """
        if not self.actor.admin:
            raise Forbidden(f"Only an admin may {what}.", "admin-only")

    def publish(self, name: str, subject: str, **data: str | Sequence[str]) -> None:
        """Tell the feed what happened: ids and codes only."""
        event = Event(
            name=name,
            subject=subject,
            at=timestamp(self.now),
            data=json.dump({"actor": self.actor.name, **data}),
        )
        self.writer.publish([event])

    @contextmanager
    def refusals(self, mine: object) -> Iterator[None]:
        """Translate what the storage refuses into the errors of the library.

        Args:
            mine: What the caller wanted to store.
        """
        try:
            yield
        except StaleRecord as error:
            self.contested.add((error.current.kind, error.current.id))
            raise Conflict(mine, self._seen(error.current)) from None
        except MissingRecord as error:
            raise NotFound(error.kind, error.id) from None
        except DuplicateKey as error:
            raise Duplicate(_in_words(error.key, mine)) from None
        except BrokenReference as error:
            raise NotFound(error.kind, error.id) from None
        except Refused as error:
            raise StorageError(str(error)) from None

    def _seen(self, stored: Stored) -> object:
        """What is stored, as far as the actor may see it."""
        entity = ENTITY_OF[stored.kind]
        if entity is SETTINGS or may_see(self.actor, stored.access):
            return entity.load(stored, self.index_context)
        return None


TransactionFactory = Callable[[], AbstractContextManager[Transaction]]
"""Opens a transaction."""


@attrs.frozen
class Transactions:
    """Opens the short transactions of a job, all for one actor.

    Attributes:
        actor: The actor who runs the job.
        reading: Opens a transaction that reads one snapshot.
        writing: Opens a transaction that writes.
        tidy: Puts the storage in order when the job is done.
    """

    actor: Actor
    reading: TransactionFactory
    writing: TransactionFactory
    tidy: Callable[[], None] = lambda: None

    def run(self, function: Callable[[Transaction], _T], retry: Retry = JOB_RETRY) -> _T:
        """Run a function in a writing transaction, and run it again in another one when others were faster.

        Args:
            function: Reads all that it needs in the transaction that it is given.
            retry: How often, and after which errors.
        """

        def attempt() -> _T:
            with self.writing() as transaction:
                return function(transaction)

        return retry(attempt)
