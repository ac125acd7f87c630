"""A killed import goes on where it was safe, and doubles nothing."""

from __future__ import annotations

import pytest

from contactcore import User, Workspace
from contactcore.errors import Conflict, StorageError
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore_sqlite import SQLiteStorage

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.cases_in_memory]


def _file(count: int) -> str:
    rows = "".join(
        f"P{n},Doe,Co{n % 7},p{n}@x.fr,{'nope' if n % 20 == 0 else '+3314455' + str(1000 + n % 9000)}\n"
        for n in range(count)
    )
    return "First name,Last name,Company,E-mail,Phone\n" + rows


class _Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    """So that small files have several."""
    monkeypatch.setattr(engine, "BATCH", 20)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_interrupted_import_resumes_behind_the_last_row_that_is_safe(workspace, amelie, everybody, after):
    imports = workspace.imports(amelie)
    plan = imports.plan(_file(68))
    told = []

    def stop(progress):
        told.append(progress)
        if len(told) == after:
            raise _Killed

    with pytest.raises(_Killed):
        imports.apply(plan, stop)
    report = imports.apply(imports.plan(_file(68)))
    assert report.rows_read == 68 - after * 20
    assert (report.rows, report.created) == (68, 68)
    assert report.companies_created == 7
    assert len(report.problems) == 4
    assert [one.line for one in report.problems] == [2 + n for n in range(0, 68, 20)]
    assert len(everybody(workspace)) == 75


def test_another_file_other_decisions_or_another_actor_are_another_import(workspace, amelie):
    text = _file(24)

    def stop(_):
        raise _Killed

    with pytest.raises(_Killed):
        workspace.imports(amelie).apply(workspace.imports(amelie).plan(text), stop)
    for actor, options, content in [
        (User("bob"), {}, text),
        (amelie, {"policy": "update"}, text),
        (amelie, {}, text + "Zoe,Doe,,z@x.fr,\n"),
    ]:
        imports = workspace.imports(actor)
        report = imports.apply(imports.plan(content, **options))
        assert report.rows_read == report.rows


def test_a_resumed_import_fills_a_company_that_an_earlier_run_made(workspace, amelie, everybody):
    text = _file(20) + ",,Co3,info@co3.fr,\n"
    imports = workspace.imports(amelie)

    def stop(_):
        raise _Killed

    with pytest.raises(_Killed):
        imports.apply(imports.plan(text), stop)
    report = imports.apply(imports.plan(text))
    assert (report.rows_read, report.updated) == (1, 1)
    (company,) = [one for one in everybody(workspace) if one.kind == "company" and one.name == "Co3"]
    assert [str(email) for email in company.emails] == ["info@co3.fr"]


def test_a_transaction_that_others_disturbed_is_repeated(workspace, amelie, everybody, monkeypatch):
    imports = workspace.imports(amelie)
    plan = imports.plan("First name,Company,E-mail\nAnn,Bois,a@x.fr\n,Bois,info@bois.fr\nAnn,Bois,a@x.fr\n")
    real = JobRepository.save
    failures = []

    def disturbed(jobs, job):
        if len(failures) < 2:
            failures.append(job)
            raise StorageError("Somebody else was faster.", "storage-retry")
        return real(jobs, job)

    monkeypatch.setattr(JobRepository, "save", disturbed)
    report = imports.apply(plan)
    assert (report.created, report.updated, report.skipped) == (1, 1, 1)
    assert len(everybody(workspace)) == 2


_CHILD = """
import sys
from pathlib import Path
from contactcore import User, Workspace
from contactcore.workspace.imports import imports as engine
from contactcore_sqlite import SQLiteStorage

engine.BATCH = 100
workspace = Workspace(SQLiteStorage(sys.argv[1]), name="acme", country="FR")
imports = workspace.imports(User("amelie"))
imports.apply(imports.plan(Path(sys.argv[2]).read_bytes()), lambda progress: print(progress.rows, flush=True))
"""


@pytest.mark.parametrize("kill_after", [1, 3, 4])
def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(tmp_path, start_child, everybody, kill_after):
    database, file = tmp_path / "crm.db", tmp_path / "people.csv"
    # Many rows are left behind the last awaited commit, so that the kill comes before the end on a busy machine too.
    file.write_text(_file(1_020), encoding="utf-8")
    child = start_child("-c", _CHILD, str(database), str(file))
    acknowledged = [int(child.line()) for _ in range(kill_after)][-1]
    child.kill()
    assert child.killed()
    storage = SQLiteStorage(database)
    try:
        workspace = Workspace(storage, name="acme", country="FR")
        imports = workspace.imports(User("amelie"))
        report = imports.apply(imports.plan(file.read_bytes()))
        assert report.rows_read <= 1_020 - acknowledged < 1_020
        assert (report.rows, report.created) == (1_020, 1_020)
        people = [one for one in everybody(workspace) if one.kind == "person"]
        assert sorted(one.given_name for one in people) == sorted(f"P{n}" for n in range(1_020))
        assert len(everybody(workspace)) == 1_027
        assert len(report.problems) == 51
    finally:
        storage.close()


def test_who_runs_an_import_that_runs_already_is_told_so_and_changes_nothing(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    reports = []

    def overtake(progress):
        if not reports:
            reports.append(imports.apply(imports.plan(_file(68))))

    with pytest.raises(Conflict, match="same import"):
        imports.apply(imports.plan(_file(68)), overtake)
    assert reports[0].created == 68
    assert len(everybody(workspace)) == 75


def test_an_import_is_done_although_the_storage_cannot_be_put_in_order_behind_it(workspace, amelie, monkeypatch):
    called = []

    def busy(self, *, whole=False):
        called.append(whole)
        raise StorageError("Another writer holds the file: try again later.", "storage-busy")

    monkeypatch.setattr(type(workspace.storage), "tidy", busy)
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("First name,Last name\nJo,Doe\n"))
    assert (report.created, imports.undo(report).removed) == (1, 1)
    assert called == [False, False]
