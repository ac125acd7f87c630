"""A mail server, and TLS settings."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from contactcore.delivery import deliverer
from support.mail_server import MailServer

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@pytest.fixture(scope="module")
def running_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(running_server: MailServer) -> MailServer:
    """A mail server without memories."""
    running_server.reset()
    return running_server


def _check_login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"jo@acme.example", b"s:e/c@ret")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def tls_server() -> Iterator[MailServer]:
    """A mail server that takes nothing without STARTTLS and a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    server = MailServer(tls_context=context, require_starttls=True, authenticator=_check_login, auth_required=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """TLS settings that trust the mail server of the tests and nobody else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The longest pauses that a deliverer would have made, in seconds; no test waits for them."""
    seconds: list[float] = []
    pauses = attrs.evolve(deliverer._PAUSES, jitter=lambda: 1.0, sleep=seconds.append)
    monkeypatch.setattr(deliverer, "_PAUSES", pauses)
    return seconds
