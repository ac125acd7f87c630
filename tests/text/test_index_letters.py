"""The letters by which a directory is browsed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.text import Collation, collation
from contactcore.text.scripts import OTHER, SCRIPTS
from contactcore.text.tailorings import TAILORINGS

LANGUAGES = ("en", *sorted(TAILORINGS))
ORDERS = st.sampled_from(LANGUAGES).map(collation)
NAMES = st.text(max_size=12) | st.text(
    st.sampled_from("aÁbcChdzsDZSłøåiİıІЙїΑאبأ김あア李 '(1\u0301\0\ud800"), max_size=8
)
A_TO_Z = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("language", "own"),
    [
        ("fr", A_TO_Z),
        ("pl", "A B C Ć D E F G H I J K L Ł M N O Ó P Q R S Ś T U V W X Y Z Ź Ż"),
        ("cs", "A B C Č D E F G H CH I J K L M N O P Q R Ř S Š T U V W X Y Z Ž"),
        ("sv", A_TO_Z + " Å Ä Ö"),
        ("da", A_TO_Z + " Æ Ø Å"),
        ("es", "A B C D E F G H I J K L M N Ñ O P Q R S T U V W X Y Z"),
        ("tr", "A B C Ç D E F G Ğ H I İ J K L M N O Ö P Q R S Ş T U Ü V W X Y Z"),
        ("hu", "A B C CS D DZ DZS E F G GY H I J K L LY M N NY O Ö P Q R S SZ T TY U Ü V W X Y Z ZS"),
        ("ru", "А Б В Г Д Е Ж З И Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Щ Ы Э Ю Я Latin Greek Georgian"),
        ("ko", "ㄱ ㄴ ㄷ ㄹ ㅁ ㅂ ㅅ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ Latin Greek Cyrillic"),
        ("zh", "Han Latin Greek"),
    ],
)
def test_the_letters_stand_in_directory_order_and_begin_with_signs(language: str, own: str) -> None:
    letters = collation(language).letters
    assert letters[: len(own.split()) + 1] == ("#", *own.split())
    assert letters[-1] == "Other"
    assert len(set(letters)) == len(letters)


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("language", "name", "letter"),
    [
        ("fr", "Élan", "E"),
        ("fr", "Œil", "O"),
        ("fr", "Łoś", "L"),
        ("pl", "Łoś", "Ł"),
        ("pl", "Żółć", "Ż"),
        ("pl", "Ąb", "A"),
        ("fr", "Żółć", "Z"),
        ("tr", "Ölçer", "Ö"),
        ("de", "Ölçer", "O"),
        ("tr", "ırmak", "I"),
        ("tr", "inan", "İ"),
        ("cs", "chata", "CH"),
        ("sv", "Wera", "W"),
        ("da", "Aaberg", "Å"),
        ("hu", "Zsolt", "ZS"),
        ("nl", "van der Berg", "V"),
        ("en", "O'Neil", "O"),
        ("fr", "李小龍", "Han"),
        ("fr", "Иван", "Cyrillic"),
        ("ru", "Ёлкин", "Е"),
        ("ru", "Anna", "Latin"),
        ("ko", "김철수", "ㄱ"),
        ("ja", "ガンダム", "か"),
        ("fr", "3M", "#"),
        ("fr", "", "#"),
        ("nl", "'t Hof", "#"),
        ("fr", "«Chez Léa»", "#"),
        ("fr", "(ABC)", "#"),
        ("fr", "\u200bAnna", "A"),
        ("fr", "ꓮ", "Other"),
    ],
)
def test_a_name_is_listed_under_its_letter(language: str, name: str, letter: str) -> None:
    assert collation(language).letter(name) == letter


@pytest.mark.req("DIR-9")
@given(ORDERS, NAMES)
def test_the_bounds_of_a_names_letter_hold_its_key(order: Collation, name: str) -> None:
    start, end = order.bounds(order.letter(name))
    assert start <= order.key(name)
    assert end is None or order.key(name) < end


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bounds_cover_everything_without_overlap_in_the_order_of_the_letters(language: str) -> None:
    order = collation(language)
    bounds = [order.bounds(letter) for letter in order.letters]
    assert bounds[0][0] == ""
    assert bounds[-1][1] is None
    for (start, end), (following, _) in itertools.pairwise(bounds):
        assert start < following == end


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"ko"}))
def test_every_letter_is_listed_under_itself(language: str) -> None:
    order = collation(language)
    for letter in order.letters:
        assert order.bucket(letter) == letter
        if letter not in {OTHER, *(script.label for script in SCRIPTS)}:
            assert order.letter(letter) == letter


@pytest.mark.parametrize(
    ("language", "asked", "letter"),
    [
        ("fr", "é", "E"),
        ("pl", "ł", "Ł"),
        ("fr", "ł", "L"),
        ("cs", "ch", "CH"),
        ("cs", "Ch", "CH"),
        ("tr", "i", "İ"),
        ("tr", "ı", "I"),
        ("fr", "7", "#"),
        ("fr", "E\u0301", "E"),
        ("ru", "latin", "Latin"),
        ("ru", "ж", "Ж"),
        ("fr", "ж", "Cyrillic"),
        ("sv", " å ", "Å"),
    ],
)
def test_case_and_accents_are_forgiven_when_asking_for_a_letter(language: str, asked: str, letter: str) -> None:
    assert collation(language).bucket(asked) == letter
    assert collation(language).bounds(asked) == collation(language).bounds(letter)


@pytest.mark.parametrize("asked", ["", "AB", "Klingon", "\u0301", "E" * 1_000_000, "\ud800\ud800", "\0"])
def test_an_unknown_letter_is_refused_with_those_that_there_are(asked: str) -> None:
    with pytest.raises(Invalid) as refused:
        collation("fr").bounds(asked)
    assert refused.value.code == "letter-unknown"
    assert refused.value.value == asked
    assert "#, A, B" in str(refused.value)
