"""Files that are no tables, or broken ones: every row is accounted for, or there is one plain error."""

from __future__ import annotations

import io
import zipfile

import pytest

from contactcore.errors import Invalid

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.cases_in_memory]


def _applied(workspace, amelie, data, **options):
    imports = workspace.imports(amelie)
    plan = imports.plan(data, **options)
    dry, wet = imports.preview(plan), imports.apply(plan)
    assert dry.counts == wet.counts
    assert wet.rows == wet.created + wet.updated + wet.skipped + wet.rejected
    return wet


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    return out.getvalue()


@pytest.mark.parametrize("name", ["contacts.csv", "/data/2026/Export.XLSX", r"C:\Data\new contacts.vcf", "./a.json"])
def test_a_path_that_is_given_as_text_is_refused(workspace, amelie, name):
    with pytest.raises(Invalid) as refused:
        workspace.imports(amelie).plan(name)
    assert [(one.code, one.path, one.value) for one in refused.value.problems] == [("source", "file", name)]


@pytest.mark.parametrize("text", ["Name\nJane Doe", "Name;File\nJane Doe;doe.csv", "File.csv\nJane Doe"])
def test_a_text_of_cells_is_planned(workspace, amelie, text):
    assert workspace.imports(amelie).plan(text).sample


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_zip(), id="zip"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), id="image"),
        pytest.param(b"<!DOCTYPE html><html><body><table><tr><td>a</td></tr></table></body></html>", id="html"),
        pytest.param(b"\x7fELF" + bytes(range(256)) * 20, id="binary"),
        pytest.param(bytes(5_000), id="nothing but NUL"),
    ],
)
def test_another_kind_of_file_is_refused_before_anything_is_written(workspace, amelie, everybody, data):
    with pytest.raises(Invalid):
        workspace.imports(amelie).plan(data)
    assert everybody(workspace) == []


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b"First name,Last name,E-mail\r\n"])
def test_a_file_without_rows_imports_nothing_and_says_so(workspace, amelie, data):
    imports = workspace.imports(amelie)
    plan = imports.plan(data)
    report = imports.apply(plan)
    assert report.as_dict()["rows"] == 0
    assert plan.problems


def test_nul_bytes_are_taken_out_and_reported(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b"First name,Last name\nAn\0n,Lee\nBob,Ray\n")
    assert report.rows == 2
    assert report.created == 2
    assert any(one.line == 2 for one in report.problems)


def test_five_thousand_columns_end_in_the_contact(workspace, amelie, everybody):
    width = 5_000
    header = ",".join(["Name", *(f"X{n}" for n in range(width - 1))])
    row = ",".join(["Ann Lee", *(f"v{n}" for n in range(width - 1))])
    report = _applied(workspace, amelie, f"{header}\n{row}\n".encode())
    assert report.created == 1
    (ann,) = everybody(workspace)
    assert len(ann.unmapped) == width - 1


def test_a_cell_of_two_megabytes_rejects_its_row_and_no_other(workspace, amelie, everybody):
    data = b"Name,Notes\nAnn," + b"x" * 2_000_000 + b"\nBob,ok\n"
    report = _applied(workspace, amelie, data)
    assert (report.created, report.rejected) == (1, 1)
    assert report.problems[0].line == 2
    out = io.BytesIO()
    assert report.write_rejects(out) == 1


def test_a_row_too_large_for_a_record_is_rejected_and_no_other(workspace, amelie, everybody):
    data = b"Name,A,B,C,D,E,F,G\nAnn" + b"".join(b"," + b"x" * 90_000 for _ in range(7)) + b"\nBob,1,,,,,,\n"
    report = _applied(workspace, amelie, data)
    assert (report.created, report.rejected) == (1, 1)
    assert report.problems[0].code == "row-too-large"


def test_a_name_of_a_megabyte_is_left_out_by_name_and_the_rest_kept(workspace, amelie, everybody):
    data = b"First name,Last name\n" + b"x" * 900_000 + b",Lee\n"
    report = _applied(workspace, amelie, data)
    assert report.rows == 1
    assert report.created + report.rejected == 1
    assert len(report.problems) >= 1


def test_an_unclosed_quote_loses_no_row(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b'Name,Notes\nAnn,"open\nBob,b\nCid,c\n')
    said = " ".join(f"{one.display_name} {one.description}" for one in everybody(workspace))
    assert all(name in said for name in ("Ann", "Bob", "Cid"))
    assert report.rows >= 1


def test_mixed_encodings_import_every_row_and_report_the_odd_line(workspace, amelie, everybody):
    data = "Name\nZoé\n".encode() + "Chloé\n".encode("cp1252") + "Łucja\n".encode() * 3
    report = _applied(workspace, amelie, data)
    assert report.rows == 5
    assert any(one.line == 3 for one in report.problems)
    assert {one.display_name for one in everybody(workspace)} >= {"Zoé", "Chloé", "Łucja"}


