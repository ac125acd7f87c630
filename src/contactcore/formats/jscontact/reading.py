"""From JSContact to contacts (IMP-5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.jscontact.card_lines import LinesOfCard
from contactcore.formats.jscontact.json_values import JsonValue, json_values
from contactcore.formats.vcard.card import Card, VCards
from contactcore.formats.vcard.card_reader import CardReader
from contactcore.formats.vcard.limits import LONGEST_TEXT, MOST_CARDS, MOST_LINES
from contactcore.formats.vcard.reading import region_of
from contactcore.read_only import EMPTY

__all__ = ["loads"]

_LEVELS = 32


def loads(source: str | bytes | bytearray | memoryview, *, country: str | None = None) -> VCards:
    r"""Reads the contacts of JSContact cards: one Card object, an array of them, or objects below each other.

    A bad card or property becomes a problem. Nothing is fetched. A `str` is text, never a path.

    Args:
        source: JSON, as text or as bytes in UTF-8, UTF-16 or UTF-32; at most 200,000,000 bytes or characters.
        country: The ISO 3166 code of the country of national phone numbers; None to keep these numbers as text.

    Returns:
        The contacts, the cards beside them, and the problems. The line of a problem is the line where the card starts;
        its column is the pointer to the value.

    Raises:
        Invalid: `jscontact-none` for an input without any Card object, `jscontact-too-large`, `jscontact-type`,
            `jscontact-encoding`, and `country-unknown`.

    >>> from contactcore.formats import jscontact
    >>> card = '{"@type": "Card", "name": {"full": "Jane Doe"}, "emails": {"a": {"address": "jane@"}}}'
    >>> found = jscontact.loads(card)
    >>> found.contacts[0].display_name, [(one.column, one.code) for one in found.problems]
    ('Jane Doe', [('emails/a', 'email-syntax')])

    Source: IMP-5; RFC 9553, RFC 9555.
    """
    region = region_of(country)
    text = _text(source)
    cards: list[Card] = []
    problems: list[RowProblem] = []
    count = 0
    for one in json_values(text, _LEVELS):
        if count == MOST_CARDS:
            reason = f"Only the first {MOST_CARDS:,} cards were read: split the file and read the rest."
            problems.append(RowProblem(one.line, "", "", reason, "jscontact-too-many", rejected=True))
            break
        count += _CardOfValue(one, region, cards, problems).read()
    if not count:
        if problems and problems[0].code == "jscontact-syntax":
            raise Invalid("jscontact-none", f"There is no JSContact card in it. {problems[0].reason}")
        raise Invalid("jscontact-none", 'There is no JSContact card in it: a card has the "@type" "Card".')
    return VCards(tuple(cards), tuple(problems))


def _text(source: object) -> str:
    if not isinstance(source, str | bytes | bytearray | memoryview):
        raise Invalid("jscontact-type", "Give the JSON as bytes or text.", value=type(source).__name__)
    if len(source) > LONGEST_TEXT:
        reason = f"The cards have more than {LONGEST_TEXT:,} bytes or characters: split the file."
        raise Invalid("jscontact-too-large", reason, facts={"limit": LONGEST_TEXT})
    if isinstance(source, str):
        return source
    data = bytes(source)
    wide = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2], "")
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        wide = "utf-32"
    elif not wide and data[:1] == b"\0":
        wide = "utf-32-be" if data[1:2] == b"\0" else "utf-16-be"
    elif not wide and data[1:2] == b"\0":
        wide = "utf-32-le" if data[2:3] == b"\0" else "utf-16-le"
    try:
        return data.decode(wide or "utf-8-sig")
    except UnicodeDecodeError as error:
        reason = "JSON is UTF-8 (RFC 8259), and these bytes are not: save the file as UTF-8."
        raise Invalid("jscontact-encoding", reason, facts={"byte": error.start}) from error


class _CardOfValue:
    def __init__(self, one: JsonValue, country: str | None, cards: list[Card], problems: list[RowProblem]) -> None:
        self._one = one
        self._country = country
        self._cards = cards
        self._problems = problems
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

    def read(self) -> bool:
        """Read the card; returns whether the value is a card."""
        one = self._one
        if one.deep:
            reason = f"Objects inside each other have at most {_LEVELS} levels: check whether the file is whole."
            self._add("jscontact-depth", reason, rejected=True)
            return True
        if one.fault:
            self._add("jscontact-syntax", f"This is no JSON: {one.fault}. Correct it.", rejected=True)
            return False
        card = one.value
        if not isinstance(card, Mapping) or card.get("@type") != "Card":
            reason = 'This is no JSContact card, which has the "@type" "Card"; it was left out.'
            self._add("jscontact-card", reason, value=card, rejected=True)
            return False
        for name in dict.fromkeys(one.repeated):
            self._add("jscontact-repeated", "An object has this name twice; the last value was read.", name)
        if card.get("version") not in ("1.0", "2.0", None):
            reason = "This version is unknown, and was read like 1.0. Check the result."
            self._add("jscontact-version", reason, "version", card.get("version"))
        self._contact(card)
        return True

    def _contact(self, card: Mapping[str, Any]) -> None:
        lines = LinesOfCard(card, self._add)
        found = lines.lines()
        self._paths = lines.paths
        if len(found) > MOST_LINES:
            reason = f"The card has more than {MOST_LINES:,} values and was left out: split it."
            self._add("jscontact-too-many-values", reason, rejected=True)
            return
        contact = CardReader(-1, found, self._country, self._report).read()
        if contact is not None:
            self._cards.append(contact.at(self._one.line))

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
