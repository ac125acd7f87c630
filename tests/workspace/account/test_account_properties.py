"""Whatever is posted, and in whatever sequence: balances are sums, and statements join (POR-7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import AccountEntry, Company, Item, Money, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE

pytestmark = pytest.mark.req("POR-7")

FIRST = date(2026, 1, 1)
OpenFresh = Callable[[], AbstractContextManager[Storage]]


@st.composite
def accounts(draw: st.DrawFn) -> list[AccountEntry]:
    """Entries with different keys; amendments follow their invoices. `item_id` is the number of an item, or empty."""
    entries: list[AccountEntry] = []
    for number in range(draw(st.integers(0, 12))):
        invoices = [one for one in entries if one.type == "invoice"]
        types = ["invoice", "credit-note", "payment", "refund", *(["amendment"] if invoices else [])]
        type, units = draw(st.sampled_from(types)), draw(st.integers(1, 10**6))
        day = FIRST + timedelta(draw(st.integers(0, 60)))
        more: dict[str, Any] = {"item_id": draw(st.sampled_from(("", "0", "1")))}
        currency = draw(st.sampled_from(("EUR", "JPY")))
        if type == "amendment":
            invoice = draw(st.sampled_from(invoices))
            currency, day = invoice.amount.currency.text, max(day, invoice.date)
            units = units if draw(st.booleans()) else -units
            more = {"amends": invoice.key, "item_id": invoice.item_id}
        entries.append(AccountEntry(type, Money(units, currency), key=str(number), date=day, **more))
    return entries


@st.composite
def shuffled(draw: st.DrawFn, entries: list[AccountEntry]) -> list[AccountEntry]:
    """The entries in another sequence, some of them twice, with each invoice before its amendments."""
    rest = draw(st.permutations([*entries, *draw(st.lists(st.sampled_from(entries), max_size=5))] if entries else []))
    return sorted(rest, key=lambda one: one.type == "amendment")


def posted(workspace: Workspace, entries: list[AccountEntry]) -> tuple[Any, list[Any]]:
    """Post the entries to a new contact; return it with its items."""
    with workspace.write(AMELIE) as session:
        contact = session.contacts.add(Company("Bois"))
        items = [session.items.add(contact, Item(name)) for name in ("Rex", "Mia")]
        for one in entries:
            item_id = items[int(one.item_id)].id if one.item_id else ""
            session.account.post(contact, attrs.evolve(one, item_id=item_id))
    return contact, items


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), entries=accounts())
def test_balances_are_sums_and_the_sequence_of_posting_does_not_matter(
    open_storage: OpenFresh, data: st.DataObject, entries: list[AccountEntry]
) -> None:
    with open_storage() as storage:
        first, second = Workspace(storage, "first"), Workspace(storage, "second")
        bois, items = posted(first, entries)
        other, _ = posted(second, data.draw(shuffled(entries)))
        day = FIRST + timedelta(data.draw(st.integers(-1, 61)))
        with first.read(AMELIE) as session, second.read(AMELIE) as again:
            account = session.account
            for on in (None, day):
                balance = account.balance(bois, on=on)
                counted = [one for one in entries if on is None or one.date <= on]
                assert balance == Money.totals(one.effect for one in counted)
                assert again.account.balance(other, on=on) == balance
                by_item = [*(account.balance(bois, on=on, item=item) for item in items)]
                without = [one.effect for one in counted if not one.item_id]
                parts = [money for part in by_item for money in part.values()]
                assert Money.totals([*parts, *without]) == balance
            history = account.history(bois).items
            assert {one.key for one in history} == {one.key for one in entries}
            assert [one.date for one in history] == sorted((one.date for one in entries), reverse=True)
            for one in entries:
                if one.type == "invoice":
                    amended = [each for each in entries if each.amends == one.key]
                    current = account.invoice(bois, one.key).current
                    assert current.total == sum((each.amount for each in amended), one.amount)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=accounts(), cuts=st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True))
def test_each_statement_opens_with_the_closing_balance_of_the_one_before(
    open_storage: OpenFresh, entries: list[AccountEntry], cuts: list[int]
) -> None:
    with open_storage() as storage:
        workspace = Workspace(storage, "acme")
        bois, _ = posted(workspace, entries)
        ends = [FIRST + timedelta(cut) for cut in sorted(cuts)]
        with workspace.read(AMELIE) as session:
            for currency in ("EUR", "JPY"):
                balance, start = Money(0, currency), date.min
                keys: list[str] = []
                for end in [*ends, date.max]:
                    statement = session.account.statement(bois, start, end, currency)
                    assert statement.opening == balance
                    balance = statement.closing
                    keys += [one.key for one in statement.entries]
                    assert session.account.balance(bois, on=end).get(currency, Money(0, currency)) == balance
                    start = end + timedelta(1) if end < date.max else end
                wanted = [one.key for one in entries if one.amount.currency.text == currency]
                assert sorted(keys) == sorted(wanted)
