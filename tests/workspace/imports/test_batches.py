"""The batches of a long import: their size, their events, and keys that thousands of contacts share."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.workspace.imports import batch_size, writing
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports.batch_size import BatchSize
from contactcore.workspace.matching import directory_keys
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.waiting_writers import WaitingWriters
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.req("IMP-3")

_Batch = st.tuples(st.integers(1, 20_000), st.floats(0, 60), st.booleans())


@given(st.integers(1, 5_000), st.lists(_Batch))
def test_a_batch_is_larger_only_in_a_long_import_in_which_nobody_waits_and_no_longer_than_two_seconds(usual, batches):
    size, stored = BatchSize(usual), 0
    assert size.rows == usual
    for rows, seconds, awaited in batches:
        size.note(rows, seconds=seconds, awaited=awaited)
        stored += rows
        assert usual <= size.rows <= 3 * usual
        if awaited or stored < 20_000:
            assert size.rows == usual
        elif size.rows > usual:
            assert size.rows * seconds / rows <= 2.0


def _long(count: int) -> str:
    return "First name,Last name,E-mail\n" + "".join(f"Jo,Doe {n},jo{n}@bois.fr\n" for n in range(count))


@pytest.fixture
def long_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import counts as long."""
    monkeypatch.setattr(engine, "BATCH", 10)
    monkeypatch.setattr(batch_size, "_LONG_IMPORT", 0)
    monkeypatch.setattr(batch_size, "_SECONDS", 1_000.0)


@pytest.mark.usefixtures("long_imports")
def test_a_long_import_makes_larger_batches_where_the_storage_knows_that_nobody_waits(workspace, storage):
    told = []
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(_long(75)), lambda progress: told.append(progress.rows))
    assert (report.rows, report.created) == (75, 75)
    assert told == ([10, 40, 70, 75] if isinstance(storage, SQLiteStorage) else [*range(10, 80, 10), 75])


@pytest.mark.usefixtures("long_imports")
def test_a_long_import_makes_small_batches_once_somebody_has_waited(workspace, storage):
    told = []

    def wait_once(progress):
        told.append(progress.rows)
        if len(told) == 2 and isinstance(storage, SQLiteStorage):
            WaitingWriters(str(storage.path)).tell()

    imports = workspace.imports(AMELIE)
    imports.apply(imports.plan(_long(95)), wait_once)
    assert told == ([10, 40, 70, 80, 90, 95] if isinstance(storage, SQLiteStorage) else [*range(10, 100, 10), 95])


@pytest.mark.usefixtures("long_imports")
def test_a_preview_says_the_same_as_an_import_in_larger_batches(workspace):
    imports = workspace.imports(AMELIE)
    text = _long(40) + _long(40).partition("\n")[2]
    plan = imports.plan(text)
    previewed, report = imports.preview(plan), imports.apply(plan)
    assert previewed.counts == report.counts
    assert [one.code for one in previewed.problems] == [one.code for one in report.problems] == ["duplicate"] * 40


def test_a_batch_with_more_ids_than_an_event_holds_is_several_events(workspace, monkeypatch):
    monkeypatch.setattr(writing, "_EVENT_BYTES", 400)
    imports = workspace.imports(AMELIE)
    firms = "".join(f"Jo,Doe {n},Firm {n}\n" for n in range(20))
    report = imports.apply(imports.plan("First name,Last name,Company\n" + firms))
    with workspace.read(ROOT) as session:
        published = [one.event for one in session.feed(after=0, limit=100)]
        events = [one for one in published if one.name == "contacts.imported"]
        ids = [card.id for card in session.contacts.page(role="any", limit=100)]
    assert len(events) > 3
    assert {event.subject for event in events} == {report.id}
    assert sorted(id for event in events for id in json.loads(event.data)["added"]) == sorted(ids)
    assert len({id for event in events for id in json.loads(event.data)["affiliations"]}) == 20


@pytest.mark.req("IMP-2")
def test_a_number_that_thousands_share_hides_no_other_contact(workspace, monkeypatch):
    monkeypatch.setattr(directory_keys, "LARGEST_PAGE", 5)
    shared = "".join(f"Jo,Abel {n},jo{n}@bois.fr,01 44 55 66 77\n" for n in range(40))
    own = "".join(f"Zoe,Zed {n},,06 12 34 56 {n:02d}\n" for n in range(20))
    head, new = "First name,Last name,E-mail,Phone\n", "Mia,Neu,mia@neu.fr,01 44 55 66 77\n"
    imports = workspace.imports(AMELIE)
    imports.apply(imports.plan(head + shared + own))
    report = imports.apply(imports.plan(head + new + own))
    assert (report.created, report.skipped) == (1, 20)


def test_companies_of_one_name_hide_no_other_employer(workspace, monkeypatch):
    monkeypatch.setattr(directory_keys, "LARGEST_PAGE", 5)
    imports = workspace.imports(AMELIE)
    many = "Company,E-mail\n" + "".join(f"Aar,aar{n}@bois.fr\n" for n in range(40)) + "Zoll,zoll@bois.fr\n"
    imports.apply(imports.plan(many, policy="create"))
    report = imports.apply(imports.plan("First name,Last name,Company\nJo,Doe,Aar\nMia,Neu,Zoll\n"))
    assert (report.people_created, report.companies_created) == (2, 0)
