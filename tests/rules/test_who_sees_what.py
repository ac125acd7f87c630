from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.model import AccessPolicy, User
from contactcore.rules.access import (
    audience_within,
    contact_access,
    intersection,
    may_change,
    may_see,
    policy_of,
    read_terms,
    responsibles_of,
    trash_access,
)
from support.entity_strategies import policies, user_names, users

ACCESS = st.builds(contact_access, policies(), st.lists(user_names(), max_size=3, unique=True), listed=st.booleans())


@pytest.mark.req("ACC-2")
@given(users(), policies(), st.lists(user_names(), max_size=3, unique=True), st.booleans())
def test_who_sees_and_changes_what(user: Any, policy: Any, names: Any, listed: Any) -> None:
    access = contact_access(policy, names, listed=listed)
    mine = user.admin or user.name in names
    assert bool(may_see(user, access)) == (mine or policy is not AccessPolicy.PRIVATE)
    assert bool(may_change(user, access)) == (mine or policy is AccessPolicy.SHARED_WRITE)
    assert (policy_of(access), set(responsibles_of(access))) == (policy, set(names))
    assert len(read_terms(user) & access) <= 1, "what a user sees stands in one list of theirs"


@pytest.mark.req("ACC-3")
@given(users(), ACCESS, ACCESS)
def test_what_joins_two_records_is_seen_by_who_sees_both(user: Any, first: Any, second: Any) -> None:
    assert bool(may_see(user, intersection(first, second))) == bool(may_see(user, first) and may_see(user, second))
    assert bool(read_terms(user) & trash_access(first)) is False
    if audience_within(first, second) and may_see(user, first):
        assert may_see(user, second)


def test_an_answer_says_why() -> None:
    access = contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True)
    verdicts = [may_change(User(name), access) for name in ("amelie", "bob")]
    assert [verdict.reason for verdict in verdicts] == ["responsible", "read-only"]
    assert may_see(User("root", admin=True), access).reason == "admin"
