"""Who is primary, and for which purpose, after merges and their undo, in random firms (PER-3, IMP-7)."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, ContactCoreError, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace import Host
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, TODAY, Clock
from support.seeds import check_seeds, seeds_on

pytestmark = [pytest.mark.req("PER-3"), pytest.mark.req("IMP-7")]

VIEWERS = (ROOT, AMELIE, BOB, User("eve"))
PURPOSES = ("billing", "technical")
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def firm(workspace: Workspace, random: Random) -> tuple[list[Any], list[Any]]:
    """Companies and people, hidden from some users, with places that ended and that begin."""
    policies = ("private", "shared-read", "shared-write", "shared-write")
    with workspace.write(AMELIE) as session:
        companies = [session.contacts.add(Company(f"C{n}", access=random.choice(policies))) for n in range(4)]
        people = [session.contacts.add(Person(f"P{n}", access=random.choice(policies))) for n in range(5)]
    days = ({}, {}, {"end": YESTERDAY}, {"start": TOMORROW}, {"end": TOMORROW}, {"active": False})
    for _ in range(14):
        live(
            workspace,
            random,
            lambda session: session.people.add(
                random.choice(companies).id, random.choice(people).id, **rights(random), **random.choice(days)
            ),
        )
    for _ in range(12):
        change(workspace, random, companies)
    return companies, people


def rights(random: Random) -> dict[str, Any]:
    granted = ("contact", "represent")
    return {
        "authorities": random.sample(granted, random.randrange(3)),
        "permissions": random.choice((None, ["invoices"])),
    }


def live(workspace: Workspace, random: Random, act: Any) -> None:
    """Do something that may be refused."""
    try:
        with workspace.write(random.choice((ROOT, AMELIE, BOB))) as session:
            act(session)
    except (ContactCoreError, IndexError):
        pass


def change(workspace: Workspace, random: Random, companies: list[Any]) -> None:
    """Choose somebody, end a place, or begin one again."""

    def act(session: Any) -> None:
        place = random.choice(session.people.list(random.choice(companies).id))
        match random.randrange(5):
            case 0:
                session.people.make_primary(place)
            case 1 | 2:
                session.people.make_primary_for(place, random.choice(PURPOSES))
            case 3:
                session.people.save(attrs.evolve(place, end=YESTERDAY))
            case _:
                session.people.save(attrs.evolve(place, start=None, end=None))

    live(workspace, random, act)


def check_each_view(workspace: Workspace, contacts: list[Any]) -> None:
    """Each contact with people has one primary person, and at most one for a purpose, whoever looks."""
    for viewer in VIEWERS:
        with workspace.read(viewer) as session:
            for contact in contacts:
                try:
                    people = session.people.list(contact.id)
                except ContactCoreError:
                    continue
                assert [one.primary for one in people].count(True) == bool(people), (viewer, contact.name)
                held = [purpose for one in people for purpose in one.purposes]
                assert len(held) == len(set(held)), (viewer, contact.name)


def roles(workspace: Workspace, contact_id: str, known: dict[str, str] | None = None) -> list[str]:
    """Who is primary for a contact, and who was chosen for each purpose, as the admin sees it; `""` for nobody.

    Args:
        workspace: The workspace.
        contact_id: The id of the contact.
        known: The id of a loser -> the id of the winner, as which the loser counts.
    """
    with workspace.read(ROOT) as session:
        primary = session.people.primary(contact_id)
        current = [one for one in session.people.list(contact_id) if one.is_current(TODAY)]
    chosen = [primary] if primary is not None and (primary in current or not current) else []
    found = [chosen, *([one for one in current if purpose in one.purposes] for purpose in PURPOSES)]
    return [(known or {}).get(some[0].person_id, some[0].person_id) if some else "" for some in found]


def of_others(workspace: Workspace, companies: list[Any], ids: set[str]) -> dict[str, Any]:
    """The places without a contact of the merge, with their rights, as the admin sees them."""
    with workspace.read(ROOT) as session:
        places = [one for company in companies for one in session.people.list(company.id)]
    return {
        one.id: attrs.evolve(one, version=0, primary_when_read=None, person=None)
        for one in places
        if ids.isdisjoint((one.contact_id, one.person_id))
    }


def expected(workspace: Workspace, order: list[Any]) -> list[str]:
    """The roles of companies that become one: those of the first one for which somebody acts today, or anybody."""
    found = [roles(workspace, one.id) for one in order]
    current = [each for each, one in zip(found, order, strict=True) if acts(workspace, one.id)]
    return [next((name for name in names if name), "") for names in zip(*(current + found), strict=True)]


def merged_and_undone(workspace: Workspace, random: Random) -> bool:
    """Merge random contacts, perhaps go on working, and undo the merge; the answer says whether it mattered."""
    companies, people = firm(workspace, random)
    everybody = [*companies, *people]
    check_each_view(workspace, everybody)
    order = random.sample(random.choice((companies, people)), random.choice((2, 2, 3)))
    winner, *losers = order
    ids, known = {one.id for one in order}, {one.id: winner.id for one in losers}
    outside = [one for one in companies if one.id not in ids]
    # Whose flag is seen by whom changes with the access of a person.
    same_audience = len({one.access for one in order}) == 1
    exact = {one.id: roles(workspace, one.id) for one in companies}
    before = {one.id: roles(workspace, one.id, known) for one in outside}
    others, wanted = of_others(workspace, outside, ids), expected(workspace, order)
    merging = workspace.merging(ROOT)
    merge = merging.apply(merging.plan(winner.id, [one.id for one in losers]), widen=True)
    check_each_view(workspace, everybody)
    for one in outside:
        now = roles(workspace, one.id, known)
        assert now[:1] == before[one.id][:1], "another person is primary"
        assert not same_audience or now == before[one.id], "another person is primary for a purpose"
    assert of_others(workspace, outside, ids) == others
    if winner in companies:
        assert roles(workspace, winner.id) == wanted
    changes = random.choice((0, 2, 4))
    for _ in range(changes):
        change(workspace, random, companies)
    merging.undo(merge)
    check_each_view(workspace, everybody)
    if not changes:
        assert {one.id: roles(workspace, one.id) for one in companies} == exact
        assert of_others(workspace, outside, ids) == others
    return any(wanted) or any(map(any, before.values()))


def acts(workspace: Workspace, contact_id: str) -> bool:
    with workspace.read(ROOT) as session:
        return any(one.is_current(TODAY) for one in session.people.list(contact_id))


def test_a_merge_and_its_undo_leave_one_primary_person_and_nobody_else_loses_anything(
    storage: Storage, request: Any
) -> None:
    names, mattered = iter(range(10_000)), list[bool]()

    def check(seed: int) -> None:
        host = Host(clock=Clock(tick=TICK))
        space = Workspace(storage, f"firm {seed} {next(names)}", country="FR", host=host)
        mattered.append(merged_and_undone(space, Random(seed)))

    check_seeds(check, seeds_on(request.node.name, 60, 3), nightly=2_000, known=(136, 212))
    assert any(mattered)


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


def pair(space: Workspace, kind: Any) -> tuple[Any, Any]:
    with space.write(AMELIE) as session:
        return session.contacts.add(kind("One")), session.contacts.add(kind("Other"))


def merged(space: Workspace, winner: Any, loser: Any) -> Any:
    merging = space.merging(AMELIE)
    return merging.apply(merging.plan(winner.id, [loser.id]))


def chosen(space: Workspace, contact: Any) -> dict[str, tuple[str, ...]]:
    """The purposes for which each person of a contact was chosen, by the name of the person."""
    with space.read(AMELIE) as session:
        people = session.people.list(contact.id)
        return {one.person.display_name: one.purposes for one in people if one.person and one.purposes}


def test_the_person_of_the_winner_stays_primary_for_a_purpose(space: Workspace) -> None:
    winner, loser = pair(space, Company)
    with space.write(AMELIE) as session:
        # Of two who have a purpose, the one with the greatest seniority would have it.
        ann = session.people.add(loser, Person("Ann"))
        zoe = session.people.add(winner, Person("Zoe"))
        session.people.make_primary_for(ann, "billing")
        session.people.make_primary_for(ann, "technical")
        session.people.make_primary_for(zoe, "billing")
    merge = merged(space, winner, loser)
    assert chosen(space, winner) == {"Ann": ("technical",), "Zoe": ("billing",)}
    space.merging(AMELIE).undo(merge)
    assert chosen(space, winner) == {"Zoe": ("billing",)}
    assert chosen(space, loser) == {"Ann": ("billing", "technical")}


def test_the_primary_person_is_that_of_the_first_contact_for_which_somebody_acts_today(space: Workspace) -> None:
    winner, loser = pair(space, Company)
    with space.write(AMELIE) as session:
        past = session.people.add(winner, Person("Joe"), end=YESTERDAY)
        session.people.add(loser, Person("Zoe"))
        ann = session.people.add(loser, Person("Ann"), primary=True)
    merge = merged(space, winner, loser)
    with space.read(AMELIE) as session:
        assert session.people.primary(winner.id).id == ann.id
    space.merging(AMELIE).undo(merge)
    with space.read(AMELIE) as session:
        assert session.people.primary(winner.id).id == past.id
        assert session.people.primary(loser.id).id == ann.id


def test_a_purpose_of_a_place_that_ended_is_not_taken_over(space: Workspace) -> None:
    jane, joan = pair(space, Person)
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"), people=[Person("Zoe")])
        session.people.add(client, jane.id)
        ended = session.people.add(client, joan.id)
        ended = session.people.make_primary_for(ended, "billing")
        session.people.save(attrs.evolve(ended, end=YESTERDAY))
    merge = merged(space, jane, joan)
    with space.read(AMELIE) as session:
        assert session.people.primary_for(client.id, "billing").person.display_name == "Zoe"
    space.merging(AMELIE).undo(merge)
    assert chosen(space, client) == {"Other": ("billing",)}


def test_the_undo_leaves_a_purpose_with_the_person_who_was_chosen_since(space: Workspace) -> None:
    jane, joan = pair(space, Person)
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
        session.people.add(client, jane.id)
        session.people.make_primary_for(session.people.add(client, joan.id), "billing")
        zoe = session.people.add(client, Person("Zoe"))
    merge = merged(space, jane, joan)
    with space.write(AMELIE) as session:
        session.people.make_primary_for(zoe, "billing")
    space.merging(AMELIE).undo(merge)
    assert chosen(space, client) == {"Zoe": ("billing",)}


def test_the_undo_gives_a_purpose_back_and_leaves_the_ones_that_were_given_since(space: Workspace) -> None:
    jane, joan = pair(space, Person)
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
        place = session.people.add(client, jane.id)
        session.people.make_primary_for(session.people.add(client, joan.id), "billing")
    merge = merged(space, jane, joan)
    with space.write(AMELIE) as session:
        session.people.make_primary_for(place.id, "technical")
    space.merging(AMELIE).undo(merge)
    assert chosen(space, client) == {"One": ("technical",), "Other": ("billing",)}


def test_the_undo_keeps_both_days_of_a_place_if_one_of_them_was_changed_since(space: Workspace) -> None:
    jane, joan = pair(space, Person)
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
        place = session.people.add(client, jane.id, start=TOMORROW)
        session.people.add(client, joan.id, start=YESTERDAY)
    merge = merged(space, jane, joan)
    with space.write(AMELIE) as session:
        session.people.save(attrs.evolve(session.people.get(place.id), end=TODAY))
    space.merging(AMELIE).undo(merge)
    with space.read(AMELIE) as session:
        found = session.people.get(place.id)
        assert (found.start, found.end) == (YESTERDAY, TODAY)
