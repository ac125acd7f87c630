"""The words a text is found by, and those of a query."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore.testing.fixtures import expect_same
from contactcore.text import fold, name_prefix, query_words, words
from contactcore.text.folding import APOSTROPHES

ANY = st.text(st.characters(exclude_categories=()), max_size=20)
NAMES = st.text(
    st.sampled_from("abÉłß'’ -..&/2٣½李小龍さくらカナ々ー김철수เอกชัย\u0e38\u0e48\u0301\u0323हिन्दी\u200d\0\n\ud800"),
    max_size=30,
)


def found(query: str, text: str) -> bool:
    """Whether every word of the query is the prefix of some word."""
    listed = words(text)
    return all(any(word.startswith(asked) for word in listed) for asked in query_words(query))


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Żółć", ("zolc",)),
        ("Ölçer", ("olcer", "oelcer")),
        ("Mu\u0308ller", ("muller", "mueller")),
        ("Søren Åkesson", ("soren", "akesson", "soeren", "aakesson")),
        ("E.ON", ("e", "on", "eon")),
        ("AT&T Bois", ("at", "t", "bois", "att")),
        ("H & M", ("h", "m", "hm")),
        ("J.R.R. Tolkien", ("j", "r", "tolkien", "jrr")),
        ("bois.fr", ("bois", "fr")),
        ("Anne-Marie", ("anne", "marie")),
        ("李小龍", ("李小龍", "小龍", "龍")),
        ("O'Neil", ("oneil", "neil")),
        ("L’Oréal", ("loreal", "oreal")),
        ("van der Berg", ("van", "der", "berg")),
        ("Bois & Fils", ("bois", "fils")),
        ("Jean-Pierre", ("jean", "pierre")),
        ("김철수", ("김철수", "철수", "수")),
        ("ABC李小", ("abc", "李小", "小")),
        ("'t Hof", ("t", "hof")),
        ("jo@bois.fr", ("jo", "bois", "fr")),
        ("S.A.R.L. Bois", ("s", "a", "r", "l", "bois", "sarl")),
        ("Żółw Sp. z o.o.", ("zolw", "sp", "z", "o", "oo")),
        ("R.É.M", ("r", "e", "m", "rem")),
        ("О.О.О. Хлеб", ("о", "хлеб", "ооо")),
        ("J. R. Doe", ("j", "r", "doe", "jr")),
        ("www.x.y", ("www", "x", "y")),
        ("Bois 1.2.3", ("bois", "1", "2", "3")),
        ("Anna Anna", ("anna",)),
        ("", ()),
        ("… & !'", ()),
    ],
)
def test_a_text_is_found_by_its_words_in_reading_order(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("oneil", "O'Neil"),
        ("sarl bo", "S.A.R.L. Bois"),
        ("s.a.r", "S.A.R.L. Bois"),
        ("us steel", "U.S. Steel"),
        ("bois ev", "Bois e.V."),
        ("o’neil", "Oneil"),
        ("O NEIL", "O’Neil"),
        ("neil", "O'Neil"),
        ("oreal", "L'Oréal"),
        ("小龍", "李小龍"),
        ("철수", "김철수"),
        ("さくら", "田中サクラ"),
        ("be van", "van der Berg"),
        ("zol", "Żółć"),
        ("shevcenko", "Shevčenko"),
        ("शर", "शर्मा"),
        ("chai", "Chai-Wat"),
    ],
)
def test_a_query_finds_what_its_reader_expects(query: str, text: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(("query", "text"), [("eil", "O'Neil"), ("ob", "Bob"), ("bois sa", "Bois & Fils")])
def test_a_query_finds_no_middle_of_a_word_and_no_half_match(query: str, text: str) -> None:
    assert not found(query, text)


@pytest.mark.req("DIR-10")
@given(ANY | NAMES)
@example("A\u1000/\u1000")
def test_any_prefix_of_any_word_finds_the_text(text: str) -> None:
    for word in words(text):
        for end in range(1, len(word) + 1):
            assert found(word[:end], text)


@pytest.mark.req("DIR-10")
@given(ANY | NAMES)
def test_a_text_finds_itself_and_its_folded_self(text: str) -> None:
    assert found(text, text)
    if APOSTROPHES.isdisjoint(text):
        assert found(fold(text), text)


@given(ANY | NAMES)
def test_a_word_is_folded_short_and_free_of_blanks_and_controls(text: str) -> None:
    for word in (*words(text), *query_words(text)):
        assert 0 < len(word) <= 128
        assert fold(word) == word
        assert {unicodedata.category(char)[0] for char in word} <= set("LNM")
        assert not any("A" <= char <= "Z" for char in word)


@pytest.mark.req("DIR-10")
@given(st.text(st.sampled_from("abc李小龍김철수เก"), min_size=1, max_size=20), st.data())
def test_any_part_of_a_run_without_blanks_finds_it(text: str, data: st.DataObject) -> None:
    run = "".join(char for char in text if char > "z")
    start = data.draw(st.integers(0, len(run)))
    assert found(run[start:], run)


def test_long_words_are_cut_and_long_runs_have_64_parts() -> None:
    assert words("a" * 300) == query_words("a" * 300) == ("a" * 128,)
    run = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))
    assert len(words(run)) == 64
    assert words(run)[63] == run[63 : 63 + 128]


@pytest.mark.parametrize("piece", ["a", "a ", "a.", "é", "李", "李 ", "'", "a'", "\u0301", "\ufdfa", "\ud800", "\0"])
def test_only_the_beginning_of_a_huge_text_is_read(piece: str) -> None:
    huge = (piece * 1_000_000)[:1_000_000]
    expect_same(words(huge), words(huge[:10_000]))
    expect_same(query_words(huge), query_words(huge[:10_000]))


@pytest.mark.parametrize(
    ("text", "expected"), [("Bois & Fils", "boisfils"), ("O'Neil", "oneil"), ("李 小龍", "李小龍"), ("?", "")]
)
def test_the_beginning_is_all_words_in_one(text: str, expected: str) -> None:
    assert name_prefix(text) == expected


@given(ANY | NAMES)
def test_the_beginning_has_at_most_127_code_points_and_starts_with_any_part_of_itself(text: str) -> None:
    start = name_prefix(text * 9)
    assert len(start) <= 127
    assert start == "".join(piece for piece in start if unicodedata.category(piece)[0] in "LNM")
    assert all(start.startswith(name_prefix(start[:end])) for end in range(len(start) + 1))
