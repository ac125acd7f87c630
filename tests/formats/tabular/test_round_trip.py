"""What is written is read back exactly, runs in no spreadsheet, and can be read on from any row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.tabular.cells import FORMULA_STARTS
from support.seeds import examples

HOSTILE = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.text(alphabet="'=+-@＝＋\t\r\n\",; a1é\ufeff", max_size=8),
)
ROWS = st.lists(st.lists(HOSTILE, min_size=3, max_size=3), max_size=6)


@pytest.mark.req("IMP-4")
@given(ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
@settings(max_examples=examples(100))
@example([["'=1", "''+1", "'"]], ",", "utf-8")
@example([["+33 1 44", "-", "@x"]], ";", "utf-16")
def test_any_text_is_read_back_exactly(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    out = io.BytesIO()
    tabular.write(rows, out, ["Name", "Phone", "Notes"], delimiter=delimiter, encoding=encoding)
    table = tabular.read(out.getvalue(), encoding=encoding, delimiter=delimiter, quotechar='"', header=True)
    assert [row.cells for row in table] == [row for row in rows if any(map(str.strip, row))]


@pytest.mark.req("IMP-4")
@given(HOSTILE)
def test_a_defused_cell_starts_no_formula_and_revives_exactly(text: str) -> None:
    harmless = tabular.defuse(text)
    assert not harmless or harmless[0] not in FORMULA_STARTS
    assert tabular.revive(harmless) == text


@pytest.mark.req("IMP-4")
@given(st.text(alphabet="'=+-@＝＋\t\r\n\",;| a", max_size=10))
@example("a;=1+1")
@example("x, =1+1")
@example('a;"=1+1"')
@example("Call:\n- one\n- two")
def test_no_usual_sign_and_no_line_end_inside_a_cell_lets_a_formula_begin(text: str) -> None:
    harmless = tabular.defuse(text)
    for piece in re.split(r"[,;|\t\r\n]", harmless):
        assert piece.lstrip(' "')[:1] not in {*"=+-@＝＋－＠"}
    assert tabular.revive(harmless) == text


@pytest.mark.req("IMP-4")
@pytest.mark.parametrize("written", [",", ";", "\t", "|"])
@pytest.mark.parametrize("opened", [",", ";", "\t", "|"])
def test_a_file_that_is_opened_with_another_delimiter_runs_no_formula(written: str, opened: str) -> None:
    cells = ["a;=1+1", "b,=2", "c\t=3", "d|=4", "e\n=5", 'f;"=6"', "g; =7", "h;'=8", "+33 1", "plain"]
    out = io.BytesIO()
    tabular.write([cells], out, [f"H{place}" for place in range(len(cells))], delimiter=written, encoding="utf-8")
    text = out.getvalue().decode()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=opened):
        assert not [cell for cell in row if cell.strip(' "')[:1] in {*"=+-@"}]
    (row,) = tabular.read(text, delimiter=written, header=True)
    assert row.cells == cells


@pytest.mark.req("IMP-4")
def test_an_international_phone_number_comes_back_with_its_plus() -> None:
    out = io.BytesIO()
    tabular.write([{"Phone": "+33 1 44 55 66 77", "Name": "Zoé"}], out, ["Name", "Phone"])
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    draft = next(iter(tabular.read(out.getvalue()))).draft
    assert (draft.full_name, draft.phones[0].text) == ("Zoé", "+33 1 44 55 66 77")


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_table_can_hold_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        tabular.write([[text]], io.BytesIO(), ["Name"])
    assert caught.value.code == "text-character"


def test_a_character_that_the_encoding_lacks_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="Write the file as utf-8-sig") as caught:
        tabular.write([["山田"]], io.BytesIO(), ["Name"], encoding="cp1252")
    assert caught.value.code == "encoding-unable"


@pytest.mark.req("IMP-3")
@given(
    st.lists(st.sampled_from(["Jo,jo@x.fr", "", '"A\nl",al@x.fr', "Zoé,z@x.fr", '"Cy,c@x.fr', ",,"]), max_size=12),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "utf-32"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=examples(75))
@example(['"A\nl",al@x.fr', "Jo,jo@x.fr", ""], "utf-8", "\r")
def test_reading_on_after_any_row_gives_the_rest(lines: list[str], encoding: str, newline: str) -> None:
    data = newline.join(["Name,E-mail", *lines, ""]).encode(encoding)
    table = tabular.read(data, encoding=encoding, delimiter=",", quotechar='"', header=True)
    rows = list(table)
    for at, row in enumerate(rows):
        assert list(table.rows(after=row.position)) == rows[at + 1 :]
        assert list(table.rows(at)) == rows[at:]


class Counted(io.BytesIO):
    """A file that counts the bytes it gives."""

    given = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(size)
        self.given += len(data)
        return data


@pytest.mark.req("IMP-3")
def test_reading_on_reads_fewer_bytes_than_the_file_has() -> None:
    body = b"".join(b"N%d,n%d@x.fr\n" % (number, number) for number in range(1000))
    source = Counted(b"Name,E-mail\n" + body)
    table = tabular.read(source)
    place = next(row.position for row in table if row.number == 900)
    source.given = 0
    assert sum(1 for _ in table.rows(after=place)) == 100
    assert source.given < len(body) / 5


@pytest.mark.parametrize("text", ["", "1", "a.b.c", "-1.1.1", "1.2.3.4"])
def test_a_text_that_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        list(tabular.read("Name\nJo\n").rows(after=text))
    assert caught.value.code == "position"


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_rejected_rows_are_written_in_the_files_own_shape_and_read_again(encoding: str, tmp_path: Path) -> None:
    data = 'Nom;Prénom;E-mail\r\nLée;Zoé;"a@x;y"\r\nRoy;Al;b@x.fr;over\r\n'.encode(encoding)
    table = tabular.read(data, language="fr")
    out = tmp_path / "rejects.csv"
    assert tabular.write_rejects(table, [(row, "bad, é") for row in table], out) == 2
    again = tabular.read(out, language="fr")
    assert again.detected.encoding == table.detected.encoding
    assert again.detected.delimiter == ";"
    assert again.detected.columns == ("Nom", "Prénom", "E-mail", tabular.REASON)
    assert [row.cells for row in again] == [
        ["Lée", "Zoé", "a@x;y", "bad, é"],
        ["Roy", "Al", "b@x.fr", "bad, é", "over"],
    ]


@pytest.mark.req("IMP-2")
def test_rejects_of_rejects_have_one_reason() -> None:
    table = tabular.read("Name,E-mail,Reason\nJo,x,old\n")
    out = io.BytesIO()
    tabular.write_rejects(table, [(row, "new") for row in table], out)
    assert out.getvalue() == b"Name,E-mail,Reason\nJo,x,new\n"


@pytest.mark.req("IMP-2")
def test_a_reason_that_the_files_encoding_lacks_makes_the_file_utf8() -> None:
    table = tabular.read("Name;E-mail\nZoé;x\n".encode("cp1252"))
    out = io.BytesIO()
    tabular.write_rejects(table, [(row, "→ no address") for row in table], out)
    assert out.getvalue().decode("utf-8-sig").splitlines()[1] == "Zoé;x;→ no address"


@pytest.mark.req("IMP-2")
def test_rejects_of_a_file_without_a_header_get_one_that_maps_by_itself() -> None:
    table = tabular.read("Jo Doe;jo@x.fr\nAl Ray;al@x.fr\n")
    out = io.BytesIO()
    tabular.write_rejects(table, [(row, "no") for row in table], out)
    assert list(tabular.read(out.getvalue()).mapping.as_dict().values()) == ["full_name", "emails", "ignore"]


@pytest.mark.req("IMP-4")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"delimiter": ";;"}, "delimiter"),
        ({"delimiter": ""}, "delimiter"),
        ({"encoding": "klingon"}, "encoding-unknown"),
    ],
)
def test_what_no_table_can_be_written_with_is_refused_and_the_old_file_stays(
    tmp_path: Path, wrong: dict[str, str], code: str
) -> None:
    place = tmp_path / "out.csv"
    place.write_text("old")
    with pytest.raises(Invalid) as caught:
        tabular.write([["x"]], place, ["Name"], **wrong)
    assert caught.value.code == code
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("out.csv", "old")]


@pytest.mark.req("IMP-4")
def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"
    place.write_text("old")

    def rows() -> Iterator[list[str]]:
        yield ["x"]
        raise LookupError

    with pytest.raises(LookupError):
        tabular.write(rows(), place, ["Name"])
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("out.csv", "old")]
    place.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(place)
    assert tabular.write([["x"]], link, ["Name"], encoding="utf-8", newline="\n") == 1
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("Name\nx\n", 0o640)
    assert link.is_symlink()


@pytest.mark.req("IMP-4")
@pytest.mark.parametrize("path", ["missing/out.csv", ".", "x" * 300, "a\0b", "/dev/full"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, path: str) -> None:
    out = path if path.startswith("/") else f"{tmp_path}/{path}"
    with pytest.raises(Invalid) as caught:
        tabular.write([["x" * 10_000]] * 100, out, ["Name"])
    assert (caught.value.code, caught.value.problems[0].value) == ("file-unwritable", out)
