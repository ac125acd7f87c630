"""History beside merging: the ids, the acts and the purge of contacts that became a part of another one."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, Invalid, NotFound, Person, Site
from contactcore.mapping.kinds import KINDS


@pytest.fixture
def pair(workspace: Any, amelie: Any) -> tuple[Any, Any]:
    with workspace.write(amelie) as session:
        winner = session.contacts.add(Company("Bois", access="shared-write", description="kept"))
    with workspace.write(amelie) as session:
        loser = session.contacts.add(Company("Boix", access="shared-write"), sites=[Site("Sawmill")])
        zoe = session.people.add(loser, Person("Zoe"), position="CFO")
        session.people.add(winner, zoe.person_id, position="CEO")
    with workspace.write(amelie) as session:
        loser = session.contacts.save(attrs.evolve(loser, description="secret"))
    return winner, loser


@pytest.fixture
def merged(workspace: Any, amelie: Any, pair: Any) -> Any:
    merging = workspace.merging(amelie)
    return merging.apply(merging.plan(*[pair[0].id, [pair[1].id]]))


def _left(workspace: Any, *texts: str) -> list[tuple[str, str]]:
    """The kind and the text of each record that has one of the texts."""
    with workspace.storage.read(workspace.name) as reader:
        records = [one for kind in KINDS for one in reader.dump(kind.name, limit=100_000)]
    whole = [(one.kind, f"{one.body!r} {one.card!r} {sorted(one.terms)}") for one in records]
    return [(kind, text) for kind, body in whole for text in texts if text in body]


@pytest.mark.req("DIR-14", "IMP-7")
@pytest.mark.parametrize("is_deleted", [False, True])
def test_the_old_id_has_the_history_of_both(
    workspace: Any, amelie: Any, pair: Any, merged: Any, is_deleted: bool
) -> None:
    winner, loser = pair
    if is_deleted:
        with workspace.write(amelie) as session:
            session.contacts.delete(winner.id)
    with workspace.read(amelie) as session:
        history = session.history.of(winner.id)
        assert session.history.of(loser.id) == history
        changed = [(one.id, one.what) for entry in history for one in entry.changes if one.kind == "company"]
    assert changed[-5:] == [
        (winner.id, "change"),
        (loser.id, "remove"),
        (loser.id, "change"),
        (loser.id, "add"),
        (winner.id, "add"),
    ]


@pytest.mark.req("DIR-14", "IMP-7")
def test_the_old_id_leads_to_the_earlier_states_of_the_winner(
    workspace: Any, amelie: Any, pair: Any, merged: Any
) -> None:
    winner, loser = pair
    with workspace.read(amelie) as session:
        was = session.history.as_of(loser.id, loser.changed_at)
        assert was == session.history.as_of(winner.id, loser.changed_at)
        assert was.contact == session.contacts.get(loser.id, as_of=loser.changed_at)
        assert (was.contact.id, was.contact.description, was.sites) == (winner.id, "kept", ())


@pytest.mark.req("DIR-14", "IMP-7")
def test_acts_of_a_merge_and_of_its_undo_are_not_undone_alone(
    workspace: Any, amelie: Any, pair: Any, merged: Any
) -> None:
    winner, loser = pair
    for undo in (lambda: None, lambda: workspace.merging(amelie).undo(merged)):
        undo()
        with workspace.write(amelie) as session:
            act = session.history.of(winner.id).items[0]
            with pytest.raises(Invalid) as refused:
                session.history.undo(act)
            assert (refused.value.code, act.cause_id) == ("merge-act", merged.id)
    with workspace.read(amelie) as session:
        assert session.contacts.get(loser.id).description == "secret"
        assert session.contacts.get(winner.id).description == "kept"


@pytest.mark.req("DIR-14", "IMP-7")
def test_an_act_on_a_merged_contact_is_undone_after_the_merge_was(
    workspace: Any, amelie: Any, pair: Any, merged: Any
) -> None:
    _, loser = pair
    with workspace.read(amelie) as session:
        edit = session.history.of(loser.id).items[1]
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.history.undo(edit)
    assert refused.value.code == "removed-since"
    workspace.merging(amelie).undo(merged)
    with workspace.write(amelie) as session:
        session.history.undo(edit)
        assert session.contacts.get(loser.id).description == ""


@pytest.mark.req("DIR-11", "DIR-14", "IMP-7")
def test_a_purge_leaves_nothing_of_what_was_merged_into_the_contact(
    workspace: Any, amelie: Any, root: Any, pair: Any, merged: Any
) -> None:
    winner, loser = pair
    with workspace.write(root) as session:
        session.contacts.delete(winner.id)
        session.trash.purge(winner.id)
    assert _left(workspace, "secret", "Boix", "kept", "Sawmill", "CFO", "CEO") == []
    # The job of the merge keeps ids, as all jobs do.
    assert {kind for kind, _ in _left(workspace, winner.id, loser.id)} == {"job", "job-part"}
    with workspace.write(root) as session:
        for id in (winner.id, loser.id):
            with pytest.raises(NotFound):
                session.history.of(id)


@pytest.mark.req("DIR-11", "IMP-7")
def test_the_job_of_an_undone_merge_forgets_a_contact_that_is_purged(
    workspace: Any, amelie: Any, root: Any, pair: Any, merged: Any
) -> None:
    _, loser = pair
    workspace.merging(amelie).undo(merged)
    with workspace.write(root) as session:
        session.contacts.delete(loser.id)
        session.trash.purge(loser.id)
    # The winner had the description for a while, and its history says so.
    assert {kind for kind, _ in _left(workspace, "secret", "Boix", "Sawmill")} == {"history"}
    assert _left(workspace, "Boix", "Sawmill") == []


@pytest.mark.req("DIR-15", "IMP-7")
def test_a_copy_of_a_merged_contact_is_no_copy_of_the_other_one(workspace: Any, amelie: Any, pair: Any) -> None:
    winner, loser = pair
    with workspace.read(amelie) as session:
        (kept,), (gone,) = session.people.list(winner), session.people.list(loser)
    merging = workspace.merging(amelie)
    merging.apply(merging.plan(winner.id, [loser.id]))
    with workspace.read(amelie) as session:
        stored = session.contacts.get(winner.id)
        # The same version is a coincidence.
        assert (stored.version, session.people.get(kept.id).version) == (loser.version, gone.version)
    edited = attrs.evolve(loser, division="North")
    calls = [
        lambda session: session.contacts.save(edited),
        lambda session: session.contacts.save(edited, merge_changes=True),
        lambda session: session.contacts.save(attrs.evolve(edited, version=1), merge_changes=True),
        lambda session: session.contacts.delete(loser),
        lambda session: session.contacts.convert(loser, "person"),
        lambda session: session.people.save(attrs.evolve(gone, position="CTO")),
        lambda session: session.people.save(attrs.evolve(gone, position="CTO"), merge_changes=True),
    ]
    for call in calls:
        with workspace.write(amelie) as session:
            with pytest.raises(Conflict) as refused:
                call(session)
            assert refused.value.stored.id in {winner.id, kept.id}
            # The session can go on.
            assert session.contacts.get(winner.id) == stored
