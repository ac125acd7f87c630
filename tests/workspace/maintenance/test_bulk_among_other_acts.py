"""Bulk acts meet other acts: hiding, deleting, purging, handing over, killing (DIR-22)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contactcore import BulkAct, Company, Invalid, NotFound, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.maintenance import bulk as engine
from support.actors import AMELIE, BOB, ROOT

pytestmark = pytest.mark.req("DIR-22")

EVE = User("eve")


class _Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_BATCH", 2)


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR")


@pytest.fixture
def contacts(space: Workspace) -> list[Company]:
    """Five contacts that amelie and bob may change."""
    with space.write(AMELIE) as session:
        return [
            session.contacts.add(Company(f"C{number}", access="shared-write", tags=["lead"])) for number in range(5)
        ]


def after(count: int, act: Callable[[], object]) -> Callable[[int], None]:
    """Run an act once after a number of transactions."""
    calls: list[int] = []

    def progress(done: int) -> None:
        calls.append(done)
        if len(calls) == count:
            act()

    return progress


def kill() -> None:
    raise _Killed


def shown(space: Workspace, actor: User = ROOT) -> list[str]:
    with space.read(actor) as session:
        return [card.name for card in session.contacts.page()]


@pytest.mark.req("ACC-3")
def test_a_contact_that_is_hidden_while_the_act_runs_is_reported_like_a_missing_one(
    space: Workspace, contacts: list[Company]
) -> None:
    def hide() -> None:
        with space.write(ROOT) as session:
            session.contacts.share(contacts[-1].id, "private", responsibles=["amelie"])

    bulk = space.maintenance(BOB).bulk(ids=[*contacts, "nobody"])
    act = BulkAct(add_tags=["VIP"])
    assert bulk.preview(act).changed == 5
    report = bulk.apply(act, after(1, hide))
    assert (report.changed, report.selected) == (4, 6)
    assert [(one.name, one.code, one.path) for one in report.refused] == [("", "not-found", "")] * 2
    assert len({one.reason.replace(one.id, "") for one in report.refused}) == 1


def test_a_contact_that_is_deleted_or_purged_between_the_preview_and_the_act_is_reported(
    space: Workspace, contacts: list[Company]
) -> None:
    bulk, act = space.maintenance(AMELIE).bulk(ids=contacts), BulkAct(add_tags=["VIP"])
    assert bulk.preview(act).changed == 5
    with space.write(ROOT) as session:
        session.contacts.delete(contacts[0].id)
        session.contacts.delete(contacts[1].id)
        session.trash.purge(contacts[1].id)
    report = bulk.apply(act)
    assert (report.changed, {(one.id, one.code) for one in report.refused}) == (
        3,
        {(contacts[0].id, "not-found"), (contacts[1].id, "not-found")},
    )


@pytest.mark.parametrize("count", [1, 2])
def test_a_killed_delete_goes_on_although_somebody_purged_and_restored_meanwhile(
    space: Workspace, contacts: list[Company], count: int
) -> None:
    bulk, act = space.maintenance(AMELIE).bulk(ids=contacts), BulkAct(delete=True)
    with pytest.raises(_Killed):
        bulk.apply(act, after(count, kill))
    with space.write(ROOT) as session:
        session.trash.purge(contacts[0].id)
        session.trash.restore(contacts[1].id)
    report = bulk.apply(act)
    assert (report.resumed, report.changed, report.refused) == (True, 5, ())
    assert shown(space) == ["C1"]  # it was deleted once, and somebody wanted it back
    undone = space.maintenance(AMELIE).undo(report)
    assert (undone.restored, [(one.id, one.code) for one in undone.kept]) == (3, [(contacts[0].id, "not-found")])
    assert shown(space) == ["C1", "C2", "C3", "C4"]


def test_a_killed_undo_goes_on_although_somebody_purged_meanwhile(space: Workspace, contacts: list[Company]) -> None:
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=contacts).apply(BulkAct(delete=True))
    with pytest.raises(_Killed):
        maintenance.undo(report, after(1, kill))
    with space.write(ROOT) as session:
        session.trash.purge(contacts[0].id)
    undone = maintenance.undo(report)
    assert (undone.restored, [one.id for one in undone.kept]) == (4, [contacts[0].id])
    with pytest.raises(Invalid) as refused:
        maintenance.undo(report)
    assert refused.value.code == "already-undone"


def test_the_undo_of_a_delete_restores_only_what_the_undoing_user_may_restore(
    space: Workspace, contacts: list[Company]
) -> None:
    report = space.maintenance(BOB).bulk(ids=contacts).apply(BulkAct(delete=True))
    assert report.changed == 5
    with space.write(ROOT) as session:
        session.trash.restore(contacts[0].id)
        session.contacts.share(contacts[0].id, "private", responsibles=["amelie"])
        session.contacts.delete(contacts[0].id)
    undone = space.maintenance(BOB).undo(report)
    assert (undone.restored, [(one.id, one.name, one.code) for one in undone.kept]) == (
        4,
        [(contacts[0].id, "", "changed-since")],
    )


def test_a_contact_with_several_problems_counts_once(space: Workspace, contacts: list[Company]) -> None:
    with space.write(ROOT) as session:
        session.settings.define_field("Size", required=True)
        session.settings.define_field("Floor", required=True)
    report = space.maintenance(AMELIE).bulk(ids=contacts[:2]).preview(BulkAct(add_tags=["VIP"]))
    assert len(report.refused) == 2 * 2
    assert report.selected == 2


@pytest.mark.req("ACC-5")
def test_a_killed_act_of_a_user_who_left_is_undone_by_the_other_user(space: Workspace, contacts: list[Company]) -> None:
    bulk = space.maintenance(BOB).bulk(ids=contacts)
    with pytest.raises(_Killed):
        bulk.apply(BulkAct(remove_tags=["lead"]), after(1, kill))
    assert space.maintenance(ROOT).hand_over("bob", to="eve").jobs == 1
    with space.read(EVE) as session:
        reader = session._transaction.reader
        (job,) = [one.id for one in reader.dump("job") if b'"name":"bulk"' in one.body]
    for other in (BOB, AMELIE):
        with pytest.raises(NotFound):
            space.maintenance(other).undo(job)
    assert space.maintenance(EVE).undo(job).restored == 2


def test_a_client_and_its_person_in_one_selection_are_both_deleted_and_come_back_together(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"), people=[Person("Jane"), Person("Joe")])
        jane, joe = session.people.list(client)
    for ids in ([client.id, jane.person_id, joe.person_id], [jane.person_id, client.id, joe.person_id]):
        report = space.maintenance(AMELIE).bulk(ids=ids).apply(BulkAct(delete=True))
        assert (report.changed, report.refused) == (3, ())
        undone = space.maintenance(AMELIE).undo(report)
        assert undone.kept == ()
        with space.read(AMELIE) as session:
            assert [(one.person.given_name) for one in session.people.list(client)] in (
                ["Jane", "Joe"],
                ["Joe", "Jane"],
            )


@pytest.mark.req("IMP-7")
def test_the_undo_leaves_the_contact_alone_into_which_a_selected_one_was_merged(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        stays = session.contacts.add(Company("Bois", access="shared-read", tags=["VIP"], type="supplier"))
        goes = session.contacts.add(Company("Bois", access="private"))
    act = BulkAct(add_tags=["VIP"], type="supplier", access="shared-read")
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=[goes.id]).apply(act)
    merging = space.merging(AMELIE)
    merging.apply(merging.plan(stays.id, [goes.id]), widen=True)
    with space.read(AMELIE) as session:
        before = session.contacts.get(stays.id)
    undone = maintenance.undo(report)
    assert (undone.restored, [(one.id, one.code) for one in undone.kept]) == (0, [(goes.id, "merged-since")])
    with space.read(AMELIE) as session:
        assert session.contacts.get(stays.id) == before


@pytest.mark.req("IMP-7")
def test_a_killed_act_that_goes_on_leaves_the_contact_alone_into_which_a_selected_one_was_merged(
    space: Workspace, contacts: list[Company]
) -> None:
    with space.write(AMELIE) as session:
        stays = session.contacts.add(Company("Forest"))
    act, maintenance = BulkAct(delete=True), space.maintenance(AMELIE)
    leads = maintenance.bulk(tag="lead")
    with pytest.raises(_Killed):
        leads.apply(act, after(1, kill))
    with space.read(AMELIE) as session:
        left = [card.id for card in session.contacts.page(tag="lead")]
    assert len(left) == len(contacts) - 2
    merging = space.merging(AMELIE)
    merging.apply(merging.plan(stays.id, [left[0]]), widen=True)
    report = leads.apply(act)
    assert (report.resumed, report.changed) == (True, len(contacts) - 1)
    assert [(one.id, one.code) for one in report.refused] == [(left[0], "merged-since")]
    with space.read(AMELIE) as session:
        assert [card.id for card in session.contacts.page()] == [stays.id]


@pytest.mark.req("IMP-7")
def test_the_id_of_a_merged_contact_selects_the_one_that_it_became_a_part_of(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        stays, goes = (session.contacts.add(Company("Bois", access="shared-read")) for _ in range(2))
    merging = space.merging(AMELIE)
    merging.apply(merging.plan(stays.id, [goes.id]))
    act = BulkAct(add_tags=["VIP"])
    both = space.maintenance(AMELIE).bulk(ids=[goes.id, stays.id])
    assert (both.preview(act).changed, both.preview(act).selected) == (1, 1)
    report = both.apply(act)
    assert (report.changed, report.people, report.refused) == (1, 0, ())
    assert space.maintenance(AMELIE).undo(report).restored == 1


@pytest.mark.req("ACC-3")
def test_the_id_of_a_contact_that_became_a_part_of_a_hidden_one_is_reported_like_a_missing_one(
    space: Workspace,
) -> None:
    with space.write(BOB) as session:
        hidden = session.contacts.add(Company("Forest"))
    with space.write(AMELIE) as session:
        goes = session.contacts.add(Company("Bois"))
    merging = space.merging(ROOT)
    merging.apply(merging.plan(hidden.id, [goes.id]), widen=True)
    both = space.maintenance(AMELIE).bulk(ids=[goes.id])
    for report in (both.preview(BulkAct(delete=True)), both.apply(BulkAct(delete=True))):
        assert [(one.id, one.code) for one in report.refused] == [(goes.id, "not-found")]
