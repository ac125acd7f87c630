"""E-mail addresses: what is accepted, in which spelling, and that the fast way is the library's way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import email_validator
import pytest
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values import EmailAddress, email

CASES = json.loads(Path(__file__).with_name("email_cases.json").read_text(encoding="utf-8"))
ATOM = "abcXYZ019_!#$%&'*+-/=?^`{|}~"


def _library(text: str) -> str:
    """What the installed email-validator answers, `""` for a refusal."""
    try:
        return email_validator.validate_email(text, check_deliverability=False, strict=True).normalized
    except email_validator.EmailNotValidError:
        return ""


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(("text", "spelled"), [case for case in CASES if case[1]])
def test_an_address_is_kept_in_its_normal_spelling(text: str, spelled: str) -> None:
    assert str(EmailAddress(text)) == spelled


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("text", [case[0] for case in CASES if not case[1]])
def test_a_wrong_address_is_refused_with_value_and_reason(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        EmailAddress(text)
    assert refused.value.code.startswith(("email-", "text-"))
    assert refused.value.path == ""
    assert len(refused.value.reason) > 20


@pytest.mark.parametrize("text", [f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", f"a@{'b.' * 126}org", "a" * 3_000])
def test_what_is_longer_than_mail_allows_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        EmailAddress(text)


@pytest.mark.parametrize("text", [f"{'a' * 64}@example.org", f"a@{'b' * 63}.org", f"a@{'b.' * 124}org"])
def test_what_is_as_long_as_mail_allows_is_accepted(text: str) -> None:
    assert str(EmailAddress(text)) == text


def test_an_address_with_a_display_name_is_refused_with_the_address_in_the_reason() -> None:
    with pytest.raises(Invalid, match=r"jo@example\.org\)") as refused:
        EmailAddress("Jo Doe <jo@example.org>")
    assert refused.value.code == "email-display-name"


@pytest.mark.req("POR-1")
@pytest.mark.req("IMP-7")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strasse@example.org", "straße@example.org"),
        ("STRASSE@example.org", "straße@example.org"),
        ("jo\u017fe@example.org", "jose@example.org"),
        ("o\ufb03ce@example.org", "office@example.org"),
        ("muller@example.org", "müller@example.org"),
        ("i\u0307@example.org", "i@example.org"),
        ("a@strasse.example", "a@straße.example"),
    ],
)
def test_mailboxes_that_differ_in_more_than_case_have_keys_of_their_own(one: str, other: str) -> None:
    first, second = EmailAddress.restore(one), EmailAddress.restore(other)
    assert first.key != second.key
    assert EmailAddress.restore(first.key).key == first.key


@pytest.mark.req("POR-1")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jo@Example.org", "jo@example.org"),
        ("JOSÉ@bücher.example", "jose\u0301@xn--bcher-kva.example"),
        ("MÜLLER@example.org", "müller@example.org"),
        ("ŁUKASZ@example.org", "łukasz@example.org"),
        ("STRAẞE@example.org", "straße@example.org"),
        ("ИВАН@example.org", "иван@example.org"),
    ],
)
def test_two_spellings_of_one_mailbox_by_case_give_one_key(one: str, other: str) -> None:
    assert EmailAddress(one).key == EmailAddress(other).key


def test_an_address_tells_its_parts_and_its_kind() -> None:
    address = EmailAddress("Jo@Example.org", kind="Work Mail")
    assert (address.local, address.domain, address.kind) == ("Jo", "example.org", "work-mail")
    assert address.with_kind("home").kind == "home"
    assert EmailAddress.restore(address.text, address.kind) == address
    assert address != EmailAddress("Jo@example.org")


def test_the_mailboxes_of_every_case_are_those_of_the_library() -> None:
    assert set(CASE_INSENSITIVE_MAILBOX_NAMES) == email._ROLES


def test_a_domain_reserved_for_special_uses_is_accepted_as_any_other() -> None:
    for name in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        for text in (f"a@b.{name}", f"a@ü.{name}", f"a@b.{name.upper()}"):
            assert str(EmailAddress(text)) == text.lower()


_LABELS = ["xn--bcher-kva", "xn--", "xN--p1ai", "ab--c", "a" * 63, "a" * 64, "com", "COM", "c0m", "1", "é", "-", ""]
_LOCALS = ["INFO", "Sales", "a" * 64, "a" * 65, "é", "a b", '"a"', "a\n", "infos", "hostMASTER", "a." * 32, ""]


def _address(random: Random) -> str:
    """An address near the rules."""
    local = "".join(random.choices(ATOM + ".", k=random.randrange(1, 70 if random.random() < 0.2 else 9)))
    if random.random() < 0.2:
        local = random.choice(_LOCALS)
    labels = ["".join(random.choices("abXY09-", k=random.randrange(1, 7))) for _ in range(random.randrange(1, 5))]
    if random.random() < 0.3:
        labels[random.randrange(len(labels))] = random.choice(_LABELS)
    if random.random() < 0.6:
        labels.append(random.choice(["com", "Org", "fr"]))
    domain = ".".join(labels)
    if random.random() < 0.2:
        domain = ("abcdefg." * 40)[: random.randrange(170, 253)].rstrip(".") + random.choice(["", ".org"])
    return local + random.choice(["@", "@", "@", "@", "@", "@@", "", " @", "@ "]) + domain


@settings(max_examples=30, deadline=None)
@given(random=st.randoms(use_true_random=True))
def test_what_is_accepted_fast_is_what_the_library_gives(random: Random) -> None:
    for _ in range(100):
        text = _address(random)
        fast, expected = email.accept_plain(text), _library(text)
        if fast:
            assert (text, fast) == (text, expected)
        elif expected and text.isascii():
            assert "xn--" in text.lower(), text


@settings(max_examples=300, deadline=None)
@given(text=st.text(ATOM + '@.-é "\\()<>[]:;,\n\t', max_size=20))
def test_what_the_library_accepts_is_accepted_and_nothing_else(text: str) -> None:
    stripped = text.strip(" \t")
    expected = _library(stripped)
    try:
        assert str(EmailAddress(text)) == expected
    except Invalid:
        assert not expected


def test_a_plain_address_is_accepted_without_loading_the_library() -> None:
    code = (
        "import sys; from contactcore.values import EmailAddress, Currency, Address\n"
        "EmailAddress('jo@example.org'); Currency('EUR'); Address(city='Lyon', country='FR')\n"
        "print(*sorted({'email_validator', 'phonenumbers', 'babel', 'idna'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == []
