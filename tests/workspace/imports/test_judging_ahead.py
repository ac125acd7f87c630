"""While one batch is made durable the next one is judged, and nothing else changes by that."""

from __future__ import annotations

import gc
import threading

import pytest

from contactcore.workspace import imports as engine
from contactcore.workspace.collector import paused_collector
from contactcore.workspace.import_run import Ahead
from contactcore.workspace.judging import Judge

pytestmark = pytest.mark.req("IMP-3")

_ROWS = "First name,Last name\n" + "".join(f"P{n},Doe\n" for n in range(12))


class _Fault(Exception):
    pass


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 4)


@pytest.fixture
def threads_of_rows(monkeypatch):
    """The thread that judged each row."""
    threads = []
    judge = Judge.judge

    def watched(self, row):
        threads.append(threading.current_thread())
        return judge(self, row)

    monkeypatch.setattr(Judge, "judge", watched)
    return threads


def test_all_batches_but_the_first_are_judged_beside_the_writer(workspace, amelie, threads_of_rows):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(_ROWS))
    assert (report.created, report.rows_read) == (12, 12)
    assert threads_of_rows[:4] == [threading.current_thread()] * 4
    assert threading.current_thread() not in threads_of_rows[4:]
    assert not any(thread.is_alive() for thread in threads_of_rows[4:])


def test_a_caller_who_stops_an_import_leaves_no_thread_behind(workspace, amelie, threads_of_rows):
    imports = workspace.imports(amelie)

    def stop(_):
        raise _Fault

    with pytest.raises(_Fault):
        imports.apply(imports.plan(_ROWS), stop)
    assert len(threads_of_rows) in {4, 8}
    assert not any(thread.is_alive() for thread in threads_of_rows[4:])
    assert imports.apply(imports.plan(_ROWS)).rows_read == 8


def test_a_fault_in_the_batch_ahead_comes_once_the_batch_before_it_is_kept(workspace, amelie, monkeypatch):
    imports = workspace.imports(amelie)
    judge = Judge.judge

    def faulty(self, row):
        if row.number == 6:
            raise _Fault
        return judge(self, row)

    told = []
    with monkeypatch.context() as patch:
        patch.setattr(Judge, "judge", faulty)
        with pytest.raises(_Fault):
            imports.apply(imports.plan(_ROWS), told.append)
    assert [progress.rows for progress in told] == [4]
    assert imports.apply(imports.plan(_ROWS)).rows_read == 8


def test_what_is_begun_is_made_in_another_thread_and_once():
    made = []

    def items():
        for number in range(3):
            made.append((number, threading.current_thread() is threading.main_thread()))
            yield number

    with Ahead(items()) as ahead:
        assert next(ahead) == 0
        ahead.begin()
        ahead.begin()
        assert list(ahead) == [1, 2]
        ahead.begin()
        assert list(ahead) == []
    assert made == [(0, True), (1, False), (2, True)]


class _InterruptedLock:
    """Had, and interrupted just then; asked again it is never given back."""

    def __init__(self, lock):
        self._lock = lock
        self.release = lock.release

    def acquire(self):
        assert self._lock.acquire(timeout=5), "waits for what was there already"
        raise KeyboardInterrupt


def test_an_interrupt_while_waiting_for_a_batch_leaves_at_once_and_no_thread_behind():
    ahead = Ahead(iter(range(3)))

    def use():
        with ahead:
            ahead.begin()
            ahead._end = _InterruptedLock(ahead._end)
            next(ahead)

    with pytest.raises(KeyboardInterrupt):
        use()
    assert not ahead._thread.is_alive()


def test_where_no_thread_can_be_had_the_import_goes_on_without(workspace, amelie, threads_of_rows, monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    imports = workspace.imports(amelie)
    assert imports.apply(imports.plan(_ROWS)).created == 12
    assert threads_of_rows == [threading.current_thread()] * 12


@pytest.mark.parametrize(("judging", "slept"), [(0.0, [0.1, 0.1]), (0.03125, [0.06875, 0.06875]), (5.0, [])])
def test_others_come_in_between_two_batches_even_where_no_judging_is_left_to_do(
    workspace, amelie, monkeypatch, judging, slept
):
    clock, sleeps = [0.0], []

    def slowly(*args):
        clock[0] += 2.0
        return real(*args)

    def sleep(seconds):
        clock[0] += seconds
        sleeps.append(seconds)

    def tell(_):
        clock[0] += judging

    real = engine.write_decisions
    monkeypatch.setattr(engine, "write_decisions", slowly)
    monkeypatch.setattr(engine, "monotonic", lambda: clock[0])
    monkeypatch.setattr(engine, "sleep", sleep)
    imports = workspace.imports(amelie)
    imports.apply(imports.plan(_ROWS), tell)
    assert sleeps == pytest.approx(slept)


def test_an_interrupt_leaves_the_collector_as_it_was(monkeypatch):
    disable = gc.disable

    def interrupted():
        disable()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gc, "disable", interrupted)
        with pytest.raises(KeyboardInterrupt), paused_collector():
            pytest.fail("was interrupted")
    assert gc.isenabled()
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_goes_on_when_the_last_thread_has_left():
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with paused_collector():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=stay)
    with paused_collector():
        thread.start()
        assert inside.wait(30)
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()
    gc.disable()
    try:
        with paused_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
