"""The signatures of files that are no tables. They are checked on the first bytes, before the text is analysed."""

from __future__ import annotations

import re

from contactcore.errors import Invalid

__all__ = ["refuse_other_files"]

_SAVE_AS = "Open it in a spreadsheet and save it as CSV."
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive", "Unpack it first."),
    (b"PK\x05\x06", "an empty ZIP archive", "Choose the CSV file itself."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Outlook file", _SAVE_AS),
    (b"!BDN", "an Outlook data file (PST)", "Export the contacts from Outlook as CSV."),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"RIFF", "a media file", ""),
    (b"II*\0", "a TIFF image", ""),
    (b"MM\0*", "a TIFF image", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"{\\rtf", "an RTF document", ""),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90", "a program", ""),
)
_TEXTS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (
        re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|script)\b", re.IGNORECASE),
        "a web page (HTML)",
        _SAVE_AS,
    ),
    (re.compile(rb"<\?xml|<svg\b|<!--", re.IGNORECASE), "an XML document", _SAVE_AS),
    (re.compile(rb"BEGIN:VCARD", re.IGNORECASE), "a vCard file", "Import it as vCard."),
    (re.compile(rb"BEGIN:VCALENDAR", re.IGNORECASE), "a calendar", ""),
    (
        re.compile(rb"\{\s*\"[^\"\n]{0,200}\"\s*:|\[\s*\{\s*\"|\[\s*\[|\{\s*\}|\[\s*\]"),
        "JSON",
        "Convert it to CSV first; contactcore.formats.jscontact reads JSContact.",
    ),
    (re.compile(rb"dn:{1,2} .*\n(?:.*\n){0,3}objectclass:", re.IGNORECASE), "an LDIF file", "Export it as CSV."),
)
_CONTROLS = bytes(set(range(32)) - {0, 9, 10, 12, 13, 26, 27}) + b"\x7f"


def _refuse(what: str, advice: str) -> Invalid:
    return Invalid(
        "not-a-table",
        f"This file is {what}, not a table of contacts. {advice or 'Choose a CSV file, a workbook or vCards.'}",
        path="file",
        facts={"looks_like": what},
    )


def _zip_kind(sample: bytes) -> tuple[str, str]:
    if b"xl/" in sample or b"spreadsheetml" in sample:
        return "an Excel workbook (xlsx)", _SAVE_AS
    if b"opendocument.spreadsheet" in sample:
        return "an OpenDocument spreadsheet (ods)", _SAVE_AS
    if b"word/" in sample:
        return "a Word document", ""
    return "a ZIP archive", "Unpack it first."


def refuse_other_files(sample: bytes, *, surely_text: bool) -> None:
    """Refuse binary files and text files that are no tables.

    Args:
        sample: Beginning of the file.
        surely_text: Whether the file is known to be text: by a byte order mark, by the caller, or by its wide encoding.

    Raises:
        Invalid: `not-a-table`; the fact `looks_like` names the kind of file.

    >>> refuse_other_files(b"name,email", surely_text=False)
    """
    for magic, what, advice in _MAGIC:
        if sample.startswith(magic):
            raise _refuse(*(_zip_kind(sample) if magic == b"PK\x03\x04" else (what, advice)))
    head = sample.removeprefix(b"\xef\xbb\xbf").lstrip()[:2000]
    for pattern, what, advice in _TEXTS:
        if pattern.match(head):
            raise _refuse(what, advice)
    if surely_text:
        return
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if (controls * 20 > len(sample) and controls > 3) or sample.count(0) * 5 > len(sample) * 2:
        raise _refuse("binary data", "")
