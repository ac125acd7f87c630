"""Rules of entry: the fields that a form asks for, and those that must be filled in, by kind and type (DIR-2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing

__all__ = ["CUSTOM", "ENTRY_KINDS", "EntryRule", "built_in_fields"]

CUSTOM = "fields."
"""The beginning of the name of a custom field, before its slug."""

_NOT_ENTERED = {
    *("id", "version", "fields", "responsibles", "access", "listed", "unmapped"),
    *("permissions", "notifications", "source", "added_at", "added_by", "changed_at", "changed_by"),
}
ENTRY_KINDS = ("person", "company", "site", "item")
"""The kinds of records that forms ask for."""


@cache
def built_in_fields() -> Mapping[str, tuple[str, ...]]:
    """The kinds of records, and the built-in fields of each that a form can ask for."""
    # A workspace without rules, and one that nobody edits the rules of, needs none of the entities.
    from contactcore.model.company import Company
    from contactcore.model.contact import Contact, own_fields
    from contactcore.model.person import Person

    shared = tuple(field.name for field in attrs.fields(Contact) if field.name not in _NOT_ENTERED)
    return {
        "person": (*(name for name in own_fields(Person) if name not in _NOT_ENTERED), *shared, "billing_address"),
        "company": (*own_fields(Company), *shared, "billing_address"),
        "site": ("name", "address", "emails", "phones", "access_notes"),
        "item": ("name", "type", "description", "external_id"),
    }


def _kind_of(value: str) -> str:
    if value not in ENTRY_KINDS:
        raise Invalid("kind-unknown", f"Kinds are {', '.join(ENTRY_KINDS)}.", value=value)
    return value


_read_kind = parsing.converter(_kind_of)


def _kind(value: str) -> str:
    return _read_kind(value)


@frozen(kw_only=True)
class EntryRule:
    """The fields that are asked for, and those that are required, on the records of one kind and one type.

    Attributes:
        kind: `"person"`, `"company"`, `"site"` or `"item"`.
        type: The slug of a type of contacts or items; `""` for all types without a rule of their own.
        fields: The names of the fields, in the order of the form: attributes of the record, `billing_address`, and
            `fields.<slug>` for custom fields.
        required: Those of the fields that must be filled in.

    >>> EntryRule(kind="company", fields=["name", "emails"], required=["emails"]).required
    ('emails',)
    """

    kind: str = attrs.field(converter=_kind)
    type: str = attrs.field(default="", converter=parsing.line)
    fields: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    required: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
