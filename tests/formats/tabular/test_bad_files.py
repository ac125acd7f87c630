"""Files that are broken, or no tables at all: rows accounted for or one plain error, never anything else."""

from __future__ import annotations

import io
import os
import random
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.tabular import detection, sources
from contactcore.formats.tabular.address_columns import assign_addresses
from support.seeds import examples

pytestmark = pytest.mark.req("IMP-2")


def codes(rows: list[tabular.Row]) -> list[tuple[int, str]]:
    return [(row.line, problem.code) for row in rows for problem in row.problems]


def zipped(name: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n", "\ufeff".encode("utf-16-le")])
def test_an_empty_file_has_no_rows_and_says_so(data: bytes) -> None:
    table = tabular.read(data)
    assert list(table) == []
    assert [problem.code for problem in table.problems] == ["file-empty"]


def test_a_file_of_a_header_alone_has_no_rows_and_says_so() -> None:
    table = tabular.read(b"Name,E-mail")
    assert list(table) == []
    assert [problem.code for problem in table.problems] == ["no-rows"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped("word/document.xml"), "Word"),
        (zipped("a.csv"), "ZIP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "JPEG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\n <!DOCTYPE html><html></html>", "HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "XML"),
        (b'[{"name": "Jo"}]', "JSON"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "vCard"),
        (random.Random(7).randbytes(5000), "binary"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, what: str) -> None:
    with pytest.raises(Invalid, match=what) as caught:
        tabular.read(data)
    assert caught.value.code == "not-a-table"


def test_a_damaged_workbook_is_sent_back_to_be_saved_again() -> None:
    with pytest.raises(Invalid, match="save it again") as caught:
        tabular.read(zipped("xl/workbook.xml"))
    assert caught.value.code == "workbook-unreadable"


def test_nul_bytes_are_taken_out_and_reported() -> None:
    rows = list(tabular.read(b"Name,E-mail\nJo\0hn,jo@x.fr\nAl,al@x.fr\n"))
    assert [row.draft.full_name for row in rows] == ["John", "Al"]
    assert codes(rows) == [(2, "nul-removed")]


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("cell", ["a", '"a"', "a b"])
def test_a_row_of_very_many_cells_is_refused_and_the_others_are_read(cell: str) -> None:
    wide = f"{cell}," * (tabular.MAX_COLUMNS * 3)
    rows = list(tabular.read(f"Name,E-mail\nJo,jo@x.fr\n{wide}\nCy,cy@x.fr\n"))
    assert [row.refused for row in rows] == [False, True, False]
    assert (3, "row-too-wide") in codes(rows)
    assert len(rows[1].cells) == tabular.MAX_COLUMNS + 1
    assert [row.line for row in rows] == [2, 3, 4]


def _lines_run(function: Callable[[], object]) -> int:
    """The number of Python lines and of calls of C functions that a function takes."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type] # the frames are only counted
    try:
        function()
    finally:
        sys.settrace(before)
    return count


class _Counted(str):
    """A field or a header that counts how often it is compared."""

    compared = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        _Counted.compared += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("header", ["Phone", "E-mail", "City", "Name", "Title", "Notes", "Tags", "Kürzel", "Home"])
def test_very_many_equal_headers_cost_no_more_each_than_a_few(header: str) -> None:
    def read(columns: int) -> int:
        text = ";".join([header] * columns) + "\n" + ";".join(["x"] * columns) + "\n"
        return _lines_run(lambda: list(tabular.read(text, delimiter=";", header=True)))

    read(10)
    few, many = read(200), read(1_600)
    assert many < few * 8 * 1.5


@pytest.mark.req("IMP-2")
def test_no_column_is_compared_with_all_others() -> None:
    def compare(columns: int) -> int:
        fields: list[str | None] = [_Counted("addresses.city") for _ in range(columns)]
        _Counted.compared = 0
        assign_addresses(fields, range(1, columns + 1))
        return _Counted.compared

    compare(10)
    assert compare(1_600) <= compare(200) * 8 * 1.5 + 100


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("cell", ["a" * 50_000, "1" * 50_000, "a " * 25_000, "@." * 25_000, "';" * 4_000])
def test_the_text_that_the_dialect_is_asked_of_has_no_long_words(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(detection, "_clever", lambda text, _: str(asked.append(text) or ""))
    tabular.read(f"{cell}\nJo\n")
    assert asked
    assert all(len(text) <= 20_000 and not re.search(r"[^\W_]{41}", text) for text in asked)


def test_five_thousand_columns_are_read() -> None:
    header = ",".join([*(f"Extra {number}" for number in range(4998)), "Name", "E-mail"])
    row = next(iter(tabular.read(f"{header}\n{'x,' * 4998}Jo,jo@x.fr\n")))
    assert row.draft.full_name == "Jo"
    assert len(row.draft.unmapped) == 4998


def test_more_columns_than_the_limit_are_refused() -> None:
    with pytest.raises(Invalid, match="more than 10,000 columns") as caught:
        tabular.read(",".join(f"c{number}" for number in range(tabular.MAX_COLUMNS + 1)) + "\n")
    assert caught.value.code == "too-many-columns"


@pytest.mark.parametrize("cell", ["x" * 2_000_000, '"' + "x" * 2_000_000 + '"', '"' + ("x" * 9999 + "\n") * 200 + '"'])
def test_a_row_with_a_cell_of_two_megabytes_is_refused_and_the_others_are_read(cell: str) -> None:
    rows = list(tabular.read(f"Name,E-mail,Notes\nJo,jo@x.fr,a\nAl,al@x.fr,{cell}\nCy,cy@x.fr,b\n"))
    assert [(row.draft.full_name, row.refused) for row in rows] == [("Jo", False), ("Al", True), ("Cy", False)]
    assert (3, "cell-too-long") in codes(rows)


@pytest.mark.parametrize("size", [200_000, tabular.MAX_CELL])
def test_a_cell_up_to_the_limit_is_read(size: int) -> None:
    rows = list(tabular.read(f'Name,Notes,E-mail\nJo,"{"x" * size}",jo@x.fr\nAl,,al@x.fr\n'))
    assert [len(row.draft.notes) for row in rows] == [size, 0]
    assert codes(rows) == []


def test_a_quote_that_never_closes_costs_no_row() -> None:
    data = 'Name,E-mail\nJo,jo@x.fr\n"Al,al@x.fr\n' + "".join(f"N{i},n{i}@x.fr\n" for i in range(3000))
    rows = list(tabular.read(data))
    assert len(rows) == 3002
    assert codes(rows) == [(3, "unclosed-quote")]
    assert rows[1].cells == ['"Al', "al@x.fr"]


@given(st.integers(0, 30), st.integers(1, 60), st.sampled_from(['"Al,al@x.fr', 'Al,"al@x.fr']), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_row_after_a_stray_quote_is_lost(before: int, after: int, stray: str, quoted: bool) -> None:
    line = '"N{0}, jr","n{0}@x.fr"' if quoted else "N{0},n{0}@x.fr"
    lines = [line.format(number) for number in range(before + after)]
    data = "\n".join(["Name,E-mail", *lines[:before], stray, *lines[before:]])
    rows = list(tabular.read(data, delimiter=",", quotechar='"'))
    emails = [email.text for row in rows for email in row.draft.emails]
    assert [f"n{number}@x.fr" for number in range(before + after)] == [e for e in emails if e[0] == "n"]
    assert codes(rows) != []


def test_a_quote_that_swallows_rows_until_another_is_seen_through() -> None:
    middle = "".join(f"N{i},n{i}@x.fr\n" for i in range(50))
    rows = list(tabular.read(f'Name,E-mail\nJo,"jo@x.fr\n{middle}Al,al@x.fr"\nBo,bo@x.fr\n'))
    assert len(rows) == 53
    assert (2, "unclosed-quote") in codes(rows)


def test_a_long_note_of_many_lines_is_one_cell_and_is_mentioned() -> None:
    note = "\n".join(f"line {number}" for number in range(200))
    rows = list(tabular.read(f'Name,E-mail,Notes\nJo,jo@x.fr,"{note}"\nAl,al@x.fr,\n'))
    assert rows[0].draft.notes == note
    assert codes(rows) == [(2, "row-of-many-lines")]


def test_quotes_inside_a_quoted_cell_are_reported() -> None:
    rows = list(tabular.read('Name,E-mail\n"Al "Ace" Ray",al@x.fr\nBo,bo@x.fr\n'))
    assert [len(row.cells) for row in rows] == [2, 2]
    assert codes(rows) == [(2, "quote-inside")]


def test_lines_in_another_encoding_are_read_by_the_code_page_and_reported() -> None:
    data = "Name;E-mail\nZoé;a@x.fr\n".encode() + "Chloé;b@x.fr\n".encode("cp1252") + b"Al;c@x.fr\n"
    rows = list(tabular.read(data, language="fr"))
    assert [row.draft.full_name for row in rows] == ["Zoé", "Chloé", "Al"]
    assert codes(rows) == [(3, "encoding-mixed")]


def test_accents_that_come_after_the_sample_are_read() -> None:
    plain = b"".join(b"N%d;n%d@x.fr\n" % (number, number) for number in range(30_000))
    table = tabular.read(b"Name;E-mail\n" + plain + "Chloé;b@x.fr\n".encode("cp1252"))
    assert table.detected.encoding == "cp1252"
    assert [row.draft.full_name for row in table][-1] == "Chloé"


def test_ragged_rows_keep_what_is_over_and_blank_rows_are_not_counted() -> None:
    data = "First name,Last name,E-mail\nAnn\nBob,Ray,b@x.fr,more,,last\n,,\n\nCid,Roy,c@x.fr\n"
    rows = list(tabular.read(data))
    assert [(row.number, row.line) for row in rows] == [(1, 2), (2, 3), (3, 6)]
    assert rows[1].draft.unmapped == {"(extra 1)": "more", "(extra 3)": "last"}
    assert codes(rows) == [(3, "row-too-long")]
    assert not rows[1].refused


def test_headers_that_occur_twice_are_told_apart() -> None:
    table = tabular.read("Email,Email,Name,,Ref,Ref\na@x.fr,b@x.fr,Jo,q,1,2\n")
    assert table.detected.columns == ("Email", "Email (2)", "Name", "Column 4", "Ref", "Ref (2)")
    draft = next(iter(table)).draft
    assert [(email.text, email.column) for email in draft.emails] == [("a@x.fr", "Email"), ("b@x.fr", "Email (2)")]
    assert draft.unmapped == {"Column 4": "q", "Ref": "1", "Ref (2)": "2"}


def test_a_file_without_a_header_is_mapped_by_its_cells() -> None:
    table = tabular.read("Jo Doe,Jo,Doe,jo@x.fr\nAl Ray,Al,Ray,al@x.fr\n")
    assert table.detected.header_line is None
    assert [problem.code for problem in table.problems] == ["no-header"]
    assert list(table.mapping.as_dict().values()) == ["full_name", "given", "family", "emails"]
    assert len(list(table)) == 2


def test_a_missing_file_is_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        tabular.read(tmp_path / "no.csv")
    assert caught.value.code == "file-missing"


@pytest.mark.req("IMP-2")
def test_what_is_no_regular_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for source in (tmp_path, Path(os.devnull), Path("/dev/zero"), pipe):
        with pytest.raises(Invalid) as caught:
            tabular.read(source)
        assert caught.value.code == "file-irregular", source
    with Path("/dev/zero").open("rb") as stream, pytest.raises(Invalid) as caught:
        tabular.read(stream)
    assert caught.value.code == "file-irregular"


@pytest.mark.req("IMP-2")
def test_a_stream_without_end_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += max(size, 0)
            return b"a" * max(size, 0)

    monkeypatch.setattr(sources, "_LONGEST_STREAM", 3_000_000)
    stream = Endless()
    with pytest.raises(Invalid) as caught:
        tabular.read(stream)
    assert caught.value.code == "file-too-large"
    assert stream.given < 5_000_000


@pytest.mark.req("IMP-2")
@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("name", ["secret.csv", "secret"])
def test_a_text_is_never_a_path_and_one_that_looks_like_it_is_noted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Name,E-mail\nZoé,z@x.fr\n", encoding="utf-8")
    table = tabular.read(str(path))
    assert table.detected.columns == (str(path),)
    assert list(table) == []
    assert "text-may-be-path" in [problem.code for problem in table.problems]
    assert [row.draft.full_name for row in tabular.read(path)] == ["Zoé"]


@given(st.binary(max_size=400))
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@settings(max_examples=examples(100))
def test_any_bytes_give_rows_or_one_plain_error(data: bytes) -> None:
    problems = set()
    rows: list[tabular.Row] = []
    try:
        rows = list(tabular.read(data))
    except Invalid as error:
        problems = {problem.code for problem in error.problems}
    assert problems <= {"not-a-table", "too-many-columns", "workbook-unreadable"}
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(st.text(alphabet="ab,;\t|\"'\r\n=@ é", max_size=120))
@settings(max_examples=examples(100))
def test_any_text_keeps_its_letters(text: str) -> None:
    table = tabular.read("Name,E-mail\n" + text, delimiter=",", header=True)
    kept = "".join("".join(row.cells) for row in table)
    for letter in "abé":
        assert kept.count(letter) == text.count(letter)


def test_the_mark_with_which_dos_ends_a_file_is_no_row() -> None:
    table = tabular.read(b"Name,E-mail\r\nJo Doe,jo@x.fr\r\n\x1a")
    (row,) = table
    assert row.draft.emails[0].text == "jo@x.fr"
