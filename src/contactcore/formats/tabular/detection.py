"""The detection of the delimiter, the quotes, the preamble and the header of a table, from a sample."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from contactcore.errors import Invalid
from contactcore.formats.tabular.content import looks_like_data
from contactcore.formats.tabular.headers import recognised
from contactcore.frozen import frozen

__all__ = ["SAMPLE_BYTES", "Detected", "Layout", "check_delimiter", "detect_layout"]

SAMPLE_BYTES = 262_144
"""Size of the sample at the start of a file, in bytes."""

_DELIMITERS = ",;\t|"
_RARE = ":"
_SEP = re.compile(r"[\"']?sep=(.)[\"']?[ \t,;]*(\r\n|\n|\r|$)", re.IGNORECASE)
_SAMPLED_RECORDS = 200
_HEADER_WITHIN = 40
_NAME_WITH_COMMA = re.compile(r"[^\W\d_][^\d_,;|\t@]{0,80}, [^\W\d_][^\d_,;|\t@]{0,80}")
_SAMPLED_TEXT = 20_000
_LONG_WORD = re.compile(r"([^\W_]{40})[^\W_]+")
"""A run of letters and digits, which clevercsv reads in quadratic time; its rest says nothing about the delimiter."""


@frozen
class Layout:
    """The layout of a table in its text.

    Attributes:
        delimiter: Delimiter of the cells, one character.
        quotechar: Quote of the cells, one character; `""` for none.
        sep_lines: Number of lines at the start that only name the delimiter (`sep=;`): 0 or 1.
        header_record: 0-based index of the header among the records that are not blank; None without a header.
        preamble: Cells of the records above the header.
        spaced: Whether a blank separates delimiter and quote.
        wrapped: Whether each line is one quoted cell that contains the whole row. A spreadsheet writes such a file
            when it has read the table as a single column.
        records: Records of the sample from the header on.
    """

    delimiter: str
    quotechar: str
    sep_lines: int
    header_record: int | None
    preamble: tuple[tuple[str, ...], ...]
    spaced: bool
    records: tuple[tuple[str, ...], ...]
    wrapped: bool = False


@frozen(kw_only=True)
class Detected:
    r"""The detected properties of a file, which the caller can show and override (IMP-1).

    Attributes:
        encoding: Python codec: `"utf-8"`, `"utf-8-sig"`, `"utf-16"`, `"utf-16-le"`, `"cp1252"`, ...
        encoding_how: Origin of the encoding: `"bom"`, `"nul-pattern"`, `"utf-8"`, `"letters"`,
            `"charset-normalizer"` or `"given"`; `"sheet"` for a workbook, which has neither encoding nor delimiter.
        delimiter: Delimiter of the cells, one character.
        quotechar: Quote of the cells, one character; `""` for none.
        header_line: 1-based line of the header; None for a file without a header.
        preamble: Text above the header, one item per record.
        columns: Headers, all different; `"Column 1"`, ... for a file without a header.
        newline: `"\\r\\n"`, `"\\n"` or `"\\r"`.
    """

    encoding: str
    encoding_how: str
    delimiter: str
    quotechar: str
    header_line: int | None
    preamble: tuple[str, ...]
    columns: tuple[str, ...]
    newline: str


def _records(lines: Sequence[str], delimiter: str, quote: str, limit: int, *, spaced: bool = False) -> list[list[str]]:
    """Return the first records of a sample without blank ones; the records before a syntax error are kept."""
    rows: list[list[str]] = []
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=spaced)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append(row)
            if len(rows) >= limit:
                break
    except csv.Error:
        pass
    return rows


def _known(row: Sequence[str]) -> int:
    return sum(1 for cell in row[:2000] if cell and len(cell) <= 100 and recognised(cell))


def _quote_of(text: str, delimiters: str) -> str:
    """Return the quote character: an apostrophe only if it encloses at least two cells and more than a quote does."""
    edge = re.escape(delimiters)
    single = len(re.findall(rf"(?:^|[{edge}])'[^'\r\n]*'(?=[{edge}]|\r?$)", text, re.MULTILINE))
    double = text.count('"') // 2
    return "'" if single >= 2 and single > double else '"'


def _consistency(rows: list[list[str]]) -> float:
    """Return the share of rows with the most common width, if it is above one, plus a little for wider tables."""
    if not rows:
        return 0.0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return 0.0 if width < 2 else count / len(rows) + min(width, 50) / 1000


def _clever(text: str, delimiters: str) -> str:
    """Return the delimiter that clevercsv detects, or `""`. This is the only use of clevercsv."""
    import clevercsv

    try:
        dialect = clevercsv.Detector().detect(text, delimiters=list(delimiters))
    except Exception:  # noqa: BLE001 - if clevercsv fails for any reason, our own scores decide
        return ""
    return dialect.delimiter if dialect is not None and dialect.delimiter else ""


def _delimiter_of(lines: list[str], text: str) -> str:
    scores: dict[str, tuple[int, float]] = {}
    for delimiter in _DELIMITERS:
        rows = _records(lines, delimiter, _quote_of(text, delimiter), 60)
        known = max((_known(row) for row in rows[:_HEADER_WITHIN] if len(row) > 1), default=0)
        scores[delimiter] = (known, _consistency(rows))
    best = max(scores, key=lambda delimiter: scores[delimiter])
    rest = [score for delimiter, score in scores.items() if delimiter != best]
    if scores[best][0] >= 2 and scores[best][0] > max(known for known, _ in rest):
        return best
    sample = _LONG_WORD.sub(r"\1", "".join(lines[:100])[:_SAMPLED_TEXT])
    clever = _clever(sample, _DELIMITERS)
    if clever and scores[clever][1] > 0:
        return clever
    best = max(scores, key=lambda delimiter: scores[delimiter][1])
    if scores[best][1] > 0.5:
        return best
    rows = _records(lines, _RARE, '"', 60)
    if len(rows) > 1 and _consistency(rows) >= 1 and (_known(rows[0]) >= 2 or _clever(sample, _RARE) == _RARE):
        return _RARE
    return best if scores[best][1] > 0 else ","


def _is_single_column(lines: list[str]) -> bool:
    """Whether a file has one column: its header stands alone, and each line below is one name with a comma inside.

    A title above a table stands alone too. The table has a header of its own then.
    """
    filled = [text for line in lines if (text := line.strip(" \ufeff\r\n"))]
    if len(filled) < 2 or any(sign in filled[0] for sign in _DELIMITERS) or not recognised(filled[0].strip('"')):
        return False
    below = filled[1 : _SAMPLED_RECORDS + 1]
    used = [sign for sign in _DELIMITERS if any(sign in line for line in below)]
    if not used:
        return False
    for sign in used:
        rows = _records(below, sign, '"', _SAMPLED_RECORDS)
        if any(_known(row) >= 2 for row in rows[:_HEADER_WITHIN]):
            return False
        if any(looks_like_data(cell) for row in rows for cell in row[1:]):
            return False
    return True


def _are_names(lines: list[str]) -> bool:
    """Whether a file is a list of names without a header: each line is a family name, a comma, a blank, given names."""
    filled = [text for line in lines if (text := line.strip(" \ufeff\r\n"))]
    if len(filled) < 2 or not all(map(_NAME_WITH_COMMA.fullmatch, filled)):
        return False
    return not any(map(recognised, map(str.strip, filled[0].split(","))))


def _unused(text: str) -> str:
    """A delimiter that the text does not contain, so that each line is one cell."""
    return next((sign for sign in (",", ";", "\t", "|", "\x1f") if sign not in text), "\x1f")


def _inside(rows: list[list[str]], delimiter: str | None) -> tuple[str, list[list[str]]] | None:
    """Return the delimiter and the rows of a table inside the cells of a single column, or None if there is none."""
    if len(rows) < 2 or any(len(row) > 1 for row in rows):
        return None
    lines = [f"{row[0]}\n" for row in rows if "\n" not in row[0] and "\r" not in row[0]]
    best = delimiter or max(_DELIMITERS, key=lambda sign: _consistency(_records(lines, sign, '"', _SAMPLED_RECORDS)))
    inside = _records(lines, best, '"', _SAMPLED_RECORDS)
    recognisable = _known(inside[0]) >= 2 or any(map(looks_like_data, inside[0])) if inside else False
    return (best, inside) if recognisable and len(lines) == len(rows) and _consistency(inside) >= 1 else None


def _header_at(rows: list[list[str]]) -> int | None:
    """Return the index of the header record, or None if the file begins with data."""
    if not rows:
        return None
    best, most = 0, 0
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        known = _known(row)
        filled = sum(1 for cell in row if cell.strip())
        if known > most and (known >= 2 or known * 2 >= filled) and not any(map(looks_like_data, row)):
            best, most = index, known
    if most >= 2 or (most == 1 and (best == 0 or len(rows[best]) == 1 or best < len(rows) - 1)):
        alone = most == 1 and len([cell for cell in rows[best] if cell.strip()]) == 1
        if alone and len(rows[best]) < max(map(len, rows)) and _is_title(rows, best):
            return _plain_header(rows)
        return best
    return _plain_header(rows)


def _is_title(rows: list[list[str]], at: int) -> bool:
    """Whether a recognised cell alone on its line is a title: a header in unknown words stands below it."""
    below = rows[at + 1 :]
    if not below or any(map(looks_like_data, below[0])):
        return False
    return len(below) > 1 and any(looks_like_data(cell) for row in below[1:20] for cell in row)


def _plain_header(rows: list[list[str]]) -> int | None:
    """Return the index of a header in unknown words: the first row of full width, if no cell looks like data."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    at = next((index for index, row in enumerate(rows) if len(row) >= width), 0)
    if any(looks_like_data(cell) for cell in rows[at]):
        return None
    below = rows[at + 1 : at + 20]
    if not below:
        return at
    return at if any(looks_like_data(cell) for row in below for cell in row) or len(rows[at]) > 1 else None


