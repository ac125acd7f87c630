"""An erasure reaches the history of records of others that named the person, or had something of the person (IMP-8)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Company, Host, Interaction, Invalid, Person, Workspace
from contactcore.mapping import index_context, json
from contactcore.storage import Storage
from support.actors import ROOT
from support.clock import TICK, Clock
from support.known_person import known_person, left_in

pytestmark = pytest.mark.req("IMP-8")


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


def test_the_history_of_an_interaction_that_named_the_person_once_is_redacted(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Quixote"))
        call = session.timeline.add(bois, Interaction("Ask Jane Quixote", person_id=jane.person_id))
    with space.write(ROOT) as session:
        session.timeline.save(attrs.evolve(call, title="Ask Jane Quixote twice"))
    with space.write(ROOT) as session:
        session.timeline.save(attrs.evolve(session.timeline.get(call.id), title="Ask", person_id=""))
    assert left_in(storage, "acme")
    space.privacy(ROOT).erase(jane.person_id)
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert session.timeline.get(call.id).title == "Ask"
        assert len(session.history.of(call.id).items) == 3


@pytest.mark.parametrize("edited", [False, True])
def test_the_history_of_a_contact_into_which_the_person_was_merged_for_a_while_has_nothing_of_the_person(
    space: Workspace, storage: Storage, edited: bool
) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        ann = session.people.add(bois, Person("Ann", "Nagy", emails=["ann@nagy.hu"])).person
        jane = session.people.add(
            bois,
            Person(
                "Jane", "Quixote", emails=["jane@quixote.es"], description="From La Mancha", external_id="squire-of-1"
            ),
            position="Fights the Windmill",
        ).person
        assert ann is not None
        assert jane is not None
    merging = space.merging(ROOT)
    merged = merging.apply(merging.plan(ann.id, [jane.id]))
    with space.write(ROOT) as session:
        known = session.contacts.get(ann.id, Person)
        assert known.description == "From La Mancha"
        session.contacts.save(attrs.evolve(known, tags=["VIP"], nickname="Annie"))
    if edited:
        with space.write(ROOT) as session:
            known = session.contacts.get(ann.id, Person)
            session.contacts.save(attrs.evolve(known, description="From Budapest"))
        with space.write(ROOT) as session:
            known = session.contacts.get(ann.id, Person)
            session.contacts.save(attrs.evolve(known, description="From La Mancha"))
    merging.undo(merged)
    with space.read(ROOT) as session:
        before = session.contacts.get(ann.id, Person)
    space.privacy(ROOT).erase(jane.id)
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert session.contacts.get(ann.id) == before
        assert (before.description, before.nickname) == ("", "Annie")
        added = session.history.of(ann.id).items[-1]
        state = session.history.as_of(ann.id, added.at).contact
        assert isinstance(state, Person)
        assert (str(state.emails[0]), len(state.emails), state.description, state.nickname) == (
            "ann@nagy.hu",
            1,
            "",
            "",
        )


def test_a_cell_that_could_not_be_read_is_erased_from_the_report_of_its_import(
    space: Workspace, storage: Storage
) -> None:
    imports = space.imports(ROOT)
    rows = "Ann,Nagy,ann@nagy.hu,31/31/1980,ask Jane\nJane,Doe,jane@doe.fr,33/33/1981,ask her sister\n"
    imports.apply(imports.plan(f"First name,Last name,E-mail,Birthday,Phone\n{rows}"))
    with space.read(ROOT) as session:
        (jane,) = session.contacts.search("jane@doe.fr")
        known = session.contacts.get(jane.id, Person)
    with space.write(ROOT) as session:
        session.contacts.save(attrs.evolve(known, unmapped={"Phone": "ask her sister"}))
    space.privacy(ROOT).erase(jane.id)
    with storage.read("acme") as reader:
        (part,) = reader.dump("job-part")
    cells = [(line, value) for line, _, value, *_ in json.load(part.body)["entries"]["problems"]]
    assert cells == [(2, "31/31/1980"), (2, "ask Jane"), (3, ""), (3, "")]


def test_a_line_of_a_card_that_could_not_be_read_is_erased_from_the_report_of_its_import(
    space: Workspace, storage: Storage
) -> None:
    imports = space.imports(ROOT)
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\r\nEMAIL:jane@doe.fr\r\nBDAY:in the Windmill\r\nEND:VCARD\r\n"
    imports.apply(imports.plan(card.encode()))
    with space.read(ROOT) as session:
        (jane,) = session.contacts.search("jane@doe.fr")
    assert {kind for kind, _, _ in left_in(storage, "acme")} == {"contact", "job-part"}
    space.privacy(ROOT).erase(jane.id)
    assert left_in(storage, "acme") == []


def test_what_was_lent_to_a_third_contact_by_a_chain_of_merges_that_were_undone_is_erased(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"], description="Of La Mancha"))
        ann = session.contacts.add(Person("Ann", "Nagy", emails=["ann@nagy.hu"]))
        bob = session.contacts.add(Person("Bob", "Farmer", emails=["bob@farm.es"]))
    merging = space.merging(ROOT)
    first = merging.apply(merging.plan(ann.id, [jane.id]))
    second = merging.apply(merging.plan(bob.id, [ann.id]))
    merging.undo(second)
    merging.undo(first)
    space.privacy(ROOT).erase(jane.id)
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        for one in (ann, bob):
            assert session.contacts.get(one.id).emails == one.emails


def test_records_of_an_older_release_are_found_once_they_are_derived_again(
    space: Workspace, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clear() -> None:
        index_context._variant.cache_clear()
        index_context._in_force.cache_clear()

    monkeypatch.setattr(index_context, "_INDEX_VERSION", 4)
    monkeypatch.setattr("contactcore.workspace.repositories.history._PIECE", 100)
    monkeypatch.setattr("contactcore.workspace.repositories.history.LONGEST_BODY", 300)
    clear()
    known = known_person(space)
    with space.write(ROOT) as session:
        call = session.timeline.get(known.call)
        session.timeline.save(attrs.evolve(call, title="Zoltan Quixote " * 20))
    with space.write(ROOT) as session:
        session.timeline.save(attrs.evolve(session.timeline.get(known.call), title="Call", person_id=""))
    kinds = ("interaction", "message", "submission", "history")
    with storage.write("acme") as writer:
        # An earlier release stored neither the terms nor the keys.
        for record in [record for kind in kinds for record in writer.dump(kind)]:
            orders = {name: key for name, key in record.orders.items() if name != "named"}
            terms = frozenset(term for term in record.terms if not term.startswith("named:"))
            writer.reindex([attrs.evolve(record, orders=orders, terms=terms)])
    monkeypatch.setattr(index_context, "_INDEX_VERSION", 5)
    clear()
    with pytest.raises(Invalid) as caught:
        space.privacy(ROOT).erase(known.person)
    assert caught.value.code == "index-outdated"
    with space.read(ROOT) as session, pytest.raises(Invalid) as caught:
        session.privacy.report(known.person)
    assert caught.value.code == "index-outdated"
    space.change_language(ROOT)
    assert space.privacy(ROOT).erase(known.person)
    assert left_in(storage, "acme") == []
    monkeypatch.undo()
    clear()
