from __future__ import annotations

from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Interaction, Invalid, Item, NotFound, Person, Site, User
from model_based.actions import EVERY_ACTION, step
from model_based.contact_actions import CONTACT_ACTIONS
from model_based.workspace_driver import WorkspaceDriver
from support.actors import AMELIE, BOB, ROOT
from support.seeds import check_seeds, seeds_on

pytestmark = pytest.mark.cases_in_memory


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write", description="first"))


def last_act(workspace: Any, record: Any, actor: User = ROOT) -> Any:
    with workspace.read(actor) as session:
        return session.history.of(record).items[0]


def codes(refused: Any) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in refused.value.problems]


def whole(workspace: Any, contact: Any) -> Any:
    """All that the admin sees of a contact, without versions and stamps."""
    with workspace.read(ROOT) as session:
        one = session.contacts.get(contact.id)
        people = session.people.list(contact.id)
        return (
            attrs.evolve(one, version=0, changed_at=None, changed_by=""),
            [attrs.evolve(link, version=0, person=None, primary_when_read=None) for link in people],
            [attrs.evolve(link.person, version=0, changed_at=None, changed_by="") for link in people],
            [attrs.evolve(one, version=0) for one in session.sites.of(contact.id)],
            [attrs.evolve(one, version=0) for one in session.items.of(contact.id)],
            [attrs.evolve(one, version=0) for one in session.timeline.page(contact.id)],
        )


def _edit(session: Any, client: Any, _firm: Any) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(client.id), division="North", tags=["VIP"]))


def _share(session: Any, client: Any, _firm: Any) -> None:
    session.contacts.share(client.id, "private", responsibles=["amelie", "bob"])


def _add(session: Any, client: Any, _firm: Any) -> None:
    session.people.add(client.id, Person("New"), position="CFO")
    session.sites.add(client.id, Site("New"))
    item = session.items.add(client.id, Item("New"))
    session.timeline.add(client.id, Interaction(type="note", title="New", item_id=item.id))


def _add_primary(session: Any, client: Any, _firm: Any) -> None:
    session.people.add(client.id, Person("New"), primary=True)


def _make_primary(session: Any, _client: Any, firm: Any) -> None:
    session.people.make_primary(firm["joe"].id)


def _remove(session: Any, _client: Any, firm: Any) -> None:
    session.people.remove(firm["jane"].id)


def _delete_parts(session: Any, _client: Any, firm: Any) -> None:
    session.sites.delete(firm["site"].id)
    session.items.delete(firm["item"].id)


def _change_parts(session: Any, _client: Any, firm: Any) -> None:
    session.sites.save(attrs.evolve(session.sites.get(firm["site"].id), name="Other"))
    session.items.save(attrs.evolve(session.items.get(firm["item"].id), name="Other"))
    session.people.save(attrs.evolve(session.people.get(firm["jane"].id), position="Other", authorities=["represent"]))
    session.timeline.save(attrs.evolve(session.timeline.get(firm["note"].id), title="Other"))


def _delete_person(session: Any, _client: Any, firm: Any) -> None:
    session.contacts.delete(firm["jane"].person_id)


def _edit_and_delete_part(session: Any, client: Any, firm: Any) -> None:
    _edit(session, client, firm)
    session.sites.save(attrs.evolve(session.sites.get(firm["site"].id), name="Other"))
    session.sites.delete(firm["site"].id)


ACTS = [
    _edit,
    _share,
    _add,
    _add_primary,
    _make_primary,
    _remove,
    _delete_parts,
    _change_parts,
    _delete_person,
    _edit_and_delete_part,
]


@pytest.fixture
def firm(workspace: Any, amelie: Any, client: Any) -> Any:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), position="CFO")
        joe = session.people.add(client, Person("Joe"), position="CEO")
        item = session.items.add(client, Item("Saw"))
        note = session.timeline.add(client, Interaction(type="note", title="Called", item_id=item.id))
        site = session.sites.add(client, Site("Mill"))
        return {"jane": jane, "joe": joe, "item": item, "note": note, "site": site}


