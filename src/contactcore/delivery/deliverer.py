"""The deliverer: claims due messages in all workspaces of a storage, sends them, and records the results."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Protocol, Self

import attrs

from contactcore.errors import ContactCoreError, Invalid, StorageError
from contactcore.formats.letters.envelope import Envelope, compose
from contactcore.frozen import frozen
from contactcore.mapping.kinds import KINDS, VIEWS
from contactcore.model import SYSTEM_ACTOR, Settings
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message
from contactcore.rules.redelivery import DELAYS, Outcome
from contactcore.storage import LARGEST_PAGE, Reader, Refused, Storage
from contactcore.storage.checks import check_seconds
from contactcore.workspace.kernel.arguments import check_storage
from contactcore.workspace.kernel.functions import check_function
from contactcore.workspace.kernel.host import Host
from contactcore.workspace.kernel.ids import Clock, time_of
from contactcore.workspace.kernel.retry import Pauses
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.messages import claim_due, due_until, record_result, release
from contactcore.workspace.repositories.sending import Ready, prepare_sending, withdraw_refused

__all__ = ["Deliverer", "Stop", "Tally", "Transport"]

_log = logging.getLogger("contactcore.delivery")

_TRANSIENT = frozenset(("storage-retry", "storage-busy"))
_UNREADABLE = "body-unreadable"
_ATTEMPTS_TO_RECORD = 5
_PAUSES = Pauses(first=0.01, longest=0.16)


class Transport(Protocol):
    """The way messages are sent: `SmtpTransport`, or a class of the host application."""

    def send(self, envelope: Envelope) -> Outcome:
        """Send one message. A failure is returned as an outcome and never raised.

        The deliverer raises `Invalid` with `outcome-type` if the result is no `Outcome`.
        """

    def close(self) -> None:
        """Close connections. `send` may be called again afterwards."""


class Stop(Protocol):
    """The signal that stops a deliverer, for example a `threading.Event`."""

    def is_set(self) -> bool:
        """Return whether to stop."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a number of seconds, or until the signal is set."""


@frozen
class Tally:
    """The counts of one delivery pass.

    Attributes:
        sent, put_off, dead: Numbers of messages by the result of the attempt.
        withdrawn: Number of messages that were not sent, because their grounds do not hold any more (NOT-8).
        outage: Reason why the pass ended early, because the server or the storage could not be used; `""` if it did
            not end early.
    """

    sent: int = 0
    put_off: int = 0
    dead: int = 0
    withdrawn: int = 0
    outage: str = ""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sent + other.sent,
            self.put_off + other.put_off,
            self.dead + other.dead,
            self.withdrawn + other.withdrawn,
            other.outage or self.outage,
        )


