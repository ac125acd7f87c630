"""The term for items, in six languages and all plural forms (SIT-3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Invalid, from_plain, to_plain
from contactcore.model import Settings
from contactcore.model.term import TERMS, Term
from contactcore.values.country import plural_category

LANGUAGES = ("en", "fr", "de", "pl", "es", "it")


@pytest.mark.req("SIT-3")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", TERMS)
def test_a_term_has_a_word_for_every_number(slug: str, language: str) -> None:
    term = Term.known(slug, language)
    assert (term.language, term.of(1)) == (language, term.singular)
    for count in (*range(130), 1_000, 1_000_000, 1.5):
        category = plural_category(language, count)
        # Round millions have a category of their own in French, Spanish and Italian; the noun is the same.
        assert category in term.words or (category == "many" and language in {"fr", "es", "it"})
        assert term.of(count)


@pytest.mark.req("SIT-3")
@pytest.mark.parametrize(
    ("slug", "language", "words"),
    [
        ("patients", "pl", ["pacjentów", "pacjent", "pacjenci", "pacjentów", "pacjentów", "pacjenci", "pacjenta"]),
        ("pets", "fr", ["animal", "animal", "animaux", "animaux", "animaux", "animaux", "animal"]),
        ("cases", "de", ["Fälle", "Fall", "Fälle", "Fälle", "Fälle", "Fälle", "Fälle"]),
    ],
)
def test_a_term_follows_the_plural_rules_of_its_language(slug: str, language: str, words: list[str]) -> None:
    assert [Term.known(slug, language).of(count) for count in (0, 1, 2, 5, 12, 22, 1.5)] == words


@pytest.mark.req("SIT-3")
def test_every_term_differs_from_the_others_of_its_language() -> None:
    for language in LANGUAGES:
        assert len({Term.known(slug, language).plural for slug in TERMS}) == len(TERMS)


@pytest.mark.req("SIT-3")
@given(count=st.one_of(st.integers(max_value=-1), st.booleans(), st.just(float("nan")), st.text(max_size=2)))
def test_what_is_no_number_of_items_is_refused(count: object) -> None:
    with pytest.raises(Invalid) as refusal:
        Term.known("pets", "en").of(count)  # type: ignore[arg-type] # the fault under test
    assert refusal.value.code == "number-type"


@pytest.mark.req("SIT-3")
@pytest.mark.parametrize(
    "words", [{}, {"one": "a"}, {"one": "a", "other": ""}, {"one": "a", "other": "b", "three": "c"}]
)
def test_an_own_term_needs_its_words(words: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        Term(slug="own", words=words)
    assert [problem.code for problem in refusal.value.problems] == ["term-words"]


@pytest.mark.req("SIT-3")
def test_an_own_term_is_the_same_in_every_language() -> None:
    settings = Settings(
        language="pl",
        term="own",
        own_term=Term(slug="own", language="pl", words={"one": "koń", "few": "konie", "other": "koni"}),
    )
    assert [settings.term_in("fr").of(count) for count in (1, 2, 5)] == ["koń", "konie", "koni"]
    assert settings.term_in("fr").plural == "konie"
    assert from_plain(to_plain(settings), Settings) == settings
