from __future__ import annotations

import pickle
import threading
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, Interaction, Invalid, Item, Person, Site, Workspace, to_plain
from support.actors import AMELIE, BOB, ROOT
from support.seeds import check_seeds, seeds_on


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write", phones=["01 44 55 66 77"]))


@pytest.mark.req("DIR-15")
def test_a_conflict_names_the_fields_that_differ(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        siret = session.settings.define_field("Siret").slug
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
    with workspace.write(BOB) as session:
        session.contacts.save(attrs.evolve(client, division="North", fields={siret: "1"}))
    with workspace.write(amelie) as session, pytest.raises(Conflict) as refused:
        session.contacts.save(attrs.evolve(client, description="mine"))
    conflict = refused.value
    assert {*conflict.fields} == {"division", "description", f"fields.{siret}"}
    assert to_plain(conflict)["fields"] == [*conflict.fields]
    assert pickle.loads(pickle.dumps(conflict)).fields == conflict.fields


@pytest.mark.req("DIR-15")
def test_changes_of_other_fields_are_merged_and_named(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        siret, code = (session.settings.define_field(name).slug for name in ("Siret", "Code"))
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write", fields={siret: "1", code: "a"}))
    with workspace.write(BOB) as session:
        session.contacts.save(attrs.evolve(client, division="North", fields={siret: "2", code: "a"}))
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-read")
    with workspace.write(amelie) as session:
        mine = attrs.evolve(client, description="mine", fields={siret: "1"})
        saved = session.contacts.save(mine, merge_changes=True)
        assert saved.merged == ("fields." + siret, "access", "division")
        stored = session.contacts.get(client.id)
        assert saved.record == stored
        assert (stored.division, stored.description, dict(stored.fields)) == ("North", "mine", {siret: "2"})
        assert (stored.access.value, stored.version) == ("shared-read", 4)
        again = session.contacts.save(attrs.evolve(stored, tags=["VIP"]), merge_changes=True)
        assert (again.merged, again.record.version) == ((), 5)


@pytest.mark.req("DIR-15")
def test_changes_of_the_same_field_are_a_conflict_that_names_it(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(BOB) as session:
        theirs = session.contacts.save(attrs.evolve(client, division="North", description="theirs"))
    mine = attrs.evolve(client, division="North", description="mine", tags=["VIP"])
    with workspace.write(amelie) as session:
        with pytest.raises(Conflict) as refused:
            session.contacts.save(mine, merge_changes=True)
        assert (refused.value.mine, refused.value.stored) == (mine, theirs)
        # Both wrote the same division.
        assert refused.value.fields == ("description",)
        assert refused.value.merged == attrs.evolve(mine, version=2)
        # The refusal came from a comparison under the lock, so the session goes on.
        assert session.contacts.save(attrs.evolve(theirs, description="both")).version == 3


@pytest.mark.req("DIR-15")
def test_the_second_attempt_after_a_conflict_loses_no_change_of_others_in_other_fields(
    workspace: Any, amelie: Any, root: Any, client: Any
) -> None:
    with workspace.write(root) as session:
        siret = session.settings.define_field("Siret").slug
    with workspace.write(BOB) as session:
        session.contacts.save(
            attrs.evolve(client, description="theirs", phones=["01 44 55 66 99"], fields={siret: "2"})
        )
    mine = attrs.evolve(client, description="mine", tags=["VIP"])
    with workspace.write(amelie) as session:
        with pytest.raises(Conflict) as refused:
            session.contacts.save(mine, merge_changes=True)
        assert refused.value.fields == ("description",)
        saved = session.contacts.save(refused.value.merged)
    assert (saved.description, [one.text for one in saved.tags], saved.version) == ("mine", ["VIP"], 3)
    assert ([one.text for one in saved.phones], dict(saved.fields)) == (["01 44 55 66 99"], {siret: "2"})


@pytest.mark.req("DIR-15")
def test_a_conflict_that_no_history_explains_has_no_merged_copy(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session, pytest.raises(Conflict) as refused:
        session.contacts.save(attrs.evolve(client, version=7, division="x"), merge_changes=True)
    assert refused.value.merged is None


@pytest.mark.req("ACC-3")
def test_the_merged_copy_of_an_interaction_names_no_person_whom_the_actor_does_not_see(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-write")
    with workspace.write(BOB) as session:
        secret = session.contacts.add(Person("Secret"))
        call = session.timeline.add(client.id, Interaction("Call", body="a"))
    with workspace.write(BOB) as session:
        session.timeline.save(attrs.evolve(call, body="b", person_id=secret.id))
    with workspace.write(amelie) as session:
        with pytest.raises(Conflict) as refused:
            session.timeline.save(attrs.evolve(call, body="c"), merge_changes=True)
        assert (refused.value.merged.person_id, refused.value.merged.body) == ("", "c")
        session.timeline.save(refused.value.merged)
    with workspace.read(BOB) as session:
        assert session.timeline.get(call.id).person_id == secret.id


@pytest.mark.req("DIR-15")
def test_another_spelling_of_a_phone_number_is_a_change_too(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(BOB) as session:
        session.contacts.save(attrs.evolve(client, phones=["01.44.55.66.77"]))
    with workspace.write(amelie) as session:
        saved = session.contacts.save(attrs.evolve(client, description="mine"), merge_changes=True)
    assert (saved.merged, saved.record.phones[0].text) == (("phones",), "01.44.55.66.77")


@pytest.mark.req("DIR-15")
def test_a_version_that_the_history_does_not_have_is_a_conflict(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        for wrong in (0, 7):
            with pytest.raises(Conflict):
                session.contacts.save(attrs.evolve(client, version=wrong, division="x"), merge_changes=True)
    with workspace.write(amelie) as session, pytest.raises(Invalid):
        session.contacts.save(Company("New"), merge_changes=True)


@pytest.mark.req("DIR-15")
def test_sites_items_and_affiliations_are_merged_alike(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), position="CFO")
        joe = session.people.add(client, Person("Joe"))
        site = session.sites.add(client, Site("Mill"))
        item = session.items.add(client, Item("Saw"))
        call = session.timeline.add(client, Interaction("Call", payload={"size": 5}))
    with workspace.write(BOB) as session:
        session.timeline.save(attrs.evolve(call, body="Long"))
        session.people.save(attrs.evolve(jane, department="Finance"))
        session.people.make_primary(joe.id)
        session.sites.save(attrs.evolve(site, access_notes="Ring"))
        session.items.save(attrs.evolve(item, description="Sharp"))
    with workspace.write(amelie) as session:
        saved = session.people.save(attrs.evolve(jane, position="CEO"), merge_changes=True)
        assert saved.merged == ("department",)
        assert (saved.record.position, saved.record.department, saved.record.primary) == ("CEO", "Finance", False)
        assert session.people.get(jane.id) == saved.record
        place = session.sites.save(attrs.evolve(site, name="Sawmill"), merge_changes=True)
        assert (place.record.name, place.record.access_notes, place.merged) == ("Sawmill", "Ring", ("access_notes",))
        thing = session.items.save(attrs.evolve(item, name="Chainsaw"), merge_changes=True)
        assert (thing.record.description, thing.merged) == ("Sharp", ("description",))
        talk = session.timeline.save(attrs.evolve(call, payload={"size": 6}), merge_changes=True)
        assert (talk.record.payload, talk.record.body, talk.merged) == ({"size": 6}, "Long", ("body",))
        assert session.timeline.get(call.id) == talk.record
        for save, one in (
            (session.timeline.save, attrs.evolve(call, body="Short")),
            (session.people.save, attrs.evolve(jane, department="Sales")),
            (session.sites.save, attrs.evolve(site, access_notes="Knock")),
            (session.items.save, attrs.evolve(item, description="Blunt")),
        ):
            with pytest.raises(Conflict) as refused:
                save(one, merge_changes=True)
            assert len(refused.value.fields) == 1


@pytest.mark.req("DIR-15")
@pytest.mark.req("ACC-4")
def test_a_merged_interaction_keeps_the_person_whom_the_actor_does_not_see(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        hidden = session.contacts.add(Person("Hidden", access="private"))
        other = session.contacts.add(Person("Other", access="shared-read"))
        call = session.timeline.add(client, Interaction("Call", person_id=hidden.id))
    with workspace.read(BOB) as session:
        seen = session.timeline.get(call.id)
        assert seen.person_id == ""
    with workspace.write(amelie) as session:
        session.timeline.save(attrs.evolve(call, body="Long"))
    with workspace.write(BOB) as session:
        saved = session.timeline.save(attrs.evolve(seen, title="Visit"), merge_changes=True)
        assert (saved.record.title, saved.record.body, saved.record.person_id) == ("Visit", "Long", "")
        for change in ({"body": "Short"}, {"body": "Short", "person_id": other.id}):
            with pytest.raises(Conflict) as refused:
                session.timeline.save(attrs.evolve(seen, **change), merge_changes=True)
            assert refused.value.fields == ("body",)
            assert hidden.id not in (refused.value.mine.person_id, refused.value.stored.person_id)
    with workspace.read(amelie) as session:
        assert session.timeline.get(call.id).person_id == hidden.id


@pytest.mark.req("DIR-15")
def test_no_accepted_change_of_two_offline_editors_is_lost(open_storage: Any, request: pytest.FixtureRequest) -> None:
    number = seeds_on(request.node.name, 25, 3)
    check_seeds(lambda seed: _edit_offline(open_storage, seed), number, nightly=250)


def _edit_offline(open_storage: Any, seed: int) -> None:
    random = Random(seed)
    names = ("name", "division", "description", "external_id")
    with open_storage() as storage:
        workspace = Workspace(storage, "acme")
        with workspace.write(AMELIE) as session:
            client = session.contacts.add(Company("Bois", access="shared-write"))
        copies, accepted = {AMELIE: client, BOB: client, ROOT: client}, {name: getattr(client, name) for name in names}
        for number in range(15):
            actor = random.choice([*copies])
            change = {name: f"{name} {number}" for name in random.sample(names, random.randint(1, 2))}
            with workspace.write(actor) as session:
                try:
                    saved = session.contacts.save(attrs.evolve(copies[actor], **change), merge_changes=True)
                except Conflict as conflict:
                    copies[actor], both = conflict.stored, {*conflict.fields}
                else:
                    both = set()
            assert both <= {*change}
            if both:
                continue
            accepted |= change
            if random.random() < 0.5:
                copies[actor] = saved.record
            else:
                # The form stays open with what the actor read and typed.
                copies[actor] = attrs.evolve(saved.record)
            assert {name: getattr(saved.record, name) for name in names} == accepted


@pytest.mark.req("DIR-15")
def test_threads_that_edit_one_contact_lose_no_accepted_change(workspace: Any, amelie: Any, client: Any) -> None:
    names = ("division", "description", "external_id")

    def edit(name: str) -> None:
        copy = client
        for number in range(10):

            def save(session: Any, copy: Any = copy, number: int = number) -> Any:
                return session.contacts.save(attrs.evolve(copy, **{name: f"{name} {number}"}), merge_changes=True)

            copy = workspace.run(amelie, save, attempts=20).record

    threads = [threading.Thread(target=edit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workspace.read(amelie) as session:
        stored = session.contacts.get(client.id)
        assert [getattr(stored, name) for name in names] == [f"{name} 9" for name in names]
        assert stored.version == 31
        assert len(session.history.of(client)) == 31
