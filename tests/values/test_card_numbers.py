"""No text of an account contains the number of a card, and no error repeats one (POR-7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import AccountEntry, Invalid, PaymentMethod, from_plain, to_plain
from contactcore.values.card_numbers import has_card_number

pytestmark = pytest.mark.req("POR-7")

CARDS = (
    *("4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005"),
    *("30569309025904", "3530111333300000", "6011111111111117", "6200000000000005", "2200000000000053"),
    "6759649826438453",
)
"""Test numbers of the card schemes."""


@pytest.mark.parametrize("card", CARDS)
@given(
    cuts=st.lists(st.integers(1, 18), max_size=18, unique=True),
    between=st.sampled_from((" ", "-", " - ", ".", "\u2011", "\u00a0", "\n", "\u200b")),
    before=st.sampled_from(("", "card ", "x", "12 ", "№")),
    after=st.sampled_from(("", ".", " 05/27", "x")),
)
def test_a_card_number_is_found_however_it_is_grouped(
    card: str, cuts: list[int], between: str, before: str, after: str
) -> None:
    places = [0, *sorted(cut for cut in cuts if cut < len(card)), len(card)]
    grouped = between.join(card[start:end] for start, end in pairwise(places))
    assert has_card_number(f"{before}{grouped}{after}")
    wrong = str((int(card[-1]) + 1) % 10)
    assert not has_card_number(f"{card[:-1]}{wrong}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Invoice 2026-000123 of 2026-01-31 12:00:00, 4500.00",
        "FR76 3000 6000 0112 3456 7890 189",
        "DE89370400440532013000",
        "41111111-1111-4111-8111-111111111111",
        "411111111111",
        "+33 1 44 55 66 77",
        "x" * 100_000,
    ],
)
def test_other_numbers_are_no_card_numbers(text: str) -> None:
    assert not has_card_number(text)


def _entry(field: str) -> Callable[[Any], object]:
    def make(value: Any) -> object:
        return AccountEntry(**{"type": "invoice", "amount": "1 EUR", "key": "a", "date": "2026-01-01", field: value})

    return make


def _method(field: str) -> Callable[[Any], object]:
    return lambda value: PaymentMethod(**{"reference": "a", field: value})


@pytest.mark.parametrize(
    "make",
    [
        *map(_entry, ("type", "key", "number", "text", "amends", "item_id")),
        *map(_method, ("reference", "brand", "last_four", "expiry")),
    ],
)
@pytest.mark.parametrize(
    "written", ["4111 1111-1111 1111", "4111111111111111\x01", "\ud8004111111111111111", 4111111111111111]
)
def test_a_card_number_is_refused_and_not_repeated(make: Callable[[Any], object], written: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        make(written)
    assert "card-number" in {one.code for one in refusal.value.problems}
    assert "1111" not in json.dumps(to_plain(refusal.value))
    assert "1111" not in repr(refusal.value)


@pytest.mark.parametrize(
    "given",
    [
        {"card_number": "4111 1111 1111 1111"},
        {"reference": 4111111111111111},
        {"reference": {"number": "4111111111111111"}},
        {"reference": "4111-1111-1111-1111"},
    ],
    ids=str,
)
def test_plain_data_with_a_card_number_are_refused_and_not_repeated(given: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        from_plain({"kind": "payment-method", **given})
    assert "1111" not in json.dumps(to_plain(refusal.value))
    assert "1111" not in str(refusal.value)


def test_an_amount_that_is_a_card_number_is_not_repeated() -> None:
    for amount in ("4111 1111 1111 1111", "4111111111111111", "4111 1111 1111 1111 EUR"):
        with pytest.raises(Invalid) as refusal:
            _entry("amount")(amount)
        assert "1111" not in json.dumps(to_plain(refusal.value))


@pytest.mark.parametrize("wrong", ["424", "42424", "4242424242", "４２４２", 4242, "x242"])
def test_only_four_digits_are_the_last_four(wrong: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        PaymentMethod("a", last_four=wrong)
    assert (refusal.value.code, refusal.value.path, refusal.value.value) == ("last-four-syntax", "last_four", None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("2027", "expiry-syntax"), ("--05", "expiry-syntax"), ("2027-05-01", "expiry-syntax"), ("05/27", "date-syntax")],
)
def test_an_expiry_is_a_month(wrong: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        PaymentMethod("a", expiry=wrong)
    assert (refusal.value.code, refusal.value.path) == (code, "expiry")