@pytest.mark.req("DIR-14")
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__.strip("_"))
def test_an_undo_gives_the_state_before_and_its_undo_the_state_after(
    workspace: Any, amelie: Any, client: Any, firm: Any, act: Any
) -> None:
    before = whole(workspace, client)
    with workspace.write(amelie) as session:
        act(session, client, firm)
    after = whole(workspace, client)
    assert after != before
    done = last_act(workspace, client)
    # Only admins are shown how the primary flag moves.
    actor = ROOT if act is _make_primary else amelie
    with workspace.write(actor) as session:
        undone = session.history.undo(done.id)
        assert undone.id == done.id
    assert whole(workspace, client) == before
    undo = last_act(workspace, client)
    assert (undo.cause, undo.cause_id, undo.by) == ("undo", done.id, actor.name)
    with workspace.write(actor) as session, pytest.raises(Invalid) as refused:
        session.history.undo(done)
    assert refused.value.code == "already-undone"
    with workspace.write(actor) as session:
        session.history.undo(undo)
    assert whole(workspace, client) == after
    with workspace.write(actor) as session:
        session.history.undo(done)
    assert whole(workspace, client) == before


@pytest.mark.req("DIR-14")
def test_a_deleted_contact_comes_back_and_a_restored_one_goes_again(workspace: Any, amelie: Any, client: Any) -> None:
    before = whole(workspace, client)
    with workspace.write(amelie) as session:
        session.contacts.delete(client.id)
    deleted = last_act(workspace, client)
    with workspace.write(amelie) as session:
        session.history.undo(deleted)
    assert whole(workspace, client) == before
    restored = last_act(workspace, client)
    with workspace.write(amelie) as session:
        session.history.undo(restored)
        with pytest.raises(NotFound):
            session.contacts.get(client.id)
        # Its people are in the trash with it, as before, and come back with it.
        assert [card.id for card in session.trash.list()] == [client.id]
    with workspace.write(amelie) as session:
        session.trash.restore(client.id)
    assert whole(workspace, client) == before


@pytest.mark.req("DIR-11", "DIR-14")
def test_who_came_back_from_the_trash_alone_goes_there_alone(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), people=[Person("Ann", "Lee"), Person("Joe", "Roe")])
        ann, joe = (link.person_id for link in session.people.list(bois))
        kim = session.contacts.add(Person("Kim", "Poe"))
        session.people.add(bois, kim.id)
    with workspace.write(amelie) as session:
        session.contacts.delete(ann)
        session.contacts.delete(kim.id)
        session.contacts.delete(bois.id)
    acts = []
    for id in (bois.id, ann, kim.id):
        with workspace.write(amelie) as session:
            session.trash.restore(id)
        with workspace.read(amelie) as session:
            acts.append(session.history.of(id).items[0])
    left: set[str] = set()
    for id, act in zip((kim.id, ann, bois.id), reversed(acts), strict=True):
        left.add(id)
        with workspace.write(amelie) as session:
            session.history.undo(act)
            assert {card.id for card in session.trash.list()} == left
    with workspace.write(amelie) as session:
        session.trash.restore(bois.id)
        assert [link.person_id for link in session.people.list(bois.id)] == [joe]


