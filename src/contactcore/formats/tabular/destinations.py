"""Where a table is written to: a file that appears whole or not at all, or a stream of the caller's."""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast

from contactcore.errors import Invalid

__all__ = ["destination"]

# What the disk answers while a table is being written, as opposed to what goes wrong with the rows themselves.
_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS))


@contextmanager
def destination(out: object) -> Iterator[BinaryIO]:
    """A binary stream to write a table to.

    A file is written under another name beside its place and moved there at the end: what stood there before stays
    until all is written, whatever happens.

    Args:
        out: A path, or a binary file object, which stays open.

    Raises:
        Invalid: `file-unwritable`; `out` for what is neither.

    >>> kept = io.BytesIO()
    >>> with destination(kept) as stream:
    ...     stream.write(b"Name")
    4
    >>> kept.getvalue()
    b'Name'
    """
    if not isinstance(out, (str, os.PathLike)):
        if isinstance(out, io.TextIOBase) or not hasattr(out, "write"):
            raise Invalid("out", 'Give a path, or a file opened in binary mode: open(path, "wb").', path="out")
        yield cast("BinaryIO", out)
        return
    try:
        place = os.path.realpath(os.fspath(out))
        # A pipe or a terminal is written as it is, and so is a file whose folder takes no other.
        there = os.path.isfile(place)  # noqa: PTH113 - never raises, unlike pathlib's
        ordinary = os.access(os.path.dirname(place), os.W_OK) if there else not os.path.exists(place)  # noqa: PTH110, PTH120 - as above
        aside = f"{place}.{secrets.token_hex(4)}" if ordinary else place
        if there and not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        stream = open(aside, "xb" if ordinary else "wb")  # noqa: PTH123, SIM115 - closed below
    except (OSError, ValueError) as error:
        raise _unwritable(out, error) from error
    try:
        with stream:
            yield stream
        if ordinary:
            if there:
                shutil.copymode(place, aside)
            os.replace(aside, place)  # noqa: PTH105 - of texts
    except OSError as error:
        if error.errno in _DISK:
            raise _unwritable(out, error) from error
        raise
    finally:
        if ordinary:
            with suppress(OSError):
                os.unlink(aside)  # noqa: PTH108 - of texts


def _unwritable(out: object, error: OSError | ValueError) -> Invalid:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Invalid(
        "file-unwritable", f"The file cannot be written: {reason}. Give another path.", path="out", value=str(out)
    )
