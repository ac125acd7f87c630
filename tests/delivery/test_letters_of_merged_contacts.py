"""Letters about a contact that was merged into another one: none is lost, none is sent twice, none is left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contactcore import Company, Contact, Host, NotFound, Person, User, Workspace
from contactcore.delivery import Tally
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace.notifications import QueuedNotice
from support.actors import ROOT
from support.clock import Clock
from support.queued_mail import Takes, deliverer

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.cases_in_memory]


class Refuses(Takes):
    """A transport whose server refuses everything for good."""

    def send(self, envelope: Any) -> Outcome:
        return Outcome("never", "550 No")


class Twins:
    """A client that is stored twice, the contact person Jane of the second one, and Jane once more."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self.storage, self.clock = storage, clock
        self.workspace = Workspace(storage, "acme", host=Host(clock=clock))
        with self.workspace.write(ROOT) as session:
            session.settings.notices.set_fall_back("ticket", ["client"])
            self.client = session.contacts.add(Company("Bois", emails=["office@bois.fr"]))
            self.twin = session.contacts.add(Company("BOIS", emails=["twin@bois.fr"]))
            self.jane = session.people.add(
                self.twin, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=["invoice"]
            )
            self.again = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))

    def notice(self, client: Contact, topic: str = "invoice", key: str = "") -> QueuedNotice:
        with self.workspace.write(ROOT) as session:
            who = session.notifications.recipients(client.id, topic)
            (answer,) = session.notifications.send(client.id, who, subject="Bois", text="Enclosed.", key=key)
        return answer

    def merge(self, winner: Contact, *losers: Contact) -> None:
        merging = self.workspace.merging(ROOT)
        merging.apply(merging.plan(winner.id, [one.id for one in losers]), widen=True)

    def deliver(self, transport: Takes | None = None) -> tuple[Tally, list[str]]:
        taking = transport or Takes()
        with deliverer(self.storage, taking, self.clock) as one:
            return one.run_once(), taking.sent


@pytest.fixture
def twins(storage: Storage, clock: Clock) -> Twins:
    return Twins(storage, clock)


@pytest.mark.req("NOT-8")
def test_a_dead_letter_about_a_merged_contact_is_sent_when_it_is_tried_again(twins: Twins) -> None:
    queued = twins.notice(twins.twin)
    assert twins.deliver(Refuses())[0] == Tally(dead=1)
    twins.merge(twins.client, twins.twin)
    with twins.workspace.write(ROOT) as session:
        again = session.outbox.retry(queued.id)
    assert again.about == (twins.client.id, twins.jane.person_id)
    assert twins.deliver() == (Tally(sent=1), ["jane@bois.fr"])


@pytest.mark.req("NOT-8")
def test_a_letter_that_was_withdrawn_for_the_trash_waits_again_although_its_client_was_merged(twins: Twins) -> None:
    twins.notice(twins.twin)
    with twins.workspace.write(ROOT) as session:
        session.contacts.delete(twins.jane.person_id)
    assert twins.deliver()[0] == Tally(withdrawn=1)
    twins.merge(twins.client, twins.twin)
    with twins.workspace.write(ROOT) as session:
        session.trash.restore(twins.jane.person_id)
    assert twins.deliver() == (Tally(sent=1), ["jane@bois.fr"])


MERGES: list[tuple[str, Callable[[Twins], object]]] = [
    ("client", lambda t: t.merge(t.client, t.twin)),
    ("person", lambda t: t.merge(t.again, t.jane.person)),
    ("client and person", lambda t: (t.merge(t.client, t.twin), t.merge(t.again, t.jane.person))),
    ("client, twice", lambda t: (t.merge(t.client, t.twin), t.merge(third(t), t.client))),
]


