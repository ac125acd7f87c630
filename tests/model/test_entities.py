from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Invalid, PartialDate, Person
from contactcore.model import User

ODD = (
    None,
    1,
    0,
    1.5,
    b"x",
    "a\0",
    "\ud800",
    "x" * 1_000_001,
    [None],
    [1],
    ["a\0"],
    {"a": 1},
    object(),
    {1: 2},
    datetime(2026, 1, 1, 12),  # noqa: DTZ001 - a day has no zone
)
FREE = {
    "id",
    "version",
    "listed",
    "active",
    "primary",
    "primary_sequence",
    "revision",
    "primary_when_read",
    "person",
    "since",
}
FREE |= {"contact_id", "person_id", "notifications", "permissions"}


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize(
    ("kind", "needed"), [(Person, {"given_name": "a"}), (Company, {"name": "a"}), (Affiliation, {})]
)
def test_whatever_is_given_is_taken_or_refused_by_the_name_of_its_field(kind: Any, needed: Any) -> None:
    for field in attrs.fields(kind):
        if field.name in FREE:
            continue
        for value in ODD:
            try:
                made = kind(**{**needed, field.name: value})
            except Invalid as refused:
                assert refused.path.split("[")[0] in {field.name, ""}  # noqa: PT017 - either is right
            else:
                assert "\0" not in repr(getattr(made, field.name))


@pytest.mark.req("ACC-1")
def test_names_of_users_and_slugs_are_judged_in_lists_too() -> None:
    made = Company("a", responsibles=["  amelie "], categories=[" key "])
    assert (made.responsibles, made.categories) == (("amelie",), ("key",))
    assert Company("a", categories=["", " ", "key"]).categories == ("key",)
    for wrong in ("", " ", "a\0", "x" * 101):
        with pytest.raises(Invalid) as refused:
            Company("a", responsibles=[wrong])
        assert refused.value.path == "responsibles[0]"
        with pytest.raises(Invalid):
            User(wrong)


@pytest.mark.req("DIR-1")
def test_a_contact_needs_some_name_or_else_a_way_to_reach_it() -> None:
    for nameless in (Person, Company):
        with pytest.raises(Invalid) as refused:
            nameless(description="x")
        assert refused.value.code == "nameless"
    assert Person(emails=["a@b.fr"]).display_name == "a@b.fr"
    assert Company(phones=["+33144556677"]).display_name == "+33144556677"


@pytest.mark.req("DIR-5")
def test_a_company_may_be_a_division() -> None:
    assert Company("Bois", division="North").display_name == "Bois, North"
    assert Company(division="North").display_name == "North"


def test_a_moment_counts_as_its_day() -> None:
    made = Affiliation(start=datetime(2026, 1, 1, 12), end=date(2026, 1, 31))  # noqa: DTZ001 - a day has no zone
    assert made.start == date(2026, 1, 1)
    assert made.is_current(date(2026, 1, 31))
    assert not made.is_current(date(2026, 2, 1))


@pytest.mark.parametrize("full", ["J. R. Doe", "Doe, J.R.", "J R Doe"])
def test_a_full_name_may_write_the_same_initials_otherwise(full: str) -> None:
    assert Person("J.R.", "Doe", full_name=full).display_name == full


@pytest.mark.req("DIR-17")
def test_every_date_is_taken_in_the_same_forms() -> None:
    whole = PartialDate(2001, 5, 20)
    for given in (date(2001, 5, 20), datetime(2001, 5, 20, 23, tzinfo=UTC), "2001-05-20", whole):
        assert Person("Jane", birthday=given).birthday == whole
        assert Affiliation(start=given).start == date(2001, 5, 20)
    with pytest.raises(Invalid) as refused:
        Affiliation(start=PartialDate(month=5, day=20))
    assert (refused.value.path, refused.value.code) == ("start", "date-incomplete")
