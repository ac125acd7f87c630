"""What a deletion would do is shown beforehand, as far as the actor sees it (DIR-11)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import (
    AccountEntry,
    Company,
    Forbidden,
    Interaction,
    Item,
    NotFound,
    PaymentMethod,
    Person,
    Site,
    Workspace,
)
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT

pytestmark = pytest.mark.req("DIR-11")


@pytest.fixture
def client(workspace: Any) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois", access="shared-read"))


def names(found: Any) -> list[str]:
    return [one.name for one in found]


def test_people_are_named_and_all_other_records_counted(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        session.people.add(client, Person("Joe"))
        session.people.add(client, Person("Ann"))
        listed = session.contacts.add(Person("Listed"))
        session.people.add(client, listed)
        session.sites.add(client, Site("Mill"))
        item = session.items.add(client, Item("Rex"))
        session.items.assign(item, listed, "payer")
        session.timeline.add(client, Interaction("Called", item_id=item.id))
        session.account.post(client, AccountEntry("invoice", "1 EUR", key="F1", date="2026-01-05"))
        session.account.save_method(client, PaymentMethod("tok_1"))
        preview = session.trash.preview(client)
    assert (preview.id, preview.kind, bool(preview)) == (client.id, "company", True)
    assert names(preview.people) == ["Ann", "Joe"]
    assert preview.records == {
        "affiliation": 3,
        "site": 1,
        "item": 1,
        "item-role": 1,
        "interaction": 1,
        "account-entry": 1,
        "payment-method": 1,
    }
    assert preview.as_dict()["people"][0]["name"] == "Ann"


def test_the_preview_stores_nothing_and_reading_is_enough(workspace: Any, client: Any, storage: Storage) -> None:
    with workspace.write(AMELIE) as session:
        session.people.add(client, Person("Joe"))
    with storage.read("acme") as reader:
        before = [reader.dump("contact"), reader.dump("affiliation"), reader.feed()]
    with workspace.read(AMELIE) as session:
        assert session.trash.preview(client.id).records == {"affiliation": 1}
    with storage.read("acme") as reader:
        assert [reader.dump("contact"), reader.dump("affiliation"), reader.feed()] == before


def test_contacts_that_get_another_primary_are_named_with_the_successor(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        jane = session.contacts.add(Person("Jane"))
        for other in (client, session.contacts.add(Company("Sud"))):
            session.people.add(other, jane)
        session.people.add(client, Person("Joe"))
        preview = session.trash.preview(jane)
    shown = [(one.contact.name, one.before.name, one.after and one.after.name) for one in preview.primaries]
    assert shown == [("Bois", "Jane", "Joe"), ("Sud", "Jane", None)]


@pytest.mark.req("ACC-3")
def test_hidden_records_are_neither_named_nor_counted(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        session.contacts.share(client, "shared-write")
        jane = session.contacts.add(Person("Jane", access="shared-write"))
        session.people.add(client, jane)
    with workspace.write(ROOT) as session:
        hidden = session.contacts.add(Company("Hidden"))
        session.people.add(hidden, jane)
        secret = session.contacts.add(Person("Secret"))
        session.people.add(client, secret)
    with workspace.read(BOB) as session:
        assert session.trash.preview(jane).records == {"affiliation": 1}
        assert session.trash.preview(client).records == {"affiliation": 1}
        assert session.trash.preview(jane).primaries[0].after is None
        with pytest.raises(NotFound):
            session.trash.preview(hidden.id)


def test_an_item_goes_with_its_parts_and_a_site_alone(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        site, item = session.sites.add(client, Site("Mill")), session.items.add(client, Item("Rex"))
        note = session.timeline.add(client, Interaction("Called", item_id=item.id))
        other = session.timeline.add(client, Interaction("Deleted", item_id=item.id))
        session.timeline.delete(other)
        assert session.trash.preview(item).records == {"interaction": 1}
        assert session.trash.preview(site).records == {}
        assert session.trash.preview(note).kind == "interaction"


def test_only_who_may_delete_previews(workspace: Any, client: Any) -> None:
    with workspace.write(AMELIE) as session:
        site = session.sites.add(client, Site("Mill"))
    with workspace.read(BOB) as session:
        for record in (client, site):
            with pytest.raises(Forbidden) as refused:
                session.trash.preview(record)
            assert refused.value.code == "read-only"
    with workspace.write(AMELIE) as session:
        session.contacts.delete(client)
        for record in (client.id, site.id, "nobody"):
            with pytest.raises(NotFound) as missing:
                session.trash.preview(record)
            assert missing.value.path == "record"


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_a_deletion_does_what_its_preview_says(storage: Storage, data: st.DataObject) -> None:
    name = f"w{data.draw(st.integers(0, 10**12))}"
    space = Workspace(storage, name)
    access = st.sampled_from(["private", "shared-read", "shared-write"])
    with space.write(AMELIE) as session:
        clients = [session.contacts.add(Company(f"C{number}", access=data.draw(access))) for number in range(3)]
        people = [session.contacts.add(Person(f"P{number}", access=data.draw(access))) for number in range(2)]
    with space.write(ROOT) as session:
        hidden = session.contacts.add(Person("Hidden"))
        for one in clients:
            for person in data.draw(st.lists(st.sampled_from([*people, hidden]), unique_by=lambda one: one.id)):
                session.people.add(one, person, primary=data.draw(st.booleans()))
            for number in range(data.draw(st.integers(0, 2))):
                session.people.add(one, Person(f"{one.name} {number}", responsibles=["amelie"]))
    doomed = data.draw(st.sampled_from([*clients, *people]))
    with space.write(AMELIE) as session:
        preview = session.trash.preview(doomed)
        before = {card.id for card in session.contacts.page(role="any", limit=1_000)}
        primaries = {one.id: session.people.primary(one) for one in clients if one.id != doomed.id}
        session.contacts.delete(doomed)
        after = {card.id for card in session.contacts.page(role="any", limit=1_000)}
        assert before - after == {doomed.id, *(one.id for one in preview.people)}
        moved = {}
        for one in clients:
            if one.id == doomed.id:
                continue
            old, now = primaries[one.id], session.people.primary(one)
            if (old and old.id) != (now and now.id):
                moved[one.id] = now and now.person_id
        assert moved == {one.contact.id: one.after and one.after.id for one in preview.primaries}