def third(twins: Twins) -> Contact:
    with twins.workspace.write(ROOT) as session:
        return session.contacts.add(Company("Bois & Fils"))


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize("delivered", [True, False], ids=["sent before", "waiting"])
@pytest.mark.parametrize("merge", [one[1] for one in MERGES], ids=[one[0] for one in MERGES])
def test_a_notice_with_a_key_is_queued_once_across_a_merge(twins: Twins, merge: Any, delivered: bool) -> None:
    first = twins.notice(twins.twin, key="invoice-7")
    if delivered:
        twins.deliver()
    merge(twins)
    again = twins.notice(twins.twin, key="invoice-7")
    assert (again.id, again.repeated) == (first.id, True)
    twins.deliver()
    assert twins.deliver() == (Tally(), [])
    assert not twins.notice(twins.twin, key="invoice-8").repeated


@pytest.mark.req("NOT-7")
def test_two_clients_whose_notices_had_the_same_key_have_two_notices_until_they_are_merged(twins: Twins) -> None:
    with twins.workspace.write(ROOT) as session:
        session.people.add(twins.client, twins.jane.person_id, notifications=["invoice"])
    first, second = twins.notice(twins.client, key="7"), twins.notice(twins.twin, key="7")
    assert first.id != second.id
    twins.merge(twins.client, twins.twin)
    again = twins.notice(twins.client, key="7")
    assert (again.id, again.repeated) == (first.id, True)


@pytest.mark.req("NOT-8")
def test_recipients_that_were_asked_for_before_a_merge_get_the_notice(twins: Twins) -> None:
    with twins.workspace.write(ROOT) as session:
        session.people.add(twins.client, twins.jane.person_id, notifications=["invoice"])
        who = session.notifications.recipients(twins.client, "invoice")
    twins.merge(twins.again, twins.jane.person)
    with twins.workspace.write(ROOT) as session:
        (answer,) = session.notifications.send(twins.client, who, subject="Bois", text="Enclosed.")
    assert answer.person_id == twins.again.id
    assert twins.deliver() == (Tally(sent=1), ["jane@bois.fr"])


@pytest.mark.req("IMP-8")
@pytest.mark.parametrize("erased", [True, False], ids=["erased", "purged"])
def test_recipients_that_were_asked_for_before_somebody_was_removed_for_good_are_refused(
    twins: Twins, erased: bool
) -> None:
    with twins.workspace.read(ROOT) as session:
        who = session.notifications.recipients(twins.twin, "invoice")
    if erased:
        twins.workspace.privacy(ROOT).erase(twins.jane.person_id)
    else:
        with twins.workspace.write(ROOT) as session:
            session.contacts.delete(twins.jane.person_id)
            session.trash.purge(twins.jane.person_id)
    with pytest.raises(NotFound), twins.workspace.write(ROOT) as session:
        session.notifications.send(twins.twin, who, subject="Bois", text="Dear Jane Doe")
    with twins.workspace.read(ROOT) as session:
        assert session.outbox.list().items == ()


@pytest.mark.req("IMP-8")
def test_the_letters_of_a_merged_contact_are_listed_and_purged_with_the_one_that_stayed(twins: Twins) -> None:
    queued = twins.notice(twins.twin, "ticket")
    assert twins.deliver()[1] == ["twin@bois.fr"]
    twins.merge(twins.client, twins.twin)
    with twins.workspace.write(ROOT) as session:
        for one in (twins.client, twins.twin, twins.twin.id):
            assert [message.id for message in session.outbox.list(about=one)] == [queued.id]
        assert session.outbox.list(about=twins.jane.person_id).items == ()
        session.contacts.delete(twins.client.id)
        assert [message.id for message in session.outbox.list(about=twins.client)] == [queued.id]
        session.trash.purge(twins.client.id)
        assert session.outbox.list().items == ()


@pytest.mark.req("NOT-8")
def test_a_letter_that_was_withdrawn_while_the_server_received_it_is_sent(twins: Twins) -> None:
    queued = twins.notice(twins.twin)

    def restrict() -> None:
        with twins.workspace.write(User("root", admin=True)) as session:
            session.privacy.restrict(twins.jane.person_id)
            assert session.outbox.get(queued.id).withdrawn == "restricted"

    assert twins.deliver(Takes(before=restrict)) == (Tally(sent=1), ["jane@bois.fr"])
    with twins.workspace.read(ROOT) as session:
        message = session.outbox.get(queued.id)
    assert (message.state, message.withdrawn, message.last_error) == ("sent", "", "")
