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
    *(
        b" \t",
        b"\x0c",
        b"\xef\xbb\xbfTEL:7",
        b"\xef\xbb\xbf\xef\xbb\xbfTEL:8",
        b"TEL;TYPE=x",
        b" y:9",
        b"X-A;QUOTED-PRINTABLEX:a=",
    ),
    *(b"N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=A9", b"N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E9=0A=0D"),
    *(
        b"N;CHARSET=latin-1;ENCODING=QUOTED-PRINTABLE:=E9",
        b"PHOTO;ENCODING=b:AAA=",
        b" BBB=",
        b" =",
        b"N;QUOTED-PRINTABLE=",
    ),
    *(b"NOTE;CHARSET=UTF-8:x", b"NOTE;CHARSET=UTF-8:\xc3\xa9", b"NOTE;CHARSET=UTF-8:\xe9", b"NOTE;CHARSET=nothing:x"),
)
ENDS = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n", b"")
FILES = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(ENDS)), max_size=25).map(
    lambda pairs: b"".join(piece + end for piece, end in pairs)
)
USUAL_FILES = st.builds(
    lambda pieces, end, last: end.join(pieces) + last,
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from((b"\n", b"\r\n")),
    st.sampled_from((b"", b"\n", b"\r\n", b"\r", b"\n\n")),
)


def _read(data: bytes, encoding: Encoding, *, text: bool, fast: bool) -> list[object]:
    found: list[object] = []
    reader = LineReader(io.BytesIO(data), encoding, lambda *problem: found.append(problem), text=text)
    lines = reader.lines() if fast else reader._slow_lines(reader._physical(1, 0))
    found.extend((line, reader.offset, reader.line, reader.previous_offset) for line in lines)
    return found


@given(data=FILES | USUAL_FILES, codec=st.sampled_from(("utf-8", "cp1252")), text=st.booleans())
@example(data=b"TEL:1\nTEL:2\nTELX\tfoo\nTEL:3", codec="utf-8", text=False)
@example(data=b"TEL:1\nTEL:2\nNOTE;ENCODING=QUOTED-PRINTABLE:a=\nTEL:3=\n\nTEL:4", codec="utf-8", text=False)
@example(data=b"TEL:1\n\x0c", codec="utf-8", text=False)
@example(data=b"TEL:1\r\nTEL:2\r\n\x0c", codec="utf-8", text=False)
def test_a_fast_line_is_the_line_of_the_whole_reader(data: bytes, codec: str, *, text: bool) -> None:
    encoding = Encoding(codec, b"", "given" if text else "detected", "cp1252")
    assert _read(data, encoding, text=text, fast=True) == _read(data, encoding, text=text, fast=False)


@pytest.mark.parametrize("size", [1, 7, 40])
@given(data=FILES | USUAL_FILES)
@example(data=b"N;QUOTED-PRINTABLE:a=C3=\n\x0c\n")
def test_the_size_of_the_chunks_changes_no_line(size: int, data: bytes) -> None:
    encoding = Encoding("utf-8", b"", "detected", "cp1252")
    whole = _read(data, encoding, text=False, fast=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physical_lines, "_CHUNK", size)
        assert _read(data, encoding, text=False, fast=True) == whole
        patch.setattr(physical_lines, "_LARGEST_BLOCK", 30)
        assert _read(data, encoding, text=False, fast=True) == whole


def test_two_endless_lines_in_sequence_are_both_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(physical_lines, "LONGEST_LINE", 1_000)
    monkeypatch.setattr(physical_lines, "_CHUNK", 100)
    data = b"TEL:1\nTEL:2\n" + (b"NOTE:" + b"x" * 5_000 + b"\n") * 3 + b"TEL:3\n"
    encoding = Encoding("utf-8", b"", "detected", "cp1252")
    found = _read(data, encoding, text=False, fast=True)
    assert found == _read(data, encoding, text=False, fast=False)
    assert [one[0] for one in found if isinstance(one[0], str)] == ["vcard-line-too-long"] * 3  # type: ignore[index]
