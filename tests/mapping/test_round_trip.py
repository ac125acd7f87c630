"""Affiliations and messages are read as they were stored."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given

from contactcore import Affiliation, Company, Person
from contactcore.mapping.affiliations import affiliation_of, affiliation_record
from contactcore.mapping.entity_type import Placement
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.messages import message_of, message_record
from contactcore.model import Settings
from contactcore.model.message import Message
from contactcore.testing.oracle import stored
from support.entity_strategies import affiliations, messages


@pytest.mark.req("PER-4")
@pytest.mark.req("POR-5")
@pytest.mark.req("NOT-1")
@given(one=affiliations())
def test_an_affiliation_is_read_as_it_was_stored(one: Affiliation) -> None:
    one = attrs.evolve(one, id="a", version=1, revision=1, contact_id="c", person_id="p", since="2026-01-01")
    owners = {"contact": Company("Bois", id="c"), "person": Person("Jane", id="p")}
    placement = Placement(context=IndexContext.of(Settings()), access=frozenset({"visible:*"}), owners=owners)
    record = affiliation_record(one, placement)
    assert affiliation_of(stored(record)) == one
    for address in (*one.retired, *([one.email] if one.email else [])):
        assert any(address.key in term for term in record.terms)


@pytest.mark.req("NOT-7")
@given(one=messages())
def test_a_message_is_read_as_it_was_stored(one: Message) -> None:
    one = attrs.evolve(one, id="m", version=1)
    assert message_of(stored(message_record(one))) == one
