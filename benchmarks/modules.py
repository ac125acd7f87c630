"""The time and the memory that importing each stack adds to a bare interpreter, measured in new processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["BARE", "measure", "table"]

_ROOT = Path(__file__).parents[1]
BARE = "bare interpreter"
_STACKS = {
    BARE: "pass",
    "sqlite3": "import sqlite3",
    "contactcore": "import contactcore",
    "contactcore + contactcore_sqlite": "import contactcore, contactcore_sqlite",
    "SQLAlchemy + pydantic": "import sqlalchemy.orm, pydantic",
    "SQLAlchemy + pydantic, models": "import benchmarks.drivers.sqlalchemy_models",
    "Django": "import django.db.models",
    "Django, models": "import benchmarks.drivers.django_orm",
}
_CHILD = """
import time; begin = time.perf_counter()
{code}
took = time.perf_counter() - begin
from benchmarks.memory import peak; print(took, peak())
"""


def measure(rounds: int = 7, stacks: Mapping[str, str] = _STACKS) -> dict[str, Any]:
    """Measure the seconds and MB that each import adds, as the minimum of the rounds.

    Stacks that cannot be imported are left out.
    """
    times: dict[str, list[float]] = {name: [] for name in stacks}
    sizes: dict[str, list[float]] = {name: [] for name in stacks}
    for _ in range(rounds):
        for name, code in stacks.items():
            command = [sys.executable, "-c", _CHILD.format(code=code)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
            if done.returncode == 0:
                took, most = done.stdout.split()
                times[name].append(float(took))
                sizes[name].append(float(most))
    bare = min(sizes[BARE])
    return {
        name: {"seconds": min(taken), "megabytes": min(sizes[name]) - bare} for name, taken in times.items() if taken
    }


def table(result: dict[str, Any]) -> str:
    """Format the result, one line per stack."""
    lines = [f"{name:32} {line['seconds'] * 1e3:7.1f} ms {line['megabytes']:6.1f} MB" for name, line in result.items()]
    return "\n".join(["added to a bare interpreter by importing", *lines])


if __name__ == "__main__":
    print(json.dumps(measure()))
