"""From JSContact to contacts (IMP-5)."""

from __future__ import annotations

from collections.abc import Iterator

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.jscontact.card_file import JsonCardFile, no_card
from contactcore.formats.tabular.sources import source_of
from contactcore.formats.vcard.card import Card, ReadCard, VCards
from contactcore.formats.vcard.limits import LONGEST_TEXT, MOST_CARDS
from contactcore.formats.vcard.reading import region_of

__all__ = ["loads", "read"]

_NONE = 'There is no JSContact card in it: a card has the "@type" "Card".'


def loads(source: str | bytes | bytearray | memoryview, *, country: str | None = None) -> VCards:
    r"""Reads the contacts of JSContact cards: one Card object, an array of them, or objects below each other.

    A bad card or property becomes a problem. Nothing is fetched. A `str` is text, never a path. `read` reads a file
    card by card.

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
    if not isinstance(source, str | bytes | bytearray | memoryview):
        raise Invalid("jscontact-type", "Give the JSON as bytes or text.", value=type(source).__name__)
    if len(source) > LONGEST_TEXT:
        reason = f"The cards have more than {LONGEST_TEXT:,} bytes or characters: split the file."
        raise Invalid("jscontact-too-large", reason, facts={"limit": LONGEST_TEXT})
    cards: list[Card] = []
    problems: list[RowProblem] = []
    empty = True
    for one in JsonCardFile.of(source_of(source)).cards(region):
        if one.number > MOST_CARDS:
            reason = f"Only the first {MOST_CARDS:,} cards were read: split the file and read the rest."
            problems.append(RowProblem(one.line, "", "", reason, "jscontact-too-many", rejected=True))
            break
        empty = empty and no_card(one)
        problems += one.problems
        if one.card is not None:
            cards.append(one.card)
    if empty:
        raise _refusal(problems[0] if problems else None)
    return VCards(tuple(cards), tuple(problems))


def read(source: object, *, country: str | None = None) -> Iterator[ReadCard]:
    r"""Reads the JSContact cards of a file one by one; memory does not grow with the file.

    Args:
        source: A path (`os.PathLike`), bytes, text (`str`), or a binary file object, which stays open. The file is what
            `loads` takes.
        country: The ISO 3166 code of the country of national phone numbers; None to keep these numbers as text.

    Returns:
        Each card with its problems; `contact` is None for a card without a contact, and for a value that is no card.

    Raises:
        Invalid: `jscontact-none` and `jscontact-encoding` at the end of a file without any card; `country-unknown`,
            `source`, `file-missing`, `file-unreadable`, `file-irregular`, `file-too-large` for a stream that cannot
            seek.

    >>> import io
    >>> from contactcore.formats import jscontact
    >>> file = io.BytesIO(b'[{"@type": "Card", "name": {"full": "Jane Doe"}},\n{"@type": "Card",}]')
    >>> [(one.line, one.contact and one.contact.full_name, len(one.problems)) for one in jscontact.read(file)]
    [(1, 'Jane Doe', 0), (2, None, 1)]

    Source: IMP-5; RFC 9553, RFC 9555.
    """
    region, file = region_of(country), JsonCardFile.of(source_of(source))

    def found() -> Iterator[ReadCard]:
        empty, first = True, None
        for one in file.cards(region):
            empty = empty and no_card(one)
            first = first or next(iter(one.problems), None)
            yield one
        if empty:
            raise _refusal(first)

    return found()


def _refusal(first: RowProblem | None) -> Invalid:
    """The refusal of a file without any card, with the reason of its first value."""
    if first is not None and first.code == "jscontact-encoding":
        return Invalid(first.code, first.reason, facts=first.facts)
    if first is not None and first.code == "jscontact-syntax":
        return Invalid("jscontact-none", f"There is no JSContact card in it. {first.reason}")
    return Invalid("jscontact-none", _NONE)
