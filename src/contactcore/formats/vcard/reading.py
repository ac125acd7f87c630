"""From bytes or text to contacts: the cards of a text, one by one (IMP-5)."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.vcard.card import Card, VCards
from contactcore.formats.vcard.card_reader import CardReader
from contactcore.formats.vcard.content_lines import ContentLine
from contactcore.formats.vcard.limits import MOST_CARDS, MOST_LEVELS, MOST_LINES
from contactcore.formats.vcard.physical_lines import LineReader
from contactcore.values.country import read_country

__all__ = ["loads"]

_VERSIONS = ("2.1", "3.0", "4.0")


def loads(source: str | bytes | bytearray | memoryview, *, country: str | None = None) -> VCards:
    r"""Reads the contacts of vCards in version 2.1, 3.0 or 4.0; a bad card or property becomes a problem.

    Nothing is fetched. A `str` is text, never a path.

    Args:
        source: The vCards, as bytes in any common encoding or as text; at most 200,000,000 bytes or characters.
        country: The ISO 3166 code of the country of national phone numbers; None to keep these numbers as text.

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
    region = None if country is None else read_country(country)
    if country is not None and region is None:
        reason = "Give a country by its ISO 3166 code, such as FR."
        raise Invalid("country-unknown", reason, path="country", value=country)
    return _TextReader(source, region).read()


class _TextReader:
    def __init__(self, source: str | bytes | bytearray | memoryview, country: str | None) -> None:
        self._problems: list[RowProblem] = []
        self._source = LineReader(source, self._report)
        self._country = country
        self._cards: list[Card] = []
        self._lines: list[ContentLine] | None = None
        self._start = self._inside = self._count = 0
        self._outside = False

    def _report(
        self, code: str, reason: str, line: int, column: str = "", value: str = "", *, rejected: bool = False
    ) -> None:
        self._problems.append(RowProblem(line, storable(column), storable(value), reason, code, rejected))

    def read(self) -> VCards:
        last = 0
        for line in self._source.lines():
            last = line.number
            if self._lines is not None:
                self._take(self._lines, line)
            elif line.name == "BEGIN" and line.value.strip().upper() == "VCARD":
                if self._count == MOST_CARDS:
                    reason = f"Only the first {MOST_CARDS:,} cards were read: split the file and read the rest."
                    self._report("vcard-too-many", reason, line.number, rejected=True)
                    break
                self._begin(line)
            elif not self._outside:
                self._outside = True
                self._report("vcard-outside", "Lines outside of any card were left out.", line.number, line.name)
        if self._lines is not None:
            self._unfinished(last)
            self._end(self._lines)
        if not self._count:
            raise Invalid("vcard-none", "There is no vCard in it: a vCard begins with the line BEGIN:VCARD.")
        return VCards(tuple(self._cards), tuple(self._problems))

    def _begin(self, line: ContentLine) -> None:
        self._lines, self._start, self._inside, self._outside = [], line.number, 0, False
        self._count += 1

    def _take(self, lines: list[ContentLine], line: ContentLine) -> None:
        if line.name == "BEGIN":
            self._open(lines, line)
        elif line.name == "END" and self._inside:
            self._inside -= 1
        elif line.name == "END":
            self._end(lines)
        elif self._inside:
            return
        elif not line.name:
            reason = "The line has no name and no colon; it was left out."
            self._report("vcard-line", reason, line.number, "", line.value)
        elif len(lines) <= MOST_LINES:
            lines.append(line)

    def _open(self, lines: list[ContentLine], line: ContentLine) -> None:
        what = line.value.strip().upper()
        agent = bool(lines) and lines[-1].name == "AGENT" and not lines[-1].value.strip()
        if what == "VCARD" and not self._inside and not agent:
            self._unfinished(line.number)
            self._end(lines)
            self._begin(line)
            return
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

    def _end(self, lines: list[ContentLine]) -> None:
        self._lines = None
        if len(lines) > MOST_LINES:
            reason = f"The card has more than {MOST_LINES:,} lines and was left out: split it."
            self._report("vcard-too-many-lines", reason, self._start, rejected=True)
            return
        version = next((line for line in lines if line.name == "VERSION"), None)
        if version is not None and version.value.strip() not in _VERSIONS:
            reason = f"This version is unknown, and was read like {_VERSIONS[-1]}. Check the result."
            self._report("vcard-version", reason, version.number, "VERSION", version.value)
        card = CardReader(self._start, lines, self._country, self._report).read()
        if card is not None:
            self._cards.append(card)
