"""Old Excel workbooks: a damaged or hostile record is refused before memory is reserved for it."""

from __future__ import annotations

import struct

import pytest

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.tabular.xls_checks import check_xls

pytestmark = pytest.mark.req("IMP-10")

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(id: int, body: bytes) -> bytes:
    return struct.pack("<HH", id, len(body)) + body


def _compound(*records: bytes) -> bytes:
    """A compound file with one stream of eight sectors: the table, the directory, the stream."""
    stream = b"".join(records).ljust(4096, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0") + struct.pack("<HH", 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<III", 1, 1, 0) + struct.pack("<I", 4096)
    header = header.ljust(60, b"\0") + struct.pack("<IIII", _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    chain = [_TABLE, _END, *range(3, 10), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    name = "Workbook".encode("utf-16-le")
    entry = name.ljust(64, b"\0").ljust(116, b"\0") + struct.pack("<II", 2, 4096) + b"\0" * 4
    return header + table + entry.ljust(512, b"\0") + stream


_EOF = _record(0x0A, b"")
_NEAR = _record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0))


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ((_NEAR, _record(0x203, struct.pack("<HHHd", 65_535, 65_535, 0, 1.0)), _EOF), "workbook-too-large"),
        ((_record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 65_535, 0)), _EOF), "workbook-too-large"),
        ((_record(0x200, struct.pack("<IIHHH", 9, 1, 0, 5, 0)), _EOF), "workbook-unreadable"),
        ((_record(0x203, b"\0"), _EOF), "workbook-unreadable"),
        # The sheet begins behind the end of the globals.
        (
            (
                _record(0x85, struct.pack("<I", 12)),
                _EOF,
                _record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 65_535, 0)),
            ),
            "workbook-too-large",
        ),
    ],
)
def test_an_old_workbook_with_a_far_or_damaged_place_is_refused(records, code):
    with pytest.raises(Invalid) as caught:
        tabular.read(_compound(*records))
    assert caught.value.code == code


def test_the_places_of_an_old_workbook_that_fit_are_no_reason_to_refuse_it():
    check_xls(_compound(_record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0)), _NEAR, _EOF))


def test_an_encrypted_workbook_is_named():
    data = _compound(_EOF) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Invalid) as caught:
        tabular.read(data)
    assert caught.value.code == "workbook-encrypted"
