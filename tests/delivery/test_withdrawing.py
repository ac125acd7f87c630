"""Whether a message leaves is decided when it is sent, and the outbox says why it did not (NOT-8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Host, Invalid, Person, Recipient, User, Workspace
from contactcore.delivery import Tally
from contactcore.model.message import Message
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.clock import Clock
from support.mail_server import MailServer, parsed, transport_to
from support.queued_mail import Takes, deliverer, outbox

pytestmark = [pytest.mark.req("NOT-8"), pytest.mark.cases_in_memory]

PORTAL = "https://portal.example.org/password?token={token}"
USERS = {"bob": Recipient("bob@acme.example", "Bob"), "eve": Recipient("eve@acme.example", "Eve")}


class Office:
    """A workspace with a client, its contact person Jane, who wants invoices, and Joan, who does not."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self.storage, self.clock = storage, clock
        self.users = dict(USERS)
        self.host = Host(clock=clock, users=lambda name: self.users.get(name, True if name == "amelie" else None))
        self.workspace = Workspace(storage, "acme", host=self.host)
        with self.workspace.write(ROOT) as session:
            session.settings.change(portal_link=PORTAL)
            self.client = session.contacts.add(
                Company("Bois & Fils", emails=["office@bois.fr"], responsibles=["amelie"])
            )
            self.jane = self.person(session, "Jane", "invoice")
            self.joan = self.person(session, "Joan")

    def person(self, session: Session, given: str, *topics: str) -> Affiliation:
        person = Person(given, "Doe", emails=[f"{given.lower()}@bois.fr"])
        return session.people.add(self.client, person, notifications=topics, permissions=["invoices"])

    def notice(self, *by_hand: Affiliation, topic: str = "invoice", **details: Any) -> str:
        """Queue one notice, and return its id."""
        with self.workspace.write(ROOT) as session:
            if by_hand:
                who = session.notifications.by_hand(self.client, topic, [one.person_id for one in by_hand])
            else:
                who = session.notifications.recipients(self.client, topic)
            (queued,) = session.notifications.send(self.client, who, subject="Invoice", text="Enclosed.", **details)
            return queued.id

    def welcome(self) -> str:
        with self.workspace.write(ROOT) as session:
            session.portal.invite(self.jane.id)
            return session.outbox.list().items[0].id

    def deliver(self, **options: Any) -> tuple[Tally, list[str]]:
        transport = Takes()
        with deliverer(self.storage, transport, self.clock, **options) as one:
            return one.run_once(), transport.sent

    def message(self, id: str) -> Message:
        with self.workspace.read(ROOT) as session:
            return session.outbox.get(id)

    def change(self, act: Callable[[Office, Session], object]) -> None:
        with self.workspace.write(ROOT) as session:
            act(self, session)

    def now(self, session: Session, one: Affiliation) -> Affiliation:
        return session.people.get(one.id)


@pytest.fixture
def office(storage: Storage, clock: Clock) -> Office:
    return Office(storage, clock)


def alter(one: str, **changes: Any) -> Callable[[Office, Session], object]:
    return lambda o, s: s.people.save(attrs.evolve(o.now(s, getattr(o, one)), **changes))


def alter_person(**changes: Any) -> Callable[[Office, Session], object]:
    return lambda o, s: s.contacts.save(attrs.evolve(s.contacts.get(o.jane.person_id), **changes))


OUT = [
    ("deactivated", alter("jane", active=False), "inactive"),
    ("ended", alter("jane", end="2026-02-28"), "past"),
    ("not begun", alter("jane", start="2026-04-01"), "not-yet"),
    ("removed", lambda o, s: s.people.remove(o.jane), "not-affiliated"),
    ("person deleted", lambda o, s: s.contacts.delete(o.jane.person_id), "in-trash"),
    ("client deleted", lambda o, s: s.contacts.delete(o.client.id), "in-trash"),
    ("another work address", alter("jane", email="jane@new.fr"), "address-changed"),
    ("another address", alter_person(emails=["jane.doe@bois.fr"]), "address-changed"),
    ("no address", alter_person(emails=[], phones=["+33144556677"]), "no-email"),
]


