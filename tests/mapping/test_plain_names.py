"""A name of a given and a family name alone is indexed the quick way, and as any other name."""

from __future__ import annotations

from contextlib import suppress
from unittest import mock

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from contactcore import Invalid, Person, Settings
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of, shown_name_in
from support.entity_strategies import NAMES
from support.seeds import examples

LANGUAGES = ("fr", "hu", "ja", "nl", "nl-BE", "sv", "tr", "vi", "zh")
PARTS = st.one_of(
    st.sampled_from(
        ["J.", "R. Doe", "-", "d'Or", "van der Berg", "O’Neil", "Ł", "Zoë", "İ", "ß", "李", "สม", "A\u0301"]
    ),
    st.sampled_from(NAMES) if isinstance(NAMES, list | tuple) else NAMES,
    st.text(min_size=1, max_size=6),
)


def indexed(person: Person, language: str) -> tuple[IndexedName, frozenset[str], str, str]:
    """All that is derived from a name; words count once."""
    name = indexed_name_of(person, IndexContext.of(Settings(language=language)))
    return name, frozenset(name.words), person.display_name_in(language), person.sort_name_in(language)


@pytest.mark.req("DIR-1")
@given(PARTS, PARTS, st.sampled_from(["joined", ""]), st.sampled_from(LANGUAGES))
@example("J.", "R. Doe", "joined", "fr")
@settings(max_examples=examples(200))
def test_a_full_name_that_joins_the_given_and_the_family_name_is_plain(
    given_name: str, family_name: str, full: str, language: str
) -> None:
    with suppress(Invalid):
        person = Person(given_name, family_name)
        joined = f"{person.given_name} {person.family_name}"
        person = Person(given_name, family_name, full_name=joined if full else "")
    assume("person" in locals() and person.given_name and person.family_name)
    quick = indexed(person, language)
    shown = shown_name_in(
        {"kind": "person", "given_name": person.given_name, "family_name": person.family_name}
        | ({"full_name": person.full_name} if full else {}),
        language,
    )
    assert shown in {None, person.display_name_in(language)}
    with mock.patch.object(Person, "plain_names", return_value=None):
        usual = indexed(person, language)
    assert quick[1:] == usual[1:]
    assert (quick[0].orders, quick[0].display_name, quick[0].sort_name) == (
        usual[0].orders,
        usual[0].display_name,
        usual[0].sort_name,
    )
    assert set(quick[0].name_prefixes) == set(usual[0].name_prefixes)


@pytest.mark.req("DIR-1")
@pytest.mark.parametrize(("full", "is_plain"), [("Jane Doe", True), ("Jane", False), ("Doe Jane", False)])
def test_another_full_name_is_not_plain(full: str, is_plain: bool) -> None:
    assert (Person("Jane", "Doe", full_name=full).plain_names("en") is not None) is is_plain
