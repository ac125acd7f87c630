"""What a name or a subject holds stays in the header that it is for (RFC 5322; design, section 8)."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore import Invalid
from contactcore.formats.letters import envelope
from contactcore.formats.letters.envelope import Envelope, compose
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message
from support.mail_server import parsed

OURS = [
    *("From", "To", "Subject", "Date", "Message-ID", "X-Idempotency-Key", "Auto-Submitted"),
    *("X-Own", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
]
HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs", "Cc")),
        st.sampled_from(list(',;:<>@"\\()[]=?._-  é漢\t\r\n\v\f\x85\u2028\u2029\u202e')),
    ),
    max_size=300,
)


def composed(message: Message, sender: str | Mailbox = "Acme <no-reply@acme.example>") -> Envelope:
    box = sender if isinstance(sender, Mailbox) else Mailbox.parse(sender)
    return compose(message, box)


def message(**details: object) -> Message:
    known = {
        "id": "1",
        "to": "jo@x.example",
        "subject": "Hello",
        "text": "Hello",
        "created": "2026-01-31T12:00:00.000000Z",
        "message_id": "<1.2@acme.example>",
        "key": "1.2",
        "headers": {"X-Own": "yes"},
    }
    return Message(**{**known, **details})  # type: ignore[arg-type] # hostile details are what the tests are about


def header_lines(data: bytes) -> list[bytes]:
    head = data.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert b"\r" not in head.replace(b"\r\n", b"")
    return head.split(b"\r\n")


@given(name=HOSTILE, sender=HOSTILE, subject=HOSTILE, own=HOSTILE)
@example(name="Jo\r\nBcc: all@x.example", sender="A\nB: c", subject="Hi\r\n\r\nText", own="1\r\nBcc: all@x.example")
@example(name="a@x.example, " * 30, sender="é, b@x.example, " * 20, subject="=?utf-8?q?=0D=0ABcc:_x?=", own="é" * 300)
@example(name="=?utf-8?q?=0D=0ABcc=3A_a=40x.example?=", sender='"', subject="\\", own="=?utf-8?q?=0A?=")
@example(name="\u2028Bcc: a@x.example", sender="\x85Bcc: a@x.example", subject="\u2029Bcc: a@x.example", own="x")
def test_no_name_and_no_subject_ever_adds_a_header_or_an_address(
    name: str, sender: str, subject: str, own: str
) -> None:
    data = composed(
        message(to_name=name, subject=f"About {subject}", headers={"X-Own": f"own {own}"}),
        Mailbox("no-reply@acme.example", sender),
    ).data
    names = [line.partition(b":")[0].decode() for line in header_lines(data) if line[:1] not in b" \t"]
    assert sorted(names) == sorted(OURS)
    read = parsed(data)
    assert sorted(read.keys()) == sorted(OURS)
    assert [one.addr_spec for one in read["To"].addresses] == ["jo@x.example"]
    assert [one.addr_spec for one in read["From"].addresses] == ["no-reply@acme.example"]
    assert read.get_content().strip() == "Hello"
    assert all(len(line) <= 998 for line in header_lines(data))


ENCODED = "=?utf-8?q?Hi=0D=0ABcc:_all=40x.example?="
"""Python decodes this when it is set as a header, and before 3.12.5 it writes the line end as it is."""


def test_an_encoded_line_end_is_not_decoded() -> None:
    read = parsed(composed(message(to_name=ENCODED, subject=ENCODED, headers={"X-Own": ENCODED})).data)
    assert read["Bcc"] is None
    assert str(read["Subject"]) == ENCODED.replace("=?", "= ?")


@pytest.mark.parametrize("details", [{"subject": ENCODED}, {"headers": {"X-Own": ENCODED}}])
def test_a_header_that_would_be_read_otherwise_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, details: dict[str, object]
) -> None:
    # Without the first net the second must hold by itself.
    monkeypatch.setattr(envelope, "_unencoded", str)
    try:
        read = parsed(composed(message(**details)).data)
    except Invalid as refused:
        assert refused.code == "message-unwritable"  # noqa: PT017 - it need not be raised
    else:
        assert read["Bcc"] is None  # not every version of Python decodes it into a header


def test_a_name_that_would_be_read_otherwise_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(header: str, name: str, address: str) -> str:
        return f"{header}: {name + ' <' if name else ''}{address}{'>' if name else ''}"

    monkeypatch.setattr(envelope, "_unencoded", str)
    monkeypatch.setattr(envelope, "mailbox_header", wrong)
    read = parsed(composed(message(to_name=ENCODED)).data)
    assert (str(read["To"]), read["Bcc"]) == ("jo@x.example", None)


@given(name=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=60))
@example(name="Zoë Żółć-O'Brien, Jr. (CFO)")
@example(name="山田 太郎")
def test_a_name_and_a_subject_arrive_as_they_are(name: str) -> None:
    written = message(to_name=name, subject=f"For {name}")
    read = parsed(composed(written).data)
    shown = read["To"].addresses[0].display_name
    # Python's own reader puts blanks between the pieces of a long name.
    assert "".join(shown.split()) == "".join(written.to_name.split())
    assert str(read["Subject"]) == written.subject


@pytest.mark.parametrize(
    "header",
    ["Bcc", "bcc", "To", "From", "Subject", "Message-ID", "Content-Type", "X-", "X-A\r\nBcc", "X-A:", "X é", ""],
)
def test_a_message_has_no_headers_of_its_own_but_harmless_ones(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        message(headers={header: "a@x.example"})
    assert refused.value.code == "header-not-free"
    assert message(headers={"reply-to": "jo@x.example"}).headers == {"Reply-To": "jo@x.example"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("nobody", "mailbox-syntax"),
        ("Jo <jo@x.example>, nobody", "mailbox-syntax"),
        ("zoë@x.example", "header-not-ascii"),
        ("jo@é.example", "header-not-ascii"),
    ],
)
def test_a_reply_address_that_cannot_be_written_is_refused_when_it_is_given(value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        message(headers={"Reply-To": value})
    assert (refused.value.code, refused.value.path) == (code, "headers['Reply-To']")
    assert refused.value.value == value


@pytest.mark.parametrize("value", ["jo@x.example", "Zoë <zoe@x.example>", '"B, C" <b@x.example>, d@x.example'])
def test_a_reply_address_that_is_accepted_is_written(value: str) -> None:
    read = BytesParser(policy=policy.default).parsebytes(composed(message(headers={"Reply-To": value})).data)
    assert [one.addr_spec for one in read["Reply-To"].addresses] == [one for _, one in getaddresses([value])]


@pytest.mark.req("NOT-7")
@pytest.mark.parametrize(
    ("message_id", "sender", "written"),
    [
        ("1.2", "Acme <post@acme.fr>", "<1.2@acme.fr>"),
        ("1.2", "post@é.fr", "<1.2@xn--9ca.fr>"),
        ("<1.2@host.fr>", "post@acme.fr", "<1.2@host.fr>"),
    ],
)
def test_a_message_id_ends_with_the_domain_of_the_host_or_the_sender(
    message_id: str, sender: str, written: str
) -> None:
    lines = header_lines(composed(message(message_id=message_id), sender).data)
    assert f"Message-ID: {written}".encode() in lines


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\ud800"])
def test_what_no_storage_keeps_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        message(to_name=text, subject=text, text=text)
    assert {problem.path for problem in refused.value.problems} >= {"to_name", "subject", "text"}


def test_a_long_name_is_cut_and_refuses_nothing() -> None:
    cut = message(to_name="x" * 900, subject="y" * 900)
    assert (len(cut.to_name), len(cut.subject)) == (200, 250)
    assert cut.subject.endswith("y…")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"to": ""}, "to"),
        ({"to": "no address"}, "to"),
        ({"subject": " "}, "subject"),
        ({"text": ""}, "text"),
        ({"state": "lost"}, "state"),
        ({"key": "k" * 201}, "key"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(given: dict[str, str], problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        message(**given)
    assert refused.value.path == problem


def test_a_domain_in_other_letters_is_written_in_ascii() -> None:
    made = composed(message(to="jo@bücher.example"))
    assert (made.recipient, made.unicode) == ("jo@xn--bcher-kva.example", False)
    assert b"jo@xn--bcher-kva.example" in made.data


def test_a_mailbox_in_other_letters_asks_the_server_for_them() -> None:
    made = composed(message(to="zoë@x.example", to_name="Zoë"))
    assert (made.recipient, made.unicode) == ("zoë@x.example", True)
    assert "zoë@x.example".encode() in made.data
    assert made.data.partition(b"\r\n\r\n")[2].isascii()


def test_text_and_html_go_together_and_nobody_answers_automatically() -> None:
    read = parsed(composed(message(text="Grüße\n" * 3, html="<p>Grüße</p>", language="de")).data)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines()[0] == "Grüße"
    assert html.get_content().strip() == "<p>Grüße</p>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "de"
    assert str(read["Date"]) == "Sat, 31 Jan 2026 12:00:00 +0000"


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=3_000).filter(str.strip))
@example(text=".\n..\nQUIT\n.")
@example(text="x" * 5_000)
def test_no_line_is_too_long_for_a_server_and_all_is_ascii(text: str) -> None:
    data = composed(message(text=text, html=text)).data
    assert data.isascii()
    assert max(map(len, re.split(b"\r\n", data))) <= 998


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("no-reply@acme.example", "", "no-reply@acme.example"),
        ("Acme <no-reply@acme.example>", "Acme", "no-reply@acme.example"),
        ('"Acme, Inc." <no-reply@acme.example>', "Acme, Inc.", "no-reply@acme.example"),
        ("Zoë\n<zoe@acme.example>", "Zoë", "zoe@acme.example"),
    ],
)
def test_a_mailbox_is_read_with_its_name(text: str, name: str, address: str) -> None:
    box = Mailbox.parse(text)
    assert (box.name, str(box.email)) == (name, address)


@pytest.mark.parametrize(
    "text", ["", "Acme", "Acme <>", "A <a@x.example> <b@x.example>", "a@x.example>", "A <a@x.example"]
)
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Mailbox.parse(text)
