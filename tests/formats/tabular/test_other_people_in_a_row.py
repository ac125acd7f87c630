"""Columns that name somebody else than the contact: who looks after it, who entered it."""

from __future__ import annotations

import pytest

from contactcore.formats import tabular

pytestmark = pytest.mark.req("IMP-1")


@pytest.mark.parametrize(
    "header",
    [
        "Company owner",
        "Contact owner",
        "Account Owner",
        "Person - Owner",
        "Created By",
        "Propriétaire de l'entreprise",
        "Unternehmensinhaber",
        "Właściciel kontaktu",
        "Propietario de la empresa",
        "Proprietario del contatto",
    ],
)
def test_the_address_of_who_looks_after_a_contact_is_not_the_contacts_own(header: str) -> None:
    (row,) = (table := tabular.read(f"Company name,{header}\nBois & Fils,amelie@acme.example\n"))
    assert row.draft.emails == ()
    assert table.mapping.as_dict()[header] == "ignore"
    assert row.draft.unmapped == {header: "amelie@acme.example"}


def test_addresses_that_repeat_in_a_column_without_a_known_name_are_nobodys_own() -> None:
    rows = "".join(f"Firm {number},{'al' if number % 2 else 'bo'}@acme.example\n" for number in range(6))
    assert [row.draft.emails for row in tabular.read("Company,Kümmerer\n" + rows)] == [()] * 6


def test_addresses_in_a_column_without_a_known_name_are_the_contacts_where_each_has_another() -> None:
    rows = "".join(f"Firm {number},info@firm{number}.example\n" for number in range(6))
    assert all(row.draft.emails for row in tabular.read("Company,Elérhetőség\n" + rows))
