"""Attachments of notices: sent as they are, kept until the last message that needs them is sent (NOT-9)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Attachment, Company, Invalid, Person, Workspace
from contactcore.delivery import Tally
from contactcore.model.attachment import LARGEST_ATTACHMENT, MOST_ATTACHMENTS
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from contactcore.workspace import Host
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore.workspace.notifications import QueuedNotice
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.clock import Clock
from support.mail_server import MailServer, parsed, transport_to
from support.queued_mail import deliverer

pytestmark = pytest.mark.req("NOT-9")

PDF = Attachment("Rechnung für Größe & Söhne – März 2026.pdf", b"%PDF-1.7\r\n\x00\xff" * 500, "application/pdf")
NOTE = Attachment("note.txt", "Zażółć\n".encode(), "text/plain")


class Answers:
    """A transport that gives outcomes, and sends for good when it has none left."""

    def __init__(self, *kinds: Any) -> None:
        self.kinds = list(kinds)
        self.data: list[bytes] = []

    def send(self, envelope: Any) -> Outcome:
        self.data.append(envelope.data)
        return Outcome(self.kinds.pop(0)) if self.kinds else Outcome("sent")

    def close(self) -> None:
        pass


class Billing:
    """A client with two contact persons."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self.storage, self.clock = storage, clock
        self.workspace = Workspace(storage, "acme", host=Host(clock=clock))
        with self.workspace.write(ROOT) as session:
            self.client = session.contacts.add(Company("Bois & Fils"))
            self.people: list[Affiliation] = [
                session.people.add(
                    self.client, Person(name, "Doe", emails=[f"{name.lower()}@bois.fr"]), notifications=["invoice"]
                )
                for name in ("Jane", "Joan")
            ]

    def send(self, *attachments: Attachment, key: str = "", only: int | None = None) -> tuple[QueuedNotice, ...]:
        with self.workspace.write(ROOT) as session:
            people = self.people if only is None else [self.people[only]]
            who = session.notifications.by_hand(self.client, "invoice", [one.person_id for one in people])
            return session.notifications.send(
                self.client, who, subject="Invoice", text="Enclosed.", html="<p>Enclosed.</p>",
                attachments=attachments, key=key,
            )  # fmt: skip

    def kept(self, *notices: QueuedNotice) -> list[bool]:
        """Whether the storage keeps the first attachment of each notice."""
        files = [one.message.attachments[0] for one in notices if one.message is not None]
        with self.storage.read("acme") as reader:
            return [reader.blob(file.blob) is not None for file in files]

    def deliver(self, transport: Any, **options: Any) -> Tally:
        with deliverer(self.storage, transport, self.clock, **options) as one:
            return one.run_once()


@pytest.fixture
def billing(storage: Storage, clock: Clock) -> Billing:
    return Billing(storage, clock)


def test_attachments_arrive_byte_for_byte_with_name_and_type(billing: Billing) -> None:
    billing.send(PDF, NOTE)
    server = MailServer()
    server.start()
    try:
        assert billing.deliver(transport_to(server)) == Tally(sent=2)
    finally:
        server.stop()
    for data in server.received:
        assert data.isascii()
        assert max(map(len, data.split(b"\r\n"))) <= 998
        read = parsed(data)
        assert not read.defects
        files = list(read.iter_attachments())
        assert [(one.get_filename(), one.get_content_type()) for one in files] == [
            (PDF.name, "application/pdf"),
            ("note.txt", "text/plain"),
        ]
        assert [one.get_payload(decode=True) for one in files] == [PDF.data, NOTE.data]
        body = read.get_body(("plain",))
        assert body is not None
        assert body.get_content().strip() == "Enclosed."
        assert read.get_body(("html",)) is not None


def test_a_repeated_message_with_attachments_is_the_same_byte_for_byte(billing: Billing) -> None:
    billing.send(PDF, only=0)
    transport = Answers("later")
    billing.deliver(transport)
    billing.clock.forward(hours=1)
    billing.deliver(transport)
    assert len(transport.data) == 2
    assert len(set(transport.data)) == 1


def test_the_content_is_kept_until_the_last_message_that_needs_it_is_sent(billing: Billing) -> None:
    first, second = billing.send(PDF)
    assert billing.kept(first, second) == [True, True]
    with billing.storage.read("acme") as reader:
        assert all(PDF.data not in record.body for record in reader.dump("message"))
    assert billing.deliver(Answers("later")) == Tally(sent=1, put_off=1)
    assert billing.kept(first) == [True]
    billing.clock.forward(hours=1)
    assert billing.deliver(Answers()) == Tally(sent=1)
    assert billing.kept(first, second) == [False, False]


def test_two_notices_with_the_same_content_do_not_take_it_from_each_other(billing: Billing) -> None:
    (first,) = billing.send(PDF, only=0)
    (second,) = billing.send(PDF, only=1)
    assert billing.deliver(Answers("sent", "later")) == Tally(sent=1, put_off=1)
    assert sorted(billing.kept(first, second)) == [False, True]
    billing.clock.forward(hours=1)
    assert billing.deliver(Answers()) == Tally(sent=1)


