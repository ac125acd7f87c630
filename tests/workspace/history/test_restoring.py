from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Interaction, Invalid, Item, NotFound, Person, Site
from support.actors import BOB, ROOT


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write", description="first", tags=["VIP"]))


def codes(refused: Any) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in refused.value.problems]


@pytest.mark.req("DIR-14")
def test_any_earlier_state_of_a_contact_is_restored_as_a_new_change(
    workspace: Any, amelie: Any, root: Any, client: Any
) -> None:
    with workspace.write(root) as session:
        siret = session.settings.define_field("Siret").slug
    with workspace.write(amelie) as session:
        second = session.contacts.save(
            attrs.evolve(client, name="Boys", description="", tags=[], phones=["01 44 55 66 77"], fields={siret: "1"})
        )
    with workspace.write(amelie) as session:
        third = session.contacts.share(second.id, "private")
    states = {1: client, 2: second, 3: third}
    for number, (version, was) in enumerate((*states.items(), *reversed(states.items())), 4):
        by = {"version": version} if number % 2 else {"as_of": was.changed_at}
        with workspace.write(amelie) as session:
            restored = session.history.restore(client.id, **by)
            kept = {name: getattr(restored, name) for name in ("version", "changed_at", "changed_by")}
            assert attrs.evolve(was, **kept) == restored
    with workspace.read(amelie) as session:
        entry = session.history.of(client).items[0]
        assert (entry.cause, entry.cause_id) == ("restore", client.id)
    with workspace.write(amelie) as session:
        version = session.contacts.get(client.id).version
        assert session.history.restore(client.id, version=version).version == version


@pytest.mark.req("DIR-14")
def test_the_records_of_a_contact_are_restored_alike(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), position="CFO", authorities=["represent"])
        joe = session.people.add(client, Person("Joe"))
        site = session.sites.add(client, Site("Mill"))
        item = session.items.add(client, Item("Saw"))
        note = session.timeline.add(client, Interaction(type="note", title="Called", person_id=jane.person_id))
        role = session.items.assign(item, jane.person, "payer")
    with workspace.write(amelie) as session:
        session.people.save(attrs.evolve(jane, position="CEO", authorities=[]))
        session.people.make_primary(joe.id)
        session.sites.save(attrs.evolve(site, name="Other"))
        session.items.save(attrs.evolve(item, name="Other"))
        session.timeline.save(attrs.evolve(note, title="Other", person_id=""))
        session.items.save_role(attrs.evolve(role, information="Other"))
    with workspace.write(amelie) as session:
        restored = [session.history.restore(one.id, version=1) for one in (jane, site, item, note, role)]
    unlike = {"version": 0, "primary": False}
    for was, now in zip((jane, site, item, note, role), restored, strict=True):
        changes = {name: value for name, value in unlike.items() if hasattr(was, name)}
        assert attrs.evolve(was, **changes) == attrs.evolve(now, **changes)
        assert now.version == 3
    with workspace.read(amelie) as session:
        assert session.people.primary(client).id == joe.id


@pytest.mark.req("DIR-14", "DIR-8")
def test_a_state_that_names_what_is_gone_is_refused_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(ROOT) as session:
        session.settings.add_type("Old")
        session.settings.add_category("Past")
        field = session.settings.define_field("Siret").slug
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane", access="shared-write"))
        site = session.sites.add(client, Site("Mill"))
        note = session.timeline.add(
            client, Interaction(type="note", title="x", person_id=jane.person_id, site_id=site.id)
        )
        session.contacts.save(attrs.evolve(client, type="old", categories=["past"], fields={field: "1"}))
    with workspace.write(amelie) as session:
        current = session.contacts.get(client.id)
        session.contacts.save(attrs.evolve(current, type="", categories=[], fields={}))
        session.timeline.save(attrs.evolve(note, person_id="", site_id=""))
    with workspace.write(ROOT) as session:
        session.settings.remove_type("old")
        session.settings.remove_category("past")
        session.contacts.delete(jane.person_id)
        session.sites.delete(site.id)
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.history.restore(client.id, version=2)
        assert codes(refused) == [("type-unknown", "type"), ("category-unknown", "categories")]
        with pytest.raises(NotFound) as gone:
            session.history.restore(note.id, version=1)
        assert (gone.value.what, gone.value.id) == ("site", site.id)
        assert session.contacts.get(client.id).version == 3
        assert session.timeline.get(note.id).version == 2


@pytest.mark.req("DIR-14")
def test_bad_requests_are_refused_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        site = session.sites.add(client, Site("Mill"))
        session.sites.delete(site)
    with workspace.write(amelie) as session:
        for more, expected in (
            ({}, ("restore-when", "as_of")),
            ({"version": 1, "as_of": client.changed_at}, ("restore-when", "as_of")),
            ({"version": 7}, ("version-unknown", "version")),
            ({"version": 0}, ("version-unknown", "version")),
            ({"as_of": "2100-01-01"}, ("as-of-future", "as_of")),
            ({"as_of": "2020-01-01"}, ("as-of-before", "as_of")),
            ({"as_of": "soon"}, ("time-syntax", "as_of")),
            ({"version": "1"}, ("number-type", "version")),
        ):
            with pytest.raises(Invalid) as refused:
                session.history.restore(client, **more)
            assert codes(refused) == [expected]
        with pytest.raises(Invalid) as refused:
            session.history.restore(attrs.evolve(client, name="Other"), version=1)
        assert refused.value.code == "edit-not-stored"
        with pytest.raises(Invalid) as refused:
            session.history.restore(site.id, version=1)
        assert codes(refused) == [("record-deleted", "record")]
        with pytest.raises(NotFound):
            session.history.restore("nobody", version=1)
    with workspace.read(amelie) as session, pytest.raises(Forbidden) as forbidden:
        session.history.restore(client, version=1)
    assert forbidden.value.code == "read-only-session"


@pytest.mark.req("DIR-14", "ACC-2")
def test_only_who_may_change_a_record_restores_it(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(client.id), name="Boys"))
        session.contacts.share(client.id, "shared-read")
    with workspace.write(BOB) as session, pytest.raises(Forbidden) as refused:
        session.history.restore(client, version=1)
    assert refused.value.code == "read-only"
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "private")
    with workspace.write(BOB) as session, pytest.raises(NotFound):
        session.history.restore(client, version=1)


@pytest.mark.req("DIR-14", "DIR-1")
def test_another_kind_is_not_restored_silently(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        wrong = session.contacts.add(Person("Bois", "& Fils"))
    with workspace.write(amelie) as session:
        session.contacts.convert(wrong, "company")
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.history.restore(wrong.id, version=1)
    assert codes(refused) == [("kind-change", "record")]


@pytest.mark.req("DIR-14", "ACC-4")
def test_a_copy_of_a_workspace_keeps_its_history(workspace: Any, amelie: Any, client: Any) -> None:
    from contactcore import Workspace
    from contactcore.workspace.maintenance.copying import copy_workspace
    from contactcore_memory import MemoryStorage

    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, name="Boys"))
    with workspace.read(amelie) as session:
        history = session.history.of(client)
    there = MemoryStorage()
    copy_workspace(workspace.storage, there, workspace.name)
    copy = Workspace(there, workspace.name, host=workspace.host)
    with copy.write(amelie) as session:
        assert session.history.of(client) == history
        assert session.contacts.get(client, as_of=client.changed_at) == client
        assert session.history.restore(client.id, version=1).name == "Bois"
        session.history.undo(history.items[1])
        assert session.contacts.count() == 0
