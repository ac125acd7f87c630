"""How a deliverer shares, puts off, gives up and stops (NOT-7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from contactcore import EmailAddress, Host, Invalid, StorageError
from contactcore.delivery import Deliverer, Tally
from contactcore.delivery import deliver as deliver_command
from contactcore.delivery import deliverer as module
from contactcore.rules.redelivery import DELAYS, Outcome
from contactcore.storage import Storage
from contactcore_memory import MemoryStorage
from support.clock import Clock
from support.mail_server import MailServer, parsed
from support.queued_mail import deliverer, outbox, queue

pytestmark = pytest.mark.req("NOT-7")


class Does:
    """A transport that does something for each message, and remembers whom they were for."""

    def __init__(self, act: Callable[[], Outcome | None] = lambda: None) -> None:
        self.act = act
        self.sent: list[str] = []
        self.closed = 0

    def send(self, envelope: Any) -> Outcome:
        self.sent.append(envelope.recipient.partition("@")[0])
        return self.act() or Outcome("sent")

    def close(self) -> None:
        self.closed += 1


def boxes(count: int, prefix: str = "") -> list[str]:
    return [f"{prefix}{number}@x.example" for number in range(count)]


def test_workspaces_take_turns(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "busy", *boxes(5, "b"))
    queue(storage, clock, "calm", *boxes(1, "c"))
    transport = Does()
    with deliverer(storage, transport, clock, batch=2) as one:
        assert one.run_once() == Tally(sent=6)
    assert transport.sent.index("c0") == 2
    assert sorted(transport.sent) == ["b0", "b1", "b2", "b3", "b4", "c0"]


def test_only_what_is_due_is_sent(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "now@x.example")
    queue(storage, clock, "acme", "later@x.example", due="2026-03-01T00:00:00.000001Z")
    transport = Does()
    with deliverer(storage, transport, clock) as one:
        one.run_once()
        assert transport.sent == ["now"]
        clock.forward(seconds=1)
        one.run_once()
    assert transport.sent == ["now", "later"]


def test_a_failure_puts_a_message_off_by_a_growing_delay(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example")
    transport = Does(lambda: Outcome("later", "450 Busy\x00\r\nnow " + "x" * 600))
    with deliverer(storage, transport, clock, delays=DELAYS[:3]) as one:
        for delay in DELAYS[:3]:
            assert one.run_once() == Tally(put_off=1)
            clock.now += delay - timedelta(microseconds=1)
            assert one.run_once() == Tally()
            clock.forward(microseconds=1)
        assert one.run_once() == Tally(dead=1)
    (message,) = outbox(storage, clock)
    assert (message.state, message.attempts) == ("dead", 4)
    assert message.last_error.startswith("450 Busy now xxx")
    assert len(message.last_error) == 500


def test_two_deliverers_never_hold_the_same_message(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", *boxes(6))
    other = Does()
    seen: list[int] = []

    def meanwhile() -> None:
        if not seen:
            seen.append(1)
            with deliverer(storage, other, clock) as second:
                second.run_once()

    transport = Does(meanwhile)
    with deliverer(storage, transport, clock, batch=4) as one:
        assert one.run_once() == Tally(sent=4)
    assert len(transport.sent) == 4
    assert sorted(transport.sent + other.sent) == [str(number) for number in range(6)]


def test_no_sending_begins_in_the_second_half_of_the_lease(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", *boxes(5))
    transport = Does(lambda: clock.forward(minutes=2))
    with deliverer(storage, transport, clock, batch=5, lease=timedelta(minutes=10)) as one:
        assert one.run_once() == Tally(sent=3)
        assert [each.state for each in outbox(storage, clock)].count("waiting") == 2
        assert one.run_once() == Tally(sent=2), "what was given back waits for nothing"
    assert len(set(transport.sent)) == 5


def test_whoever_comes_too_late_with_a_failure_changes_nothing(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example")

    def slow() -> Outcome:
        clock.forward(minutes=11)
        with deliverer(storage, Does(), clock) as second:
            assert second.run_once() == Tally(sent=1)
        return Outcome("never", "550 No")

    with deliverer(storage, Does(slow), clock) as one:
        one.run_once()
    (message,) = outbox(storage, clock)
    assert (message.state, message.attempts, message.last_error) == ("sent", 1, "")


def test_an_outage_ends_the_pass_and_gives_the_rest_back(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", *boxes(3))
    queue(storage, clock, "zeta", *boxes(3))
    transport = Does(lambda: Outcome("later", "no route", outage=True))
    with deliverer(storage, transport, clock) as one:
        assert one.run_once() == Tally(put_off=1, outage="no route")
        transport.act = lambda: None
        assert one.run_once() == Tally(sent=5)
        clock.forward(minutes=1)
        assert one.run_once() == Tally(sent=1)


def test_a_deliverer_stops_after_the_message_in_hand(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", *boxes(5))
    stop = threading.Event()
    transport = Does(stop.set)
    with deliverer(storage, transport, clock) as one:
        assert one.run(stop, pause=1_000) == Tally(sent=1)
        assert transport.closed
        assert one.run(stop) == Tally()
        assert one.run_once() == Tally(sent=4)


def test_a_deliverer_looks_for_work_until_it_is_stopped(storage: Storage, clock: Clock) -> None:
    pauses: list[float | None] = []

    class Stop:
        def is_set(self) -> bool:
            return len(pauses) == 3

        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            queue(storage, clock, "acme", f"{len(pauses)}@x.example")
            return self.is_set()

    transport = Does()
    with deliverer(storage, transport, clock) as one:
        assert one.run(Stop(), pause=7) == Tally(sent=2)
    assert (transport.sent, pauses) == (["1", "2"], [7, 7, 7])


def test_a_message_that_cannot_be_written_is_dead_and_holds_up_nobody(storage: Storage, clock: Clock) -> None:
    # As an older release could have stored it.
    queue(storage, clock, "acme", "", to=EmailAddress.restore(f"a@{'ü' * 90}.example"))
    queue(storage, clock, "acme", "b@x.example")
    transport = Does()
    with deliverer(storage, transport, clock) as one:
        assert one.run_once() == Tally(sent=1, dead=1)
    assert transport.sent == ["b"]
    (dead,) = outbox(storage, clock, state="dead")
    assert "cannot be written" in dead.last_error


def test_a_record_that_was_damaged_holds_up_nobody(storage: Storage, clock: Clock) -> None:
    (broken, _) = queue(storage, clock, "acme", "a@x.example", "b@x.example")
    with storage.write("acme") as writer:
        (record,) = [one for one in writer.dump("message") if one.id == broken.id]
        writer.replace(attrs.evolve(record, version=2, body=b'{"to": 1'), 1)
    transport = Does()
    with deliverer(storage, transport, clock) as one:
        assert one.run_once() == Tally(sent=1)
    assert transport.sent == ["b"]


@pytest.mark.parametrize(
    ("code", "outage"), [("storage-lost", True), ("storage-busy", False), ("storage-retry", False)]
)
def test_a_storage_that_fails_loses_nothing(clock: Clock, code: str, outage: bool) -> None:
    class Fails(MemoryStorage):
        failing = False

        def write(self, workspace: str) -> Any:
            if self.failing:
                raise StorageError("Not now.", code)
            return super().write(workspace)

    storage = Fails()
    queue(storage, clock, "acme", *boxes(2))

    def fail() -> None:
        storage.failing = True

    transport = Does(fail)
    with deliverer(storage, transport, clock) as one:
        assert bool(one.run_once().outage) is outage
        assert one.run_once().sent == 0
        storage.failing = False
        transport.act = lambda: None
        clock.forward(minutes=10)
        assert one.run_once() == Tally(sent=2)
    assert {each.state for each in outbox(storage, clock)} == {"sent"}
    assert set(transport.sent) == {"0", "1"}


def test_a_result_that_others_hold_up_is_recorded_after_pauses_and_the_message_is_sent_once(
    storage: Storage, clock: Clock, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(storage, clock, "acme", *boxes(1))
    record, faults = module.record_result, [StorageError("Others hold it.", "storage-busy") for _ in range(3)]

    def hold_up(*given: Any) -> Any:
        if faults:
            raise faults.pop()
        return record(*given)

    monkeypatch.setattr(module, "record_result", hold_up)
    transport = Does()
    with deliverer(storage, transport, clock) as one:
        assert one.run_once() == Tally(sent=1)
    assert transport.sent == ["0"]
    assert waited == [0.01, 0.02, 0.04]


def test_a_batch_has_limits(storage: Storage, clock: Clock) -> None:
    for batch in (0, 1_001):
        with pytest.raises(Invalid):
            deliverer(storage, Does(), clock, batch=batch)


def test_the_command_sends_what_is_due_and_ends(storage: Storage, server: MailServer) -> None:
    queue(storage, Clock(), "acme", "a@x.example")
    url = f"smtp://127.0.0.1:{server.port}?tls=none&hello=localhost"
    assert deliver_command(storage, url, sender="Acme <no-reply@acme.example>", once=True) == Tally(sent=1)
    assert parsed(server.received[0])["From"] == "Acme <no-reply@acme.example>"
    with pytest.raises(Invalid) as refused:
        deliver_command(storage, url, once=True)
    assert refused.value.code == "sender-missing"


@pytest.mark.parametrize("wrong", [5, "now"])
def test_a_clock_that_is_no_function_is_refused_at_once(storage: Storage, wrong: Any) -> None:
    with pytest.raises(Invalid) as refused:
        deliverer(storage, Does(), wrong)
    assert (refused.value.path, refused.value.code) == ("clock", "not-a-function")


def test_the_clock_of_the_host_is_the_clock_of_the_deliverer_unless_another_is_given(
    storage: Storage, clock: Clock
) -> None:
    queue(storage, clock, "acme", "later@x.example", due="2026-03-02T00:00:00.000000Z")
    early, late = Host(clock=clock), Clock()
    late.forward(days=2)
    transport = Does()
    assert Deliverer(storage, transport, sender="a@b.example", host=early).run_once() == Tally()
    assert Deliverer(storage, transport, sender="a@b.example", host=early, clock=late).run_once() == Tally(sent=1)


class SendsLater(Does):
    async def send(self, envelope: Any) -> Outcome:  # type: ignore[override]
        raise AssertionError("this is never run")


@pytest.mark.parametrize(
    ("transport", "code", "path"),
    [
        (object(), "not-a-transport", "transport"),
        (None, "not-a-transport", "transport"),
        (SendsLater(), "function-deferred", "transport.send"),
    ],
)
def test_an_object_that_is_no_transport_is_refused_at_once(
    storage: Storage, clock: Clock, transport: Any, code: str, path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        deliverer(storage, transport, clock)
    assert (refused.value.code, refused.value.path) == (code, path)


def test_a_result_of_sending_that_is_no_outcome_is_refused_by_name_and_nothing_is_recorded(
    storage: Storage, clock: Clock
) -> None:
    queue(storage, clock, "acme", "a@x.example")
    wrong: Any = lambda: "sent"  # noqa: E731 - a result of another type
    with pytest.raises(Invalid) as refused:
        deliverer(storage, Does(wrong), clock).run_once()
    assert (refused.value.code, refused.value.path, refused.value.value) == ("outcome-type", "transport.send", "sent")
    (message,) = outbox(storage, clock)
    assert (message.state, message.attempts) == ("waiting", 0)
