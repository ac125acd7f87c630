"""Sending over SMTP (RFC 5321; RFC 6409 for submission). This is the only module that imports smtplib."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from base64 import b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import attrs

from contactcore.errors import Invalid
from contactcore.formats.letters.envelope import Envelope
from contactcore.frozen import frozen
from contactcore.rules.redelivery import Outcome, cut_out

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["SmtpServer", "SmtpTransport"]

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_OPTIONS = ("tls", "timeout", "hello")
_MOST_LINES = 1_000
"""Lines of a reply. The longest ones, to EHLO, have some twenty."""
_LONGEST_TIMEOUT = 300.0
_PIECE = 65_536
"""The bytes of a message that are sent at a time, each piece within the timeout."""
_PATIENCE = 8
"""The timeouts that sending a message and the reply to it may take together."""
_LONGEST_PATIENCE = 240.0
"""The seconds that they may take at most, because a message belongs to a deliverer for a time only."""
# The server refuses our login, not the message (RFC 4954, 6).
_LOGIN_REFUSED = frozenset((530, 534, 535, 538))
_TOO_LARGE = 552
_HELLO = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")


@frozen(kw_only=True)
class SmtpServer:
    """A mail server and the settings of a connection to it.

    Attributes:
        host, port: Address on which the server listens.
        tls: `"starttls"` encrypts before login and mail (the default), `"ssl"` encrypts from the first byte, `"none"`
            does not encrypt.
        user, password: Login; `""` for none.
        timeout: Seconds that each reply may take; 30 by default.
        hello: Host name for the EHLO command; `""` for the name of this machine.

    >>> SmtpServer(host="mail.x.fr", port=587, user="jo@x.fr", password="secret")
    SmtpServer(host='mail.x.fr', port=587, tls='starttls', user='jo@x.fr', timeout=30.0, hello='')
    """

    host: str
    port: int
    tls: Literal["starttls", "ssl", "none"] = "starttls"
    user: str = ""
    password: str = attrs.field(default="", repr=False)
    timeout: float = 30.0
    hello: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password in the forms in which a login sends it (RFC 4616, RFC 4954); none without a password."""
        if not self.password:
            return ()
        plain = [self.password, f"\0{self.user}\0{self.password}", f"{self.user}\0{self.user}\0{self.password}"]
        coded = [b64encode(text.encode()).decode() for text in (*plain, self.user)]
        return tuple(
            filter(None, (self.password, quote(self.password, safe=""), *coded, *(one.rstrip("=") for one in coded)))
        )

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """Parse the address of a mail server.

        Args:
            url: `smtp://user:password@host:587` (STARTTLS is required), `smtps://host:465` (TLS from the first byte),
                or `smtp://host:25?tls=none`. Special characters in user and password are percent-encoded. The options
                `?timeout=30` (seconds) and `?hello=name` may follow.

        Raises:
            Invalid: `smtp-address`; `smtp-login-in-clear` for a login without TLS to another machine. Neither error
                carries the address, because it may contain a password.

        >>> SmtpServer.parse("smtp://jo%40x.fr:secret@mail.x.fr").user
        'jo@x.fr'
        """
        if not isinstance(url, str):
            raise _refusal("It is text.")
        try:
            parts = urlsplit(url.strip())
            port, options = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=False))
        except ValueError as error:
            raise _refusal(f"{error}.") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.fragment:
            raise _refusal("It begins with smtp:// or smtps://, and names a host.")
        if port == 0 or not _is_host(parts.hostname):
            raise _refusal("Its host is a name or a number of the network, its port 1 to 65535.")
        unknown = sorted(set(options) - set(_OPTIONS))
        if unknown:
            raise _refusal(f"Its options are {', '.join(_OPTIONS)}, not {unknown[0]!r}.")
        tls = _tls(parts.scheme, options.get("tls"))
        if parts.username and tls == "none" and parts.hostname not in _LOOPBACK:
            raise Invalid(
                "smtp-login-in-clear",
                "Without TLS the password could be read on the way: leave out ?tls=none, or the login.",
                path="smtp",
            )
        login, hello = (unquote(parts.username or ""), unquote(parts.password or "")), options.get("hello", "")
        if not all(text.isascii() and text.isprintable() for text in login):
            raise _refusal("Its user and password are of ASCII alone: others cannot be given to a server.")
        if hello and not _HELLO.fullmatch(hello):
            raise _refusal("Its option hello is the name of this machine, like mail.example.org.")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[tls],
            tls=tls,
            user=login[0],
            password=login[1],
            timeout=_seconds(options.get("timeout")),
            hello=hello,
        )


