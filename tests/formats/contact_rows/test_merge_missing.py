"""Updating a contact from a row: nothing is erased, and nothing grows beyond what a storage holds."""

from __future__ import annotations

import pytest

from contactcore import Company, Person
from contactcore.formats.contact_rows.merge_missing import merge_missing

pytestmark = pytest.mark.req("IMP-2")


def test_new_entries_follow_the_preferred_one():
    stored = Company("Bois", emails=["office@bois.fr"])
    merged, differences = merge_missing(
        stored, Company("Bois", emails=["info@bois.fr", "OFFICE@bois.fr"]), fits=lambda _: True
    )
    assert [str(email) for email in merged.emails] == ["office@bois.fr", "info@bois.fr"]
    assert differences == []


def test_a_contact_to_which_the_row_adds_nothing_stays_the_same_object():
    stored = Person("Zoé", "Çelik", tags=["VIP"])
    merged, differences = merge_missing(stored, Person("zoe", "Celik", tags=["vip"]), fits=lambda _: True)
    assert merged is stored
    assert differences == []


def test_a_result_that_does_not_fit_is_discarded_and_reported():
    stored = Person("Zoé", "Çelik", description="a" * 10)
    row = Person("Zoé", "Celic", description="b" * 10, nickname="Zo")
    merged, differences = merge_missing(stored, row, fits=lambda contact: len(contact.description) <= 20)
    assert merged is stored
    assert differences == [
        ("family_name", "Celic"),
        ("nickname", "Zo"),
        ("description", "aaaaaaaaaa\n\nbbbbbbbbbb"),
    ]
