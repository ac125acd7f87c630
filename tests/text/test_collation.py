"""The order in which each language lists names."""

import random
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contactcore.text import Collation, collation
from contactcore.text.tailorings import ALIASES, TAILORINGS

LANGUAGES = ("en", *sorted(TAILORINGS))
ANY = st.text(st.characters(exclude_categories=()), max_size=16)
TRICKY = st.text(
    st.sampled_from(
        "aAàÀbchCHdzsDZSǆijIİıłŁøØßẞæÆåÅäüÜžž\u0301\u0308\u0323\u0304 -'’(1٣½ªﷺйїґΣςアｱぁ李김\0\x1f\u200d\ufe0f\ud800"
    ),
    max_size=12,
)
ORDERS = st.sampled_from(LANGUAGES).map(collation)

ORDERED = {
    "en": "# 3M|4U|Abel|abel-x|De Boer|de Vries|Deboer|Müller|Mullet|O'Neil|O’Neil|Oneil",
    "fr": "cote|coté|côte|côté|Élan|Elbe|œil|of|Zoé",
    "de": "Ärzte|Ast|Azt|Maß|Masse|Öl|Olm|Über|Uhr",
    "pl": "Adam|Ądam|Celina|Ćma|Las|Lot|Łoś|Ola|Ósemka|Zygmunt|Źrebak|Żaba|Żółć",
    "cs": "Cibulka|Cyril|Čapek|Hora|Hýl|Chalupa|chata|Ivan|Rys|Řeha|Sova|Šimek|Zach|Žák",
    "sk": "Cyril|Čapek|Hora|Chalupa|Ivan|Oto|Ôsmy|Pavol",
    "sv": "Anders|Vera|Vilma|Wera|Xerxes|Zeta|Åberg|Älv|Öberg",
    "fi": "Vera|Wera|Zeta|Åberg|Äijä|Öljy",
    "da": "Anders|Zeta|Ærø|Øst|Aaberg|Åby",
    "nb": "Anders|Zeta|Ærø|Øst|Aaberg|Åby",
    "es": "Nuñez|Nz|Ñandú|Oca",
    "tr": "Cem|Çelik|Deniz|Gül|Ğ|Hasan|Irmak|Işık|İnan|Jale|Okan|Ölçer|Su|Şen|Ural|Ülkü|Veli",
    "hu": "Cukor|Czakó|Csaba|Dudás|Dzeta|Dzsó|Ede|Gusztáv|Gyula|Nóra|Nyíri|Olga|Ödön|Suba|Szabó|Tóth|Tyúk|Zoltán|Zsolt",
    "hr": "Cvit|Čabar|Ćosić|Dunja|Džafer|Đuro|Lovro|Ljubo|Nada|Njegoš|Sara|Šime|Zora|Žarko",
    "ro": "Az|Ăb|Âb|Bo|Iz|Î|Jo|Sz|Șerban|Tz|Țepeș|U",
    "lt": "Ceras|Česnys|Iba|Ys|Iz|Sz|Šarka|Zu|Žukas",
    "lv": "Cz|Čaks|Gz|Ģirts|Kz|Ķeniņš|Lz|Ļ|Nz|Ņ|Sz|Šmits|Zz|Žagars",
    "et": "Saar|Šokk|Zeno|Žanna|Tamm|Uus|Wõ|Õun|Äke|Öö|Üksi|Xi",
    "is": "Az|Ásta|Dz|Ðe|Ez|Éva|Zoe|Þór|Ævar|Ögmundur",
    "ru": "3М|Анна|Ёлкин|Емеля|Иван|Йорк|Яна|Anna",
    "uk": "Ганна|Ґудзь|Еней|Єва|Зоя|Ива|Іван|Їжак|Йосип|Яна|Anna",
    "el": "Άννα|Βάσω|Έλλη|Ζωή|Anna|Анна",
    "az": "Cəmil|Çingiz|Elçin|Əliyev|Fuad|Həsən|Xan|Irada|İlham|Kamal|Qasım|Leyla",
    "ko": "1호|강감찬|김철수|이순신|Anna|李",
    "ja": "あべ|アベ|かとう|がとう|さとう|Anna|佐藤",
}


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize("language", ORDERED)
def test_names_stand_as_the_language_lists_them(language: str) -> None:
    names = ORDERED[language].split("|")
    shuffled = random.Random(1).sample(names, len(names))
    order = collation(language)
    assert sorted(shuffled, key=order.key) == sorted(names, key=order.key)
    assert sorted(shuffled, key=order.key) == names


