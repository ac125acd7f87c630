"""Undoing an import never loses what somebody else has entered since."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Company, Person
from contactcore.model import AccessPolicy
from contactcore.rules.access import contact_access
from contactcore.workspace.imports.undo_report import REASONS
from support.actors import BOB, ROOT
from support.import_views import HEAD, codes, imported, named, primary_flags, seen

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions"), pytest.mark.cases_in_memory]


def test_what_somebody_changed_since_stays_and_is_told(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    report = imported(
        workspace,
        amelie,
        "Jane,Doe,,,j@x.fr,,\nJo,Roe,,,jo@x.fr,,\nAnn,Lee,,,ann@x.fr,+33144556677,\n",
        access="shared-write",
        policy="update",
    )
    with workspace.write(ROOT) as session:
        session.contacts.save(attrs.evolve(named(workspace, "Jane Doe"), description="met"))
        session.contacts.save(attrs.evolve(named(workspace, "Ann Lee"), description="met"))
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored) == (1, 0)
    assert codes(undone) == [("Ann Lee", "changed-since"), ("Jane Doe", "changed-since")]
    assert {one.id for one in undone.kept} == {named(workspace, name).id for name in ("Ann Lee", "Jane Doe")}
    assert all(one.kind == "contact" and one.reason == REASONS[one.code] for one in undone.kept)
    assert named(workspace, "Jane Doe").description == "met"
    assert len(named(workspace, "Ann Lee").phones) == 1


def test_a_change_between_two_batches_is_kept_and_what_came_behind_it_is_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    imports = workspace.imports(amelie)
    rows = [f"Ann,,,,ann@x.fr,+331445566{n:02},\n" for n in range(8)]

    def meddle(progress):
        if progress.rows == 4:
            with workspace.write(amelie) as session:
                session.contacts.save(attrs.evolve(named(workspace, "Ann Lee"), description="met"))

    report = imports.apply(imports.plan(HEAD + "".join(rows), policy="update"), meddle)
    undone = imports.undo(report.id)
    assert (undone.restored, codes(undone)) == (1, [("Ann Lee", "changed-since")])
    ann = named(workspace, "Ann Lee")
    assert (ann.description, len(ann.phones)) == ("met", 4)


def _people_added(session, workspace):
    session.people.add(named(workspace, "Bois"), Person("Zoe", "Lee"))


def _other_client(session, workspace):
    session.people.add(session.contacts.add(Company("Lune", access="shared-read")), named(workspace, "Jane Doe").id)


def _login(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.portal.invite(link, "j@x.fr", "correct horse battery", send=False)


def _mandate(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.grant(link, "contact")


def _purpose(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.make_primary_for(link, "billing")


def _end(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.save(attrs.evolve(link, notifications=["invoice"]))


_ACTS = {
    _people_added: [("Bois", "people-added")],
    _other_client: [("Bois", "people-stay"), ("Jane Doe", "acts-elsewhere")],
    _login: [("Bois", "people-stay"), ("Jane Doe", "has-login")],
    _mandate: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
    _purpose: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
    _end: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
}


@pytest.mark.parametrize("act", _ACTS)
def test_what_others_hang_on_stays_with_all_that_hangs_there(workspace, amelie, act):
    report = imported(workspace, amelie, "Jane,Doe,Bois,CFO,j@x.fr,,\nJo,Roe,Else,,jo@x.fr,,\n")
    with workspace.write(ROOT) as session:
        act(session, workspace)
    before = {record[1].id: record for record in seen(workspace, ROOT) if isinstance(record, tuple)}
    undone = workspace.imports(amelie).undo(report.id)
    assert codes(undone) == _ACTS[act]
    after = {record[1].id: record for record in seen(workspace, ROOT) if isinstance(record, tuple)}
    for kept in undone.kept:
        if kept.code != "people-added":
            assert after[kept.id] == before[kept.id]
    assert sorted(one.display_name for _, one, *_ in after.values()).count("Else") == 0
    assert set(primary_flags(workspace).values()) <= {1}


def test_what_the_importer_cannot_see_is_not_lost_and_no_more_is_told_than_that_it_is_in_use(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\n", access="shared-write")
    with workspace.write(BOB) as session:
        secret = session.contacts.add(Person("Secret", "Agent"))
        session.people.add(named(workspace, "Bois").id, secret.id)
        hidden = session.contacts.share(named(workspace, "Jane Doe", BOB).id, "shared-write")
    with workspace.write(ROOT) as session:
        session.contacts.share(hidden.id, "private", responsibles=["bob"])
    undone = workspace.imports(amelie).undo(report.id)
    assert codes(undone) == [("Bois", "in-use")]
    assert (undone.removed, undone.hidden) == (0, 1)
    with workspace.read(BOB) as session:
        assert secret.id in {one.person_id for one in session.people.list(named(workspace, "Bois"))}


def test_what_was_deleted_since_is_left_in_the_trash(workspace, amelie):
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\nAnn,Lee,,,ann@x.fr,+33144556677,\n", policy="update")
    with workspace.write(amelie) as session:
        for name in ("Jane Doe", "Ann Lee"):
            session.contacts.delete(named(workspace, name).id)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored) == (1, 0)
    assert [(one.id, one.name, one.code) for one in undone.kept] == [(ann.id, "", "deleted-since")]


def test_what_somebody_changed_about_contacts_that_were_there_stays_and_is_told(workspace, amelie):
    with workspace.write(amelie) as session:
        bois, lune = (session.contacts.add(Company(name)) for name in ("Bois", "Lune"))
        for name in ("Jane", "Jo", "Ann"):
            person = session.contacts.add(Person(name, "Doe", emails=[f"{name}@x.fr"]))
            session.people.add(bois, person)
    rows = "".join(
        f"{name},Doe,{firm},CFO,{name}@x.fr,,\n" for name in ("Jane", "Jo", "Ann") for firm in ("Bois", "Lune")
    )
    report = imported(workspace, amelie, rows, policy="update")
    with workspace.write(ROOT) as session:
        for firm in (bois, lune):
            jane, jo, _ = sorted(session.people.list(firm), key=lambda one: one.since)
            session.people.save(attrs.evolve(jane, position="CEO"))
            if firm == lune:
                session.people.remove(jo)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored, undone.affiliations) == (0, 0, 3)
    assert codes(undone) == [("Jane Doe", "changed-since")] * 2
    assert {one.kind for one in undone.kept} == {"affiliation"}
    with workspace.read(amelie) as session:
        found = [
            [(one.person.given_name, one.position, one.primary) for one in session.people.list(firm)]
            for firm in (bois, lune)
        ]
    assert found == [[("Jane", "CEO", True), ("Jo", "", False), ("Ann", "", False)], [("Jane", "CEO", True)]]


def test_what_was_purged_since_is_gone_and_stops_nothing(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\nJo,Doe,Bois,,jo@x.fr,,\n")
    with workspace.write(ROOT) as session:
        jane = named(workspace, "Jane Doe")
        session.contacts.delete(jane)
        session.trash.purge(jane.id)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.kept) == (2, ())


def test_a_type_that_was_removed_meanwhile_does_not_stand_in_the_way(workspace, amelie):
    with workspace.write(ROOT) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"], type="supplier", responsibles=["amelie"]))
    report = imported(workspace, amelie, "Ann,Lee,,,ann@x.fr,+33144556677,vip\n", policy="update")
    with workspace.write(ROOT) as session:
        session.settings.remove_type("supplier")
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.restored, undone.kept) == (1, ())
    after = named(workspace, "Ann Lee")
    assert (after.phones, after.tags, after.emails) == ((), (), ann.emails)


def test_what_the_importer_may_not_change_any_more_stays_and_is_told(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
        session.contacts.add(Person("Jane", "Doe", emails=["j@x.fr"], access="shared-write"))
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"], access="shared-write"))
    rows = "Jane,Doe,Bois,,j@x.fr,,\nAnn,Lee,,,ann@x.fr,+33144556677,\n"
    report = imported(workspace, amelie, rows, policy="update")
    with workspace.write(ROOT) as session:
        session.contacts.share(bois.id, "shared-read", responsibles=["bob"])
    with workspace.storage.write(workspace.name) as writer:
        # As when all that somebody looked after is handed over: no version tells of it.
        access = contact_access(AccessPolicy.SHARED_READ, ["bob"], listed=True)
        writer.set_access("contact", ann.id, access, [ann.id])
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored, undone.affiliations) == (0, 0, 0)
    assert codes(undone) == [("Ann Lee", "read-only"), ("Jane Doe", "read-only")]
    with workspace.read(ROOT) as session:
        assert len(session.people.list(bois)) == 1


@pytest.mark.req("PER-3")
def test_whoever_was_added_since_is_primary_where_the_import_had_joined_the_first_person(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        session.contacts.add(Person("Jane", "Doe", emails=["j@x.fr"]))
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\n", policy="update")
    with workspace.write(amelie) as session:
        assert session.people.primary(bois).person.given_name == "Jane"
        session.people.add(bois, Person("Zoe", "Lee"))
    assert workspace.imports(amelie).undo(report.id).affiliations == 1
    with workspace.read(amelie) as session:
        assert [(one.person.given_name, one.primary) for one in session.people.list(bois)] == [("Zoe", True)]
    assert primary_flags(workspace) == {bois.id: 1}


@pytest.mark.req("PER-3")
def test_a_mark_that_a_later_batch_moved_is_no_change_of_somebody_else(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
        link = session.people.add(bois, ann)
        session.people.save(attrs.evolve(link, end="2001-01-31"))
    firms = ["Else"] * 3 + ["Bois"] * 5
    rows = "".join(f"P{n},Doe,{firm},,p{n}@x.fr,,\n" for n, firm in enumerate(firms))
    rows = "Ann,Lee,Bois,CFO,ann@x.fr,,\n" + rows
    report = imported(workspace, amelie, rows, policy="update")
    with workspace.read(amelie) as session:
        assert session.people.primary(bois).person.given_name == "P3"
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.affiliations, undone.kept) == (9, 1, ())
    with workspace.read(amelie) as session:
        assert [(one.person_id, one.position, one.primary) for one in session.people.list(bois)] == [(ann.id, "", True)]


@pytest.mark.req("IMP-7")
@pytest.mark.parametrize("position", ["", "CFO"])
def test_a_place_that_became_one_with_the_place_of_the_import_stays(workspace, amelie, position):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        session.people.add(bois, Person("Zoe", "Lee"))
        twice = session.people.add(bois, Person("Ann", "Lee"), position=position)
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    report = imported(workspace, amelie, f"Ann,Lee,Bois,{position},ann@x.fr,,\n", policy="update")
    merging = workspace.merging(amelie)
    merging.apply(merging.plan(ann.id, [twice.person_id]))
    with workspace.write(amelie) as session:
        (place,) = session.people.of(ann.id)
        session.people.make_primary(place)
    before = seen(workspace)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.affiliations, codes(undone)) == (0, [("Ann Lee", "changed-since")])
    assert seen(workspace) == before


@pytest.mark.req("IMP-7")
def test_values_that_a_merged_contact_and_place_had_in_common_with_the_import_stay(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
        session.people.add(bois, ann.id)
        twice = session.contacts.add(Person("Ann", "Lee", phones=["+33144556677"]))
        session.people.add(bois, twice.id, position="CFO")
    report = imported(workspace, amelie, "Ann,Lee,Bois,CFO,ann@x.fr,+33144556677,\n", policy="update")
    merging = workspace.merging(amelie)
    merging.apply(merging.plan(ann.id, [twice.id]))
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.restored, undone.affiliations) == (0, 0)
    assert codes(undone) == [("Ann Lee", "changed-since"), ("Ann Lee", "changed-since")]
    with workspace.read(amelie) as session:
        assert [str(one) for one in session.contacts.get(ann.id).phones] == ["+33144556677"]
        assert [one.position for one in session.people.list(bois.id)] == ["CFO"]


@pytest.mark.req("IMP-7")
def test_a_merge_before_the_import_prevents_nothing_of_its_undo(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
        twice = session.contacts.add(Person("Ann", "Lee"))
        for one in (ann, twice):
            session.people.add(bois, one.id)
    merging = workspace.merging(amelie)
    merging.apply(merging.plan(ann.id, [twice.id]))
    before = seen(workspace)
    report = imported(workspace, amelie, "Ann,Lee,Bois,CFO,ann@x.fr,+33144556677,\n", policy="update")
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.restored, undone.affiliations, undone.kept) == (1, 1, ())
    assert seen(workspace) == before
