"""The command `contactcore deliver`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from contactcore.delivery.deliverer import Deliverer, Tally
from contactcore.delivery.smtp import SmtpServer, SmtpTransport
from contactcore.errors import Invalid
from contactcore.model.mailbox import Mailbox
from contactcore.storage import Storage

__all__ = ["deliver"]


def deliver(storage: Storage, smtp: str, *, sender: str = "", once: bool = False, pause: float = 10.0) -> Tally:
    """Send the due messages of a storage, once or until the process is asked to end.

    Args:
        storage: Storage of the workspaces.
        smtp: Address of the mail server (see `SmtpServer.parse`).
        sender: Sender of the messages, `"Name <address>"`; by default the login, where that is an address.
        once: Whether to end when nothing is due any more; otherwise SIGINT or SIGTERM ends it after the message that
            is being sent.
        pause: Seconds between two looks for work.

    Raises:
        Invalid: `smtp-address`, `smtp-login-in-clear`, `sender-missing`, `mailbox-syntax`, or the refusal of an
            address.
    """
    server = SmtpServer.parse(smtp)
    with Deliverer(storage, SmtpTransport(server), sender=_sender(sender, server)) as deliverer, _stopping() as stop:
        return deliverer.run_once(stop) if once else deliverer.run(stop, pause)


def _sender(text: str, server: SmtpServer) -> Mailbox:
    if text:
        return Mailbox.parse(text)
    if "@" in server.user:
        return Mailbox(server.user)
    raise Invalid("sender-missing", "Say whom messages are from: Name <no-reply@example.org>.", path="from")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; Python lets only the main thread handle signals."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def request_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of signal handlers
        stop.set()

    before = {number: signal.signal(number, request_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
