"""The specification is tested by storages that are broken on purpose."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contactcore.testing import LAWS, fixtures, with_kinds
from contactcore_memory import MemoryStorage

_FOLDER = str(Path(__file__).parent / "mutants")


def _saboteurs() -> Iterator[Any]:
    sys.path.insert(0, _FOLDER)
    try:
        base = importlib.import_module("sabotage").Mutant
        for path in sorted(Path(_FOLDER).glob("*.py")):
            module = importlib.import_module(path.stem)
            yield from (
                it for it in vars(module).values() if isinstance(it, type) and issubclass(it, base) and it is not base
            )
    finally:
        sys.path.remove(_FOLDER)


SABOTEURS = list(_saboteurs())


def _caught_by(mutant: type[MemoryStorage]) -> set[str]:
    caught = set()
    for law in LAWS:
        try:
            law(with_kinds(mutant))
        except Exception:  # noqa: BLE001 - a broken storage may fail in any way
            caught.add(law.__name__)
    return caught


@pytest.mark.parametrize("mutant", SABOTEURS, ids=lambda mutant: mutant.__name__)
def test_a_saboteur_is_caught_by_the_laws_it_names_and_by_no_other(
    mutant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixtures, "MOMENT", 0.2 if mutant.races else 0.002)
    # Some of those who do not wait make others wait for ever; how long the laws look on does not matter here.
    monkeypatch.setattr(fixtures, "_PATIENCE", 5.0)
    # None of them gets lost only beyond what a database takes.
    monkeypatch.setattr(fixtures, "MANY", 2_000)
    assert mutant.breaks
    assert _caught_by(mutant) == set(mutant.breaks)


@pytest.mark.parametrize("law", [law.__name__ for law in LAWS])
def test_every_law_catches_a_saboteur(law: str) -> None:
    assert any(law in mutant.breaks for mutant in SABOTEURS)