@pytest.mark.req("DIR-14")
def test_an_added_contact_goes_to_the_trash(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.history.undo(session.history.of(client).items[0])
        assert session.contacts.count(role="any") == 0
        assert [card.id for card in session.trash.list()] == [client.id]


@pytest.mark.req("DIR-14")
def test_a_field_that_was_changed_since_stands_in_the_way_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.save(attrs.evolve(client, division="North", description="second"))
    first = last_act(workspace, client)
    with workspace.write(BOB) as session:
        client = session.contacts.save(attrs.evolve(client, division="South"))
    second = last_act(workspace, client)
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.history.undo(first)
        assert session.contacts.get(client.id) == client
    (problem,) = refused.value.problems
    assert (problem.code, problem.path, problem.value) == ("changed-since", "division", client.id)
    assert problem.facts == {
        "kind": "company",
        "id": client.id,
        "name": "Bois, South",
        "act": second.id,
        "by": "bob",
        "at": second.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    with workspace.write(amelie) as session:
        session.history.undo(second)
        session.history.undo(first)
        assert session.contacts.get(client.id).description == "first"


@pytest.mark.req("DIR-14")
def test_a_field_that_was_changed_back_since_does_not_stand_in_the_way(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.save(attrs.evolve(client, division="North"))
    first = last_act(workspace, client)
    for division in ("South", "North"):
        with workspace.write(amelie) as session:
            client = session.contacts.save(attrs.evolve(client, division=division))
    with workspace.write(amelie) as session:
        session.history.undo(first)
        assert session.contacts.get(client.id).division == ""


@pytest.mark.req("DIR-14")
def test_what_was_added_under_a_new_record_stands_in_its_way(workspace: Any, amelie: Any, client: Any) -> None:
    first = last_act(workspace, client)
    with workspace.write(amelie) as session:
        session.sites.add(client, Site("Later"))
        session.contacts.save(attrs.evolve(client, division="North"))
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.history.undo(first)
    assert codes(refused) == [("changed-since", "division"), ("added-since", "")]


@pytest.mark.req("DIR-14")
def test_a_record_that_was_deleted_or_restored_since_stands_in_the_way(
    workspace: Any, amelie: Any, client: Any, firm: Any
) -> None:
    with workspace.write(amelie) as session:
        session.sites.save(attrs.evolve(firm["site"], name="Other"))
    changed = last_act(workspace, client)
    with workspace.write(amelie) as session:
        session.sites.delete(firm["site"].id)
    deleted = last_act(workspace, client)
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.history.undo(changed)
        assert codes(refused) == [("deleted-since", "")]
        session.trash.restore(firm["site"].id)
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.history.undo(deleted)
    assert codes(refused) == [("restored-since", "")]


@pytest.mark.req("DIR-14", "ACC-2")
def test_only_who_may_change_every_record_may_undo(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Other", access="shared-read"))
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, division="North"))
        session.contacts.save(attrs.evolve(other, division="North"))
    both = last_act(workspace, client)
    with workspace.write(BOB) as session:
        with pytest.raises(Forbidden) as refused:
            session.history.undo(both)
        assert refused.value.code == "undo-read-only"
        assert session.contacts.get(client.id).division == "North"
    with workspace.read(amelie) as session, pytest.raises(Forbidden) as refused:
        session.history.undo(both)
    assert refused.value.code == "read-only-session"


@pytest.mark.req("DIR-14", "ACC-3")
def test_an_act_of_which_the_actor_sees_nothing_does_not_exist(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        secret = session.contacts.add(Company("Secret"))
    act = last_act(workspace, secret)
    with workspace.write(BOB) as session:
        for id in (act.id, "nothing", "begin"):
            with pytest.raises(NotFound):
                session.history.undo(id)


@pytest.mark.req("DIR-14", "DIR-8")
def test_an_undo_to_a_type_that_is_gone_is_refused_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(ROOT) as session:
        session.settings.add_type("Old")
    with workspace.write(amelie) as session:
        client = session.contacts.save(attrs.evolve(client, type="old"))
    with workspace.write(amelie) as session:
        client = session.contacts.save(attrs.evolve(client, type=""))
    act = last_act(workspace, client)
    with workspace.write(ROOT) as session:
        session.settings.remove_type("old", replacement="")
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.history.undo(act)
    assert codes(refused) == [("type-unknown", "type")]


def _shown(workspace: Any) -> dict[str, Any]:
    """What each actor sees of the directory, without versions and stamps."""
    found: dict[str, Any] = {}
    for actor in (AMELIE, BOB, ROOT):
        with workspace.read(actor) as session:
            for card in session.contacts.iterate(role="any"):
                one = session.contacts.get(card.id)
                people = [
                    attrs.evolve(link, version=0, person=None, primary_when_read=None)
                    for link in session.people.list(card.id)
                ]
                found[f"{actor.name} {card.id}"] = (
                    attrs.evolve(one, version=0, changed_at=None, changed_by="", tags=()),
                    {tag.key for tag in one.tags},
                    people,
                )
    return found


def _acts(workspace: Any) -> list[str]:
    with workspace.storage.read(workspace.name) as reader:
        found = [one for one in reader.dump("history", limit=100_000) if one.orders]
    return [one.id for one in sorted(found, key=lambda one: (one.orders["time"], one.id)) if ":" not in one.id]


def _undone(workspace: Any, act: str) -> bool:
    """Undo an act as the admin, and return whether nothing stood in the way; a refusal leaves everything as it was.

    The model allows the undo of the last act, unless a person whom it added has a login since.
    """
    before = _shown(workspace)
    refused: set[str] = set()
    with workspace.write(ROOT) as session:
        try:
            session.history.undo(act)
        except Invalid as error:
            refused = {problem.code for problem in error.problems}
    assert not refused or _shown(workspace) == before
    assert refused <= {"has-login"}
    return not refused


@pytest.mark.req("DIR-14")
def test_undoing_the_acts_of_any_history_from_the_last_on_gives_each_state_before(
    open_storage: Any, request: pytest.FixtureRequest
) -> None:
    number = seeds_on(request.node.name, 20, 2)
    check_seeds(lambda seed: _undo_a_history(open_storage, seed), number, nightly=250, known=(377661092,))


def _undo_a_history(open_storage: Any, seed: int) -> None:
    random = Random(seed)
    with open_storage() as storage:
        driver = WorkspaceDriver(storage)
        workspace = driver.workspace
        before: list[tuple[str, Any]] = []
        for _ in range(random.randrange(5, 30)):
            shown, known = _shown(workspace), _acts(workspace)
            step(driver, random, EVERY_ACTION if random.random() < 0.5 else CONTACT_ACTIONS)
            found = _acts(workspace)
            if len(found) == len(known) + 1:
                before.append((found[-1], shown))
            elif found != known or _shown(workspace) != shown:
                # A purge, or a change of the settings that shows: nothing before it can be compared.
                before.clear()
        for act, shown in reversed(before):
            after = _shown(workspace)
            if not _undone(workspace, act):
                break
            assert _shown(workspace) == shown
            if random.random() < 0.3:
                assert _undone(workspace, _acts(workspace)[-1])
                assert _shown(workspace) == after
                assert _undone(workspace, act)
                assert _shown(workspace) == shown


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("hidden", [True, False])
def test_a_person_who_is_added_again_has_the_version_behind_the_one_that_was_seen(
    workspace: Any, client: Any, hidden: bool
) -> None:
    """A hidden contact person who had the primary flag would otherwise show in the version."""
    with workspace.write(BOB) as session:
        if hidden:
            session.people.add(client.id, Person("Hidden", access="private"), primary=True)
    with workspace.write(AMELIE) as session:
        link = session.people.add(client.id, Person("Jane", access="shared-write"))
        link = session.people.save(attrs.evolve(link, position="CFO"))
    with workspace.write(BOB) as session:
        for one in [one for one in session.people.list(client.id) if one.id != link.id]:
            session.people.remove(one)
    with workspace.write(AMELIE) as session:
        session.people.remove(session.people.get(link.id))
    with workspace.write(AMELIE) as session:
        session.history.undo(session.history.of(client.id).items[0].id)
        assert session.people.get(link.id).version == link.version + 1


@pytest.mark.req("DIR-14", "PER-3")
def test_a_purpose_goes_back_whoever_is_primary(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), people=[Person("Ann", "Lee"), Person("Joe", "Roe")])
        ann, joe = session.people.list(bois)

    def holder() -> str | None:
        with workspace.read(amelie) as session:
            found = session.people.primary_for(bois.id, "billing")
            return found.person_id if "billing" in found.purposes else None

    with workspace.write(amelie) as session:
        session.people.make_primary_for(joe, "billing")
    chosen = last_act(workspace, bois.id)
    assert holder() == joe.person_id
    with workspace.write(ROOT) as session:
        session.history.undo(chosen)
    assert holder() is None
    with workspace.write(ROOT) as session:
        session.history.undo(last_act(workspace, bois.id))
    assert holder() == joe.person_id
    with workspace.write(amelie) as session:
        session.people.remove(session.people.get(joe.id))
    removed = last_act(workspace, bois.id)
    with workspace.write(ROOT) as session:
        session.history.undo(removed)
    assert holder() == joe.person_id
    with workspace.write(amelie) as session:
        session.people.remove(session.people.get(joe.id))
    removed = last_act(workspace, bois.id)
    with workspace.write(amelie) as session:
        session.people.make_primary_for(session.people.get(ann.id), "billing")
    with workspace.write(ROOT) as session:
        session.history.undo(removed)
        assert [one.purposes for one in session.people.list(bois.id)] == [("billing",), ()]
    assert holder() == ann.person_id
