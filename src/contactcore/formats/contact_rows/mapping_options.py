"""The decisions by which all rows of one file are mapped."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from contactcore.formats.contact_rows.native_columns import NativeColumn
from contactcore.model import AccessPolicy
from contactcore.values import Tag

__all__ = ["MappingOptions"]


@attrs.frozen(kw_only=True)
class MappingOptions:
    """The decisions by which all rows of one file are mapped.

    Attributes:
        headers: The headers of the file, in order.
        first_columns: Field of a draft -> the first column that is mapped to it.
        custom_columns: Header -> slug of a custom field.
        native_columns: Header -> content of a column of a native file.
        ends_in_reasons: Whether the last column holds the reasons that an earlier import wrote.
        headers_language: The language of the headers, ISO 639-1.
        country: The country of national phone numbers, ISO 3166; `""` for none.
        strict: Whether a row with any fault is rejected as a whole.
        splits_names: Whether a full name is split into its parts.
        largest_row: The limit of one row in bytes.
        access: The access policy of the contacts.
        responsibles: Their responsible users.
        tags: Tags for every contact, in front of the row's own.
        type: Slug of the type of a contact whose row names none; `""` for none.
    """

    headers: tuple[str, ...]
    first_columns: Mapping[str, str]
    custom_columns: Mapping[str, str]
    native_columns: Mapping[str, NativeColumn]
    ends_in_reasons: bool
    headers_language: str
    country: str
    strict: bool
    splits_names: bool
    largest_row: int
    access: AccessPolicy
    responsibles: tuple[str, ...]
    tags: tuple[Tag, ...]
    type: str
