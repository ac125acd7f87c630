"""The words of a server are shown without the secrets that it repeats (NOT-7, POR-4)."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from contactcore.delivery import SmtpServer, SmtpTransport
from contactcore.model.mailbox import Recipient
from contactcore.rules.redelivery import cut_out
from contactcore.storage import Storage
from contactcore.workspace import Host, Workspace
from contactcore.workspace.repositories.messages import enqueue_letter
from support.actors import ROOT
from support.clock import Clock
from support.mail_server import MailServer, transport_to
from support.queued_mail import deliverer, outbox, queue

pytestmark = pytest.mark.cases_in_memory

PASSWORD = "s:e/c@ret päss".replace("ä", "a")


def echoes(line: bytes) -> bytes:
    return b"535 I do not take " + line + b"\r\n"


def echoes_in_pieces(line: bytes) -> bytes:
    half = len(line) // 2
    return b"535-" + line[:half] + b"\r\n535 " + line[half:] + b"\r\n"


def echoes_decoded(line: bytes) -> bytes:
    return b"535 wrong password " + PASSWORD.encode() + b" of jo\r\n"


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize("methods", [b"PLAIN", b"LOGIN", b"CRAM-MD5 LOGIN PLAIN"])
@pytest.mark.parametrize("answer", [echoes, echoes_in_pieces, echoes_decoded])
def test_a_server_that_repeats_the_login_does_not_put_it_into_the_outbox(
    storage: Storage, clock: Clock, methods: bytes, answer: Callable[[bytes], bytes]
) -> None:
    queue(storage, clock, "acme", "a@x.example")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines, suppress(OSError):
                connection.sendall(b"220 Hello\r\n")
                for line in lines:
                    command = line.strip()
                    if command.upper().startswith(b"EHLO"):
                        connection.sendall(b"250-x\r\n250 AUTH " + methods + b"\r\n")
                    elif command.upper() == b"QUIT":
                        return
                    else:
                        connection.sendall(answer(command))

        serving = threading.Thread(target=serve)
        serving.start()
        server = SmtpServer(
            host="127.0.0.1", port=listening.getsockname()[1], tls="none", user="jo", password=PASSWORD, hello="x"
        )
        with deliverer(storage, SmtpTransport(server), clock) as one:
            tally = one.run_once()
        serving.join()
    (message,) = outbox(storage, clock)
    assert tally.outage.startswith("127.0.0.1")
    assert "535" in message.last_error
    for told in (tally.outage, message.last_error):
        squeezed = "".join(told.split())
        for secret in (
            PASSWORD,
            b64encode(PASSWORD.encode()).decode(),
            b64encode(f"\0jo\0{PASSWORD}".encode()).decode(),
        ):
            assert secret not in told
            assert "".join(secret.split()) not in squeezed
            assert secret.rstrip("=") not in squeezed


@pytest.mark.req("POR-4")
@pytest.mark.parametrize("repeats", ["https://acme.example/set?token={}", "the link …{}", "{}"])
def test_a_server_that_repeats_a_confidential_text_does_not_put_its_link_into_the_outbox(
    storage: Storage, clock: Clock, repeats: str
) -> None:
    token = "Zm9vYmFyYmF6cXV4-_Zm9vYmFyYmF6cXV4Zm9vYmFyA"
    values = {"login": "jo@x.example", "link": f"https://acme.example/set?token={token}", "hours": "48"}
    with Workspace(storage, "acme", host=Host(clock=clock)).write(ROOT) as session:
        enqueue_letter(session._transaction, "welcome", Recipient("jo@x.example"), values, confidential=True)
    server = MailServer()
    server.start()
    try:
        server.script.append("data 554 This is advertising: " + repeats.format(token).replace("…", "..."))
        with deliverer(storage, transport_to(server), clock) as one:
            assert one.run_once().dead == 1
    finally:
        server.stop()
    (message,) = outbox(storage, clock)
    assert message.last_error.startswith("554 This is advertising")
    assert token not in message.last_error


@pytest.mark.req("NOT-7")
def test_words_without_a_secret_stay_as_they_are() -> None:
    assert cut_out("550 5.1.1 No such mailbox", ["secret", ""]) == "550 5.1.1 No such mailbox"
    assert cut_out("550 sec ret", ["secret"]) == "550 […]"
