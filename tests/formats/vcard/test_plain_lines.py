"""Lines that are read fast are the lines that the whole reader gives, at the same places and with the same problems."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactcore.formats.tabular.encodings import Encoding
from contactcore.formats.vcard import physical_lines
from contactcore.formats.vcard.physical_lines import LineReader

pytestmark = pytest.mark.req("IMP-5")

PIECES = (
    *(b"TEL:1", b"TEL:2", b"TEL;TYPE=cell:3", b"item1.TEL:4", b"tel:", b"TE", b"TELX", b"TELX\tfoo", b" TEL:5"),
    *(b"\tTEL:6", b"NOTE;ENCODING=QUOTED-PRINTABLE:a=", b"NOTE;ENCODING=QUOTED-PRINTABLE:=C3=A9", b"NOTE:ends with="),
    *(b"=", b"\xff:x", b"PHOTO;ENCODING=b:AAAA", b"AAAABBBB", b"AAAA==", b" AAAA", b"TEL:\xff", b"TEL:\xc3\xa9"),
    *(b"\xc3", b"\xa9", b":", b"::", b";:", b'X;P="a:b":c', b'X;P="a', b'b":c', b"NOTE;CHARSET=latin-1:\xe9"),
    *(b"BEGIN:VCARD", b"END:VCARD", b"", b" ", b"\0", b"TEL:\0", b"=20b", b"=C3=A9=", b"N;QUOTED-PRINTABLE:a=C3="),
    *(b"NOTE;CHARSET=UTF-8:x", b"NOTE;CHARSET=UTF-8:\xc3\xa9", b"NOTE;CHARSET=UTF-8:\xe9", b"NOTE;CHARSET=nothing:x"),
)
FILES = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from((b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n", b""))), max_size=25
).map(lambda pairs: b"".join(piece + end for piece, end in pairs))


def _read(data: bytes, encoding: Encoding, *, text: bool, fast: bool) -> list[object]:
    found: list[object] = []
    reader = LineReader(io.BytesIO(data), encoding, lambda *problem: found.append(problem), text=text)
    lines = reader.lines() if fast else reader._slow_lines(reader._physical())
    found.extend((line, reader.offset, reader.line, reader.previous_offset) for line in lines)
    return found


@given(data=FILES, codec=st.sampled_from(("utf-8", "cp1252")), text=st.booleans())
@example(data=b"TEL:1\nTEL:2\nTELX\tfoo\nTEL:3", codec="utf-8", text=False)
@example(data=b"TEL:1\nTEL:2\nNOTE;ENCODING=QUOTED-PRINTABLE:a=\nTEL:3=\n\nTEL:4", codec="utf-8", text=False)
def test_a_fast_line_is_the_line_of_the_whole_reader(data: bytes, codec: str, *, text: bool) -> None:
    encoding = Encoding(codec, b"", "given" if text else "detected", "cp1252")
    assert _read(data, encoding, text=text, fast=True) == _read(data, encoding, text=text, fast=False)


def test_two_endless_lines_in_sequence_are_both_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(physical_lines, "LONGEST_LINE", 1_000)
    monkeypatch.setattr(physical_lines, "_CHUNK", 100)
    data = b"TEL:1\nTEL:2\n" + (b"NOTE:" + b"x" * 5_000 + b"\n") * 3 + b"TEL:3\n"
    encoding = Encoding("utf-8", b"", "detected", "cp1252")
    found = _read(data, encoding, text=False, fast=True)
    assert found == _read(data, encoding, text=False, fast=False)
    assert [one[0] for one in found if isinstance(one[0], str)] == ["vcard-line-too-long"] * 3  # type: ignore[index]
