"""Search folding: accents, case and apostrophes do not matter."""

import random
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.testing.fixtures import expect_same
from contactcore.text import fold

ANY = st.text(st.characters(exclude_categories=()), max_size=12)
MIXED = st.text(st.sampled_from("aÉłßŒ'’ıİǅΣςㄱ가が\u3099ァﾞ\u0345\u0301\u0323\u0e38\u0e48\u094d٣½\u00ad\ud800 -"))


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Żółć", "zolc"),
        ("Ölçer", "olcer"),
        ("van der Berg", "van der berg"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Œuvre", "oeuvre"),
        ("Đặng", "dang"),
        ("Þór Guðmundsson", "thor gudmundsson"),
        ("IŞIK ışık İnci", "isik isik inci"),
        ("Ħal Għaxaq", "hal ghaxaq"),
        ("Ŧŋ", "tn"),
        ("Әли", "әли"),
        ("Йорк Ёлкин", "иорк елкин"),
        ("ΟΔΥΣΣΕΎΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
        ("أحمد إبراهيم", "احمد ابراهيم"),
        ("カナ ｶﾅ かな", "かな かな かな"),
        ("ＡＢＣ １２٣", "abc 123"),
        ("co\u00adop", "coop"),
        ("李小龍", "李小龍"),
    ],
)
def test_accents_case_and_shapes_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("apostrophe", "'’‘ʼ´`′＇")
def test_every_apostrophe_folds_to_nothing(apostrophe: str) -> None:
    assert fold(f"O{apostrophe}Neil") == fold("oneil") == "oneil"


def test_folding_any_code_point_twice_changes_nothing() -> None:
    # Planes 4 to 13 are empty and 15 and 16 private: some of theirs stand for all.
    codes = (*range(0x32400), *range(0x32400, sys.maxunicode + 1, 97), *range(0xE0000, 0xE0200))
    wrong = [code for code in codes if fold(fold(chr(code))) != fold(chr(code))]
    assert wrong == []


@given(ANY | MIXED)
def test_folding_any_text_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


def test_folding_texts_of_letters_from_everywhere_twice_changes_nothing() -> None:
    chance = random.Random(4)
    codes = [code for code in range(0x20000) if unicodedata.category(chr(code))[0] in "LM"]
    for _ in range(5_000):
        folded = fold("".join(map(chr, chance.choices(codes, k=5))))
        assert fold(folded) == folded


@given(ANY | MIXED)
def test_canonically_equivalent_texts_fold_to_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_capitals_never_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


def test_a_lone_surrogate_is_replaced() -> None:
    assert fold("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("piece", ["a", "é", "\u0301", "\ufdfa", "李", "'"])
def test_a_text_of_a_million_characters_is_folded_whole(piece: str) -> None:
    expect_same(fold(piece * 1_000_000), fold(piece) * 1_000_000)
