"""Answers are put together from pieces and small groups; where one begins and ends must not show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore.storage import (
    SYSTEM,
    Access,
    Card,
    DuplicateKey,
    FoundRecords,
    Kind,
    Order,
    Query,
    Reader,
    Record,
    continues,
    cursor_of,
    matches,
    sort_key,
)
from contactcore_postgres import PostgresStorage

KIND = Kind("contact", (Order("name", terms=("tag:",), words=True),))
SYLLABLES = ("ma", "ri", "jo", "é", "\U0001f600", "Z")
WORDS = ("ma", "mari", "jo", "jori", "é")
TAGS = ("tag:0", "tag:1", "tag:2", "other:0", "visible:*")
VIEWERS = ("visible:*", "visible:a", "visible:b")


def records() -> list[Record]:
    chance = Random(7)
    return [
        Record(
            kind="contact",
            id=f"{chance.getrandbits(32):08x}",
            orders={"name": "".join(chance.choices(SYLLABLES, k=chance.randint(0, 3)))},
            terms=frozenset(chance.sample(TAGS, chance.choice((0, 0, 1, 1, 2)))),
            words=frozenset(chance.sample(WORDS, chance.choice((0, 1, 2)))),
            access=frozenset(chance.sample(VIEWERS, chance.choice((0, 1, 1, 1, 2)))),
            owner=chance.choice(("", "1", "2", "3")),
        )
        for _ in range(400)
    ]


ALL = records()


@pytest.fixture(scope="module", params=[(1, 2), (8, 40), (50, 256)], ids=["2", "40", "256"])
def reader(server: Any, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A reader that calls a group small up to so many members, and large from so many on."""
    address = server.database()
    with closing(PostgresStorage(address)) as storage, pytest.MonkeyPatch.context() as patch:
        few, first_look = request.param
        patch.setattr("contactcore_postgres.reading._FEW", few)
        patch.setattr("contactcore_postgres.reading._FIRST_LOOK", first_look)
        storage.install([KIND])
        with storage.write("acme") as writer:
            writer.insert(ALL)
        with storage.read("acme") as opened:
            yield opened
    server.drop(address)


access = st.one_of(st.just(SYSTEM), st.frozensets(st.sampled_from(VIEWERS), max_size=3))
groups = st.lists(st.frozensets(st.sampled_from(TAGS), min_size=1, max_size=3), max_size=2).map(tuple)
prefixes = st.lists(st.sampled_from(("", "m", "ma", "jo", "é", "x")), max_size=2).map(tuple)
keys = st.sampled_from(("", "j", "m", "mari", "é", "\U0001f600"))


@given(
    access=access,
    where=groups,
    words=prefixes,
    start=keys,
    stop=st.none() | keys,
    place=st.none() | st.sampled_from(ALL),
    limit=st.sampled_from((1, 3, 20, 1000)),
    descending=st.booleans(),
    distinct_owner=st.booleans(),
)
# On three readers, so that a run of each takes a third of the examples that others have.
@settings(
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
def test_an_answer_is_what_the_definition_says(
    reader: Reader, access: Access, place: Record | None, limit: int, distinct_owner: bool, **more: Any
) -> None:
    after = None if place is None else cursor_of("name", place.orders["name"], place.id)
    query = Query(
        kind="contact", order="name", access=access, after=after, limit=limit, distinct_owner=distinct_owner, **more
    )
    right = sorted((one for one in ALL if matches(KIND, query, one)), key=lambda one: sort_key(query, one))
    assert reader.count(query) == (len(right),)
    assert reader.count(query, ["m", "\U0001f600"]) == (
        sum(one.orders["name"] < "m" for one in right),
        sum("m" <= one.orders["name"] < "\U0001f600" for one in right),
        sum(one.orders["name"] >= "\U0001f600" for one in right),
    )
    if query.descending:
        right.reverse()
    cursor = None if place is None else sort_key(query, place)
    right = [one for one in right if continues(query, cursor, sort_key(query, one))]
    if distinct_owner:
        right = list({one.owner: one for one in reversed(right)}.values())
        right.sort(key=lambda one: sort_key(query, one), reverse=query.descending)
    found = reader.find(query)
    assert found.cards == tuple(
        Card(one.id, one.version, one.owner, one.card, one.orders["name"]) for one in right[:limit]
    )
    assert found.more == (len(right) > limit)
    whole = tuple(one.stored() for one in right[:limit])
    assert reader.find_records(query) == FoundRecords(whole, found.first, found.last, found.more)
    assert reader.find(attrs.evolve(query, limit=1)).first == found.first


@pytest.mark.parametrize(("workspace", "named"), [("acme", "1"), ("other", "2")])
def test_a_refusal_names_the_record_that_stays(dsn: str, workspace: str, named: str) -> None:
    with closing(PostgresStorage(dsn)) as storage:
        storage.install([KIND])
        with storage.write("acme") as writer:
            writer.insert([Record(kind="contact", id="1", keys=frozenset({"login"}))])

        def two_more() -> None:
            with storage.write(workspace) as writer:
                writer.insert([Record(kind="contact", id=id, keys=frozenset({"login"})) for id in "23"])

        with pytest.raises(DuplicateKey) as caught:
            two_more()
        assert caught.value.existing == named