def check_delimiter(delimiter: str) -> None:
    """Refuse a delimiter that is not one usable character.

    Args:
        delimiter: One character other than a quote, an apostrophe, a blank, NUL or a line end.

    Raises:
        Invalid: `delimiter`.
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in "\r\n\0 \"'":
        raise Invalid("delimiter", "A delimiter is one character, such as , or ;.", path="delimiter", value=delimiter)


def detect_layout(
    text: str,
    *,
    delimiter: str | None = None,
    quotechar: str | None = None,
    header: bool | None = None,
) -> Layout:
    r"""Detect the layout of a table from a sample.

    Args:
        text: Beginning of the file, without a byte order mark.
        delimiter: Delimiter; None to detect it.
        quotechar: Quote character; `""` for files without quotes, None to detect it.
        header: True if the first record is the header, False if there is no header, None to detect it.

    Raises:
        Invalid: `delimiter` or `quotechar` for anything but a single usable character.

    >>> layout = detect_layout("Members\n\nName;Email\nJo;jo@x.fr\n")
    >>> layout.delimiter, layout.header_record, layout.preamble
    (';', 1, (('Members',),))
    """
    if delimiter is not None:
        check_delimiter(delimiter)
    if quotechar is not None and (len(quotechar) > 1 or quotechar in ("\r", "\n", "\0", " ", delimiter)):
        raise Invalid("quotechar", 'A quote is one character, such as ", or empty.', path="quotechar", value=quotechar)
    sep = _SEP.match(text)
    body = text[sep.end() :] if sep else text
    body = body.replace("\0", "")
    lines = io.StringIO(body[:SAMPLE_BYTES], newline="").readlines()[:2000]
    lines = [line if len(line) < 100_000 else line[:100_000] for line in lines]
    free = delimiter is None and sep is None
    names = free and header is None and _are_names(lines)
    single = names or (free and header is not False and _is_single_column(lines))
    found = delimiter or (sep[1] if sep else None) or (_unused(body) if single else _delimiter_of(lines, body[:50_000]))
    quote = _quote_of(body[:50_000], found) if quotechar is None else quotechar
    spaced = bool(
        quote
        and len(re.findall(re.escape(found + " " + quote) + "(?!" + re.escape(quote) + ")", body)) >= 2
        and not re.search(re.escape(found + quote), body)
    )
    rows = _records(lines, found, quote, _SAMPLED_RECORDS, spaced=spaced)
    inner = _inside(rows, delimiter) if quote == '"' and quotechar is None else None
    if inner is not None:
        found, rows = inner
    at = (0 if rows else None) if header else None if header is False or names else _header_at(rows)
    start = at or 0
    return Layout(
        delimiter=found,
        quotechar=quote,
        sep_lines=1 if sep else 0,
        header_record=at,
        preamble=tuple(tuple(row) for row in rows[:start]),
        spaced=spaced,
        records=tuple(tuple(row) for row in rows[start:]),
        wrapped=inner is not None,
    )
