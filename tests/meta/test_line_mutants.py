"""The one-line mutants: how they are made, what catches them, and the score of all rules each night."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from meta.line_mutants.equivalent import EQUIVALENT, reason_of
from meta.line_mutants.judging import selected
from meta.line_mutants.mutating import mutants_of
from support.seeds import NIGHTLY

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "src" / "contactcore" / "rules"
WORKSPACE = ROOT / "src" / "contactcore" / "workspace"

SOURCE = '''
"""A module."""
__all__ = ["first"]
LIMIT = 5


def first(values: list[int], *, most: int = LIMIT) -> int:
    """The first."""
    found = [one for one in values if one <= most and not one < 0]
    if not found:
        raise ValueError("there is none")
    found.sort()
    return found[0]
'''


def judged(*arguments: str) -> tuple[int, int, str]:
    """The numbers of caught and of judged mutants, and the whole answer."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"}
    done = subprocess.run(
        [sys.executable, "-m", "meta.line_mutants", *arguments],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"Caught: (\d+) of (\d+)", done.stdout)
    assert found is not None, done.stdout
    return int(found[1]), int(found[2]), done.stdout


def test_each_mutant_changes_one_line_and_no_text_for_people(tmp_path: Path) -> None:
    file = tmp_path / "first.py"
    file.write_text(SOURCE)
    found = [f"{one.line} {one.function} {one.kind}: {one.before} -> {one.after}" for one in mutants_of(file)]
    assert "4  constant: 5 -> 6" in found
    assert "9 first comparison: LtE in one <= most -> Lt in one <= most" in found
    assert "9 first operand removed: one <= most and (not one < 0) -> one <= most" in found
    assert "9 first sign removed: not one < 0 -> one < 0" in found
    assert "10 first condition: not found -> False" in found
    assert "12 first statement dropped: found.sort() -> pass" in found
    assert "13 first returned value: return found[0] -> return None" in found
    assert not [one for one in found if "none" in one or one.startswith("3 ")]
    for one in mutants_of(file):
        one.compiled()
    assert file.read_text() == SOURCE


def test_a_seed_always_gives_the_same_order() -> None:
    names = [[str(one) for one in selected([RULES / "purposes.py"], seed)] for seed in (1, 1, 2)]
    assert names[0] == names[1] != names[2]
    assert sorted(names[0]) == sorted(names[2])
    only = selected([RULES], 1, lines="audience_within")
    assert 0 < len(only) < len(selected([RULES], 1))


def test_the_tests_of_a_rule_catch_its_mutants_and_other_tests_do_not() -> None:
    path = str(RULES / "purposes.py")
    caught, number, answer = judged(path, "--tests", "rules/test_purposes.py")
    assert number > 20
    assert caught == number, answer
    assert judged(path, "--tests", "rules/test_limits.py")[:2] == (0, number)


def test_each_mutant_without_an_effect_is_one_that_is_made() -> None:
    every = selected([RULES, WORKSPACE], 0)
    made = {(one.path.stem, one.function, one.before, one.after) for one in every if reason_of(one)}
    assert made >= set(EQUIVALENT)


@pytest.mark.skipif(not NIGHTLY, reason="takes an hour")
def test_nine_of_ten_mutants_of_the_rules_are_caught() -> None:
    caught, number, answer = judged(str(RULES), "--seconds", "7200")
    assert caught >= 0.9 * number, answer