class Deliverer:
    """Sends the messages in the outboxes of a storage, alone or together with deliverers in other processes.

    Every message is sent at least once (NOT-7). It is sent again only when a deliverer stopped or lost the storage
    after sending it and before recording the result, or when sending took longer than the lease. The repeated message
    carries the same Message-ID.

    Just before a message is sent, the rules that chose its recipient are asked again. A message to somebody who no
    longer acts for the client, no longer wants the topic or has another address is withdrawn with its reason, and so is
    a letter with a dead link (NOT-8).

    Args:
        storage: Storage whose workspaces are served.
        transport: Transport that sends the messages. It is closed together with the deliverer.
        sender: Sender of the messages, `"Name <address>"`.
        clock: Function that returns the current time; None (the default) for the clock of the host, without a host the
            system clock.
        lease: Time for which a claimed message belongs to one deliverer; 10 minutes by default. No sending begins in
            its second half.
        batch: Number of messages claimed at a time; 20 by default.
        delays: Waits after failed attempts; 1 minute to 24 hours by default. A message is tried once more than there
            are delays.
        host: Host whose `users` gives the present addresses of users; None (the default) to send letters to users to
            the addresses that they had when the letters were queued.

    Raises:
        Invalid: `mailbox-syntax` or a code of `EmailAddress.parse` for the sender; `batch-out-of-range`;
            `not-a-transport`; `not-a-function`, `function-deferred` for the clock; `record-type`;
            `storage-type`; `number-type`, `not-a-list`, `duration-type` and `duration-not-positive` for the batch, the
            lease and the delays.

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
    Tally(sent=1, put_off=0, dead=0, withdrawn=0, outage='')
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
        clock: Clock | None = None,
        lease: timedelta = timedelta(minutes=10),
        batch: int = 20,
        delays: Sequence[timedelta] = DELAYS,
        host: Host | None = None,
    ) -> None:
        check_storage(storage=storage)
        _check_transport(transport)
        if isinstance(batch, bool) or not isinstance(batch, int):
            raise Invalid("number-type", f"Give a whole number here, not {type(batch).__name__}.", path="batch")
        if not 1 <= batch <= LARGEST_PAGE:
            message = f"Claim 1 to {LARGEST_PAGE:,} at a time."
            facts = {"limit": LARGEST_PAGE}
            raise Invalid("batch-out-of-range", message, path="batch", value=batch, facts=facts)
        self._sender = sender if isinstance(sender, Mailbox) else Mailbox.parse(sender)
        self._storage = storage
        self._transport = transport
        if not isinstance(delays, Sequence) or isinstance(delays, str | bytes):
            raise Invalid("not-a-list", f"Give a list here, not {type(delays).__name__}.", path="delays")
        for path, duration in (("lease", lease), *((f"delays[{index}]", one) for index, one in enumerate(delays))):
            if not isinstance(duration, timedelta):
                message = f"Give a timedelta here, not {type(duration).__name__}."
                raise Invalid("duration-type", message, path=path)
            if duration <= timedelta():
                raise Invalid("duration-not-positive", "Give a time longer than 0.", path=path, value=duration)
        self._lease = lease
        self._batch = batch
        self._delays = tuple(delays)
        if not isinstance(host, Host | None):
            raise Invalid("record-type", f"Give a Host here, not {type(host).__name__}.", path="host")
        known = Host() if host is None else host
        self._host = known if clock is None else attrs.evolve(known, clock=clock)
        self._clock = partial(time_of, self._host.clock)
        storage.install(KINDS, VIEWS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def run(self, stop: Stop, pause: float = 10.0) -> Tally:
        """Send until the stop signal is set, then finish the current message and release the other claimed ones.

        Args:
            stop: Signal that is checked between messages.
            pause: Seconds between two passes; 10 by default.

        Returns:
            Counts of all passes together.

        Raises:
            Invalid: `record-type` for another signal; `number-type`, `seconds-out-of-range` for the pause.
        """
        _check_stop(stop)
        check_seconds("pause", pause)
        tally = Tally()
        while not stop.is_set():
            done = self.run_once(stop)
            if done.outage:
                _log.warning("delivery cannot go on: %s", done.outage)
            tally += done
            stop.wait(pause)
        return tally

    def run_once(self, stop: Stop | None = None) -> Tally:
        """Send the messages that are due now, one batch of each workspace in turn.

        A message that the server defers waits for a later pass. The pass ends early when the server cannot be used at
        all or the storage is lost.

        Args:
            stop: Signal that is checked between messages; None to continue until no message is due.

        Returns:
            Counts of this pass.

        Raises:
            Invalid: `record-type` for another signal.
        """
        if stop is not None:
            _check_stop(stop)
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
        """Send one batch of a workspace; also return whether more may be due there."""
        claimed_at = self._clock()
        try:
            with self._storage.write(workspace) as writer:
                messages = claim_due(writer, now, claimed_at + self._lease, self._batch)
        except StorageError as error:
            if error.code not in _TRANSIENT:
                raise
            _log.info("a workspace is busy (%s); it is served in the next pass", error.code)
            return Tally(), False
        tally = Tally()
        for index, message in enumerate(messages):
            if self._clock() >= claimed_at + self._lease / 2 or (stop is not None and stop.is_set()):
                self._release(workspace, messages[index:], claimed_at)
                return tally, False
            ready = self._prepare(workspace, message)
            if isinstance(ready, Tally):
                tally += ready
                continue
            outcome = ready if isinstance(ready, Outcome) else self._send(ready)
            tally += self._record_result(workspace, message, outcome)
            if outcome.outage:
                self._release(workspace, messages[index + 1 :], claimed_at)
                return tally + Tally(outage=outcome.reason), False
        return tally, len(messages) == self._batch

    def _prepare(self, workspace: str, message: Message) -> Ready | Outcome | Tally:
        """Ask the rules whether a message may be sent now; withdraw it in a transaction of its own if not.

        Returns:
            The message with its attachments; the outcome of an attempt if the facts cannot be read; the count of a
            message that is not sent.
        """
        try:
            with self._storage.read(workspace) as reader:
                ready = prepare_sending(self._transaction(reader, workspace), message)
            return self._withdraw(workspace, message) if ready is None else ready
        except StorageError as error:
            if error.code == _UNREADABLE:
                return _unreadable(error)
            if error.code not in _TRANSIENT:
                raise
            _log.info("message %s is judged again when its lease ends (%s)", message.id, error.code)
            return Tally(put_off=1)
        except ContactCoreError as error:
            return _unreadable(error)

    def _withdraw(self, workspace: str, message: Message) -> Tally:
        with self._storage.write(workspace) as writer:
            after = withdraw_refused(self._transaction(writer, workspace), message)
        if after is not None and after.withdrawn and after.version > message.version:
            return Tally(withdrawn=1)
        if after is not None and after.version == message.version:
            # The grounds hold again.
            self._release(workspace, [message], self._clock())
        return Tally()

    def _transaction(self, reader: Reader, workspace: str) -> Transaction:
        return Transaction(reader, SYSTEM_ACTOR, Settings(), self._host, workspace=workspace, writable=True)

    def _send(self, ready: Ready) -> Outcome:
        try:
            contents = [content for content in ready.contents if content is not None]
            if len(contents) < len(ready.contents):
                return Outcome("never", "The content of an attachment is missing.")
            outcome: object = self._transport.send(compose(ready.message, self._sender, contents))
        except Invalid as error:
            return Outcome("never", str(error))
        if not isinstance(outcome, Outcome):
            message = f"Have send return an Outcome, not {type(outcome).__name__}."
            raise Invalid("outcome-type", message, path="transport.send", value=outcome)
        return outcome

    def _record_result(self, workspace: str, message: Message, outcome: Outcome) -> Tally:
        """Record the result of an attempt, and retry a few times, with pauses, when other transactions conflict."""
        for attempt in range(1, _ATTEMPTS_TO_RECORD + 1):
            try:
                with self._storage.write(workspace) as writer:
                    after = record_result(writer, message, outcome, self._clock(), self._delays)
            except (Refused, StorageError) as error:
                if isinstance(error, StorageError) and error.code not in _TRANSIENT:
                    _log.error("result of message %s not recorded (%s): it may be sent again", message.id, error.code)
                    raise
                if attempt < _ATTEMPTS_TO_RECORD:
                    _PAUSES.wait(attempt)
            else:
                return _tally_of(after, outcome)
        _log.error("result of message %s not recorded, others locked it: it may be sent again", message.id)
        return Tally()

    def _release(self, workspace: str, messages: Sequence[Message], claimed_at: datetime) -> None:
        """Release messages that were not tried. If that fails, they become due again when the lease ends."""
        if not messages or self._clock() >= claimed_at + self._lease:
            return
        try:
            with self._storage.write(workspace) as writer:
                release(writer, messages)
        except ContactCoreError as error:
            _log.info("messages stay claimed until their lease ends (%s)", error.code)


def _check_transport(transport: object) -> None:
    if not all(callable(getattr(transport, name, None)) for name in ("send", "close")):
        message = f"Give an object with the methods send and close, not {type(transport).__name__}."
        raise Invalid("not-a-transport", message, path="transport", value=transport)
    for name in ("send", "close"):
        check_function(getattr(transport, name), f"transport.{name}")


def _check_stop(stop: object) -> None:
    if not all(callable(getattr(stop, name, None)) for name in ("is_set", "wait")):
        message = f"Give a signal such as a threading.Event here, not {type(stop).__name__}."
        raise Invalid("record-type", message, path="stop")


def _unreadable(error: ContactCoreError) -> Outcome:
    """Damaged records of one contact must not hold up the messages about others."""
    return Outcome("later", f"The facts of this message cannot be read: {error.code}")


def _tally_of(after: Message | None, outcome: Outcome) -> Tally:
    if outcome.kind == "sent":
        return Tally(sent=1)
    if after is not None and after.state == "dead":
        return Tally(dead=1)
    return Tally(put_off=1)
