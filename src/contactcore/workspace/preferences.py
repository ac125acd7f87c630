"""The settings of a workspace and the lists that its admins edit (DIR-2, DIR-7, DIR-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.settings import SETTINGS_ID, settings_record
from contactcore.model import Category, ContactType, FieldDefinition, FieldType, ListEntry, Settings, make_slug
from contactcore.text import fold
from contactcore.values import Currency, Language, Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.tags import tags_in_use
from contactcore.workspace.transaction import Transaction

__all__ = ["Preferences"]

_E = TypeVar("_E", bound=ListEntry)

_PLAIN = ("country", "currency", "default_access", "full_names_required")


class Preferences:
    """What the workspace has decided; everybody reads it, admins change it (ACC-3)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def language(self) -> Language:
        """The language that decides the order of the directory."""
        return self._transaction.settings.language

    @property
    def country(self) -> str:
        """ISO 3166; national phone numbers are read as of this country."""
        return self._transaction.settings.country

    @property
    def currency(self) -> Currency | None:
        """ISO 4217; of contacts that have none of their own."""
        return self._transaction.settings.currency

    @property
    def current(self) -> Settings:
        """All settings as one value."""
        return self._transaction.settings

    @property
    def types(self) -> tuple[ContactType, ...]:
        """The types that can be chosen, in the admin's order."""
        return _offered(self._transaction.settings.types)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that can be chosen, in the admin's order."""
        return _offered(self._transaction.settings.categories)

    @property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The custom fields that are in use."""
        return tuple(one for one in self._transaction.settings.fields if not one.archived)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags on contacts that the actor sees."""
        return tags_in_use(self._transaction)

    def change(self, **changes: Any) -> Settings:
        """Change `country`, `currency`, `default_access` or `full_names_required`.

        The language is changed by `Workspace.change_language`, which puts the directory in its order.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `setting-unknown`, or what the setting refuses.
        """
        self._check()
        unknown = sorted(set(changes) - set(_PLAIN))
        if unknown:
            raise Invalid("setting-unknown", f"Settings are {', '.join(_PLAIN)}.", path=unknown[0])
        _check_flags(changes)
        return self._store(attrs.evolve(self._transaction.settings, **changes))

    def add_type(self, name: str) -> ContactType:
        """Add a type at the end of the list (DIR-2)."""
        self._check()
        types = self._transaction.settings.types
        new = ContactType(slug=_new_slug(types, name, "type"), name=name)
        self._store(attrs.evolve(self._transaction.settings, types=(*types, new)))
        return new

    def add_category(self, name: str) -> Category:
        """Add a category at the end of the list (DIR-7)."""
        self._check()
        categories = self._transaction.settings.categories
        new = Category(slug=_new_slug(categories, name, "category"), name=name)
        self._store(attrs.evolve(self._transaction.settings, categories=(*categories, new)))
        return new

    def rename_type(self, slug: str, name: str) -> None:
        """Give a type another name; its contacts keep it."""
        self._edit_types(slug, name=name)

    def rename_category(self, slug: str, name: str) -> None:
        """Give a category another name; its contacts keep it."""
        self._edit_categories(slug, name=name)

    def archive_category(self, slug: str, *, archived: bool = True) -> None:
        """Stop offering a category; its contacts keep it."""
        self._edit_categories(slug, archived=archived)

    def remove_type(self, slug: str, replacement: str = "") -> None:
        """Take a type off the list; its contacts get the replacement, or have no type (DIR-2).

        Raises:
            Invalid: `entry-unknown` for either slug.
        """
        self._edit_types(slug, removed=True, replaced_by=self._replacement(slug, replacement, self.types))

    def remove_category(self, slug: str, replacement: str = "") -> None:
        """Take a category off the list; its contacts get the replacement, or lose it (DIR-7).

        Raises:
            Invalid: `entry-unknown` for either slug.
        """
        live = [one for one in self._transaction.settings.categories if not one.removed]
        self._edit_categories(slug, removed=True, replaced_by=self._replacement(slug, replacement, live))

    def reorder_types(self, slugs: Sequence[str]) -> None:
        """Put the types in this order; those not named follow as they were."""
        self._check()
        types = _ordered(self._transaction.settings.types, slugs)
        self._store(attrs.evolve(self._transaction.settings, types=types))

    def reorder_categories(self, slugs: Sequence[str]) -> None:
        """Put the categories in this order; those not named follow as they were."""
        self._check()
        categories = _ordered(self._transaction.settings.categories, slugs)
        self._store(attrs.evolve(self._transaction.settings, categories=categories))

    def define_field(
        self,
        name: str,
        type: FieldType | str = FieldType.TEXT,
        *,
        on: Iterable[str] = ("person", "company"),
        required: bool = False,
        choices: Iterable[str] = (),
    ) -> FieldDefinition:
        """Define a custom field (DIR-8).

        Args:
            name: What people read.
            type: `text`, `long-text`, `number`, `date`, `yes-no`, `choice`, `choices`, `email`, `phone`, `url`.
            on: The kinds of record that have it.
            required: Whether a record that is saved from now on needs it.
            choices: The options of a choice.
        """
        self._check()
        fields = self._transaction.settings.fields
        _check_flags({"required": required})
        slug = make_slug(name, [definition.slug for definition in fields])
        new = FieldDefinition(slug=slug, name=name, type=type, on=on, required=required, choices=choices)
        self._store(attrs.evolve(self._transaction.settings, fields=(*fields, new)))
        return new

    def change_field(self, slug: str, **changes: Any) -> FieldDefinition:
        """Change `name`, `required`, `choices` or `archived` of a custom field; what records hold stays readable.

        Raises:
            Invalid: `entry-unknown`, `field-fixed` for what cannot be changed.
        """
        self._check()
        fixed = sorted(set(changes) - {"name", "required", "choices", "archived"})
        if fixed:
            raise Invalid("field-fixed", "Define a new field instead: values are stored under this one.", path=fixed[0])
        fields = self._transaction.settings.fields
        found = next((one for one in fields if one.slug == slug), None)
        if found is None:
            raise Invalid("entry-unknown", "There is no such field.", path="slug", value=slug)
        _check_flags(changes)
        new = attrs.evolve(found, **changes)
        kept = tuple(new if one.slug == slug else one for one in fields)
        self._store(attrs.evolve(self._transaction.settings, fields=kept))
        return new

    def _check(self) -> None:
        self._transaction.check_admin("change the settings")

    def _edit_types(self, slug: str, **changes: Any) -> None:
        self._check()
        types = _edited(self._transaction.settings.types, slug, changes)
        self._store(attrs.evolve(self._transaction.settings, types=types))

    def _edit_categories(self, slug: str, **changes: Any) -> None:
        self._check()
        categories = _edited(self._transaction.settings.categories, slug, changes)
        self._store(attrs.evolve(self._transaction.settings, categories=categories))

    def _replacement(self, slug: str, replacement: str, entries: Iterable[ListEntry]) -> str:
        if replacement and (replacement == slug or replacement not in {entry.slug for entry in entries}):
            raise Invalid(
                "entry-unknown", "Replace it by another entry of the list.", path="replacement", value=replacement
            )
        return replacement

    def _store(self, settings: Settings) -> Settings:
        return store_settings(self._transaction, settings)


