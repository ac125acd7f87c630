"""Accounts of a host with billing of its own: the checked answers of its provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

import attrs

from contactcore.errors import StorageError
from contactcore.model import AccountEntry, PaymentMethod, PortalUser
from contactcore.model.account import AccountPage, AmendedPage, InvoiceHistory, Statement
from contactcore.model.restoring import altered
from contactcore.rules.account import history_of
from contactcore.rules.portal_view import known_method
from contactcore.values import Currency, Money
from contactcore.workspace.kernel.host import AccountProvider
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["ProvidedAccount"]

_A = TypeVar("_A")


class ProvidedAccount:
    """The accounts that the provider of the host knows, with the same methods as `StoredAccount`.

    Every method raises `StorageError` with the code `account-provider` if the provider fails, or answers something
    else than it was asked for, such as entries of another contact.

    Args:
        transaction: The transaction of the actor.
        provider: The provider of the host.
    """

    def __init__(self, transaction: Transaction, provider: AccountProvider) -> None:
        self._transaction = transaction
        self._provider = provider
        self._workspace = transaction.workspace

    def history(
        self, contact_id: str, *, types: Sequence[str], item_id: str, limit: int, after: str | None
    ) -> AccountPage:
        """As `StoredAccount.history`."""
        kinds = tuple(types)

        def ask() -> AccountPage:
            page = self._provider.history(
                self._workspace, contact_id, types=kinds, item_id=item_id, limit=limit, after=after
            )
            _expect(type(page) is AccountPage and _is_page(page.items, page.next, limit), "no page of entries")
            entries = self._own(contact_id, page.items, item_id)
            _expect(all(not kinds or one.type in kinds for one in entries), "entries of another type")
            _expect(
                all(one.date >= other.date for one, other in pairwise(entries)), "entries that are not newest first"
            )
            return AccountPage(entries, page.next)

        return _asked(ask)

    def amended(self, contact_id: str, *, item_id: str, limit: int, after: str | None) -> AmendedPage:
        """As `StoredAccount.amended`."""

        def ask() -> AmendedPage:
            page = self._provider.amended(self._workspace, contact_id, item_id=item_id, limit=limit, after=after)
            _expect(type(page) is AmendedPage and _is_page(page.items, page.next, limit), "no page of invoices")
            return AmendedPage(tuple(self._history(contact_id, one, item_id) for one in page.items), page.next)

        return _asked(ask)

    def invoice(self, contact_id: str, key: str) -> InvoiceHistory | None:
        """As `StoredAccount.invoice`."""

        def ask() -> InvoiceHistory | None:
            found = self._provider.invoice(self._workspace, contact_id, key)
            if found is None:
                return None
            history = self._history(contact_id, found, "")
            _expect(history.invoice.key == key, "another invoice")
            return history

        return _asked(ask)

    def balance(self, contact_id: str, *, on: date | None, item_id: str) -> Iterable[Money]:
        """As `StoredAccount.balance`."""

        def ask() -> tuple[Money, ...]:
            found = tuple(self._provider.balance(self._workspace, contact_id, on=on, item_id=item_id))
            _expect(all(type(one) is Money for one in found), "something that is no Money")
            _expect(len({one.currency for one in found}) == len(found), "two balances in one currency")
            return tuple(sorted(found, key=lambda one: one.currency.text))

        return _asked(ask)

    def statement(self, contact_id: str, start: date, end: date, currency: Currency) -> Statement:
        """As `StoredAccount.statement`."""

        def ask() -> Statement:
            found = self._provider.statement(self._workspace, contact_id, start, end, currency)
            _expect(type(found) is Statement, "no Statement")
            asked = (contact_id, currency, start, end)
            _expect((found.contact_id, found.currency, found.start, found.end) == asked, "another statement")
            entries = self._own(contact_id, found.entries)
            days = [one.date for one in entries]
            _expect(days == sorted(days) and all(start <= day <= end for day in days), "entries of another period")
            _expect(all(one.amount.currency == currency for one in entries), "entries in another currency")
            closing = sum((one.effect for one in entries), found.opening)
            _expect(closing == found.closing, "a closing balance that is not the sum")
            return attrs.evolve(found, entries=entries)

        return _asked(ask)

    def methods(self, contact_id: str) -> Iterable[PaymentMethod]:
        """As `StoredAccount.methods`."""

        def ask() -> tuple[PaymentMethod, ...]:
            found = tuple(self._provider.methods(self._workspace, contact_id))
            _expect(all(type(one) is PaymentMethod for one in found), "something that is no PaymentMethod")
            _expect(all(one.contact_id in {"", contact_id} for one in found), "methods of another contact")
            own = tuple(altered(one, {"contact_id": contact_id}) for one in found)
            is_client = isinstance(self._transaction.actor, PortalUser)
            return tuple(known_method(one, self._transaction.settings) for one in own) if is_client else own

        return _asked(ask)

    @staticmethod
    def _own(contact_id: str, entries: Iterable[Any], item_id: str = "") -> tuple[AccountEntry, ...]:
        """The entries, if all of them are entries of the contact and of the item that was asked for."""
        found = tuple(entries)
        _expect(all(type(one) is AccountEntry for one in found), "something that is no AccountEntry")
        _expect(all(one.contact_id in {"", contact_id} for one in found), "entries of another contact")
        _expect(all(not item_id or one.item_id == item_id for one in found), "entries of another item")
        return tuple(altered(one, {"contact_id": contact_id}) for one in found)

    def _history(self, contact_id: str, history: Any, item_id: str) -> InvoiceHistory:
        _expect(type(history) is InvoiceHistory and bool(history.versions), "no history of an invoice")
        entries = self._own(contact_id, [one.entry for one in history.versions], item_id)
        invoice, *amendments = entries
        _expect(invoice.type == "invoice", "a history without its invoice")
        _expect(all(one.amends == invoice.key for one in amendments), "amendments of another invoice")
        made = history_of(invoice, amendments)
        told = [attrs.evolve(version, entry=one) for version, one in zip(history.versions, entries, strict=True)]
        _expect(made.versions == tuple(told), "versions that do not follow from their entries")
        return made


def _is_page(items: object, following: object, limit: int) -> bool:
    return isinstance(items, tuple) and len(items) <= limit and (following is None or isinstance(following, str))


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise _failure(f"gave {otherwise}")


def _failure(what: str) -> StorageError:
    return StorageError(
        f"The account cannot be read: the account provider of the application {what}.", "account-provider"
    )


def _asked(question: Callable[[], _A]) -> _A:
    try:
        return question()
    except StorageError as error:
        if error.code == "account-provider":
            raise
        raise _failure("failed (StorageError)") from error
    except Exception as error:
        raise _failure(f"failed ({type(error).__name__})") from error
