"""The logs of jobs and of what takes long: what they say, when, and that they never have personal data."""

from __future__ import annotations

import logging
import subprocess
import sys
from itertools import count

import pytest

from contactcore import BulkAct, Company, Host, Invalid, Person, StorageError, User, Workspace
from contactcore.workspace.kernel import job_logs, logs
from contactcore_memory import MemoryStorage

AMELIE, ROOT = User("amelie-of-acme"), User("root-of-acme", admin=True)
FILE = "Name,E-mail\n" + "".join(f"Jo Doe{number},jo{number}@bois.example\n" for number in range(1_500))
PERSONAL = ("amelie", "root-of-acme", "Jo", "bois", "acme", "vip")


@pytest.fixture(autouse=True)
def _log(caplog, monkeypatch):
    """Each look at the clock is a quarter of a second later than the one before."""
    ticks = count()
    for module in (logs, job_logs):
        monkeypatch.setattr(module, "monotonic", lambda: next(ticks) / 4)
    caplog.set_level(logging.INFO, "contactcore")


def _workspace(**given):
    given.setdefault("slow_seconds", None)
    return Workspace(MemoryStorage(), name="acme", host=Host(**given))


def _events(caplog):
    return [(one.job_kind, one.job_event) for one in caplog.records if one.name == "contactcore.jobs"]


def test_the_lines_of_an_import_have_its_kind_id_counts_and_seconds(caplog):
    imports = _workspace().imports(AMELIE)
    report = imports.apply(imports.plan(FILE))
    assert _events(caplog) == [("import", "begins"), ("import", "batch"), ("import", "ends")]
    begun, _, ended = caplog.records
    assert {one.job_id for one in caplog.records} == {report.id}
    assert {one.levelname for one in caplog.records} == {"INFO"}
    assert begun.job_counts == {}
    assert ended.job_counts["created"] == report.created == 1_500
    assert begun.job_seconds < ended.job_seconds
    assert f"import {report.id} ends after {ended.job_seconds:.3f} s, " in caplog.text


def test_the_lines_of_an_undo_begin_and_end_it(caplog):
    imports = _workspace().imports(AMELIE)
    report = imports.apply(imports.plan("Name\nJo Doe\n"))
    caplog.clear()
    imports.undo(report)
    assert _events(caplog)[0] == ("import", "undo begins")
    assert _events(caplog)[-1] == ("import", "undone")


def test_a_job_that_an_error_stops_has_failed_and_the_next_run_resumes_it(caplog):
    imports = _workspace().imports(AMELIE)
    plan = imports.plan(FILE)

    def stop(progress):
        raise StorageError("The disk of Jo is full.", "storage-full")

    with pytest.raises(StorageError):
        imports.apply(plan, stop)
    assert _events(caplog) == [("import", "begins"), ("import", "batch"), ("import", "failed")]
    failed = caplog.records[-1]
    assert (failed.levelname, failed.job_code) == ("WARNING", "storage-full")
    caplog.clear()
    imports.apply(plan)
    assert _events(caplog) == [("import", "resumed"), ("import", "ends")]


def test_an_error_of_the_host_is_named_by_its_type_alone(caplog):
    imports = _workspace().imports(AMELIE)

    def stop(progress):
        raise KeyError("jo@bois.example")

    with pytest.raises(KeyError):
        imports.apply(imports.plan("Name\nJo Doe\n" * 2), stop)
    assert [one.job_code for one in caplog.records if one.job_event == "failed"] in ([], ["KeyError"])
    assert "bois" not in caplog.text


def test_every_kind_of_job_is_logged(caplog):
    workspace = _workspace()
    with workspace.write(AMELIE) as session:
        jo = session.contacts.add(Person("Jo", "Doe", emails=["jo@bois.example"]))
        twice = session.contacts.add(Person("Jo", "Doe"))
        session.contacts.add(Company("Bois", access="shared-write"))
    workspace.maintenance(AMELIE).bulk(ids=[jo.id]).apply(BulkAct(add_tags=["vip"]))
    merging = workspace.merging(AMELIE)
    merging.apply(merging.plan(jo, [twice]))
    workspace.maintenance(ROOT).hand_over("amelie-of-acme", to="root-of-acme")
    workspace.change_language(ROOT, "fr")
    workspace.privacy(ROOT).erase(jo.id)
    found = _events(caplog)
    for kind in ("bulk", "merge", "hand-over", "language", "erase"):
        assert (kind, "begins") in found, kind
        assert (kind, "ends") in found, kind
    assert len({one.job_id for one in caplog.records}) >= 5


def test_no_line_has_a_name_of_a_user_of_a_contact_or_of_the_workspace(caplog):
    workspace = _workspace(slow_seconds=0)
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan("Name,E-mail,Tags\nJo Doe,jo@bois.example,vip\n"))
    with workspace.write(ROOT) as session:
        (jo,) = session.contacts.page().items
        session.contacts.delete(jo.id)
    imports.undo(report)
    assert len(caplog.records) > 5
    told = caplog.text + "".join(str(vars(one)) for one in caplog.records)
    for word in PERSONAL:
        assert word not in told.replace(__file__, ""), word


def test_a_transaction_that_is_rolled_back_logs_no_job(caplog):
    workspace = _workspace()
    with pytest.raises(Invalid):
        workspace.maintenance(AMELIE).bulk(ids=[]).apply(BulkAct())
    assert _events(caplog) == []


def test_what_takes_longer_than_the_limit_is_named_without_values(caplog):
    with _workspace(slow_seconds=0.2).write(AMELIE) as session:
        session.contacts.add(Company("Bois"))
        session.contacts.count()
    lines = [(one.slow_name, one.slow_seconds) for one in caplog.records if one.name == "contactcore.slow"]
    assert lines == [("Contacts.add", 0.25), ("Contacts.count", 0.25), ("transaction (write)", 1.25)]
    assert caplog.records[-1].getMessage() == "transaction (write) took 1.250 s: Contacts.add, Contacts.count"


def test_what_takes_no_longer_than_the_limit_is_not_named(caplog):
    with _workspace(slow_seconds=1).write(AMELIE) as session:
        session.contacts.count()
    assert caplog.records == []


def test_a_slow_call_that_fails_is_named_too(caplog):
    with pytest.raises(Invalid), _workspace(slow_seconds=0).read(AMELIE) as session:
        session.contacts.page(limit=0)
    assert [one.slow_name for one in caplog.records] == ["Contacts.page", "transaction (read)"]


def test_a_line_names_ten_methods_at_most(caplog):
    with logs.timed_transaction("read", 0.0) as calls:
        for number in range(12):
            calls.end(f"M{number}", calls.begin(f"M{number}"))
    assert caplog.records[-1].getMessage().endswith(": M0, M1, M2, M3, M4, M5, M6, M7, M8, M9, ...")


@pytest.mark.parametrize(
    ("seconds", "code"), [(-1, "seconds-out-of-range"), ("1", "number-type"), (float("nan"), "seconds-out-of-range")]
)
def test_a_limit_that_is_no_number_of_seconds_is_refused(seconds, code):
    with pytest.raises(Invalid) as caught:
        Host(slow_seconds=seconds)
    assert [(one.path, one.code) for one in caught.value.problems] == [("slow_seconds", code)]


def test_nothing_is_printed_where_the_application_has_set_up_no_logging():
    program = """
from contactcore import Company, Host, User, Workspace
from contactcore_memory import MemoryStorage
with Workspace(MemoryStorage(), name="acme", host=Host(slow_seconds=0)).write(User("amelie")) as session:
    session.contacts.add(Company("Bois"))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
