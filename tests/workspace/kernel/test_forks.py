"""A process that is forked while another thread works goes on as if it were alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from contactcore.workspace.kernel.ids import SystemBits

_FORK = """
import gc, os, signal, threading
from datetime import UTC, datetime
from contactcore.workspace.kernel.gc_pause import gc_paused
from contactcore.workspace.kernel.ids import TimeOrderedIds

moment = datetime(2026, 1, 31, tzinfo=UTC)
inside, leave = threading.Event(), threading.Event()

def wait(count):
    if not inside.is_set():
        inside.set()
        leave.wait(30)
    return 0

ids = TimeOrderedIds(wait)

def work():
    with gc_paused():
        ids(moment)

thread = threading.Thread(target=work)
thread.start()
inside.wait(30)
child = os.fork()
if not child:
    signal.alarm(10)
    on = gc.isenabled()
    with gc_paused():
        off = not gc.isenabled()
    print(on, off, gc.isenabled(), bool(ids(moment)), flush=True)
    os._exit(0)
ended = os.waitpid(child, 0)[1]
leave.set()
thread.join()
print(ended, gc.isenabled())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_collects_cycles_and_makes_ids_whatever_other_threads_held():
    done = subprocess.run([sys.executable, "-c", _FORK], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("True True True True\n0 True\n", 0)


def test_a_fork_never_draws_what_its_parent_may_draw_even_after_a_failed_attempt(monkeypatch):
    bits = SystemBits()
    bits(64)

    def failing(_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        patch.setattr(os, "urandom", failing)
        with pytest.raises(MemoryError):
            bits(64)
        patch.setattr(os, "urandom", bytes)
        assert bits(64) == 0


def test_a_fork_never_draws_the_tail_of_an_id_that_its_parent_may_draw_even_after_a_failed_attempt(monkeypatch):
    bits = SystemBits()
    bits.tail()

    def failing(_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        patch.setattr(os, "urandom", failing)
        with pytest.raises(MemoryError):
            bits.tail()
        patch.setattr(os, "urandom", bytes)
        assert bits.tail() == "0" * 14


def test_the_tails_of_ids_use_each_block_of_random_bits_to_its_end_and_no_bit_twice(monkeypatch):
    blocks = iter(range(1, 4))
    monkeypatch.setattr(os, "urandom", lambda size: next(blocks).to_bytes(1) * size)
    bits = SystemBits()
    tails = [bits.tail() for _ in range(4_096 // 7 + 1)]
    assert set(map(len, tails)) == {14}
    assert tails[-2:] == ["01" * 7, "02" * 7]
