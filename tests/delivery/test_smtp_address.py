"""How a mail server is named on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Invalid
from contactcore.delivery import SmtpServer, SmtpTransport


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.x.example", {"host": "mail.x.example", "port": 587, "tls": "starttls"}),
        ("smtps://mail.x.example", {"port": 465, "tls": "ssl"}),
        ("smtp://mail.x.example:25?tls=none", {"port": 25, "tls": "none", "user": ""}),
        ("smtp://mail.x.example?tls=ssl", {"port": 465, "tls": "ssl"}),
        ("SMTP://u:p@[::1]:2525/?tls=none", {"host": "::1", "port": 2525, "user": "u", "password": "p"}),
        ("smtp://jo%40x.example:p%3A%2F%40@h", {"user": "jo@x.example", "password": "p:/@"}),
        ("smtp://h?timeout=7.5&hello=me.example", {"timeout": 7.5, "hello": "me.example"}),
    ],
)
def test_an_address_names_server_login_and_encryption(url: str, expected: dict[str, Any]) -> None:
    server = SmtpServer.parse(url)
    assert {name: getattr(server, name) for name in expected} == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.x.example",
        "http://mail.x.example",
        "smtp://",
        "smtp://user:secret@",
        "smtp://user:secret@h:port",
        "smtp://user:secret@h:99999",
        "smtp://user:secret@h/path",
        "smtp://user:secret@h#x",
        "smtp://user:secret@h?tls=maybe",
        "smtps://user:secret@h?tls=none",
        "smtp://user:secret@h?tsl=none",
        "smtp://user:secret@h?timeout=0",
        "smtp://user:secret@h?timeout=nan",
        "smtp://user:secret@h?timeout=soon",
        "smtp://user:secret@[::1",
        "smtp://user:secret@h:0",
        "smtp://user:secret@a..b",
        f"smtp://user:secret@{'a' * 64}.example",
        "smtp://user:secret@a%0Ab",
        "smtp://user:secret@h\0",
        "smtp://user:secret@h?hello=%C3%A9t%C3%A9",
        "smtp://user:secret@h?hello=me%0D%0ARCPT",
        "smtp://user:secret@h?hello=me+too",
        "smtp://us%C3%A9r:secret@h",
        "smtp://user:secret%C3%A9@h",
        "smtp://user:secret%0D%0A@h",
        "smtp://user%00:secret@h",
    ],
)
def test_what_is_no_address_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        SmtpServer.parse(url)
    assert refused.value.code == "smtp-address"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", [None, 25, b"smtp://user:secret@h", ["smtp://h"]], ids=repr)
def test_an_address_is_text(url: Any) -> None:
    with pytest.raises(Invalid) as refused:
        SmtpServer.parse(url)
    assert refused.value.code == "smtp-address"


def test_a_password_is_not_sent_in_clear_to_another_machine() -> None:
    with pytest.raises(Invalid) as refused:
        SmtpServer.parse("smtp://user:secret@mail.x.example?tls=none")
    assert refused.value.code == "smtp-login-in-clear"
    assert SmtpServer.parse("smtp://user:secret@localhost?tls=none").user == "user"


def test_a_password_is_not_shown() -> None:
    server = SmtpServer.parse("smtp://user:secret@mail.x.example")
    assert "secret" not in repr(server) + repr(SmtpTransport(server))