def _is_host(name: str) -> bool:
    try:
        return bool(name.encode("idna")) and name.isprintable() and "%" not in name
    except UnicodeError:
        return False


def _tls(scheme: str, option: str | None) -> Literal["starttls", "ssl", "none"]:
    match scheme, option:
        case "smtps", None | "ssl":
            return "ssl"
        case "smtp", None | "starttls":
            return "starttls"
        case "smtp", "ssl":
            return "ssl"
        case "smtp", "none":
            return "none"
    raise _refusal("Its option tls is starttls, ssl or none; smtps:// is always ssl.")


def _seconds(option: str | None) -> float:
    if option is None:
        return 30.0
    try:
        seconds = float(option)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise _refusal(f"Its option timeout is a number of seconds up to {_LONGEST_TIMEOUT:.0f}.")
    return seconds


def _refusal(reason: str) -> Invalid:
    return Invalid("smtp-address", f"Give the mail server as smtp://user:password@host:587. {reason}", path="smtp")


class _TooManyLines(OSError):
    """A reply of more lines than any server has to say; smtplib would keep all of them."""


class _Lines:
    """The lines of a connection, of which a reply may have `_MOST_LINES`.

    Args:
        file: The bytes that the server sends.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left: int = _MOST_LINES

    def readline(self, size: int) -> bytes:
        """Return the next line, or its beginning.

        Raises:
            _TooManyLines: The reply has too many lines.
        """
        self.left -= 1
        if self.left < 0:
            raise _TooManyLines
        return self._file.readline(size)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Punctual(smtplib.SMTP):
    """A connection whose timeout limits each whole reply and each piece of a message; it takes no reply without end.

    The timeout of a socket restarts with every byte, and a slow server could send one byte at a time for ever.

    A server checks a message before it accepts it. Whoever gives up before the reply sends the message again, so this
    reply may take longer (RFC 5321, 4.5.3.2.6).
    """

    _message_end = 0.0
    """The time until which the reply to the message that was sent last may take; 0 for no message."""

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply, and cut the connection when it is not complete in time, or too long."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        if isinstance(self.file, _Lines):
            self.file.left = _MOST_LINES
        late = threading.Event()
        patience, self._message_end = max(self.timeout, self._message_end - time.monotonic()), 0.0
        if self.sock is not None:
            self.sock.settimeout(patience)
        timer = threading.Timer(patience, self._cut, (late,))
        timer.daemon = True
        timer.start()
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if late.is_set():
                raise smtplib.SMTPServerDisconnected("The answer timed out.") from None
            if isinstance(error.__context__, _TooManyLines):
                raise smtplib.SMTPServerDisconnected("The answer has too many lines.") from None
            raise
        except smtplib.SMTPResponseException:
            # smtplib invents a reply with the final code 500 and closes the connection. The server may have accepted
            # the message.
            raise smtplib.SMTPServerDisconnected("The answer has too long a line.") from None
        finally:
            timer.cancel()
            if self.sock is not None:
                self.sock.settimeout(self.timeout)

    def send(self, s: ReadableBuffer | str) -> None:
        """Send a command, which is text, or a message piece by piece.

        The timeout of a socket limits all that is sent in one call. A large message would need a fast line otherwise.
        """
        if isinstance(s, str):
            super().send(s)
            return
        data = memoryview(s)
        self._message_end = time.monotonic() + min(_PATIENCE * self.timeout, _LONGEST_PATIENCE)
        for start in range(0, len(data), _PIECE):
            if start and time.monotonic() >= self._message_end:
                self.close()
                raise smtplib.SMTPServerDisconnected("The message took too long to send.")
            super().send(data[start : start + _PIECE])

    def _cut(self, late: threading.Event) -> None:
        late.set()
        if self.sock is not None:
            # The method of a TLS socket would raise a different error in the reading thread than a lost connection.
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _PunctualTls(_Punctual, smtplib.SMTP_SSL):
    """A connection with a reply timeout that is encrypted from the first byte."""


class SmtpTransport:
    """Sends envelopes over one SMTP connection, which is opened when it is first needed.

    One thread uses a transport. `send` raises nothing: every failure of the network or the server is an `Outcome`.

    Args:
        server: Mail server to connect to.
        context: TLS settings; by default the server's certificate is verified with the authorities of this machine.

    >>> transport = SmtpTransport(SmtpServer.parse("smtps://jo%40x.fr:secret@mail.x.fr"))  # connects when it sends
    >>> transport.close()
    """

    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def __repr__(self) -> str:
        return f"SmtpTransport({self._server!r})"

    def send(self, envelope: Envelope) -> Outcome:
        """Send a message; the outcome is `"sent"` only when the server has accepted it.

        A 5xx reply to the recipient or to the message is final (`"never"`). A 4xx reply and every fault of the server
        or the network are transient (`"later"`).
        """
        try:
            connection = self._usable()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # smtplib raises ValueError for a host name of ours that it cannot encode.
            self._drop()
            place = f"{self._server.host}:{self._server.port}"
            return Outcome("later", f"{place}: {cut_out(_reason(error), self._server.secrets)}", outage=True)
        try:
            options = ("SMTPUTF8", "BODY=8BITMIME") if envelope.unicode else ()
            connection.sendmail(envelope.sender, [envelope.recipient], envelope.data, options)
        except (smtplib.SMTPException, OSError) as error:
            # smtplib has closed a lost connection. The next message detects that and connects again.
            return self._safe(_outcome(error, envelope))
        except ValueError as error:
            return Outcome("never", f"The addresses cannot be given to a server: {error}")
        return Outcome("sent")

    def _safe(self, outcome: Outcome) -> Outcome:
        """Return an outcome without the password and the login commands, which a server may repeat."""
        return attrs.evolve(outcome, reason=cut_out(outcome.reason, self._server.secrets))

    def close(self) -> None:
        """Close the connection. The next message opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _usable(self) -> smtplib.SMTP:
        """Return a connection that is ready for a message."""
        if self._connection is not None:
            # The server may have closed the connection since the last message, which is no fault of this message.
            with suppress(smtplib.SMTPException, OSError):
                if self._connection.rset()[0] == 250:
                    return self._connection
            self._drop()
        self._connection = self._connect()
        server = self._server
        if server.tls == "starttls":
            self._connection.starttls(context=self._tls())
        if server.user:
            self._connection.login(server.user, server.password)
        # Without this, sendmail greets the server, and a refused greeting looks like a refused message.
        self._connection.ehlo_or_helo_if_needed()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        hello = server.hello or None
        if server.tls == "ssl":
            return _PunctualTls(server.host, server.port, hello, timeout=server.timeout, context=self._tls())
        return _Punctual(server.host, server.port, hello, timeout=server.timeout)

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _outcome(error: Exception, envelope: Envelope) -> Outcome:
    match error:
        case smtplib.SMTPNotSupportedError() if not envelope.sender.isascii():
            # The configured sender is at fault. Every other message would fail too.
            return Outcome(
                "later", "The server takes no sender with letters beyond ASCII before the @-sign.", outage=True
            )
        case smtplib.SMTPNotSupportedError():
            return Outcome("never", "The server takes no address with letters beyond ASCII before the @-sign.")
        case smtplib.SMTPRecipientsRefused():
            ((code, text),) = error.recipients.values()
            return _outcome_of_reply(code, text)
        case smtplib.SMTPSenderRefused() if error.smtp_code != _TOO_LARGE:
            # The configured sender is at fault. The size of the message is the only fault of a message that a server
            # reports for the sender command.
            return Outcome("later", _reason(error))
        case smtplib.SMTPResponseException():
            return _outcome_of_reply(error.smtp_code, error.smtp_error)
    return Outcome("later", _reason(error))


def _outcome_of_reply(code: int, text: bytes | str) -> Outcome:
    final = 500 <= code < 600 and code not in _LOGIN_REFUSED
    return Outcome("never" if final else "later", f"{code} {_text(text)}")


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
