from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore.model import AccessPolicy, Company, PortalUser, User
from contactcore.rules.access import (
    access_of,
    audience_within,
    contact_access,
    import_access,
    intersection,
    may_change,
    may_see,
    policy_of,
    portal_access,
    read_terms,
    responsibles_of,
    trash_access,
    viewers,
)
from support.entity_strategies import policies, user_names, users

# Most names are of few users, so that the user who asks is often responsible for one record, or for both.
NAMES = st.sampled_from(["a", "b", "c"]) | user_names()
USERS = users() | st.builds(User, NAMES, admin=st.booleans()) | st.builds(User, NAMES)
ACCESS = st.builds(contact_access, policies(), st.lists(NAMES, max_size=3, unique=True), listed=st.booleans())


SHARED = contact_access(AccessPolicy.SHARED_READ, ["amelie"], listed=True)
FOR_BOB = contact_access(AccessPolicy.PRIVATE, ["b"], listed=True)


@pytest.mark.req("ACC-2")
@given(USERS, policies(), st.lists(NAMES, max_size=3, unique=True), st.booleans())
def test_who_sees_and_changes_what(user: Any, policy: Any, names: Any, listed: Any) -> None:
    access = contact_access(policy, names, listed=listed)
    mine = user.admin or user.name in names
    assert bool(may_see(user, access)) == (mine or policy is not AccessPolicy.PRIVATE)
    assert bool(may_change(user, access)) == (mine or policy is AccessPolicy.SHARED_WRITE)
    assert (policy_of(access), set(responsibles_of(access))) == (policy, set(names))
    assert len(read_terms(user) & access) <= 1, "what a user sees stands in one list of theirs"


@pytest.mark.req("ACC-3")
@given(USERS, ACCESS, ACCESS)
@example(User("b"), SHARED, FOR_BOB)
@example(User("b"), FOR_BOB, SHARED)
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


NOBODY = frozenset({"visible:!admin", "policy:private"})
WRITABLE = contact_access(AccessPolicy.SHARED_WRITE, ["amelie"], listed=False)
ADMIN = User("root", admin=True)
PORTAL = PortalUser("l", "7", 0)


@pytest.mark.req("ACC-2")
@pytest.mark.parametrize(
    ("actor", "access", "sees", "changes"),
    [
        (ADMIN, NOBODY, "admin", "admin"),
        (ADMIN, SHARED, "admin", "admin"),
        (User("amelie"), SHARED, "responsible", "responsible"),
        (User("amelie"), WRITABLE, "responsible", "responsible"),
        (User("bob"), WRITABLE, "shared-write", "shared-write"),
        (User("bob"), SHARED, "shared-read", "read-only"),
        (User("bob"), NOBODY, "hidden", "hidden"),
        (User("bob"), portal_access("7"), "hidden", "hidden"),
        (PORTAL, SHARED | portal_access("7"), "portal", "read-only"),
        (PORTAL, SHARED, "hidden", "hidden"),
        (PORTAL, SHARED | portal_access("8"), "hidden", "hidden"),
        (User("root"), NOBODY, "hidden", "hidden"),
        (User("!admin"), NOBODY, "hidden", "hidden"),
        (User("*"), NOBODY | {"visible:=bob"}, "hidden", "hidden"),
        (User("bob", read_only=True), WRITABLE, "shared-write", "user-reads-only"),
        (User("bob", read_only=True), SHARED, "shared-read", "read-only"),
        (User("bob", read_only=True), NOBODY, "hidden", "hidden"),
        (User("root", admin=True, read_only=True), NOBODY, "admin", "user-reads-only"),
    ],
)
def test_each_actor_has_one_reason_to_see_and_to_change(actor: Any, access: Any, sees: str, changes: str) -> None:
    seen, changed = may_see(actor, access), may_change(actor, access)
    assert (seen.reason, seen.allowed) == (sees, sees != "hidden")
    assert (changed.reason, changed.allowed) == (changes, changes not in {"hidden", "read-only", "user-reads-only"})


@pytest.mark.req("ACC-2")
@given(USERS, policies(), st.lists(NAMES, max_size=3, unique=True), st.booleans())
def test_the_directory_lists_what_a_user_sees_and_what_is_listed(
    user: Any, policy: Any, names: Any, listed: Any
) -> None:
    access = contact_access(policy, names, listed=listed)
    found = read_terms(user, listed=True) & access
    assert bool(found) == (listed and bool(may_see(user, access)))
    assert len(found) <= 1
    assert not {term.partition(":")[0] for term in read_terms(user, listed=True)} - {"listed"}


@pytest.mark.req("ACC-3")
@given(ACCESS, ACCESS)
def test_a_joined_record_keeps_no_term_but_its_viewers_and_its_import(first: Any, second: Any) -> None:
    both = intersection(first | import_access("1"), second)
    assert both == intersection(second, first | import_access("1"))
    assert both - import_access("1") == intersection(first, second)
    assert {term for term in both if not term.startswith("visible:")} == import_access("1")
    assert intersection(first | portal_access("7"), second | portal_access("7")) == intersection(first, second)


@pytest.mark.req("ACC-3")
def test_an_audience_is_within_another_only_if_it_has_no_further_user() -> None:
    for_bob = contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True)
    for_both = contact_access(AccessPolicy.PRIVATE, ["bob", "amelie"], listed=True)
    assert viewers(for_both) == {"=bob", "=amelie"}
    assert viewers(SHARED) == {"*"}
    assert viewers(NOBODY) == frozenset()
    order = [NOBODY, for_bob, for_both, SHARED]
    for at, inner in enumerate(order):
        assert [audience_within(inner, outer) for outer in order] == [place >= at for place in range(len(order))]


@pytest.mark.req("ACC-3")
@given(ACCESS)
def test_in_the_trash_a_record_has_its_viewers_and_nothing_else(access: Any) -> None:
    everything = access | portal_access("7") | import_access("1")
    assert trash_access(everything) == {f"trash:{viewer}" for viewer in (*viewers(access), "!admin")}


@pytest.mark.req("ACC-1")
def test_the_access_of_a_contact_is_its_own_policy_or_the_workspaces_and_keeps_portal_and_import() -> None:
    stored = SHARED | portal_access("7") | import_access("1")
    company = Company("Bois", responsibles=["bob"], listed=False)
    private = contact_access(AccessPolicy.PRIVATE, ["bob"], listed=False)
    assert access_of(company, AccessPolicy.PRIVATE) == private
    assert access_of(company, AccessPolicy.SHARED_WRITE) == contact_access(
        AccessPolicy.SHARED_WRITE, ["bob"], listed=False
    )
    kept = access_of(attrs.evolve(company, access="private", listed=True), AccessPolicy.SHARED_READ, stored)
    assert kept == contact_access(AccessPolicy.PRIVATE, ["bob"], listed=True) | {"portal:7", "import:1"}
    assert policy_of(frozenset({"visible:*"})) is AccessPolicy.PRIVATE