@pytest.mark.parametrize("by_hand", [False, True], ids=["by preference", "by hand"])
@pytest.mark.parametrize(("act", "code"), [one[1:] for one in OUT], ids=[one[0] for one in OUT])
def test_a_notice_to_somebody_who_is_out_is_withdrawn(office: Office, act: Any, code: str, by_hand: bool) -> None:
    id = office.notice(*([office.jane] if by_hand else []))
    office.change(act)
    assert office.deliver() == (Tally(withdrawn=1), [])
    message = office.message(id)
    assert (message.state, message.withdrawn, message.attempts) == ("dead", code, 0)
    assert message.last_error
    assert "jane" not in message.last_error.lower()
    with office.workspace.read(ROOT) as session:
        event = session.feed()[-1].event
    assert (event.name, event.subject) == ("message.withdrawn", id)
    assert f'"{code}"'.encode() in event.data
    assert office.deliver() == (Tally(), [])


UNWANTED = [
    ("topic off", alter("jane", notifications=[]), "preference-off"),
    ("default topics", alter("jane", notifications=None), "preference-off"),
    (
        "permission gone",
        lambda o, s: (s.settings.notices.need_permission(on=True), alter("jane", permissions=[])(o, s)),
        "no-permission",
    ),
]


@pytest.mark.parametrize(("act", "code"), [one[1:] for one in UNWANTED], ids=[one[0] for one in UNWANTED])
def test_only_a_choice_by_hand_outlives_a_preference(office: Office, act: Any, code: str) -> None:
    chosen, wanted = office.notice(office.jane), office.notice()
    office.change(act)
    assert office.deliver() == (Tally(sent=1, withdrawn=1), ["jane@bois.fr"])
    assert (office.message(chosen).state, office.message(wanted).withdrawn) == ("sent", code)


UNTOUCHED = [
    ("another position", alter("jane", position="CEO")),
    ("another spelling of the address", alter_person(emails=["JANE@bois.fr"])),
    ("a second address", alter_person(emails=["jane@bois.fr", "second@bois.fr"])),
    ("ends today", alter("jane", end="2026-03-01")),
    ("another primary", lambda o, s: s.people.make_primary(o.joan)),
    ("shared", lambda o, s: s.contacts.share(o.client.id, "shared-read")),
    ("handed over", lambda o, s: s.contacts.share(o.client.id, "private", responsibles=["bob"])),
    ("left and came back", lambda o, s: come_back(o, s)),  # noqa: PLW0108 - it is defined below
    ("deleted and restored", lambda o, s: (s.contacts.delete(o.client.id), s.trash.restore(o.client.id))),
]


def come_back(office: Office, session: Session) -> None:
    session.people.remove(office.jane)
    session.people.add(office.client, office.jane.person_id, notifications=["invoice"])


@pytest.mark.parametrize("act", [one[1] for one in UNTOUCHED], ids=[one[0] for one in UNTOUCHED])
def test_a_notice_that_is_still_right_leaves(office: Office, act: Any) -> None:
    office.notice()
    office.change(act)
    tally, sent = office.deliver()
    assert "jane@bois.fr" in sent
    assert tally == Tally(sent=len(sent))


@pytest.mark.req("PER-7")
def test_a_client_who_is_a_person_gets_the_notices_that_they_want(storage: Storage, clock: Clock) -> None:
    office = Office(storage, clock)
    with office.workspace.write(ROOT) as session:
        office.client = session.contacts.add(Person("Ann", emails=["ann@x.fr"], notifications=["invoice"]))
    sent = office.notice()
    assert office.deliver() == (Tally(sent=1), ["ann@x.fr"])
    unwanted = office.notice()
    office.change(lambda o, s: s.contacts.save(attrs.evolve(s.contacts.get(o.client.id), notifications=[])))
    assert office.deliver() == (Tally(withdrawn=1), [])
    assert (office.message(sent).state, office.message(unwanted).withdrawn) == ("sent", "preference-off")


def fall_back_to(office: Office, step: str) -> str:
    with office.workspace.write(ROOT) as session:
        session.settings.notices.set_fall_back("estimate", [step])
        if step == "purpose":
            session.people.make_primary_for(office.joan, "billing")
        who = session.notifications.recipients(office.client, "estimate", purpose="billing")
        (queued,) = session.notifications.send(office.client, who, subject="Estimate", text="Enclosed.")
        return queued.id


