"""From bytes or text to contacts: the cards of a text, one by one (IMP-5)."""

from __future__ import annotations

from collections.abc import Iterator

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.vcard.card import Card, VCards
from contactcore.formats.vcard.card_reader import CardReader
from contactcore.formats.vcard.content_lines import ContentLine
from contactcore.formats.vcard.limits import MOST_CARDS, MOST_LEVELS, MOST_LINES
from contactcore.formats.vcard.physical_lines import LineReader
from contactcore.values import PhoneNumber

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
        Invalid: `vcard-none` for an input without any vCard, `vcard-too-large`, `vcard-type`, and the code of
            `PhoneNumber` for an unknown country.

    >>> from contactcore.formats import vcard
    >>> found = vcard.loads("BEGIN:VCARD\nVERSION:3.0\nN:Doe;Jane\nEMAIL:jane@\nTEL:01 44 55 66 77\nEND:VCARD", country="FR")
    >>> [contact.display_name for contact in found.contacts], str(found.contacts[0].phones[0])
    (['Jane Doe'], '+33144556677')
    >>> [(problem.line, problem.column, problem.code) for problem in found.problems]
    [(4, 'EMAIL', 'email-syntax')]

    Source: IMP-5; RFC 2426, RFC 6350, RFC 6868, RFC 9554.
    """
    if country is not None:
        PhoneNumber("+33144556677", country)  # an unknown country is refused
    return _TextReader(source, country).read()


class _TextReader:
    def __init__(self, source: str | bytes | bytearray | memoryview, country: str | None) -> None:
        self._problems: list[RowProblem] = []
        self._lines = LineReader(source, self._report)
        self._country = country
        self._cards: list[Card] = []

    def _report(
        self, code: str, reason: str, line: int, column: str = "", value: str = "", *, rejected: bool = False
    ) -> None:
        self._problems.append(RowProblem(line, storable(column), storable(value), reason, code, rejected))

    def read(self) -> VCards:
        count = 0
        for start, lines in self._objects():
            count += 1
            if count > MOST_CARDS:
                reason = f"Only the first {MOST_CARDS:,} cards were read: split the file and read the rest."
                self._report("vcard-too-many", reason, start, rejected=True)
                break
            if lines is None:
                continue
            card = CardReader(start, lines, self._country, self._report).read()
            if card is not None:
                self._cards.append(card)
        if not count:
            raise Invalid("vcard-none", "There is no vCard in it: a vCard begins with the line BEGIN:VCARD.")
        return VCards(tuple(self._cards), tuple(self._problems))

    def _objects(self) -> Iterator[tuple[int, list[ContentLine] | None]]:
        """The first line and the lines of each card; None in place of the lines for a refused card."""
        lines: list[ContentLine] | None = None
        start = inside = last = 0
        stray = False
        for line in self._lines.lines():
            name, what = (line.name, line.value.strip().upper()) if isinstance(line, ContentLine) else ("", "")
            number = line.number if isinstance(line, ContentLine) else line[0]
            if lines is None:
                if (name, what) == ("BEGIN", "VCARD"):
                    lines, start, inside, stray = [], number, 0, False
                elif not stray:
                    stray = True
                    text = str(line) if isinstance(line, ContentLine) else line[1]
                    self._report("vcard-outside", "Lines outside of any card were left out.", number, name, text)
            elif name == "BEGIN" and not (what == "VCARD" and inside == 0 and not self._is_agent(lines)):
                inside += 1
                if inside == 1:
                    reason = "An object inside the card was left out: give it as a card of its own."
                    self._report("vcard-nested", reason, number, name, what)
                elif inside == MOST_LEVELS:
                    reason = f"Objects inside each other have at most {MOST_LEVELS} levels: the rest was left out."
                    self._report("vcard-depth", reason, number, name, what)
            elif name == "BEGIN":
                self._unfinished(start)
                yield start, self._checked(start, lines)
                lines, start, inside = [], number, 0
            elif name == "END" and inside:
                inside -= 1
            elif name == "END":
                yield start, self._checked(start, lines)
                lines = None
            elif not inside and isinstance(line, ContentLine):
                if len(lines) <= MOST_LINES:
                    lines.append(line)
            elif not inside:
                self._report("vcard-line", "The line has no name and no colon; it was left out.", number, "", line[1])
            last = number
        if lines is not None:
            self._unfinished(start, last)
            yield start, self._checked(start, lines)

    @staticmethod
    def _is_agent(lines: list[ContentLine]) -> bool:
        return bool(lines) and lines[-1].name == "AGENT" and not lines[-1].value.strip()

    def _unfinished(self, start: int, last: int = 0) -> None:
        reason = "The card has no END:VCARD; it was read up to its last line. Check whether the file is whole."
        self._report("vcard-unfinished", reason, last or start)

    def _checked(self, start: int, lines: list[ContentLine]) -> list[ContentLine] | None:
        if len(lines) > MOST_LINES:
            reason = f"The card has more than {MOST_LINES:,} lines and was left out: split it."
            self._report("vcard-too-many-lines", reason, start, rejected=True)
            return None
        version = next((line for line in lines if line.name == "VERSION"), None)
        if version is not None and version.value.strip() not in _VERSIONS:
            reason = f"This version is unknown, and was read like {_VERSIONS[-1]}. Check the result."
            self._report("vcard-version", reason, version.number, "VERSION", version.value)
        return lines
