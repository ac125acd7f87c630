"""Amounts of money are exact, and have the decimals of their currency (POR-7)."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Currency, Invalid, Money, to_plain
from contactcore.values.money import LARGEST_AMOUNT
from support.entity_strategies import amounts

pytestmark = pytest.mark.req("POR-7")


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("120", "eur", "120.00 EUR"),
        (120, "JPY", "120 JPY"),
        (Decimal("1.5"), "KWD", "1.500 KWD"),
        ("12.50", "HUF", "12.50 HUF"),
        ("1.2345", "CLF", "1.2345 CLF"),
        ("1.500", "EUR", "1.50 EUR"),
        ("-0.00", "EUR", "0.00 EUR"),
        (" 5 ", Currency("EUR"), "5.00 EUR"),
        (Decimal("1E+2"), "EUR", "100.00 EUR"),
        ("999999999999999.99", "EUR", "999999999999999.99 EUR"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: Any, currency: Any, written: str) -> None:
    assert str(Money(amount, currency)) == written
    assert Money.parse(written) == Money(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "problems"),
    [
        (0.1, "EUR", [("amount-type", "amount")]),
        (True, "EUR", [("amount-type", "amount")]),
        (None, "EUR", [("amount-type", "amount")]),
        ("1,50", "EUR", [("amount-syntax", "amount")]),
        ("1e5", "EUR", [("amount-syntax", "amount")]),
        ("NaN", "EUR", [("amount-syntax", "amount")]),
        ("٣", "EUR", [("amount-syntax", "amount")]),
        ("", "EUR", [("amount-syntax", "amount")]),
        ("1" * 10_000, "EUR", [("amount-syntax", "amount")]),
        (Decimal("NaN"), "EUR", [("amount-not-finite", "amount")]),
        (Decimal("sNaN"), "EUR", [("amount-not-finite", "amount")]),
        (Decimal("-Infinity"), "EUR", [("amount-not-finite", "amount")]),
        ("1.005", "EUR", [("amount-decimals", "amount")]),
        ("0.5", "JPY", [("amount-decimals", "amount")]),
        (Decimal("1E-999999"), "EUR", [("amount-decimals", "amount")]),
        (LARGEST_AMOUNT, "EUR", [("amount-too-large", "amount")]),
        (-LARGEST_AMOUNT, "EUR", [("amount-too-large", "amount")]),
        (10**9_999, "EUR", [("amount-too-large", "amount")]),
        (Decimal("1E+999999"), "EUR", [("amount-too-large", "amount")]),
        ("1", "XYZ", [("currency-unknown", "currency")]),
        ("1", "XXX", [("currency-decimals", "currency")]),
        ("x", 5, [("amount-syntax", "amount"), ("text-type", "currency")]),
    ],
    ids=lambda value: str(value)[:40] if not isinstance(value, int) else "",
)
def test_what_is_no_exact_amount_is_refused_by_name(amount: Any, currency: Any, problems: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        Money(amount, currency)
    assert [(one.code, one.path) for one in refusal.value.problems] == problems
    json.dumps(to_plain(refusal.value))


def test_amounts_in_different_currencies_have_no_sum() -> None:
    with pytest.raises(Invalid) as refusal:
        Money(1, "EUR") + Money(1, "USD")
    assert refusal.value.code == "currency-differs"
    assert list(map(str, Money.totals([Money(1, "USD"), Money(2, "EUR"), Money(-1, "USD")]).values())) == [
        "2.00 EUR",
        "0.00 USD",
    ]


@given(one=amounts(), other=amounts())
def test_sums_are_exact_whatever_the_context_of_the_application(one: Money, other: Money) -> None:
    with localcontext() as context:
        context.prec = 2
        found = Money(one.amount, "EUR") + Money(other.amount, "EUR")
        assert pickle.loads(pickle.dumps(found)) == found
        negated = -found
        assert -negated == found
    cents = int(one.amount * 100) + int(other.amount * 100)
    assert int(found.amount * 100) == cents


@given(text=st.text(max_size=40))
def test_any_text_is_money_or_refused(text: str) -> None:
    try:
        parsed = Money.parse(text)
    except Invalid:
        return
    assert Money.parse(str(parsed)) == parsed
