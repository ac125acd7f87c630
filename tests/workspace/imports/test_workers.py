"""A second process that reads the file changes nothing but the time, whatever happens to it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from contactcore import Host, Invalid, User, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports import row_feed, row_worker
from contactcore.workspace.imports.row_worker import RowWorker
from contactcore.workspace.matching.sent_rows import SentRow
from contactcore_memory import MemoryStorage
from support.clock import Clock

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.req("IMP-2")]

ROWS = 60


def _file() -> str:
    lines = ["First name,Last name,Company,Department,E-mail,Phone,Tags,City,Shoe size,Story\n"]
    long = "once upon a time " * 200  # more than the pipe between the processes holds
    for n in range(ROWS):
        email = "nope" if n % 9 == 0 else f"p{n - n % 20 if n % 20 == 1 else n}@x.fr"
        phone = "call me" if n % 7 == 0 else f"+331445510{n:02}"
        lines.append(
            f"Zoé {n},Çelik,Bois {n % 7},Sales,{email},{phone},vip;T{n % 3},Lyon,{n if n % 4 else ''},{long}\n"
        )
    return "".join([*lines, '"open,Doe,,,,,,,,\n', "Jo,Doe,,,jo@x.fr,,,,,,too,many\n", ",,,,,,,Lyon,,\n"])


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files then have several batches, and several messages."""
    monkeypatch.setattr(engine, "BATCH", 8)
    monkeypatch.setattr(row_worker, "_BLOCK", 3)
    monkeypatch.setattr(row_worker, "_AHEAD", 1)


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[RowWorker, int], bool]:
    """The first process then reads nothing while the second one starts. The fixture is the method that is replaced."""
    is_ahead = RowWorker.is_ahead
    monkeypatch.setattr(RowWorker, "is_ahead", lambda worker, number: True)
    return is_ahead


@pytest.fixture
def memory() -> Storage:
    """The second process reads the file and never the storage, so one storage shows what happens to the process."""
    return MemoryStorage()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[SentRow]:
    """The rows that came from a second process."""
    found: list[SentRow] = []
    take = row_feed.RowFeed.map_row

    def noted(feed: row_feed.RowFeed, row: object) -> object:
        if isinstance(row, SentRow):
            found.append(row)
        return take(feed, row)

    monkeypatch.setattr(row_feed.RowFeed, "map_row", noted)
    return found


def _workspace(storage: Storage, name: str) -> Workspace:
    numbers = count(1)
    ids = lambda _: f"{next(numbers):032d}"  # noqa: E731 - one expression
    return Workspace(storage, name, language="fr", country="FR", host=Host(clock=Clock(), ids=ids))


def _all_of(workspace: Workspace) -> list[object]:
    """Every record and every event of a workspace, to the last byte."""
    with workspace.storage.read(workspace.name) as reader:
        return [*([*reader.dump(kind.name)] for kind in KINDS), list(reader.feed())]


def _run(workspace: Workspace, *, workers: int, progress: Callable[[object], object] | None = None) -> object:
    imports = workspace.imports(User("amelie"))
    report = imports.apply(imports.plan(_file()), progress, workers=workers)
    rejects = io.BytesIO()
    report.write_rejects(rejects)
    return report.as_dict(), report.rows_read, rejects.getvalue()


