"""A clock that goes backwards, as after a correction: nothing is lost, and what has an order keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from contactcore import Company, Host, Person, Workspace
from support.actors import ROOT
from support.clock import TICK, Clock


@pytest.fixture
def clock():
    return Clock(datetime(2026, 3, 1, 12, tzinfo=UTC), TICK)


@pytest.fixture
def space(storage, clock):
    return Workspace(storage, "acme", country="FR", host=Host(clock=clock))


def add(space, name):
    with space.write(ROOT) as session:
        return session.contacts.add(Company(name))


BACK = pytest.mark.parametrize(
    "back",
    [timedelta(milliseconds=2), timedelta(seconds=1), timedelta(days=400)],
    ids=["two ticks", "a second", "a year"],
)


@BACK
def test_ids_stay_in_the_order_in_which_they_were_given(space, clock, back):
    ids = []
    for number in range(12):
        ids.append(add(space, f"Client {number}").id)
        if number % 3 == 2:
            clock.now -= back
    assert ids == sorted(ids)
    assert len(set(ids)) == 12


@BACK
@pytest.mark.req("ACC-4")
def test_the_feed_counts_on_and_a_reader_misses_nothing(space, clock, back):
    first = [add(space, f"Client {number}") for number in range(3)]
    with space.read(ROOT) as session:
        seen = session.feed()
    clock.now -= back
    later = [add(space, f"Later {number}") for number in range(3)]
    with space.write(ROOT) as session:
        session.contacts.save(attrs.evolve(first[0], description="after the leap"))
    with space.read(ROOT) as session:
        behind, whole = session.feed(after=seen[-1].position), session.feed()
    assert [one.position for one in whole] == list(range(1, len(whole) + 1))
    assert whole == seen + behind
    added = [one.event.subject for one in whole if one.event.name == "contact.added"]
    assert added == [one.id for one in (*first, *later)]
    assert (behind[-1].event.name, behind[-1].event.subject) == ("contact.changed", first[0].id)
    assert behind[0].event.at < seen[-1].event.at  # what the clock said; the position is what orders


@BACK
def test_changes_are_told_apart_by_version_and_not_by_time(space, clock, back):
    client = add(space, "Bois")
    with space.write(ROOT) as session:
        mine = session.contacts.save(attrs.evolve(client, description="mine"))
    clock.now -= back
    with space.write(ROOT) as session:
        later = session.contacts.save(attrs.evolve(mine, description="later"))
        person = session.people.add(later, Person("Jane", "Doe"))
    with space.read(ROOT) as session:
        assert session.contacts.get(client.id).description == "later"
        assert session.contacts.get(client.id).version > mine.version
        assert [one.id for one in session.people.list(client.id)] == [person.id]


@BACK
def test_what_is_deleted_after_the_leap_is_in_the_trash_and_comes_back(space, clock, back):
    client = add(space, "Bois")
    clock.now -= back
    with space.write(ROOT) as session:
        session.contacts.delete(client)
    with space.write(ROOT) as session:
        assert [one.id for one in session.trash.list()] == [client.id]
        session.trash.restore(client.id)
    with space.read(ROOT) as session:
        assert session.contacts.get(client.id).name == client.name
