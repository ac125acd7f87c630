"""What the portal shows, opens and locks, as pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Affiliation
from contactcore.model import MODULES, PermissionSet, PortalModule
from contactcore.rules.portal import FREE_ATTEMPTS, LONGEST_LOCK, decide_module, lock_duration, menu

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
