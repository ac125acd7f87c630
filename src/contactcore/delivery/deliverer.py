"""The deliverer: claims the due messages of all workspaces of a storage, sends them, and records the results."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

import attrs

from contactcore.errors import ContactCoreError, Invalid, StorageError
from contactcore.formats.letters.envelope import Envelope, compose
from contactcore.mapping.entities import KINDS, VIEWS
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message
from contactcore.rules.redelivery import DELAYS, Outcome
from contactcore.storage import LARGEST_PAGE, Refused, Storage
from contactcore.workspace.kernel.ids import Clock, system_clock
from contactcore.workspace.repositories.messages import claim_due, due_until, record_result, release

__all__ = ["Deliverer", "Stop", "Tally", "Transport"]

_log = logging.getLogger("contactcore.delivery")

_PASSING = frozenset(("storage-retry", "storage-busy"))
_MOST_RECORDINGS = 5


class Transport(Protocol):
    """How messages leave: `SmtpTransport`, or one of your own."""

    def send(self, envelope: Envelope) -> Outcome:
        """Send one message; failures are outcomes, not exceptions."""

    def close(self) -> None:
        """Close the connections; `send` may be called again afterwards."""


class Stop(Protocol):
    """A request to stop: a `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a number of seconds, or until it is time to stop."""


@attrs.frozen
class Tally:
    """The results of one pass.

    Attributes:
        sent, put_off, dead: Numbers of messages by the result of their attempt.
        outage: Reason why the pass ended early: the server, or the storage, could not be used; `""` if it did not.
    """

    sent: int = 0
    put_off: int = 0
    dead: int = 0
    outage: str = ""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sent + other.sent, self.put_off + other.put_off, self.dead + other.dead, other.outage or self.outage
        )


class Deliverer:
    """Sends the due messages of a storage. Deliverers in any number of processes share the work.

    Every message is sent at least once. It is sent again only when a deliverer ended, or lost the storage, between
    sending it and recording that, or when sending took longer than the lease; then it carries the same Message-ID.

    Args:
        storage: Storage of the workspaces.
        transport: Transport of the messages, such as `SmtpTransport`. It is closed together with the deliverer.
        sender: Sender of the messages, `"Name <address>"`.
        clock: Function that returns the present moment; the `clock` of a `Host` fits.
        lease: Time for which a claimed message belongs to one deliverer; no sending begins in its second half.
        batch: Number of messages claimed at a time.
        delays: Waits after failed attempts; the number of attempts is one more than the number of delays.

    Raises:
        Invalid: `mailbox-syntax` or the refusal of an address; `batch-out-of-range`; `not-a-function` for the clock.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> class Printer:
    ...     def send(self, envelope: Envelope) -> Outcome:
    ...         print(f"{envelope.sender} -> {envelope.recipient}")
    ...         return Outcome("sent")
    ...     def close(self) -> None:
    ...         pass
    >>> storage, root = MemoryStorage(), User("root", admin=True)
    >>> with Workspace(storage, name="acme").write(root) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(client, "jane@bois.fr", notifications=["invoice"])
    ...     who = session.notifications.recipients(client, "invoice")
    ...     (message,) = session.notifications.send(client, who, subject="Invoice 7", text="Enclosed.")
    >>> with Deliverer(storage, Printer(), sender="Acme <post@acme.example>") as deliverer:
    ...     deliverer.run_once()
    post@acme.example -> jane@bois.fr
    Tally(sent=1, put_off=0, dead=0, outage='')
    >>> with Workspace(storage, name="acme").read(root) as session:
    ...     session.outbox.get(message).state
    'sent'
    """

    def __init__(
        self,
        storage: Storage,
        transport: Transport,
        *,
        sender: str | Mailbox,
        clock: Clock = system_clock,
        lease: timedelta = timedelta(minutes=10),
        batch: int = 20,
        delays: Sequence[timedelta] = DELAYS,
    ) -> None:
        if not 1 <= batch <= LARGEST_PAGE:
            raise Invalid("batch-out-of-range", f"Claim 1 to {LARGEST_PAGE:,} at a time.", path="batch", value=batch)
        if not callable(clock):
            raise Invalid("not-a-function", f"Give a function here, no {type(clock).__name__}.", path="clock")
        self._sender = sender if isinstance(sender, Mailbox) else Mailbox.parse(sender)
        self._storage = storage
        self._transport = transport
        self._clock = clock
        self._lease = lease
        self._batch = batch
        self._delays = tuple(delays)
        storage.install(KINDS, VIEWS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def run(self, stop: Stop, pause: float = 10.0) -> Tally:
        """Send until `stop` is set. The message that is being sent then is finished, other claims are released.

        Args:
            stop: Request to stop, checked between messages.
            pause: Seconds between two looks for work.

        Returns:
            The results of all passes together.
        """
        tally = Tally()
        while not stop.is_set():
            done = self.run_once(stop)
            if done.outage:
                _log.warning("delivery is held up: %s", done.outage)
            tally += done
            stop.wait(pause)
        return tally

    def run_once(self, stop: Stop | None = None) -> Tally:
        """Send the messages that are due now, in all workspaces in turn. Messages that the server puts off wait.

        The pass ends early when the server cannot be used at all, or the storage is lost.

        Args:
            stop: Request to stop, checked between messages; None to go on until nothing is due.
        """
        now = self._clock()
        tally = Tally()
        try:
            waiting = list(self._due(now))
            while waiting:
                busy = []
                for workspace in waiting:
                    done, more = self._serve(workspace, now, stop)
                    tally += done
                    if done.outage or (stop is not None and stop.is_set()):
                        return tally
                    if more:
                        busy.append(workspace)
                waiting = busy
        except StorageError as error:
            return tally + Tally(outage=f"{error.code}: {error}")
        finally:
            self._transport.close()
        return tally

    def _due(self, now: datetime) -> Iterator[str]:
        after = ""
        while True:
            names = self._storage.workspaces(after=after, limit=LARGEST_PAGE, due_before=due_until(now))
            yield from names
            if len(names) < LARGEST_PAGE:
                return
            after = names[-1]

    def _serve(self, workspace: str, now: datetime, stop: Stop | None) -> tuple[Tally, bool]:
        """Send one batch of a workspace; the second value says whether more may be due there."""
        claimed = self._clock()
        try:
            with self._storage.write(workspace) as writer:
                messages = claim_due(writer, now, claimed + self._lease, self._batch)
        except StorageError as error:
            if error.code not in _PASSING:
                raise
            _log.info("a workspace is busy (%s); it is served in the next pass", error.code)
            return Tally(), False
        tally = Tally()
        for index, message in enumerate(messages):
            if self._clock() >= claimed + self._lease / 2 or (stop is not None and stop.is_set()):
                self._release(workspace, messages[index:], claimed)
                return tally, False
            outcome = self._send(message)
            tally += self._record_result(workspace, message, outcome)
            if outcome.outage:
                self._release(workspace, messages[index + 1 :], claimed)
                return tally + Tally(outage=outcome.reason), False
        return tally, len(messages) == self._batch

    def _send(self, message: Message) -> Outcome:
        try:
            return self._transport.send(compose(message, self._sender))
        except Invalid as error:
            return Outcome("never", str(error))

    def _record_result(self, workspace: str, message: Message, outcome: Outcome) -> Tally:
        """Record the result of an attempt. Where others write at the same time, it is tried a few times."""
        for _ in range(_MOST_RECORDINGS):
            try:
                with self._storage.write(workspace) as writer:
                    after = record_result(writer, message, outcome, self._clock(), self._delays)
            except (Refused, StorageError) as error:
                if isinstance(error, StorageError) and error.code not in _PASSING:
                    _log.error(
                        "no record of the result of message %s (%s): it may be sent again", message.id, error.code
                    )
                    raise
            else:
                return _counted(after, outcome)
        _log.error("no record of the result of message %s, others held it: it may be sent again", message.id)
        return Tally()

    def _release(self, workspace: str, messages: Sequence[Message], claimed: datetime) -> None:
        """Release messages that were not tried. Where that fails, others find them when the lease ends."""
        if not messages or self._clock() >= claimed + self._lease:
            return
        try:
            with self._storage.write(workspace) as writer:
                release(writer, messages)
        except ContactCoreError as error:
            _log.info("messages stay claimed until their lease ends (%s)", error.code)


def _counted(after: Message | None, outcome: Outcome) -> Tally:
    if outcome.kind == "sent":
        return Tally(sent=1)
    if after is not None and after.state == "dead":
        return Tally(dead=1)
    return Tally(put_off=1)
