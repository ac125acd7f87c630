"""What the portal shows, opens and locks, as pure rules."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Affiliation, Person
from contactcore.model import MODULES, PermissionSet, PortalLogin, PortalModule
from contactcore.rules.portal import (
    FREE_ATTEMPTS,
    LONGEST_LOCK,
    decide_module,
    followed_address,
    lock_duration,
    menu,
    usable_affiliations,
)

_SLUGS = st.sampled_from([*MODULES, "deliveries", "unheard-of", "Invoices", ""])
_PERMISSIONS = st.none() | st.lists(_SLUGS, max_size=8)


@pytest.mark.req("POR-6")
@given(
    own=st.lists(_PERMISSIONS, max_size=3),
    default=st.lists(_SLUGS, max_size=8),
    archived=st.sets(_SLUGS),
    asked=_SLUGS,
)
def test_a_module_is_hidden_if_and_only_if_it_is_refused(
    own: list[list[str] | None], default: list[str], archived: set[str], asked: str
) -> None:
    modules = [
        PortalModule(slug=slug, name=slug.title(), archived=slug in archived) for slug in (*MODULES, "deliveries")
    ]
    through = [Affiliation(permissions=permissions) for permissions in own]
    shown = menu(modules, through, PermissionSet(default))
    answer = decide_module(asked, shown, modules, is_open=bool(through))
    assert bool(answer) == (asked in {module.slug for module in shown})
    granted = {slug for permissions in own for slug in (default if permissions is None else permissions)}
    assert {module.slug for module in shown} == granted & {module.slug for module in modules} - archived
    assert [module for module in modules if module in shown] == list(shown)


@given(st.integers(0, 1_000_000))
def test_locks_only_grow_and_end_within_the_longest(failures: int) -> None:
    assert lock_duration(failures) <= lock_duration(failures + 1) <= LONGEST_LOCK
    assert bool(lock_duration(failures)) == (failures >= FREE_ATTEMPTS)


@pytest.mark.req("POR-3")
@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (15, 60), (10**6, 60)]
)
def test_a_lock_doubles_with_each_wrong_password_up_to_an_hour(failures: int, minutes: int) -> None:
    assert lock_duration(failures) == timedelta(minutes=minutes)


DAY = date(2026, 3, 1)


@pytest.mark.req("POR-1")
def test_a_login_acts_through_current_affiliations_that_are_opened_to_it() -> None:
    last, past = Affiliation(id="1", end=DAY), Affiliation(id="2", end=DAY - timedelta(1))
    first, future = Affiliation(id="3", start=DAY), Affiliation(id="4", start=DAY + timedelta(1))
    inactive, withheld = Affiliation(id="5", active=False), Affiliation(id="6")
    everybody = [last, past, first, future, inactive, withheld]
    assert usable_affiliations(everybody, {"1", "2", "3", "4", "5"}, DAY) == (last, first)
    assert usable_affiliations(everybody, (), DAY) == ()


@pytest.mark.req("POR-6")
@pytest.mark.parametrize(
    ("module", "is_open", "reason"),
    [
        ("invoices", True, "permitted"),
        ("support", True, "no-permission"),
        ("archived", True, "module-unknown"),
        ("nonsense", True, "module-unknown"),
        ("support", False, "not-open"),
        ("nonsense", False, "not-open"),
    ],
)
def test_a_module_is_refused_with_its_reason(module: str, is_open: bool, reason: str) -> None:
    invoices = PortalModule(slug="invoices", name="Invoices")
    modules = [
        invoices,
        PortalModule(slug="support", name="Support"),
        PortalModule(slug="archived", name="Archived", archived=True),
    ]
    answer = decide_module(module, [invoices], modules, is_open=is_open)
    assert (answer.reason, answer.allowed) == (reason, reason == "permitted")


PERSON = Person("Jane", emails=["own@bois.fr", "second@bois.fr"])
WORK = Affiliation(id="a", email="work@bois.fr")


@pytest.mark.req("POR-9")
@pytest.mark.parametrize(
    ("has_password", "follows", "affiliation", "lost", "expected"),
    [
        (False, "a", WORK, (), "work@bois.fr"),
        (False, "a", Affiliation(id="a"), (), "own@bois.fr"),
        (False, "p", None, (), "own@bois.fr"),
        (False, "", None, (), "login@bois.fr"),
        (False, "", None, ("other@bois.fr",), "login@bois.fr"),
        (False, "", None, ("login@bois.fr",), "own@bois.fr"),
        (True, "a", WORK, ("login@bois.fr",), "login@bois.fr"),
    ],
)
def test_a_login_without_a_password_has_the_address_that_it_follows(
    has_password: bool, follows: str, affiliation: Affiliation | None, lost: tuple[str, ...], expected: str
) -> None:
    login = PortalLogin(id="l", email="login@bois.fr", person_id="p", has_password=has_password)
    found = followed_address(login, follows, PERSON, affiliation, lost)
    assert found is not None
    assert found.key == expected
    assert followed_address(attrs.evolve(login, has_password=False), "p", Person("Jane"), None) is None
