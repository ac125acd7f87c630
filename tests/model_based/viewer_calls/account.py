"""The viewer's calls of the account."""

from __future__ import annotations

from random import Random
from typing import Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import AccountEntry, PaymentMethod
from contactcore.workspace.session import Session
from model_based.paired_workspaces import INVOICES, PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, one_name
from support.clock import TODAY

__all__ = ["ACCOUNT_CALLS"]


def _entry(random: Random, names: list[str]) -> Choice:
    """Makes a contact and a new entry of its account, perhaps of a known key, the arguments of a call."""
    name, key = random.choice(names), random.choice((*INVOICES, "P1"))
    if random.random() < 0.4:
        entry = AccountEntry("amendment", "-1 EUR", key="A1", date=TODAY, amends=random.choice((*INVOICES, "hidden 1")))
    else:
        entry = AccountEntry(random.choice(("invoice", "payment")), "5 EUR", key=key, date=TODAY)
    item = random.choice(names) if random.random() < 0.3 and not entry.amends else ""
    return lambda workspace, _: (
        (workspace.id(name), attrs.evolve(entry, item_id=workspace.id(item) if item else "")),
        {},
    )


def _of_account(random: Random, names: list[str]) -> Choice:
    name, item, limit = random.choice(names), random.choice((None, *names)), random.randint(1, 3)
    return lambda workspace, _: (
        (workspace.id(name),),
        {"item": None if item is None else workspace.id(item), "limit": limit},
    )


def _balance(random: Random, names: list[str]) -> Choice:
    name, on = random.choice(names), random.choice((None, TODAY))
    return lambda workspace, _: ((workspace.id(name),), {"on": on})


def _invoice(random: Random, names: list[str]) -> Choice:
    name, key = random.choice(names), random.choice((*INVOICES, "hidden 1", "A1"))
    return lambda workspace, _: ((workspace.id(name), key), {})


def _statement(random: Random, names: list[str]) -> Choice:
    name, start = random.choice(names), random.choice((TODAY, TODAY.replace(year=2020)))
    return lambda workspace, _: ((workspace.id(name), start, TODAY, "EUR"), {})


def _method_of(random: Random, names: list[str]) -> Choice:
    """Makes a payment method of a contact the argument of a call."""
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (session.account.methods(workspace.id(name))[0],), {}
        except (ContactCoreError, IndexError):
            return (workspace.id(name),), {}

    return arguments


def _with_method(random: Random, names: list[str]) -> Choice:
    name, last_four = random.choice(names), random.choice(("4242", "0000"))
    return lambda workspace, _: ((workspace.id(name), PaymentMethod("tok_1", last_four=last_four)), {})


ACCOUNT_CALLS: Final[dict[str, Generator]] = {
    "account.amended": _of_account,
    "account.balance": _balance,
    "account.history": _of_account,
    "account.invoice": _invoice,
    "account.methods": one_name,
    "account.payments": _of_account,
    "account.post": _entry,
    "account.remove_method": _method_of,
    "account.save_method": _with_method,
    "account.statement": _statement,
}
