"""Who may act for a contact, as a pure rule of its people and a day (PER-5)."""

from __future__ import annotations

from datetime import date

import pytest

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
