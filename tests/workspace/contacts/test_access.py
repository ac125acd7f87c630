from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Invalid, NotFound, Person
from contactcore.workspace import Workspace


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", tags=["Secret"], emails=["a@bois.fr"]))


@pytest.mark.req("ACC-1")
def test_the_creator_is_responsible_unless_others_are_named(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Forêt", responsibles=["zoe", "bob"]))
        assert client.responsibles == ("amelie",)
        assert other.responsibles == ("bob", "zoe")
        with pytest.raises(NotFound):
            session.contacts.get(other.id)


@pytest.mark.req("ACC-2")
@pytest.mark.req("ACC-3")
def test_a_private_contact_is_nowhere_for_others_and_everywhere_for_admins(
    workspace: Any, bob: Any, root: Any, client: Any
) -> None:
    with workspace.write(bob) as session:
        for act in (
            lambda: session.contacts.get(client.id),
            lambda: session.contacts.save(client),
            lambda: session.contacts.delete(client.id),
            lambda: session.contacts.share(client.id),
            lambda: session.people.list(client.id),
            lambda: session.people.add(client.id, Person("Jane")),
            lambda: session.trash.restore(client.id),
        ):
            with pytest.raises(NotFound):
                act()
        assert session.contacts.count(role="any") == len(session.contacts.page(role="any")) == 0
        assert session.contacts.search("bois") == session.settings.tags == session.trash.list() == ()
        assert not any(session.contacts.letters().values())
    with workspace.read(root) as session:
        assert session.contacts.get(client.id) == client


@pytest.mark.req("ACC-2")
def test_an_open_contact_is_read_by_all_marked_and_changed_as_it_says(
    workspace: Any, amelie: Any, bob: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        opened = session.contacts.share(client)
    with workspace.write(bob) as session:
        (card,) = session.contacts.page().items
        assert card.access.is_open
        for act in (
            lambda: session.contacts.save(attrs.evolve(opened, description="x")),
            lambda: session.contacts.delete(opened),
            lambda: session.people.add(opened, Person("Jane")),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "read-only"
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-write")
    with workspace.write(bob) as session:
        changed = session.contacts.save(attrs.evolve(session.contacts.get(client.id), description="x"))
        for change in ({"access": "private"}, {"responsibles": ["bob"]}):
            with pytest.raises(Forbidden) as refused:
                session.contacts.save(attrs.evolve(changed, **change))
            assert refused.value.code == "access-change"


@pytest.mark.req("ACC-2")
def test_what_is_closed_again_is_gone_for_others_at_once(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.people.add(client, Person("Jane", access="shared-read"))
        session.contacts.share(client, "shared-read")
    with workspace.read(bob) as session:
        assert [hit.name for hit in session.contacts.search("jane")] == ["Bois"]
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "private")
    with workspace.read(bob) as session:
        assert session.contacts.search("jane") == ()


@pytest.mark.req("ACC-1")
@pytest.mark.parametrize("access", ["private", "shared-read", "shared-write"])
def test_nobody_can_lose_a_contact_to_nobody(workspace: Any, amelie: Any, client: Any, access: str) -> None:
    with workspace.write(amelie) as session:
        person = session.people.add(client, Person("Jane"))
        for act in (
            lambda: session.contacts.share(client, access, responsibles=[]),
            lambda: session.contacts.share(client, access, responsibles=[], with_people=False),
            lambda: session.contacts.save(attrs.evolve(client, access=access, responsibles=[])),
            lambda: session.people.save(
                attrs.evolve(person, person=attrs.evolve(person.person, access=access, responsibles=[]))
            ),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            assert (refused.value.code, refused.value.path.rpartition(".")[2]) == (
                "responsible-missing",
                "responsibles",
            )
        assert session.contacts.get(client.id) == client


@pytest.mark.req("ACC-1")
@pytest.mark.req("ACC-6")
def test_the_people_of_a_shared_contact_without_responsible_users_keep_theirs(
    workspace: Any, amelie: Any, root: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        person = session.people.add(client, Person("Jane")).person
    with workspace.write(root) as session:
        shared = session.contacts.share(client, "shared-write", responsibles=[], with_people=False)
        assert shared.responsibles == ()
    with workspace.write(amelie) as session:
        for act in (
            lambda: session.contacts.save(attrs.evolve(shared, division="North"), with_people=True),
            lambda: session.contacts.share(shared, "shared-write", with_people=True),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            assert refused.value.code == "responsible-missing"
        assert session.contacts.get(person.id) == person
    with workspace.write(amelie) as session:
        assert session.contacts.save(attrs.evolve(shared, division="North")).division == "North"
    with workspace.write(root) as session:
        session.contacts.share(client.id, "shared-write", with_people=True)
        assert session.contacts.get(person.id).responsibles == ()


@pytest.mark.req("ACC-3")
def test_what_is_for_admins_is_refused_to_others(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
        for act in (
            lambda: session.settings.add_type("x"),
            lambda: session.settings.define_field("x"),
            lambda: session.settings.change(country="PL"),
            lambda: session.trash.purge(client.id),
            session.feed,
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "admin-only"
    with pytest.raises(Forbidden):
        workspace.change_language(amelie, "pl")


@pytest.mark.req("ACC-4")
def test_workspaces_are_sealed_from_each_other(storage: Any, workspace: Any, root: Any, client: Any) -> None:
    other = Workspace(storage, "other")
    with other.write(root) as session:
        with pytest.raises(NotFound):
            session.contacts.get(client.id)
        assert session.contacts.count() == 0
        session.contacts.add(Company("Bois"))
    with workspace.read(root) as session:
        assert session.contacts.count() == 1


def test_names_of_users_that_look_like_terms_open_nothing(workspace: Any, client: Any) -> None:
    from contactcore import User

    for name in ("*", "!admin", "=amelie", "Amelie", "admin"):
        with workspace.read(User(name)) as session:
            assert session.contacts.count(role="any") == 0


@pytest.mark.req("ACC-2")
@pytest.mark.parametrize("access", ["private", "shared-read", "shared-write"])
def test_whether_a_contact_may_be_changed_is_answered_as_save_decides(
    workspace: Any, amelie: Any, bob: Any, root: Any, client: Any, access: str
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(client, access)
    for actor in (amelie, bob, root):
        with workspace.write(actor) as session:
            if actor is bob and access == "private":
                with pytest.raises(NotFound):
                    session.contacts.may_change(client)
                continue
            answer = session.contacts.may_change(client.id)
            wanted = attrs.evolve(session.contacts.get(client.id), description=actor.name)
            if answer:
                assert session.contacts.save(wanted).description == actor.name
            else:
                with pytest.raises(Forbidden) as refused:
                    session.contacts.save(wanted)
                assert answer.reason == refused.value.code
