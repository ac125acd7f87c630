"""The program that reads and maps the rows of a file for another process (`python -m`).

The job comes on the standard input, and messages with rows leave by the standard output. An empty message is the last.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
from typing import IO, Any

from contactcore.workspace.matching.sent_rows import RowPacker

__all__ = ["HEAD", "run"]

HEAD = 4
"""The bytes in front of each message that say its length."""


def run(source: IO[bytes], out: IO[bytes]) -> None:
    """Read the rows of a file, and write them in messages.

    Args:
        source: The job: the decisions of the import, the settings of the workspace, the position of a row, and the
            number of rows of a message. The rows behind that row are read.
        out: Where the messages go.
    """
    options, settings, position, size = pickle.loads(source.read())  # noqa: S301 - from the process that started this one
    packer = RowPacker(options, settings)
    block: list[Any] = []
    for row in options.columns.table.raw_rows(after=position or None):
        block.append(row)
        if len(block) == size:
            _send(out, packer.pack(block))
            block = []
    if block:
        _send(out, packer.pack(block))
    _send(out, b"")


def _send(out: IO[bytes], message: bytes) -> None:
    out.write(len(message).to_bytes(HEAD, "big") + message)
    out.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        run(sys.stdin.buffer, sys.stdout.buffer)
