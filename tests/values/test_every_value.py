"""What all values promise: they are right or refused by name, and read their own spelling again."""

from __future__ import annotations

import copy
import pickle
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    PartialDate,
    PersonName,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    clean_kind,
    clean_line,
    clean_text,
    read_country,
    split_full_name,
)
from support.seeds import examples

READERS: dict[str, Callable[[str], Any]] = {
    "EmailAddress": EmailAddress,
    "PhoneNumber": lambda text: PhoneNumber(text, country="FR"),
    "PhoneNumber of Argentina": lambda text: PhoneNumber(text, country="AR"),
    "PhoneNumber without country": PhoneNumber,
    "Currency": Currency,
    "Language": Language,
    "PartialDate": PartialDate.parse,
    "Tag": Tag,
    "Website": Website,
    "SocialProfile": lambda text: SocialProfile("x", text),
    "SocialProfile of mastodon": lambda text: SocialProfile("mastodon", text),
    "PersonName": lambda text: PersonName(full=text),
    "PersonName split": split_full_name,
    "Address": lambda text: Address(formatted=text),
    "Address in a country": lambda text: Address(country_text=text),
    "clean_line": clean_line,
    "clean_text": clean_text,
    "clean_kind": clean_kind,
}
SEEDS = [
    *("jo.doe@example.org", "mailto:Jo@Bücher.example", "a@xn--mnchen-3ya.de", "ﬁ@ß.de", "INFO@İ.com"),
    *("01 44 55 66 77", "+33 (0)1 44 55", "tel:+1-800-FLOWERS;ext=5", "0343 15 555 1212", "+54 9 11 8765 4321"),
    *("https://Example.ORG:443/a b", "http://[::1]/", "example.com:8080/x", "//a.b/%zz", "HTTP://ſ.com/\u202e"),
    *("1969-04-03", "--0520", "fr_CA.UTF-8", "zh-hant-x-A", "eur", "＃VIP", "@jane@mastodon.social"),
    *(
        "https://x.com/@jane?x",
        "jane/",
        "0@-.0",
        "%41",
        "www.linkedin.com/in/j%20d",
        "Dr. Jane van der Doe, Jr.",
        "e\u0301\r\n\u2028x",
    ),
]
ALPHABET = (
    string.printable + "éßİſﬁ①\u0301\u00a0\u00ad\u200b\u200f\u202e\u2028\u3000\uff20\uff0e\ufeff\0\ud800\x1f\x85日²٣"
)


@st.composite
def _mangled(draw: st.DrawFn) -> str:
    seed = draw(st.sampled_from(SEEDS))
    start = draw(st.integers(0, len(seed)))
    end = draw(st.integers(start, min(start + 3, len(seed))))
    return seed[:start] + draw(st.text(ALPHABET, max_size=3)) + seed[end:]


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80), st.text(ALPHABET, max_size=40), _mangled()
)


def _assert_right_or_refused(read: Callable[[str], Any], text: str) -> None:
    value = refusal = None
    try:
        value = read(text)
    except Invalid as error:
        refusal = error
    if refusal is not None:
        # Addresses and names say which of their parts is wrong; every other value is one text.
        assert refusal.path in {"", "formatted", "country_text", "full"}
        assert refusal.code
        assert refusal.reason.endswith(".")
        return
    spelled = str(value)
    again = read(spelled)
    assert str(again) == spelled
    assert read(text) == value
    assert "\0" not in spelled
    spelled.encode()


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("name", READERS)
@settings(max_examples=examples(75))
@given(text=TEXTS)
def test_a_value_is_right_or_refused_and_its_own_spelling_reads_the_same(name: str, text: str) -> None:
    _assert_right_or_refused(READERS[name], text)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_telling_texts_are_right_or_refused_too(name: str, seed: str) -> None:
    _assert_right_or_refused(READERS[name], seed)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "piece", ["1", "a", "@", "a.", "+", "(", "\u202e", " ", "é", "日", "%", "/", "-", "x1,", "<a@b>"]
)
def test_a_megabyte_is_refused_or_read_without_delay(name: str, piece: str) -> None:
    _assert_right_or_refused(READERS[name], piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("text", "code"), [("a\0b", "text-nul"), ("a\ud800b", "text-surrogate")])
def test_nul_and_lone_surrogates_are_refused_by_name(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        READERS[name](text)
    assert refused.value.code == code


@pytest.mark.parametrize("name", READERS)
def test_what_is_no_text_is_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        READERS[name](5)  # type: ignore[arg-type] # a mistake that untyped callers make
    assert refused.value.code == "text-type"


@given(text=TEXTS)
def test_a_country_is_read_to_a_code_or_to_nothing(text: str) -> None:
    refusal = ""
    code = None
    try:
        code = read_country(text)
    except Invalid as error:
        refusal = error.code
    assert refusal in {"", "text-nul", "text-surrogate"}
    assert code is None or (len(code) == 2 and read_country(code) == code)


@pytest.mark.parametrize(
    "value",
    [
        EmailAddress("jo@example.org", kind="work"),
        PhoneNumber("01 44 55 66 77 x5", country="FR", kind="home"),
        PersonName("Ada", "Lovelace"),
        Address("1 rue Vauban", city="Lyon", country="FR"),
        Currency("EUR"),
        Language("fr"),
        PartialDate(1969, 4),
        Tag("VIP"),
        Website("example.org"),
        SocialProfile("x", "jane"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_frozen_hashable_and_survive_copies(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert {value: 1}[copy.copy(value)] == 1
    with pytest.raises(AttributeError):
        value.text = "other"
    assert not hasattr(value, "__dict__")
