"""The post of the demonstration: the deliverer of the library sends letters into a mail box that a page shows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy

import attrs

from contactcore import Host
from contactcore.delivery import Deliverer, Envelope, Outcome, SmtpServer, SmtpTransport
from contactcore.storage import Storage

__all__ = ["Letter", "LocalMailbox", "Post"]

KEPT = 200


@attrs.frozen
class Letter:
    """A letter that arrived."""

    to: str
    subject: str
    text: str
    attachments: Sequence[str]
    arrived: datetime


class LocalMailbox:
    """A transport that delivers into the memory of this process; the last 200 letters are kept."""

    def __init__(self) -> None:
        self.letters: deque[Letter] = deque(maxlen=KEPT)

    def send(self, envelope: Envelope) -> Outcome:
        """Keep the letter, as a mail server would."""
        message = message_from_bytes(envelope.data, policy=policy.default)
        body = message.get_body(("plain",))
        names = [part.get_filename() or "" for part in message.iter_attachments()]
        text = str(body.get_content()) if body else ""
        self.letters.append(Letter(envelope.recipient, str(message["Subject"]), text, names, datetime.now(UTC)))
        return Outcome("sent")

    def close(self) -> None:
        """Nothing is open."""


class Post:
    """Delivers what is due, in a thread of its own.

    Args:
        storage: The storage with the outboxes of all workspaces.
        host: The host of the workspaces.
        mailbox: The mail box of the demonstration.
        smtp: The address of a mail server, such as `smtp://localhost:2525?tls=none`, that gets the letters instead.
    """

    def __init__(self, storage: Storage, host: Host, mailbox: LocalMailbox, smtp: str = "") -> None:
        self.mailbox = mailbox
        transport = SmtpTransport(SmtpServer.parse(smtp)) if smtp else mailbox
        self._deliverer = Deliverer(storage, transport, sender="CRM <post@crm.example>", host=host)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="post")

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter that is being sent."""
        self._stop.set()
        self._thread.join()

    def _deliver(self) -> None:
        with self._deliverer:
            self._deliverer.run(self._stop, pause=0.5)