@pytest.mark.req("DIR-9")
def test_scripts_follow_each_other_with_the_own_first() -> None:
    names = ["!", "7", "Anna", "Άννα", "Анна", "ანა", "Աննա", "אנה", "آنا", "अनु", "อนงค์", "안나", "あんな", "安娜", "ꓮ"]
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=collation("fr").key) == names
    assert sorted(names, key=collation("ru").key)[:4] == ["!", "7", "Анна", "Anna"]


def test_letters_count_before_accents_and_accents_before_case() -> None:
    order = collation("fr")
    assert sorted(["péchéz", "Peche", "peche", "péché", "pechez"], key=order.key) == [
        "peche",
        "Peche",
        "péché",
        "pechez",
        "péchéz",
    ]


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("fr", "root"),
        ("fr-CA", "root"),
        ("de_AT", "root"),
        ("PL-pl", "pl"),
        ("no", "nb"),
        ("sr-Latn-RS", "hr"),
        ("sr-Cyrl", "sr"),
        ("xx", "root"),
        ("", "root"),
        ("-", "root"),
        ("\ud800" * 99, "root"),
    ],
)
def test_a_language_falls_back_to_its_base_and_then_to_the_root(asked: str, tag: str) -> None:
    assert collation(asked).tag == tag


def test_every_alias_names_rules_that_exist() -> None:
    assert set(ALIASES.values()) <= set(TAILORINGS)


def test_languages_of_equal_order_share_a_version_and_others_do_not() -> None:
    assert collation("en").version == collation("fr-CA").version
    assert len({collation(language).version for language in LANGUAGES}) == len(LANGUAGES)


@given(ORDERS, ANY | TRICKY)
def test_a_key_has_at_most_256_code_points_without_nul_and_surrogates(order: Collation, text: str) -> None:
    key = order.key(text * 40)
    assert len(key) <= 256
    assert "\0" not in key
    key.encode()


@given(ORDERS, ANY | TRICKY)
def test_canonically_equivalent_texts_have_the_same_key(order: Collation, text: str) -> None:
    assert order.key(unicodedata.normalize("NFD", text)) == order.key(unicodedata.normalize("NFC", text))


def read(text: str) -> str:
    """What the order can tell apart: canonical equivalence, and lone surrogates replaced."""
    shown = unicodedata.normalize("NFC", text)
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in shown)


@given(ORDERS, TRICKY, TRICKY)
def test_texts_that_differ_have_different_keys(order: Collation, one: str, other: str) -> None:
    assume(read(one) != read(other))
    assert order.key(one) != order.key(other)


@pytest.mark.parametrize("language", ["fr", "da", "hu"])
def test_no_two_characters_have_the_same_key(language: str) -> None:
    order = collation(language)
    seen: dict[str, str] = {}
    for code in (*range(0x3500), *range(0xA000, 0xAC10), *range(0xD7A0, 0x11000), *range(0x1F000, 0x20010)):
        for text in (chr(code), "a" + chr(code)):
            assert seen.setdefault(order.key(text), read(text)) == read(text)


@pytest.mark.parametrize("piece", ["a", "é", "ch", "\u0301", "\ufdfa", "李", "dzs", "\0", "\ud800", "'"])
def test_only_the_beginning_of_a_huge_name_is_read(piece: str) -> None:
    for language in ("fr", "cs", "hu"):
        order = collation(language)
        assert order.key(piece * 500_000) == order.key((piece * 1024)[:1024])
