"""Rows of affiliations, sites and items where features meet: undo, hiding, leaving, killed imports."""

from __future__ import annotations

import io

import attrs
import pytest

from contactcore import Company, Item, Person, Site, User

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
