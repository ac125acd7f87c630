"""vCards: electronic business cards, read (2.1, 3.0, 4.0) and written (3.0, 4.0)."""

from contactcore.formats.vcard.card import Card, ReadCard, VCards
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.reading import loads, read
from contactcore.formats.vcard.writing import dumps, write

__all__ = ["Card", "CardPicture", "ReadCard", "VCards", "dumps", "loads", "read", "write"]
