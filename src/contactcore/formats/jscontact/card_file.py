"""A file of JSContact, read card by card from any place, and more than once."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import attrs

from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.jscontact.card_lines import LinesOfCard
from contactcore.formats.jscontact.json_values import JsonValue, is_array, json_values
from contactcore.formats.tabular.encodings import Encoding
from contactcore.formats.tabular.sources import Source
from contactcore.formats.vcard.card import Card, ReadCard, parse_position
from contactcore.formats.vcard.card_reader import CardReader
from contactcore.formats.vcard.limits import LARGEST_CARD, MOST_LINES
from contactcore.formats.vcard.physical_lines import ReadsBytes
from contactcore.frozen import frozen
from contactcore.read_only import EMPTY

__all__ = ["LEVELS", "REASON", "JsonCardFile", "no_card"]

LEVELS = 32
"""Objects inside each other."""
REASON = "contactcore:reason"
"""The member of a rejected card that says why; it is left out when the card is read."""
_NO_CARD: Final = frozenset(("jscontact-card", "jscontact-syntax", "jscontact-encoding"))
"""Codes of values that are no card at all."""
_BYTE_ORDERS: Final = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_CHUNK = 1 << 18
_LONE = "contactcore-lone-surrogate"
# Bytes that are no character become half of one, which no text may contain: the check of the value names it.
codecs.register_error(_LONE, lambda error: ("\udcff", getattr(error, "end", 0)))


def no_card(one: ReadCard) -> bool:
    """Whether a value of the file is no card, as opposed to a card without a contact.

    Args:
        one: The value as it was read.
    """
    return one.card is None and any(problem.code in _NO_CARD for problem in one.problems)


def _encoding_of(head: bytes) -> Encoding:
    """The encoding of JSON by its first bytes (RFC 8259 section 8.1, and RFC 4627 section 3 for older programs)."""
    for bom, name in _BYTE_ORDERS:
        if head.startswith(bom):
            return Encoding(name, bom, "bom", "cp1252")
    name = "utf-8"
    if head[:1] == b"\0":
        name = "utf-32-be" if head[1:2] == b"\0" else "utf-16-be"
    elif head[1:2] == b"\0":
        name = "utf-32-le" if head[2:3] == b"\0" else "utf-16-le"
    return Encoding(name, b"", "utf-8" if name == "utf-8" else "nul-pattern", "cp1252")


class _Recoded:
    """A stream in another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(name)(_LONE)

    def read(self, size: int, /) -> bytes:
        while chunk := self._stream.read(size):
            text = self._decoder.decode(chunk)
            if text:
                return text.encode("utf-8", "surrogatepass")
        return self._decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


@frozen
class JsonCardFile:
    """A file of JSContact in a known encoding.

    Attributes:
        encoding: The encoding of the file.
        source: The bytes.
    """

    encoding: Encoding
    source: Source = attrs.field(repr=False)

    @classmethod
    def of(cls, source: Source, encoding: Encoding | None = None) -> JsonCardFile:
        """The file of a source.

        Args:
            source: The source.
            encoding: The encoding; None, the default, finds it in the first bytes.

        Raises:
            Invalid: `file-missing`, `file-unreadable`.
        """
        if encoding is None and source.text:
            encoding = Encoding("utf-8", b"", "given", "cp1252")
        elif encoding is None:
            with source.open() as stream:
                encoding = _encoding_of(stream.read(4))
        return cls(encoding, source)

    @contextmanager
    def open(self, offset: int = 0) -> Iterator[ReadsBytes]:
        """Open the file as UTF-8.

        Args:
            offset: The number of bytes of UTF-8 before the place; 0, the default, for the start.

        Raises:
            Invalid: `file-missing`, `file-unreadable`.
        """
        if self.encoding.name == "utf-8":
            with self.source.open(offset) as stream:
                yield stream
            return
        with self.source.open() as stream:
            recoded = _Recoded(stream, self.encoding.name)
            rest = b""
            while offset > 0 and (rest := recoded.read(_CHUNK)):
                rest, offset = rest[offset:], offset - len(rest)
            yield _Joined(rest, recoded) if rest else recoded

    def cards(self, country: str | None = None, *, after: str = "", keep_national: bool = True) -> Iterator[ReadCard]:
        r"""The cards, read one at a time; a value that is no card has problems alone.

        Args:
            country: The country of national phone numbers; None for none.
            keep_national: Whether a national number without a country stays text, as by default; else it is a problem.
            after: A `ReadCard.position`. Reading begins there, and nothing before it is read.

        Raises:
            Invalid: `position`.

        >>> from contactcore.formats.tabular.sources import source_of
        >>> cards = '[{"@type": "Card", "name": {"full": "Jo"}},\n{"@type": "Card", "name": {"full": "Ann"}}]'
        >>> file = JsonCardFile.of(source_of(cards))
        >>> first = next(file.cards())
        >>> [(one.line, one.number, one.contact.full_name) for one in file.cards(after=first.position)]
        [(2, 2, 'Ann')]
        """
        offset, line, number = parse_position(after) if after else (0, 1, 0)
        inside = False
        if offset:
            with self.open() as stream:
                inside = is_array(stream)
        with self.open(offset) as stream:
            for one in json_values(stream, LEVELS, LARGEST_CARD, offset=offset, line=line, inside=inside):
                number += 1
                yield _CardOfValue(one, country, keep_national=keep_national).read(number)


