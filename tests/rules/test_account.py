"""An amendment corrects an invoice in its currency, after it, and of its item; an equal entry is posted once."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import AccountEntry
from contactcore.rules.account import amendment_problems, history_of, same_content, with_item_of

DAY = date(2026, 1, 5)
INVOICE = AccountEntry("invoice", "120 EUR", key="F1", date=DAY, number="F-1", text="Wood", item_id="rex")
LESS = AccountEntry("amendment", "-20 EUR", key="A1", date=DAY, amends="F1")


@pytest.mark.req("POR-7")
@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"amount": "-20 CHF"}, "amendment-currency", "amount.currency"),
        ({"date": date(2026, 1, 4)}, "amendment-too-early", "date"),
        ({"item_id": "milo"}, "amendment-item", "item_id"),
        ({"due": date(2026, 1, 4)}, "due-too-early", "due"),
    ],
)
def test_an_amendment_fits_its_invoice(change: dict[str, Any], code: str, path: str) -> None:
    assert [*amendment_problems(LESS, INVOICE)] == []
    assert [*amendment_problems(attrs.evolve(LESS, item_id="rex"), INVOICE)] == []
    values = {"type": "amendment", "amount": "-20 EUR", "key": "A1", "date": date(2026, 1, 9), "amends": "F1", **change}
    due = values.pop("due", None)
    amendment = AccountEntry(**values)
    # The model refuses a day that is before its own entry; the rule refuses one before the invoice.
    amendment = amendment if due is None else attrs.evolve(LESS, date=date(2026, 1, 1), due=due)
    found = [(one.code, one.path) for one in amendment_problems(amendment, INVOICE)]
    assert (code, path) in found


@pytest.mark.req("POR-7")
@pytest.mark.parametrize(
    "change",
    [{"amount": "121 EUR"}, {"date": date(2026, 1, 6)}, {"number": "F-2"}, {"text": "Oak"}, {"item_id": ""}],
)
def test_an_entry_with_another_content_is_another_entry(change: dict[str, Any]) -> None:
    assert same_content(attrs.evolve(INVOICE), INVOICE)
    assert not same_content(attrs.evolve(INVOICE, **change), INVOICE)


@pytest.mark.req("POR-7")
def test_an_amendment_need_not_repeat_the_item_of_its_invoice() -> None:
    stored = with_item_of(LESS, INVOICE)
    assert stored.item_id == "rex"
    assert same_content(LESS, stored)
    assert same_content(attrs.evolve(LESS, item_id="rex"), stored)
    assert not same_content(attrs.evolve(LESS, item_id="milo"), stored)


@pytest.mark.req("POR-7")
def test_a_version_has_the_total_so_far_and_what_an_amendment_leaves_out_stays() -> None:
    more = AccountEntry("amendment", "5 EUR", key="A2", date=DAY, amends="F1", due=date(2026, 2, 1), text="Oak")
    versions = history_of(INVOICE, [LESS, more]).versions
    assert [(str(one.total), one.due, one.number, one.text) for one in versions] == [
        ("120.00 EUR", None, "F-1", "Wood"),
        ("100.00 EUR", None, "F-1", "Wood"),
        ("105.00 EUR", date(2026, 2, 1), "F-1", "Oak"),
    ]
    assert [one.entry.key for one in versions] == ["F1", "A1", "A2"]
