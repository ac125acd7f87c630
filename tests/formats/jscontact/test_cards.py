"""JSContact cards in and out: each property comes back, and an edit of one leaves the others."""

from __future__ import annotations

import io
import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Invalid, Person
from contactcore.formats import jscontact, vcard
from support import entity_strategies as some
from support.jscontact import CARD

pytestmark = pytest.mark.req("IMP-5")


def _loaded(card):
    return jscontact.loads(json.dumps(card))


def _written(contact):
    (card,) = json.loads(jscontact.dumps([contact]))
    return card


def test_each_property_of_a_card_comes_back():
    found = _loaded(CARD)
    assert [(one.column, one.code) for one in found.problems] == [("media/res1", "picture-not-fetched")]
    back = _written(found.contacts[0])
    assert {name: back.get(name) for name in CARD if back.get(name) != CARD[name]} == {}
    assert back.keys() == CARD.keys()


def test_the_model_gets_what_it_has_fields_for():
    (person,) = _loaded(CARD).contacts
    assert (person.given_name, person.family_name, person.suffix) == ("Robert", "Shou Chang", "III")
    assert [str(one) for one in person.emails] == ["jane@example.com", "jq@xyz.example.com"]
    assert [one.kind for one in person.emails] == ["priv", "work"]
    assert (person.phones[0].kind, str(person.birthday), person.nickname) == ("mobile", "1953-04", "Johnny")
    assert (str(person.language), person.external_id) == ("en", CARD["uid"])
    assert (person.addresses[0].street, person.addresses[0].country) == ("54321 Oak St", "US")
    assert [tag.text for tag in person.tags] == ["internet", "IETF, too"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"nickname": "Rob"}, "nicknames"),
        ({"description": "other"}, "notes"),
        ({"emails": ["new@example.com"]}, "emails"),
        ({"phones": ["+12015550199"]}, "phones"),
        ({"given_name": "Bob", "full_name": "Bob Shou Chang"}, "name"),
        ({"birthday": "1953-04-15"}, "anniversaries"),
        ({"tags": ["VIP"]}, "keywords"),
    ],
)
def test_an_edit_of_one_field_leaves_the_other_properties(change, name):
    back = _written(attrs.evolve(_loaded(CARD).contacts[0], **change))
    others = {one: value for one, value in CARD.items() if one != name}
    assert {one: back[one] for one in others} == others
    assert back[name] != CARD[name]


def test_an_edited_value_loses_what_was_said_of_the_old_one():
    (person,) = _loaded(CARD).contacts
    back = _written(attrs.evolve(person, phones=["+12015550199"]))
    assert list(back["phones"].values()) == [{"number": "tel:+12015550199"}]


@given(contact=some.contacts())
def test_contacts_come_back_as_from_a_vcard(contact):
    plain = attrs.evolve(contact, unmapped={}, external_id=contact.external_id or "x")
    by_vcard = vcard.loads(vcard.dumps([plain])).contacts
    by_json = jscontact.loads(jscontact.dumps([plain])).contacts
    assert [attrs.evolve(one, unmapped={}) for one in by_json] == [attrs.evolve(one, unmapped={}) for one in by_vcard]


@given(contact=some.contacts())
def test_a_second_writing_changes_nothing(contact):
    text = jscontact.dumps([attrs.evolve(contact, external_id=contact.external_id or "x")])
    again = jscontact.dumps(jscontact.loads(text).contacts)
    assert json.loads(again) == json.loads(text)


@given(contact=some.contacts())
def test_a_contact_goes_through_both_formats(contact):
    by_vcard = vcard.loads(vcard.dumps([attrs.evolve(contact, external_id="x")])).contacts
    by_json = jscontact.loads(jscontact.dumps(by_vcard)).contacts
    back = vcard.loads(vcard.dumps(by_json)).contacts
    assert [attrs.evolve(one, unmapped={}) for one in back] == [attrs.evolve(one, unmapped={}) for one in by_vcard]


def test_one_object_an_array_and_objects_below_each_other_are_read():
    jo, ann = ({"@type": "Card", "name": {"full": name}} for name in ("Jo", "Ann"))
    texts = [json.dumps([jo, ann]), f"{json.dumps(jo)}\n{json.dumps(ann)}\n", json.dumps([jo, ann], indent=2)]
    for text in texts:
        assert [one.full_name for one in jscontact.loads(text).contacts] == ["Jo", "Ann"]
    assert jscontact.loads(json.dumps(jo)).contacts == (Person(full_name="Jo"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_encodings_make_no_difference(encoding):
    card = json.dumps([{"@type": "Card", "name": {"full": "Łoś"}}], ensure_ascii=False)
    assert jscontact.loads(card.encode(encoding)).contacts[0].full_name == "Łoś"


def test_a_stream_is_written_one_by_one():
    out = io.BytesIO()
    people = (Person(full_name=f"P{number}") for number in range(3))
    assert jscontact.write(people, out) == 3
    assert [one.full_name for one in jscontact.loads(out.getvalue()).contacts] == ["P0", "P1", "P2"]
    empty = io.BytesIO()
    assert jscontact.write([], empty) == 0
    assert json.loads(empty.getvalue()) == []


def test_what_cannot_be_written_is_refused_by_its_place():
    with pytest.raises(Invalid) as caught:
        jscontact.dumps([object()])
    assert (caught.value.code, caught.value.path) == ("record-type", "contacts[0]")


def test_a_uid_is_computed_of_the_content_and_stays():
    jo = Person(full_name="Jo")
    assert _written(jo)["uid"] == _written(jo)["uid"] != _written(Person(full_name="Ann"))["uid"]
    assert _written(jscontact.loads(jscontact.dumps([jo])).contacts[0])["uid"] == _written(jo)["uid"]


@given(st.data())
def test_an_order_of_components_is_read_as_it_was_written(data):
    kinds = st.sampled_from(["given", "surname", "title", "credential", "given2", "separator"])
    texts = st.text('aé;,\\" ', min_size=1, max_size=4).filter(lambda text: text == text.strip() and text.strip(";"))
    parts = data.draw(st.lists(st.builds(lambda kind, value: {"kind": kind, "value": value}, kinds, texts), max_size=6))
    name = {"components": parts, "isOrdered": True, "full": "Jo"}
    back = _written(_loaded({"@type": "Card", "uid": "x", "name": name}).contacts[0])
    if any(part["kind"] != "separator" for part in parts):
        assert back["name"] == name
