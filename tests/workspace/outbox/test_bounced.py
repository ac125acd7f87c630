"""A message that came back: its address gets nothing more until it is changed or confirmed (NOT-6, NOT-8)."""

from __future__ import annotations

from contextlib import contextmanager

import attrs
import pytest

from contactcore import Company, Host, Invalid, Item, NotFound, Person, User, Workspace
from contactcore.errors import Forbidden
from support.actors import AMELIE, ROOT
from support.clock import Clock
from support.queued_mail import Takes, deliverer

pytestmark = [pytest.mark.req("NOT-6"), pytest.mark.req("NOT-8")]


class Firm:
    """A workspace in which Jane gets the invoices of a client, by her own address or by that of the work."""

    def __init__(self, storage):
        self.clock = Clock()
        self.workspace = Workspace(storage, "acme", host=Host(clock=self.clock, message_domain="acme.example"))
        self.transport = Takes()
        self.deliverer = deliverer(storage, self.transport, clock=self.clock)
        with self.writing() as session:
            self.client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
            self.jane = session.people.add(self.client, "jane@bois.fr", notifications=["invoice"])

    @contextmanager
    def writing(self, actor: User = ROOT):
        with self.workspace.write(actor) as session:
            yield session

    def recipients(self, **given):
        with self.writing() as session:
            return session.notifications.recipients(self.client, "invoice", **given)

    def reasons(self, **given):
        return [one.code for one in self.recipients(**given).explained]

    def send(self, key: str) -> str:
        with self.writing() as session:
            who = session.notifications.recipients(self.client, "invoice")
            (queued,) = session.notifications.send(self.client, who, subject="Invoice", text="Enclosed.", key=key)
        return queued.id

    def deliver(self) -> None:
        self.deliverer.run_once()

    def bounced(self) -> str:
        """Send a notice that comes back, and return its id."""
        id = self.send("invoice-1")
        self.deliver()
        with self.writing() as session:
            session.outbox.mark_bounced(id, "550 5.1.1 No such user\r\nhere")
        return id


@pytest.fixture
def firm(storage):
    return Firm(storage)


def test_the_message_shows_when_and_why_it_came_back(firm):
    id = firm.bounced()
    with firm.writing() as session:
        message = session.outbox.get(id)
        assert (message.state, message.bounced, message.last_error) == (
            "sent",
            firm.clock.now,
            "550 5.1.1 No such user here",
        )
        assert [one.id for one in session.outbox.list(bounced=True)] == [id]
        assert [one.id for one in session.outbox.list(bounced=True, state="dead")] == []


def test_the_address_is_no_recipient_and_the_reason_says_so(firm):
    assert firm.reasons() == ["preference"]
    firm.bounced()
    found = firm.recipients()
    assert (found.chosen, [one.code for one in found.explained]) == ((), ["bounced"])
    assert found.explained[0].message_in("de") == "Die letzte Nachricht an diese Adresse kam zurück."
    with firm.writing() as session:
        by_hand = session.notifications.by_hand(firm.client, "invoice", [firm.jane.person_id])
        assert by_hand.chosen == ()
        assert session.notifications.preselected(firm.client, "invoice") == ()


def test_no_fall_back_sends_to_an_address_from_which_a_message_came_back(firm):
    firm.bounced()
    with firm.writing() as session:
        session.settings.notices.set_fall_back("invoice", ["primary", "client"])
    assert [str(one.email) for one in firm.recipients().chosen] == ["office@bois.fr"]
    id = firm.send("invoice-2")
    firm.deliver()
    with firm.writing() as session:
        session.outbox.mark_bounced(id)
    assert firm.recipients().chosen == ()


