"""Affiliations and messages are read as they were stored."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import (
    AccountEntry,
    Affiliation,
    Company,
    Interaction,
    Item,
    ItemRole,
    PaymentMethod,
    Person,
    Picture,
    Site,
    from_plain,
    to_plain,
)
from contactcore.mapping.affiliations import acts_on, affiliation_of, affiliation_record
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.messages import message_of, message_record
from contactcore.mapping.trash import Trashed
from contactcore.model import Settings
from contactcore.model.consent import Consent
from contactcore.model.distinction import Distinction
from contactcore.model.message import Message
from contactcore.storage.checks import check_records
from contactcore.testing.oracle import stored
from support.entity_strategies import (
    account_entries,
    affiliations,
    consents,
    distinctions,
    interactions,
    item_roles,
    items,
    messages,
    payment_methods,
    pictures,
    sites,
)


@pytest.mark.req("PER-4")
@pytest.mark.req("POR-5")
@pytest.mark.req("NOT-1")
@given(one=affiliations(), day=st.dates(date(1999, 12, 31), date(2041, 1, 1)))
def test_an_affiliation_is_read_as_it_was_stored(one: Affiliation, day: date) -> None:
    one = attrs.evolve(one, id="a", version=1, revision=1, contact_id="c", person_id="p", since="2026-01-01")
    owners = {"contact": Company("Bois", id="c"), "person": Person("Jane", id="p")}
    placement = Placement(context=IndexContext.of(Settings()), access=frozenset({"visible:*"}), owners=owners)
    record = affiliation_record(one, placement)
    assert affiliation_of(stored(record)) == one
    for on in (day, one.start, one.end):
        assert on is None or acts_on(stored(record), on) == one.is_current(on)
    for address in (*one.retired, *([one.email] if one.email else [])):
        assert any(address.key in term for term in record.terms)


@pytest.mark.req("SIT-1")
@pytest.mark.req("SIT-2")
@pytest.mark.req("SIT-6")
@given(one=st.one_of(sites(), items(), interactions()), trashed=st.booleans())
def test_what_belongs_to_a_contact_is_read_as_it_was_stored(one: Site | Item | Interaction, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c", since="2026-01-01")
    entity_type: EntityType[Any] = ENTITY_OF[one.kind]
    placement = Placement(
        context=IndexContext.of(Settings()),
        access=frozenset({"visible:*"}),
        owners={"contact": Company("Bois", id="c")},
        trashed=Trashed("2026-01-01", "amelie", "a", ("visible:*",)) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    if trashed or one.kind != "interaction":
        assert json.loads(record.card)["name"] == one.display_name
    check_records({one.kind: entity_type.kind}, [record])


@pytest.mark.req("POR-7")
@given(one=st.one_of(account_entries(), payment_methods()), trashed=st.booleans())
def test_a_part_of_an_account_is_read_as_it_was_stored(one: AccountEntry | PaymentMethod, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c", since="2026-01-01")
    entity_type: EntityType[Any] = ENTITY_OF[one.kind]
    placement = Placement(
        context=IndexContext.of(Settings()),
        trashed=Trashed("2026-01-01", "amelie", "c", ()) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    assert from_plain(json.loads(json.dumps(to_plain(one)))) == one
    assert bool(record.keys) == isinstance(one, AccountEntry)
    assert record.access == frozenset()
    check_records({one.kind: entity_type.kind}, [record])


@pytest.mark.req("SIT-2")
@given(one=item_roles(), trashed=st.booleans())
def test_a_role_for_an_item_is_read_as_it_was_stored(one: ItemRole, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, item_id="i", contact_id="c", holder_id="h", since="2026-01-01")
    entity_type: EntityType[Any] = ENTITY_OF["item-role"]
    placement = Placement(
        context=IndexContext.of(Settings()),
        access=frozenset({"visible:*"}),
        owners={"contact": Company("Bois", id="c"), "holder": Person("Joan", id="h")},
        trashed=Trashed("2026-01-01", "amelie", "a", ("visible:*",)) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    assert from_plain(to_plain(one)) == one
    check_records({"item-role": entity_type.kind}, [record])


@pytest.mark.req("PIC-1")
@given(one=pictures(), trashed=st.booleans())
def test_a_picture_is_read_as_it_was_stored(one: Picture, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c", since="2026-01-01")
    entity_type: EntityType[Any] = ENTITY_OF["picture"]
    placement = Placement(
        context=IndexContext.of(Settings()),
        trashed=Trashed("2026-01-01", "amelie", "c", ()) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    assert record.keys == {f"picture-of:{one.item_id or 'c'}"}
    assert record.access == frozenset()
    check_records({"picture": entity_type.kind}, [record])


@pytest.mark.req("IMP-8")
@given(one=consents(), trashed=st.booleans())
def test_a_consent_is_read_as_it_was_stored(one: Consent, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c", since="2026-01-01T00:00:00Z")
    entity_type: EntityType[Any] = ENTITY_OF["consent"]
    placement = Placement(
        context=IndexContext.of(Settings()),
        owners={"contact": Person("Jane", id="c")},
        trashed=Trashed("2026-01-01", "amelie", "a", ("visible:*",)) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    assert from_plain(json.loads(json.dumps(to_plain(one)))) == one
    check_records({"consent": entity_type.kind}, [record])


@pytest.mark.req("IMP-7")
@given(one=distinctions(), trashed=st.booleans())
def test_a_declared_difference_is_read_as_it_was_stored(one: Distinction, trashed: bool) -> None:
    one = attrs.evolve(one, id="a", version=1, contact_id="c", other_id="d")
    entity_type: EntityType[Any] = ENTITY_OF["distinction"]
    placement = Placement(
        context=IndexContext.of(Settings()),
        access=frozenset({"visible:*"}),
        owners={"contact": Company("Bois", id="c"), "other": Company("Bois", id="d")},
        trashed=Trashed("2026-01-01", "amelie", "c", ("visible:*",)) if trashed else None,
    )
    record = entity_type.record(one, placement)
    assert entity_type.load(stored(record), placement.context) == one
    check_records({"distinction": entity_type.kind}, [record])


@pytest.mark.req("NOT-7")
@given(one=messages())
def test_a_message_is_read_as_it_was_stored(one: Message) -> None:
    one = attrs.evolve(one, id="m", version=1)
    assert message_of(stored(message_record(one))) == one
