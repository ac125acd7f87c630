"""The roles of contacts for items: guardian, payer, emergency contact (SIT-2)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import (
    Company,
    Conflict,
    Forbidden,
    Invalid,
    Item,
    ItemRole,
    NotFound,
    Person,
    PortalUser,
    from_plain,
    to_plain,
)
from support.import_views import codes, imported, named

PASSWORD = "correct horse"  # the passphrase of a test
pytestmark = pytest.mark.req("SIT-2")


@pytest.fixture
def jane(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))


@pytest.fixture
def joan(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Joan", "Roe", emails=["joan@roe.org"]))


@pytest.fixture
def tom(workspace: Any, amelie: Any, jane: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.items.add(jane, Item("Tom"))


@pytest.fixture
def guardian(workspace: Any, amelie: Any, tom: Any, joan: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.items.assign(tom, joan, "guardian", information="after school")


def shown(session: Any, item: Any) -> list[tuple[str, str]]:
    return [(one.contact.display_name, one.role.role) for one in session.items.roles(item)]


def test_a_role_keeps_what_was_entered(
    workspace: Any, amelie: Any, jane: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    assert (guardian.version, guardian.item_id, guardian.contact_id, guardian.holder_id) == (
        1,
        tom.id,
        jane.id,
        joan.id,
    )
    with workspace.read(amelie) as session:
        (found,) = session.items.roles(tom)
        assert (found.role, found.item, found.contact) == (guardian, tom, joan)
        assert session.items.responsible_for(joan) == (found,)
        assert session.items.responsible_for(jane) == ()
    assert from_plain(to_plain(guardian)) == guardian
    assert from_plain(to_plain(guardian), ItemRole) == guardian


def test_a_company_and_the_owner_may_have_roles_and_a_contact_several(
    workspace: Any, amelie: Any, jane: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        school = session.contacts.add(Company("School"))
        for contact, role in ((school, "payer"), (jane, "payer"), (joan, "emergency")):
            session.items.assign(tom, contact, role)
        assert shown(session, tom) == [
            ("Joan Roe", "guardian"),
            ("School", "payer"),
            ("Jane Doe", "payer"),
            ("Joan Roe", "emergency"),
        ]
        assert [(one.item.name, one.role.role) for one in session.items.responsible_for(jane)] == [("Tom", "payer")]


def test_a_contact_has_each_role_for_an_item_once(
    workspace: Any, amelie: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        payer = session.items.assign(tom, joan, "payer")
        for act in (
            lambda: session.items.assign(tom.id, joan.id, "guardian"),
            lambda: session.items.save_role(attrs.evolve(payer, role="guardian")),
        ):
            with pytest.raises(Invalid) as refusal:
                act()
            assert (refusal.value.code, refusal.value.path) == ("item-role-twice", "role")


@pytest.mark.req("DIR-17")
def test_what_no_role_can_be_is_refused(workspace: Any, amelie: Any, root: Any, joan: Any, tom: Any) -> None:
    with workspace.write(root) as session:
        session.settings.item_roles.archive("emergency")
    with workspace.write(amelie) as session:
        for role in ("aunt", "", "emergency"):
            with pytest.raises(Invalid, match="Roles are guardian, payer") as refusal:
                session.items.assign(tom, joan, role)
            assert (refusal.value.code, refusal.value.path) == ("item-role-unknown", "role")
        with pytest.raises(Invalid) as refusal:
            session.items.assign(tom, attrs.evolve(joan, given_name="Jo"), "payer")
        assert (refusal.value.code, refusal.value.path) == ("edit-not-stored", "contact")
        with pytest.raises(NotFound) as missing:
            session.items.assign(tom, "nobody", "payer")
        assert missing.value.path == "contact"


def test_a_role_is_changed_and_taken_away(workspace: Any, amelie: Any, tom: Any, joan: Any, guardian: Any) -> None:
    with workspace.write(amelie) as session:
        assert session.items.save_role(guardian) == guardian
        saved = session.items.save_role(attrs.evolve(guardian, role="payer", information=""))
        assert (saved.version, saved.role, saved.information, saved.since) == (2, "payer", "", guardian.since)
        for name in ("item_id", "contact_id", "holder_id"):
            with pytest.raises(Invalid) as refusal:
                session.items.save_role(attrs.evolve(saved, **{name: "other"}))
            assert (refusal.value.code, refusal.value.path) == ("contact-change", name)
        session.items.unassign(saved)
        assert session.items.roles(tom) == ()
        with pytest.raises(NotFound):
            session.items.unassign(saved.id)
        assert session.items.assign(tom, joan, "payer").version == 1


@pytest.mark.req("DIR-15")
def test_a_changed_role_is_never_overwritten(workspace: Any, amelie: Any, guardian: Any) -> None:
    with workspace.write(amelie) as session:
        saved = session.items.save_role(attrs.evolve(guardian, information="weekends"))
        for act in (
            lambda: session.items.save_role(attrs.evolve(guardian, role="payer")),
            lambda: session.items.unassign(guardian),
        ):
            with pytest.raises(Conflict) as refusal:
                act()
            assert refusal.value.stored == saved
        with pytest.raises(Invalid) as edited:
            session.items.unassign(attrs.evolve(saved, information="lost"))
        assert (edited.value.code, edited.value.path) == ("edit-not-stored", "role")


@pytest.mark.req("ACC-2")
def test_a_role_needs_the_right_to_change_the_contact_of_the_item_alone(
    workspace: Any, amelie: Any, bob: Any, jane: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-read")
        session.contacts.share(joan.id, "shared-write")
    with workspace.write(bob) as session:
        for act in (
            lambda: session.items.assign(tom, joan.id, "payer"),
            lambda: session.items.save_role(attrs.evolve(guardian, information="")),
            lambda: session.items.unassign(guardian),
        ):
            with pytest.raises(Forbidden) as refusal:
                act()
            assert refusal.value.code == "read-only"
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-write")
        session.contacts.share(joan.id, "shared-read")
    with workspace.write(bob) as session:
        session.items.assign(tom, joan.id, "payer")
        session.items.unassign(guardian)


@pytest.mark.req("ACC-3")
def test_a_role_is_seen_with_both_contacts_only(
    workspace: Any, amelie: Any, bob: Any, jane: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-write")
    with workspace.write(bob) as session:
        assert session.items.roles(tom) == ()
        for act in (
            lambda: session.items.save_role(guardian),
            lambda: session.items.unassign(guardian),
            lambda: session.items.responsible_for(joan),
            lambda: session.items.assign(tom, joan, "guardian"),
        ):
            with pytest.raises(NotFound):
                act()
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "private")
        session.contacts.share(joan.id, "shared-write")
    with workspace.write(bob) as session:
        assert session.items.responsible_for(joan.id) == ()
        with pytest.raises(NotFound):
            session.items.roles(tom)
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-read")
    with workspace.write(bob) as session:
        assert shown(session, tom) == [("Joan Roe", "guardian")]


@pytest.mark.req("SIT-7")
def test_a_deleted_item_takes_its_roles_to_the_trash_and_back(
    workspace: Any, storage: Any, amelie: Any, root: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        session.items.delete(tom)
        assert session.items.responsible_for(joan) == ()
        assert [card.kind for card in session.trash.list()] == ["item"]
        session.trash.restore(tom)
        assert shown(session, tom) == [("Joan Roe", "guardian")]
        session.items.delete(tom.id)
    with workspace.write(root) as session:
        session.trash.purge(tom.id)
    with storage.read("acme") as reader:
        assert [*reader.dump("item-role")] == []


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("first", ["owner", "holder"])
def test_a_role_waits_in_the_trash_until_both_contacts_are_back(
    workspace: Any, amelie: Any, jane: Any, joan: Any, tom: Any, guardian: Any, first: str
) -> None:
    one, other = (jane, joan) if first == "owner" else (joan, jane)
    with workspace.write(amelie) as session:
        session.contacts.delete(one)
        session.contacts.delete(other)
        session.trash.restore(one)
        if first == "owner":
            assert session.items.roles(tom) == ()
        else:
            assert session.items.responsible_for(joan.id) == ()
        session.trash.restore(other)
        assert shown(session, tom) == [("Joan Roe", "guardian")]


@pytest.mark.req("DIR-11")
def test_a_role_waits_for_its_item_too(workspace: Any, amelie: Any, joan: Any, tom: Any, guardian: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(joan)
        session.items.delete(tom)
        session.trash.restore(joan)
        assert session.items.responsible_for(joan.id) == ()
        session.trash.restore(tom)
        assert shown(session, tom) == [("Joan Roe", "guardian")]


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("purged", ["owner", "holder"])
def test_a_purged_contact_takes_its_roles_along(
    workspace: Any, storage: Any, amelie: Any, root: Any, jane: Any, joan: Any, tom: Any, guardian: Any, purged: str
) -> None:
    with workspace.write(root) as session:
        session.contacts.delete(jane if purged == "owner" else joan)
        session.trash.purge(jane if purged == "owner" else joan)
        if purged == "owner":
            assert session.items.responsible_for(joan) == ()
        else:
            assert session.items.roles(tom) == ()
    with storage.read("acme") as reader:
        assert [*reader.dump("item-role")] == []


@pytest.mark.req("ACC-3")
def test_a_hidden_role_stays_hidden_in_the_trash(
    workspace: Any, storage: Any, amelie: Any, bob: Any, jane: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(jane.id, "shared-write")
    with workspace.write(bob) as session:
        session.items.delete(tom)
    with storage.read("acme") as reader:
        (role,) = reader.dump("item-role")
        assert "trash:*" not in role.access
    with workspace.write(bob) as session:
        session.trash.restore(tom)
        assert session.items.roles(tom) == ()
    with workspace.read(amelie) as session:
        assert shown(session, tom) == [("Joan Roe", "guardian")]


@pytest.mark.req("SIT-7")
def test_a_moved_item_takes_its_roles_along(
    workspace: Any, amelie: Any, bob: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(joan.id, "shared-read")
        firm = session.contacts.add(Company("Firm", access="shared-read"))
        session.contacts.delete(joan.id)
        session.items.move(tom, firm)
        session.trash.restore(joan.id)
        (found,) = session.items.roles(tom.id)
        assert found.role.contact_id == firm.id
    with workspace.read(bob) as session:
        # The role has the access of its new owner.
        assert shown(session, tom.id) == [("Joan Roe", "guardian")]


@pytest.mark.req("DIR-11")
def test_a_contact_person_with_a_role_elsewhere_stays_when_the_client_goes(
    workspace: Any, amelie: Any, bob: Any, tom: Any
) -> None:
    with workspace.write(amelie) as session:
        firm = session.contacts.add(Company("Firm", access="shared-write"))
        person = session.people.add(firm, Person("Ann", "Poe")).person_id
        session.items.assign(tom, person, "emergency")
    with workspace.write(bob) as session:
        # Bob does not see the item, and a person who stayed would reveal it.
        session.contacts.delete(firm.id)
        with pytest.raises(NotFound):
            session.contacts.get(person)
        session.trash.restore(firm.id)
    with workspace.write(amelie) as session:
        assert shown(session, tom) == [("Ann Poe", "emergency")]
        session.contacts.delete(firm.id)
        assert shown(session, tom) == [("Ann Poe", "emergency")]


def test_a_removed_role_is_replaced_or_left_without_name(
    workspace: Any, amelie: Any, root: Any, joan: Any, tom: Any, guardian: Any
) -> None:
    with workspace.write(root) as session:
        session.settings.item_roles.add("Parent")
        session.settings.item_roles.remove("guardian", replacement="parent")
    with workspace.write(amelie) as session:
        assert shown(session, tom) == [("Joan Roe", "parent")]
        saved = session.items.save_role(attrs.evolve(session.items.roles(tom)[0].role, information="new"))
        assert saved.role == "parent"
    with workspace.write(root) as session:
        session.settings.item_roles.remove("parent")
    with workspace.write(amelie) as session:
        (found,) = session.items.roles(tom)
        assert found.role.role == ""
        assert from_plain(to_plain(found.role)) == found.role
        assert session.items.save_role(attrs.evolve(found.role, information="newer")).information == "newer"


@pytest.mark.req("DIR-9")
def test_a_change_of_the_language_leaves_roles_and_their_names(
    workspace: Any, amelie: Any, root: Any, tom: Any, guardian: Any
) -> None:
    workspace.change_language(root, "pl")
    with workspace.read(amelie) as session:
        assert [one.role for one in session.items.roles(tom.id)] == [guardian]
        assert next(iter(session.settings.item_roles)).name == "Responsable légal"


@pytest.mark.req("POR-8")
def test_a_portal_user_sees_no_roles(workspace: Any, root: Any, jane: Any, tom: Any) -> None:
    with workspace.write(root) as session:
        session.items.assign(tom, jane, "payer")
        session.portal.invite(jane, password=PASSWORD, send=False)
        login = session.portal.authenticate("jane@doe.org", PASSWORD).login
    with workspace.read(PortalUser(login.id, jane.id, login.epoch)) as session:
        assert [item.name for item in session.items.of(jane.id)] == ["Tom"]
        assert session.items.roles(tom.id) == ()
        assert session.items.responsible_for(jane.id) == ()
        assert session.settings.current.item_roles.slugs == ()


@pytest.mark.req("IMP-3")
def test_an_imported_contact_that_has_a_role_stays_when_the_import_is_undone(
    workspace: Any, amelie: Any, tom: Any
) -> None:
    report = imported(workspace, amelie, "Ann,Poe,,,ann@x.fr,,\nEve,Poe,,,eve@x.fr,,\n")
    with workspace.write(amelie) as session:
        session.items.assign(tom, named(workspace, "Ann Poe").id, "payer")
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, codes(undone)) == (1, [("Ann Poe", "in-use")])
