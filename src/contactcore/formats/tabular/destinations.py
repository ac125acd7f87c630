"""The destination of a table: a file that is replaced only when it is complete, or a stream of the caller."""

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

# Errors of the disk. Other errors come from the rows.
_DISK_ERRORS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS))


@contextmanager
def destination(out: object) -> Iterator[BinaryIO]:
    """Open a binary stream to write a table to.

    A file is written under a temporary name in the same folder and renamed at the end. An earlier file stays unchanged
    until the new one is complete.

    Args:
        out: Path of a file, or a binary file object, which stays open.

    Raises:
        Invalid: `file-unwritable`; `out` for anything else than a path or a binary file object.

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
        path = os.path.realpath(os.fspath(out))
        exists = os.path.isfile(path)  # noqa: PTH113 - never raises, unlike pathlib's
        # Pipes, terminals, and files in a folder that accepts no new file are written in place.
        renamed = os.access(os.path.dirname(path), os.W_OK) if exists else not os.path.exists(path)  # noqa: PTH110, PTH120 - as above
        written = f"{path}.{secrets.token_hex(4)}" if renamed else path
        if exists and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        stream = open(written, "xb" if renamed else "wb")  # noqa: PTH123, SIM115 - closed below
    except (OSError, ValueError) as error:
        raise _unwritable(out, error) from error
    try:
        with stream:
            yield stream
        if renamed:
            if exists:
                shutil.copymode(path, written)
            os.replace(written, path)  # noqa: PTH105 - the paths are strings
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            raise _unwritable(out, error) from error
        raise
    finally:
        if renamed:
            with suppress(OSError):
                os.unlink(written)  # noqa: PTH108 - the paths are strings


def _unwritable(out: object, error: OSError | ValueError) -> Invalid:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Invalid(
        "file-unwritable", f"The file cannot be written: {reason}. Give another path.", path="out", value=str(out)
    )
