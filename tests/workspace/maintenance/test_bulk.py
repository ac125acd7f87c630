"""Bulk acts on a selection or a filter, with a preview and undo (DIR-22)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from contactcore import (
    BulkAct,
    Company,
    Forbidden,
    Host,
    Invalid,
    NotFound,
    Person,
    PortalUser,
    Recipient,
    User,
    Workspace,
    to_plain,
)
from contactcore.errors import Conflict
from contactcore.storage import Storage
from contactcore.workspace.maintenance import bulk as engine
from contactcore.workspace.maintenance import bulk_changes
from contactcore.workspace.repositories.sending import prepare_sending
from support.actors import AMELIE, BOB, ROOT
from support.addresses import open_at
from support.clock import TICK, Clock

pytestmark = [pytest.mark.req("DIR-22"), pytest.mark.cases_in_memory]

USERS = {name: Recipient(f"{name}@acme.example") for name in ("amelie", "bob", "eve")}


class _Killed(Exception):
    pass


@pytest.fixture
def space(storage: Storage) -> Workspace:
    host = Host(clock=Clock(tick=TICK), users=USERS.get)
    workspace = Workspace(storage, "acme", country="FR", host=host)
    with workspace.write(ROOT) as session:
        for slug in ("Wood", "Stone"):
            session.settings.add_category(slug)
    return workspace


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_BATCH", 3)


def filled(space: Workspace, count: int = 7, **details: Any) -> list[Company]:
    with space.write(AMELIE) as session:
        wanted = {"tags": ["lead"], "categories": ["wood"], "type": "contractor"} | details
        return [session.contacts.add(Company(f"C{number}", **wanted)) for number in range(count)]


def read(space: Workspace, ids: list[Any], actor: User = ROOT) -> Iterator[Any]:
    with space.read(actor) as session:
        for id in ids:
            yield session.contacts.get(id)


def values(one: Any) -> tuple[Any, ...]:
    return ([tag.text for tag in one.tags], one.categories, one.type, one.responsibles, str(one.access))


ACTS = [
    ({"add_tags": ["VIP", "LEAD"]}, (["lead", "VIP"], ("wood",), "contractor", ("amelie",), "private")),
    ({"remove_tags": ["Lead"]}, ([], ("wood",), "contractor", ("amelie",), "private")),
    ({"add_categories": ["stone"]}, (["lead"], ("wood", "stone"), "contractor", ("amelie",), "private")),
    ({"remove_categories": ["wood"]}, (["lead"], (), "contractor", ("amelie",), "private")),
    ({"type": "supplier"}, (["lead"], ("wood",), "supplier", ("amelie",), "private")),
    ({"type": ""}, (["lead"], ("wood",), "", ("amelie",), "private")),
    ({"add_responsibles": ["bob"]}, (["lead"], ("wood",), "contractor", ("amelie", "bob"), "private")),
    ({"responsibles": ["eve", "amelie"]}, (["lead"], ("wood",), "contractor", ("amelie", "eve"), "private")),
    ({"access": "shared-write"}, (["lead"], ("wood",), "contractor", ("amelie",), "shared-write")),
    (
        {"access": "shared-read", "type": "", "add_tags": ["new"], "add_responsibles": ["eve"]},
        (["lead", "new"], ("wood",), "", ("amelie", "eve"), "shared-read"),
    ),
]


@pytest.mark.parametrize(("act", "after"), ACTS)
def test_an_act_changes_each_contact_of_a_filter_and_its_undo_restores_them(
    space: Workspace, act: dict[str, Any], after: Any
) -> None:
    contacts = filled(space)
    maintenance = space.maintenance(AMELIE)
    leads = maintenance.bulk(tag="lead")
    preview = leads.preview(BulkAct(**act))
    assert (preview.id, preview.changed, preview.unchanged, preview.refused) == ("", 7, 0, ())
    told: list[int] = []
    report = leads.apply(BulkAct(**act), told.append)
    assert (report.changed, report.unchanged, report.refused, report.selected) == (7, 0, (), 7)
    assert told == [3, 6, 7]
    assert [values(one) for one in read(space, contacts)] == [after] * 7
    undone = maintenance.undo(report)
    assert (undone.restored, undone.kept) == (7, ())
    assert [values(one) for one in read(space, contacts)] == [values(one) for one in contacts]


def test_contacts_that_have_the_wanted_values_keep_their_version(space: Workspace) -> None:
    contacts = filled(space)
    report = space.maintenance(AMELIE).bulk(ids=contacts).apply(BulkAct(add_tags=["lead"], type="contractor"))
    assert (report.changed, report.unchanged) == (0, 7)
    assert [one.version for one in read(space, contacts)] == [1] * 7


def test_deleted_contacts_come_back_with_their_people(space: Workspace) -> None:
    contacts = filled(space)
    with space.write(AMELIE) as session:
        jane = session.people.add(contacts[0], Person("Jane", "Doe"))
    maintenance = space.maintenance(AMELIE)
    selected = maintenance.bulk(ids=[*contacts, jane.person_id])
    assert selected.preview(BulkAct(delete=True)).changed == 8
    report = selected.apply(BulkAct(delete=True))
    assert (report.changed, report.refused) == (8, ())
    with space.read(AMELIE) as session:
        assert session.contacts.count(role="any") == 0
        assert {card.by for card in session.trash.list()} == {"amelie"}
    assert maintenance.undo(report.id).restored == 7
    with space.read(AMELIE) as session:
        assert session.contacts.count() == 7
        assert session.people.primary(contacts[0]).person.family_name == "Doe"


@pytest.mark.req("ACC-3")
def test_contacts_that_one_may_only_read_or_does_not_see_are_reported_and_the_others_changed(space: Workspace) -> None:
    own, shared, hidden = (filled(space, 1, access=access)[0] for access in ("private", "shared-read", "private"))
    with space.write(AMELIE) as session:
        session.contacts.share(own, "private", responsibles=["amelie", "bob"])
        gone = session.contacts.add(Company("Gone", responsibles=["amelie", "bob"]))
        session.contacts.delete(gone)
    selected = space.maintenance(BOB).bulk(ids=[own.id, shared.id, hidden.id, "missing", gone.id])
    for report in (selected.preview(BulkAct(type="supplier")), selected.apply(BulkAct(type="supplier"))):
        assert (report.changed, report.unchanged) == (1, 0)
        assert [(one.id, one.name, one.code) for one in report.refused] == [
            (shared.id, "C0", "read-only"),
            (hidden.id, "", "not-found"),
            ("missing", "", "not-found"),
            (gone.id, "", "not-found"),
        ]
        reasons = {one.reason.replace(one.id, "ID") for one in report.refused[1:]}
        assert len(reasons) == 1
    assert [one.type for one in read(space, [own, shared, hidden])] == ["supplier", "contractor", "contractor"]


def test_access_of_a_shared_contact_is_changed_by_its_responsible_users_only(space: Workspace) -> None:
    (one,) = filled(space, 1, access="shared-write")
    selected = space.maintenance(BOB).bulk(ids=[one])
    for report in (selected.preview(BulkAct(access="private")), selected.apply(BulkAct(access="private"))):
        assert [(each.path, each.code) for each in report.refused] == [("", "access-change")]
    assert selected.apply(BulkAct(add_tags=["new"])).changed == 1


def test_a_contact_without_a_required_field_is_reported_but_can_be_shared_and_closed_again(space: Workspace) -> None:
    contacts = filled(space, 4)
    with space.write(ROOT) as session:
        session.settings.define_field("Size", required=True)
    with space.write(AMELIE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(contacts[2].id), fields={"size": "big"}))
    selected = space.maintenance(AMELIE).bulk(ids=contacts)
    report = selected.apply(BulkAct(add_tags=["new"]))
    assert report.changed == 1
    assert {(one.path, one.code) for one in report.refused} == {("fields.size", "field-required")}
    shared = selected.apply(BulkAct(access="shared-read", responsibles=["amelie", "bob"]))
    assert shared.changed == 4
    undone = space.maintenance(AMELIE).undo(shared)
    assert (undone.restored, undone.kept) == (4, ())


def test_a_contact_that_is_refused_halfway_is_rolled_back_alone(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = filled(space, 5)
    real = bulk_changes.store_changed

    def refusing(transaction: Any, ready: Any, *args: Any, **named: Any) -> Any:
        changed = real(transaction, ready, *args, **named)
        if ready.id == contacts[1].id:
            raise Invalid("too-late", "It was written already.")
        return changed

    monkeypatch.setattr(bulk_changes, "store_changed", refusing)
    report = space.maintenance(AMELIE).bulk(ids=contacts).apply(BulkAct(type=""))
    assert (report.changed, [(one.id, one.code) for one in report.refused]) == (4, [(contacts[1].id, "too-late")])
    assert [one.version for one in read(space, contacts)] == [2, 1, 2, 2, 2]
    undone = space.maintenance(AMELIE).undo(report)
    assert (undone.restored, undone.kept) == (4, ())


@pytest.mark.req("PER-3")
def test_a_deleted_primary_person_has_a_successor(space: Workspace) -> None:
    (client,) = filled(space, 1)
    with space.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", "Doe"))
        session.people.add(client, Person("Joan", "Roe"))
    space.maintenance(AMELIE).bulk(ids=[jane.person_id]).apply(BulkAct(delete=True))
    with space.read(AMELIE) as session:
        assert session.people.primary(client).person.family_name == "Roe"


def test_the_last_responsible_user_of_a_private_contact_stays(space: Workspace) -> None:
    contacts = filled(space, 2)
    report = space.maintenance(AMELIE).bulk(ids=contacts).apply(BulkAct(remove_responsibles=["amelie"]))
    assert [one.code for one in report.refused] == ["responsible-missing"] * 2


@pytest.mark.req("ACC-6")
def test_people_go_along_with_their_client_and_come_back(space: Workspace) -> None:
    (client,) = filled(space, 1, access="shared-read")
    with space.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", "Doe"))
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=[client]).apply(BulkAct(access="private", add_responsibles=["bob"]))
    assert (report.changed, report.people) == (1, 1)
    assert [values(one)[3:] for one in read(space, [jane.person_id])] == [(("amelie", "bob"), "private")]
    assert maintenance.undo(report).restored == 2
    assert [values(one)[3:] for one in read(space, [jane.person_id])] == [(("amelie",), "shared-read")]


@pytest.mark.req("ACC-6")
def test_people_stay_as_they_are_if_the_act_says_so(space: Workspace) -> None:
    (client,) = filled(space, 1, access="shared-read")
    with space.write(AMELIE) as session:
        jane = session.people.add(client, Person("Jane", "Doe"))
    act = BulkAct(access="private", with_people=False)
    assert space.maintenance(AMELIE).bulk(ids=[client]).apply(act).people == 0
    assert [values(one)[4] for one in read(space, [client, jane.person_id])] == ["private", "shared-read"]
    report = space.maintenance(AMELIE).bulk(ids=[client]).apply(BulkAct(access="private", with_people=True))
    assert (report.changed, report.unchanged, report.people) == (0, 1, 1)
    assert [values(one)[4] for one in read(space, [jane.person_id])] == ["private"]


@pytest.mark.req("NOT-5")
def test_a_new_responsible_user_gets_one_letter_which_the_undo_withdraws(space: Workspace) -> None:
    filled(space)
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(role="listed").apply(BulkAct(add_responsibles=["bob", "eve"]))
    with space.read(ROOT) as session:
        waiting = session.outbox.list().items
        assert sorted(str(one.to) for one in waiting) == ["bob@acme.example", "eve@acme.example"]
        assert {one.template for one in waiting} == {"responsible-several"}
        assert None not in [prepare_sending(session._transaction, one) for one in waiting]
        assigned = [one.event.subject for one in session.feed() if one.event.name == "responsible.assigned"]
        assert assigned == [report.id] * 2
    maintenance.undo(report)
    with space.read(ROOT) as session:
        assert [prepare_sending(session._transaction, one) for one in waiting] == [None, None]


def test_a_filter_that_the_act_changes_skips_and_repeats_nothing(space: Workspace) -> None:
    contacts = filled(space, 10)
    late: list[Any] = []

    def add(_: int) -> None:
        late.extend(filled(space, 1))

    report = space.maintenance(AMELIE).bulk(tag="lead").apply(BulkAct(remove_tags=["lead"]), add)
    assert report.changed == 10
    assert [one.tags for one in read(space, contacts)] == [()] * 10
    assert all(one.tags for one in read(space, late))


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_act_that_was_stopped_resumes_with_its_first_selection(space: Workspace, after: int) -> None:
    contacts = filled(space, 10)
    calls: list[int] = []

    def stop(done: int) -> None:
        calls.append(done)
        if len(calls) == after:
            raise _Killed

    act = BulkAct(remove_tags=["lead"], add_responsibles=["bob"])
    with pytest.raises(_Killed):
        space.maintenance(AMELIE).bulk(tag="lead").apply(act, stop)
    filled(space, 1)
    report = space.maintenance(AMELIE).bulk(tag="lead").apply(act)
    assert (report.changed, report.unchanged, report.resumed) == (10, 0, True)
    assert [one.version for one in read(space, contacts)] == [2] * 10
    with space.read(ROOT) as session:
        assert len(session.outbox.list().items) == 1
    again = space.maintenance(AMELIE).bulk(tag="lead").apply(act)
    assert (again.changed, again.resumed) == (1, False)


@pytest.mark.parametrize("after", [1, 2])
def test_an_act_that_was_stopped_can_be_undone_and_so_can_a_stopped_undo(space: Workspace, after: int) -> None:
    contacts = filled(space, 10)
    ids: list[str] = []

    def stop(_: int) -> None:
        ids.append("")
        if len(ids) == after:
            raise _Killed

    with pytest.raises(_Killed):
        space.maintenance(AMELIE).bulk(tag="lead").apply(BulkAct(type=""), stop)
    with space.read(ROOT) as session:
        (id,) = [one.id for one in session._transaction.reader.dump("job")]
    ids.clear()
    if after == 2:
        with pytest.raises(_Killed):
            space.maintenance(AMELIE).undo(id, lambda _: (_ for _ in ()).throw(_Killed()))
    assert space.maintenance(AMELIE).undo(id).restored == after * 3
    assert [one.type for one in read(space, contacts)] == ["contractor"] * 10


def test_the_undo_keeps_what_others_changed_since_and_names_it(space: Workspace) -> None:
    contacts = filled(space, 5)
    maintenance = space.maintenance(AMELIE)
    act = BulkAct(type="supplier", add_tags=["VIP"], remove_tags=["lead"], access="shared-write")
    report = maintenance.bulk(ids=contacts).apply(act)
    with space.write(AMELIE) as session:
        first, second, third, fourth, _ = (session.contacts.get(one.id) for one in contacts)
        session.contacts.save(attrs.evolve(first, type=""))
        session.contacts.save(attrs.evolve(second, tags=[*second.tags, "new"]))
        session.contacts.save(attrs.evolve(third, description="More."))
        session.contacts.delete(fourth)
    undone = maintenance.undo(report)
    assert {(one.id, one.path, one.code) for one in undone.kept} == {
        (contacts[0].id, "type", "changed-since"),
        (contacts[3].id, "", "not-found"),
    }
    assert undone.restored == 4
    found = list(read(space, [contacts[index] for index in (0, 1, 2, 4)]))
    assert [one.type for one in found] == ["", "contractor", "contractor", "contractor"]
    assert [{tag.text for tag in one.tags} for one in found] == [{"lead"}, {"lead", "new"}, {"lead"}, {"lead"}]
    assert found[2].description == "More."
    assert {str(one.access) for one in found} == {"private"}


def test_the_undo_leaves_restored_purged_and_newly_deleted_contacts(space: Workspace) -> None:
    contacts = filled(space, 3)
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=contacts).apply(BulkAct(delete=True))
    with space.write(ROOT) as session:
        session.trash.restore(contacts[0].id)
        session.trash.restore(contacts[1].id)
        session.contacts.delete(contacts[1].id)
        session.trash.purge(contacts[2].id)
    undone = maintenance.undo(report)
    assert undone.restored == 0
    assert {(one.id, one.code) for one in undone.kept} == {
        (contacts[1].id, "changed-since"),
        (contacts[2].id, "not-found"),
    }


def test_a_second_undo_is_refused(space: Workspace) -> None:
    filled(space)
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(tag="lead").apply(BulkAct(type=""))
    maintenance.undo(report)
    with pytest.raises(Invalid) as refused:
        maintenance.undo(report)
    assert (refused.value.code, refused.value.path) == ("already-undone", "bulk_id")


@pytest.mark.req("ACC-3")
def test_only_who_did_it_or_an_admin_undoes_it(space: Workspace) -> None:
    contacts = filled(space, 2, access="shared-write")
    imports = space.imports(BOB)
    imported = imports.apply(imports.plan("Name\nJo Doe\n"))
    report = space.maintenance(AMELIE).bulk(ids=contacts).apply(BulkAct(type=""))
    for id in (report.id, "missing", imported.id):
        with pytest.raises(NotFound) as refused:
            space.maintenance(BOB).undo(id)
        assert str(refused.value) == f"There is no bulk act {id!r} that you may see."
    assert space.maintenance(ROOT).undo(report).restored == 2


def test_after_a_handing_over_the_other_user_undoes_the_act(space: Workspace) -> None:
    contacts = filled(space, 2)
    report = space.maintenance(AMELIE).bulk(ids=contacts).apply(BulkAct(type=""))
    assert space.maintenance(ROOT).hand_over("amelie", to="eve").jobs == 1
    assert space.maintenance(User("eve")).undo(report).restored == 2


def test_a_second_run_of_the_same_act_stops(space: Workspace) -> None:
    filled(space)
    others: list[Any] = []

    def run_again(_: int) -> None:
        if not others:
            others.append(space.maintenance(AMELIE).bulk(tag="lead").apply(BulkAct(type="")))

    with pytest.raises(Conflict):
        space.maintenance(AMELIE).bulk(tag="lead").apply(BulkAct(type=""), run_again)
    assert others[0].changed == 7


@pytest.mark.req("DIR-15")
def test_two_acts_on_the_same_contacts_at_one_time_lose_nothing(space: Workspace) -> None:
    contacts = filled(space, 12)
    acts = [
        (AMELIE, contacts, BulkAct(add_tags=["one"])),
        (ROOT, contacts[::-1], BulkAct(add_tags=["two"], access="shared-read")),
    ]
    with ThreadPoolExecutor(2) as pool:
        reports = pool.map(lambda one: space.maintenance(one[0]).bulk(ids=one[1]).apply(one[2]), acts)
        assert [report.changed for report in reports] == [12, 12]
    assert [{tag.text for tag in one.tags} for one in read(space, contacts)] == [{"lead", "one", "two"}] * 12


@pytest.mark.parametrize(
    ("act", "path", "code"),
    [
        ({"delete": True, "type": ""}, "delete", "act-contradicts"),
        ({"add_tags": ["vip"], "remove_tags": ["VIP"]}, "remove_tags", "act-contradicts"),
        ({"add_categories": ["a"], "remove_categories": ["a"]}, "remove_categories", "act-contradicts"),
        ({"add_responsibles": ["a"], "remove_responsibles": ["a"]}, "remove_responsibles", "act-contradicts"),
        ({"responsibles": ["a"], "add_responsibles": ["b"]}, "responsibles", "act-contradicts"),
        ({"access": "open"}, "access", "access-unknown"),
        ({"delete": "yes"}, "delete", "yes-no-type"),
        ({"add_tags": [""]}, "add_tags[0]", "tag-empty"),
        ({"add_responsibles": [""]}, "add_responsibles[0]", "user-name"),
    ],
)
def test_an_act_that_cannot_be_meant_is_refused(act: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        BulkAct(**act)
    assert (refused.value.path, refused.value.code) == (path, code)


@pytest.mark.parametrize(
    ("act", "path", "code"),
    [
        ({}, "act", "act-empty"),
        ({"with_people": True}, "act", "act-empty"),
        ({"type": "nothing"}, "type", "type-unknown"),
        ({"add_categories": ["nothing"]}, "add_categories[0]", "category-unknown"),
        ({"remove_categories": ["nothing"]}, "remove_categories[0]", "category-unknown"),
        ({"add_responsibles": ["nobody"]}, "add_responsibles[0]", "user-unknown"),
        ({"responsibles": ["eve", "nobody"]}, "responsibles[1]", "user-unknown"),
    ],
)
def test_an_act_that_no_contact_could_get_is_refused_as_a_whole(
    space: Workspace, act: dict[str, Any], path: str, code: str
) -> None:
    filled(space)
    leads = space.maintenance(AMELIE).bulk(tag="lead")
    for call in (leads.preview, leads.apply):
        with pytest.raises(Invalid) as refused:
            call(BulkAct(**act))
        assert (refused.value.path, refused.value.code) == (path, code)


@pytest.mark.parametrize(
    ("selection", "path", "code"),
    [
        ({}, "ids", "selection-missing"),
        ({"ids": []}, "ids", "selection-missing"),
        ({"tag": None, "kind": None, "access": None}, "ids", "selection-missing"),
        ({"ids": ["1"], "tag": "VIP"}, "tag", "selection-twice"),
        ({"ids": "1"}, "ids", "not-a-list"),
        ({"ids": [7]}, "ids[0]", "record-type"),
        ({"tags": "VIP"}, "tags", "filter-unknown"),
        ({"tag": ""}, "tag", "filter-empty"),
        ({"ids": ["1"] * 1_001}, "ids", "too-many"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_refused(
    space: Workspace, selection: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        space.maintenance(AMELIE).bulk(**selection)
    assert (refused.value.path, refused.value.code) == (path, code)


@pytest.mark.req("POR-8")
def test_a_portal_user_does_no_maintenance(space: Workspace) -> None:
    with pytest.raises(Forbidden) as refused:
        space.maintenance(PortalUser("1", client_id="2", epoch=0))
    assert refused.value.code == "staff-only"


@pytest.mark.req("DIR-18")
def test_reports_are_plain_data(space: Workspace) -> None:
    (one,) = filled(space, 1)
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=[one.id, "missing"]).apply(BulkAct(type=""))
    undone = maintenance.undo(report)
    handed = space.maintenance(ROOT).hand_over("amelie", to="eve")
    for answer in (report, undone):
        assert json.loads(json.dumps(to_plain(answer))) == json.loads(json.dumps(answer.as_dict()))
    assert to_plain(handed)["jobs"] == 1


def test_a_changed_copy_of_a_contact_is_no_selection(space: Workspace) -> None:
    (one,) = filled(space, 1)
    with pytest.raises(Invalid) as refused:
        space.maintenance(AMELIE).bulk(ids=[attrs.evolve(one, type="")])
    assert (refused.value.path, refused.value.code) == ("ids[0]", "edit-not-stored")


_CHILD = """
import sys
from contactcore import BulkAct, User, Workspace
from contactcore.workspace.maintenance import bulk as engine
from contactcore.workspace.maintenance import bulk_changes
from support.addresses import open_at

