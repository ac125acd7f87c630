"""Headers: encoded words of our own that every reader reads alike, in lines within the limits (NOT-7)."""

from __future__ import annotations

import re
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats.letters.envelope import compose
from contactcore.formats.letters.headers import (
    decode_text,
    file_name_parameters,
    mailbox_header,
    text_header,
    word_header,
)
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message

pytestmark = pytest.mark.req("NOT-7")

WORD = re.compile(r"=\?utf-8\?[qb]\?[!-<>@-~=]*\?=")
BLANKS = st.text(" ", min_size=1, max_size=90)
LINES = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=250)
    | st.lists(st.text("ab é山🧑‍=?_", max_size=120), max_size=6).map(" ".join)
    | st.lists(st.sampled_from(["Rechnung", "über", "x" * 80, "=?utf-8?q?x?="]) | BLANKS, max_size=20).map("".join)
).map(str.strip)


def check_lines(header: str) -> None:
    first, *others = header.split("\r\n")
    for line in (first, *others):
        assert line.isascii()
        assert line.strip()
        assert len(line) <= (76 if "=?" in line else 998)
        assert all(len(word) <= 75 and WORD.fullmatch(word) for word in line.split() if word.startswith("=?"))
    assert all(line.startswith(" ") and not line.startswith("  ") for line in others)


@given(text=LINES.filter(bool))
@example("Votre facture du février à régler : échéance dépassée, merci de régler très rapidement s'il vous plaît")
@example("a  b   c" + " " * 100 + "d")
@example("x" * 900)
@example("é " * 120)
@example("👨‍👩‍👧‍👦 " * 20)
@example("?= =?utf-8?b??= _ = ?")
def test_a_subject_reads_back_as_it_is(text: str) -> None:
    header = text_header("Subject", text)
    check_lines(header)
    value = header.removeprefix("Subject: ")
    assert decode_text(value) == text
    assert str(make_header(decode_header("".join(value.splitlines())))) == text
    read = message_from_string(f"{header}\r\n\r\n", policy=policy.default)["Subject"]
    assert str(read) == text or "  " in text or not text.isprintable()


@given(name=LINES.filter(bool))
@example('Doe, "Jane" \\ (CFO) <x@y.fr>')
@example("山田 太郎 " * 12)
@example("Élodie Île-de-France Été Œuvre Noël Château Forêt Hôtel")
def test_a_name_reads_back_as_it_is(name: str) -> None:
    header = mailbox_header("To", name, "jo@x.example")
    assert all(line.isascii() and line.strip() for line in header.split("\r\n"))
    (found,) = message_from_string(f"{header}\r\n\r\n", policy=policy.default)["To"].addresses
    assert found.addr_spec == "jo@x.example"
    phrase = header.removeprefix("To: ").removesuffix("<jo@x.example>").rstrip("\r\n ")
    if "=?" in phrase:
        check_lines(header)
        assert decode_text(phrase) == name
    else:
        assert "".join(found.display_name.split()) == "".join(name.split())


@pytest.mark.parametrize("length", [1, 30, 45])
def test_the_longest_name_of_a_header_leaves_room_for_any_sign(length: int) -> None:
    name = "X-" + "a" * (length - 2 if length > 2 else 1)
    header = text_header(name, "🧑🧑🧑 é")
    check_lines(header)
    assert decode_text(header.removeprefix(f"{name}: ")) == "🧑🧑🧑 é"


def test_words_that_must_stay_are_folded_between_each_other_only() -> None:
    ids = [f"<{'x' * 60}{number}@mail.example>" for number in range(10)]
    header = word_header("References", "   ".join(ids))
    assert header.removeprefix("References: ").split("\r\n ") == ids
    assert word_header("List-Unsubscribe", f"<https://x.example/{'a' * 800}>").count("\r\n") == 0


# The name of an attachment neither begins nor ends with a blank.
_FILE_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=150).map(str.strip)


@given(name=_FILE_NAMES.filter(bool))
@example("a b.pdf")
@example('quo"te\\.pdf')
@example("Größe" * 30)
def test_the_name_of_a_file_reads_back_as_it_is(name: str) -> None:
    lines = ";\r\n ".join(["Content-Disposition: attachment", *file_name_parameters(name)])
    assert all(len(line) <= 78 for line in lines.split("\r\n"))
    assert message_from_string(f"{lines}\r\n\r\n").get_filename() == name


def written(**details: object) -> bytes:
    values = {"to": "jo@x.example", "subject": "s", "text": "t", "key": "k", "message_id": "<1@x.example>"}
    message = Message(**{**values, "created": "2026-01-31T12:00:00.000000Z", **details})  # type: ignore[arg-type]
    return compose(message, Mailbox("no-reply@acme.example")).data


def test_no_header_line_is_blank_or_too_long() -> None:
    data = written(
        subject="Blanks" + " " * 200 + "é", headers={"X-Own": "y" * 990, "X-Blank": "   ", "X-A": "a" + " " * 900 + "b"}
    )
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(line.strip() and len(line) <= 998 for line in head)
    read = message_from_bytes(data)
    assert decode_text(read["X-Own"]) == "y" * 990
    assert decode_text(read["X-A"]) == "a" + " " * 900 + "b"
    assert read["X-Blank"] is None


def test_an_address_to_answer_to_may_have_a_name() -> None:
    read = message_from_bytes(
        written(headers={"Reply-To": 'Zoë <zoe@x.example>, "B, C" <b@x.example>'}), policy=policy.default
    )
    assert [(one.display_name, one.addr_spec) for one in read["Reply-To"].addresses] == [
        ("Zoë", "zoe@x.example"),
        ("B, C", "b@x.example"),
    ]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"References": "<" + "x" * 950 + "@x.example>"}, "header-too-long"),
        ({"X-" + "a" * 60: "x"}, "header-too-long"),
        ({"List-Id": "Zoë <list.x.example>"}, "header-not-ascii"),
    ],
)
def test_a_header_that_cannot_be_written_is_refused_where_it_is_given(headers: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(headers=headers)
    assert refused.value.code == code
    assert refused.value.path.startswith("headers[")
