"""The careful door of the reader: the cards of a stream, line by line, with all their problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.tabular.encodings import Encoding
from contactcore.formats.vcard.card import Card, ReadCard
from contactcore.formats.vcard.card_reader import CardReader
from contactcore.formats.vcard.content_lines import ContentLine, HeadCache
from contactcore.formats.vcard.limits import LARGEST_CARD, MOST_LEVELS, MOST_LINES
from contactcore.formats.vcard.physical_lines import LineReader, ReadsBytes
from contactcore.read_only import EMPTY

__all__ = ["CardStream"]

_VERSIONS = ("2.1", "3.0", "4.0")
_SHOWN = 100
_AGENT = "BEGIN:VCARD"
"""The value of AGENT in a card of version 2.1 whose agent is a card on the next lines."""


class CardStream:
    """Reads the cards of a stream line by line.

    Args:
        stream: An open binary stream.
        encoding: The encoding of its bytes.
        country: The country of national phone numbers; None for none.
        place: The byte and the line where the stream stands, and the number of the card before it.
        keep_national: Whether a national number without a country stays text.
        text: Whether the bytes are encoded from text.
        heads: The heads that an earlier reader of the same file has learned; None, the default, for none.

    Attributes:
        unfinished: Whether the stream ended inside a card, or with lines that belong to the next one.
    """

    def __init__(
        self,
        stream: ReadsBytes,
        encoding: Encoding,
        country: str | None,
        place: tuple[int, int, int],
        *,
        keep_national: bool,
        text: bool = False,
        heads: HeadCache | None = None,
    ) -> None:
        offset, line, self._number = place
        self._source = LineReader(stream, encoding, self._report, text=text, offset=offset, line=line, heads=heads)
        self.unfinished: bool = False
        self._problems: list[RowProblem] = []
        self._country = country
        self._keep_national = keep_national
        self._lines: list[ContentLine] | None = None
        self._start = self._start_offset = self._inside = self._size = 0
        self._outside = False
        self._ended: list[ReadCard] = []

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
        self._problems.append(RowProblem(line, storable(column), storable(value), reason, code, rejected, facts))

    def cards(self) -> Iterator[ReadCard]:
        """Each card; the problems of lines between two cards belong to the second one."""
        last = 0
        for line in self._source.lines():
            last = line.number
            if self._lines is not None:
                self._take(self._lines, line)
            elif line.name == "BEGIN" and line.value.strip().upper().startswith("VCARD"):
                self._begin(line)
            elif not self._outside:
                self._outside = True
                self._report("vcard-outside", "Lines outside of any card were left out.", line.number, line.name)
            if len(self._ended) > 1:
                yield self._ended.pop(0)
        self.unfinished = self._lines is not None or self._outside or bool(self._problems)
        if self._lines is not None:
            self._unfinished(last)
            self._end(self._lines, self._source.offset, self._source.line)
        yield from self._ended[:-1]
        if self._ended:
            yield attrs.evolve(self._ended[-1], problems=(*self._ended[-1].problems, *self._problems))

    def _begin(self, line: ContentLine) -> None:
        self._lines, self._start, self._inside, self._size, self._outside = [], line.number, 0, 0, False
        self._start_offset = self._source.previous_offset

    def _take(self, lines: list[ContentLine], line: ContentLine) -> None:
        if line.name == "BEGIN":
            self._open(lines, line)
        elif line.name == "END" and self._inside:
            self._inside -= 1
        elif line.name == "END":
            self._end(lines, self._source.offset, self._source.line)
        elif self._inside:
            return
        elif not line.name:
            reason = "The line has no name and no colon; it was left out."
            self._report("vcard-line", reason, line.number, "", line.value)
        elif line.name == "AGENT" and line.value.strip().upper() == _AGENT:
            self._enter("VCARD", line)
        elif len(lines) <= MOST_LINES:
            self._size += len(line.value)
            if self._size <= LARGEST_CARD:
                lines.append(line)

    def _open(self, lines: list[ContentLine], line: ContentLine) -> None:
        what = line.value.strip().upper()[:_SHOWN]
        agent = bool(lines) and lines[-1].name == "AGENT" and not lines[-1].value.strip()
        if what.startswith("VCARD") and not self._inside and not agent:
            self._unfinished(line.number)
            # The next card begins with this line, not behind it.
            self._end(lines, self._source.previous_offset, line.number)
            self._begin(line)
            return
        self._enter(what, line)

    def _enter(self, what: str, line: ContentLine) -> None:
        """Leave out the lines up to the end of an object inside the card."""
        self._inside += 1
        if self._inside == 1:
            reason = "An object inside the card was left out: give it as a card of its own."
            self._report("vcard-nested", reason, line.number, line.name, what)
        elif self._inside == MOST_LEVELS:
            reason = f"Objects inside each other have at most {MOST_LEVELS} levels: check whether the file is whole."
            self._report("vcard-depth", reason, line.number, line.name, what)

    def _unfinished(self, number: int) -> None:
        reason = "The card has no END:VCARD; it was read up to its last line. Check whether the file is whole."
        self._report("vcard-unfinished", reason, number)

    def _end(self, lines: list[ContentLine], offset: int, next_line: int) -> None:
        self._lines = None
        self._number += 1
        card = None
        if len(lines) > MOST_LINES:
            reason = f"The card has more than {MOST_LINES:,} lines and was left out: split it."
            self._report("vcard-too-many-lines", reason, self._start, rejected=True)
        elif self._size > LARGEST_CARD:
            reason = f"The card has more than {LARGEST_CARD:,} characters and was left out: shorten it."
            self._report("vcard-card-too-large", reason, self._start, rejected=True)
        else:
            card = self._card(lines)
        problems = tuple(self._problems)
        self._problems.clear()
        self._ended.append(ReadCard(card, self._start, self._number, problems, self._start_offset, offset, next_line))

    def _card(self, lines: list[ContentLine]) -> Card | None:
        version = next((line for line in lines if line.name == "VERSION"), None)
        if version is not None and version.value.strip() not in _VERSIONS:
            reason = f"This version is unknown, and was read like {_VERSIONS[-1]}. Check the result."
            self._report("vcard-version", reason, version.number, "VERSION", version.value)
        return CardReader(self._start, lines, self._country, self._report, keep_national=self._keep_national).read()
