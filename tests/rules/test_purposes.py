"""Who is primary for a purpose among the people that an actor sees, as a pure rule (PER-3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.model import AccessPolicy, Affiliation
from contactcore.rules.access import audience_within, contact_access
from contactcore.rules.purposes import with_own_purposes

pytestmark = pytest.mark.req("PER-3")

TODAY = date(2026, 3, 1)
OPEN = contact_access(AccessPolicy.SHARED_READ, [], listed=False)
FOR_A = contact_access(AccessPolicy.PRIVATE, ["a"], listed=False)
FOR_B = contact_access(AccessPolicy.PRIVATE, ["b"], listed=False)
FOR_BOTH = contact_access(AccessPolicy.PRIVATE, ["a", "b"], listed=False)


def person(id: str, *purposes: str, **details: Any) -> Affiliation:
    return Affiliation(id=id, purposes=purposes, **{"since": f"2026-01-0{id}", **details})


def billing(*seen: tuple[Affiliation, frozenset[str]]) -> list[str]:
    return [one.id for one in with_own_purposes(seen, TODAY) if "billing" in one.purposes]


def test_the_smaller_audience_then_a_current_person_then_seniority_has_the_purpose() -> None:
    old, new = person("1", "billing"), person("2", "billing")
    assert billing((old, OPEN), (new, OPEN)) == ["1"]
    assert billing((new, OPEN), (old, OPEN)) == ["1"]
    assert billing((old, OPEN), (new, FOR_A)) == ["2"]
    assert billing((old, FOR_BOTH), (new, FOR_A)) == ["2"]
    assert billing((old, FOR_B), (new, FOR_A)) == ["1"]
    past = attrs.evolve(old, end=TODAY - timedelta(1))
    assert billing((past, OPEN), (new, OPEN)) == ["2"]
    assert billing((past, FOR_A), (new, OPEN)) == ["2"]
    assert billing((attrs.evolve(old, end=TODAY), FOR_A), (new, OPEN)) == ["1"]
    assert billing((past, OPEN), (attrs.evolve(new, active=False), OPEN)) == ["1"]


def _seen() -> st.SearchStrategy[Any]:
    one = st.builds(
        lambda id, purposes, active, access: (person(str(id), *purposes, active=active), access),
        st.integers(1, 9),
        st.lists(st.sampled_from(["billing", "technical", "legal"]), unique=True),
        st.booleans(),
        st.sampled_from([OPEN, FOR_A, FOR_B, FOR_BOTH]),
    )
    return st.lists(one, max_size=5, unique_by=lambda pair: pair[0].id)


@given(_seen())
def test_each_purpose_has_one_holder_and_nothing_else_changes(seen: Any) -> None:
    found = with_own_purposes(seen, TODAY)
    assert [attrs.evolve(one, purposes=()) for one in found] == [attrs.evolve(one, purposes=()) for one, _ in seen]
    for purpose in ("billing", "technical", "legal"):
        held = [one for one in found if purpose in one.purposes]
        wanted = [(one, access) for one, access in seen if purpose in one.purposes]
        assert len(held) == min(1, len(wanted))
        narrowest = [
            one
            for one, access in wanted
            if one.active
            and not any(
                other.active and audience_within(inner, access) and not audience_within(access, inner)
                for other, inner in wanted
            )
        ]
        if narrowest:
            assert held[0].id == min(narrowest, key=lambda one: one.seniority).id
    for one, (before, _) in zip(found, seen, strict=True):
        assert [purpose for purpose in before.purposes if purpose in one.purposes] == list(one.purposes)
