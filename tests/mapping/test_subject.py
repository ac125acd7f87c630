"""The texts by which an erasure recognises a person, and those of others, which it must not touch (IMP-8)."""

from __future__ import annotations

import ast
import base64
import html
import json
import quopri
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

import contactcore
from contactcore import Person
from contactcore.mapping.decoded_text import DecodedText
from contactcore.mapping.subject import Subject
from contactcore.workspace.repositories.forgetting import Traces

pytestmark = pytest.mark.req("IMP-8")

PEOPLE = (
    ("Zoë", "Müller", "zoe@müller.de", "+493012345678"),
    ("Łukasz", "Wójcik", "lukasz@wojcik.pl", "+48221234567"),
    ("İrem", "Şahin", "irem@sahin.tr", "+902121234567"),
    ("Анна", "Иванова", "anna@ivanova.ru", "+74951234567"),
    ("Νίκος", "Παπαδόπουλος", "nikos@papa.gr", "+302101234567"),
    ("小明", "王", "ming@wang.cn", "+861012345678"),
)


def _subject(*people: Person) -> Subject:
    return Subject("1", None, frozenset(), "en", former=people)


def _unaccented(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


WRITTEN = {
    "as it is": lambda text: text,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "without accents": _unaccented,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "in a link": quote,
    "in a query": quote_plus,
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in HTML": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
    "in HTML with names": html.escape,
    "in Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in Base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "with soft hyphens": "\u00ad".join,
    "with invisible spaces": "\u200b".join,
    "with odd spaces": lambda text: text.replace(" ", "\u00a0"),
    "the other way round": lambda text: ", ".join(reversed(text.split(" "))) if " " in text else text,
}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("who", PEOPLE, ids=lambda one: one[3])
def test_a_name_is_found_however_it_is_written(who: tuple[str, str, str, str], form: str) -> None:
    given_name, family_name, *_ = who
    subject = _subject(Person(given_name, family_name))
    written = WRITTEN[form](f"{given_name} {family_name}")
    redacted = subject.redacted(f"before {written} after")
    assert redacted == "before … after"
    assert subject.is_in(f"before {written} after")


@pytest.mark.parametrize("form", [form for form in WRITTEN if form not in {"without accents", "the other way round"}])
@pytest.mark.parametrize("who", PEOPLE, ids=lambda one: one[3])
def test_an_address_and_a_number_are_found_however_they_are_written(who: tuple[str, str, str, str], form: str) -> None:
    *_, email, number = who
    subject = _subject(Person(emails=[email], phones=[number]))
    for text in (email, number):
        assert subject.redacted(f"before {WRITTEN[form](text)} after") == "before … after"


@pytest.mark.parametrize(
    "written",
    [
        *("+33144556677", "0033 1 44 55 66 77", "01.44.55.66.77", "01-44-55-66-77", "(01) 44 55 66 77", "144556677"),
        *("+33 (0)1 44 55 66 77", "33144556677", "+33 1 44 55 66 77", "01\u201144\u201155\u201166\u201177"),
        *("٠١٤٤٥٥٦٦٧٧", "０１４４５５６６７７", "tel:+33-1-44-55-66-77", "%2B33144556677", "01 / 44 55 66 77"),
    ],
)
def test_a_number_is_found_with_any_separators_and_digits(written: str) -> None:
    subject = _subject(Person("Jane", "Doe", phones=["+33144556677"]))
    assert subject.redacted(f"Ring {written}.").replace("tel:", "") == "Ring …."


@pytest.mark.parametrize(
    "text",
    [
        *("Ring +49 30 44556677.", "Ring +44 1 44 55 66 77 88.", "IBAN 014455667712", "jane.o@x.fr", "o@x.fr.example"),
        *("jo@x.frog", "o+jane@x.fr2", "Jane Doeling called", "ajane doe", "Doe", "Jane", "Ring 4556677."),
    ],
)
def test_what_belongs_to_others_stays(text: str) -> None:
    subject = _subject(Person("Jane", "Doe", emails=["o@x.fr"], phones=["+33144556677"]))
    assert subject.redacted(text) == text
    assert not subject.is_in(text)


@pytest.mark.parametrize("name", ["May", "Rose", "Will"])
def test_a_name_of_one_word_is_no_trace_in_the_rows_of_others(name: str) -> None:
    subject = _subject(Person(name))
    for text in (f"This {name.lower()} stay.", f"Ask in {name} again.", name):
        assert not subject.is_in(text)
    # In a record that names the person by its id, the name stands for the person, and the word for itself.
    assert subject.redacted(f"{name} {name.lower()} come.") == f"… {name.lower()} come."


def test_the_number_in_a_reason_is_an_example_and_names_nobody() -> None:
    traces = Traces([Person("Jane", "Doe", phones=["+33144556677"])], [], "en")
    reason = "This is not a phone number; give its digits, like +33 1 44 55 66 77."
    assert not traces.are_in_reason(reason)
    assert traces.are_in_reason(f"{reason} Not Jane Doe.")
    assert traces.are_in("+33 1 44 55 66 77")


def _messages() -> Iterator[str]:
    """The texts of the library that are no docstrings."""
    for path in Path(contactcore.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documents = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
            if isinstance(node.body[0], ast.Expr)
        }
        documents |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
                yield node.value


def test_no_message_of_the_library_has_another_number_as_an_example() -> None:
    found = {
        text
        for text in _messages()
        if any(one.isdigit() for one in text) and " " in text and "+" in text
        for run in [text.partition("+")[2]]
        if sum(one.isdigit() for one in run[:20]) >= 7 and "+33 1 44 55 66 77" not in text
    }
    assert found == set()


@given(st.text(max_size=60))
def test_each_decoded_character_has_its_place_in_the_text(text: str) -> None:
    decoded = DecodedText.of(text)
    assert len(decoded.text) == len(decoded.starts) == len(decoded.ends)
    assert list(decoded.starts) == sorted(decoded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(decoded.starts, decoded.ends, strict=True))


@given(st.text(alphabet="%=\\u&#x;0123456789abcdefAB \u0663é", max_size=40))
def test_a_text_in_broken_notation_is_redacted_without_an_error(text: str) -> None:
    subject = _subject(Person("Jane", "Doe", phones=["+33144556677"]))
    assert isinstance(subject.redacted(text), str)
