"""The specification is tested by storages that are broken on purpose."""

from __future__ import annotations

import pytest

from contactcore.testing import LAWS, fixtures, with_kinds
from contactcore_memory import MemoryStorage
from meta.mutants import (
    distinct_owner,
    exactness,
    feeds,
    filters,
    keys,
    moments,
    moves,
    questions,
    transactions,
    upkeep,
    workspaces,
    writes,
)
from meta.mutants.mutant import Mutant

MUTANTS = [
    *questions.MUTANTS,
    *filters.MUTANTS,
    *distinct_owner.MUTANTS,
    *writes.MUTANTS,
    *keys.MUTANTS,
    *moves.MUTANTS,
    *upkeep.MUTANTS,
    *transactions.MUTANTS,
    *moments.MUTANTS,
    *feeds.MUTANTS,
    *workspaces.MUTANTS,
    *exactness.MUTANTS,
]


def caught_by(mutant: Mutant) -> set[str]:
    caught = set()
    for law in LAWS:
        try:
            law(with_kinds(mutant.storage))
        except Exception:  # noqa: BLE001 - a broken storage may fail in any way
            caught.add(law.__name__)
    return caught


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught_by_the_laws_that_it_names_and_by_no_other(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixtures, "MOMENT", 0.2 if mutant.races else 0.002)
    # Some mutants that do not wait make others wait for ever. How long the laws wait does not matter here.
    monkeypatch.setattr(fixtures, "_PATIENCE", 5.0)
    # No mutant needs more records than the limits of a database.
    monkeypatch.setattr(fixtures, "MANY", 2_000)
    assert mutant.breaks
    assert caught_by(mutant) == set(mutant.breaks)


@pytest.mark.parametrize("law", [law.__name__ for law in LAWS])
def test_every_law_catches_a_mutant(law: str) -> None:
    assert any(law in mutant.breaks for mutant in MUTANTS)


def test_the_honest_storage_breaks_no_law() -> None:
    assert caught_by(Mutant("honest", (), MemoryStorage)) == set()


def test_no_mutant_is_listed_twice() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)
