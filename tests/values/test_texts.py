"""The one policy for texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values import PHONE_KINDS, clean_kind, clean_line, clean_text
from contactcore.values.texts import DIRECTIONS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Bois & Fils ", "Bois & Fils"),
        ("Bois\r\n& Fils\t\v!", "Bois & Fils !"),
        ("Bois\u2028Fils\u2029\x85", "Bois Fils"),
        ("E\u0301lodie", "Élodie"),
        ("\u3000山田\u00a0", "山田"),
        ("a  b", "a  b"),
        ("", ""),
        ("דוד\u200f ו\u200e", "דוד\u200f ו\u200e"),
        ("\u2067דוד\u2069", "דוד"),
        ("\u202bדוד\u202c", "דוד"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (" \u2068 Bois & Fils \u2069 ", "Bois & Fils"),
    ],
)
def test_a_line_is_composed_trimmed_and_unbroken(text: str, line: str) -> None:
    assert clean_line(text) == line


@pytest.mark.parametrize("control", ["\x01", "\x08", "\x0e", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"])
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_control_characters_are_refused(clean: object, control: str) -> None:
    assert callable(clean)
    with pytest.raises(Invalid, match=f"U\\+{ord(control):04X}") as refused:
        clean(f"a{control}b")
    assert refused.value.code == "text-control"


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize("char", "\u00ad\u200b\u200e\u202e\u2060\u2066\u2800\u3164\ufe0f\ufeff\U000e0041")
def test_a_text_of_which_nothing_can_be_seen_is_empty(clean: Callable[[str], str], char: str) -> None:
    assert clean(char) == clean(f" {char}\u200b {char * 20}") == ""
    kept = "" if clean is clean_line and DIRECTIONS.match(char) else char
    assert clean(f"{char}a{char}") == f"{kept}a{kept}"


@given(st.text(st.sampled_from("aé \u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n")))
def test_a_line_has_no_controls_of_direction_and_stays_as_it_is(text: str) -> None:
    line = clean_line(text)
    assert DIRECTIONS.search(line) is None
    assert clean_line(line) == line
    assert clean_line(DIRECTIONS.sub("", text)) == line
    assert DIRECTIONS.findall(clean_text(f"a{text}a")) == DIRECTIONS.findall(text)


def test_a_note_keeps_its_lines_and_tabs() -> None:
    assert clean_text(" a\r\nb\rc\u2029d\te\n\n") == "a\nb\nc\nd\te"


@pytest.mark.parametrize(("clean", "limit"), [(clean_line, 1_000), (clean_text, 100_000)])
def test_a_text_is_refused_beyond_its_limit_only(clean: object, limit: int) -> None:
    assert callable(clean)
    assert clean(" " + "x" * limit) == "x" * limit
    for text in ("x" * (limit + 1), "é" * (limit + 1), " " * (limit * 5)):
        with pytest.raises(Invalid) as refused:
            clean(text)
        assert refused.value.code == "text-too-long"
        assert refused.value.problems[0].facts == {"limit": limit, "length": len(text)}


@pytest.mark.parametrize("kind", PHONE_KINDS)
def test_the_known_kinds_stay_as_they_are(kind: str) -> None:
    assert clean_kind(kind) == clean_kind(kind.upper().replace("-", " ")) == kind


def test_a_kind_of_ones_own_becomes_a_slug() -> None:
    assert clean_kind("  Ferien_Haus  2 ") == "ferien-haus-2"
    with pytest.raises(Invalid):
        clean_kind("x" * 65)
