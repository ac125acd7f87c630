"""Programs of the laws in a process of their own, which the laws talk to by lines, and may kill at any moment."""

from __future__ import annotations

import ctypes
import os
import pickle
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Final, TypeAlias

from contactcore.errors import ContactCoreError, StorageError
from contactcore.storage import Storage
from contactcore.testing.fixtures import ACME, KINDS, ask, changed, contact, event, note

__all__ = ["Opener", "OtherProcess", "make_workspace", "other_process"]

Opener: TypeAlias = Callable[[], Storage]
"""Opens a storage at a place that it knows; can be pickled."""

_START: Final = "from contactcore.testing.other_process import main; main()"
_PATIENCE: Final = 60.0


class OtherProcess:
    """A program in a process of its own.

    Args:
        opener: Opens the storage there.
        program: Name of a program of this module.
        argument: The argument of the program.
    """

    def __init__(self, opener: Opener, program: str, argument: int = 0) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603 - this Python, with a constant
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        assert self._process.stdin is not None
        pickle.dump((opener, program, argument), self._process.stdin)
        self._process.stdin.flush()

    def line(self) -> str:
        """The next line that it says."""
        assert self._process.stdout is not None
        said = self._process.stdout.readline().decode().strip()
        if not said:
            raise AssertionError(f"the other process has ended with {self._process.wait(_PATIENCE)}")
        return said

    def go_on(self) -> None:
        """Let it go on, where it waits."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def kill(self) -> list[str]:
        """Kill it, which no process can refuse or prepare for; the lines that it said before."""
        self._process.kill()
        said, _ = self._process.communicate(timeout=_PATIENCE)
        return said.decode().split()

    def end(self) -> list[str]:
        """Wait for its end, which must be without an error; the lines that it said before."""
        said, _ = self._process.communicate(timeout=_PATIENCE)
        assert self._process.returncode == 0, f"the other process has ended with {self._process.returncode}"
        return said.decode().split()


@contextmanager
def other_process(opener: Opener, program: str, argument: int = 0) -> Iterator[OtherProcess]:
    """A program in a process of its own, which is killed if it still runs at the end."""
    process = OtherProcess(opener, program, argument)
    try:
        yield process
    finally:
        process.kill()


# In the other process -------------------------------------------------------------------------------------------------


def main() -> None:
    """Run the program that the first process names."""
    opener, program, argument = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    storage = opener()
    storage.install(KINDS)
    _PROGRAMS[program](storage, argument)
    storage.close()


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _wait() -> None:
    sys.stdin.buffer.readline()


def _answer(storage: Storage, times: int) -> None:
    """Say the number of contacts whenever it is asked for."""
    for _ in range(times):
        with storage.read(ACME) as reader:
            _say(reader.count(ask())[0])
        _wait()


def _hold(storage: Storage, _: int) -> None:
    """Lock the root, add a note, and wait before the commit."""
    with storage.write(ACME) as writer:
        writer.lock("contact", "root")
        writer.insert([note(f"n{len(writer.dump('note'))}", about="root")])
        writer.publish([event("held")])
        writer.keep_blob("held", b"bytes")
        _say("held")
        _wait()
    _say("done")


def _raise_counter(storage: Storage, times: int) -> None:
    """Raise a counter many times; nobody else may do so between the reading and the writing."""
    _say("ready")
    _wait()
    for _ in range(times):
        with storage.write(ACME) as writer:
            writer.lock("contact", "root")
            (stored,) = writer.get("contact", ["root"])
            assert stored is not None
            body = b"%d" % (int(stored.body) + 1)
            writer.replace(changed(contact("root", body=body), version=stored.version + 1), stored.version)
            writer.publish([event(f"{stored.version}.1"), event(f"{stored.version}.2")])


def _write_for_ever(storage: Storage, first: int) -> None:
    """Write pairs of records with an event and a blob, and acknowledge each transaction."""
    for number in count(first):
        with storage.write(ACME) as writer:
            writer.insert([contact(f"a{number:06}", keys=frozenset({f"k{number}"})), contact(f"b{number:06}")])
            writer.keep_blob(f"d{number}", b"x" * 5_000)
            writer.publish([event(f"{number}")])
        _say(number)


def make_workspace(storage: Storage, name: str) -> None:
    """Make a workspace with a contact, an event and a blob that have its name."""
    with storage.write(name) as writer:
        writer.insert([contact(name, keys=frozenset({"key"}))])
        writer.publish([event(name)])
        writer.keep_blob("digest", name.encode())


def _make_workspaces(storage: Storage, times: int) -> None:
    """Make workspaces, each when it is asked for."""
    for number in range(times):
        _say("ready")
        _wait()
        make_workspace(storage, f"other{number}")
        _say("made")


def _commit_without_disk(storage: Storage, _: int) -> None:
    """Commit once while the disk works, then twice while it cannot confirm what it was given."""
    for number in range(3):
        if number == 1:
            _break_the_disk()
        try:
            with storage.write(ACME) as writer:
                writer.insert([contact(f"a{number}"), contact(f"b{number}")])
                writer.publish([event(f"{number}")])
        except (StorageError, ContactCoreError, OSError) as error:
            _say(type(error).__name__)
        else:
            _say("acknowledged")


def _commit_on_a_full_disk(storage: Storage, _: int) -> None:
    """Commit once while the disk has room, then twice while it has none; say the number of contacts at the end."""
    for number in range(3):
        if number == 1:
            _fill_the_disk()
        try:
            with storage.write(ACME) as writer:
                writer.insert([contact(f"a{number}", keys=frozenset({f"k{number}"})), contact(f"b{number}")])
                writer.keep_blob(f"d{number}", b"x" * 100_000)
                writer.publish([event(f"{number}")])
        except StorageError as error:
            _say(error.code)
        else:
            _say("acknowledged")
    _answer(storage, 1)


_SYNCING: Final = {"x86_64": (26, 74, 75, 162, 277, 306), "aarch64": (81, 82, 83, 84, 227, 267)}
"""Machine -> numbers of fsync, fdatasync, msync, sync, sync_file_range and syncfs on Linux."""
_WRITING: Final = {"x86_64": (1, 18, 20, 285, 296, 328), "aarch64": (47, 64, 66, 68, 70, 287)}
"""Machine -> numbers of write, pwrite64, writev, fallocate, pwritev and pwritev2 on Linux."""
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL, _IO_ERROR, _NO_SPACE = 0x7FFF0000, 0x00050000, 5, 28
_CALL, _FIRST_ARGUMENT = 0, 16
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def _break_the_disk() -> None:
    """Have the kernel answer each request to write data to the disk with an error, in this process only."""
    _refuse_calls(_SYNCING, _IO_ERROR)


def _fill_the_disk() -> None:
    """Have the kernel answer each write to a file, not to the standard streams, as if the disk were full."""
    _refuse_calls(_WRITING, _NO_SPACE, first_file=3)


def _refuse_calls(numbers: Mapping[str, tuple[int, ...]], error: int, first_file: int = 0) -> None:
    """Have the kernel refuse calls in this process; end it where the kernel cannot.

    Args:
        numbers: Machine -> numbers of the calls.
        error: The error number that the kernel answers.
        first_file: The smallest first argument that is refused.
    """
    calls = numbers.get(platform.machine()) if sys.platform == "linux" else None
    if calls is not None:
        instructions = [
            _Instruction(_LOAD, 0, 0, _CALL),
            *(_Instruction(_JUMP_IF_EQUAL, len(calls) - number, 0, call) for number, call in enumerate(calls)),
            _Instruction(_RETURN, 0, 0, _ALLOW),
            _Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT),
            _Instruction(_JUMP_IF_AT_LEAST, 0, 1, first_file),
            _Instruction(_RETURN, 0, 0, _FAIL | error),
            _Instruction(_RETURN, 0, 0, _ALLOW),
        ]
        program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
        kernel = ctypes.CDLL(None, use_errno=True)
        refused = kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if not refused and not kernel.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
            return
    _say("impossible")
    sys.exit()


_PROGRAMS: Final[dict[str, Callable[[Storage, int], None]]] = {
    "answer": _answer,
    "hold": _hold,
    "raise_counter": _raise_counter,
    "make_workspaces": _make_workspaces,
    "write_for_ever": _write_for_ever,
    "commit_without_disk": _commit_without_disk,
    "commit_on_a_full_disk": _commit_on_a_full_disk,
}
