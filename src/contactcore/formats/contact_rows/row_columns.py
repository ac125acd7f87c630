"""The columns of a file of contacts: foreign ones, native ones, and custom fields of the workspace (IMP-1, IMP-4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.contact_rows.native_columns import FOREIGN, NativeColumn, native_columns
from contactcore.formats.tabular import REASON, Table
from contactcore.formats.tabular.mapping import header_name
from contactcore.model import FieldDefinition
from contactcore.text import fold

__all__ = ["RowColumns"]

_CUSTOM = "fields."
_NAMES = frozenset(("given", "family", "full_name", "company"))


@attrs.frozen(slots=False, eq=False)
class RowColumns:
    r"""The columns of a file and the field of each.

    Attributes:
        table: The file. Its own mapping ignores native columns and custom fields.
        custom: Header -> slug of a custom field.
        native: Header -> content of a native column.
        own_fields: Headers of the custom fields in an export of our own, whose cells are in our own notation.

    >>> from contactcore.formats import tabular
    >>> columns = RowColumns.of(tabular.read("Contact ID,Kind,Last name,E-mail 1 (work)\n"), ())
    >>> columns.mapping["Last name"], columns.mapping["E-mail 1 (work)"]
    ('family', 'emails[1].work')
    """

    table: Table
    custom: Mapping[str, str]
    native: Mapping[str, NativeColumn]
    own_fields: frozenset[str] = frozenset()

    @classmethod
    def of(cls, table: Table, definitions: tuple[FieldDefinition, ...]) -> RowColumns:
        """The columns of a file as its headers suggest.

        Args:
            table: The file.
            definitions: The custom fields of the workspace.
        """
        headers = table.detected.columns
        every = native_columns(headers)
        slugs = {definition.slug for definition in definitions}
        own = {header: one.key for header, one in every.items() if one.name == "fields" and one.key in slugs}
        custom = _named_like_fields(table, definitions, native=bool(every)) | own
        native = {header: one for header, one in every.items() if one.name != "fields"}
        foreign = {header: FOREIGN[header] for header in headers if header in FOREIGN} if every else {}
        return cls(
            table.with_mapping({**dict.fromkeys((*native, *custom), "ignore"), **foreign}),
            custom,
            native,
            frozenset(own),
        )

    def with_fields(self, changes: Mapping[str, str], definitions: tuple[FieldDefinition, ...]) -> RowColumns:
        """The same columns with other fields for some of them.

        Args:
            changes: Header -> field: one of `contactcore.formats.tabular.FIELDS`, or `"fields.<slug>"`.
            definitions: The custom fields of the workspace.

        Raises:
            Invalid: `mapping-header`, `mapping-field`, `field-unknown`.
        """
        headers = set(self.table.detected.columns)
        changes = {header if header in headers else header_name(header): field for header, field in changes.items()}
        custom = {header: field for header, field in changes.items() if str(field).startswith(_CUSTOM)}
        slugs = {definition.slug for definition in definitions}
        unknown = [
            Problem("field-unknown", f"mapping[{header}]", f"Define the field first. Known: {sorted(slugs)}.", field)
            for header, field in custom.items()
            if field.removeprefix(_CUSTOM) not in slugs
        ]
        if unknown:
            raise Invalid(unknown)
        table = self.table.with_mapping({**changes, **dict.fromkeys(custom, "ignore")})
        kept = {header: slug for header, slug in self.custom.items() if header not in changes}
        kept |= {header: field.removeprefix(_CUSTOM) for header, field in custom.items()}
        native = {header: column for header, column in self.native.items() if header not in changes}
        return RowColumns(table, kept, native, self.own_fields.difference(changes))

    @cached_property
    def mapping(self) -> Mapping[str, str]:
        """Header -> field, in the order of the file."""
        mapping = self.table.mapping.as_dict()
        mapping |= {header: _CUSTOM + slug for header, slug in self.custom.items()}
        return mapping | {header: _path(column) for header, column in self.native.items()}

    @cached_property
    def first_columns(self) -> Mapping[str, str]:
        """Field, without its kind and number -> the first column that is mapped to it."""
        found: dict[str, str] = {}
        for header, field in self.mapping.items():
            found.setdefault(field.partition("[")[0].partition(".")[0], header)
        return found

    @property
    def splits_names(self) -> bool:
        """Whether a full name is split: no column has the given or the family name alone."""
        return {"given", "family"}.isdisjoint(self.table.mapping.as_dict().values())

    @property
    def names_primary(self) -> bool:
        """Whether the file says who is the primary contact person of a company."""
        return any(column.name == "primary" for column in self.native.values())

    @property
    def ends_in_reasons(self) -> bool:
        """Whether the last column holds the reasons that an earlier import wrote."""
        return self.table.detected.columns[-1:] == (REASON,) and self.mapping[REASON] == "drop"


def _named_like_fields(table: Table, definitions: tuple[FieldDefinition, ...], *, native: bool) -> dict[str, str]:
    """Header -> slug, for columns that have the name or the slug of a custom field.

    The name of a custom field says more than a guess by cells or a common header, but a contact needs its own names.
    In an export of our own, only unknown headers may be those of custom fields.
    """
    offered = [one for one in definitions if not one.archived and not {"person", "company"}.isdisjoint(one.on)]
    by_name = {_folded(definition.name): definition.slug for definition in offered}
    by_name |= {definition.slug: definition.slug for definition in offered}
    return {
        column.header: slug
        for column in table.mapping.columns
        if (slug := by_name.get(_folded(column.header)))
        and (column.field == "ignore" or not (native or column.field in _NAMES))
    }


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


def _path(column: NativeColumn) -> str:
    number = f"[{column.number}]" if column.number else ""
    return f"{column.name}{number}{'.' if column.key else ''}{column.key}"
