"""Rows of affiliations, sites and items where features meet: undo, hiding, leaving, killed imports."""

from __future__ import annotations

import io

import attrs
import pytest

from contactcore import Company, Item, Person, Site, User
from contactcore.workspace.imports import imports as engine

pytestmark = [pytest.mark.req("IMP-9"), pytest.mark.cases_in_memory]


def _firm(session):
    bois = session.contacts.add(Company("Bois"), sites=[Site("Mill")], items=[Item("Saw")])
    jane = session.people.add(bois, Person("Jane", "Doe"), position="CFO", authorities=["represent"])
    cuir = session.contacts.add(Company("Cuir"))
    session.people.add(cuir, jane.person_id, position="Advisor", end="2020-12-31")
    return bois, jane


def _exported(workspace, actor) -> str:
    out = io.BytesIO()
    workspace.exports(actor).csv(out)
    return out.getvalue().decode("utf-8-sig")


def _state(session, bois, jane):
    (site,), (item,) = session.sites.of(bois.id), session.items.of(bois.id)
    work = session.people.of(jane.person_id)
    return [
        (site.name, site.access_notes),
        (item.name, item.status),
        sorted((one.position, str(one.end), [each.slug for each in one.authorities]) for one in work),
    ]


def _edited(text: str) -> str:
    return text.replace("Mill", "Sawmill").replace("open", "closed").replace("Advisor", "Friend").replace("CFO", "CEO")


def test_an_overwriting_file_changes_records_and_the_undo_gives_them_back(workspace, amelie):
    with workspace.write(amelie) as session:
        bois, jane = _firm(session)
        before = _state(session, bois, jane)
    imports = workspace.imports(amelie)
    plan = imports.plan(_edited(_exported(workspace, amelie)), policy="overwrite")
    dry, report = imports.preview(plan), imports.apply(plan)
    assert [*dry.changes] == [*report.changes]
    assert {one.field for one in report.changes} == {"site.name", "item.status", "affiliation.position"}
    with workspace.read(amelie) as session:
        assert _state(session, bois, jane) == [
            ("Sawmill", ""),
            ("Saw", "closed"),
            [("CEO", "None", ["represent"]), ("Friend", "2020-12-31", [])],
        ]
    undone = imports.undo(report)
    assert (undone.restored, undone.affiliations, undone.records, undone.kept) == (0, 2, 2, ())
    with workspace.read(amelie) as session:
        assert _state(session, bois, jane) == before


def test_an_undo_keeps_a_site_that_somebody_changed_since(workspace, amelie):
    with workspace.write(amelie) as session:
        bois, _ = _firm(session)
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(_edited(_exported(workspace, amelie)), policy="overwrite"))
    with workspace.write(amelie) as session:
        (site,) = session.sites.of(bois.id)
        session.sites.save(attrs.evolve(site, access_notes="Ring twice"))
    undone = imports.undo(report)
    assert [(one.kind, one.code, one.name) for one in undone.kept] == [("site", "changed-since", "Bois")]


def test_a_site_that_is_added_to_a_stored_contact_goes_to_the_trash_with_the_undo(workspace, amelie):
    with workspace.write(amelie) as session:
        bois, _ = _firm(session)
    imports = workspace.imports(amelie)
    file = f"Contact ID,Kind,Site,Item\n{bois.id},site,Quarry,\n{bois.id},item,,Van\n"
    report = imports.apply(imports.plan(file))
    assert (report.updated, report.rejected) == (2, 0)
    with workspace.read(amelie) as session:
        assert [one.name for one in session.sites.of(bois)] == ["Mill", "Quarry"]
    assert imports.apply(imports.plan(file)).skipped == 2
    assert imports.undo(report).records == 2
    with workspace.read(amelie) as session:
        assert [one.name for one in session.sites.of(bois)] == ["Mill"]
        assert [one.name for one in session.items.of(bois)] == ["Saw"]


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("policy", ["skip", "update", "create", "overwrite"])
def test_the_id_of_a_hidden_contact_reveals_nothing(workspace, amelie, policy):
    with workspace.write(User("bob")) as session:
        secret = session.contacts.add(Company("Secret", access="private"), sites=[Site("Vault")])
        (vault,) = session.sites.of(secret)
    answers = []
    for id, site in ((secret.id, vault.id), ("01a00000-0000-7000-8000-000000000000",) * 2):
        file = (
            "Contact ID,Kind,First name,Last name,Company,Company ID,Site ID,Site,Item\n"
            f",person,Ann,Lee,,{id},{site},,\n{id},site,,,,,{site},Vault,\n{id},item,,,,,,,Van\n"
        )
        imports = workspace.imports(amelie)
        report = imports.apply(imports.plan(file, policy=policy))
        answers.append((report.counts, [(one.line, one.column, one.code, one.reason) for one in report.problems]))
        imports.undo(report)
    assert answers[0] == answers[1]
    assert {code for _, _, code, _ in answers[0][1]} == {"owner-unknown"}
    with workspace.read(User("bob")) as session:
        assert [one.name for one in session.sites.of(secret)] == ["Vault"]
        assert session.people.list(secret) == ()


