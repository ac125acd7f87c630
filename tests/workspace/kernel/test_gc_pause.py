"""Python's collector of cycles is left alone inside a batch, and never for longer."""

from __future__ import annotations

import gc
import threading

import pytest

from contactcore.workspace.kernel.gc_pause import gc_paused


def test_an_interrupt_leaves_the_collector_as_it_was(monkeypatch):
    disable = gc.disable

    def interrupted():
        disable()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gc, "disable", interrupted)
        with pytest.raises(KeyboardInterrupt), gc_paused():
            pytest.fail("was interrupted")
    assert gc.isenabled()
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_goes_on_when_the_last_thread_has_left():
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with gc_paused():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=stay)
    with gc_paused():
        thread.start()
        assert inside.wait(30)
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