@pytest.mark.req("IMP-3")
def test_a_second_process_stores_every_byte_that_one_process_stores(storage: Storage, sent: list[SentRow]) -> None:
    one, two = _workspace(storage, "one"), _workspace(storage, "two")
    alone = _run(one, workers=1)
    assert sent == []
    assert _run(two, workers=2) == alone
    assert len(sent) > ROWS
    assert 0 < sum(row.plain is None for row in sent) < sum(row.plain is not None for row in sent)
    assert _all_of(two) == _all_of(one)


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("batches", [0, 1, 3])
def test_an_import_goes_on_alone_when_the_second_process_is_killed(
    memory: Storage, sent: list[SentRow], monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = row_worker._started

    def noted() -> subprocess.Popen[bytes] | None:
        process = start()
        assert process is not None
        started.append(process)
        if not batches:
            process.kill()
        return process

    monkeypatch.setattr(row_worker, "_started", noted)
    told: list[object] = []

    def kill(progress: object) -> None:
        told.append(progress)
        if len(told) == batches:
            os.kill(started[0].pid, signal.SIGKILL)

    one, two = _workspace(memory, "one"), _workspace(memory, "two")
    alone = _run(one, workers=1)
    assert _run(two, workers=2, progress=kill) == alone
    assert len(started) == 1
    assert started[0].returncode is not None
    assert len(sent) < ROWS
    assert _all_of(two) == _all_of(one)


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("own", [1, 10, ROWS + 2, ROWS + 3])
def test_rows_that_were_read_while_the_second_process_started_are_not_taken_again(
    storage: Storage, sent: list[SentRow], monkeypatch: pytest.MonkeyPatch, own: int
) -> None:
    monkeypatch.setattr(RowWorker, "is_ahead", lambda _, number: number >= own)
    one, two = _workspace(storage, "one"), _workspace(storage, "two")
    alone = _run(one, workers=1)
    assert _run(two, workers=2) == alone
    assert [row.number for row in sent] == [*range(own + 1, ROWS + 4)]
    assert _all_of(two) == _all_of(one)


@pytest.mark.req("IMP-3")
def test_the_first_process_reads_on_until_a_message_is_ahead(
    memory: Storage,
    sent: list[SentRow],
    monkeypatch: pytest.MonkeyPatch,
    waiting: Callable[[RowWorker, int], bool],
) -> None:
    asked: list[tuple[int, bool]] = []

    def is_ahead(worker: RowWorker, number: int) -> bool:
        if number >= 10:  # the first messages, of three rows each, are behind
            with worker._messages.not_empty:
                assert worker._messages.not_empty.wait_for(worker._messages._qsize, timeout=60)
        asked.append((number, waiting(worker, number)))
        return asked[-1][1]

    monkeypatch.setattr(RowWorker, "is_ahead", is_ahead)
    one, two = _workspace(memory, "one"), _workspace(memory, "two")
    alone = _run(one, workers=1)
    assert _run(two, workers=2) == alone
    assert [number for number, ahead in asked] == [*range(len(asked))]
    assert [ahead for _, ahead in asked] == [False] * (len(asked) - 1) + [True]
    assert len(asked) > 10
    assert [row.number for row in sent] == [*range(len(asked), ROWS + 4)]
    assert _all_of(two) == _all_of(one)


@pytest.mark.req("IMP-3")
def test_an_import_with_a_second_process_resumes_where_it_was_stopped(memory: Storage) -> None:
    workspace = _workspace(memory, "one")
    told: list[object] = []

    def stop(progress: object) -> None:
        told.append(progress)
        if len(told) == 3:
            raise _StoppedError

    with pytest.raises(_StoppedError):
        _run(workspace, workers=2, progress=stop)
    imports = workspace.imports(User("amelie"))
    report = imports.apply(imports.plan(_file()), workers=2)
    assert (report.rows, report.rows_read) == (ROWS + 3, ROWS + 3 - 3 * 8)
    assert imports.undo(report).removed == report.contacts_created


class _StoppedError(Exception):
    pass


@pytest.mark.req("IMP-3")
def test_a_file_that_only_this_process_can_read_is_read_here(
    memory: Storage, sent: list[SentRow], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(_file(), encoding="utf-8")
    imports = _workspace(memory, "one").imports(User("amelie"))
    with path.open("rb") as opened:
        assert imports.apply(imports.plan(opened), workers=2).rows == ROWS + 3
    assert sent == []


@pytest.mark.req("IMP-3")
def test_an_import_goes_on_alone_where_no_process_can_be_started(
    memory: Storage, sent: list[SentRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    imports = _workspace(memory, "one").imports(User("amelie"))
    assert imports.apply(imports.plan(_file()), workers=2).rows == ROWS + 3
    assert sent == []


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("workers", [0, 3])
def test_another_number_of_processes_is_refused(memory: Storage, workers: int) -> None:
    imports = _workspace(memory, "one").imports(User("amelie"))
    with pytest.raises(Invalid) as refused:
        imports.preview(imports.plan("Name\nJo Doe\n"), workers=workers)
    assert [problem.code for problem in refused.value.problems] == ["workers-out-of-range"]
