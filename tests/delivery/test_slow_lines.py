"""A slow line, and a server that checks a message for long, delay a message and double none (NOT-7)."""

from __future__ import annotations

import smtplib
from io import BytesIO

import pytest

from contactcore.delivery import smtp

pytestmark = pytest.mark.req("NOT-7")

TIMEOUT = 30.0


class Line:
    """A socket that takes only so many bytes within a timeout, and whose server answers "250 OK" each time."""

    def __init__(self, within_a_timeout: int = 100_000) -> None:
        self.within_a_timeout = within_a_timeout
        self.taken = bytearray()
        self.timeouts: list[float] = []

    def sendall(self, data: bytes | memoryview) -> None:
        if len(data) > self.within_a_timeout:
            raise TimeoutError
        self.taken += data

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(b"250 OK\r\n" * 9)

    def close(self) -> None:
        pass


def connection(line: Line) -> smtplib.SMTP:
    made = smtp._Punctual(timeout=TIMEOUT)
    made.sock = line  # type: ignore[assignment] # as much of a socket as is used
    return made


def test_a_large_message_has_the_timeout_for_each_piece() -> None:
    line, message = Line(), bytes(range(250)) * 8_000
    connection(line).send(message)
    assert bytes(line.taken) == message
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connection(Line(within_a_timeout=1_000)).send(message)


def test_the_reply_to_a_message_may_take_longer_than_the_reply_to_a_command() -> None:
    line = Line()
    made = connection(line)
    made.putcmd("noop")
    assert made.getreply() == (250, b"OK")
    assert line.timeouts == [TIMEOUT, TIMEOUT]
    made.send(b"Subject: Hello\r\n\r\nHello\r\n.\r\n")
    made.getreply()
    made.putcmd("noop")
    made.getreply()
    _, _, for_the_message, *after = line.timeouts
    assert TIMEOUT < for_the_message <= smtp._LONGEST_PATIENCE
    assert after == [TIMEOUT, TIMEOUT, TIMEOUT]


def test_a_line_that_takes_a_message_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_LONGEST_PATIENCE", 0.0)
    line = Line()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="too long to send"):
        connection(line).send(bytes(200_000))
    assert 0 < len(line.taken) < 200_000