def test_a_contact_that_may_only_be_read_gets_no_records(workspace, amelie):
    with workspace.write(User("bob")) as session:
        shared = session.contacts.add(Company("Open", access="shared-read"))
    imports = workspace.imports(amelie)
    file = f"Contact ID,Kind,Site,Item\n{shared.id},site,Quarry,\n{shared.id},item,,Van\n"
    report = imports.apply(imports.plan(file))
    assert (report.skipped, {one.code for one in report.problems}) == (2, {"read-only"})


class _Killed(Exception):
    pass


@pytest.mark.usefixtures("small_transactions")
def test_a_killed_import_finds_the_ids_of_its_earlier_batches(workspace, new_workspace, amelie):
    with workspace.write(amelie) as session:
        _firm(session)
        session.contacts.add(Company("Drei"), sites=[Site("Three")])
    text = _exported(workspace, amelie)
    target = new_workspace()
    imports = target.imports(amelie)
    plan = imports.plan(text)

    def kill(progress):
        if progress.fraction < 1:
            raise _Killed

    kills, report = 0, None
    while report is None:
        try:
            report = imports.apply(plan, progress=kill)
        except _Killed:
            kills += 1
    assert kills
    assert (report.rejected, report.created) == (0, 4)
    with target.read(amelie) as session:
        found = {card.name: card.id for card in session.contacts.page(role="any").items}
        assert len(found) == 4
        assert [one.name for one in session.sites.of(found["Drei"])] == ["Three"]
        assert sorted(one.position for one in session.people.of(found["Jane Doe"])) == ["Advisor", "CFO"]


