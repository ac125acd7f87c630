"""From bytes or text to contacts: the cards of a file, one by one (IMP-5)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.tabular.encodings import Encoding, detect_encoding
from contactcore.formats.tabular.sources import Source, source_of
from contactcore.formats.vcard.card import Card, ReadCard, VCards, parse_position
from contactcore.formats.vcard.card_stream import CardStream
from contactcore.formats.vcard.content_lines import HeadCache
from contactcore.formats.vcard.limits import LONGEST_TEXT, MOST_CARDS
from contactcore.formats.vcard.line_blocks import QUOTED_PRINTABLE
from contactcore.formats.vcard.physical_lines import ReadsBytes
from contactcore.formats.vcard.plain_cards import SIMPLE, PlainCards
from contactcore.frozen import frozen
from contactcore.model.restoring import restored
from contactcore.values.country import read_country

__all__ = ["CardFile", "loads", "read", "region_of"]

_SAMPLE = 1 << 18
_PIECE = 1 << 18
_LONGEST_PIECE = 8_000_000
"""Bytes without a place where the file can be cut. The rest of such a file is read line by line."""
_LAST_LINE = b"\nEND:VCARD"
_FIRST_LINE = re.compile(rb"BEGIN:VCARD\r?\n(?![ \t\r\n])")
_NEXT_CARD = (b"\r\nBEGIN:VCARD\r\n", b"\nBEGIN:VCARD\n")
_BOUNDARY = re.compile(rb"\nEND:VCARD\r?\n(?:\r?\n)*+(?=BEGIN:VCARD\r?\n)")
_AT_END = re.compile(rb"\nEND:VCARD(?:\r?\n)*+\Z")
_BLANK_FOLD = re.compile(rb"\n[ \t]++(?:\n|\Z)")
_AFTER_LAST = re.compile(rb"(?:\r?\n)*+")
_LONGEST_PLAIN = 1_000_000
"""Bytes of a plain card, most of which are those of a picture."""
_LINE_END = 10
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_NONE = "There is no vCard in it: a vCard begins with the line BEGIN:VCARD."


def loads(
    source: str | bytes | bytearray | memoryview, *, country: str | None = None, keep_national: bool = True
) -> VCards:
    r"""Reads the contacts of vCards in version 2.1, 3.0 or 4.0; a bad card or property becomes a problem.

    Nothing is fetched. A `str` is text, never a path. `read` reads a file card by card.

    Args:
        source: The vCards, as bytes in any common encoding or as text; at most 200,000,000 bytes or characters.
        country: The ISO 3166 code of the country of national phone numbers; None for unknown.
        keep_national: Whether a national number without a country stays text, as by default, which no workspace without
            a country stores. Otherwise it is a problem, and kept in `unmapped` with all that the card says of it.

    Returns:
        The contacts, the cards beside them, and the problems.

    Raises:
        Invalid: `vcard-none` for an input without any vCard, `vcard-too-large`, `vcard-type`, and
            `country-unknown`.

    >>> from contactcore.formats import vcard
    >>> card = "BEGIN:VCARD\nVERSION:3.0\nN:Doe;Jane\nEMAIL:jane@\nTEL:01 44 55 66 77\nEND:VCARD"
    >>> found = vcard.loads(card, country="FR")
    >>> [contact.display_name for contact in found.contacts], str(found.contacts[0].phones[0])
    (['Jane Doe'], '+33144556677')
    >>> [(problem.line, problem.column, problem.code) for problem in found.problems]
    [(4, 'EMAIL', 'email-syntax')]

    Source: IMP-5; RFC 2426, RFC 6350, RFC 6868, RFC 9554.
    """
    region = region_of(country)
    if not isinstance(source, str | bytes | bytearray | memoryview):
        raise Invalid("vcard-type", "Give the vCards as bytes or text.", value=type(source).__name__)
    if len(source) > LONGEST_TEXT:
        reason = f"The vCards have more than {LONGEST_TEXT:,} bytes or characters: split the file."
        raise Invalid("vcard-too-large", reason, facts={"limit": LONGEST_TEXT})
    cards: list[Card] = []
    problems: list[RowProblem] = []
    count = 0
    for one in CardFile.of(source).cards(region, keep_national=keep_national):
        if count == MOST_CARDS:
            reason = f"Only the first {MOST_CARDS:,} cards were read: split the file and read the rest."
            problems.append(RowProblem(one.line, "", "", reason, "vcard-too-many", rejected=True))
            break
        count += 1
        problems += one.problems
        if one.card is not None:
            cards.append(one.card)
    if not count:
        raise Invalid("vcard-none", _NONE)
    return VCards(tuple(cards), tuple(problems))


def read(source: object, *, country: str | None = None) -> Iterator[ReadCard]:
    r"""Reads the vCards of a file one by one, in version 2.1, 3.0 or 4.0; memory does not grow with the file.

    Args:
        source: A path (`os.PathLike`), bytes, text (`str`), or a binary file object, which stays open.
        country: The ISO 3166 code of the country of national phone numbers; None to keep these numbers as text.

    Returns:
        Each card with its problems; `contact` is None for a card without a contact.

    Raises:
        Invalid: `vcard-none` at the end of a file without any vCard; `country-unknown`, `source`, `file-missing`,
            `file-unreadable`, `file-irregular`, `file-too-large` for a stream that cannot seek.

    >>> import io
    >>> from contactcore.formats import vcard
    >>> file = io.BytesIO(b"BEGIN:VCARD\nFN:Jane Doe\nEND:VCARD\nBEGIN:VCARD\nEMAIL:jo@\nEND:VCARD\n")
    >>> [(one.line, one.contact and one.contact.full_name, len(one.problems)) for one in vcard.read(file)]
    [(1, 'Jane Doe', 0), (4, None, 2)]

    Source: IMP-5.
    """
    region, file = region_of(country), CardFile.of(source)

    def found() -> Iterator[ReadCard]:
        empty = True
        for one in file.cards(region):
            empty = False
            yield one
        if empty:
            raise Invalid("vcard-none", _NONE)

    return found()


def region_of(country: str | None) -> str | None:
    """The code of a caller's country.

    Raises:
        Invalid: `country-unknown`.
    """
    region = None if country is None else read_country(country)
    if country is not None and region is None:
        reason = "Give a country by its ISO 3166 code, such as FR."
        raise Invalid("country-unknown", reason, path="country", value=country)
    return region


@frozen
class CardFile:
    """A file of vCards in a known encoding. Its cards can be read from any place, and more than once.

    Attributes:
        encoding: The encoding of the file.
        source: The bytes.
    """

    encoding: Encoding
    source: Source = attrs.field(repr=False)

    @classmethod
    def of(cls, source: object, encoding: Encoding | None = None) -> CardFile:
        """The file of a caller's argument.

        Args:
            source: As for `read`.
            encoding: The encoding; None, the default, detects it.

        Raises:
            Invalid: As `read`.
        """
        origin = source if isinstance(source, Source) else source_of(source)
        if encoding is None and origin.text:
            with origin.open() as stream:
                bom = "\ufeff".encode() if stream.read(3) == "\ufeff".encode() else b""
            encoding = Encoding("utf-8", bom, "given", "cp1252")
        elif encoding is None:
            with origin.open() as stream:
                encoding = detect_encoding(stream.read(_SAMPLE))
        return cls(encoding, origin)

    def cards(self, country: str | None = None, *, after: str = "", keep_national: bool = True) -> Iterator[ReadCard]:
        r"""The cards, read one at a time.

        Args:
            country: The country of national phone numbers; None for none.
            keep_national: Whether a national number without a country stays text, as by default; else it is a problem.
            after: A `ReadCard.position`. Reading begins there, and nothing before it is read.

        >>> file = CardFile.of(b"BEGIN:VCARD\nFN:Jo\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n")
        >>> first = next(file.cards())
        >>> [(one.number, one.contact.full_name) for one in file.cards(after=first.position)]
        [(2, 'Ann')]
        """
        place = parse_position(after) if after else (len(self.encoding.bom), 1, 0)
        with self.source.open(place[0]) as stream:
            if self.encoding.name != "utf-8":
                text = self.source.text
                careful = CardStream(stream, self.encoding, country, place, keep_national=keep_national, text=text)
                yield from careful.cards()
            else:
                yield from _QuickStream(stream, self, country, place, keep_national=keep_national).cards()


class _QuickStream:
    """Reads a file as `CardStream` does. Plain cards go through the quick door, and all others to `CardStream`.

    The file is cut where a line END:VCARD is followed by a line BEGIN:VCARD: nothing before such a place changes how
    the cards behind it are read, if the piece before it ends outside of any card.
    """

    def __init__(
        self,
        stream: ReadsBytes,
        file: CardFile,
        country: str | None,
        place: tuple[int, int, int],
        *,
        keep_national: bool,
    ) -> None:
        self._read = stream.read
        self._file = file
        self._country = country
        self._keep_national = keep_national
        self._offset, self._line, self._number = place
        self._plain = PlainCards(country, keep_national=keep_national)
        self._heads = HeadCache()
        self._data = b""
        self._at = 0
        self._whole = False

    def cards(self) -> Iterator[ReadCard]:
        while True:
            end = self._end(self._at)
            if end < 0:
                yield from self._rest()
                return
            if end == self._at:
                return
            card = self._quick(end)
            if card is not None:
                yield card
                continue
            found = self._careful(end)
            if found is None:
                yield from self._rest()
                return
            yield from found

    def _end(self, start: int) -> int:
        """The end of the piece of the window that starts at a place, blank lines included; -1 if it is too long."""
        while True:
            data, at = self._data, start
            while (at := data.find(_LAST_LINE, at)) >= 0:
                behind = at + len(_LAST_LINE)
                if data.startswith(_NEXT_CARD, behind):
                    return behind + (2 if data[behind] != _LINE_END else 1)
                found = _BOUNDARY.match(data, at) or (_AT_END.match(data, at) if self._whole else None)
                if found is not None:
                    return found.end()
                at += 1
            if self._whole:
                return len(data)
            if len(data) - self._at > _LONGEST_PIECE:
                return -1
            start -= self._at
            self._data = data[self._at :]
            self._at = 0
            chunk = self._read(max(_PIECE, len(self._data)))
            self._data += chunk
            self._whole = not chunk

    def _advance(self, end: int, line: int) -> None:
        self._offset += end - self._at
        self._at, self._line = end, line

    def _quick(self, end: int) -> ReadCard | None:
        """The only card of the piece up to a place, if it is plain."""
        data, at = self._data, self._at
        begin = _FIRST_LINE.match(data, at)
        last = data.rfind(_LAST_LINE, at, end)
        if begin is None or last < begin.end() or last - at > _LONGEST_PLAIN:
            return None
        folded = data[begin.end() : last]
        if b"\r" in folded and folded.count(b"\r\n") + folded.endswith(b"\r") == folded.count(b"\r"):
            folded = folded.translate(None, b"\r")
        if b"\r" in folded or _AFTER_LAST.fullmatch(data, last + len(_LAST_LINE), end) is None:
            return None
        raw = _whole_lines(folded)
        if raw is None:
            return None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return None
        found = self._plain.read(text, self._line, folded, simple=not raw.translate(None, SIMPLE))
        if found is None:
            return None
        start, line, self._number = self._offset, self._line, self._number + 1
        self._advance(end, line + data.count(b"\n", at, end) + (data[end - 1] != _LINE_END))
        return restored(
            ReadCard,
            {
                "card": found[0],
                "line": line,
                "number": self._number,
                "problems": found[1],
                "start": start,
                "offset": self._offset,
                "next_line": self._line,
            },
        )

    def _careful(self, end: int) -> list[ReadCard] | None:
        """The cards of the piece up to a place, or of a longer one that ends outside of any card; None without one."""
        while True:
            piece = self._data[self._at : end]
            stream = self._stream(io.BytesIO(piece))
            found = list(stream.cards())
            if not stream.unfinished or (self._whole and end == len(self._data)):
                self._number += len(found)
                self._advance(end, self._line + _lines_of(piece))
                return found
            # A longer piece is twice as long, so that a card without an end costs no more than its file.
            size = len(piece)
            end = self._end(self._at + 2 * size)
            if end < 0:
                return None

    def _rest(self) -> Iterator[ReadCard]:
        yield from self._stream(_Rest(self._data[self._at :], self._read)).cards()

    def _stream(self, stream: ReadsBytes) -> CardStream:
        return CardStream(
            stream,
            self._file.encoding,
            self._country,
            (self._offset, self._line, self._number),
            keep_national=self._keep_national,
            text=self._file.source.text,
            heads=self._heads,
        )


def _whole_lines(raw: bytes) -> bytes | None:
    r"""The unfolded lines without blank ones; None if the careful reader has to unfold them.

    Args:
        raw: The lines, which end with `\n`.
    """
    if b"=\n" in raw and b"RINTABLE" in raw.upper():  # base64 ends with an equals sign too
        joined = _joined_quoted(raw)
        if joined is None:
            return None
        raw = joined
    while b"\n\n" in raw:
        raw = raw.replace(b"\n\n", b"\n")
    raw = raw.removesuffix(b"\n")
    if b"\n " in raw or b"\n\t" in raw:
        blank = b" \n" in raw or b"\t\n" in raw or raw[-1:] in (b" ", b"\t")
        if blank and _BLANK_FOLD.search(raw):
            return None
        # Twice as fast as `replace` for the lines of a picture.
        raw = b"".join(raw.split(b"\n "))
        if b"\n\t" in raw:
            raw = raw.replace(b"\n\t", b"")
    return raw


def _joined_quoted(raw: bytes) -> bytes | None:
    r"""Lines without the soft line breaks of values in quoted-printable; None for a break before a blank line.

    Args:
        raw: The lines, which end with `\n`.
    """
    lines: list[bytes] = []
    parts: list[bytes] = []
    for line in raw.split(b"\n"):
        goes_on = line.endswith(b"=")
        if parts and not line:
            return None
        if parts or (goes_on and QUOTED_PRINTABLE.match(line)):
            parts.append(line[:-1] if goes_on else line)
            if goes_on:
                continue
            line = b"".join(parts)  # noqa: PLW2901 - the whole line takes the place of its last part
            parts = []
        lines.append(line)
    return b"\n".join(lines)


def _lines_of(piece: bytes) -> int:
    """The number of lines of a piece; the last one may have no end."""
    count = len(_LINE_ENDS.findall(piece)) if b"\r" in piece.replace(b"\r\n", b"") else piece.count(b"\n")
    return count if piece.endswith((b"\n", b"\r")) else count + 1


class _Rest:
    """Bytes that were read already, and the stream behind them."""

    def __init__(self, data: bytes, read: Callable[[int], bytes]) -> None:
        self._data = io.BytesIO(data)
        self._read = read

    def read(self, size: int, /) -> bytes:
        return self._data.read(size) or self._read(size)
