"""The result of reading vCards."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.vcard.picture import CardPicture
from contactcore.frozen import frozen
from contactcore.model import Company, Person

__all__ = ["Card", "ReadCard", "VCards", "parse_position"]


@frozen
class Card:
    r"""One card: its contact, and the organisation and position beside it.

    Attributes:
        contact: The person or the company.
        line: The 1-based line of the card's `BEGIN:VCARD`.
        organization, units: The components of ORG; a contact that is a person has them in `unmapped` too.
        title, role: The position (TITLE) and the function (ROLE); in `unmapped` too.
        pictures: The pictures in the card; a contact has no place for them.

    >>> from contactcore.formats import vcard
    >>> text = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nORG:Bois & Fils;Sales\nTITLE:CFO\nEND:VCARD"
    >>> card = vcard.loads(text).cards[0]
    >>> card.contact.display_name, card.organization, card.units, card.title
    ('Jane Doe', 'Bois & Fils', ('Sales',), 'CFO')
    """

    contact: Person | Company
    line: int
    organization: str = ""
    units: tuple[str, ...] = ()
    title: str = ""
    role: str = ""
    pictures: tuple[CardPicture, ...] = attrs.field(default=(), repr=False)

    def at(self, line: int) -> Card:
        """The same card at another line.

        Args:
            line: The 1-based line.
        """
        return attrs.evolve(self, line=line)


@frozen
class VCards:
    """The contacts of a text of vCards, and the problems that were found.

    Attributes:
        cards: One `Card` for each contact, in the order of the text.
        problems: Problems with the 1-based line, the property as `column`, the value, the reason and the code. `kind`
            is `"rejected"` for a card without a contact, `"fault"` for a property that could not be read, and
            `"note"` for anything else.
    """

    cards: tuple[Card, ...]
    problems: tuple[RowProblem, ...]

    @property
    def contacts(self) -> tuple[Person | Company, ...]:
        r"""The people and companies, in the order of the text.

        >>> from contactcore.formats import vcard
        >>> vcard.loads("BEGIN:VCARD\nVERSION:4.0\nFN:Jane Doe\nEND:VCARD").contacts[0].full_name
        'Jane Doe'
        """
        return tuple(card.contact for card in self.cards)


@frozen
class ReadCard:
    """One card of a file, as `read` yields it.

    Attributes:
        card: The contact, and the organisation and position beside it; None for a card without a contact.
        line: The 1-based line of the card's `BEGIN:VCARD`.
        number: 1 for the first card of the file.
        problems: The problems of the card and of the lines above it, as in `VCards`. The last card has those of the
            lines below it too.
        start: The byte where the card starts.
        offset: The byte after the card.
        next_line: The line after the card.
    """

    card: Card | None
    line: int
    number: int
    problems: tuple[RowProblem, ...] = ()
    start: int = 0
    offset: int = 0
    next_line: int = 0

    @property
    def contact(self) -> Person | Company | None:
        """The person or the company; None for a card without a contact."""
        return None if self.card is None else self.card.contact

    @property
    def position(self) -> str:
        """The place after this card, as a short text that can be stored."""
        return f"{self.offset}.{self.next_line}.{self.number}"


def parse_position(text: str) -> tuple[int, int, int]:
    """The byte, the line and the number of the last card of a `ReadCard.position`.

    Raises:
        Invalid: `position`.
    """
    try:
        offset, line, number = map(int, text.split("."))
    except ValueError:
        offset = line = number = -1
    if offset < 0 or line < 1 or number < 0:
        raise Invalid("position", "This is no position of a card. Use ReadCard.position.", path="after", value=text)
    return offset, line, number
