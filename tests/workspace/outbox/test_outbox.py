"""The outbox: committed with the change, looked after by admins, found by whom it tells of (NOT-7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Host, Invalid, NotFound, Person, User, Workspace
from contactcore.model.mailbox import Recipient
from contactcore.model.message import Message
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace.repositories.messages import MessageRepository, enqueue, enqueue_letter, record_result
from contactcore.workspace.session import Session
from support.actors import ROOT
from support.clock import Clock
from support.queued_mail import deliverer, outbox, queue

pytestmark = [pytest.mark.req("NOT-7"), pytest.mark.cases_in_memory]

WELCOME = {"login": "jo@x.example", "link": "https://acme.example/set?token=secret", "hours": "48"}


class Takes:
    """A transport that takes everything, or answers what it is told."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.sent: list[Any] = []
        self.outcomes = list(outcomes)

    def send(self, envelope: Any) -> Outcome:
        self.sent.append(envelope)
        return self.outcomes.pop(0) if self.outcomes else Outcome("sent")

    def close(self) -> None:
        pass


@pytest.fixture
def space(storage: Storage, clock: Clock) -> Workspace:
    return Workspace(storage, "acme", language="fr", host=Host(clock=clock, message_domain="Acme.Example "))


def test_a_message_is_kept_exactly_when_its_change_is(space: Workspace) -> None:
    def fail(session: Session) -> None:
        session.contacts.add(Company("Bois"))
        enqueue(session._transaction, Message(to="a@x.example", subject="a", text="a"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        space.run(ROOT, fail)
    with space.write(ROOT) as session:
        assert session.outbox.list().items == ()
        queued = enqueue(session._transaction, Message(to="b@x.example", subject="b", text="b"))
    with space.read(ROOT) as session:
        assert session.outbox.list().items == (queued,)
        assert session.outbox.get(queued.id) == queued
        assert [one.event.name for one in session.feed()][-1] == "message.queued"
        assert b"x.example" not in session.feed()[-1].event.data


def test_what_is_stored_is_what_was_queued(space: Workspace) -> None:
    whole = Message(
        to="jo@x.example",
        to_name="Jo",
        subject="Hello",
        text="One\nTwo",
        html="<p>One</p>",
        template="own",
        language="pl",
        headers={"Reply-To": "a@x.example"},
        due="2026-05-01T00:00:00.000000Z",
        key="mine",
        about=("1", "2"),
    )
    with space.write(ROOT) as session:
        queued = enqueue(session._transaction, whole)
    assert queued.queued_by == "root"
    assert attrs.evolve(queued, id="", version=0, message_id="", created=None, queued_by="") == whole
    with space.read(ROOT) as session:
        assert session.outbox.get(queued) == queued


def test_the_same_key_queues_once(space: Workspace) -> None:
    with space.write(ROOT) as session:
        first = enqueue(session._transaction, Message(to="a@x.example", subject="a", text="a", key="invoice 7" * 20))
        again = enqueue(session._transaction, Message(to="b@x.example", subject="b", text="b", key="invoice 7" * 20))
    with space.write(ROOT) as session:
        later = enqueue(session._transaction, Message(to="c@x.example", subject="c", text="c", key="invoice 7" * 20))
        assert first == again == later
        assert len(session.outbox.list().items) == 1
        with pytest.raises(Invalid):
            enqueue(session._transaction, first)


def test_only_admins_look_into_the_outbox(space: Workspace) -> None:
    with space.write(ROOT) as session:
        queued = enqueue(session._transaction, Message(to="a@x.example", subject="a", text="a"))
    with space.write(User("amelie")) as session:
        for call in (
            session.outbox.list,
            lambda: session.outbox.get(queued.id),
            lambda: session.outbox.retry(queued.id),
            lambda: session.outbox.cancel("none"),
        ):
            with pytest.raises(Forbidden):
                call()


def test_a_reading_session_queues_nothing(space: Workspace) -> None:
    with space.read(ROOT) as session, pytest.raises(Forbidden):
        enqueue(session._transaction, Message(to="a@x.example", subject="a", text="a"))


def test_messages_are_listed_newest_first_by_state_and_by_whom_they_tell_of(
    space: Workspace, storage: Storage, clock: Clock
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        ids = [
            enqueue(
                session._transaction,
                Message(to=f"to{number}@x.example", subject="s", text="t", about=(jane.id,) if number % 2 else ()),
            ).id
            for number in range(5)
        ]
    with deliverer(storage, Takes(Outcome("never", "550")), clock, batch=1) as one:
        one.run_once()
    with space.read(ROOT) as session:
        assert [one.id for one in session.outbox.list().items] == ids[::-1]
        assert (tuple(session.outbox.list()), len(session.outbox.list())) == (session.outbox.list().items, len(ids))
        assert [one.id for one in session.outbox.list(state="dead").items] == ids[:1]
        assert [one.id for one in session.outbox.list(about=jane).items] == [ids[3], ids[1]]
        page = session.outbox.list(limit=3, state="sent")
        rest = session.outbox.list(limit=3, state="sent", after=page.next)
        assert [one.id for one in (*page.items, *rest.items)] == ids[:0:-1]
        assert rest.next is None
        with pytest.raises(Invalid):
            session.outbox.list(state="lost")


def test_a_dead_message_is_sent_again_on_request_with_its_message_id(
    space: Workspace, storage: Storage, clock: Clock
) -> None:
    (message,) = queue(storage, clock, "acme", "a@x.example")
    transport = Takes(Outcome("never", "550 No"))
    with deliverer(storage, transport, clock) as one:
        one.run_once()
        with space.write(ROOT) as session:
            again = session.outbox.retry(message.id)
        assert (again.state, again.attempts, again.last_error) == ("waiting", 0, "550 No")
        one.run_once()
    (after,) = outbox(storage, clock)
    assert (after.state, after.attempts, after.message_id) == ("sent", 1, message.message_id)
    assert transport.sent[0] == transport.sent[1]
    with space.write(ROOT) as session, pytest.raises(Invalid) as refused:
        session.outbox.retry(message.id)
    assert refused.value.code == "message-not-dead"


def test_a_cancelled_message_is_not_sent(space: Workspace, storage: Storage, clock: Clock) -> None:
    (message,) = queue(storage, clock, "acme", "a@x.example")
    with space.write(ROOT) as session:
        assert session.outbox.cancel(message).last_error == "Cancelled by root."
        with pytest.raises(Invalid):
            session.outbox.cancel(message)
    transport = Takes()
    with deliverer(storage, transport, clock) as one:
        one.run_once()
    assert transport.sent == []
    assert storage.workspaces(due_before="9") == []
    with space.write(ROOT) as session, pytest.raises(NotFound):
        session.outbox.cancel("none")


def test_that_a_message_was_sent_is_true_even_if_it_was_cancelled_meanwhile(
    space: Workspace, storage: Storage, clock: Clock
) -> None:
    class Meanwhile(Takes):
        def send(self, envelope: Any) -> Outcome:
            with space.write(ROOT) as session:
                session.outbox.cancel(session.outbox.list(state="waiting").items[0])
            return super().send(envelope)

    queue(storage, clock, "acme", "a@x.example")
    with deliverer(storage, Meanwhile(Outcome("sent")), clock) as one:
        one.run_once()
    assert [each.state for each in outbox(storage, clock)] == ["sent"]
    queue(storage, clock, "acme", "b@x.example")
    with deliverer(storage, Meanwhile(Outcome("later", "busy")), clock) as one:
        one.run_once()
    assert [each.last_error for each in outbox(storage, clock, state="dead")] == ["Cancelled by root."]


@pytest.mark.req("POR-4")
@pytest.mark.parametrize("outcome", [Outcome("sent"), Outcome("never", "550 No")])
def test_a_secret_is_shown_to_nobody_and_forgotten_in_the_end(
    space: Workspace, storage: Storage, clock: Clock, outcome: Outcome
) -> None:
    with space.write(ROOT) as session:
        to = Recipient("jo@x.example", "Jo", "en")
        letter = enqueue_letter(session._transaction, "welcome", to, WELCOME, about=["7"], confidential=True)
        assert "secret" in letter.text
        assert "secret" not in repr(session.outbox.list())
        assert "secret" not in repr(session.outbox.get(letter.id))
    transport = Takes(outcome)
    with deliverer(storage, transport, clock) as one:
        one.run_once()
    assert b"token=3Dsecret" in transport.sent[0].data or b"token=secret" in transport.sent[0].data
    with storage.read("acme") as reader:
        assert b"secret" not in reader.dump("message")[0].body
    with space.write(ROOT) as session:
        assert session.outbox.get(letter.id).forgotten
        if outcome.kind == "never":
            with pytest.raises(Invalid) as refused:
                session.outbox.retry(letter.id)
            assert refused.value.code == "message-forgotten"


@pytest.mark.req("POR-4")
def test_a_letter_whose_link_died_is_withdrawn(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        to = Recipient("jo@x.example")
        kept = enqueue_letter(session._transaction, "welcome", to, WELCOME, about=["7"])
        gone = enqueue_letter(session._transaction, "set-password", to, WELCOME, about=["7"], confidential=True)
        assert MessageRepository(session._transaction).withdraw("7", ["set-password"], "Replaced by a newer one.") == 1
        assert session.outbox.get(kept.id).state == "waiting"
        assert (session.outbox.get(gone.id).state, session.outbox.get(gone.id).text) == ("dead", "")
        assert MessageRepository(session._transaction).withdraw("7", ["set-password"], "Again.") == 0


def test_erasing_somebody_finds_every_message_about_them(space: Workspace, storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "sent@x.example", about=("7",))
    with deliverer(storage, Takes(), clock) as one:
        one.run_once()
    queue(storage, clock, "acme", "waiting@x.example", about=("8", "7"))
    queue(storage, clock, "acme", "other@x.example", about=("8",))
    with space.write(ROOT) as session:
        assert MessageRepository(session._transaction).erase("7") == 2
    assert [str(each.to) for each in outbox(storage, clock)] == ["other@x.example"]


def test_an_erased_message_is_not_brought_back_by_its_settlement(
    space: Workspace, storage: Storage, clock: Clock
) -> None:
    (message,) = queue(storage, clock, "acme", "a@x.example", about=("7",))
    with space.write(ROOT) as session:
        MessageRepository(session._transaction).erase("7")
    with storage.write("acme") as writer:
        assert record_result(writer, message, Outcome("sent"), clock()) is None
    assert outbox(storage, clock) == []


def test_a_letter_is_in_the_language_of_its_reader_else_of_the_workspace(space: Workspace) -> None:
    with space.write(ROOT) as session:
        transaction = session._transaction
        polish = enqueue_letter(transaction, "welcome", Recipient("a@x.example", "A", "pl-PL"), WELCOME)
        french = enqueue_letter(transaction, "welcome", Recipient("a@x.example"), WELCOME)
        with pytest.raises(Invalid) as refused:
            enqueue_letter(transaction, "welcome", Recipient("a@x.example"), {"login": "x"})
    assert (str(polish.language), polish.template, polish.message_id[-14:]) == ("pl", "welcome", "@acme.example>")
    assert french.subject == "Bienvenue chez acme"
    assert french.text.startswith("Bonjour a@x.example,")
    assert {problem.value for problem in refused.value.problems} == {"link", "hours"}


def test_the_workspaces_own_letters_are_used(storage: Storage, clock: Clock) -> None:
    own = {"welcome": {"en": {"subject": "Hi {{ name }}", "text": "{{ link }}"}}}
    space = Workspace(storage, "own", host=Host(clock=clock, letters=own))
    with space.write(ROOT) as session:
        letter = enqueue_letter(session._transaction, "welcome", Recipient("a@x.example", "Jo"), WELCOME)
    assert (letter.subject, letter.text, letter.html) == ("Hi Jo", WELCOME["link"], "")


@pytest.mark.parametrize("domain", ["", "a b", "x\r\ny", "é.example", "-a.example", "a" * 300])
def test_a_message_domain_must_be_one(storage: Storage, domain: str) -> None:
    with pytest.raises(Invalid) as refused:
        Workspace(storage, "acme", host=Host(message_domain=domain))
    assert refused.value.code == "message-domain"


def test_any_source_of_ids_gives_a_message_id_that_can_be_written(storage: Storage, clock: Clock) -> None:
    class Odd:
        """Counts, in signs that no Message-ID may have."""

        def __init__(self) -> None:
            self.number = 0

        def __call__(self, moment: datetime) -> str:
            self.number += 1
            return f"<id {self.number}>\r\n"

    for name in ("one", "two"):
        with Workspace(storage, name, host=Host(clock=clock, ids=Odd())).write(ROOT) as session:
            enqueue(session._transaction, Message(to="a@x.example", subject="a", text="a"))
    transport = Takes()
    with deliverer(storage, transport, clock) as one:
        assert one.run_once().sent == 2
    assert transport.sent[0].data != transport.sent[1].data
    assert all(b"\r\nMessage-ID: <" in each.data for each in transport.sent)
