"""Workspaces move from one storage to another, whole and verified."""

from __future__ import annotations

from contextlib import closing

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Company,
    Interaction,
    Invalid,
    Item,
    NotFound,
    PaymentMethod,
    Person,
    Site,
    User,
    Workspace,
)
from contactcore.workspace.maintenance import copying
from contactcore_memory import MemoryStorage


class Killed(BaseException):
    """Ends a copy as a killed process does."""


@pytest.fixture
def filled(workspace, amelie):
    with workspace.write(amelie) as session:
        for number in range(12):
            client = session.contacts.add(Company(f"Client {number}", tags=["VIP"], phones=["01 44 55 66 77"]))
            session.people.add(client, Person("Jane", f"Doe {number}", emails=[f"jane{number}@bois.fr"]))
            session.sites.add(client, Site(f"Workshop {number}"))
            rex, mia = (session.items.add(client, Item(name)) for name in ("Rex", f"Mia {number}"))
            session.items.assign(mia, client, "payer", information=str(number))
            session.items.assign(rex, client, "guardian")
            session.account.post(
                client, AccountEntry("invoice", "9 EUR", key=f"F{number}", date="2026-01-05", item_id=rex.id)
            )
            session.account.save_method(client, PaymentMethod("tok_1", last_four="4242"))
            session.timeline.add(client, Interaction("Visit", item_id=rex.id))
            call, _ = (session.timeline.add(client, Interaction(title)) for title in ("Call", f"Note {number}"))
            session.timeline.delete(call)
            session.items.delete(rex)
        session.contacts.delete(client)
    return workspace


def answers(workspace, actor):
    with workspace.read(actor) as session:
        cards = session.contacts.page(role="any", limit=100).items
        people = [one for card in cards for one in session.people.list(card.id)]
        parts = [
            (
                session.sites.of(card.id),
                session.items.of(card.id),
                session.items.responsible_for(card.id),
                session.timeline.page(card.id),
                session.account.history(card.id),
                session.account.methods(card.id),
            )
            for card in cards
        ]
        found = [session.contacts.search(text) for text in ("jane", "mia", "worksh")]
        return cards, people, parts, found, session.trash.list(), session.settings.current


@pytest.mark.req("ACC-4")
def test_a_copy_answers_everything_as_the_original_does(filled, storage, amelie, root):
    with _closing() as there:
        copied = copying.copy_workspace(storage, there, "acme")
        again = Workspace(there, "acme")
        assert answers(again, amelie) == answers(filled, amelie)
        with filled.read(root) as session, again.read(root) as other:
            assert other.feed() == session.feed()
            assert copied.events == len(session.feed())
        assert copied.found == 0


@pytest.mark.req("ACC-4")
def test_a_copy_comes_back_to_the_same_checksum(filled, storage):
    with _closing() as there:
        first = copying.copy_workspace(storage, there, "acme")
        assert copying.copy_workspace(there, storage, "acme", name="back") == first


@pytest.mark.req("ACC-4")
def test_a_copy_that_was_killed_goes_on_where_it_stopped(filled, storage, amelie, monkeypatch):
    monkeypatch.setattr(copying, "_BATCH", 5)
    expected = answers(filled, amelie)
    for killed_at in range(1, 9):
        seen = []

        def progress(copied, seen=seen, killed_at=killed_at):
            seen.append(copied)
            if len(seen) == killed_at:
                raise Killed

        with _closing() as there:
            with pytest.raises(Killed):
                copying.copy_workspace(storage, there, "acme", progress=progress)
            copied = copying.copy_workspace(storage, there, "acme")
            assert copied.found == seen[-1], killed_at
            assert answers(Workspace(there, "acme"), amelie) == expected, killed_at


@pytest.mark.req("ACC-4")
def test_a_copy_never_mixes_with_what_the_target_holds(filled, storage, amelie):
    with _closing() as there:
        copying.copy_workspace(storage, there, "acme")
        with filled.write(amelie) as session:
            card = session.contacts.page().items[0]
            session.contacts.save(attrs.evolve(session.contacts.get(card.id), description="changed"))
        with pytest.raises(Invalid) as refused:
            copying.copy_workspace(storage, there, "acme")
    assert refused.value.code == "target-not-empty"


@pytest.mark.req("ACC-4")
def test_only_the_workspace_that_was_named_is_copied(filled, storage):
    with _closing() as there:
        with pytest.raises(NotFound):
            copying.copy_workspace(storage, there, "acm")
        copying.copy_workspace(storage, there, "acme")
        assert there.workspaces() == ["acme"]


def _closing():
    return closing(MemoryStorage())


@pytest.mark.req("ACC-4")
def test_a_copy_onto_itself_is_refused_and_one_under_another_name_is_not(storage):
    with Workspace(storage, "acme").write(User("amelie")) as session:
        session.contacts.add(Company("Bois"))
    with pytest.raises(Invalid) as refused:
        copying.copy_workspace(storage, storage, "acme")
    assert (refused.value.code, refused.value.path) == ("copy-onto-itself", "target")
    assert copying.copy_workspace(storage, storage, "acme", name="second").found == 0
