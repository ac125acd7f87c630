"""Workbooks: typed cells, the choice of a sheet, hostile files, and a round trip of any text."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from datetime import date, datetime
from functools import partial

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.tabular import workbook_checks
from contactcore.formats.tabular.workbook_writing import is_plain, write_workbook
from support.entity_strategies import lines, texts

pytestmark = pytest.mark.req("IMP-10")


def _book(fill) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    fill(book)
    book.close()
    return out.getvalue()


def _simple(book):
    sheet = book.add_worksheet("People")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, text in enumerate(("Name", "Phone", "Birthday", "Size", "Member", "Seen")):
        sheet.write_string(0, column, text)
    sheet.write_string(1, 0, "Jo Doe")
    sheet.write_number(1, 1, 33144556677)
    sheet.write_datetime(1, 2, date(1969, 4, 3), day)
    sheet.write_number(1, 3, 1.5)
    sheet.write_boolean(1, 4, boolean=True)
    sheet.write_datetime(1, 5, datetime(2026, 1, 31, 9, 30), day)  # noqa: DTZ001 - sheets have no zones


def _codes(table):
    return [problem.code for problem in table.problems]


def test_typed_cells_are_read_as_programs_write_them():
    table = tabular.read(_book(_simple))
    (row,) = table.rows()
    assert row.cells == ["Jo Doe", "33144556677", "1969-04-03", "1.5", "true", "2026-01-31 09:30:00"]
    assert (row.line, row.draft.birthday) == (2, "1969-04-03")
    assert [one.cells for one in table.rows(after=row.position)] == []


def test_the_first_visible_sheet_with_rows_is_read_and_the_others_are_named():
    def fill(book):
        book.add_worksheet("Empty")
        book.add_worksheet("Secret").write_string(0, 0, "Name")
        book.get_worksheet_by_name("Secret").hide()
        for name in ("First", "Second"):
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, "Name")
            sheet.write_string(1, 0, f"Jo {name}")

    data = _book(fill)
    table = tabular.read(data)
    assert [row.cells for row in table] == [["Jo First"]]
    assert _codes(table) == ["sheets-left-out", "sheets-hidden"]
    assert [row.cells for row in tabular.read(data, sheet="Second")] == [["Jo Second"]]
    with pytest.raises(Invalid) as caught:
        tabular.read(data, sheet="Third")
    assert caught.value.code == "sheet-unknown"
    assert "'First'" in str(caught.value)
    with pytest.raises(Invalid) as caught:
        tabular.read("Name\nJo\n", sheet="First")
    assert caught.value.code == "sheet-unknown"


def test_what_a_reader_of_values_leaves_out_is_named():
    def fill(book):
        sheet = book.add_worksheet()
        for column, text in enumerate(("Name", "Note", "Code", "Sum")):
            sheet.write_string(0, column, text)
        sheet.merge_range(1, 0, 2, 0, "Jo Doe")
        sheet.write_formula(1, 1, "=A1", value="seen")
        sheet.write_formula(1, 2, "=1/0", value="#DIV/0!")
        sheet.write_formula(1, 3, "=A2", value="")
        sheet.write_string(3, 0, "Ann Lee")
        sheet.set_row(3, options={"hidden": True})
        sheet.write_number(3, 2, 12345678901234567)

    table = tabular.read(_book(fill))
    assert _codes(table)[:3] == ["cells-merged", "formulas", "cells-with-errors"] or set(_codes(table)) >= {
        "cells-merged",
        "formulas",
        "cells-with-errors",
        "rows-hidden",
    }
    rows = list(table)
    assert [row.cells[0] for row in rows] == ["Jo Doe", "Ann Lee"]
    assert rows[0].cells[1] == "seen"
    assert [problem.code for problem in rows[1].problems] == ["number-rounded"]


def _changed(data: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == name else content)
    return out.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"


def _refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        tabular.read(data)
    assert str(caught.value)
    return caught.value.code


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    assert workbook_checks.LARGEST_CONTENT == 500_000_000
    monkeypatch.setattr(workbook_checks, "LARGEST_CONTENT", 20_000_000)
    bomb = _changed(_book(_simple), _SHEET, lambda text: text + b" " * 20_400_000)
    assert len(bomb) < 40_000
    assert _refusal(bomb) == "workbook-too-large"


def test_a_cell_far_away_is_refused_before_the_cells_between_are_made():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Name")
        sheet.write_string(1_048_575, 16_383, "far")

    assert _refusal(_book(fill)) == "workbook-too-large"


def test_a_million_empty_rows_are_no_rows():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Name")
        sheet.write_string(1_000_000, 0, "Jo")

    assert [(row.line, row.number, row.cells) for row in tabular.read(_book(fill))] == [(1_000_001, 1, ["Jo"])]


def test_a_cell_of_a_megabyte_refuses_its_row_and_no_other():
    def fill(text):
        return text.replace(b"<v>33144556677</v>", b"<v>1</v>").replace(
            b"</sheetData>",
            b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 1_000_001 + b"</t></is></c></row></sheetData>",
        )

    rows = list(tabular.read(_changed(_book(_simple), _SHEET, fill)))
    assert [row.refused for row in rows] == [False, True]
    assert [problem.code for problem in rows[1].problems] == ["cell-too-long"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04" + b"xl/workbook.xml" + bytes(99), "workbook-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "workbook-unreadable"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "not-a-table"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(data, code):
    assert _refusal(data) == code


def test_a_csv_file_with_the_name_of_a_workbook_is_read_as_what_it_is(tmp_path):
    path = tmp_path / "contacts.xlsx"
    path.write_bytes(b"Name,E-mail\nJo,jo@x.fr\n")
    assert [row.cells for row in tabular.read(path)] == [["Jo", "jo@x.fr"]]


def test_a_document_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert _refusal(out.getvalue()) == "not-a-table"


def _ods(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return out.getvalue()


_ODS = """<?xml version="1.0"?>{doctype}<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="People">
<table:table-row><table:table-cell office:value-type="string"><text:p>Name</text:p></table:table-cell></table:table-row>
{rows}
</table:table></office:spreadsheet></office:body></office:document-content>"""
_CELL = '<table:table-cell office:value-type="string"{more}><text:p>Jo</text:p></table:table-cell>'


def test_an_open_document_sheet_is_read():
    row = f"<table:table-row>{_CELL.format(more='')}</table:table-row>"
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    assert [one.cells for one in tabular.read(_ods(_ODS.format(doctype="", rows=row + empty)))] == [["Jo"]]


@pytest.mark.parametrize("times", [1_048_576, 999_999_999])
def test_an_open_document_sheet_that_repeats_a_row_without_end_is_refused(times):
    cell = _CELL.format(more=' table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="{times}">{cell}</table:table-row>'
    assert _refusal(_ods(_ODS.format(doctype="", rows=row))) == "workbook-too-large"


def test_entities_that_grow_are_refused():
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert _refusal(_ods(_ODS.format(doctype=doctype, rows="&b;"))) == "workbook-unreadable"


_GOOD = _book(_simple)


@given(
    cuts=st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), max_size=5),
    end=st.integers(4, len(_GOOD)),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(cuts, end):
    data = bytearray(_GOOD[:end])
    for place, byte in cuts:
        if place < len(data):
            data[place] = byte
    with suppress(Invalid):
        list(tabular.read(bytes(data)).rows())


@pytest.mark.parametrize("encoding", [b"aUTF-8", b"utf-7", b"hex", b"undefined"])
@pytest.mark.parametrize("name", [_SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"])
def test_a_part_in_an_encoding_of_no_text_is_read_or_refused_and_nothing_else(name, encoding):
    head = b'<?xml version="1.0" encoding="' + encoding + b'"?>'
    data = _changed(_GOOD, name, lambda text: head + text.partition(b"?>")[2] if b"?>" in text else head + text)
    with suppress(Invalid):
        list(tabular.read(data).rows())


@given(part=st.binary(max_size=200), place=st.integers(0, 3_000))
@example(part=b"a", place=30)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_sheet_of_odd_bytes_is_read_or_refused_and_nothing_else(part, place):
    data = _changed(_GOOD, _SHEET, lambda text: text[:place] + part + text[place:])
    with suppress(Invalid):
        list(tabular.read(data).rows())


@given(rows=st.lists(st.tuples(lines(), texts()), min_size=1, max_size=4))
@example(rows=[("=1+1", "+33 1"), ("01000", "'=x"), ("a\tb", "1\n\n2")])
def test_every_plain_text_comes_back_from_a_workbook(rows):
    kept = [[text.strip() for text in row] for row in rows]
    kept = [row for row in kept if all(row) and all(map(is_plain, row)) and row[0][:1] != "\ufeff"]
    out = io.BytesIO()
    assert write_workbook(kept, out, ["Name", "Notes"]) == len(kept)
    table = tabular.read(out.getvalue(), header=True)
    assert [row.cells for row in table] == kept


def test_more_than_excel_holds_is_refused_by_name():
    with pytest.raises(Invalid) as caught:
        write_workbook([["x" * 40_000]], io.BytesIO(), ["Notes"])
    assert caught.value.code == "text-too-long"


def test_tabs_line_breaks_and_blanks_of_an_open_document_sheet_are_kept():
    text = 'a<text:tab/>b<text:line-break></text:line-break>c<text:s text:c="2"/>d<text:tab text:tab-ref="1"/>'
    cell = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    rows = f"<table:table-row>{cell}</table:table-row>"
    (row,) = tabular.read(_ods(_ODS.format(doctype="", rows=rows)), header=True)
    assert row.cells == ["a\tb\nc  d\t"]


def test_what_an_open_document_sheet_hides_and_merges_is_named():
    error = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"/>'
    merged = _CELL.format(more=' table:number-columns-spanned="2"')
    rows = f"""<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>
        <table:table-row table:visibility="collapse">{merged}{error}</table:table-row>"""
    content = _ODS.format(doctype="", rows=rows).replace(" xmlns:text=", ' xmlns:calcext="urn:x" xmlns:text=')
    assert _codes(tabular.read(_ods(content), header=True)) == [
        "cells-merged",
        "cells-with-errors",
        "rows-hidden",
        "columns-hidden",
    ]


def test_hidden_columns_of_an_excel_sheet_are_counted():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Name", "Phone", "Notes"))
        sheet.write_row(1, 0, ("Jo Doe", "+33144556677", "x"))
        sheet.set_column(1, 2, options={"hidden": True})

    table = tabular.read(_book(fill))
    assert [(one.code, one.message.split()[0]) for one in table.problems] == [("columns-hidden", "2")]


def test_a_duration_is_read_in_hours():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Name", "Time"))
        sheet.write_string(1, 0, "Jo Doe")
        sheet.write_number(1, 1, 1.5, book.add_format({"num_format": "[h]:mm:ss"}))

    assert [row.cells for row in tabular.read(_book(fill))] == [["Jo Doe", "36:00:00"]]


@pytest.mark.parametrize(
    "place", [b"r='XFD1048576'", b'r = "XFD1048576"', b'r="xfd1048576"', b'r="&#88;FD1048576"', b'y="1" r="XFD1048576"']
)
def test_a_cell_far_away_is_refused_however_its_place_is_written(place):
    far = b'<row r="1048576"><c ' + place + b' t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    data = _changed(_book(_simple), _SHEET, lambda text: text.replace(b"</sheetData>", far))
    assert _refusal(data) == "workbook-too-large"


@pytest.mark.parametrize(
    "place", [b"A1048577", b"A9999999", b"A10000000", b"A4294967295", b"XFE2", b"AAAA2", b"2", b"A"]
)
def test_a_cell_without_a_place_of_the_grid_is_refused_before_the_cells_between_are_made(place):
    data = _changed(_book(_simple), _SHEET, lambda text: text.replace(b'r="A2"', b'r="' + place + b'"'))
    assert _refusal(data) == "workbook-unreadable"


@pytest.mark.parametrize("number", [b"1048577", b"4000000000", b"400000000000", b"+2"])
def test_a_row_without_a_place_of_the_grid_is_refused(number):
    def change(text):
        far = text.replace(b'<row r="2"', b'<row r="' + number + b'"')
        return far.replace(b' r="A2"', b"").replace(b' r="B2"', b"")

    assert _refusal(_changed(_book(_simple), _SHEET, change)) == "workbook-unreadable"


def test_a_cell_without_a_place_is_the_next_one():
    data = _changed(_book(_simple), _SHEET, lambda text: text.replace(b' r="A2"', b"").replace(b' r="B2"', b""))
    assert [row.cells for row in tabular.read(data)] == [row.cells for row in tabular.read(_book(_simple))]


@pytest.mark.parametrize("count", [b"20000001", b"4000000000", b"-1"])
def test_a_workbook_that_says_it_has_more_texts_than_cells_is_refused_before_there_is_room_for_them(count):
    texts = re.compile(rb'uniqueCount="\d+"')
    change = partial(texts.sub, b'uniqueCount="' + count + b'"')
    assert _refusal(_changed(_book(_simple), "xl/sharedStrings.xml", change)) == "workbook-unreadable"


@pytest.mark.parametrize("name", ["xl/sharedstrings.xml", "xl\\worksheets\\Sheet1.xml"])
def test_a_workbook_with_two_parts_of_one_name_is_refused(name):
    data = io.BytesIO(_book(_simple))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(name, "<x/>")
    assert _refusal(data.getvalue()) == "workbook-unreadable"


@pytest.mark.parametrize(
    "times", ["4000000000", "99999999999999999999", "+90000000", '1" t:number-rows-repeated="90000000']
)
def test_a_repetition_of_an_open_document_row_counts_however_it_is_written(times):
    row = f'<table:table-row table:number-rows-repeated="{times}">{_CELL.format(more="")}</table:table-row>'
    content = _ODS.replace("<table:table ", '<table:table xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" ')
    assert _refusal(_ods(content.format(doctype="", rows=row))) == "workbook-too-large"


def test_a_sheet_whose_part_is_unknown_is_refused():
    book = _book(_simple)
    hidden = _changed(book, "xl/workbook.xml", lambda text: text.replace(b"<workbook", b"<!DOCTYPE x><workbook"))
    assert _refusal(hidden) == "workbook-unreadable"


def test_a_shared_text_that_fills_the_memory_is_refused():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(20_000):
            sheet.write_string(row, 0, "x" * 32_000)

    data = _book(fill)
    assert len(data) < 200_000
    assert _refusal(data) == "workbook-too-large"


@pytest.mark.parametrize(("repeated", "text"), [(1, '<text:s text:c="999999999"/>'), (100_000, "x" * 10_000)])
def test_an_open_document_text_that_fills_the_memory_is_refused(repeated, text):
    cell = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="{repeated}">{cell}</table:table-row>'
    assert _refusal(_ods(_ODS.format(doctype="", rows=rows))) == "workbook-too-large"


def test_a_binary_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
    assert _refusal(out.getvalue()) == "workbook-unreadable"


def test_a_long_line_among_others_is_no_plain_cell():
    assert is_plain("x" * 31_000)
    assert is_plain("x\n" * 15_000)
    assert not is_plain("short\n" + "x" * 17_000)
