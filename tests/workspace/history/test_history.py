from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Interaction, Item, NotFound, Person, PortalUser, Site, User, to_plain


def told(entry: Any) -> list[tuple[Any, ...]]:
    return [
        (change.what, change.kind, change.name, *((one.field, one.before, one.after) for one in change.fields))
        for change in entry.changes
    ]


@pytest.mark.req("DIR-14")
def test_each_act_says_who_when_why_and_what_of_each_field(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
    with workspace.write(bob) as session:
        changed = attrs.evolve(client, division="North", phones=["01 44 55 66 77"], tags=["VIP"])
        session.contacts.save(changed)
    with workspace.read(amelie) as session:
        second, first = session.history.of(client)
    assert (first.by, first.cause, first.cause_id, told(first)) == (
        "amelie",
        "hand",
        "",
        [("add", "company", "Bois, North")],
    )
    assert second.by == "bob"
    assert second.at > first.at
    phone = {"e164": "+33144556677", "text": "01 44 55 66 77"}
    assert told(second) == [
        (
            "change",
            "company",
            "Bois, North",
            ("division", "", "North"),
            ("phones", [], [phone]),
            ("tags", [], ["VIP"]),
        )
    ]
    assert second.changes[0].version == 2


@pytest.mark.req("DIR-14")
def test_custom_fields_change_one_by_one(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        siret = session.settings.define_field("Siret").slug
        since = session.settings.define_field("Client since", "date").slug
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", fields={siret: "1"}))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, fields={siret: "2", since: "2026-01-31"}))
    with workspace.read(amelie) as session:
        entry, _ = session.history.of(client)
    assert told(entry) == [
        (
            "change",
            "company",
            "Bois",
            (f"fields.{siret}", "1", "2"),
            (f"fields.{since}", None, "2026-01-31"),
        )
    ]


@pytest.mark.req("DIR-14")
def test_access_and_responsible_users_are_fields(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        session.contacts.share(client, "shared-read", responsibles=["amelie", "bob"])
    with workspace.read(amelie) as session:
        entry, _ = session.history.of(client)
    assert told(entry) == [
        (
            "change",
            "company",
            "Bois",
            ("access", "private", "shared-read"),
            ("responsibles", ["amelie"], ["amelie", "bob"]),
        )
    ]


@pytest.mark.req("DIR-14")
def test_the_history_of_a_contact_has_what_belongs_to_it_and_nothing_else(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        session.contacts.add(Company("Other"))
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), position="CFO")
        site = session.sites.add(client, Site("Mill"))
        item = session.items.add(client, Item("Saw"))
        note = session.timeline.add(client, Interaction(type="note", title="Called"))
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(jane, position="CEO"))
        session.sites.save(attrs.evolve(site, name="Sawmill"))
        session.items.delete(item)
        session.timeline.delete(note)
    with workspace.write(amelie) as session:
        session.people.remove(jane.id)
    with workspace.read(amelie) as session:
        removed, changed, added, first = session.history.of(client)
        of_site = session.history.of(site)
        of_jane = session.history.of(jane.person)
        of_removed = session.history.of(jane)
    assert told(first) == [("add", "company", "Bois")]
    assert told(added) == [
        ("add", "affiliation", ""),
        ("add", "site", "Sawmill"),
        ("add", "item", "Saw"),
        ("add", "interaction", "Called"),
    ]
    assert told(changed) == [
        ("change", "affiliation", "", ("position", "CFO", "CEO")),
        ("change", "site", "Sawmill", ("name", "Mill", "Sawmill")),
        ("delete", "item", "Saw"),
        ("delete", "interaction", "Called"),
    ]
    assert [line[:3] for line in told(removed)] == [("remove", "affiliation", "")]
    assert ("position", "CEO", "") in told(removed)[0]
    assert [told(entry) for entry in of_site] == [
        [("change", "site", "Sawmill", ("name", "Mill", "Sawmill"))],
        [("add", "site", "Sawmill")],
    ]
    assert [len(entry.changes) for entry in of_jane] == [1, 1, 2]
    assert [entry.changes[0].what for entry in of_removed] == ["remove", "change", "add"]


@pytest.mark.req("DIR-14")
def test_pages_of_a_history_join_without_a_gap(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    for number in range(5):
        with workspace.write(amelie) as session:
            client = session.contacts.save(attrs.evolve(client, description=str(number)))
    with workspace.read(amelie) as session:
        whole = session.history.of(client)
        assert whole.next is None
        read, after = [], None
        while True:
            page = session.history.of(client, limit=2, after=after)
            read += page.items
            after = page.next
            if after is None:
                break
    assert read == [*whole]
    assert len(read) == 6


@pytest.mark.req("DIR-14")
def test_the_changes_of_one_record_in_one_transaction_are_one(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        client = session.contacts.save(attrs.evolve(client, division="North"))
    with workspace.write(amelie) as session:
        client = session.contacts.save(attrs.evolve(client, division="South"))
        client = session.contacts.save(attrs.evolve(client, division="East"))
    with workspace.read(amelie) as session:
        second, first = session.history.of(client)
    assert told(first) == [("add", "company", "Bois, East")]
    assert told(second) == [("change", "company", "Bois, East", ("division", "North", "East"))]


@pytest.mark.req("DIR-14", "ACC-3")
def test_a_history_shows_no_more_than_the_records_do(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        secret = session.contacts.add(Company("Secret"))
    with workspace.write(amelie) as session:
        hidden = session.contacts.add(Person("Hidden", access="private"))
        session.people.add(client, hidden)
        shared = session.contacts.add(Person("Shared", access="shared-read"))
        link = session.people.add(client, shared)
    with workspace.write(amelie) as session:
        session.people.make_primary(link)
    with workspace.read(bob) as session:
        assert [told(entry) for entry in session.history.of(client)] == [
            [("add", "affiliation", "Shared")],
            [("add", "company", "Bois")],
        ]
        with pytest.raises(NotFound):
            session.history.of(secret)
        with pytest.raises(NotFound):
            session.history.of(secret.id)
    with workspace.read(User("root", admin=True)) as session:
        assert {line[2:] for line in told(session.history.of(client).items[0])} == {
            ("Hidden", ("primary", True, False)),
            ("Shared", ("primary", False, True)),
        }


@pytest.mark.req("DIR-14", "ACC-3")
def test_a_removed_affiliation_of_a_hidden_person_stays_hidden(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        hidden = session.contacts.add(Person("Hidden", access="private"))
        link = session.people.add(client, hidden)
    with workspace.write(amelie) as session:
        session.people.remove(link)
    with workspace.read(bob) as session:
        (entry,) = session.history.of(client)
        assert told(entry) == [("add", "company", "Bois")]
        with pytest.raises(NotFound):
            session.history.of(link)


@pytest.mark.req("DIR-14", "POR-8")
def test_portal_users_have_no_history(workspace: Any, amelie: Any, root: Any) -> None:
    from contactcore.workspace.history import History

    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.read(amelie) as session:
        transaction = session._transaction
        transaction.actor = PortalUser("1", client.id, 0)
        with pytest.raises(Forbidden) as refused:
            History(transaction).of(client)
    assert refused.value.code == "staff-only"


@pytest.mark.req("DIR-14")
def test_an_import_writes_one_entry_per_batch(workspace: Any, amelie: Any) -> None:
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("First name,Company,E-mail\nJo,Bois,jo@bois.fr\nAnn,Bois,ann@bois.fr\n"))
    with workspace.read(amelie) as session:
        (bois,) = session.contacts.page(kind="company")
        (entry,) = session.history.of(bois)
    assert (entry.cause, entry.cause_id) == ("import", report.id)
    assert told(entry) == [
        ("add", "company", "Bois"),
        ("add", "affiliation", "Jo"),
        ("add", "affiliation", "Ann"),
    ]


@pytest.mark.req("DIR-14")
def test_a_deletion_and_a_restoring_are_acts(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
        session.sites.add(client, Site("Mill"))
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
    with workspace.read(amelie) as session:
        assert told(session.history.of(client).items[0]) == [("delete", "site", "Mill"), ("delete", "company", "Bois")]
    with workspace.write(amelie) as session:
        session.trash.restore(client)
    with workspace.read(amelie) as session:
        restored, deleted, _ = session.history.of(client)
    assert (deleted.cause, restored.cause) == ("hand", "restore")
    assert told(restored) == [("restore", "company", "Bois"), ("restore", "site", "Mill")]


@pytest.mark.req("DIR-14", "DIR-11")
def test_a_purge_leaves_nothing(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Secret", access="shared-write"))
        other = session.contacts.add(Company("Other", access="shared-write"))
        jane = session.people.add(client, Person("Jane", access="shared-write"), position="Spy")
        session.people.add(other, jane.person, position="Mole")
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(jane, position="Agent"))
        session.contacts.save(attrs.evolve(other, division="North"))
        session.contacts.save(attrs.evolve(client, description="Classified"))
    with workspace.write(root) as session:
        session.contacts.delete(client.id)
        session.contacts.delete(jane.person.id)
    with workspace.write(root) as session:
        session.trash.purge(client.id)
        session.trash.purge(jane.person.id)
    with workspace.storage.read("acme") as reader:
        bodies = [record.body.decode() for record in reader.dump("history")]
        terms = {term for record in reader.dump("history") for term in record.terms}
    for text in ("Secret", "Classified", "Spy", "Agent", "Mole", "Jane", client.id, jane.person.id, jane.id):
        assert not [body for body in bodies if text in body]
        assert not [term for term in terms if text in term]
    with workspace.read(amelie) as session:
        assert [told(entry) for entry in session.history.of(other)] == [
            [("change", "company", "Other, North", ("division", "", "North"))],
            [("add", "company", "Other, North")],
        ]


@pytest.mark.req("DIR-14")
def test_an_act_of_many_and_large_changes_is_read_back_whole(workspace: Any, amelie: Any) -> None:
    large = {f"key {number}": '"ü\\' * 1_000 for number in range(120)}
    other = dict.fromkeys(large, '"x' * 1_000)
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", description='"ü\\' * 30_000, unmapped=large))
        # A small owner: adding a site reads the owner of the site.
        owner = session.contacts.add(Company("Owner"))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, description='x"' * 40_000, unmapped=other))
        for number in range(700):
            session.sites.add(owner, Site(f"Site {number}"))
    with workspace.read(amelie) as session:
        entry, _ = session.history.of(client)
        (change,) = entry.changes
        fields = {field.field: (field.before, field.after) for field in change.fields}
        assert fields == {"description": ('"ü\\' * 30_000, 'x"' * 40_000), "unmapped": (large, other)}
        adding, _ = session.history.of(owner)
        assert adding.id == entry.id
        assert [change.what for change in adding.changes] == ["add"] * 700
        assert [change.name for change in adding.changes] == [f"Site {number}" for number in range(700)]


@pytest.mark.req("DIR-14")
def test_to_plain_of_a_history(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois"))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, division="North"))
    with workspace.read(amelie) as session:
        page = session.history.of(client)
    plain = to_plain(page)
    assert plain["next"] is None
    assert plain["items"][0]["changes"] == [
        {
            "kind": "company",
            "id": client.id,
            "name": "Bois, North",
            "what": "change",
            "version": 2,
            "fields": [{"field": "division", "before": "", "after": "North"}],
        }
    ]


@pytest.mark.req("DIR-14", "DIR-1")
def test_a_conversion_is_a_change_of_the_kind(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        wrong = session.contacts.add(Person("Bois", "& Fils"))
    with workspace.write(amelie) as session:
        session.contacts.convert(wrong, "company")
    with workspace.read(amelie) as session:
        entry, _ = session.history.of(wrong)
    assert told(entry) == [
        (
            "change",
            "company",
            "Bois & Fils",
            ("kind", "person", "company"),
            ("given_name", "Bois", None),
            ("family_name", "& Fils", None),
            ("name", None, "Bois & Fils"),
        )
    ]
    with workspace.write(amelie) as session:
        session.history.undo(entry)
        assert session.contacts.get(wrong.id).display_name == "Bois & Fils"
        assert session.contacts.get(wrong.id).kind == "person"
