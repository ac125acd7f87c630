"""A real mail server on this machine, with faults by script."""

from __future__ import annotations

import ssl
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from contactcore.delivery import SmtpServer, SmtpTransport

__all__ = ["MailServer", "parsed", "transport_to"]


class MailServer:
    """A mail server on this machine.

    Attributes:
        script: What befalls the next transactions, one word each: `"drop-connection"`, `"drop-mail"`, `"drop-rcpt"`,
            `"die-before-data"`, `"die-after-data"`, or a reply such as `"rcpt 450 Busy"` or
            `"hello 554 Go away"`; `"ok"` and an empty script are good days.
        received: All messages that it took in whole, also those that it never acknowledged.
        acknowledged: Those that it said it took.
    """

    def __init__(self, **options: Any) -> None:
        self.script: deque[str] = deque()
        self.received: list[bytes] = []
        self.acknowledged: list[bytes] = []
        self._controller = _Controller(
            self, hostname="127.0.0.1", port=0, ready_timeout=30, server_hostname="localhost", **options
        )

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def ids(self) -> list[str]:
        """The Message-IDs of what was received, in sequence."""
        return [str(parsed(data)["Message-ID"]) for data in self.received]

    def reset(self) -> None:
        self.script.clear()
        self.received.clear()
        self.acknowledged.clear()

    def next_is(self, *starts: str) -> str | None:
        """Take the next word of the script if it begins with one of these."""
        if self.script and self.script[0].startswith(starts):
            return self.script.popleft()
        return None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        fault = self.next_is("hello ")
        return responses if fault is None else [fault.removeprefix("hello ")]

    async def handle_HELO(  # noqa: N802 - see above
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        fault = self.next_is("hello ")
        return "250 Welcome" if fault is None else fault.removeprefix("hello ")

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.next_is("ok")
        if self.next_is("drop-mail"):
            _abort(server)
            return "421 Gone"  # nobody reads it, and the next word is for the next transaction
        fault = self.next_is("mail ")
        if fault is not None:
            return fault.removeprefix("mail ")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.next_is("drop-rcpt"):
            _abort(server)
            return "421 Gone"
        fault = self.next_is("rcpt ")
        if fault is not None:
            return fault.removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - see above
        if self.next_is("die-before-data"):
            _abort(server)
            return "250 never heard"
        fault = self.next_is("data ")
        if fault is not None:
            return fault.removeprefix("data ")
        content = envelope.original_content
        assert content is not None
        self.received.append(content)
        if self.next_is("die-after-data"):
            _abort(server)
            return "250 never heard"
        self.acknowledged.append(content)
        return "250 OK"


class _Session(SMTP):
    """One connection; may be dropped before anything is said."""

    def __init__(self, owner: MailServer, **options: Any) -> None:
        super().__init__(owner, **options)
        self._owner = owner

    def connection_made(self, transport: Any) -> None:
        if self._owner.next_is("drop-connection"):
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            super().connection_lost(error)


class _Controller(Controller):
    """Runs the server in a thread, on any free port."""

    def factory(self) -> SMTP:
        return _Session(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd does not annotate it


def _abort(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


def parsed(data: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    return message_from_bytes(data, policy=policy.default)


def transport_to(server: MailServer, options: str = "tls=none", context: ssl.SSLContext | None = None) -> SmtpTransport:
    """A transport to a server of this machine."""
    url = f"smtp://127.0.0.1:{server.port}?{options}&hello=localhost&timeout=20"
    return SmtpTransport(SmtpServer.parse(url), context)