@pytest.mark.parametrize("step", ["purpose", "primary", "client"])
def test_a_fall_back_that_still_holds_is_sent_and_one_that_was_switched_off_is_not(office: Office, step: str) -> None:
    fall_back_to(office, step)
    assert office.deliver()[0] == Tally(sent=1)
    id = fall_back_to(office, step)
    office.change(lambda o, s: s.settings.notices.set_fall_back("estimate", []))
    assert office.deliver() == (Tally(withdrawn=1), [])
    assert office.message(id).withdrawn == "fall-back-off"


@pytest.mark.parametrize(
    ("step", "act", "code"),
    [
        ("purpose", lambda o, s: s.people.make_primary_for(o.jane, "billing"), "not-primary"),
        ("primary", lambda o, s: s.people.make_primary(o.joan), "not-primary"),
        (
            "client",
            lambda o, s: s.contacts.save(attrs.evolve(s.contacts.get(o.client.id), emails=["new@bois.fr"])),
            "address-changed",
        ),
    ],
)
def test_a_fall_back_that_would_be_another_one_now_is_withdrawn(office: Office, step: str, act: Any, code: str) -> None:
    id = fall_back_to(office, step)
    office.change(act)
    assert office.deliver() == (Tally(withdrawn=1), [])
    assert office.message(id).withdrawn == code


LINK_DEAD = [
    ("deactivated", alter("jane", active=False), "no-client"),
    ("ended", alter("jane", end="2026-02-28"), "no-client"),
    ("removed", lambda o, s: s.people.remove(o.jane), "no-client"),
    ("deleted", lambda o, s: s.contacts.delete(o.jane.person_id), "in-trash"),
    ("client deleted", lambda o, s: s.contacts.delete(o.client.id), "in-trash"),
    ("switched off", lambda o, s: s.settings.switch_letter("welcome", on=False), "template-off"),
    ("expired", lambda o, s: o.clock.forward(hours=48), "link-dead"),
]


@pytest.mark.req("POR-4")
@pytest.mark.parametrize(("act", "code"), [one[1:] for one in LINK_DEAD], ids=[one[0] for one in LINK_DEAD])
def test_a_link_to_somebody_who_is_out_is_withdrawn_and_its_text_is_erased(office: Office, act: Any, code: str) -> None:
    id = office.welcome()
    office.change(act)
    assert office.deliver() == (Tally(withdrawn=1), [])
    assert (office.message(id).withdrawn, office.message(id).text, office.message(id).forgotten) == (code, "", True)
    with office.storage.read("acme") as reader:
        (record,) = reader.dump("message")
    assert b"token" not in record.body
    assert b'"link":' not in record.body


@pytest.mark.req("POR-4")
def test_a_link_leaves_before_the_first_day_and_where_another_client_is_left(office: Office) -> None:
    office.change(alter("jane", start="2026-04-01"))
    office.welcome()
    assert office.deliver()[1] == ["jane@bois.fr"]
    office.welcome()
    with office.workspace.write(ROOT) as session:
        other = session.contacts.add(Company("Sud"))
        session.people.add(other, office.jane.person_id)
        session.people.remove(office.now(session, office.jane))
        session.portal.invite(session.contacts.get(office.jane.person_id))
    assert office.deliver()[1] == ["jane@bois.fr"]


@pytest.mark.req("POR-4")
@pytest.mark.parametrize("act", ["suspend", "close"])
def test_a_link_of_a_login_that_ends_is_withdrawn_at_once(office: Office, act: str) -> None:
    id = office.welcome()
    with office.workspace.write(ROOT) as session:
        getattr(session.portal, act)(session.portal.of(office.jane.person_id))
    assert office.message(id).withdrawn == "link-dead"
    assert office.deliver() == (Tally(), [])


def letter_to_bob(office: Office) -> str:
    with office.workspace.write(ROOT) as session:
        session.contacts.share(office.client.id, "private", responsibles=["amelie", "bob"])
        return session.outbox.list().items[0].id