def store_settings(transaction: Transaction, settings: Settings) -> Settings:
    """Store changed settings, one version further."""
    ready = attrs.evolve(settings, version=settings.version + 1)
    with transaction.refusals(settings):
        if settings.version == 0:
            # Two processes may begin the same workspace at the same time: whoever was first has decided.
            transaction.writer.insert([settings_record(ready)], existing="keep")
        else:
            transaction.writer.replace(settings_record(ready), settings.version)
    transaction.settings_changed()
    transaction.publish("settings.changed", SETTINGS_ID)
    return ready


def _check_flags(changes: Mapping[str, Any]) -> None:
    for name in sorted({"full_names_required", "required", "archived"} & set(changes)):
        if not isinstance(changes[name], bool):
            raise Invalid("setting-not-yes-no", "Give True or False.", path=name, value=changes[name])


def _offered(entries: Iterable[_E]) -> tuple[_E, ...]:
    return tuple(entry for entry in entries if not (entry.archived or entry.removed))


def _new_slug(entries: Iterable[ListEntry], name: str, what: str) -> str:
    known = tuple(entries)
    _check_name(known, name, what)
    return make_slug(name, [entry.slug for entry in known])


def _check_name(entries: Iterable[ListEntry], name: str, what: str) -> None:
    wanted = fold(clean_line(name))
    if wanted and any(fold(entry.name) == wanted and not entry.removed for entry in entries):
        raise Invalid("entry-exists", f"The list has this {what} already.", path="name", value=name)


def _edited(entries: Iterable[_E], slug: str, changes: dict[str, Any]) -> tuple[_E, ...]:
    known = tuple(entries)
    if not any(entry.slug == slug and not entry.removed for entry in known):
        raise Invalid("entry-unknown", "The list has no such entry.", path="slug", value=slug)
    if "name" in changes:
        _check_name([entry for entry in known if entry.slug != slug], changes["name"], "name")
    return tuple(attrs.evolve(entry, **changes) if entry.slug == slug else entry for entry in known)


def _ordered(entries: Iterable[_E], slugs: Sequence[str]) -> tuple[_E, ...]:
    known = tuple(entries)
    unknown = next((slug for slug in slugs if slug not in {entry.slug for entry in known if not entry.removed}), None)
    if unknown is not None:
        raise Invalid("entry-unknown", "The list has no such entry.", path="slugs", value=unknown)
    place = {slug: index for index, slug in enumerate(slugs)}
    return tuple(sorted(known, key=lambda entry: place.get(entry.slug, len(place))))
