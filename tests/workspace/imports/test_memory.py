"""Memory stays flat, however long the file is."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import tracemalloc
from pathlib import Path

import pytest

from contactcore import Workspace
from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore_sqlite import SQLiteStorage

pytestmark = pytest.mark.req("IMP-3")

_CHILD = """
import resource, sys, tempfile
from pathlib import Path
from contactcore import User, Workspace
from contactcore_sqlite import SQLiteStorage

what, rows, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
file = folder / f"{what}{rows}.csv"
with file.open("w", encoding="utf-8") as out:
    out.write("Last name,E-mail\\n")
    for n in range(rows):
        out.write(f"Doe{n % 977},{'nope' if n % 50 == 0 else f'p{n}@x.fr'}\\n")
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
    small, large = _peak("preview", 4_000, tmp_path), _peak("preview", 14_000, tmp_path)
    assert large - small < 2_500  # kilobytes: a quarter of one for each further row


def test_a_run_holds_no_rows_that_are_written(tmp_path, amelie, monkeypatch):
    """Counted in Python's own memory: the page cache of the storage fills up to its limit, whatever is imported."""
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 200)
    rows = "".join(f"P{n},Doe{n % 977},Co{n % 500},p{n}@x.fr\n" for n in range(800))
    storage = SQLiteStorage(tmp_path / "crm.db")
    imports = Workspace(storage, name="acme").imports(amelie)
    plan = imports.plan("First name,Last name,Company,E-mail\n" + rows)
    held: list[int] = []
    tracemalloc.start()
    try:
        imports.apply(plan, lambda progress: held.append(tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()
        storage.close()
    assert len(held) == 4
    assert held[-1] - held[1] < 2_500_000


@pytest.mark.parametrize("enabled", [True, False])
def test_an_import_leaves_the_collector_of_cycles_as_it_was_and_alone_in_callbacks(workspace, amelie, enabled):
    imports = workspace.imports(amelie)
    plan = imports.plan("Last name\n" + "".join(f"Doe {n}\n" for n in range(1_200)))
    seen: list[bool] = []

    def stop(progress):
        seen.append(gc.isenabled())
        if progress.rows == 1_200:
            raise RuntimeError

    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        imports.preview(plan, lambda progress: seen.append(gc.isenabled()))
        with pytest.raises(RuntimeError):
            imports.apply(plan, stop)
        seen.append(gc.isenabled())
    finally:
        (gc.enable if was else gc.disable)()
    assert seen == [enabled] * 5


def test_a_batch_is_released_before_the_collector_may_search_it(workspace, amelie, monkeypatch):
    """Errors of libraries are kept in cycles with the frames above them, and the collector alone would free these."""
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 20)
    rows = "".join(f"P{n},Doe,p{n}@x.fr,{'call me' if n % 5 == 0 else ''}\n" for n in range(60))
    imports = workspace.imports(amelie)
    plan = imports.plan("First name,Last name,E-mail,Phone\n" + rows)
    held: list[int] = []
    gc.collect()
    gc.disable()
    try:
        imports.apply(plan, lambda _: held.append(sum(isinstance(one, MappedRow) for one in gc.get_objects())))
    finally:
        gc.enable()
    assert held == [0, 0, 0]
