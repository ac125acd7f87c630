"""Delivery through a real mail server on its bad days: nothing is lost, and what comes twice can be told (NOT-7)."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore.delivery import Deliverer, SmtpServer, SmtpTransport, Tally
from contactcore.storage import Storage
from support.clock import Clock
from support.mail_server import MailServer, parsed, transport_to
from support.queued_mail import deliverer, outbox, queue

OpenFresh = Callable[[], AbstractContextManager[Storage]]

pytestmark = pytest.mark.req("NOT-7")

PASSING = (
    "ok",
    "drop-connection",
    "drop-mail",
    "drop-rcpt",
    "die-before-data",
    "die-after-data",
    "mail 451 Try later",
    "mail 550 We do not know you",
    "mail 421 Closing",
    "rcpt 450 Mailbox busy",
    "rcpt 530 Log in first",
    "rcpt 421 Closing",
    "data 452 Disk full",
)
FINAL = ("rcpt 550 No such mailbox", "data 554 This is advertising", "mail 552 Too large")
"""After these no attempt is made any more."""


def deliver_all(storage: Storage, server: MailServer, clock: Clock) -> None:
    """Have passes made until nothing waits any more."""
    with deliverer(storage, transport_to(server), clock) as one:
        for _ in range(200):
            one.run_once()
            if not any(outbox(storage, clock, name, state="waiting") for name in storage.workspaces()):
                return
            clock.forward(hours=25)
    raise AssertionError("messages still wait")


@settings(
    max_examples=25,
    # The fixtures only open what each example makes anew.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=st.lists(st.sampled_from(PASSING + FINAL), max_size=10), counts=st.lists(st.integers(0, 3), max_size=2))
def test_every_message_arrives_at_least_once_or_is_dead_with_its_reason(
    open_storage: OpenFresh, server: MailServer, script: list[str], counts: list[int]
) -> None:
    server.reset()
    server.script.extend(script)
    clock = Clock()
    with open_storage() as storage:
        queued = [
            message
            for number, count in enumerate(counts)
            for message in queue(storage, clock, f"firm {number}", *(f"to{index}@x.example" for index in range(count)))
        ]
        deliver_all(storage, server, clock)
        after = [one for name in storage.workspaces() for one in outbox(storage, clock, name)]
    assert sorted(one.id for one in after) == sorted(one.id for one in queued)
    arrived = Counter(server.ids())
    acknowledged = Counter(str(parsed(data)["Message-ID"]) for data in server.acknowledged)
    finals = sum(word in FINAL for word in script) - sum(word in FINAL for word in server.script)
    assert sum(one.state == "dead" for one in after) == finals
    for one in after:
        if one.state == "dead":
            assert one.last_error.startswith(("550", "552", "554"))
            assert acknowledged[one.message_id] == 0
        else:
            assert one.state == "sent"
            assert acknowledged[one.message_id] == 1
            assert arrived[one.message_id] >= 1


def test_a_repeated_message_is_the_same_byte_for_byte(storage: Storage, server: MailServer, clock: Clock) -> None:
    (message,) = queue(storage, clock, "acme", "zoe@x.example", html="<p>Hello</p>", to_name="Zoë")
    server.script.extend(["die-after-data", "die-after-data"])
    deliver_all(storage, server, clock)
    assert len(server.received) == 3
    assert len(set(server.received)) == 1
    read = parsed(server.received[0])
    assert read["Message-ID"] == message.message_id
    assert read["X-Idempotency-Key"] == message.key
    assert message.message_id.endswith("@acme.example>")


@pytest.mark.parametrize("command", ["hello 250", "mail 550", "rcpt 550", "data 250", "data 554"])
def test_a_reply_that_is_too_long_to_be_read_is_no_final_refusal(
    storage: Storage, server: MailServer, clock: Clock, command: str
) -> None:
    (message,) = queue(storage, clock, "acme", "zoe@x.example")
    server.script.append(f"{command} {'x' * 10_000}")
    with deliverer(storage, transport_to(server), clock) as one:
        one.run_once()
    (waiting,) = outbox(storage, clock, "acme", state="waiting")
    assert "too long a line" in waiting.last_error
    deliver_all(storage, server, clock)
    assert server.ids() == [message.message_id]
    assert [one.state for one in outbox(storage, clock, "acme")] == ["sent"]


def test_two_messages_never_share_a_message_id(storage: Storage, server: MailServer, clock: Clock) -> None:
    for name in ("one", "two"):
        queue(storage, clock, name, "a@x.example", "b@x.example")
    deliver_all(storage, server, clock)
    assert len(set(server.ids())) == 4


def test_a_refused_recipient_is_dead_at_once_and_holds_up_nobody(
    storage: Storage, server: MailServer, clock: Clock
) -> None:
    queue(storage, clock, "acme", "a@x.example", "b@x.example")
    server.script.append("rcpt 550 5.1.1 No such mailbox")
    with deliverer(storage, transport_to(server), clock) as one:
        assert one.run_once() == Tally(sent=1, dead=1)
    first, second = outbox(storage, clock)
    assert (first.state, first.attempts, first.last_error) == ("dead", 1, "550 5.1.1 No such mailbox")
    assert second.state == "sent"


def test_a_server_that_is_away_costs_one_message_an_attempt(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example", "b@x.example", "c@x.example")
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    transport = SmtpTransport(SmtpServer.parse(f"smtp://127.0.0.1:{port}?tls=none&hello=localhost"))
    with deliverer(storage, transport, clock) as one:
        tally = one.run_once()
    assert (tally.put_off, tally.sent, tally.dead) == (1, 0, 0)
    assert "refused" in tally.outage
    assert [each.attempts for each in outbox(storage, clock)] == [1, 0, 0]


def test_a_server_that_never_answers_is_given_up_after_the_time_out(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        transport = SmtpTransport(SmtpServer.parse(f"smtp://127.0.0.1:{port}?tls=none&hello=localhost&timeout=0.1"))
        with deliverer(storage, transport, clock) as one:
            assert "timed out" in one.run_once().outage


@pytest.mark.parametrize("begins", [b"", b"220 Welcome\r\n"])
def test_a_server_that_never_ends_its_answer_is_given_up(storage: Storage, clock: Clock, begins: bytes) -> None:
    queue(storage, clock, "acme", "a@x.example")
    with closing(socket.create_server(("127.0.0.1", 0))) as talkative:

        def talk() -> None:
            connection, _ = talkative.accept()
            with connection, suppress(OSError):
                connection.sendall(begins)
                while True:
                    connection.sendall(b"220-and\r\n")

        talking = Thread(target=talk)
        talking.start()
        port = talkative.getsockname()[1]
        transport = SmtpTransport(SmtpServer.parse(f"smtp://127.0.0.1:{port}?tls=none&hello=localhost"))
        with deliverer(storage, transport, clock) as one:
            tally = one.run_once()
        assert (tally.put_off, "The answer has too many lines." in tally.outage) == (1, True)
        talking.join()
    assert [each.state for each in outbox(storage, clock)] == ["waiting"]


def test_a_server_that_refuses_us_by_name_kills_no_message(storage: Storage, server: MailServer, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example", "b@x.example")
    server.script.extend(["hello 554 Your network is blocked"] * 2)
    with deliverer(storage, transport_to(server), clock) as one:
        tally = one.run_once()
        assert (tally.put_off, tally.dead) == (1, 0)
        assert "554 Your network is blocked" in tally.outage
        clock.forward(hours=1)
        assert one.run_once() == Tally(sent=2)


def test_a_machine_whose_name_cannot_be_written_kills_no_message(
    storage: Storage, server: MailServer, clock: Clock
) -> None:
    queue(storage, clock, "acme", "a@x.example", "b@x.example")
    here = SmtpServer(host="127.0.0.1", port=server.port, tls="none", hello="été")
    with deliverer(storage, SmtpTransport(here), clock) as one:
        tally = one.run_once()
    assert (tally.put_off, tally.dead) == (1, 0)
    assert tally.outage
    assert [each.attempts for each in outbox(storage, clock)] == [1, 0]


def test_a_host_that_cannot_be_written_holds_up_the_pass(storage: Storage, server: MailServer, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example")
    here = SmtpServer(host="mail..example", port=server.port, tls="none", hello="localhost")
    with deliverer(storage, SmtpTransport(here), clock) as one:
        assert one.run_once().outage
    assert outbox(storage, clock)[0].state == "waiting"


def test_a_sender_that_the_server_cannot_take_kills_no_message(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example", "b@x.example")
    server = MailServer(enable_SMTPUTF8=False)
    server.start()
    try:
        with Deliverer(storage, transport_to(server), sender="été@acme.example", clock=clock) as one:
            tally = one.run_once()
    finally:
        server.stop()
    assert (tally.put_off, tally.dead) == (1, 0)
    assert "sender" in tally.outage
    assert [each.state for each in outbox(storage, clock)] == ["waiting", "waiting"]


def test_a_message_that_never_gets_through_dies_after_the_last_attempt(
    storage: Storage, server: MailServer, clock: Clock
) -> None:
    queue(storage, clock, "acme", "a@x.example")
    server.script.extend(["rcpt 450 Busy"] * 50)
    moments = []
    with deliverer(storage, transport_to(server), clock) as one:
        while (message := outbox(storage, clock)[0]).state == "waiting":
            clock.now = message.due
            moments.append(clock.now)
            one.run_once()
    assert (message.state, message.attempts, message.last_error) == ("dead", 13, "450 Busy")
    waits = [after - before for before, after in pairwise(moments)]
    assert waits == sorted(waits)
    assert 4 <= (moments[-1] - moments[0]).days <= 5


def test_the_connection_is_encrypted_before_the_login(
    storage: Storage, tls_server: MailServer, trusting: ssl.SSLContext, clock: Clock
) -> None:
    queue(storage, clock, "acme", "a@x.example")
    url = f"smtp://jo%40acme.example:s%3Ae%2Fc%40ret@127.0.0.1:{tls_server.port}?hello=localhost"
    with deliverer(storage, SmtpTransport(SmtpServer.parse(url), trusting), clock) as one:
        assert one.run_once() == Tally(sent=1)
    assert len(tls_server.acknowledged) == 1


@pytest.mark.parametrize("fault", ["stranger", "password", "no-tls"])
def test_a_server_that_we_do_not_trust_or_that_does_not_trust_us_gets_nothing(
    storage: Storage, tls_server: MailServer, server: MailServer, trusting: ssl.SSLContext, clock: Clock, fault: str
) -> None:
    queue(storage, clock, "acme", "a@x.example")
    password = "wrong" if fault == "password" else "s%3Ae%2Fc%40ret"
    port = (server if fault == "no-tls" else tls_server).port
    url = f"smtp://jo%40acme.example:{password}@127.0.0.1:{port}?hello=localhost"
    context = None if fault == "stranger" else trusting
    with deliverer(storage, SmtpTransport(SmtpServer.parse(url), context), clock) as one:
        tally = one.run_once()
    assert tally.outage
    assert tally.put_off == 1
    assert not tls_server.received
    assert not server.received
    assert "wrong" not in tally.outage
