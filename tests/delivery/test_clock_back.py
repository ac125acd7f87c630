"""A clock that goes backwards: no message is lost and none is sent twice (NOT-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contactcore.delivery import Tally
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from support.clock import Clock
from support.queued_mail import deliverer, outbox, queue

pytestmark = pytest.mark.req("NOT-7")

HOUR = timedelta(hours=1)


class Leaping:
    """A transport during whose work the clock is put back."""

    def __init__(self, clock: Clock, *outcomes: str, back: timedelta = HOUR) -> None:
        self.clock, self.outcomes, self.back = clock, list(outcomes), back
        self.sent: list[str] = []

    def send(self, envelope: Any) -> Outcome:
        self.clock.now -= self.back
        self.back = timedelta(0)
        self.sent.append(envelope.recipient.partition("@")[0])
        return Outcome("later", "450 Busy") if self.outcomes and self.outcomes.pop(0) == "later" else Outcome("sent")

    def close(self) -> None:
        pass


def test_what_was_queued_before_the_leap_is_sent_when_the_clock_is_there_again(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "before@x.example")
    clock.now -= HOUR
    queue(storage, clock, "acme", "after@x.example")
    transport = Leaping(clock, back=timedelta(0))
    with deliverer(storage, transport, clock) as one:
        assert one.run_once() == Tally(sent=1)
        clock.now += HOUR - timedelta(microseconds=1)
        assert one.run_once() == Tally()
        clock.now += timedelta(microseconds=1)
        assert one.run_once() == Tally(sent=1)
        assert one.run_once() == Tally()
    assert transport.sent == ["after", "before"]
    messages = outbox(storage, clock)
    assert [one.state for one in messages] == ["sent", "sent"]
    assert len({one.message_id for one in messages}) == 2


def test_a_leap_while_messages_are_sent_sends_none_of_them_twice(storage: Storage, clock: Clock) -> None:
    names = [f"{number}" for number in range(6)]
    queue(storage, clock, "acme", *(f"{name}@x.example" for name in names))
    transport = Leaping(clock)
    with deliverer(storage, transport, clock, batch=4) as one:
        total = one.run_once()
        clock.now += HOUR
        total += one.run_once()
        assert one.run_once() == Tally()
    assert total == Tally(sent=6)
    assert sorted(transport.sent) == names


def test_a_message_that_is_put_off_at_the_leap_waits_its_delay_from_then_on(storage: Storage, clock: Clock) -> None:
    queue(storage, clock, "acme", "a@x.example")
    delay = timedelta(minutes=5)
    transport = Leaping(clock, "later")
    with deliverer(storage, transport, clock, delays=[delay]) as one:
        assert one.run_once() == Tally(put_off=1)
        clock.now += delay - timedelta(microseconds=1)
        assert one.run_once() == Tally()
        clock.now += timedelta(microseconds=1)
        assert one.run_once() == Tally(sent=1)
    assert transport.sent == ["a", "a"]
