"""Undo beside records that the history does not keep, and beside the acts of other capabilities."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import AccountEntry, BulkAct, Company, Forbidden, Host, Interaction, Invalid, Item, Person, Workspace
from support.actors import ROOT
from support.pictures import LOGO


def undo_last(workspace: Any, record: Any, actor: Any = ROOT) -> Any:
    with workspace.write(actor) as session:
        return session.history.undo(session.history.of(record).items[0])


def refusals(workspace: Any, record: Any, number: int = 0) -> list[str]:
    with workspace.write(ROOT) as session:
        with pytest.raises(Invalid) as refused:
            session.history.undo(session.history.of(record).items[number])
        return [one.code for one in refused.value.problems]


@pytest.mark.req("DIR-14")
def test_what_was_added_together_with_a_contact_goes_to_the_trash_and_comes_back_with_it(
    workspace: Any, amelie: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"), items=[Item("Saw")])
        (saw,) = session.items.of(client)
        for record in (client, saw):
            session.pictures.set(record, LOGO)
        session.account.post(client, AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 5)))
    for _ in range(2):
        undo_last(workspace, client.id)
        with workspace.read(amelie) as session:
            assert [card.id for card in session.trash.list()] == [client.id]
        undo_last(workspace, client.id)
        with workspace.read(amelie) as session:
            assert session.pictures.of(client.id)
            assert session.pictures.of(saw.id)
            assert len(session.account.history(client.id).items) == 1


@pytest.mark.req("DIR-14")
def test_a_picture_that_was_set_later_stands_in_the_way_of_the_undo_of_the_addition(
    workspace: Any, amelie: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        session.pictures.set(client, LOGO)
    assert refusals(workspace, client) == ["added-since"]


@pytest.mark.req("DIR-14", "IMP-7")
def test_a_declaration_that_contacts_are_different_does_not_stand_in_the_way(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(client, other)
    undo_last(workspace, client)
    undo_last(workspace, client)
    with workspace.read(amelie) as session:
        assert len(session.duplicates.marked_different(client.id)) == 1


@pytest.mark.req("DIR-14", "IMP-7")
def test_a_contact_that_took_in_another_one_is_not_taken_away_with_it(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        twice = session.contacts.add(Company("Bois"))
    merging = workspace.merging(amelie)
    merged = merging.apply(merging.plan(client.id, [twice.id]))
    with workspace.read(amelie) as session:
        assert session.contacts.get(client.id) == client
    # The first act is that of the merge, the second that of the loser.
    assert refusals(workspace, client, 2) == ["merged-since"]
    with workspace.write(amelie) as session:
        session.contacts.delete(client.id)
    with workspace.write(amelie) as session:
        session.trash.restore(client.id)
    # The restoration did not make the merge.
    undo_last(workspace, client)
    undo_last(workspace, client)
    merging.undo(merged)
    with workspace.write(amelie) as session:
        session.history.undo(session.history.of(client).items[-1])
        assert session.contacts.get(twice.id) == attrs.evolve(twice, version=session.contacts.get(twice.id).version)


@pytest.mark.req("DIR-14", "DIR-22")
def test_a_bulk_act_and_one_of_its_acts_are_undone_in_any_sequence(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        clients = [session.contacts.add(Company(f"Client {n}", tags=["lead"])) for n in range(2)]
    mine = workspace.maintenance(amelie)
    act = BulkAct(add_tags=["VIP"], remove_tags=["lead"], access="shared-read")

    def tags(number: int) -> set[str]:
        with workspace.read(amelie) as session:
            return {tag.key for tag in session.contacts.get(clients[number].id).tags}

    first = mine.bulk(ids=[one.id for one in clients]).apply(act)
    # Both contacts are changed by one act of the history.
    undo_last(workspace, clients[0])
    assert tags(0) == tags(1) == {"lead"}
    undone = mine.undo(first)
    assert undone.restored == 0
    assert tags(0) == tags(1) == {"lead"}

    second = mine.bulk(ids=[one.id for one in clients]).apply(act)
    with workspace.read(ROOT) as session:
        bulk = session.history.of(clients[0]).items[0]
    mine.undo(second)
    with workspace.read(ROOT) as session:
        entry = session.history.of(clients[0]).items[0]
        assert (entry.cause, entry.cause_id) == ("undo", second.id)
    with workspace.write(ROOT) as session, pytest.raises(Invalid) as refused:
        session.history.undo(bulk)
    assert {one.code for one in refused.value.problems} == {"changed-since"}
    undo_last(workspace, clients[0])
    assert tags(0) == tags(1) == {"vip"}
    with workspace.write(ROOT) as session:
        session.history.undo(bulk)
    assert tags(0) == tags(1) == {"lead"}


@pytest.mark.req("DIR-14", "IMP-3")
def test_an_import_and_one_of_its_acts_are_undone_in_any_sequence(workspace: Any, amelie: Any) -> None:
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Name,Company,Email\nJo Doe,Bois,jo@bois.fr\n"))
    with workspace.read(amelie) as session:
        (company,) = session.contacts.page(kind="company")
        entry = session.history.of(company.id).items[0]
        assert (entry.cause, entry.cause_id) == ("import", report.id)
    undo_last(workspace, company.id)
    undone = imports.undo(report)
    assert (undone.removed, undone.kept) == (0, ())
    # What the undo of the act moved to the trash comes back.
    undo_last(workspace, company.id)
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 2
        assert [one.person.display_name for one in session.people.list(company.id)] == ["Jo Doe"]


@pytest.mark.req("DIR-14", "ACC-3")
def test_an_act_on_visible_and_hidden_records_is_undone_only_by_who_may_change_both(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(amelie) as session:
        shared = session.contacts.add(Company("Shared", access="shared-write"))
        hidden = session.contacts.add(Company("Hidden"))
        session.timeline.add(shared, Interaction(type="note", title="Seen"))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(shared, division="North"))
        session.contacts.save(attrs.evolve(hidden, division="North"))
    with workspace.read(bob) as session:
        entry = session.history.of(shared).items[0]
        assert [change.name for change in entry.changes] == ["Shared, North"]
    with workspace.write(bob) as session, pytest.raises(Forbidden) as refused:
        session.history.undo(entry)
    assert refused.value.code == "undo-read-only"
    assert hidden.id not in str(refused.value)
    assert "Hidden" not in str(refused.value)


@pytest.mark.req("DIR-8", "DIR-14")
@pytest.mark.parametrize("change", [{"archived": True}, {"choices": ["medium", "large"]}, {"required": True}])
def test_an_undo_gives_back_the_value_of_a_custom_field_that_was_changed_since(
    workspace: Any, root: Any, change: Any
) -> None:
    with workspace.write(root) as session:
        size = session.settings.define_field("Size", "choice", choices=["small", "large"], on=["person"])
        client = session.contacts.add(Person("Jo", fields={size.slug: "small"}))
    with workspace.write(root) as session:
        session.contacts.save(attrs.evolve(client, fields={size.slug: "large"}, description="Called"))
    with workspace.write(root) as session:
        session.settings.change_field(size.slug, **change)
    if "choices" in change:
        with workspace.write(root) as session, pytest.raises(Invalid) as refused:
            session.history.undo(session.history.of(client).items[0])
        assert [one.path for one in refused.value.problems] == ["fields.size"]
        return
    undo_last(workspace, client)
    with workspace.read(root) as session:
        stored = session.contacts.get(client.id)
        assert (stored.description, stored.fields[size.slug]) == ("", "small")


@pytest.mark.req("DIR-1", "DIR-14")
def test_the_undo_of_a_conversion_loses_nothing_that_only_the_present_kind_has(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Person("Marc", "Lee"))
    with workspace.write(amelie) as session:
        client = session.contacts.convert(client.id, "company")
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, division="North"))
    with workspace.write(amelie) as session:
        division, conversion, _ = session.history.of(client)
        with pytest.raises(Invalid) as refused:
            session.history.undo(conversion)
        (problem,) = refused.value.problems
        assert (problem.code, problem.path, problem.facts["act"]) == ("changed-since", "division", division.id)
        session.history.undo(division)
        session.history.undo(conversion)
        assert session.contacts.get(client.id).display_name == "Marc Lee"


@pytest.mark.req("DIR-1", "DIR-14")
def test_a_contact_person_does_not_become_a_company_again(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        marc = session.contacts.add(Company("Marc Lee", access="shared-write"))
    with workspace.write(amelie) as session:
        session.contacts.convert(marc.id, "person")
    with workspace.read(amelie) as session:
        conversion = session.history.of(marc.id).items[0]
    with workspace.write(root) as session:
        acting = session.people.add(client.id, marc.id, position="CEO")
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.history.undo(conversion)
        assert [one.code for one in refused.value.problems] == ["acts-for-contacts"]
        session.people.remove(acting.id)
        session.history.undo(conversion)
        assert session.contacts.get(marc.id).kind == "company"


@pytest.mark.req("DIR-1", "DIR-14", "ACC-3")
def test_a_hidden_client_keeps_a_copy_of_the_person_who_is_a_company_again(
    workspace: Any, amelie: Any, root: Any
) -> None:
    with workspace.write(root) as session:
        hidden = session.contacts.add(Company("Hidden"))
    with workspace.write(amelie) as session:
        marc = session.contacts.add(Company("Marc Lee", access="shared-write"))
    with workspace.write(amelie) as session:
        session.contacts.convert(marc.id, "person")
    with workspace.write(root) as session:
        session.people.add(hidden.id, marc.id, position="CEO")
    with workspace.write(amelie) as session:
        session.history.undo(session.history.of(marc.id).items[0])
        assert session.contacts.get(marc.id).kind == "company"
    with workspace.read(root) as session:
        (link,) = session.people.list(hidden.id)
        assert (link.person.display_name, link.position, link.person_id != marc.id) == ("Marc Lee", "CEO", True)


@pytest.mark.req("DIR-1", "DIR-14")
@pytest.mark.parametrize("kind", ["person", "company"])
def test_a_conversion_and_an_affiliation_of_one_act_are_undone_together(workspace: Any, amelie: Any, kind: str) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        marc = session.contacts.add(Person("Marc") if kind == "company" else Company("Marc"))
    if kind == "company":
        with workspace.write(amelie) as session:
            acting = session.people.add(client.id, marc.id)
    with workspace.write(amelie) as session:
        if kind == "company":
            session.people.remove(acting.id)
        session.contacts.convert(marc.id, kind)
        if kind == "person":
            session.people.add(client.id, marc.id)
    for expected in (0, 1) if kind == "person" else (1, 0):
        undo_last(workspace, marc.id)
        with workspace.read(amelie) as session:
            assert len(session.people.list(client.id)) == expected
            assert (session.contacts.get(marc.id).kind == "person") == bool(expected)


@pytest.mark.req("DIR-11", "DIR-14")
def test_a_contact_that_the_application_needs_is_not_taken_away_by_an_undo(storage: Any, amelie: Any) -> None:
    needed: set[str] = set()
    host = Host(blockers=lambda _, ids: {id: ["has open invoices"] for id in ids if id in needed})
    workspace = Workspace(storage, "acme", host=host)
    with workspace.write(amelie) as session:
        clients = [session.contacts.add(Company(name)) for name in ("Bois", "Sud")]
    needed.add(clients[1].id)
    with workspace.write(amelie) as session:
        act = session.history.of(clients[0]).items[0]
        with pytest.raises(Forbidden) as refused:
            session.history.undo(act)
        assert (refused.value.code, session.contacts.count()) == ("blocked-by-host", 2)
        needed.clear()
        session.history.undo(act)
        assert session.contacts.count() == 0


@pytest.mark.req("DIR-14")
def test_a_former_value_that_is_refused_leaves_the_other_records_as_they_are(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.define_field("Size", "choice", choices=["small", "large"], on=["person"])
        people = [session.contacts.add(Person(name, fields={"size": "small"})) for name in ("Ann", "Bob")]
    with workspace.write(root) as session:
        changed = [session.contacts.save(attrs.evolve(people[0], description="Called"))]
        changed.append(session.contacts.save(attrs.evolve(people[1], fields={"size": "large"})))
    with workspace.write(root) as session:
        session.settings.change_field("size", choices=["medium", "large"])
    assert refusals(workspace, people[0]) == ["field-no-such-choice"]
    with workspace.read(root) as session:
        assert [session.contacts.get(one.id) for one in people] == changed


@pytest.mark.req("DIR-14", "POR-9")
def test_a_link_to_an_address_at_work_dies_with_the_undo_of_the_affiliation(workspace: Any, amelie: Any) -> None:
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example/password?token={token}")
    with workspace.write(amelie) as session:
        bois, other = (session.contacts.add(Company(name)) for name in ("Bois", "Other"))
        jo = session.contacts.add(Person("Jo", "Doe", emails=["jo@doe.org"]))
        session.people.add(other, jo)
    with workspace.write(amelie) as session:
        acting = session.people.add(bois, jo.id, email="jo@bois.fr")
    with workspace.write(amelie) as session:
        session.portal.invite(acting)
    undo_last(workspace, acting)
    with workspace.read(ROOT) as session:
        login = session.portal.of(jo.id)
        assert login is not None
        assert login.email.text == "jo@doe.org"
        assert [(one.to.text, one.state) for one in session.outbox.list()] == [("jo@bois.fr", "dead")]


@pytest.mark.req("DIR-1", "DIR-14")
def test_an_affiliation_does_not_come_back_to_a_person_who_is_a_company_now(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois, jo = session.contacts.add(Company("Bois")), session.contacts.add(Person("Jo", "Doe"))
        acting = session.people.add(bois, jo)
    with workspace.write(amelie) as session:
        session.people.remove(acting)
    with workspace.write(amelie) as session:
        session.contacts.convert(jo.id, "company")
    assert refusals(workspace, bois) == ["changed-since"]
    with workspace.write(amelie) as session:
        session.contacts.convert(jo.id, "person")
    undo_last(workspace, bois)
    with workspace.read(amelie) as session:
        assert [one.person_id for one in session.people.list(bois)] == [jo.id]


@pytest.mark.req("DIR-1", "DIR-14")
def test_a_removal_and_a_conversion_of_one_act_are_undone_together(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois, jo = session.contacts.add(Company("Bois")), session.contacts.add(Person("Jo", "Doe"))
        acting = session.people.add(bois, jo)
    with workspace.write(amelie) as session:
        session.people.remove(acting)
        session.contacts.convert(jo.id, "company")
    undo_last(workspace, bois)
    with workspace.read(amelie) as session:
        assert [one.person_id for one in session.people.list(bois)] == [jo.id]
