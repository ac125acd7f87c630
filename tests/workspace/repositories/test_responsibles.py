"""Users who come to look after a contact are told (NOT-5)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Company, Host, Invalid, Person, User, Workspace
from contactcore.model import SYSTEM_ACTOR
from contactcore.model.mailbox import Recipient
from contactcore.storage import Storage
from contactcore.workspace.repositories.contacts import notify_responsibles
from support.actors import ROOT
from support.clock import Clock

pytestmark = pytest.mark.req("NOT-5")

USERS = {
    "amelie": Recipient("amelie@acme.example", "Amélie", "fr"),
    "bob": Recipient("bob@acme.example", "Bob"),
    "root": Recipient("root@acme.example"),
}


@pytest.fixture
def space(storage: Storage, clock: Clock) -> Workspace:
    return Workspace(storage, "acme", host=Host(clock=clock, users=USERS.get))


def told(space: Workspace, actor: User, before: list[str] | None, after: list[str]) -> list[str]:
    """Whom a change of the responsible users tells."""
    client = Company("Bois & Fils", id="7", version=2, responsibles=after)
    old = None if before is None else attrs.evolve(client, responsibles=before)
    with space.write(actor) as session:
        return [str(letter.to) for letter in notify_responsibles(session._transaction, client, old)]


def test_who_is_newly_named_is_told(space: Workspace) -> None:
    assert told(space, ROOT, ["amelie"], ["amelie", "bob"]) == ["bob@acme.example"]
    assert told(space, ROOT, None, ["amelie", "bob"]) == ["amelie@acme.example", "bob@acme.example"]
    assert told(space, ROOT, ["bob"], ["bob"]) == []
    assert told(space, ROOT, ["bob", "amelie"], ["amelie"]) == []


def test_who_made_the_change_is_not_told(space: Workspace) -> None:
    assert told(space, User("amelie"), [], ["amelie", "bob"]) == ["bob@acme.example"]


def test_a_user_without_an_address_is_an_event_only(space: Workspace, storage: Storage, clock: Clock) -> None:
    assert told(space, ROOT, [], ["nobody", "bob"]) == ["bob@acme.example"]
    assert told(Workspace(storage, "silent", host=Host(clock=clock)), ROOT, [], ["bob"]) == []
    for name, expected in (("acme", [b"nobody", b"bob"]), ("silent", [b"bob"])):
        with storage.read(name) as reader:
            events = [one.event for one in reader.feed() if one.event.name == "responsible.assigned"]
        assert [user in event.data for user, event in zip(expected, events, strict=True)] == [True] * len(expected)
        assert {event.subject for event in events} == {"7"}


@pytest.mark.parametrize("given", ["bob@acme.example", ("bob@acme.example", "Bob"), 5, {}])
def test_a_user_whose_address_is_no_recipient_is_refused_by_name(storage: Storage, clock: Clock, given: object) -> None:
    space = Workspace(storage, "acme", host=Host(clock=clock, users=lambda _name: given))  # type: ignore[arg-type, return-value] # the fault under test
    with pytest.raises(Invalid) as refused:
        told(space, ROOT, [], ["bob"])
    assert (refused.value.path, refused.value.code) == ("users", "recipient-type")


def test_the_letter_says_what_was_assigned_and_by_whom_in_the_users_language(space: Workspace) -> None:
    client = Company("Bois & Fils", id="7", version=2, responsibles=["amelie", "bob"])
    with space.write(User("bob")) as session:
        (letter,) = notify_responsibles(session._transaction, client, None)
    assert (letter.subject, letter.about, letter.to_name) == ("Vous suivez désormais Bois & Fils", ("7",), "Amélie")
    assert "Bob vous a confié le suivi de Bois & Fils." in letter.text
    assert "<strong>Bois &amp; Fils</strong>" in letter.html


def test_a_change_by_the_library_itself_tells_everybody(space: Workspace) -> None:
    client = Company("Bois & Fils", id="7", version=2, responsibles=["bob"])
    with space._transaction(SYSTEM_ACTOR) as transaction:
        (letter,) = notify_responsibles(transaction, client, None)
    assert "acme made you responsible" in letter.text


@pytest.mark.req("DIR-17")
@pytest.mark.req("ACC-1")
def test_a_user_whom_the_host_does_not_know_becomes_responsible_for_nothing(storage: Storage, clock: Clock) -> None:
    known = {**USERS, "eve": True}
    space = Workspace(storage, "acme", host=Host(clock=clock, users=known.get))
    with space.write(User("unlisted")) as session:
        # Who is signed in exists, whatever the host knows.
        client = session.contacts.add(Company("Bois"))
        assert client.responsibles == ("unlisted",)
        shared = session.contacts.share(client, "private", responsibles=["unlisted", "eve"])
        for call, path in (
            (lambda: session.contacts.add(Company("x", responsibles=["bob", "nobody"])), "responsibles[1]"),
            (lambda: session.contacts.save(attrs.evolve(shared, responsibles=["nobody"])), "responsibles[0]"),
            (lambda: session.contacts.share(client, "private", responsibles=["nobody", "bob"]), "responsibles[0]"),
            (lambda: session.people.add(client, Person("Jane", responsibles=["nobody"])), "responsibles[0]"),
        ):
            with pytest.raises(Invalid) as refused:
                call()
            assert [(one.path, one.code) for one in refused.value.problems] == [(path, "user-unknown")]
        assert session.people.add(client, Person("Jane")).person.responsibles == ("eve", "unlisted")
    del known["eve"]
    with space.write(User("unlisted")) as session:
        # A user who left the application may stay where they are.
        stored = session.contacts.get(client.id)
        assert session.contacts.save(attrs.evolve(stored, type="supplier")).responsibles == ("eve", "unlisted")
        session.people.add(client.id, Person("Joan"))
        with pytest.raises(Invalid) as planned:
            space.imports(User("unlisted")).plan("Name\nx\n", responsibles=["eve"])
    assert (planned.value.path, planned.value.code) == ("responsibles[0]", "user-unknown")
