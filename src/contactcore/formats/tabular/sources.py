"""The source of a table: a path, bytes, text, or an open file. Each can be read again from the start."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from contactcore.errors import Invalid

__all__ = ["Source", "source_of"]

_IN_MEMORY = 8_000_000
_LONGEST_STREAM = 2_000_000_000
_CHUNK = 1 << 20


class Source:
    """Bytes that can be read repeatedly, from exactly one of a path, bytes, or a stream.

    Args:
        path: Path of a file.
        data: Content of a file.
        stream: Open, seekable binary file, which the caller closes.
        text: Whether the bytes are encoded from text, which makes their encoding certain; False by default.
    """

    def __init__(
        self,
        *,
        path: str | None = None,
        data: bytes | None = None,
        stream: BinaryIO | None = None,
        text: bool = False,
    ) -> None:
        self._path = path
        self._data = data
        self._stream = stream
        self._start = stream.tell() if stream is not None else 0
        self.text = text

    @contextmanager
    def open(self, offset: int = 0) -> Iterator[BinaryIO]:
        """Open the bytes from an offset.

        Args:
            offset: Offset from the beginning, in bytes; 0 by default.

        Raises:
            Invalid: `file-missing` or `file-unreadable`.
        """
        if self._stream is not None:
            self._stream.seek(self._start + offset)
            yield self._stream
        elif self._data is not None:
            memory = io.BytesIO(self._data)
            memory.seek(offset)
            yield memory
        else:
            with _opened(cast("str", self._path)) as stream:
                stream.seek(offset)
                yield stream


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        # Opening a pipe without a writer would wait for one, therefore the path is looked at first.
        regular = stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - a path may be bytes-like
        stream = open(path, "rb", buffering=1 << 18) if regular else None  # noqa: PTH123, SIM115 - closed below
    except FileNotFoundError as error:
        raise Invalid("file-missing", "There is no such file. Check its path.", path="file", value=path) from error
    except (OSError, ValueError) as error:
        raise Invalid("file-unreadable", f"The file cannot be read: {error}.", path="file", value=path) from error
    if stream is None:
        raise _irregular(path)
    with stream:
        yield stream


def _irregular(value: object) -> Invalid:
    reason = "This is no regular file, but a folder, a device or a pipe. Give a file, or pipe it to standard input."
    return Invalid("file-irregular", reason, path="file", value=value)


def source_of(source: object) -> Source:
    """Make a source of a caller's argument.

    Args:
        source: Path (`os.PathLike`), bytes, text (`str`), or an open binary file; a source is returned as it is. A file
            that cannot seek is copied.

    Raises:
        Invalid: `file-missing` for the path of a missing file; `file-irregular` for a device or a folder;
            `file-too-large` for a pipe without end; `source` for anything else, such as a file opened in text mode.
    """
    if isinstance(source, Source):
        return source
    if isinstance(source, os.PathLike):
        return Source(path=os.fspath(source))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Source(data=bytes(source))
    if isinstance(source, str):
        return Source(data=source.encode("utf-8", "surrogatepass"), text=True)
    if hasattr(source, "read"):
        stream = cast("BinaryIO", source)
        if isinstance(stream, io.TextIOBase) or not isinstance(stream.read(0), bytes):
            raise Invalid("source", 'Open the file in binary mode: open(path, "rb").', path="file")
        if _is_device(stream):
            raise _irregular(None)
        return Source(stream=stream) if stream.seekable() else _copied(stream)
    raise Invalid("source", "Give a path, bytes, text, or a file opened in binary mode.", path="file", value=source)


def _is_device(stream: BinaryIO) -> bool:
    """Whether a stream is a device that may never end; a terminal ends when its user says so."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, AttributeError, ValueError, TypeError):  # a stream without a file
        return False
    return (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and not os.isatty(stream.fileno())


def _copied(stream: BinaryIO) -> Source:
    """A source with a copy of a stream that can be read only once."""
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with its source
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > _LONGEST_STREAM:
            spool.close()
            reason = f"More than {_LONGEST_STREAM:,} bytes came. Save them as a file and import the file."
            raise Invalid("file-too-large", reason, path="file")
        spool.write(chunk)
    spool.seek(0)
    kept = Source(stream=cast("BinaryIO", spool))
    weakref.finalize(kept, spool.close)
    return kept
