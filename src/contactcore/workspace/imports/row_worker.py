"""A second process that reads the rows of a file while the first one plans and stores them.

The worker only reads: it splits the file into rows, maps them, and derives what their contacts are stored with. Its
process may die at any time. The import then goes on behind the last row that arrived, and reads the rest itself. The
worker is a program of its own (`python -m`), so the program that imports is never run a second time.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator
from typing import IO

from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.model import Settings
from contactcore.workspace.matching.row_program import HEAD
from contactcore.workspace.matching.sent_rows import SentRow, rows_of

__all__ = ["RowWorker"]

_PROGRAM = "contactcore.workspace.matching.row_program"
_BLOCK = 500
"""The number of rows of one message."""
_AHEAD = 8
"""The number of messages that may wait, so that memory does not grow with the file."""
_PATIENCE = 60.0
"""The seconds after which a silent worker counts as dead."""


class RowWorker:
    """The first process' end of a worker.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        self._options = options
        self._settings = settings
        self._messages: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._rows: deque[SentRow] = deque()
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._has_ended = False
        self._has_read_all = False

    def start(self, position: str) -> bool:
        """Start the process; returns False where none can be started, or none can read the file.

        Args:
            position: The position of a row; the rows behind it are read. `""` for all rows.
        """
        try:
            job = pickle.dumps((self._options, self._settings, position, _BLOCK))
        except (TypeError, AttributeError, pickle.PicklingError):
            return False  # an open file, which only this process can read
        self._process = _started()
        if self._process is None:
            return False
        arguments = (self._process, job, self._messages, self._stopped)
        self._thread = threading.Thread(target=_converse, args=arguments, daemon=True)
        self._thread.start()
        return True

    def is_ahead(self, number: int) -> bool:
        """Whether rows behind a row have arrived, or none will arrive. Nothing is waited for.

        Args:
            number: The number of the row.
        """
        while not self._rows and not self._has_ended:
            try:
                message = self._messages.get_nowait()
            except queue.Empty:
                return False
            self._receive(message, number)
        return True

    def rows(self, number: int) -> Generator[SentRow, None, bool]:
        """The rows behind a row, as they arrive.

        Args:
            number: The number of the row.

        Returns:
            An iterator. Its result (`yield from`) is whether the file was read to its end; False if the worker died.
        """
        while True:
            while self._rows:
                yield self._rows.popleft()
            if self._has_ended:
                return self._has_read_all
            try:
                message = self._messages.get(timeout=_PATIENCE)
            except queue.Empty:
                return False
            self._receive(message, number)

    def stop(self) -> None:
        """End the process."""
        self._stopped.set()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(queue.Empty):
            while True:
                self._messages.get_nowait()  # the thread may wait for a free place
        if self._thread is not None:
            self._thread.join()

    def _receive(self, message: bytes | None, number: int) -> None:
        if message:
            self._rows.extend(row for row in rows_of(message) if row.number > number)
        else:
            self._has_ended, self._has_read_all = True, message is not None


def _started() -> subprocess.Popen[bytes] | None:
    """The process of a worker; None where no process can be started."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, and a module of this package
            [sys.executable, "-m", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except (OSError, ValueError, TypeError):
        return None


def _converse(
    process: subprocess.Popen[bytes], job: bytes, messages: queue.Queue[bytes | None], stopped: threading.Event
) -> None:
    """Send the job to a worker, and receive its messages; None is the last one if it died."""
    if process.stdin is None or process.stdout is None:
        return
    try:
        with process.stdout as received:
            with process.stdin as sent:
                sent.write(job)
            while (message := _received(received)) is not None and not stopped.is_set():
                _put(messages, message, stopped)
    except (OSError, ValueError):
        pass  # it died while the job was sent
    finally:
        _put(messages, None, stopped)


def _put(messages: queue.Queue[bytes | None], message: bytes | None, stopped: threading.Event) -> None:
    while not stopped.is_set():
        with contextlib.suppress(queue.Full):
            messages.put(message, timeout=1)
            return


def _received(stream: IO[bytes]) -> bytes | None:
    head = stream.read(HEAD)
    size = int.from_bytes(head, "big")
    message = stream.read(size) if len(head) == HEAD else b""
    return message if len(head) == HEAD and len(message) == size else None