def test_a_message_that_was_given_up_keeps_its_attachments_for_another_attempt(billing: Billing) -> None:
    (notice,) = billing.send(PDF, only=0)
    assert billing.deliver(Answers("never")) == Tally(dead=1)
    assert billing.kept(notice) == [True]
    with billing.workspace.write(ROOT) as session:
        session.outbox.retry(notice)
    assert billing.deliver(Answers()) == Tally(sent=1)
    assert billing.kept(notice) == [False]


@pytest.mark.req("DIR-11")
def test_purging_takes_attachments_along_unless_somebody_else_gets_them(billing: Billing) -> None:
    first, second = billing.send(PDF)
    with billing.workspace.write(ROOT) as session:
        session.contacts.delete(billing.people[0].person_id)
        session.trash.purge(billing.people[0].person_id)
    assert billing.kept(second) == [True]
    with billing.workspace.write(ROOT) as session:
        session.contacts.delete(billing.client.id)
        session.trash.purge(billing.client.id)
    assert billing.kept(first, second) == [False, False]


def test_a_repeated_notice_keeps_no_second_copy_and_another_content_is_refused(billing: Billing) -> None:
    first = billing.send(PDF, key="7")
    with billing.storage.read("acme") as reader:
        before = reader.dump("message")
    again = billing.send(PDF, key="7")
    assert [one.id for one in again] == [one.id for one in first]
    assert all(one.repeated for one in again)
    for other in ([NOTE], [attrs.evolve(PDF, data=b"other")], [attrs.evolve(PDF, name="other.pdf")], []):
        with pytest.raises(Invalid) as refused:
            billing.send(*other, key="7")
        assert (refused.value.code, refused.value.path) == ("notice-differs", "key")
    with billing.storage.read("acme") as reader:
        assert reader.dump("message") == before


def test_a_lost_content_is_reported_and_the_message_is_not_sent_without_it(billing: Billing) -> None:
    (notice,) = billing.send(PDF, only=0)
    assert notice.message is not None
    with billing.storage.write("acme") as writer:
        writer.drop_blob(notice.message.attachments[0].blob)
    transport = Answers()
    assert billing.deliver(transport) == Tally(dead=1)
    assert transport.data == []


@pytest.mark.req("ACC-4")
def test_a_copy_of_a_workspace_has_the_attachments_that_are_still_to_be_sent(billing: Billing) -> None:
    (sent,) = billing.send(NOTE, only=0)
    billing.deliver(Answers())
    billing.send(PDF)
    target = MemoryStorage()
    copied = copy_workspace(billing.storage, target, "acme")
    assert copy_workspace(billing.storage, target, "acme").checksum == copied.checksum
    transport = Answers()
    with deliverer(target, transport, billing.clock) as one:
        assert one.run_once() == Tally(sent=2)
    assert parsed(transport.data[0]).get_content_type() == "multipart/mixed"
    assert billing.kept(sent) == [False]


@pytest.mark.parametrize(
    ("details", "code", "path"),
    [
        ({"name": ""}, "attachment-name", "name"),
        ({"name": "a/b.pdf"}, "attachment-name", "name"),
        ({"name": "..\\b.pdf"}, "attachment-name", "name"),
        ({"name": ".."}, "attachment-name", "name"),
        ({"name": "exe.\u202efdp"}, "attachment-name", "name"),
        ({"name": "x" * 151}, "text-too-long", "name"),
        ({"name": None}, "text-type", "name"),
        ({"data": b""}, "attachment-empty", "data"),
        ({"data": "text"}, "bytes-type", "data"),
        ({"data": b"x" * (LARGEST_ATTACHMENT + 1)}, "attachment-too-large", "data"),
        ({"media_type": "pdf"}, "media-type", "media_type"),
        ({"media_type": "application/pdf\r\nBcc: a@x.example"}, "media-type", "media_type"),
        ({"media_type": "multipart/mixed"}, "media-type", "media_type"),
        ({"media_type": "message/rfc822"}, "media-type", "media_type"),
        ({"media_type": 'application/pdf; name="x"'}, "media-type", "media_type"),
    ],
)
def test_what_is_no_attachment_is_refused_by_its_field(details: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        Attachment(**{"name": "a.pdf", "data": b"x", **details})
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize(
    ("attachments", "code", "path"),
    [
        ([Attachment(f"{number}.txt", b"x") for number in range(MOST_ATTACHMENTS + 1)], "too-many", "attachments"),
        ([Attachment("a", b"x" * 8_000_000), Attachment("b", b"y" * 8_000_000)], "attachment-too-large", "attachments"),
        ([NOTE, b"bytes"], "record-type", "attachments[1]"),
        (NOTE, "not-a-list", "attachments"),
        ("note.txt", "not-a-list", "attachments"),
    ],
    ids=["too many", "too large together", "bytes", "no list", "text"],
)
def test_attachments_have_limits_and_nothing_is_queued_beyond_them(
    clock: Clock, attachments: Any, code: str, path: str
) -> None:
    billing = Billing(MemoryStorage(), clock)
    with billing.workspace.write(ROOT) as session:
        who = session.notifications.recipients(billing.client, "invoice")
        with pytest.raises(Invalid) as refused:
            session.notifications.send(billing.client, who, subject="a", text="a", attachments=attachments)
        assert (refused.value.code, refused.value.path) == (code, path)
        assert session.outbox.list().items == ()