@pytest.mark.req("NOT-5")
@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda o, s: s.contacts.share(o.client.id, "private", responsibles=["amelie"]), "not-responsible"),
        (lambda o, s: s.contacts.delete(o.client.id), "in-trash"),
        (lambda o, s: s.settings.switch_letter("responsible-assigned", on=False), "template-off"),
        (lambda o, s: o.users.update(bob=Recipient("bob@new.example")), "address-changed"),
        (lambda o, s: o.users.pop("bob"), "no-email"),
    ],
    ids=["revoked", "deleted", "switched off", "other address", "left"],
)
def test_a_letter_to_a_user_who_does_not_look_after_the_contact_is_withdrawn(
    office: Office, act: Any, code: str
) -> None:
    id = letter_to_bob(office)
    office.change(act)
    assert office.deliver(host=office.host) == (Tally(withdrawn=1), [])
    assert office.message(id).withdrawn == code


@pytest.mark.req("NOT-5")
def test_a_deliverer_without_the_users_of_the_host_sends_to_the_address_that_was_queued(office: Office) -> None:
    letter_to_bob(office)
    office.users.clear()
    assert office.deliver() == (Tally(sent=1), ["bob@acme.example"])


@pytest.mark.req("NOT-5")
def test_a_letter_that_is_switched_off_is_not_queued(office: Office) -> None:
    office.change(lambda o, s: s.settings.switch_letter("responsible-assigned", on=False))
    office.change(lambda o, s: s.contacts.share(o.client.id, "private", responsibles=["bob"]))
    assert outbox(office.storage, office.clock) == []


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("undo", [False, True])
def test_the_letter_of_an_import_that_was_undone_is_withdrawn(office: Office, undo: bool) -> None:
    imports = office.workspace.imports(AMELIE)
    plan = imports.plan("Company,E-mail\nSud,sud@x.example\n", responsibles=["eve"])
    report = imports.apply(plan)
    (letter,) = outbox(office.storage, office.clock)
    assert letter.template == "responsible-imported"
    if undo:
        imports.undo(report.id)
    tally, sent = office.deliver()
    assert (tally, sent) == ((Tally(), []) if undo else (Tally(sent=1), ["eve@acme.example"]))
    assert office.message(letter.id).withdrawn == ("import-undone" if undo else "")


def test_a_changed_language_changes_no_letter_that_was_queued(office: Office) -> None:
    id = office.welcome()
    before = office.message(id).subject
    office.workspace.change_language(ROOT, "fr")
    office.change(alter_person(language="pl"))
    assert office.deliver()[0] == Tally(sent=1)
    assert office.message(id).subject == before == "Welcome to acme"


def test_a_restored_contact_gets_its_letters_of_the_last_days(office: Office) -> None:
    id = office.notice()
    office.change(lambda o, s: s.contacts.delete(o.client.id))
    assert office.deliver()[0] == Tally(withdrawn=1)
    office.clock.forward(days=3)
    office.change(lambda o, s: s.trash.restore(o.client.id))
    assert (office.message(id).state, office.message(id).withdrawn) == ("waiting", "")
    assert office.deliver() == (Tally(sent=1), ["jane@bois.fr"])


def test_a_restored_contact_gets_no_old_letters_and_none_that_the_rules_refuse(office: Office) -> None:
    old = office.notice()
    office.clock.forward(days=2)
    fresh = office.notice()
    office.change(alter("jane", notifications=[]))
    office.change(lambda o, s: s.contacts.delete(o.client.id))
    office.deliver()
    office.clock.forward(days=3)
    office.change(lambda o, s: s.trash.restore(o.client.id))
    assert office.message(old).state == "dead"
    assert office.message(fresh).state == "waiting"
    assert office.deliver() == (Tally(withdrawn=1), [])
    assert office.message(fresh).withdrawn == "preference-off"


def test_a_withdrawn_message_that_is_tried_again_is_judged_again(office: Office) -> None:
    id = office.notice()
    office.change(alter("jane", active=False))
    office.deliver()
    office.change(lambda o, s: s.outbox.retry(id))
    assert office.deliver() == (Tally(withdrawn=1), [])
    office.change(alter("jane", active=True))
    office.change(lambda o, s: s.outbox.retry(id))
    assert office.deliver() == (Tally(sent=1), ["jane@bois.fr"])
    assert office.message(id).withdrawn == ""


