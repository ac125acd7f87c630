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


def test_a_list_takes_as_many_new_entries_as_it_may_have_and_the_others_are_reported():
    stored = Company("Bois", phones=[f"+336{number:08}" for number in range(998)])
    row = Company("Bois", phones=[f"+337{number:08}" for number in range(4)], tags=["VIP"])
    merged, differences = merge_missing(stored, row, fits=lambda _: True)
    assert (len(merged.phones), [str(tag) for tag in merged.tags]) == (1_000, ["VIP"])
    assert differences == [("phones", "+33700000002"), ("phones", "+33700000003")]
    again, differences = merge_missing(merged, row, fits=lambda _: True)
    assert again is merged
    assert len(differences) == 2
