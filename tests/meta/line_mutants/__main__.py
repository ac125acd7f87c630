"""Judges the tests by one-line mutants: `PYTHONPATH=src:tests python -m meta.line_mutants src/contactcore/rules`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

TESTS = ("rules", "model", "mapping", "delivery", "model_based", "workspace")
NOT_SLOW = "not processes and not forks and not test_memory and not thousand"


def main() -> int:
    """Print the score and the mutants that no test catches."""
    parser = argparse.ArgumentParser(prog="python -m meta.line_mutants", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="source files or folders")
    parser.add_argument("--seed", type=int, default=0, help="the order of the mutants")
    parser.add_argument("--seconds", type=float, default=3_600, help="the time for all mutants")
    parser.add_argument("--most", type=float, default=10, help="the time in seconds of the tests of one mutant")
    parser.add_argument("--outside", action="store_true", help="also changes outside of functions, which are slow")
    parser.add_argument("--jobs", type=int, default=2, help="the number of processes")
    parser.add_argument("--lines", default="", help="a regular expression: only such lines are changed")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="folders below tests")
    chosen = parser.parse_args()
    os.environ.setdefault("CONTACTCORE_STORAGES", "memory")
    os.environ["CONTACTCORE_PROFILE"] = "mutants"

    from meta.line_mutants.equivalent import reason_of
    from meta.line_mutants.judging import Judge, selected

    mutants = [one for one in selected(chosen.paths, chosen.seed, chosen.lines) if not reason_of(one)]
    mutants = [one for one in mutants if one.function or chosen.outside]
    judge = Judge(
        mutants, seconds=chosen.seconds, most=chosen.most, jobs=chosen.jobs, progress=os.dup(sys.stderr.fileno())
    )
    folder = Path(__file__).resolve().parents[2]
    pytest.main(
        ["-q", "-p", "no:cacheprovider", "-k", NOT_SLOW, *(str(folder / name) for name in chosen.tests)],
        plugins=[judge],
    )
    found = judge.verdicts
    effective = len(found.caught) + len(found.survived) + len(found.not_reached)
    lines = []
    for title, some in (("Survived", found.survived), ("Not reached", found.not_reached)):
        lines.append(f"{title}: {len(some)}")
        lines += [f"  {mutant}" for mutant in sorted(some, key=lambda one: (one.path, one.line))]
    lines.append(f"Not judged: {len(found.not_judged)}")
    lines.append(f"Caught: {len(found.caught)} of {effective} ({len(found.caught) / max(effective, 1):.1%})")
    sys.stdout.write("\n".join(lines) + "\n")
    # A run that judges nothing must not look like a good one.
    return 0 if effective or not mutants else 1


if __name__ == "__main__":
    sys.exit(main())
