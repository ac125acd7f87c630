"""The workspace: the entrance to one firm's contacts in one storage (ACC-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar, get_args

import attrs

from contactcore.errors import Conflict, ContactCoreError, Invalid, StorageError, collect
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.kinds import KINDS, VIEWS
from contactcore.model import SYSTEM_ACTOR, Actor, PortalUser, Settings
from contactcore.rules.access import check_staff
from contactcore.storage import LONGEST_TERM, DuplicateKey, Reader, Storage
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments, check_storage
from contactcore.workspace.kernel.functions import refuse_awaitable
from contactcore.workspace.kernel.host import Host
from contactcore.workspace.kernel.logs import Called, timed_transaction
from contactcore.workspace.kernel.transaction import Transaction, taken_after_all
from contactcore.workspace.session import Session

if TYPE_CHECKING:  # each service is loaded when it is first used
    from contactcore.model.portal import SignedIn, SignInRefused
    from contactcore.workspace.exports.exports import Exports
    from contactcore.workspace.forms.public import WebForms
    from contactcore.workspace.imports.imports import Imports
    from contactcore.workspace.kernel.job_logs import JobLog
    from contactcore.workspace.kernel.transactions import Transactions
    from contactcore.workspace.maintenance.maintenance import Maintenance
    from contactcore.workspace.merging.merging import Merging
    from contactcore.workspace.privacy.erasing import Erasures

__all__ = ["Workspace"]

_T = TypeVar("_T")

_ATTEMPTS = 3
_MOST_ATTEMPTS = 100


@check_arguments(exclude=("sign_in",))
class Workspace:
    """The contacts of one firm in a storage; a workspace is sealed off from all others (ACC-4).

    Args:
        storage: The storage: `SQLiteStorage(path)`, `PostgresStorage(dsn)`, `MemoryStorage()`, or any other
            implementation of `contactcore.storage`.
        name: The name of the workspace, 1 to 128 characters. The workspace is created on its first write.
        language: The language of a new workspace, a BCP 47 tag; `"en"` by default. `change_language` changes it later.
        country: The country of a new workspace, an ISO 3166 code, for national phone numbers; `""` (the default) for
            none. `session.settings.change` changes it later.
        currency: The currency of a new workspace, an ISO 4217 code; None (the default) for none.
            `session.settings.change` changes it later.
        timezone: The time zone of a new workspace, a name of the IANA database such as `"Europe/Paris"`; `"UTC"` by
            default. "Today" is the day there (DIR-16). `session.settings.change` changes it later.
        host: The clock, ids, users, letters and other parts that the application provides; by default the library's
            own.

    Raises:
        Invalid: `workspace-name`; `storage-type`; the problems of all four settings at once; `record-type` if `host`
            is not a `Host`; the problems of its letters, with paths such as `letters.welcome.fr.text`.
        StorageError: the storage cannot be opened, or a newer release of the library created it.

    >>> from contactcore import Company, User, Workspace
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
        timezone: str = "UTC",
        host: Host | None = None,
    ) -> None:
        # Without controls of direction it would be the name of another workspace.
        (cleaned,) = collect(("name", lambda: clean_line(name, exact=True)))
        self.name: str = cleaned
        if not self.name or len(self.name) > LONGEST_TERM:
            raise Invalid(
                "workspace-name",
                f"Name the workspace with 1 to {LONGEST_TERM} characters.",
                path="name",
                value=name,
                facts={"limit": LONGEST_TERM},
            )
        check_storage(storage=storage)
        if not isinstance(host, Host | None):
            raise Invalid("record-type", f"Give a Host here, not {type(host).__name__}.", path="host")
        self.storage = storage
        self.host: Host = host or Host()
        _check_letters(self.host)
        self._defaults = Settings(language=language, country=country, currency=currency or None, timezone=timezone)
        self._history_begun = False
        # The settings that the last transaction has read, which the next ones mostly read again.
        self._last_context: IndexContext | None = None
        storage.install(KINDS, VIEWS)

    def __repr__(self) -> str:
        return f"Workspace({self.name!r} in {self.storage!r})"

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Session]:
        """Open a session that reads one snapshot; each change in it is refused.

        Args:
            actor: The `User` or `PortalUser` who reads.

        Yields:
            The session; it is valid inside the `with` block only.

        Raises:
            Forbidden: `read-only-session` for a change; `portal-login-off` if the login of a portal user is
                suspended or closed; `portal-session-ended` if its epoch has risen since the sign-in; `portal-refused`
                if the login is unknown or no longer acts for the client.
            Invalid: `actor-type`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     session.contacts.count()
        0
        """
        with self._snapshot(actor) as transaction:
            yield Session(transaction)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Session]:
        """Open a session that is one transaction: all of its changes are committed, or none.

        The changes are durable once the block has ended without an error.

        Args:
            actor: The `User` or `PortalUser` who reads and changes.

        Yields:
            The session; it is valid inside the `with` block only.

        Raises:
            StorageError: the storage cannot be written now. The code is `storage-retry` if the same block may succeed
                when it is repeated, which `run` does.
            Forbidden: `portal-login-off`, `portal-session-ended`, `portal-refused`, as `read`.
            Invalid: `actor-type`.

        >>> from contactcore import Company, User, Workspace
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

    def run(self, actor: Actor, function: Callable[[Session], _T], attempts: int = _ATTEMPTS) -> _T:
        """Run a function in a writing session, and repeat it in a new session if another writer was faster.

        After a short random pause, the next attempt first locks the records that the failed one had locked or found
        changed. It therefore waits for its turn on them and does not lose them a second time.

        Args:
            actor: The `User` or `PortalUser` who reads and changes.
            function: The function, which is no coroutine function. It reads everything that it needs in the session
                that it receives, because each attempt has a session of its own.
            attempts: The maximum number of attempts, 1 to 100; 3 by default.

        Returns:
            The result of the function.

        Raises:
            Conflict, StorageError: of the last attempt. All other errors are raised at once.
            Invalid: `attempts-out-of-range`; `function-deferred` for a coroutine function, a generator, or a function
                whose result is awaitable. Nothing is written then.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> def add_bois(session):
        ...     return session.contacts.add(Company("Bois & Fils")).display_name
        >>> Workspace(MemoryStorage(), name="acme").run(User("amelie"), add_bois)
        'Bois & Fils'
        """
        if not isinstance(attempts, int) or not 1 <= attempts <= _MOST_ATTEMPTS:
            facts = {"limit": _MOST_ATTEMPTS}
            message = f"Try 1 to {_MOST_ATTEMPTS} times."
            raise Invalid("attempts-out-of-range", message, path="attempts", value=attempts, facts=facts)

        contested: set[tuple[str, str]] = set()

        def attempt() -> _T:
            with self._transaction(actor) as transaction:
                transaction.lock_contested(contested)
                try:
                    result = function(Session(transaction))
                    refuse_awaitable(result, "function")
                    return result
                finally:
                    contested.update(transaction.contested, transaction.locked)

        from contactcore.workspace.kernel.retry import Retry

        return Retry(attempts=attempts, errors=(Conflict,))(attempt)

    def sign_in(self, email: str, password: str, *, source: str = "") -> SignedIn | SignInRefused:
        """Check an e-mail address and a password, and sign the person in to the portal (POR-1, POR-2).

        The method does the same as `session.portal.authenticate`, but verifies the password outside any transaction.
        The verification is slow on purpose. A flood of attempts therefore blocks no other writer. The lock after wrong
        passwords also holds for attempts that run at the same time.

        Args:
            email: The login name.
            password: The password as it was typed.
            source: The address of the caller, whose failed attempts are limited (POR-10); `""` (the default) for no
                limit by source.

        Returns:
            The result, which is true if the person may enter, with the clients to choose from.

        Raises:
            Invalid: `text-type` if the source is not text.
            StorageError: `extra-missing` if the extra `portal` is not installed.

        >>> from contactcore import Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> Workspace(MemoryStorage(), name="acme").sign_in("nobody@example.org", "wrong password").reason
        'refused'
        """
        from contactcore.workspace.portal.signing_in import LIMITED, look_up, record_attempt, verify

        with self._snapshot(SYSTEM_ACTOR) as transaction:
            attempt = look_up(transaction, email, source)
        if attempt.limited:
            return LIMITED
        right = verify(self.host.passwords, attempt, password)

        def record() -> SignedIn | SignInRefused:
            with self._transaction(SYSTEM_ACTOR) as transaction:
                return record_attempt(transaction, attempt, password, right=right)

        from contactcore.workspace.kernel.retry import Retry

        # The login may be closed at this moment.
        return Retry(attempts=_ATTEMPTS)(record)

    def change_language(
        self, actor: Actor, language: str | None = None, *, progress: Callable[[int], object] | None = None
    ) -> int:
        """Sort the directory by the rules of a language (DIR-9).

        This is a job of many short transactions. Others read and write meanwhile. Afterwards cursors of the old order
        are refused with `cursor-outdated`. Another call finishes a job that was interrupted.

        Args:
            actor: An admin.
            language: The new language, a BCP 47 tag; None (the default) to finish an interrupted job, or to index the
                directory and the logins again after a release of the library with newer collation tables or with other
                keys and terms by which contacts are found. Without such a release that changes nothing, so call it
                after every upgrade.
            progress: A function that is called with the number of reindexed records so far; None for none.

        Returns:
            The number of records that were reindexed for the new order.

        Raises:
            Forbidden: `admin-only`, `user-reads-only`.
            Invalid: `language-syntax`, `language-unknown`.

        >>> from contactcore import Company, User, Workspace
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
            transaction.check_not_read_only()
        transactions = self._transactions(SYSTEM_ACTOR)
        with transactions.log.following("Workspace.change_language"):
            from contactcore.workspace.maintenance.language import change_language

            return change_language(transactions, language, progress)

    def drop(self, actor: Actor) -> bool:
        """Remove the workspace and everything in it for good (ACC-4).

        Use it rather than `storage.drop(name)`, which takes the name exactly as it is stored: this class writes names
        in one Unicode form and without surrounding spaces. `storage.scrub()` then erases the bytes in the files.

        Args:
            actor: An admin.

        Returns:
            Whether there was such a workspace.

        Raises:
            Forbidden: `admin-only`, `user-reads-only`.
            StorageError: `writer-open` inside a session that writes; `storage-busy`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name=" acme "), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.storage.workspaces(), workspace.drop(root), workspace.storage.workspaces()
        (['acme'], True, [])
        """
        with self._snapshot(actor) as transaction:
            transaction.check_admin("drop a workspace")
            transaction.check_not_read_only()
        return self.storage.drop(self.name)

    def imports(self, actor: Actor) -> Imports:
        r"""Return the service that imports files of contacts for a user (IMP-1 to IMP-3).

        An import runs in transactions of its own, outside any session.

        Args:
            actor: The user who imports, and who becomes responsible for contacts that name nobody.

        Raises:
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> imports.apply(imports.plan("First name,E-mail\nJo,jo@example.org\n")).created
        1
        """
        check_staff(actor)
        from contactcore.workspace.imports.imports import Imports

        return Imports(self._transactions(actor), self.name)

    def exports(self, actor: Actor) -> Exports:
        """Return the service that exports the contacts that a user sees (IMP-4).

        Args:
            actor: The user who exports.

        >>> import io
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.exports(amelie).csv(out, encoding="utf-8")
        1
        """
        from contactcore.workspace.exports.exports import Exports

        return Exports(self._transactions(actor))

    @property
    def forms(self) -> WebForms:
        """The forms of the workspace for its website: `render` shows one to a visitor, `submit` receives it (IMP-6)."""
        from contactcore.workspace.forms.public import WebForms

        return WebForms(self._transactions(SYSTEM_ACTOR), self.name)

    def maintenance(self, actor: Actor) -> Maintenance:
        """Return the service for long acts on many contacts: handing over, and bulk acts (ACC-5, DIR-22).

        Args:
            actor: The user who acts.

        Raises:
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import BulkAct, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", tags=["lead"]))
        >>> workspace.maintenance(amelie).bulk(tag="lead").apply(BulkAct(access="shared-read")).changed
        1
        """
        check_staff(actor)
        from contactcore.workspace.maintenance.maintenance import Maintenance

        return Maintenance(self._transactions(actor))

    def merging(self, actor: Actor) -> Merging:
        """Return the service that merges contacts, and undoes merges (IMP-7).

        Args:
            actor: The user who merges.

        Raises:
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     jane, twice = (session.contacts.add(Person("Jane", "Doe")) for _ in range(2))
        >>> merging = workspace.merging(amelie)
        >>> merging.apply(merging.plan(jane, [twice])).state
        'done'
        """
        check_staff(actor)
        from contactcore.workspace.merging.merging import Merging

        return Merging(self._transactions(actor))

    def privacy(self, actor: Actor) -> Erasures:
        """Return the service that erases people for good (IMP-8).

        Args:
            actor: The admin who erases.

        Raises:
            Forbidden: `staff-only` for a portal user.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     jane = session.contacts.add(Person("Jane", "Doe"))
        >>> workspace.privacy(root).erase(jane).state
        'erased'
        """
        check_staff(actor)
        from contactcore.workspace.privacy.erasing import Erasures

        return Erasures(self._transactions(actor))

    def _transactions(self, actor: Actor) -> Transactions:
        """The short transactions of a job of one actor."""
        from contactcore.workspace.kernel.job_logs import JobLog
        from contactcore.workspace.kernel.transactions import Transactions

        log = JobLog()
        return Transactions(
            actor, lambda: self._snapshot(actor, log), lambda: self._transaction(actor, log), self._tidy, log
        )

    def _tidy(self) -> None:
        """Put the storage in order after a job. The job is done even if the storage refuses that."""
        with suppress(StorageError):
            self.storage.tidy()

    @contextmanager
    def _snapshot(self, actor: Actor, log: JobLog | None = None) -> Iterator[Transaction]:
        with self._timed("read", log) as calls, self.storage.read(self.name) as reader:
            transaction = self._new_transaction(reader, actor, calls, writable=False)
            _check_portal_access(transaction)
            try:
                yield transaction
            finally:
                # A session that is over answers nothing.
                transaction.just_read = None
                self._last_context = transaction.known_context

    @contextmanager
    def _transaction(self, actor: Actor, log: JobLog | None = None) -> Iterator[Transaction]:
        lasting: list[Callable[[Transaction], object]] = []
        try:
            with self._timed("write", log) as calls, self.storage.write(self.name) as writer:
                transaction = self._new_transaction(writer, actor, calls, writable=True)
                lasting = transaction.lasting
                _check_portal_access(transaction)
                if not transaction.has_settings:
                    self._store_first_settings(transaction)
                try:
                    yield transaction
                    begun = _write_history(transaction, begun=self._history_begun)
                finally:
                    # The records are valid only while their locks last.
                    transaction.locked.clear()
        except BaseException as error:
            self._count_again(lasting)
            if isinstance(error, DuplicateKey):
                raise taken_after_all(error) from None
            raise
        self._history_begun = begun
        self._last_context = transaction.known_context
        if log is not None:
            log.committed(transaction.jobs)

    def _timed(self, kind: str, log: JobLog | None) -> AbstractContextManager[Called]:
        return timed_transaction(kind, self.host.slow_seconds, "" if log is None else log.method)

    def _count_again(self, lasting: Sequence[Callable[[Transaction], object]]) -> None:
        """Count the attempts of a transaction that was rolled back, as far as the storage allows it now."""
        if lasting:
            with suppress(ContactCoreError), self._transaction(SYSTEM_ACTOR) as transaction:
                try:
                    for count in lasting:
                        count(transaction)
                finally:
                    # A storage that refuses these as well is not asked again.
                    transaction.lasting.clear()

    def _new_transaction(self, reader: Reader, actor: Actor, calls: Called, *, writable: bool) -> Transaction:
        # A subclass could claim the rights of an admin, or leave out the checks of a portal user.
        if type(actor) not in get_args(Actor):
            raise Invalid("actor-type", f"Say who asks: give a User, not {type(actor).__name__}.", path="actor")
        transaction = Transaction(
            reader,
            actor,
            self._defaults,
            self.host,
            workspace=self.name,
            writable=writable,
            supposed=self._last_context,
        )
        transaction.calls = calls
        return transaction

    def _store_first_settings(self, transaction: Transaction) -> None:
        """Store the settings of a new workspace, so that they do not depend on the arguments of later callers."""
        order = transaction.index_context.active.order
        from contactcore.workspace.repositories.history import HistoryRepository
        from contactcore.workspace.repositories.settings import store_settings

        store_settings(transaction, attrs.evolve(transaction.settings, order=order))
        HistoryRepository(transaction).begin()


def _check_portal_access(transaction: Transaction) -> None:
    """Refuse a portal user who may not open a session now; the sessions of others never read a login."""
    if isinstance(transaction.actor, PortalUser):
        from contactcore.workspace.repositories.logins import check_portal_access

        check_portal_access(transaction)


def _write_history(transaction: Transaction, *, begun: bool) -> bool:
    """Write what the transaction changed, and return whether the storage says since when the history is complete."""
    if not (transaction.changes or transaction.purged):
        return begun
    from contactcore.workspace.repositories.history import write_history

    return write_history(transaction, begun=begun)


def _check_letters(host: Host) -> None:
    """Refuse templates of letters with which a letter could not be written, before the first letter is needed."""
    if host.letters:
        from contactcore.formats.letters import check_letters

        try:
            check_letters(host.letters)
        except Invalid as error:
            raise error.under("letters") from None