def test_a_message_that_waits_for_the_address_is_withdrawn(firm):
    first = firm.send("invoice-1")
    firm.deliver()
    second = firm.send("invoice-2")
    with firm.writing() as session:
        session.outbox.mark_bounced(first)
    firm.deliver()
    with firm.writing() as session:
        message = session.outbox.get(second)
        assert (message.state, message.withdrawn) == ("dead", "bounced")
        assert session.outbox.retry(second).state == "waiting"
    firm.deliver()
    with firm.writing() as session:
        assert session.outbox.get(second).withdrawn == "bounced"


def test_another_address_of_the_person_is_a_recipient(firm):
    firm.bounced()
    with firm.writing() as session:
        jane = session.contacts.get(firm.jane.person_id, Person)
        session.contacts.save(attrs.evolve(jane, emails=["jane.doe@bois.fr"]))
    assert firm.reasons() == ["preference"]


def test_an_address_that_is_confirmed_is_a_recipient_again(firm):
    id = firm.bounced()
    with firm.writing() as session:
        assert session.outbox.confirm_address("JANE@bois.fr") == 1
        assert session.outbox.confirm_address("jane@bois.fr") == 0
        assert session.outbox.get(id).bounced is None
    assert firm.reasons() == ["preference"]
    firm.send("invoice-2")
    firm.deliver()
    assert firm.transport.sent == ["jane@bois.fr"] * 2


def test_a_purge_of_the_person_takes_the_mark_along(firm):
    firm.bounced()
    with firm.writing() as session:
        session.people.remove(firm.jane)
        session.contacts.delete(firm.jane.person_id)
        session.trash.purge(firm.jane.person_id)
        again = session.people.add(firm.client, "jane@bois.fr", notifications=["invoice"])
        assert again.person_id != firm.jane.person_id
    assert firm.reasons() == ["preference"]


def test_an_erasure_of_the_person_takes_the_mark_along(firm):
    id = firm.bounced()
    firm.workspace.privacy(ROOT).erase(firm.jane.person_id)
    with firm.writing() as session:
        assert session.outbox.get(id).bounced is None
        assert session.outbox.list(bounced=True).items == ()
        assert session.outbox.confirm_address("jane@bois.fr") == 0


@pytest.mark.req("NOT-4")
def test_a_notice_about_an_item_is_not_sent_to_such_an_address(firm):
    firm.bounced()
    with firm.writing() as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]), items=[Item("Tom")])
        (tom,) = session.items.of(jane)
        found = session.notifications.recipients(jane, "booking", item=tom)
        assert (found.chosen, [one.code for one in found.explained]) == ((), ["bounced"])


def test_the_message_id_that_a_report_names_stands_for_the_message(firm):
    id = firm.send("invoice-1")
    firm.deliver()
    with firm.writing() as session:
        message = session.outbox.get(id)
        assert message.message_id.endswith("@acme.example>")
        assert session.outbox.mark_bounced(f" {message.message_id} ").id == id
        with pytest.raises(NotFound):
            session.outbox.mark_bounced(message.message_id.replace(id, id[::-1]))
        with pytest.raises(NotFound):
            session.outbox.mark_bounced(f"<{id}.0123456789ab@acme.example>")


def test_a_message_that_was_never_sent_cannot_come_back(firm):
    id = firm.send("invoice-1")
    with firm.writing() as session, pytest.raises(Invalid) as caught:
        session.outbox.mark_bounced(id)
    assert caught.value.code == "message-not-sent"


def test_only_an_admin_reports_and_confirms(firm):
    id = firm.bounced()
    for refused in (lambda session: session.outbox.mark_bounced(id), lambda s: s.outbox.confirm_address("a@b.fr")):
        with firm.writing(AMELIE) as session, pytest.raises(Forbidden) as caught:
            refused(session)
        assert caught.value.code == "admin-only"


def test_an_address_that_is_none_cannot_be_confirmed(firm):
    with firm.writing() as session, pytest.raises(Invalid) as caught:
        session.outbox.confirm_address("jane")
    assert [(one.path, one.code) for one in caught.value.problems] == [("email", "email-syntax")]