class _Joined:
    """Bytes that were read already, and the stream behind them."""

    def __init__(self, rest: bytes, stream: ReadsBytes) -> None:
        self._rest = io.BytesIO(rest)
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        return self._rest.read(size) or self._stream.read(size)


class _CardOfValue:
    def __init__(self, one: JsonValue, country: str | None, *, keep_national: bool) -> None:
        self._one = one
        self._country = country
        self._keep_national = keep_national
        self._problems: list[RowProblem] = []
        self._paths: list[str] = []

    def _add(
        self,
        code: str,
        reason: str,
        column: str = "",
        value: object = "",
        *,
        rejected: bool = False,
        facts: Mapping[str, Any] = EMPTY,
    ) -> None:
        text = value if isinstance(value, str) else repr(value)[:500]
        where = self._one.line, storable(column), storable(text)
        self._problems.append(RowProblem(*where, reason, code, rejected, facts))

    def read(self, number: int) -> ReadCard:
        """The card; one without a contact if the value has none.

        Args:
            number: The number of the value in the file.
        """
        one = self._one
        card = self._read()
        return ReadCard(card, one.line, number, tuple(self._problems), one.start, one.offset, one.next_line)

    def _read(self) -> Card | None:
        one = self._one
        if one.deep:
            reason = f"Objects inside each other have at most {LEVELS} levels: check whether the file is whole."
            self._add("jscontact-depth", reason, rejected=True)
            return None
        if one.large:
            reason = f"The card has more than {LARGEST_CARD:,} bytes or too many members, and was left out: shorten it."
            self._add("jscontact-card-too-large", reason, rejected=True)
            return None
        if not one.encoded:
            reason = "JSON is UTF-8 (RFC 8259), and these bytes are not: save the file as UTF-8."
            self._add("jscontact-encoding", reason, rejected=True)
            return None
        if one.fault:
            self._add("jscontact-syntax", f"This is no JSON: {one.fault}. Correct it.", rejected=True)
            return None
        card = one.value
        if not isinstance(card, Mapping) or card.get("@type") != "Card":
            reason = 'This is no JSContact card, which has the "@type" "Card"; it was left out.'
            self._add("jscontact-card", reason, value=card, rejected=True)
            return None
        for name in dict.fromkeys(one.repeated):
            self._add("jscontact-repeated", "An object has this name twice; the last value was read.", name)
        if card.get("version") not in ("1.0", "2.0", None):
            reason = "This version is unknown, and was read like 1.0. Check the result."
            self._add("jscontact-version", reason, "version", card.get("version"))
        return self._contact(card)

    def _contact(self, card: Mapping[str, Any]) -> Card | None:
        lines = LinesOfCard({name: value for name, value in card.items() if name != REASON}, self._add)
        found = lines.lines()
        self._paths = lines.paths
        if len(found) > MOST_LINES:
            reason = f"The card has more than {MOST_LINES:,} values and was left out: split it."
            self._add("jscontact-too-many-values", reason, rejected=True)
            return None
        reader = CardReader(-1, found, self._country, self._report, keep_national=self._keep_national)
        contact = reader.read()
        return None if contact is None else contact.at(self._one.line)

    def _report(
        self,
        code: str,
        reason: str,
        line: int,
        column: str = "",
        value: str = "",
        *,
        rejected: bool = False,
        facts: Mapping[str, Any] = EMPTY,
    ) -> None:
        path = self._paths[line] if 0 <= line < len(self._paths) else column
        self._add(code, reason, path, value, rejected=rejected, facts=facts)
