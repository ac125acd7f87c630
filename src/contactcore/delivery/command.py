"""The work of the command `contactcore deliver`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import attrs

from contactcore.delivery.deliverer import Deliverer, Tally
from contactcore.delivery.smtp import SmtpServer, SmtpTransport
from contactcore.errors import Invalid
from contactcore.model.mailbox import Mailbox
from contactcore.storage import Storage
from contactcore.storage.checks import check_seconds

__all__ = ["deliver"]


def deliver(storage: Storage, smtp: str, *, sender: str = "", once: bool = False, pause: float = 10.0) -> Tally:
    """Send the messages in the outboxes of a storage, once or until the process receives SIGINT or SIGTERM.

    Args:
        storage: Storage whose workspaces are served.
        smtp: Address of the mail server (see `SmtpServer.parse`).
        sender: Sender of the messages, `"Name <address>"`; by default the login, if it is an e-mail address.
        once: Whether to stop when no message is due; False by default. Without it, SIGINT or SIGTERM stops the
            delivery after the current message.
        pause: Seconds between two passes; 10 by default.

    Returns:
        Counts of messages by result.

    Raises:
        Invalid: `smtp-address`, `smtp-login-in-clear`, `sender-missing`, `mailbox-syntax`, or a code of
            `EmailAddress.parse`; `storage-type`; `number-type`, `seconds-out-of-range` for the pause.
    """
    check_seconds("pause", pause)
    server = SmtpServer.parse(smtp)
    with Deliverer(storage, SmtpTransport(server), sender=_sender(sender, server)) as deliverer, _stopping() as stop:
        return deliverer.run_once(stop) if once else deliverer.run(stop, pause)


def _sender(text: str, server: SmtpServer) -> Mailbox:
    if text:
        try:
            return Mailbox.parse(text)
        except Invalid as error:
            raise Invalid([attrs.evolve(problem, path="from") for problem in error.problems]) from None
    if "@" in server.user:
        return Mailbox(server.user)
    raise Invalid("sender-missing", "Say whom messages are from: Name <no-reply@example.org>.", path="from")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set. Only the main thread may install signal handlers."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of signal handlers
        stop.set()

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
