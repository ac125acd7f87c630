"""The host: the parts of a workspace that the application provides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.model.mailbox import Letters, UserAddresses
from contactcore.storage import check_seconds
from contactcore.workspace.kernel.functions import check_function
from contactcore.workspace.kernel.ids import Clock, IdSource, TimeOrderedIds, system_clock
from contactcore.workspace.kernel.passwords import Passwords

if TYPE_CHECKING:  # an application that provides one of these parts loads what it is about
    from contactcore.model import PaymentMethod
    from contactcore.model.account import AccountPage, AmendedPage, InvoiceHistory, Statement
    from contactcore.model.letter_configuration import LetterConfiguration
    from contactcore.model.picture_candidate import PictureCandidate
    from contactcore.model.privacy import Retention
    from contactcore.rules.limits import Limit
    from contactcore.values import Currency, EmailAddress, Money, SocialProfile

__all__ = ["AccountProvider", "Blockers", "Host", "Limiter", "PictureProvider", "References", "Retaining"]

_DOMAIN = r"(?=.{1,200}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"


@runtime_checkable
class Limiter(Protocol):
    """A counter of attempts that the application provides, such as one in Redis (POR-10).

    A key consists of the name of the workspace, the name of the limit, and a digest of the login name, the source or
    the user. It contains no personal data.
    """

    def is_exhausted(self, key: str, limit: Limit) -> bool:
        """Return whether no further attempt is allowed in the present period; nothing is counted."""

    def count(self, key: str, limit: Limit) -> None:
        """Count one attempt."""


@runtime_checkable
class Retaining(Protocol):
    """A function of the application that says what must be kept of a person who is to be erased, such as invoices.

    It is called before a person is erased, and again at the end. It must not open a session of the same workspace.
    """

    def __call__(self, workspace: str, person_id: str, /) -> Iterable[Retention]:
        """Return the duties to keep data of a person; none if everything may be erased.

        Args:
            workspace: The name of the workspace.
            person_id: The id of the person.
        """


@runtime_checkable
class Blockers(Protocol):
    """A function of the application that says which contacts must not be deleted, such as those with open invoices.

    It is called before contacts are deleted or purged, and by previews, inside the transaction of the act. It must not
    open a session of the same workspace.
    """

    def __call__(self, workspace: str, ids: tuple[str, ...], /) -> Mapping[str, Iterable[str]]:
        """Return the reasons against the deletion, by the id of the contact; contacts without a reason are left out.

        Args:
            workspace: The name of the workspace.
            ids: The ids of at most 1,000 contacts.
        """


@runtime_checkable
class AccountProvider(Protocol):
    """The billing of an application, which answers about the accounts of contacts in place of posted entries (POR-7).

    The library asks only after the rights of the actor were checked, and checks the answers: an answer about another
    contact, item, period or currency is refused. Every question names the workspace and the id of the contact.
    """

    def history(
        self, workspace: str, contact_id: str, *, types: tuple[str, ...], item_id: str, limit: int, after: str | None
    ) -> AccountPage:
        """Return at most `limit` entries, newest first: of these types (all if empty) and this item (all if `""`)."""

    def amended(self, workspace: str, contact_id: str, *, item_id: str, limit: int, after: str | None) -> AmendedPage:
        """Return at most `limit` amended invoices, that with the latest amendment first."""

    def invoice(self, workspace: str, contact_id: str, key: str) -> InvoiceHistory | None:
        """Return an invoice with its versions, or None."""

    def balance(self, workspace: str, contact_id: str, *, on: date | None, item_id: str) -> Iterable[Money]:
        """Return what the contact owes, in each currency, at the end of a day (None: with all entries)."""

    def statement(self, workspace: str, contact_id: str, start: date, end: date, currency: Currency) -> Statement:
        """Return the entries of a period, oldest first, with the balances before and after."""

    def methods(self, workspace: str, contact_id: str) -> Iterable[PaymentMethod]:
        """Return the saved payment methods."""


@runtime_checkable
class PictureProvider(Protocol):
    """The source of pictures of contacts at other services, which the application provides (PIC-4).

    The library fetches nothing itself. It asks only for contacts that the actor sees, and only after a user asked.
    """

    def candidates(
        self,
        workspace: str,
        contact_id: str,
        /,
        *,
        emails: tuple[EmailAddress, ...],
        profiles: tuple[SocialProfile, ...],
    ) -> Iterable[PictureCandidate]:
        """Return the pictures that may show a contact with these e-mail addresses and social profiles."""

    def fetch(self, workspace: str, contact_id: str, candidate: PictureCandidate, /) -> bytes | None:
        """Return the bytes of a picture that `candidates` returned for this contact; None if it is gone.

        A provider that reads an address over the network limits the hosts, the size and the time.
        """


@runtime_checkable
class References(Protocol):
    """The records of an application that refer to contacts by their ids (IMP-7).

    Both methods are called inside the transaction of the merge or of its undo, which an error rolls back. They must not
    open a session. The transaction may still be rolled back afterwards, and the call is then repeated.
    """

    def merged(self, workspace: str, merge_id: str, winner_id: str, loser_ids: tuple[str, ...]) -> None:
        """Let what refers to one of the losers refer to the winner, and remember it under the id of the merge."""

    def unmerged(self, workspace: str, merge_id: str, winner_id: str, loser_ids: tuple[str, ...]) -> None:
        """Let what referred to one of the losers before the merge refer to it again."""


def _parse_references(value: object) -> object:
    if isinstance(value, References):
        return value
    raise Invalid("not-references", "Give an object with the methods merged and unmerged, or None.")


def _parse_account_provider(value: object) -> object:
    if isinstance(value, AccountProvider):
        return value
    message = "Give an object with the methods history, amended, invoice, balance, statement and methods, or None."
    raise Invalid("not-an-account-provider", message)


def _parse_picture_provider(value: object) -> object:
    if isinstance(value, PictureProvider):
        return value
    raise Invalid("not-a-picture-provider", "Give an object with the methods candidates and fetch, or None.")


def _parse_limiter(value: object) -> object:
    if isinstance(value, Limiter):
        return value
    raise Invalid("not-a-limiter", "Give an object with the methods is_exhausted and count, or None.")


def _parse_function(value: object) -> object:
    check_function(value)
    return value


def _parse_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Invalid("text-type", f"Give text here, not {type(value).__name__}.")


def _parse_domain(value: object) -> str:
    domain = value.strip().lower() if isinstance(value, str) else ""
    if re.fullmatch(_DOMAIN, domain):
        return domain
    raise Invalid("message-domain", "Give a domain of yours in ASCII, like mail.example.org.", value=value)


def _parse_seconds(value: Any) -> float:
    check_seconds("", value)
    return float(value)


_read_function = parsing.converter(_parse_function)
_read_letters = parsing.by_slug(parsing.by_slug(parsing.by_slug(_parse_text)))
_read_domain = parsing.converter(_parse_domain)
_read_account_provider = parsing.converter(_parse_account_provider)
_read_picture_provider = parsing.converter(_parse_picture_provider)
_read_limiter = parsing.converter(_parse_limiter)
_read_seconds = parsing.converter(_parse_seconds)
_read_references = parsing.converter(_parse_references)
_read_passwords = parsing.converter(parsing.only(Passwords))
# For attrs converters mypy reads the type of an argument from the signature of a named function.


def _clock(value: Clock) -> Clock:
    return cast("Clock", _read_function(value))


def _ids(value: IdSource) -> IdSource:
    return cast("IdSource", _read_function(value))


def _limiter(value: Limiter | None) -> Limiter | None:
    return None if value is None else cast("Limiter", _read_limiter(value))


def _account_provider(value: AccountProvider | None) -> AccountProvider | None:
    return None if value is None else cast("AccountProvider", _read_account_provider(value))


def _picture_provider(value: PictureProvider | None) -> PictureProvider | None:
    return None if value is None else cast("PictureProvider", _read_picture_provider(value))


def _blockers(value: Blockers | None) -> Blockers | None:
    return None if value is None else cast("Blockers", _read_function(value))


def _references(value: References | None) -> References | None:
    return None if value is None else cast("References", _read_references(value))


def _retention(value: Retaining | None) -> Retaining | None:
    return None if value is None else cast("Retaining", _read_function(value))


def _users(value: UserAddresses | None) -> UserAddresses | None:
    return None if value is None else cast("UserAddresses", _read_function(value))


def _letters(value: Mapping[str, Any]) -> Letters:
    return _read_letters(value)


def _message_domain(value: str | None) -> str | None:
    return None if value is None else _read_domain(value)


def _seconds(value: float | None) -> float | None:
    return None if value is None else _read_seconds(value)


def _passwords(value: Passwords) -> Passwords:
    return _read_passwords(value)


@frozen(kw_only=True, eq=False)
class Host:
    """The parts of a workspace that the application provides; any number of workspaces may share one host.

    Args:
        clock: A function without arguments that returns the current time with its time zone; the system clock by
            default.
        ids: A function that returns a new id, as text, for a time; UUIDs of version 7 by default.
        users: A function that returns the `Recipient` for the name of a user of the application, True for a user who
            gets no e-mail, or None if there is no such user. A name without a user cannot become responsible for a
            contact. Without this function every name is accepted, and no user gets letters (NOT-5).
        letters: Templates of the application: slug -> language -> `"subject"`, `"text"`, `"html"` -> template (see
            `contactcore.formats.letters`); the built-in templates by default.
        message_domain: The domain at the end of each Message-ID; None (the default) for that of the sender.
        passwords: The parameters for hashing the passwords of the portal; those that OWASP recommends by default.
        limiter: The counter of attempts to sign in and of requests for links; None (the default) for counters in the
            storage, which all processes share.
        account_provider: The billing of an application that has one; None (the default) for accounts of the entries
            that the application posts (POR-7).
        picture_provider: The source of candidate pictures at other services; None (the default) for no candidates
            (PIC-4).
        blockers: A function that receives the name of the workspace and the ids of contacts, and returns the reasons
            against their deletion by id (`{id: ["has open invoices"]}`). A delete, a bulk delete and a purge of such a
            contact are refused with `blocked-by-host`, and previews show the reasons; None (the default) for no
            reasons (DIR-11).
        references: The records of the application that refer to contacts, which follow a merge and its undo; None
            (the default) for none (IMP-7).
        retention: A function that receives the name of the workspace and the id of a person who is to be erased, and
            returns what must be kept, as `Retention` values. The erasure then reduces the person to that, and names the
            reasons; None (the default) for no such duties (IMP-8).
        slow_seconds: The seconds after which a call or a transaction is named in the log `contactcore.slow`; 1 by
            default, None for never.

    Raises:
        Invalid: all problems at once: `not-a-function`, `function-deferred`, `not-a-mapping`, `text-type`,
            `message-domain`, `record-type`, `not-a-limiter`, `not-an-account-provider`, `not-a-picture-provider`,
            `not-references`, `number-type`, `seconds-out-of-range`.

    >>> from datetime import UTC, datetime
    >>> from contactcore import Company, Host, Recipient, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> host = Host(
    ...     clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC),
    ...     users={"bob": Recipient("bob@acme.example", "Bob")}.get,
    ...     message_domain="acme.example",
    ... )
    >>> with Workspace(MemoryStorage(), name="acme", host=host).write(User("root", admin=True)) as session:
    ...     client = session.contacts.add(Company("Bois & Fils", responsibles=["bob"]))
    ...     [(str(letter.to), str(letter.created)) for letter in session.outbox.list().items]
    [('bob@acme.example', '2026-01-31 12:00:00+00:00')]
    >>> Host(clock=5)
    Traceback (most recent call last):
    contactcore.errors.Invalid: clock: Give a function here, not int.
    """

    clock: Clock = attrs.field(default=system_clock, converter=_clock)
    ids: IdSource = attrs.field(factory=TimeOrderedIds, converter=_ids)
    users: UserAddresses | None = attrs.field(default=None, converter=_users)
    letters: Letters = attrs.field(factory=dict, converter=_letters)
    message_domain: str | None = attrs.field(default=None, converter=_message_domain)
    passwords: Passwords = attrs.field(factory=Passwords, converter=_passwords)
    limiter: Limiter | None = attrs.field(default=None, converter=_limiter)
    account_provider: AccountProvider | None = attrs.field(default=None, converter=_account_provider)
    picture_provider: PictureProvider | None = attrs.field(default=None, converter=_picture_provider)
    blockers: Blockers | None = attrs.field(default=None, converter=_blockers)
    references: References | None = attrs.field(default=None, converter=_references)
    retention: Retaining | None = attrs.field(default=None, converter=_retention)
    slow_seconds: float | None = attrs.field(default=1.0, converter=_seconds)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    def letter_configuration(self, workspace: str) -> LetterConfiguration:
        """Return the letter configuration of one workspace.

        Args:
            workspace: The name of the workspace, which the letters use as the name of the firm.
        """
        from contactcore.model.letter_configuration import LetterConfiguration

        return LetterConfiguration(
            workspace=workspace, users=self.users, letters=self.letters, message_domain=self.message_domain
        )
