"""The lists that admins edit, as values: what each act does to a list, and what it refuses."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import attrs
import pytest

from contactcore import Invalid
from contactcore.model import AdminList, Category, ContactType, ListEntry, Settings, Topic

COLOURS = AdminList(Category).add("Red").add("Dark blue").add("Blue")


def test_an_act_returns_a_new_list_and_leaves_the_old_one() -> None:
    changed = COLOURS.rename("red", "Crimson").archive("blue").remove("dark-blue")
    assert COLOURS.slugs == ("red", "dark-blue", "blue") == tuple(entry.slug for entry in COLOURS.offered)
    assert [(entry.slug, entry.name) for entry in changed.offered] == [("red", "Crimson")]
    assert (changed.slugs, len(changed)) == (("red", "blue"), 3)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        changed.entries = ()  # type: ignore[misc] # the fault under test


@pytest.mark.req("DIR-7")
def test_an_archived_entry_counts_as_itself_and_can_be_offered_again() -> None:
    archived = COLOURS.archive("red")
    assert ("red" in archived, archived.resolve("red")) == (True, "red")
    assert archived.archive("red", archived=False) == COLOURS


@pytest.mark.req("DIR-7")
def test_a_removed_entry_counts_as_its_last_replacement() -> None:
    changed = COLOURS.remove("red", "dark-blue").remove("dark-blue", "blue")
    assert [changed.resolve(slug) for slug in ("red", "dark-blue", "blue", "green", "")] == ["blue"] * 3 + ["", ""]
    assert changed.slugs_counting_as("red") == {"red", "dark-blue", "blue"}
    assert ("red" in changed, changed.get("red"), changed.slugs) == (False, None, ("blue",))
    gone = changed.remove("blue")
    assert (gone.resolve("red"), gone.slugs_counting_as("red")) == ("", frozenset())


def test_replacements_in_a_circle_count_as_none() -> None:
    circle = [ListEntry(slug=slug, name=slug, removed=True, replaced_by=other) for slug, other in ("ab", "ba")]
    assert AdminList(ListEntry, circle).resolve("a") == ""


def test_a_slug_is_never_given_again_but_the_name_of_a_removed_entry_is() -> None:
    again = COLOURS.remove("red").add("RED")
    assert again.slugs == ("dark-blue", "blue", "red-2")


@pytest.mark.req("DIR-7")
def test_reordering_puts_the_named_entries_first_and_leaves_the_others_in_their_order() -> None:
    assert COLOURS.reorder(["blue"]).slugs == ("blue", "red", "dark-blue")
    assert COLOURS.reorder([]) == COLOURS


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize(
    ("code", "path", "act"),
    [
        ("entry-exists", "name", lambda: COLOURS.add(" RED ")),
        ("entry-exists", "name", lambda: COLOURS.rename("blue", "dark BLUE")),
        ("entry-exists", "slug", lambda: COLOURS.add("Green", "red")),
        ("entry-exists", "slug", lambda: COLOURS.remove("red").with_entry(Category(slug="red", name="R"))),
        ("entry-nameless", "name", lambda: COLOURS.add("  ")),
        ("entry-nameless", "name", lambda: COLOURS.rename("red", "")),
        ("text-nul", "name", lambda: COLOURS.add("a\0")),
        ("slug-syntax", "slug", lambda: COLOURS.add("Green", "Green!")),
        ("slug-syntax", "slug", lambda: COLOURS.add("Green", "g" * 61)),
        ("entry-unknown", "slug", lambda: COLOURS.rename("green", "G")),
        ("entry-unknown", "slug", lambda: COLOURS.remove("red").rename("red", "R")),
        ("entry-unknown", "slug", lambda: COLOURS.archive("green")),
        ("entry-unknown", "slug", lambda: COLOURS.remove("green")),
        ("entry-unknown", "replacement", lambda: COLOURS.remove("red", "red")),
        ("entry-unknown", "replacement", lambda: COLOURS.remove("red", "green")),
        ("entry-unknown", "replacement", lambda: COLOURS.remove("red").remove("blue", "red")),
        ("entry-unknown", "slugs[1]", lambda: COLOURS.reorder(["blue", "green"])),
    ],
)
def test_an_act_on_the_wrong_entry_is_refused(code: str, path: str, act: Callable[[], object]) -> None:
    with pytest.raises(Invalid) as refused:
        act()
    assert (refused.value.code, refused.value.path) == (code, path)


def test_renaming_an_entry_to_its_own_name_in_other_letters_is_no_clash() -> None:
    assert [entry.name for entry in COLOURS.rename("red", "RED")] == ["RED", "Dark blue", "Blue"]


def test_settings_take_plain_entries_and_refuse_entries_of_another_list() -> None:
    settings = Settings(
        types=[ContactType(slug="a", name="A")], purposes=["billing"], topics=[Topic(slug="b", name="B", module="m")]
    )
    assert (settings.types.slugs, settings.purposes.slugs, settings.topic_modules) == (("a",), ("billing",), {"b": "m"})
    assert pickle.loads(pickle.dumps(settings)) == settings
    with pytest.raises(Invalid) as refused:
        Settings(types=COLOURS)  # type: ignore[arg-type] # the fault under test
    assert (refused.value.code, refused.value.path) == ("record-type", "types[0]")
