"""An entry of an account that cannot be meant is refused by its fields (POR-7)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import AccountEntry, Invalid, PaymentMethod

pytestmark = pytest.mark.req("POR-7")


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        ({"type": "gift"}, {("entry-type-unknown", "type")}),
        ({"type": ""}, {("entry-type-unknown", "type")}),
        ({"amount": "1.005 EUR"}, {("amount-decimals", "amount.amount")}),
        ({"amount": "1 XYZ"}, {("currency-unknown", "amount.currency")}),
        ({"amount": "EUR"}, {("amount-syntax", "amount")}),
        ({"amount": 1.5}, {("amount-type", "amount")}),
        ({"amount": "-1 EUR"}, {("amount-negative", "amount")}),
        ({"type": "payment", "amount": "-1 EUR"}, {("amount-negative", "amount")}),
        ({"type": "payment", "amount": "0 EUR"}, {("amount-zero", "amount")}),
        ({"type": "credit-note", "amount": "0 EUR"}, {("amount-zero", "amount")}),
        ({"type": "refund", "amount": "0 EUR"}, {("amount-zero", "amount")}),
        ({"key": " "}, {("key-missing", "key")}),
        ({"date": None}, {("date-empty", "date")}),
        ({"date": "5.1.2026"}, {("date-syntax", "date")}),
        ({"due": "2026-01-04"}, {("due-too-early", "due")}),
        ({"type": "payment", "due": "2026-02-01"}, {("due-misplaced", "due")}),
        ({"type": "amendment"}, {("amends-missing", "amends")}),
        ({"amends": "F0"}, {("amends-misplaced", "amends")}),
        (
            {"type": "gift", "key": "", "text": "\0"},
            {("entry-type-unknown", "type"), ("key-missing", "key"), ("text-nul", "text")},
        ),
    ],
    ids=str,
)
def test_all_problems_of_an_entry_come_at_once(wrong: Any, problems: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        AccountEntry(**{"type": "invoice", "amount": "1 EUR", "key": "F1", "date": "2026-01-05", **wrong})
    assert {(one.code, one.path) for one in refusal.value.problems} == problems


def test_an_invoice_and_an_amendment_may_be_of_nothing() -> None:
    AccountEntry("invoice", "0 EUR", key="F1", date="2026-01-05", due="2026-01-05")
    AccountEntry("amendment", "-5 EUR", key="F2", date="2026-01-05", amends="F1")


def test_a_method_needs_a_reference() -> None:
    with pytest.raises(Invalid) as refusal:
        PaymentMethod(brand="Visa")
    assert (refusal.value.code, refusal.value.path) == ("reference-missing", "reference")
    assert PaymentMethod("a").mask == ""
