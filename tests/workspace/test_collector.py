"""Python's collector of cycles is left alone inside a batch, and never for longer."""

from __future__ import annotations

import gc
import threading

import pytest

from contactcore.workspace.collector import paused_collector


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


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with paused_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
