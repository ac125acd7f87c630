"""A merge that changes no value of the winner leaves its version alone; what a loser had too is taken from nobody."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import BulkAct, Company, Invalid, Person

pytestmark = pytest.mark.req("IMP-7")

PHONE = "+33144556677"


def add(workspace: Any, actor: Any, *contacts: Any) -> list[Any]:
    with workspace.write(actor) as session:
        return [session.contacts.add(contact) for contact in contacts]


def merged(workspace: Any, actor: Any, winner: Any, loser: Any) -> Any:
    """Merge two contacts in such a way that nothing of the winner changes."""
    with workspace.read(actor) as session:
        before = session.contacts.get(winner.id)
    merging = workspace.merging(actor)
    merge = merging.apply(merging.plan(winner.id, [loser.id]), widen=True)
    with workspace.read(actor) as session:
        assert session.contacts.get(winner.id) == before
    return merge


def last_act(workspace: Any, actor: Any, record: Any) -> Any:
    with workspace.read(actor) as session:
        return session.history.of(record).items[0]


def refused_undo(workspace: Any, actor: Any, act: Any) -> list[tuple[str, str]]:
    with workspace.write(actor) as session, pytest.raises(Invalid) as refused:
        session.history.undo(act)
    return [(one.code, one.path) for one in refused.value.problems]


@pytest.mark.req("DIR-22")
def test_the_undo_of_a_bulk_act_keeps_what_a_merged_contact_had_too(workspace: Any, amelie: Any) -> None:
    one, other = add(workspace, amelie, Company("Bois", tags=["old"]), Company("Bois", tags=["vip"], type="supplier"))
    maintenance = workspace.maintenance(amelie)
    report = maintenance.bulk(ids=[one.id]).apply(
        BulkAct(add_tags=["VIP", "north"], add_responsibles=["bob"], type="supplier")
    )
    merge = merged(workspace, amelie, one, other)
    undone = maintenance.undo(report)
    kept = {(each.id, each.path, each.code) for each in undone.kept}
    assert kept == {(one.id, "tags", "merged-since"), (one.id, "type", "merged-since")}
    with workspace.read(amelie) as session:
        found = session.contacts.get(one.id)
        assert ([tag.text for tag in found.tags], found.type, found.responsibles) == (
            ["old", "VIP", "north"],
            "supplier",
            one.responsibles,
        )
    workspace.merging(amelie).undo(merge)


@pytest.mark.req("DIR-14")
def test_the_undo_of_an_act_is_refused_for_what_a_merged_contact_had_too(workspace: Any, amelie: Any) -> None:
    one, other = add(workspace, amelie, Person("Ann", "Lee"), Person("Ann", "Lee", phones=[PHONE], gender="female"))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(one, phones=["01 44 55 66 77"], gender="female"))
    act = last_act(workspace, amelie, one)
    merge = merged(workspace, amelie, one, other)
    assert sorted(refused_undo(workspace, amelie, act)) == [("merged-since", "gender"), ("merged-since", "phones")]
    workspace.merging(amelie).undo(merge)
    with workspace.write(amelie) as session:
        session.history.undo(act)
        assert session.contacts.get(one.id, Person).phones == ()
        assert [str(phone) for phone in session.contacts.get(other.id, Person).phones] == [PHONE]


@pytest.mark.req("DIR-14")
def test_the_undo_of_an_act_takes_back_what_no_merged_contact_had(workspace: Any, amelie: Any) -> None:
    one, other = add(workspace, amelie, Person("Ann", "Lee", phones=[PHONE]), Person("Ann", "Lee", phones=[PHONE]))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(one, phones=[PHONE, "+33144556678"]))
    act = last_act(workspace, amelie, one)
    merged(workspace, amelie, one, other)
    with workspace.write(amelie) as session:
        session.history.undo(act)
        assert [str(phone) for phone in session.contacts.get(one.id, Person).phones] == [PHONE]


@pytest.mark.req("DIR-14")
def test_the_undo_of_an_act_keeps_the_place_that_another_one_became_a_part_of(workspace: Any, amelie: Any) -> None:
    one, other = add(workspace, amelie, Company("Bois"), Company("Bois"))
    with workspace.write(amelie) as session:
        session.people.add(one, Person("Zoe"))
        ann = session.people.add(other, Person("Ann"))
    with workspace.write(amelie) as session:
        place = session.people.add(one, ann.person_id, position="CFO")
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(session.people.get(ann.id), position="CFO"))
    act = last_act(workspace, amelie, place)
    merged(workspace, amelie, one, other)
    assert refused_undo(workspace, amelie, act) == [("merged-since", "")]
    with workspace.read(amelie) as session:
        assert place.id in [each.id for each in session.people.list(one.id)]


def test_the_undo_of_a_merge_is_refused_for_what_a_later_loser_had_too(workspace: Any, amelie: Any) -> None:
    one, first, second = add(
        workspace, amelie, Company("Bois"), Company("Bois", phones=[PHONE]), Company("Bois", phones=[PHONE])
    )
    merging = workspace.merging(amelie)
    merge = merging.apply(merging.plan(one.id, [first.id]))
    later = merged(workspace, amelie, one, second)
    with pytest.raises(Invalid) as refused:
        merging.undo(merge)
    assert [(each.code, each.path) for each in refused.value.problems] == [("changed-since", "phones")]
    merging.undo(later)
    merging.undo(merge)
    with workspace.read(amelie) as session:
        phones = [[str(phone) for phone in session.contacts.get(each.id).phones] for each in (one, first, second)]
    assert phones == [[], [PHONE], [PHONE]]
