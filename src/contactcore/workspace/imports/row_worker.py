"""A second process that reads the rows of a file while the first one plans and stores them.

The worker only reads: it splits the file into rows, and derives what the contacts of plain rows are stored with. Its
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
from collections.abc import Generator
from typing import IO, Any, NamedTuple

from contactcore.errors import Problem
from contactcore.formats.contact_rows.mapped_row import PlainContact
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_contacts import PlainContacts
from contactcore.formats.contact_rows.plain_rows import PlainRow, PlainRows
from contactcore.formats.tabular import RawRow
from contactcore.mapping import json
from contactcore.mapping.contact_parts import derived_name
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import ContactParts, IndexedName
from contactcore.model import Settings

__all__ = ["RowWorker", "SentRow", "indexed_name"]

_BLOCK = 500
"""The number of rows of one message."""
_AHEAD = 4
"""The number of messages that may wait, so that memory does not grow with the file."""
_PATIENCE = 60.0
"""The seconds after which a silent worker counts as dead."""
_HEAD = 4


class SentRow(NamedTuple):
    """One row that a worker sent; the first six attributes are those of `RawRow`.

    Attributes:
        plain: The content of a plain row; None for any other row.
        name: What was derived from the contact of a plain row, see `indexed_name`.
    """

    line: int
    number: int
    cells: list[str]
    problems: tuple[Problem, ...]
    offset: int
    next_line: int
    plain: PlainRow | None
    name: list[Any] | None

    @property
    def position(self) -> str:
        """The place after this row, for `Table.rows(after=...)`."""
        return f"{self.offset}.{self.next_line}.{self.number}"


class RowWorker:
    """The first process' end of a worker.

    Args:
        options: The decisions of the import.
        settings: The settings of the workspace.
    """

    def __init__(self, options: MappingOptions, settings: Settings) -> None:
        self._options = options
        self._settings = settings

    def rows(self, position: str) -> Generator[SentRow, None, bool]:
        """The rows that arrive from the worker.

        Args:
            position: The position of a row; the rows behind it follow. `""` for all rows.

        Returns:
            An iterator. Its result (`yield from`) is whether the file was read to its end; False if the worker died or
            could not be started.
        """
        try:
            job = pickle.dumps((self._options, self._settings, position, _BLOCK))
        except (TypeError, AttributeError, pickle.PicklingError):
            return False  # an open file, which only this process can read
        process = _started()
        if process is None:
            return False
        messages: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        stopped = threading.Event()
        thread = threading.Thread(target=_converse, args=(process, job, messages, stopped), daemon=True)
        thread.start()
        try:
            while True:
                try:
                    message = messages.get(timeout=_PATIENCE)
                except queue.Empty:
                    return False
                if message is None:
                    return False
                sent = json.unpack(message)
                if not sent:
                    return True
                for line, number, cells, problems, offset, next_line, plain, name in sent:
                    found = tuple(Problem(*one) for one in problems)
                    content = None if plain is None else PlainRow(*plain)
                    yield SentRow(line, number, cells, found, offset, next_line, content, name)
        finally:
            stopped.set()
            process.kill()
            process.wait()
            thread.join()


def _started() -> subprocess.Popen[bytes] | None:
    """The process of a worker; None where no process can be started."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, and a module of this package
            [sys.executable, "-m", __name__],
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
    head = stream.read(_HEAD)
    size = int.from_bytes(head, "big")
    message = stream.read(size) if len(head) == _HEAD else b""
    return message if len(head) == _HEAD and len(message) == size else None


def indexed_name(sent: list[Any], contact: PlainContact) -> IndexedName:
    """The indexed name of a contact, with the parts of its record.

    Args:
        sent: What a worker sent.
        contact: The contact of the row.
    """
    (display_name, sort_name, orders, words, prefixes, emails, phones), (*parts, own_words) = sent
    derived = ContactParts._make([*parts, frozenset(own_words)])
    name = (display_name, sort_name, orders, words, set(prefixes), emails, phones)
    return IndexedName(*name, derived=(contact, derived))


def _derived(contact: PlainContact, context: IndexContext) -> list[Any]:
    name = derived_name(contact, context)
    derived = name.taken_parts(contact)
    if derived is None:
        raise AssertionError("the parts were derived from this contact")
    texts = (name.display_name, name.sort_name, dict(name.orders))
    *parts, words = derived
    return [
        [*texts, name.words, list(name.name_prefixes), name.emails, name.phones],
        [*parts, list(words)],
    ]


def _work(source: IO[bytes], out: IO[bytes]) -> None:
    """Read the rows of a file, and write them in messages; an empty message is the last one."""
    options, settings, position, size = pickle.loads(source.read())  # noqa: S301 - from the process that started this one
    context = IndexContext.of(settings)
    plain_rows, contacts = PlainRows(options, settings), PlainContacts(options, lambda: "")
    block: list[Any] = []
    for raw in options.columns.table.raw_rows(after=position or None):
        block.append(_sent(raw, plain_rows, contacts, context))
        if len(block) == size:
            _send(out, block)
            block = []
    if block:
        _send(out, block)
    _send(out, [])


def _sent(raw: RawRow, plain_rows: PlainRows, contacts: PlainContacts, context: IndexContext) -> list[Any]:
    plain = None if raw.problems else plain_rows.read(raw.cells)
    head = [raw.line, raw.number]
    if plain is None:
        problems = [[one.code, one.path, one.message, one.value, dict(one.facts)] for one in raw.problems]
        return [*head, raw.cells, problems, raw.offset, raw.next_line, None, None]
    contact = contacts.mapped(raw.line, raw.number, plain).plain
    name = None if contact is None else _derived(contact, context)
    return [*head, [], [], raw.offset, raw.next_line, [*plain], name]


def _send(out: IO[bytes], block: list[Any]) -> None:
    message = json.pack(block)
    out.write(len(message).to_bytes(_HEAD, "big") + message)
    out.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _work(sys.stdin.buffer, sys.stdout.buffer)
