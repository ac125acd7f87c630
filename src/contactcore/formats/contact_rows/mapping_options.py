"""The decisions by which all rows of one file are mapped."""

from __future__ import annotations

from contactcore.formats.card_rows.card_table import CardColumns
from contactcore.formats.contact_rows.row_columns import RowColumns
from contactcore.frozen import frozen
from contactcore.model import AccessPolicy
from contactcore.values import Tag

__all__ = ["CLEAR", "MappingOptions"]

CLEAR = "(clear)"
"""The cell that empties a field of a contact that the row overwrites."""


@frozen(kw_only=True)
class MappingOptions:
    """The decisions by which all rows of one file are mapped.

    Attributes:
        columns: The columns of the file; `CardColumns` for a file of vCards.
        overwrites: Whether rows overwrite contacts, so that the cell `CLEAR` empties a field.
        own_rights: The fields, of `access` and `responsibles`, that a row decides for its contact itself.
        access: The access policy of the contacts.
        largest_row: The limit of one row in bytes.
        country: The country of national phone numbers, ISO 3166; `""` for none.
        responsibles: The responsible users of the contacts.
        tags: Tags for every contact, in front of the row's own.
        type: The slug of the type of a contact whose row names none; `""` for none.
    """

    columns: RowColumns | CardColumns
    access: AccessPolicy
    largest_row: int
    country: str = ""
    responsibles: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    type: str = ""
    overwrites: bool = False
    own_rights: frozenset[str] = frozenset(("access", "responsibles"))
