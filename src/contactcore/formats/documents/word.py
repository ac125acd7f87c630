"""Word documents as templates. This is the only module that imports python-docx and lxml.

python-docx opens and saves the document. This module replaces the placeholders in the parsed XML, paragraph by
paragraph, and evaluates nothing. It joins the runs of a paragraph, because Word often splits a placeholder over several
runs. docxtpl was tried and rejected: it runs regular expressions over whole parts (quadratic time on hostile XML),
parses footnotes again for every section with the values in them, and changes values that contain braces.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.formats.documents.scanning import MOST_PLACEHOLDERS, scan

__all__ = ["LARGEST_DOCX", "LARGEST_UNPACKED", "fill_docx", "names_in_docx"]

LARGEST_DOCX = 10_000_000
"""Greatest size of a Word template, in bytes."""

LARGEST_UNPACKED = 60_000_000
"""Greatest size of all parts of a Word template together, in unpacked bytes."""

_LARGEST_XML = 20_000_000
_MOST_TAGS = 1_000_000
_MOST_PARTS = 2_000
_HIGHEST_RATIO = 200
_SMALL = 1_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNFILLED = {
    f"{_W}instrText": "a field",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}t": "a drawing",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}t": "a formula",
    "{urn:schemas-microsoft-com:vml}textpath": "a drawing",
}
"""Elements whose text is not replaced, with the words for them in an error message."""
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PROPERTIES = ("author", "category", "comments", "keywords", "subject", "title")
_LONGEST_PROPERTY = 255
_PARTS = tuple(
    f"wordprocessingml.{name}+xml"
    for name in ("document.main", "header", "footer", "footnotes", "endnotes", "comments")
)
_BREAKS = re.compile("(\r\n|[\n\r\t])")
_MARKUP = {"\n": "br", "\r\n": "br", "\r": "br", "\t": "tab"}
_MOST_BREAKS = 200_000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})""")

LookUp = Callable[[str], str]


def names_in_docx(data: bytes) -> tuple[str, ...]:
    """Return the names of the variables in a Word template, each once, in the sequence of their first use.

    Args:
        data: Bytes of the .docx file.

    Raises:
        Invalid: the codes of `fill_docx`.
    """
    names: dict[str, None] = {}

    def collect(name: str) -> str:
        names[name] = None
        return ""

    _render(data, collect)
    return tuple(names)


def fill_docx(data: bytes, look_up: LookUp) -> bytes:
    """Replace every placeholder of a document, in its text, tables, headers, footers, notes and properties.

    Line breaks of a value become line breaks of the paragraph. Links, pictures and all other parts stay unchanged.

    Args:
        data: Bytes of the .docx file.
        look_up: Function that returns the value of a name.

    Returns:
        Bytes of the filled .docx file.

    Raises:
        Invalid: `not-a-docx`; `docx-too-large` (bytes, unpacked bytes, parts, compression ratio); `template-place` for
            a placeholder in a field, a formula or a drawing; `template-construct`, `template-syntax`,
            `template-too-many`; `result-too-long`; `extra-missing` if python-docx is not installed.
    """
    return _render(data, look_up)


def _render(data: bytes, look_up: LookUp) -> bytes:
    _check_package(data)
    try:
        from docx import Document
    except ImportError:
        message = "Word documents need python-docx: pip install 'contactcore[documents]'."
        raise Invalid("extra-missing", message, facts={"extra": "documents"}) from None
    target = io.BytesIO()
    try:
        document = Document(io.BytesIO(data))
        _Filling(look_up).fill(document)
        document.save(target)
    except Invalid:
        raise
    except Exception as error:  # noqa: BLE001 - the libraries raise many kinds of errors for a broken document
        raise _not_a_docx(f"it cannot be read ({type(error).__name__})") from None
    return target.getvalue()


def _not_a_docx(reason: str) -> Invalid:
    return Invalid("not-a-docx", f"This is no Word document that can be filled: {reason}. Save it as .docx in Word.")


def _too_large(what: str, limit: int, found: int) -> Invalid:
    return Invalid(
        "docx-too-large",
        f"A Word template is limited to {limit:,} {what} and this one has {found:,}.",
        facts={"limit": limit, "found": found, "what": what},
    )


def _check_package(data: bytes) -> None:
    """Refuse a file that is no .docx or that exceeds a limit, before python-docx unpacks it."""
    if len(data) > LARGEST_DOCX:
        raise _too_large("bytes", LARGEST_DOCX, len(data))
    headers = data.count(b"PK\x01\x02")
    if headers > _MOST_PARTS:
        raise _too_large("parts", _MOST_PARTS, headers)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_entries(package.infolist())
            _check_parts(package)
    except Invalid:
        raise
    except Exception as error:  # noqa: BLE001 - the errors of zipfile, zlib and struct have no common base class
        raise _not_a_docx(f"it is no sound zip file ({type(error).__name__})") from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if len(names) != len(entries):
        raise _not_a_docx("two of its parts have one name")
    if "[Content_Types].xml" not in names:
        raise _not_a_docx("it has no list of its parts")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED:
        raise _too_large("unpacked bytes", LARGEST_UNPACKED, unpacked)
    for entry in entries:
        if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _not_a_docx("its parts are encrypted or packed in a way that Word does not use")
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > _SMALL and ratio > _HIGHEST_RATIO:
            raise _too_large("as compression ratio", _HIGHEST_RATIO, ratio)


