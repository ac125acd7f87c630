"""The specification is tested by storages that are broken on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator

import pytest
from hypothesis import settings

from contactcore.testing import LARGE_LAWS, LAWS, fixtures, with_kinds
from contactcore.testing.laws import large
from contactcore_memory import MemoryStorage
from meta.mutants import (
    distinct_owner,
    exactness,
    feeds,
    filters,
    found_records,
    keys,
    leaks,
    moments,
    moves,
    questions,
    second_times,
    sizes,
    transactions,
    upkeep,
    workspaces,
    writes,
)
from meta.mutants.caught import CAUGHT
from meta.mutants.mutant import Mutant

MUTANTS = [
    *questions.MUTANTS,
    *filters.MUTANTS,
    *distinct_owner.MUTANTS,
    *found_records.MUTANTS.named(CAUGHT),
    *writes.MUTANTS,
    *keys.MUTANTS,
    *moves.MUTANTS,
    *upkeep.MUTANTS,
    *transactions.MUTANTS,
    *moments.MUTANTS,
    *feeds.MUTANTS,
    *workspaces.MUTANTS,
    *exactness.MUTANTS,
    *sizes.MUTANTS.named(CAUGHT),
    *second_times.MUTANTS.named(CAUGHT),
    *leaks.MUTANTS.named(CAUGHT),
]
SIZES = {
    "MANY": 2_000,
    "LARGE": sizes.CAP + 30,
    "LISTED": sizes.CAP + 10,
    "CALLS": sizes.CAP + 20,
    "TEXTS": sizes.TEXTS + 10,
    "GROUPS": sizes.GROUPS + 2,
}
"""Sizes of the laws that are just above those at which the mutants fail."""
# Some mutants that do not wait make others wait for ever. How long the laws wait does not matter here.
PATIENCE = 5.0
ALL = frozenset(law.__name__ for law in (*LAWS, *LARGE_LAWS))
NIGHTLY = settings.get_current_profile_name() == "nightly"


def caught_by(mutant: Mutant, names: Container[str] = ALL) -> set[str]:
    """The laws that a mutant breaks.

    Args:
        mutant: The mutant.
        names: Names of the laws to try.
    """
    caught = set()
    for law in LAWS:
        if law.__name__ in names:
            try:
                law(with_kinds(mutant.storage))
            except Exception:  # noqa: BLE001 - a broken storage may fail in any way
                caught.add(law.__name__)
    for large_law in LARGE_LAWS:
        if large_law.__name__ in names:
            try:
                with with_kinds(mutant.storage)() as storage:
                    large.fill(storage)
                    large_law(storage)
            except Exception:  # noqa: BLE001 - see above
                caught.add(large_law.__name__)
    return caught


@pytest.fixture
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(fixtures, "MOMENT", 0.002)
    monkeypatch.setattr(fixtures, "_PATIENCE", PATIENCE)
    for name, size in SIZES.items():
        monkeypatch.setattr(fixtures, name, size)
    return monkeypatch


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught_by_the_laws_that_it_names_and_at_night_by_no_other(
    mutant: Mutant, small_sizes: pytest.MonkeyPatch
) -> None:
    if mutant.races:
        small_sizes.setattr(fixtures, "MOMENT", 0.2)
    assert mutant.breaks
    # All laws for all mutants take longer than the rest of the tests of storages.
    assert caught_by(mutant, ALL if NIGHTLY else mutant.breaks) == set(mutant.breaks)


def test_the_sizes_of_the_laws_are_above_every_limit_that_was_seen() -> None:
    assert fixtures.LISTED > 10_000
    assert fixtures.LARGE > 32_766
    assert fixtures.LARGE // 5 > 5_000
    assert fixtures.MANY > 65_535
    assert fixtures.TEXTS > 1_000
    assert fixtures.GROUPS > 64
    assert all(getattr(fixtures, name) > size for name, size in SIZES.items())


@pytest.mark.parametrize("law", [law.__name__ for law in (*LAWS, *LARGE_LAWS)])
def test_every_law_catches_a_mutant(law: str) -> None:
    assert any(law in mutant.breaks for mutant in MUTANTS)


def test_a_law_that_is_never_the_only_one_to_catch_a_mutant_says_why_it_is_kept() -> None:
    alone = {mutant.breaks[0] for mutant in MUTANTS if len(mutant.breaks) == 1}
    for law in (*LAWS, *LARGE_LAWS):
        clause, _, reason = (law.__doc__ or "").partition("\n\n")
        assert clause
        says_why = reason.strip().startswith("Kept ")
        assert says_why != (law.__name__ in alone), law.__name__


def test_the_honest_storage_breaks_no_law(small_sizes: pytest.MonkeyPatch) -> None:
    assert caught_by(Mutant("honest", (), MemoryStorage)) == set()


def test_no_mutant_is_listed_twice() -> None:
    names = Counter(mutant.name for mutant in MUTANTS)
    assert max(names.values()) == 1
