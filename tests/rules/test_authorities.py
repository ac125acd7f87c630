"""Who may act for a contact, as a pure rule of its people and a day (PER-5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.model import Affiliation, Authority
from contactcore.rules.authorities import may, representatives

pytestmark = pytest.mark.req("PER-5")

DAY = date(2026, 3, 1)
SOLE = Authority(slug="represent")
JOINT = Authority(slug="represent", joint=True)
YEAR_2020 = Authority(slug="represent", start="2020-01-01", end="2020-12-31")


def affiliation(name: str, *authorities: Authority, **details: object) -> Affiliation:
    return Affiliation(id=name, person_id=name, authorities=authorities, **details)


@pytest.mark.parametrize(
    ("own", "on", "reason"),
    [
        (affiliation("jane", SOLE), DAY, "sole"),
        (affiliation("jane", JOINT), DAY, "joint-only"),
        (affiliation("jane"), DAY, "no-grant"),
        (affiliation("jane", Authority(slug="collect-mail")), DAY, "no-grant"),
        (affiliation("jane", SOLE, end="2026-02-28"), DAY, "not-current"),
        (affiliation("jane", SOLE, start="2026-03-02"), DAY, "not-current"),
        (affiliation("jane", SOLE, active=False), DAY, "not-current"),
        (affiliation("jane", YEAR_2020), date(2019, 12, 31), "not-yet"),
        (affiliation("jane", YEAR_2020), date(2020, 1, 1), "sole"),
        (affiliation("jane", YEAR_2020), date(2020, 12, 31), "sole"),
        (affiliation("jane", YEAR_2020), date(2021, 1, 1), "expired"),
        (affiliation("jane", JOINT, SOLE), DAY, "sole"),
        (affiliation("karl", SOLE), DAY, "not-affiliated"),
    ],
)
def test_an_answer_gives_its_reason(own: Affiliation, on: date, reason: str) -> None:
    answer = may("jane", "represent", [own], on)
    assert (answer.allowed, answer.reason) == (reason == "sole", reason)


@pytest.mark.parametrize(
    ("other", "allowed"),
    [
        (affiliation("karl", JOINT), True),
        (affiliation("karl", SOLE), True),
        (affiliation("karl"), False),
        (affiliation("karl", YEAR_2020), False),
        (affiliation("karl", JOINT, active=False), False),
    ],
)
def test_a_joint_authority_needs_another_current_holder_who_acts_too(other: Affiliation, allowed: bool) -> None:
    people = [affiliation("jane", JOINT), other]
    answer = may("jane", "represent", people, DAY, together_with=["karl"])
    assert (answer.allowed, answer.reason) == (allowed, "joint" if allowed else "joint-only")
    assert answer.with_others == (("karl",) if allowed else ())
    assert not may("jane", "represent", people, DAY, together_with=["lea"])
    assert not may("jane", "represent", people, DAY, together_with=["jane"])


def test_sole_representatives_come_first_and_past_ones_not_at_all() -> None:
    people = [
        affiliation("joint", JOINT),
        affiliation("past", YEAR_2020),
        affiliation("sole", SOLE),
        affiliation("gone", SOLE, active=False),
    ]
    assert [one.person_id for one, _ in representatives(people, DAY)] == ["sole", "joint"]


def test_an_answer_gives_the_authority_and_the_affiliation_that_decide() -> None:
    past, today = affiliation("jane", SOLE, end="2026-02-28"), affiliation("jane")
    assert may("jane", "represent", [past], DAY).affiliation == past
    assert may("jane", "represent", [past, today], DAY).affiliation == today
    sole = affiliation("jane", SOLE)
    decided = may("jane", "represent", [today, sole], DAY)
    assert (decided.authority, decided.affiliation) == (SOLE, sole)
    joint = affiliation("jane", JOINT)
    decided = may("jane", "represent", [today, joint, affiliation("zoe", SOLE), affiliation("karl", JOINT)], DAY)
    assert (decided.authority, decided.affiliation, decided.with_others) == (JOINT, joint, ("karl", "zoe"))
    expired = may("jane", "represent", [today, affiliation("jane", YEAR_2020)], DAY)
    assert (expired.authority, expired.affiliation) == (YEAR_2020, affiliation("jane", YEAR_2020))


def _spans() -> st.SearchStrategy[Authority]:
    days = st.none() | st.integers(-9, 9).map(lambda number: DAY + timedelta(number))

    def span(first: Any, last: Any, joint: bool) -> Authority:
        start, end = (last, first) if first and last and last < first else (first, last)
        return Authority(slug="represent", start=start, end=end, joint=joint)

    return st.builds(span, days, days, st.booleans())


def _distance(one: Authority) -> int:
    """The days from the day of the question to an authority that is not in force on it."""
    return (DAY - one.end).days if one.end and one.end < DAY else (one.start - DAY).days if one.start else 0


@given(grants=st.lists(_spans(), min_size=1, max_size=4))
def test_an_authority_is_in_force_from_its_first_to_its_last_day_and_else_the_nearest_decides(grants: Any) -> None:
    answer = may("jane", "represent", [affiliation("jane", *grants)], DAY)
    in_force = [one for one in grants if (one.start or DAY) <= DAY <= (one.end or DAY)]
    assert answer.authority in grants
    assert answer.allowed == any(not one.joint for one in in_force)
    if in_force:
        assert answer.reason == ("sole" if answer.allowed else "joint-only")
        assert answer.authority in in_force
        assert answer.authority.joint is not answer.allowed
    else:
        assert _distance(answer.authority) == min(map(_distance, grants))
        assert answer.reason == ("expired" if answer.authority.end and answer.authority.end < DAY else "not-yet")


@pytest.mark.parametrize("gone", [{"end": "2026-02-28"}, {"start": "2026-03-02"}, {"active": False}])
def test_nobody_acts_jointly_with_somebody_who_does_not_act_for_the_contact(gone: Any) -> None:
    people = [affiliation("jane", JOINT), affiliation("karl", JOINT, **gone), affiliation("zoe", JOINT)]
    alone = may("jane", "represent", people, DAY, together_with=["karl"])
    assert (alone.allowed, alone.reason, alone.with_others) == (False, "joint-only", ("zoe",))
    assert may("jane", "represent", people, DAY, together_with=["karl", "zoe"]).reason == "joint"


def test_on_the_last_day_of_an_affiliation_its_authorities_are_still_in_force() -> None:
    people = [affiliation("jane", JOINT, end="2026-03-01"), affiliation("karl", JOINT, start="2026-03-01")]
    assert may("jane", "represent", people, DAY, together_with=["karl"]).reason == "joint"
    assert [one.person_id for one, _ in representatives(people, DAY)] == ["jane", "karl"]
    assert not may("jane", "represent", people, DAY + timedelta(1), together_with=["karl"])


def test_another_authority_neither_joins_nor_represents() -> None:
    other = affiliation("karl", Authority(slug="collect-mail"))
    people = [affiliation("jane", JOINT), other]
    assert may("jane", "represent", people, DAY, together_with=["karl"]).reason == "joint-only"
    assert representatives([other], DAY) == ()


def test_representatives_come_by_the_primary_person_then_by_seniority_and_each_once() -> None:
    people = [
        affiliation("young", SOLE, since="2026-02-01"),
        affiliation("old", SOLE, JOINT, since="2026-01-01"),
        affiliation("first", SOLE, since="2026-03-01", primary=True),
        affiliation("joint", JOINT, since="2020-01-01"),
    ]
    found = representatives(people, DAY)
    assert [(one.person_id, grant) for one, grant in found] == [
        ("first", SOLE), ("old", SOLE), ("young", SOLE), ("joint", JOINT),
    ]  # fmt: skip


def test_of_authorities_that_are_not_yet_in_force_the_next_one_decides_however_long_it_lasts() -> None:
    next_one = Authority(slug="represent", start="2026-03-02")
    later = Authority(slug="represent", start="2026-03-05", end="2026-03-20")
    for grants in ((later, next_one), (next_one, later)):
        answer = may("jane", "represent", [affiliation("jane", *grants)], DAY)
        assert (answer.reason, answer.authority) == ("not-yet", next_one)
