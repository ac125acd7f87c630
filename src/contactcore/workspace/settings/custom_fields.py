"""The definitions of custom fields (DIR-8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.errors import Invalid, collect
from contactcore.model import (
    FieldDefinition,
    FieldType,
    make_slug,
)
from contactcore.text import fold
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.settings.part import SettingsPart, check_flags

__all__ = ["FieldSettings"]


@check_arguments()
class FieldSettings(SettingsPart):
    """The custom fields of contacts, sites and items."""

    # Custom fields, DIR-8.

    @property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The custom fields, in the order of their definition; archived ones are left out."""
        return tuple(one for one in self.current.fields if not one.archived)

    def define_field(
        self,
        name: str,
        type: FieldType | str = FieldType.TEXT,
        *,
        on: Iterable[str] = ("person", "company"),
        types: Iterable[str] = (),
        required: bool = False,
        choices: Iterable[str] = (),
        in_portal: bool = False,
    ) -> FieldDefinition:
        """Define a custom field (DIR-8).

        Args:
            name: The name for people to read. The slug is made from it.
            type: The type of the values: `text` (the default), `long-text`, `number`, `date`, `yes-no`, `choice`,
                `choices`, `email`, `phone` or `url`.
            on: The kinds of records that have the field: `"person"` and `"company"` (the default), `"site"`, `"item"`.
            types: The slugs of the types of contacts, or of items, that have the field; `()`, the default, for all.
            required: Whether a record that is saved from now on needs a value; False by default.
            choices: The options of a `choice` or `choices` field; none by default.
            in_portal: Whether the client sees the values in the portal (POR-8); False by default.

        Returns:
            The definition.

        Raises:
            Invalid: all problems at once; `entry-exists` if a field of the same records has the name already, even an
                archived one.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     field = session.settings.define_field("Staff", "number", on=["company"])
        ...     client = session.contacts.add(Company("Bois & Fils", fields={field.slug: "12"}))
        ...     field.slug, client.fields["staff"]
        ('staff', 12)
        """
        self._check_admin()
        fields = self.current.fields
        (line,) = collect(("name", lambda: clean_line(name)))
        slug = make_slug(line, [definition.slug for definition in fields])
        new = FieldDefinition(
            slug=slug,
            name=name,
            type=type,
            on=on,
            types=types,
            required=required,
            choices=choices,
            in_portal=in_portal,
        )
        self._check_field_types(new)
        _check_field_name(new, fields)
        self._store(fields=(*fields, new))
        return new

    def change_field(self, slug: str, **changes: Any) -> FieldDefinition:
        """Change the definition of a custom field; the stored values stay readable.

        Args:
            slug: The slug of the field.
            changes: New values of `name`, `required`, `choices`, `archived` or `in_portal`.

        Returns:
            The changed definition.

        Raises:
            Invalid: `entry-unknown`; `entry-exists` for the name of another field; `field-fixed` for any other
                attribute; `setting-not-yes-no`; and the problems of the values.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     size = session.settings.define_field("Size", "choice", choices=["small", "large"])
        ...     session.settings.change_field(size.slug, choices=["small", "medium", "large"]).choices
        ('small', 'medium', 'large')
        """
        self._check_admin()
        fixed = sorted(set(changes) - {"name", "required", "choices", "archived", "in_portal"})
        if fixed:
            raise Invalid("field-fixed", "Define a new field instead: values are stored under this one.", path=fixed[0])
        fields = self.current.fields
        found = next((one for one in fields if one.slug == slug), None)
        if found is None:
            known = ", ".join(one.slug for one in fields) or "(none yet)"
            raise Invalid("entry-unknown", f"Fields are {known}.", path="slug", value=slug)
        check_flags(changes)
        new = attrs.evolve(found, **changes)
        _check_field_name(new, [one for one in fields if one is not found])
        self._store(fields=tuple(new if one.slug == slug else one for one in fields))
        return new

    def _check_field_types(self, field: FieldDefinition) -> None:
        """Refuse a field for types that the records on which it is defined cannot have."""
        settings = self._transaction.settings
        known = [*(settings.item_types.slugs if "item" in field.on else ())]
        known += settings.types.slugs if {"person", "company"} & {*field.on} else ()
        for index, slug in enumerate(field.types):
            if slug not in known:
                message = f"Types are {', '.join(known) or '(none yet)'}."
                raise Invalid("type-unknown", message, path=f"types[{index}]", value=slug)


def _check_field_name(new: FieldDefinition, others: Iterable[FieldDefinition]) -> None:
    """Refuse a custom field with the name of another field of the same records: nobody could tell them apart."""
    same = next((one for one in others if fold(one.name) == fold(new.name) and _share_records(one, new)), None)
    if same is not None:
        how = f"change_field({same.slug!r}, archived=False) offers it again" if same.archived else "choose another name"
        raise Invalid(
            "entry-exists", f"There is a field {same.slug!r} with this name: {how}.", path="name", value=new.name
        )


def _share_records(one: FieldDefinition, other: FieldDefinition) -> bool:
    """Whether a record can have both fields."""
    same_types = not (one.types and other.types) or bool({*one.types} & {*other.types})
    return same_types and bool({*one.on} & {*other.on})