def test_ragged_rows_keep_what_is_over_beside_the_contact(workspace, amelie, everybody):
    rows = b"Ann,Lee\nBob,Ray,,bob@example.com,extra1,extra2\n,,,\n\nCid,Roy,,c@x.fr\n"
    data = b"First name,Last name,Company,E-mail\n" + rows
    report = _applied(workspace, amelie, data)
    assert (report.rows, report.created) == (3, 3)
    bob = next(one for one in everybody(workspace) if one.display_name == "Bob Ray")
    assert set(bob.unmapped.values()) == {"extra1", "extra2"}


def test_duplicate_headers_lose_no_cell(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b"Name,E-mail,E-mail,X,X\nAnn,a@x.fr,b@x.fr,1,2\n")
    assert report.created == 1
    (ann,) = everybody(workspace)
    assert [str(email) for email in ann.emails] == ["a@x.fr", "b@x.fr"]
    assert sorted(ann.unmapped.values()) == ["1", "2"]


def test_a_file_without_header_is_read_by_what_it_holds(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b"John Doe,John,Doe,john@doe.invalid\nJane Doe,Jane,Doe,jane@doe.invalid\n")
    assert report.rows == 2
    assert [str(one.emails[0]) for one in everybody(workspace)] == ["jane@doe.invalid", "john@doe.invalid"]


@pytest.mark.parametrize("hostile", ["'; DROP TABLE contact;--", "100%_\\", "evil\u200f", "=cmd|' /C calc'!A0"])
def test_hostile_names_are_stored_unchanged(workspace, amelie, everybody, hostile):
    quoted = hostile.replace('"', '""')
    report = _applied(workspace, amelie, f'First name,Last name,E-mail\n"{quoted}",Lee,a@x.fr\n'.encode())
    assert report.created == 1
    (found,) = everybody(workspace)
    assert found.given_name == hostile


def test_a_name_loses_its_controls_of_direction(workspace, amelie, everybody):
    report = _applied(workspace, amelie, "First name,Last name\n\u202eevil\u202c,\u2068Lee\u2069\n".encode())
    assert (report.created, [*report.problems]) == (1, [])
    (found,) = everybody(workspace)
    assert (found.given_name, found.family_name) == ("evil", "Lee")


def test_control_characters_are_refused_by_name_and_the_rest_kept(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b"First name,Last name,X\nAn\x01n,Lee,b\x02\n")
    assert report.created == 1
    (found,) = everybody(workspace)
    assert found.family_name == "Lee"
    assert {one.column for one in report.problems} == {"First name", "X"}


def test_a_row_with_nothing_nameable_is_rejected(workspace, amelie):
    report = _applied(workspace, amelie, b"Name,City,E-mail\n,Lyon,\nAnn,Paris,\n,Nice,nope\n")
    assert (report.created, report.rejected) == (1, 2)
    assert {one.line for one in report.problems if one.code == "nameless"} == {2, 4}


def test_a_file_that_is_gone_is_one_plain_error(workspace, amelie, tmp_path):
    with pytest.raises(Invalid) as caught:
        workspace.imports(amelie).plan(tmp_path / "none.csv")
    assert caught.value.code == "file-missing"


def test_rows_of_which_nothing_can_be_seen_are_rejected(workspace, amelie, everybody):
    rows = "\u200b,\u2060,,\n\u3164,,\u2800,\n\ufeff\u200e,,,\u200b\nAnn,Lee,\u200b,\u200b\n"
    report = _applied(workspace, amelie, f"First name,Last name,Company,Code\n{rows}")
    assert (report.rows, report.created, report.rejected) == (4, 1, 3)
    assert {one.code for one in report.problems} == {"nameless"}
    (ann,) = everybody(workspace)
    assert (ann.display_name, dict(ann.unmapped)) == ("Ann Lee", {})


def test_a_row_that_is_too_large_with_its_headers_is_rejected_and_the_others_are_read(workspace, amelie, everybody):
    headers = ",".join(f"{number}{'h' * 2_000}" for number in range(1_000))
    row = ",".join("x" * 1_000)
    data = f"First name,{headers}\nAnn,{row}\nBob{',' * 1_000}\n"
    report = _applied(workspace, amelie, data)
    assert [(one.line, one.code) for one in report.problems] == [(2, "row-too-large")]
    assert [one.display_name for one in everybody(workspace)] == ["Bob"]


def test_a_mark_of_gb18030_decides_the_encoding(workspace, amelie, everybody):
    report = _applied(workspace, amelie, b"\x84\x31\x95\x33" + "Company\n\u6728\u6750\u516c\u53f8\n".encode("gb18030"))
    assert (report.detected.encoding, report.created) == ("gb18030", 1)
    assert [one.display_name for one in everybody(workspace)] == ["\u6728\u6750\u516c\u53f8"]


def test_a_file_in_ebcdic_is_not_read_as_one_long_line(workspace, amelie, everybody):
    data = "First name,Last name,E-mail\nAnn,Lee,ann@x.fr\n".encode("cp037")
    with pytest.raises(Invalid):
        workspace.imports(amelie).plan(data, encoding="cp037")
    assert workspace.imports(amelie).plan(data).detected.encoding != "cp037"
