"""Encoding, delimiter, quotes, preamble and header are found out, shown, and overridden by the caller."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from contactcore.errors import Invalid
from contactcore.formats import tabular

pytestmark = pytest.mark.req("IMP-1")


@pytest.mark.parametrize(
    ("encoding", "language", "names"),
    [
        ("cp1252", "en", "Françoise;Müller;Bjørn"),
        ("cp1252", "fr", "Zoé;Dupont;Martin"),
        ("cp1252", "pl", "Müller;François;Noël"),
        ("mac-roman", "fr", "Françoise;Hélène;Noël"),
        ("cp850", "fr", "Françoise;Hélène;Noël"),
        ("cp1250", "en", "Wójcik;Łucja;Żółć"),
        ("iso-8859-2", "pl", "Wąsik;Łucja;Świątek"),
        ("cp1250", "cs", "Dvořák;Žižka;Šťastný"),
        ("cp1250", "hu", "Őry;Győző;Tűz"),
        ("cp1251", "en", "Иванов;Пётр;Жанна"),
        ("koi8-r", "ru", "Иванов;Пётр;Жанна"),
        ("cp1254", "tr", "Çağlar;Işık;Şahin"),
        ("cp1253", "el", "Γιώργος;Αθήνα;Ελένη"),
        ("cp932", "ja", "山田;太郎;東京"),
        ("gb18030", "zh", "王小明;李;北京"),
        ("utf-8", "pl", "Żółć;Łucja;Gęś"),
        ("utf-8-sig", "fr", "Zoé;Noël;Bébé"),
        ("utf-16", "ru", "Иванов;Пётр;Жанна"),
        ("utf-16-le", "ru", "Иванов;Пётр;Жанна"),
        ("utf-16-be", "fr", "Zoé;Noël;Bébé"),
        ("utf-32", "fr", "Zoé;Noël;Bébé"),
        ("cp1250", "en", "Kovács;Zsófia;Győr\r\nŐry;Gergő;Eger"),
        ("cp852", "hu", "Őry;Győző;Tűz\r\nSzűcs;Ágnes;Pécs"),
        ("cp1252", "en", "Simões;Conceição;São Paulo\r\nLões;João;Óbidos"),
        ("cp1252", "en", "Õunapuu;Tõnu;Pärnu"),
        ("mac-cyrillic", "ru", "Иванов;Пётр;Жанна\r\nЦой;Яна;Москва"),
        ("koi8-u", "uk", "Їжак;Євген;Київ\r\nШевченко;Ганна;Львів"),
        ("cp1251", "en", "ИВАНОВ;ПЁТР;МОСКВА\r\nЖУКОВА;АННА;ТВЕРЬ"),
        ("cp1255", "en", "כהן;דוד;ירושלים\r\nלוי;שרה;חיפה"),
        ("cp1256", "ar", "الحسن;أحمد;جدة\r\nعلي;فاطمة;الرياض"),
        ("cp1256", "en", "الحسن;أحمد;جدة\r\nعلي;فاطمة;الرياض"),
        ("big5", "zh", "李;小龍;臺北\r\n王;芳;高雄"),
        ("gb18030", "zh", "李;小龙;北京\r\n王;喆;上海"),
        ("euc_jp", "ja", "山田;太郎;東京"),
    ],
)
def test_the_encoding_is_found_out(encoding: str, language: str, names: str) -> None:
    table = tabular.read(f"Name;First name;City\r\n{names}\r\n".encode(encoding), language=language)
    assert table.detected.encoding == encoding
    assert [row.cells for row in table] == [line.split(";") for line in names.split("\r\n")]


@pytest.mark.parametrize("shift", [0, 1])
@pytest.mark.parametrize(("encoding", "language"), [("gb18030", "zh"), ("cp932", "ja"), ("cp949", "ko")])
def test_a_character_cut_in_two_at_the_end_of_the_sample_tells_nothing(
    encoding: str, language: str, shift: int
) -> None:
    names = {"zh": "李;小龙", "ja": "山田;花子", "ko": "김;철수"}[language]
    data = ("Name;First\n" + "x" * shift + f"{names}\n" * 12_000).encode(encoding)
    assert tabular.read(data, language=language).detected.encoding == encoding


def test_the_callers_encoding_wins() -> None:
    data = "Name;City\nZoé;Łódź\n".encode("cp1250")
    assert next(iter(tabular.read(data, encoding="cp1250"))).cells == ["Zoé", "Łódź"]
    assert next(iter(tabular.read(data, encoding="cp1252"))).cells == ["Zoé", "£ódŸ"]


@pytest.mark.parametrize("name", ["no-such", "zlib", "cp037", "utf-7\0", ""])
def test_an_encoding_that_cannot_be_used_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        tabular.read(b"Name\nJo\n", encoding=name)
    assert caught.value.code == "encoding-unknown"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found_out(delimiter: str, newline: str) -> None:
    lines = [["First name", "Last name", "E-mail"], ["Jo", "Doe", "jo@x.fr"], ["Al", "Ray", "al@x.fr"]]
    table = tabular.read(newline.join(delimiter.join(line) for line in lines).encode())
    assert (table.detected.delimiter, table.detected.newline) == (delimiter, newline)
    assert [row.cells for row in table] == lines[1:]


def test_the_delimiter_of_headers_in_an_unknown_language_is_found_out() -> None:
    table = tabular.read("Vezetéknév;Keresztnév;Cím\nNagy;Éva;Budapest, Fő u. 1\nKis;Pál;Győr, Ady u. 2\n")
    assert table.detected.delimiter == ";"
    assert table.detected.columns == ("Vezetéknév", "Keresztnév", "Cím")


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_that_names_the_delimiter_is_honoured(line: str) -> None:
    table = tabular.read(f"{line}\r\nName;Notes\r\nJo;a,b,c,d\r\n")
    assert table.detected.delimiter == ";"
    assert [(row.line, row.cells) for row in table] == [(3, ["Jo", "a,b,c,d"])]


def test_apostrophes_that_wrap_cells_are_quotes() -> None:
    table = tabular.read("'First name';'Last name'\n'Jo';'D''Arc; x'\n'Al';'Ray'\n")
    assert table.detected.quotechar == "'"
    assert [row.cells for row in table] == [["Jo", "D'Arc; x"], ["Al", "Ray"]]


def test_apostrophes_in_names_are_no_quotes() -> None:
    table = tabular.read("First name,Last name\n'Jo,'t Hooft\nAl,O'Neil\n")
    assert [row.cells for row in table] == [["'Jo", "'t Hooft"], ["Al", "O'Neil"]]


def test_blanks_between_delimiter_and_quote_are_passed_over() -> None:
    table = tabular.read('Name, City\n"Doe, Jo", "Paris, 1er"\n"Ray, Al", "Lyon, 2e"\n')
    assert [row.cells for row in table] == [["Doe, Jo", "Paris, 1er"], ["Ray, Al", "Lyon, 2e"]]


def test_the_preamble_above_the_header_is_shown_and_not_read() -> None:
    data = 'Notes:\n"Some addresses, as you know, are missing"\n\n'
    data += "First Name,Last Name,URL,Email Address,Company,Connected On\n"
    table = tabular.read(data + "Jo,Doe,https://x.example/jo,jo@x.fr,Acme,01 Jan 2024\n")
    assert table.detected.preamble == ("Notes:", "Some addresses, as you know, are missing")
    assert table.detected.header_line == 4
    assert table.mapping.source == "linkedin"
    assert [row.line for row in table] == [5]


def test_the_caller_decides_on_delimiter_quote_and_header() -> None:
    table = tabular.read("Name;E-mail\nJo;'x'\n", delimiter=",", quotechar="", header=False)
    assert table.detected.header_line is None
    assert [row.cells for row in table] == [["Name;E-mail"], ["Jo;'x'"]]


@pytest.mark.parametrize("options", [{"delimiter": ""}, {"delimiter": ",,"}, {"delimiter": "\n"}, {"quotechar": "ab"}])
def test_a_delimiter_or_quote_that_cannot_be_one_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        tabular.read("Name\n", **options)  # type: ignore[arg-type] # names and texts fit
    assert caught.value.code in options


def test_paths_texts_bytes_and_files_read_alike(tmp_path: Path) -> None:
    text = "Name,E-mail\nZoé,z@x.fr\n"
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with path.open("rb") as file, io.BytesIO(text.encode()) as memory:
        for source in (path, text, text.encode(), file, memory):
            table = tabular.read(source)
            assert [row.draft.full_name for row in table] == ["Zoé"]
            assert [row.draft.full_name for row in table] == ["Zoé"]


def test_a_stream_that_cannot_go_back_is_read_too() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = io.BytesIO(b"Name,E-mail\nJo,jo@x.fr\n")

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override] # only bytearrays come here
            return self.rest.readinto(buffer)

    assert [row.draft.full_name for row in tabular.read(Pipe())] == ["Jo"]


def test_a_file_in_text_mode_is_refused() -> None:
    with pytest.raises(Invalid, match="binary mode"):
        tabular.read(io.StringIO("Name\n"))


def test_plain_files_load_no_detector() -> None:
    code = (
        "import sys; from contactcore.formats import tabular;"
        "list(tabular.read('Name,E-mail\\nJo,jo@x.fr\\n'));"
        "sys.exit(any(name in sys.modules for name in ('clevercsv', 'charset_normalizer')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        '"Name;E-mail"\n"Jo Doe;jo@x.fr"\n"Al Ray;al@x.fr"\n',
        '"Name,""E-mail"""\n"""Doe, Jo"",""jo@x.fr"""\n"Al Ray,""al@x.fr"""\n',
        '"jo@x.fr;Jo"\n"al@x.fr;Al"\n',
    ],
)
def test_lines_that_a_spreadsheet_took_for_one_cell_are_parted(text: str) -> None:
    table = tabular.read(text)
    assert len(table.detected.columns) == 2
    assert [row.draft.emails[0].text for row in table] == ["jo@x.fr", "al@x.fr"]
    first = next(iter(table))
    assert [row.draft.emails[0].text for row in table.rows(after=first.position)] == ["al@x.fr"]


@pytest.mark.parametrize("text", ['"Name"\n"Doe, Jo"\n"Ray, Al"\n', '"Notes"\n"a;b"\n"c"\n', "Jo\nAl\n"])
def test_one_column_of_texts_stays_one(text: str) -> None:
    assert len(tabular.read(text).detected.columns) == 1
