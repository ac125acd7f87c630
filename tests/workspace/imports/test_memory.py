"""Memory stays flat, however long the file is."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.req("IMP-3")

_CHILD = """
import resource, sys, tempfile
from pathlib import Path
from contactcore import User, Workspace
from contactcore_sqlite import SQLiteStorage

what, rows, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
file = folder / f"{what}{rows}.csv"
with file.open("w", encoding="utf-8") as out:
    out.write("First name,Last name,Company,E-mail,Phone\\n")
    for n in range(rows):
        out.write(f"P{n},Doe{n % 977},Co{n % 5000},p{n}@x.fr,{'nope' if n % 50 == 0 else '+331' + str(10000000 + n)}\\n")
imports = Workspace(SQLiteStorage(folder / f"{what}{rows}.db"), name="a", country="FR").imports(User("amelie"))
plan = imports.plan(file)
report = imports.preview(plan) if what == "preview" else imports.apply(plan)
assert report.created == rows, report
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak(what: str, rows: int, folder: Path) -> int:
    command = [sys.executable, "-c", textwrap.dedent(_CHILD), what, str(rows), str(folder)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_the_memory_of_a_dry_run_does_not_grow_with_the_file(tmp_path):
    small, large = _peak("preview", 20_000, tmp_path), _peak("preview", 80_000, tmp_path)
    assert large - small < 15 * 1024


def test_the_memory_of_a_run_does_not_grow_with_the_file(tmp_path):
    small, large = _peak("apply", 1_000, tmp_path), _peak("apply", 4_000, tmp_path)
    assert large - small < 15 * 1024
