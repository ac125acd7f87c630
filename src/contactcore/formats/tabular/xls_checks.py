"""Checks of an `.xls` workbook before a library opens it: the used area of each sheet, from the records of the file.

A damaged record names a cell so far away that the memory for the cells between does not exist, which ends the process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from contactcore.errors import Invalid
from contactcore.formats.tabular.workbook_checks import check_area, unreadable

__all__ = ["check_xls"]

_END = 0xFFFFFFF0
_ENTRY = 128
_STREAMS = ("Workbook", "Book")
_BOUND_SHEET, _DIMENSIONS, _MANY, _EOF = 0x85, 0x200, 0xBD, 0x0A
_CELLS = frozenset((0x06, _MANY, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E))


def check_xls(data: bytes) -> None:
    """Refuse an encrypted, a damaged or a too large workbook of the old Excel format.

    Args:
        data: The file.

    Raises:
        Invalid: `workbook-encrypted`, `workbook-too-large`, `workbook-unreadable`.

    >>> try:
    ...     check_xls(b"no workbook")
    ... except Invalid as error:
    ...     print(error.code)
    workbook-unreadable
    """
    if "EncryptedPackage".encode("utf-16-le") in data:
        message = "The workbook is encrypted. Open it in a spreadsheet program and save it without a password."
        raise Invalid("workbook-encrypted", message, path="file")
    try:
        stream = _stream(data)
        starts = [int.from_bytes(body[:4], "little") for id, body in _records(stream, 0) if id == _BOUND_SHEET]
        for start in {0, *starts}:
            _check_sheet(stream, start)
    except (struct.error, IndexError) as error:
        raise unreadable("it is damaged") from error


def _check_sheet(stream: bytes, start: int) -> None:
    rows, columns = [1 << 32, -1], [1 << 32, -1]
    for id, body in _records(stream, start):
        if id == _DIMENSIONS:
            first_row, last_row, first, last = struct.unpack_from("<IIHH" if len(body) >= 12 else "<HHHH", body)
            if last_row < first_row or last < first:
                raise unreadable("it is damaged")
            check_area((last_row - first_row) * (last - first))
        elif id in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            last = column if id != _MANY else max(column, int.from_bytes(body[-2:], "little"), column + len(body) // 6)
            rows = [min(rows[0], row), max(rows[1], row)]
            columns = [min(columns[0], column), max(columns[1], last)]
    if rows[1] >= 0:
        check_area((rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1))


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of the stream, until its end."""
    while start + 4 <= len(stream):
        id, length = struct.unpack_from("<HH", stream, start)
        yield id, stream[start + 4 : start + 4 + length]
        if id == _EOF:
            return
        start += 4 + length


def _stream(data: bytes) -> bytes:
    """The stream of the workbook, in the compound file that holds it."""
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in {9, 12}:
        raise unreadable("it is damaged")
    size = 1 << shift

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    numbers = list(struct.unpack_from("<109I", data, 76))
    (following,) = struct.unpack_from("<I", data, 68)
    for _ in range(len(data) // size):
        if following >= _END:
            break
        *more, following = struct.unpack(f"<{size // 4}I", sector(following))
        numbers += more
    table = b"".join(sector(number) for number in numbers if number < _END)
    chain = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def read(number: int) -> bytes:
        pieces: list[bytes] = []
        while number < _END and len(pieces) <= len(data) // size:
            pieces.append(sector(number))
            number = chain[number]
        return b"".join(pieces)

    (start, cutoff) = (struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 56)[0])
    entries = read(start)
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        entry = entries[place : place + _ENTRY]
        name = entry[:64].decode("utf-16-le", "replace").partition("\0")[0]
        first, length = struct.unpack_from("<II", entry, 116)
        if name in _STREAMS and length >= cutoff:
            return read(first)[:length]
    raise unreadable("it has no sheets")
