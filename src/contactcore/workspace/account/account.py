"""The service of accounts: what contacts owe, from the entries that the host posts (POR-7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from contactcore.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, collect
from contactcore.mapping.items import ITEMS
from contactcore.model import PAYMENT_TYPES, AccountEntry, Company, Contact, Item, PaymentMethod, Person
from contactcore.model.account import AccountPage, AmendedPage, InvoiceHistory, Statement
from contactcore.model.parsing import reversed_days
from contactcore.model.restoring import altered
from contactcore.read_only import ReadOnlyDict
from contactcore.rules.account import amendment_problems, same_content, with_item_of
from contactcore.storage import LARGEST_PAGE
from contactcore.values import Currency, Money
from contactcore.workspace.account.provided import ProvidedAccount
from contactcore.workspace.account.stored import StoredAccount
from contactcore.workspace.kernel.arguments import AS_STORED, MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.days import read_day
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.portal_view import module_seen
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["Account"]

_MODULE = "invoices"


@check_arguments()
class Account:
    """The accounts of contacts, as one actor sees them; `session.account` is this service.

    An account has the access of its contact: users who see the contact read it, and users who may change the contact
    post to it. A portal user reads the account of the own client with the permission `invoices`; without it there is no
    account (POR-6). Entries are never changed or deleted. They are corrected by further entries, and go to the trash,
    come back and are purged with their contact.

    A host with billing of its own gives `Host.account_provider`. Its answers then replace those of the entries, and
    nothing is posted.

    >>> from datetime import date
    >>> from contactcore import AccountEntry, Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils"))
    ...     for entry in (
    ...         AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 5)),
    ...         AccountEntry("payment", "50 EUR", key="P1", date=date(2026, 1, 20)),
    ...         AccountEntry("amendment", "-20 EUR", key="F1a", date=date(2026, 2, 1), amends="F1"),
    ...     ):
    ...         posted = session.account.post(bois, entry)
    ...     str(session.account.balance(bois)["EUR"])
    ...     str(session.account.balance(bois, on=date(2026, 1, 31))["EUR"])
    ...     [entry.key for entry in session.account.history(bois)]
    '50.00 EUR'
    '70.00 EUR'
    ['F1a', 'P1', 'F1']

    Source: POR-7.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._items: BelongingRepository[Item] = BelongingRepository(transaction, ITEMS)
        self._own = StoredAccount(transaction)
        provider = transaction.host.account_provider
        self._source = self._own if provider is None else ProvidedAccount(transaction, provider)

    def post(
        self, contact: Annotated[str | Contact, AS_STORED], entry: Annotated[AccountEntry, MAY_BE_NEW]
    ) -> AccountEntry:
        """Store an entry of the account of a contact; the same entry again changes nothing.

        The key of the host decides: posting a key again with the same content returns the stored entry, however often,
        from however many processes.

        Args:
            contact: The contact that owes, or its id.
            entry: An entry without an id. An amendment has the item of its invoice.

        Returns:
            The stored entry, with its id, its contact and the present name of its item.

        Raises:
            NotFound: The contact or the item does not exist, is in the trash, or is hidden from the actor.
            Conflict: The key was posted with other content. The error has both, as `mine` and `stored`.
            Duplicate: The key was posted for a contact that the actor does not see, or that is in the trash.
            Forbidden: `read-only`, `read-only-session`, `portal-reads-only`; `account-provided` if the host has an
                account provider.
            Invalid: One error lists all problems: `already-stored`, `item-of-another`, `invoice-unknown` for an
                amendment of something that is no invoice of this contact, `amendment-currency`, `amendment-too-early`,
                `amendment-item`, `due-too-early`.

        >>> from datetime import date
        >>> from contactcore import AccountEntry, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     invoice = AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 5))
        ...     session.account.post(bois, invoice) == session.account.post(bois, invoice)
        True
        """
        owner = self._lock_for_posting(contact)
        contact_id = owner.entity.id
        problems = self._own.entries.problems_of_new(entry)
        if problems:
            raise Invalid(problems)
        before = self._own.by_key(entry.key)
        if before is not None:
            return self._posted_before(entry, before, contact_id)
        ready = self._amending(entry, contact_id) if entry.amends else self._with_item(entry, contact_id)
        return self._own.entries.add_new(ready, owner)

    def history(
        self,
        contact: str | Contact,
        *,
        item: str | Item | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> AccountPage:
        """The billing history of a contact: all entries, newest first.

        Args:
            contact: The contact, or its id.
            item: The item whose entries are wanted, or its id, also after it was deleted or moved; None (the default)
                for all entries.
            limit: The maximum number of entries, 1 to 1,000; 50 by default.
            after: `next` of the previous page; None (the default) for the first page.

        Raises:
            NotFound: There is no such contact, the actor may not see it, or a portal user lacks the permission.
            Invalid: `limit-out-of-range`; `cursor-unreadable`, `cursor-outdated`.
            StorageError: `account-provider`.
        """
        return self._page(contact, (), item, limit, after)

    def payments(
        self,
        contact: str | Contact,
        *,
        item: str | Item | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> AccountPage:
        """The recorded payments and refunds of a contact, newest first.

        Args:
            contact, item, limit, after: As for `history`.

        Raises:
            NotFound, Invalid, StorageError: As `history`.
        """
        return self._page(contact, PAYMENT_TYPES, item, limit, after)

    def amended(
        self,
        contact: str | Contact,
        *,
        item: str | Item | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> AmendedPage:
        """The amended invoices of a contact with all of their versions, that with the latest amendment first.

        Args:
            contact, item, limit, after: As for `history`.

        Raises:
            NotFound, Invalid, StorageError: As `history`.
        """
        _check_limit(limit)
        id = self._seen(contact)
        return self._source.amended(id, item_id=_item_id(item), limit=limit, after=after)

    def invoice(self, contact: str | Contact, key: str) -> InvoiceHistory:
        """An invoice with all of its versions: as it was posted, and after each amendment.

        Args:
            contact: The contact, or its id.
            key: The key of the invoice in the host.

        Raises:
            NotFound: As `history`; also if the contact has no invoice with this key.
            StorageError: `account-provider`.

        >>> from datetime import date
        >>> from contactcore import AccountEntry, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     for entry in (
        ...         AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 5)),
        ...         AccountEntry("amendment", "-20 EUR", key="F1a", date=date(2026, 2, 1), amends="F1"),
        ...     ):
        ...         posted = session.account.post(bois, entry)
        ...     [str(version.total) for version in session.account.invoice(bois, "F1").versions]
        ['120.00 EUR', '100.00 EUR']
        """
        found = self._source.invoice(self._seen(contact), key)
        if found is None:
            raise NotFound("invoice", key)
        return found

    def balance(
        self, contact: str | Contact, *, on: date | str | None = None, item: str | Item | None = None
    ) -> Mapping[str, Money]:
        """The balance of a contact in each currency, by the ISO 4217 code: the sum of its entries.

        Args:
            contact: The contact, or its id.
            on: The day at whose end the balance is wanted, or its text in ISO 8601; None (the default) for the sum of
                all entries.
            item: As for `history`.

        Returns:
            The balances in the currencies of the entries; negative where the contact has a credit.

        Raises:
            NotFound, StorageError: As `history`.
            Invalid: `date-syntax`.
        """
        day = None if on is None else read_day(on, "on")
        found = self._source.balance(self._seen(contact), on=day, item_id=_item_id(item))
        return ReadOnlyDict({one.currency.text: one for one in found})

    def statement(
        self, contact: str | Contact, start: date | str, end: date | str, currency: Currency | str | None = None
    ) -> Statement:
        """The account of a contact in one currency over a period; `session.documents.render` makes a document of it.

        Args:
            contact: The contact, or its id.
            start: The first day, or its text in ISO 8601.
            end: The last day, or its text.
            currency: The currency; None (the default) for that of the contact, else of the workspace.

        Raises:
            NotFound, StorageError: As `history`.
            Invalid: `date-syntax`, `dates-reversed`; `currency-missing` without a currency; the codes of `Currency`.
        """
        first, last = collect(("start", lambda: read_day(start, "")), ("end", lambda: read_day(end, "")))
        problems = [*reversed_days(first, last)]
        if problems:
            raise Invalid(problems)
        found = self._contacts.get(contact)
        id = self._seen(found)
        return self._source.statement(id, first, last, self._currency(found, currency))

    def save_method(
        self, contact: Annotated[str | Contact, AS_STORED], method: Annotated[PaymentMethod, MAY_BE_NEW]
    ) -> PaymentMethod:
        """Save a payment method of a contact; a method with the same reference is replaced.

        Args:
            contact: The contact, or its id.
            method: A method without an id.

        Returns:
            The stored method.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: As `post`.
            Invalid: `already-stored` for a method that has an id.

        >>> from contactcore import Company, PaymentMethod, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     saved = session.account.save_method(bois, PaymentMethod("tok_1", brand="Visa", last_four="4242"))
        ...     [method.mask for method in session.account.methods(bois)]
        ['Visa •••• 4242']
        """
        owner = self._lock_for_posting(contact)
        methods = self._own.saved_methods
        problems = methods.problems_of_new(method)
        if problems:
            raise Invalid(problems)
        known = next((one for one in methods.of(owner.entity.id) if one.entity.reference == method.reference), None)
        if known is None:
            return methods.add_new(method, owner)
        locked = methods.lock_seen(known.stored)
        before = locked.entity
        ready = altered(before, {name: getattr(method, name) for name in ("brand", "last_four", "expiry")})
        return before if ready == before else methods.put(ready, locked.stored)

    def methods(self, contact: str | Contact) -> tuple[PaymentMethod, ...]:
        """The saved payment methods of a contact; for a portal user without their references.

        Args:
            contact: The contact, or its id.

        Raises:
            NotFound, StorageError: As `history`.
        """
        return tuple(self._source.methods(self._seen(contact)))

    def remove_method(self, method: Annotated[str | PaymentMethod, AS_STORED]) -> None:
        """Remove a saved payment method for good.

        Args:
            method: The method, or its id. A method must have the stored version.

        Raises:
            NotFound: The method does not exist, or its contact is hidden from the actor.
            Conflict: Somebody else changed the method after it was read.
            Forbidden: As `post`.
        """
        self._check_posting()
        self._check_module("payment-method", id_of(method))
        locked, _ = self._own.saved_methods.lock_with_owner(method)
        self._own.saved_methods.remove(locked.entity, locked.stored)

    def _seen(self, contact: str | Contact) -> str:
        """The id of a contact whose account the actor sees."""
        id = self._contacts.seen(contact).id
        self._check_module("account", id)
        return id

    def _check_module(self, what: str, id: str) -> None:
        if not module_seen(self._transaction, _MODULE):
            raise NotFound(what, id)

    def _check_posting(self) -> None:
        if self._transaction.host.account_provider is not None:
            message = "The application has an account provider: post to its billing instead."
            raise Forbidden(message, "account-provided")

    def _lock_for_posting(self, contact: str | Contact) -> Loaded[Person | Company]:
        """Lock a contact to whose account the actor may post; entries of one contact are stored one after another."""
        self._check_posting()
        self._seen(contact)
        return self._contacts.lock_for_change(contact)

    def _posted_before(self, posted: AccountEntry, stored: AccountEntry, contact_id: str) -> AccountEntry:
        """The stored entry with the key of a posted one, if it has the same contact and content."""
        if not self._contacts.may_be_seen(stored.contact_id):
            # It is hidden or in the trash. A unique key cannot hide that it is taken; nothing else is revealed.
            raise Duplicate(f"The account entry with the key {posted.key}")
        if stored.contact_id != contact_id or not same_content(posted, stored):
            message = "This key was posted with other content. Compare `mine` with `stored`; correct by another entry."
            raise Conflict(posted, stored, message)
        return stored

    def _with_item(self, entry: AccountEntry, contact_id: str) -> AccountEntry:
        """An entry with the present name of its item."""
        if not entry.item_id:
            return altered(entry, {"item_name": ""})
        try:
            item = self._items.get(entry.item_id)
        except NotFound as error:
            raise NotFound(error.what, error.id, path="item_id") from None
        if item.contact_id != contact_id:
            message = "This item belongs to another contact: post the entry there, or leave the item out."
            raise Invalid("item-of-another", message, path="item_id", value=item.id)
        return altered(entry, {"item_name": item.name})

    def _amending(self, entry: AccountEntry, contact_id: str) -> AccountEntry:
        """An amendment with the item of the invoice that it corrects."""
        invoice = self._own.by_key(entry.amends)
        if invoice is None or invoice.contact_id != contact_id or invoice.type != "invoice":
            message = "This contact has no invoice with this key: post the invoice first, or correct the key."
            raise Invalid("invoice-unknown", message, path="amends", value=entry.amends)
        problems = [*amendment_problems(entry, invoice)]
        if problems:
            raise Invalid(problems)
        return with_item_of(entry, invoice)

    def _page(
        self,
        contact: str | Contact,
        types: tuple[str, ...],
        item: str | Item | None,
        limit: int,
        after: str | None,
    ) -> AccountPage:
        _check_limit(limit)
        id = self._seen(contact)
        return self._source.history(id, types=types, item_id=_item_id(item), limit=limit, after=after)

    def _currency(self, contact: Contact, given: Currency | str | None) -> Currency:
        currency = given or contact.currency or self._transaction.settings.currency
        if currency is None:
            raise Invalid(
                "currency-missing", "Name the currency: neither contact nor workspace has one.", path="currency"
            )
        return collect(("currency", lambda: Money(0, currency).currency))[0]


def _item_id(item: str | Item | None) -> str:
    return "" if item is None else id_of(item)


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= LARGEST_PAGE:
        message = f"Ask for 1 to {LARGEST_PAGE:,} at a time."
        raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