def _check_parts(package: zipfile.ZipFile) -> None:
    size = tags = 0
    for entry in package.infolist():
        part = package.read(entry)
        is_xml = entry.filename.lower().endswith((".xml", ".rels"))
        if not is_xml and not part[:100].lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
            continue
        size += len(part)
        tags += part.count(b"<")
        if size > _LARGEST_XML:
            raise _too_large("bytes of XML", _LARGEST_XML, size)
        if tags > _MOST_TAGS:
            raise _too_large("tags", _MOST_TAGS, tags)
        if is_xml:
            encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf"))
            if b"\0" in part or (encoding and encoding.group(1).lower() not in {b"utf-8", b"us-ascii"}):
                raise _not_a_docx("its XML is not UTF-8")
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise _not_a_docx("its XML declares entities")


@attrs.define
class _Filling:
    """The filling of one document: the source of the values, and the numbers of placeholders and line breaks."""

    source: LookUp
    count: int = 0
    breaks: int = 0

    def look_up(self, name: str) -> str:
        """Return the value of a name, with the characters that XML cannot contain replaced."""
        self.count += 1
        if self.count > MOST_PLACEHOLDERS:
            message = f"A template is limited to {MOST_PLACEHOLDERS:,} placeholders."
            raise Invalid("template-too-many", message, facts={"limit": MOST_PLACEHOLDERS})
        text = self.source(name)
        self.breaks += len(_BREAKS.findall(text))
        if self.breaks > _MOST_BREAKS:
            raise Invalid("result-too-long", f"The document would have more than {_MOST_BREAKS:,} lines.")
        return _NOT_XML.sub("\ufffd", text)

    def fill(self, document: Any) -> None:
        """Replace the placeholders of every visible part, each part once."""
        for part in document.part.package.iter_parts():
            if part.content_type.endswith(_PARTS):
                self._fill_part(part)
        properties = document.core_properties
        for name in _PROPERTIES:
            written = getattr(properties, name)
            segments = _segments(written)
            if len(segments) > 1:
                filled = "".join(self.look_up(one) if one else written[start:end] for start, end, one in segments)
                setattr(properties, name, filled[:_LONGEST_PROPERTY])

    def _fill_part(self, part: Any) -> None:
        from lxml import etree  # type: ignore[import-untyped] # it ships no types

        root = getattr(part, "element", None)
        if root is not None:
            self._fill_tree(root, etree)
            _refuse_unfilled(root)
        else:  # notes: python-docx keeps them as bytes
            root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
            self._fill_tree(root, etree)
            _refuse_unfilled(root)
            part._blob = etree.tostring(root, encoding="UTF-8", standalone=True)  # noqa: SLF001 - no public setter

    def _fill_tree(self, root: Any, etree: Any) -> None:
        for texts in _paragraphs(root, etree):
            _fill_paragraph(texts, self.look_up)


def _paragraphs(root: Any, etree: Any) -> Iterator[list[Any]]:
    """Yield the text elements of each paragraph with a brace; a text box's paragraphs are paragraphs of their own."""
    found: list[list[Any]] = []
    open_paragraphs: list[list[Any]] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=(f"{_W}p", f"{_W}t")):
        if element.tag == f"{_W}t":
            if event == "start" and open_paragraphs:
                open_paragraphs[-1].append(element)
        elif event == "start":
            open_paragraphs.append([])
        else:
            found.append(open_paragraphs.pop())
    return (texts for texts in found if any("{" in (text.text or "") for text in texts))


def _refuse_unfilled(root: Any) -> None:
    """Refuse a placeholder in an element whose text is not replaced, because it would stay visible."""
    for element in root.iter(*_UNFILLED):
        text = element.text or element.get("string") or ""
        if "{{" in text:
            place = _UNFILLED[element.tag]
            message = f"A placeholder stands in {place}, where nothing is filled in: put it in the text."
            raise Invalid("template-place", message, value=text[:_LONGEST_PROPERTY])


def _segments(text: str) -> list[tuple[int, int, str]]:
    """Split a text into spans: plain text with an empty name, and placeholders with their names."""
    segments = []
    position = 0
    for start, end, name in scan(text):
        segments += [(position, start, ""), (start, end, name)]
        position = end
    return [*segments, (position, len(text), "")]


def _fill_paragraph(texts: list[Any], look_up: LookUp) -> None:
    """Replace each placeholder in the run where it begins, and remove the rest of it from later runs."""
    whole = "".join(text.text or "" for text in texts)
    segments = _segments(whole)
    if len(segments) == 1:
        return
    at = begin = 0
    for text in texts:
        end = begin + len(text.text or "")
        tokens: list[tuple[str, str]] = []
        while at < len(segments) and segments[at][0] < end:
            start, stop, name = segments[at]
            if not name:
                tokens.append(("", whole[max(start, begin) : min(stop, end)]))
            elif start >= begin:
                tokens += ((_MARKUP.get(piece, ""), piece) for piece in _BREAKS.split(look_up(name)))
            if stop > end:
                break
            at += 1
        _write(text, tokens)
        begin = end


def _write(text: Any, tokens: list[tuple[str, str]]) -> None:
    """Replace the content of a text element with text, line breaks and tabs."""
    current = text
    buffer: list[str] = []
    for markup, piece in tokens:
        if not markup:
            buffer.append(piece)
            continue
        _set(current, "".join(buffer))
        buffer = []
        mark = text.makeelement(_W + markup)
        current.addnext(mark)
        current = text.makeelement(f"{_W}t")
        mark.addnext(current)
    _set(current, "".join(buffer))


def _set(element: Any, text: str) -> None:
    element.text = text
    element.set(_XML_SPACE, "preserve")