engine._BATCH = 10
maintenance = Workspace(open_at(sys.argv[1]), name="acme").maintenance(User("amelie"))
told = lambda done: print(done, flush=True)
if sys.argv[2] == "apply":
    maintenance.bulk(tag="lead").apply(BulkAct(add_tags=["VIP"], remove_tags=["lead"]), told)
else:
    maintenance.undo(sys.argv[2], told)
"""


@pytest.mark.parametrize("kill_after", [1, 5])
def test_a_process_killed_at_any_moment_changes_each_contact_once(
    address: str, start_child: Any, kill_after: int
) -> None:
    storage = open_at(address)
    with Workspace(storage, name="acme").write(AMELIE) as session:
        contacts = [session.contacts.add(Company(f"C{number}", tags=["lead"])) for number in range(100)]
    act, id = BulkAct(add_tags=["VIP"], remove_tags=["lead"]), ""
    for step in ("apply", "undo"):
        storage.close()
        child = start_child("-c", _CHILD, address, id or "apply")
        for _ in range(kill_after):
            child.line()
        child.kill()
        assert child.killed()
        storage = open_at(address)
        space = Workspace(storage, name="acme")
        if step == "apply":
            report = space.maintenance(AMELIE).bulk(tag="lead").apply(act)
            assert report.changed == 100
            id = report.id
        else:
            assert space.maintenance(AMELIE).undo(id).restored == 100
        tags = ["VIP"] if step == "apply" else ["lead"]
        found = list(read(space, contacts))
        assert [[tag.text for tag in one.tags] for one in found] == [tags] * 100
        assert {one.version for one in found} == {2 if step == "apply" else 3}
    storage.close()
