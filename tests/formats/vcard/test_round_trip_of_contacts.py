"""Contacts as vCards and back: what a card can hold comes back equal."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Address, Company, EmailAddress, Invalid, Person, PhoneNumber, SocialProfile, Website
from contactcore.formats import vcard
from contactcore.formats.vcard.person_lines import formatted
from support import entity_strategies as some

pytestmark = pytest.mark.req("IMP-5")
VERSIONS = pytest.mark.parametrize("version", ["3.0", "4.0"])
NOT_CARRIED = {
    "id": "",
    "version": 0,
    "type": "",
    "categories": (),
    "currency": None,
    "fields": {},
    "responsibles": (),
    "access": None,
    "listed": True,
    "source": "",
}


def _carried(contact):
    """The contact as a card can hold it."""
    kept = attrs.evolve(contact, **NOT_CARRIED)
    if not isinstance(kept, Person):
        return kept
    kept = attrs.evolve(kept, permissions=None, notifications=None)
    try:
        plain = attrs.evolve(kept, full_name="")
    except Invalid:
        return kept
    # A full name that says nothing more than the parts is not kept apart from them.
    return plain if formatted(plain.display_name) == kept.full_name else kept


@VERSIONS
@given(contacts=st.lists(some.contacts(), min_size=1, max_size=3))
def test_contacts_come_back_equal_from_their_cards(version, contacts):
    text = vcard.dumps(contacts, version=version)
    found = vcard.loads(text.encode())
    assert found.problems == ()
    assert list(found.contacts) == [_carried(contact) for contact in contacts]
    assert found == vcard.loads(text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@VERSIONS
@given(contact=some.contacts())
def test_a_second_writing_changes_nothing(version, contact):
    text = vcard.dumps([contact], version=version)
    assert vcard.dumps(vcard.loads(text).contacts, version=version) == text


@VERSIONS
def test_each_kind_of_detail_comes_back(version):
    jane = Person(
        "Jane",
        "Doe",
        gender="male",
        birthday="--05-20",
        emails=[EmailAddress("a@bois.fr", "Büro"), EmailAddress("b@bois.fr", "home")],
        phones=[
            PhoneNumber(f"+3314455667{place}", kind=kind)
            for place, kind in enumerate(("work-fax", "home-fax", "fax", "pager", "car", "main", "company"))
        ]
        + [PhoneNumber("+33144556677 x12", kind="assistant")],
        websites=[Website("https://bois.fr/a?b=1,2;3", "blog")],
        socials=[SocialProfile("skype", "jane.doe"), SocialProfile("mastodon", "jane@social.example")],
        addresses=[
            Address("1; rue\\x, y", street2="B", city="Paris", country="FR", label="Head office", billing=True),
            Address(formatted="Line 1\nLine 2"),
            Address(city="Nowhere", country="Narnia", label="work"),
        ],
    )
    assert vcard.loads(vcard.dumps([jane], version)).contacts == (jane,)


@VERSIONS
def test_the_workspace_keeps_what_is_not_for_others(version):
    client = Company("Bois", type="supplier", categories=["x"], currency="EUR", responsibles=["amelie"])
    text = vcard.dumps([client], version)
    assert not any(word in text for word in ("supplier", "EUR", "amelie"))


def test_a_company_without_a_name_has_its_address_as_formatted_name():
    nameless = Company(emails=["info@bois.fr"])
    assert "FN:info@bois.fr" in vcard.dumps([nameless])
    assert vcard.loads(vcard.dumps([nameless])).contacts == (nameless,)


@pytest.mark.parametrize(
    ("contacts", "version", "code"),
    [([], "2.1", "vcard-version"), ([object()], "4.0", "record-type"), (Person("Jo"), "4.0", "not-a-list")],
)
def test_what_cannot_be_written_is_refused_by_its_place(contacts, version, code):
    with pytest.raises(Invalid) as caught:
        vcard.dumps(contacts, version)
    assert caught.value.code == code
