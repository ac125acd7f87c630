"""Labels: each word that people meet has a name in six languages, and each path of a problem the name of its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import attrs
import pytest

import contactcore
from contactcore import MESSAGE_LANGUAGES, Invalid, NotFound, Problem, User, Workspace, label_of, message_of
from contactcore.formats.letters import LETTERS
from contactcore.formats.tabular import FIELDS
from contactcore.mapping.entities import ENTITIES
from contactcore.messages.labels import LabelGroup, labels
from contactcore.model.access import AccessPolicy
from contactcore.model.account_entry import ENTRY_TYPES
from contactcore.model.fields import FieldType
from contactcore.model.form import FORM_FIELDS
from contactcore.model.interaction import InteractionState
from contactcore.model.item import ItemStatus
from contactcore.model.portal import LOGIN_STATES
from contactcore.values.kind import PHONE_KINDS
from contactcore_memory import MemoryStorage

GROUPS = get_args(LabelGroup)
# Attributes that the library keeps for itself; no form asks for them, and no problem names them.
KEPT = {
    *("id", "version", "revision", "since", "unmapped", "active", "actor", "payload", "from_billing", "item_name"),
    *("primary_sequence", "primary_when_read", "purposes_when_read", "site_when_read", "person_when_read"),
    *("country_text", "slug", "archived"),
}
SHOWN = (
    *(contactcore.Person, contactcore.Company, contactcore.Affiliation, contactcore.Site, contactcore.Item),
    *(contactcore.ItemRole, contactcore.Interaction, contactcore.AccountEntry, contactcore.PaymentMethod),
    *(contactcore.Address, contactcore.SocialProfile, contactcore.Authority),
)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", MESSAGE_LANGUAGES)
def test_each_language_has_the_same_words_each_with_a_label(language: str) -> None:
    english, found = labels("en"), labels(language)
    assert {group: list(words) for group, words in found.items()} == {
        group: list(words) for group, words in english.items()
    }
    assert set(found) == set(GROUPS)
    for group, words in found.items():
        assert [word for word, label in words.items() if not label or label != label.strip()] == [], group


@pytest.mark.req("DIR-17")
def test_no_label_of_several_words_was_left_in_english() -> None:
    for group, words in labels("en").items():
        for word, label in words.items():
            others = {labels(language)[group][word] for language in MESSAGE_LANGUAGES} - {label}
            assert others or label in {"E-mail", "Status"}, (group, word)
            assert " " not in label or len(others) >= 4, (group, word)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("kind", SHOWN)
def test_each_attribute_of_a_record_has_a_label(kind: type[attrs.AttrsInstance]) -> None:
    names = {field.name for field in attrs.fields(kind)} - KEPT
    assert names - set(labels("en")["field"]) == set()


@pytest.mark.req("IMP-1")
@pytest.mark.req("IMP-6")
def test_each_field_of_a_file_and_of_a_form_has_a_label() -> None:
    of_forms = {name for names in FORM_FIELDS.values() for name in names}
    paths = {path for path in (*FIELDS, *of_forms) if path != "drop" and "[" not in path}
    parts = {part for path in paths for part in (path.rpartition(".")[2],)} - {"year", "month", "day"}
    assert parts - set(labels("en")["field"]) == set()


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("kind", PHONE_KINDS),
        ("entry", ENTRY_TYPES),
        ("field-type", [one.value for one in FieldType]),
        ("login", LOGIN_STATES),
        ("letter", LETTERS),
        ("state", get_args(InteractionState)),
        ("status", get_args(ItemStatus)),
        ("access", [one.value for one in AccessPolicy]),
        ("record", [one.kind.name for one in ENTITIES if one.kept_in_history or one.personal != "none"]),
        (
            "field",
            ["new_password", "new_email", "token", "merge", "successor", "candidate", "file", "encoding", "sheet"],
        ),
    ],
)
def test_each_word_of_a_list_has_a_label(group: LabelGroup, words: Any) -> None:
    assert set(words) - set(labels("en")[group]) == set()


@pytest.mark.req("DIR-17")
def test_the_path_of_a_problem_becomes_the_name_of_its_field() -> None:
    with Workspace(MemoryStorage(), "acme").read(User("amelie")) as session:
        half = {
            "kind": "person",
            "given_name": "Jo",
            "emails": ["jo@bois.fr", "jo@"],
            "addresses": [{"city": "x" * 5_000}],
        }
        paths = [problem.path for problem in session.contacts.check(half)]
    assert sorted(label_of(path, "fr-CA") for path in paths) == ["Adresse 1\xa0: Ville", "E-mail 2"]
    assert label_of("people[0].phones[1]", "de") == "Kontaktperson 1: Telefon 2"
    assert label_of("mapping[Cell]", "en") == "Column Cell"


@pytest.mark.req("DIR-17")
def test_a_word_without_a_label_is_shown_as_it_is() -> None:
    assert label_of("fields.size", "fr") == "size"
    assert label_of("my-kind", "fr", of="kind") == "my-kind"
    assert label_of("emails", "nl") == label_of("emails", "en-GB") == "E-mail"
    assert label_of("", "fr") == ""


@pytest.mark.parametrize("wrong", [5, None, b"emails", ["emails"]])
def test_an_argument_that_is_no_text_is_refused_by_its_name(wrong: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "word": lambda: label_of(wrong, "fr"),
        "language": lambda: label_of("emails", wrong),
        "of": lambda: label_of("emails", "fr", of=wrong),
        "code": lambda: message_of(wrong, "fr"),
        "language ": lambda: message_of("nameless", wrong),
        "language  ": lambda: NotFound("contact", "7").message_in(wrong),
        "language   ": lambda: Problem("nameless", "", "Give a name.").message_in(wrong),
    }
    for path, call in calls.items():
        with pytest.raises(Invalid) as refused:
            call()
        assert (refused.value.code, refused.value.path) == ("text-type", path.strip())


def test_facts_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        message_of("nameless", "fr", 5)  # type: ignore[arg-type] # refused when it runs
    assert (refused.value.code, refused.value.path) == ("not-a-mapping", "facts")
