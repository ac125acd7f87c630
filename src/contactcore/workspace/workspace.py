"""A workspace: the sealed space of one firm in one storage (ACC-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import attrs

from contactcore.errors import Conflict, Invalid, StorageError
from contactcore.mapping.entities import KINDS, VIEWS
from contactcore.model import SYSTEM_ACTOR, Actor, Settings
from contactcore.model.portal import SignIn
from contactcore.storage import LONGEST_TERM, Reader, Storage
from contactcore.values.texts import clean_line
from contactcore.workspace.exports.exports import Exports
from contactcore.workspace.imports.imports import Imports
from contactcore.workspace.kernel.host import Host
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction, Transactions
from contactcore.workspace.maintenance.language import change_language
from contactcore.workspace.portal.signing_in import look_up, record_attempt, verify
from contactcore.workspace.repositories.logins import admit
from contactcore.workspace.repositories.settings import store_settings
from contactcore.workspace.session import Session

__all__ = ["Workspace"]

_T = TypeVar("_T")

_MOST_ATTEMPTS = 100


class Workspace:
    """One firm's contacts in a storage.

    Args:
        storage: `SQLiteStorage(path)`, `PostgresStorage(dsn)`, `MemoryStorage()`, or another one of the port.
        name: Name of the workspace; it is created on first use.
        language, country, currency: Settings of a workspace that does not exist yet. Later they are changed by
            `change_language` and `session.settings.change`.
        host: Clock, ids, users, letters, and the other parts that the application plugs in; by default those of the
            library.

    Raises:
        Invalid: all problems of name and settings; `record-type` where `host` is no `Host`.
        StorageError: the storage cannot be opened, or a newer release made it.

    >>> from contactcore import Company, User
    >>> from contactcore_memory import MemoryStorage
    >>> workspace = Workspace(MemoryStorage(), name="acme", country="FR")
    >>> with workspace.write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils", phones=["01 44 55 66 77"]))
    >>> str(client.phones[0])
    '+33144556677'
    """

    def __init__(
        self,
        storage: Storage,
        name: str,
        *,
        language: str = "en",
        country: str = "",
        currency: str | None = None,
        host: Host | None = None,
    ) -> None:
        self.name = clean_line(name)
        if not self.name or len(self.name) > LONGEST_TERM:
            raise Invalid(
                "workspace-name", f"Name the workspace with 1 to {LONGEST_TERM} characters.", path="name", value=name
            )
        if not isinstance(host, Host | None):
            raise Invalid("record-type", f"Give a Host here, no {type(host).__name__}.", path="host")
        self.storage = storage
        self.host = host or Host()
        self._defaults = Settings(language=language, country=country, currency=currency or None)
        storage.install(KINDS, VIEWS)

    def __repr__(self) -> str:
        return f"Workspace({self.name!r} in {self.storage!r})"

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Session]:
        """A session on one moment; changing anything in it is an error.

        Args:
            actor: Who asks: a `User`, or a `PortalUser`.

        Raises:
            Forbidden: `read-only-session` for a change; `portal-refused` for a portal user who is not let in any more.
            Invalid: `actor-type`.

        >>> from contactcore import User
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     session.contacts.count()
        0
        """
        with self._snapshot(actor) as transaction:
            yield Session(transaction)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Session]:
        """A session that is one transaction, all or nothing; it is durable when the block has ended.

        Args:
            actor: Who asks: a `User`, or a `PortalUser`.

        Raises:
            StorageError: the storage cannot be written now; `storage-retry` when the same block may succeed if repeated
                (`run` does that).
            Forbidden: `portal-refused` for a portal user who is not let in any more.
            Invalid: `actor-type`.

        >>> from contactcore import Company, User
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.get("nobody")
        Traceback (most recent call last):
        contactcore.errors.NotFound: There is no contact 'nobody' that you may see.
        >>> with workspace.read(amelie) as session:
        ...     session.contacts.count()
        0
        """
        with self._transaction(actor) as transaction:
            yield Session(transaction)

    def run(self, actor: Actor, function: Callable[[Session], _T], attempts: int = 3) -> _T:
        """Run a function in a writing session, and run the whole of it again when others were faster.

        After a short random pause, the next attempt first locks the records that the failed one had locked or found
        changed. It therefore waits for its turn on them and does not lose them a second time.

        Args:
            actor: Who asks.
            function: Must do all its reading in the session that it is given.
            attempts: How often at most, 1 to 100.

        Returns:
            What the function returned.

        Raises:
            Conflict, StorageError: of the last attempt.
            Invalid: `attempts-out-of-range`.

        >>> from contactcore import Company, User
        >>> from contactcore_memory import MemoryStorage
        >>> def found(session: Session) -> str:
        ...     return session.contacts.add(Company("Bois & Fils")).display_name
        >>> Workspace(MemoryStorage(), name="acme").run(User("amelie"), found)
        'Bois & Fils'
        """
        if not isinstance(attempts, int) or not 1 <= attempts <= _MOST_ATTEMPTS:
            raise Invalid("attempts-out-of-range", f"Try 1 to {_MOST_ATTEMPTS} times.", path="attempts", value=attempts)

        contested: set[tuple[str, str]] = set()

        def attempt() -> _T:
            with self._transaction(actor) as transaction:
                transaction.lock_contested(contested)
                try:
                    return function(Session(transaction))
                finally:
                    contested.update(transaction.contested, transaction.locked)

        return Retry(attempts=attempts, errors=(Conflict,))(attempt)

    def sign_in(self, email: str, password: str) -> SignIn:
        """Let somebody into the portal, or not (POR-1, POR-2).

        As `session.portal.authenticate`, but the slow part, the verification, holds nothing in the storage: a flood of
        attempts keeps nobody from writing. Attempts at the same time do not get past the lock.

        Args:
            email: The login name.
            password: As it was typed.

        Raises:
            StorageError: `extra-missing` without the extra `portal`.

        >>> from contactcore_memory import MemoryStorage
        >>> Workspace(MemoryStorage(), name="acme").sign_in("nobody@example.org", "wrong password").reason
        'refused'
        """
        with self._snapshot(SYSTEM_ACTOR) as transaction:
            attempt = look_up(transaction, email)
        right = verify(self.host.passwords, attempt, password)
        with self._transaction(SYSTEM_ACTOR) as transaction:
            return record_attempt(transaction, attempt, password, right=right)

    def change_language(
        self, actor: Actor, language: str | None = None, *, progress: Callable[[int], object] | None = None
    ) -> int:
        """Put the directory in the order of a language (DIR-9); a job of many short transactions.

        Others go on reading and writing meanwhile. Cursors of the old order are refused afterwards with
        `cursor-outdated`. An interrupted job is finished by calling it again.

        Args:
            actor: An admin.
            language: The new language; None to finish an interrupted job, or to bring the order up to date after an
                upgrade of the library changed its tables.
            progress: Called with the number of records done so far.

        Returns:
            How many records were put in order.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `language-syntax`.

        >>> from contactcore import Company, User
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme", language="de"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     for name in ("Zorn", "Öberg"):
        ...         added = session.contacts.add(Company(name))
        ...     [card.name for card in session.contacts.page()]
        ['Öberg', 'Zorn']
        >>> workspace.change_language(root, "sv")
        2
        >>> with workspace.read(root) as session:
        ...     [card.name for card in session.contacts.page()]
        ['Zorn', 'Öberg']
        """
        with self._snapshot(actor) as transaction:
            transaction.check_admin("change the language")
        return change_language(self._transactions(SYSTEM_ACTOR), language, progress)

    def imports(self, actor: Actor) -> Imports:
        r"""Files of contacts, taken in by a user (IMP-1 to IMP-3).

        >>> from contactcore import User
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> imports.apply(imports.plan("First name,E-mail\nJo,jo@example.org\n")).created
        1
        """
        return Imports(self._transactions(actor))

    def exports(self, actor: Actor) -> Exports:
        """The directory as files, as far as a user sees it (IMP-4).

        >>> import io
        >>> from contactcore import Company, User
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.exports(amelie).csv(out, encoding="utf-8")
        1
        """
        return Exports(self._transactions(actor))

    def _transactions(self, actor: Actor) -> Transactions:
        """The short transactions of a job of one actor."""
        return Transactions(actor, lambda: self._snapshot(actor), lambda: self._transaction(actor), self._tidy)

    def _tidy(self) -> None:
        """Put the storage in order behind a job; where that cannot be done now, the job is done even so."""
        with suppress(StorageError):
            self.storage.tidy()

    @contextmanager
    def _snapshot(self, actor: Actor) -> Iterator[Transaction]:
        with self.storage.read(self.name) as reader:
            transaction = self._on(reader, actor, writable=False)
            admit(transaction)
            yield transaction

    @contextmanager
    def _transaction(self, actor: Actor) -> Iterator[Transaction]:
        with self.storage.write(self.name) as writer:
            transaction = self._on(writer, actor, writable=True)
            admit(transaction)
            if transaction.settings.version == 0:
                self._begin(transaction)
            try:
                yield transaction
            finally:
                # What was read behind a lock is good for this transaction alone.
                transaction.locked.clear()

    def _on(self, reader: Reader, actor: Actor, *, writable: bool) -> Transaction:
        if not isinstance(actor, Actor):
            raise Invalid("actor-type", f"Say who asks: give a User, no {type(actor).__name__}.", path="actor")
        return Transaction(reader, actor, self._defaults, self.host, workspace=self.name, writable=writable)

    def _begin(self, transaction: Transaction) -> None:
        """Store the settings of a new workspace, so that they no longer depend on who opens it."""
        beginning = attrs.evolve(transaction.settings, order=transaction.index_context.active.order)
        store_settings(transaction, beginning)