def test_what_changes_while_a_batch_is_sent_counts_for_the_rest_of_it(office: Office) -> None:
    first, second, third = office.notice(), office.notice(), office.notice(office.joan)

    def meanwhile() -> None:
        if len(transport.sent) == 1:
            office.change(alter("jane", active=False))
            office.change(lambda o, s: s.outbox.cancel(third))

    transport = Takes(meanwhile)
    with deliverer(office.storage, transport, office.clock) as one:
        assert one.run_once() == Tally(sent=1, withdrawn=1)
    assert transport.sent == ["jane@bois.fr"]
    assert [office.message(id).withdrawn for id in (first, second, third)] == ["", "inactive", ""]
    assert office.message(third).last_error == "Cancelled by root."


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("state", ["waiting", "sent", "dead"])
def test_purging_a_contact_takes_its_messages_along(office: Office, state: str) -> None:
    office.notice()
    office.welcome()
    letter_to_bob(office)
    if state == "sent":
        assert office.deliver()[0] == Tally(sent=3)
    office.change(lambda o, s: s.contacts.delete(o.client.id))
    if state == "dead":
        assert office.deliver()[0].withdrawn == 3
    office.change(lambda o, s: s.trash.purge(o.client.id))
    assert office.deliver() == (Tally(), [])
    with office.storage.read("acme") as reader:
        assert reader.dump("message") == []


@pytest.mark.req("DIR-11")
def test_purging_a_person_keeps_the_messages_to_the_others(office: Office) -> None:
    office.notice()
    kept = office.notice(office.joan)
    office.change(lambda o, s: s.contacts.delete(o.jane.person_id))
    office.change(lambda o, s: s.trash.purge(o.jane.person_id))
    assert [one.id for one in outbox(office.storage, office.clock)] == [kept]
    assert office.deliver() == (Tally(sent=1), ["joan@bois.fr"])


@pytest.mark.req("DIR-11")
def test_a_message_that_is_purged_while_it_is_claimed_is_not_sent(office: Office) -> None:
    office.notice(office.joan)
    office.notice()

    def meanwhile() -> None:
        office.change(lambda o, s: s.contacts.delete(o.jane.person_id))
        office.change(lambda o, s: s.trash.purge(o.jane.person_id))

    transport = Takes(meanwhile)
    with deliverer(office.storage, transport, office.clock) as one:
        assert one.run_once() == Tally(sent=1)
    assert transport.sent == ["joan@bois.fr"]


def test_a_real_server_gets_what_is_right_and_nothing_else(office: Office) -> None:
    server = MailServer()
    server.start()
    try:
        office.notice(office.joan)
        office.notice()
        office.change(alter("jane", active=False))
        with deliverer(office.storage, transport_to(server), office.clock) as one:
            assert one.run_once() == Tally(sent=1, withdrawn=1)
    finally:
        server.stop()
    assert [parsed(data)["To"].addresses[0].addr_spec for data in server.received] == ["joan@bois.fr"]


def test_withdrawn_messages_do_not_count_as_attempts_and_keep_no_more_about_people(office: Office) -> None:
    office.notice()
    with office.storage.read("acme") as reader:
        (record,) = reader.dump("message")
    grounds = record.body.partition(b'"grounds"')[2]
    assert b"jane" not in grounds.lower()
    assert b"bois" not in grounds.lower()


def test_a_host_of_a_deliverer_is_one(storage: Storage, clock: Clock) -> None:
    with pytest.raises(Invalid) as refused:
        deliverer(storage, Takes(), clock, host=User("root"))
    assert (refused.value.code, refused.value.path) == ("record-type", "host")


def test_damaged_facts_put_a_message_off_and_hold_up_nobody(office: Office) -> None:
    office.notice()
    office.notice(office.joan)
    with office.storage.write("acme") as writer:
        (record,) = [one for one in writer.dump("contact") if one.id == office.jane.person_id]
        writer.replace(attrs.evolve(record, version=record.version + 1, body=b'{"kind": 1'), record.version)
    tally, sent = office.deliver()
    assert sent == ["joan@bois.fr"]
    assert tally.sent + tally.put_off + tally.dead == 2
