"""The processor time and the memory that each stack adds to a bare interpreter, measured in new processes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["BARE", "measure", "table"]

_ROOT = Path(__file__).parents[1]
BARE = "bare interpreter"
_OPENED = """
from contactcore import Company, User, Workspace
from contactcore_sqlite import SQLiteStorage
workspace = Workspace(SQLiteStorage(file), name="acme", country="FR", language="fr")
with workspace.read(User("amelie")):
    pass
"""
_ADDED = """
with workspace.write(User("amelie")) as session:
    session.contacts.get(session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"])).id)
"""
_STACKS = {
    BARE: "pass",
    "sqlite3": "import sqlite3",
    "contactcore": "import contactcore",
    "contactcore + contactcore_sqlite": "import contactcore, contactcore_sqlite",
    "contactcore, first session": _OPENED.replace("Company, ", ""),
    "contactcore, first contact": _OPENED + _ADDED,
    "SQLAlchemy + pydantic": "import sqlalchemy.orm, pydantic",
    "SQLAlchemy + pydantic, models": "import benchmarks.drivers.sqlalchemy_models",
    "Django": "import django.db.models",
    "Django, models": "import benchmarks.drivers.django_orm",
}
_CHILD = """
import sys, time; file = sys.argv[1]; begin = time.process_time()
{code}
took = time.process_time() - begin
from benchmarks.memory import peak; print(took, peak())
"""


def measure(rounds: int = 7, stacks: Mapping[str, str] = _STACKS) -> dict[str, Any]:
    """Measure the seconds and MB that each stack adds, as the minimum of the rounds.

    Stacks that cannot be imported are left out. The code of a stack may make the file `file`.
    """
    times: dict[str, list[float]] = {name: [] for name in stacks}
    sizes: dict[str, list[float]] = {name: [] for name in stacks}
    for _ in range(rounds):
        for name, code in stacks.items():
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-c", _CHILD.format(code=code), f"{folder}/crm.db"]
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
    return "\n".join(["processor time and memory, added to a bare interpreter", *lines])


if __name__ == "__main__":
    print(json.dumps(measure()))