def test_responsible_users_and_access_of_a_file_count_unless_the_caller_decides(workspace, new_workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Open", access="shared-write", responsibles=["amelie", "bob"]))
    text = _exported(workspace, amelie)
    for options, expected in (
        ({}, ("shared-write", ("amelie", "bob"))),
        ({"access": "private", "responsibles": ["amelie"]}, ("private", ("amelie",))),
    ):
        target = new_workspace()
        imports = target.imports(amelie)
        report = imports.apply(imports.plan(text, **options))
        with target.read(amelie) as session:
            (card,) = session.contacts.page().items
            contact = session.contacts.get(card.id)
            assert (contact.access.value, contact.responsibles) == expected, list(report.problems)


def _dry_and_real(workspace, amelie, text, policy):
    """What a preview and an import say of a file: the changes, the problems and the counts."""
    imports = workspace.imports(amelie)
    plan = imports.plan(text, policy=policy)
    answers = []
    for report in (imports.preview(plan), imports.apply(plan)):
        changes = [(one.line, one.name, one.field, one.before, one.after) for one in report.changes]
        problems = [(one.line, one.column, one.value, one.code, one.reason) for one in report.problems]
        answers.append((changes, problems, report.counts))
    return answers


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("policy", ["update", "overwrite"])
def test_a_preview_knows_what_earlier_rows_make_of_records(workspace, amelie, monkeypatch, policy, batch):
    monkeypatch.setattr(engine, "BATCH", batch)
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), sites=[Site("Mill")])
    head = "Contact ID,Kind,First name,Company,Company ID,Position,Work e-mail,Site,Item,Status,E-mail 1,Notes\n"
    rows = (
        f"{bois.id},site,,,,,,Mill,,,mill@bois.fr,\n{bois.id},site,,,,,,mill,,,saw@bois.fr,Ring\n"
        f"{bois.id},site,,,,,,Mill,,,mill@bois.fr,Knock\n"
        f"{bois.id},item,,,,,,,Saw,closed,,old\n{bois.id},item,,,,,,,Saw,closed,,new\n{bois.id},item,,,,,,,Saw,,,\n"
        f"p,person,Ann,Bois,,CEO,a@bois.fr,,,,,\np,affiliation,,Bois,,CFO,b@bois.fr,,,,,\n"
        f"p,affiliation,,,{bois.id},,b@bois.fr,,,,,\n"
    )
    dry, real = _dry_and_real(workspace, amelie, head + rows, policy)
    assert dry == real
    found = {(line, field): (before, after) for line, _, field, before, after in real[0]}
    if policy == "update":
        assert found.keys() == {(2, "site.emails"), (3, "site.emails"), (3, "site.access_notes")}
        assert found[3, "site.emails"] == ("mill@bois.fr", "mill@bois.fr; saw@bois.fr")
    else:
        assert found[4, "site.emails"] == ("saw@bois.fr", "mill@bois.fr")
        assert found[6, "item.description"] == ("old", "new")
        assert found[9, "affiliation.position"] == ("CEO", "CFO")
        assert found[9, "affiliation.email"] == ("a@bois.fr", "b@bois.fr")
        assert not [line for line, _ in found if line in {7, 10}]


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_one_person_becomes_primary_for_a_purpose_wherever_batches_end(workspace, amelie, monkeypatch, batch):
    monkeypatch.setattr(engine, "BATCH", batch)
    text = "Contact ID,Kind,First name,Company,Purposes\n" + "".join(
        f"p{n},person,{name},Bois,billing\n" for n, name in enumerate(("Ann", "Bob", "Cid"))
    )
    imports = workspace.imports(amelie)
    imports.apply(imports.plan(text, responsibles=["bob"], access="private"))
    with workspace.read(User("bob")) as session:
        (bois,) = session.contacts.page(kind="company").items
        people = session.people.list(bois.id)
        assert [(one.person.given_name, one.purposes) for one in people if one.purposes] == [("Ann", ("billing",))]


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("policy", ["update", "overwrite"])
def test_a_later_row_gives_a_place_its_site_wherever_batches_end(workspace, amelie, monkeypatch, policy, batch):
    monkeypatch.setattr(engine, "BATCH", batch)
    text = (
        "Last name,E-mail,Company,Site name\nDoe,doe@bois.fr,Bois,\nRoe,roe@bois.fr,Bois,\nDoe,doe@bois.fr,Bois,Mill\n"
    )
    imports = workspace.imports(amelie)
    plan = imports.plan(text, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert [(one.line, one.field) for one in report.changes] == [(4, "affiliation.site_id")]
    with workspace.read(amelie) as session:
        (bois,) = session.contacts.page(kind="company").items
        (mill,) = session.sites.of(bois.id)
        sites = {one.person.family_name: one.site_id for one in session.people.list(bois.id)}
    assert sites == {"Doe": mill.id, "Roe": ""}


@pytest.mark.req("IMP-3")
def test_an_update_reports_the_position_that_it_fills(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        session.people.add(bois, Person("Ann", "Lee", emails=["ann@bois.fr"]), department="Nord")
    text = "First name,Last name,Company,E-mail,Job title,Department\nAnn,Lee,Bois,ann@bois.fr,CFO,NORD\n"
    (changes, problems, counts), real = _dry_and_real(workspace, amelie, text, "update")
    assert (changes, problems, counts) == real
    assert changes == [(2, "Ann Lee", "affiliation.position", "", "CFO")]
    assert (problems, counts.updated) == ([], 1)


@pytest.mark.req("IMP-3")
def test_people_who_act_for_people_are_undone_together(workspace, amelie):
    imports = workspace.imports(amelie)
    text = "Contact ID,Kind,First name,Company ID\np1,person,Ann,\np2,person,Bob,p1\np3,person,Cid,p2\n"
    report = imports.apply(imports.plan(text))
    undone = imports.undo(report)
    assert (report.created, undone.removed, undone.kept) == (3, 3, ())


@pytest.mark.req("IMP-3")
def test_a_person_who_stays_keeps_the_people_for_whom_they_act(workspace, amelie):
    imports = workspace.imports(amelie)
    text = "Contact ID,Kind,First name,Company ID\np1,person,Ann,\np2,person,Bob,p1\np3,person,Cid,p2\np4,person,Dan,\n"
    report = imports.apply(imports.plan(text))
    with workspace.write(amelie) as session:
        found = {card.name: card.id for card in session.contacts.page(role="any").items}
        session.contacts.save(attrs.evolve(session.contacts.get(found["Cid"]), description="known"))
    undone = imports.undo(report)
    assert sorted((one.name, one.code) for one in undone.kept) == [
        *(("Ann", "people-stay"), ("Bob", "people-stay"), ("Cid", "changed-since"))
    ]
    assert undone.removed == 1
