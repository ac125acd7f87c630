"""The settings of a workspace and the lists that its admins edit (DIR-2, DIR-7, DIR-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from contactcore.errors import Invalid, collect
from contactcore.mapping.settings import copied
from contactcore.model import Category, ContactType, FieldDefinition, FieldType, ListEntry, Settings, make_slug
from contactcore.values import Currency, Language, Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.repositories.tags import tags_in_use
from contactcore.workspace.settings.admin_lists import check_flags, edited, new_slug, offered, ordered
from contactcore.workspace.settings.notifications import NotificationSettings
from contactcore.workspace.settings.portal import PortalPreferences

__all__ = ["SettingsService"]


_PLAIN = ("country", "currency", "default_access", "full_names_required", "portal_link")


@check_arguments()
class SettingsService(PortalPreferences):
    """What the workspace has decided; everybody reads it, admins change it (ACC-3).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     partner = session.settings.add_type("Partner")
    ...     changed = session.settings.change(currency="EUR")
    ...     partner.slug, str(session.settings.currency), [one.slug for one in session.settings.types][-1]
    ('partner', 'EUR', 'partner')

    Raises:
        Forbidden: `admin-only`, whatever somebody else would change.
    """

    @property
    def notices(self) -> NotificationSettings:
        """Topics, defaults and fall-backs of notices; purposes and authorities."""
        return NotificationSettings(self._transaction)

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
        return copied(self._transaction.settings)

    @property
    def types(self) -> tuple[ContactType, ...]:
        """The types that can be chosen, in the admin's order."""
        return offered(self._transaction.settings.types)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that can be chosen, in the admin's order."""
        return offered(self._transaction.settings.categories)

    @property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The custom fields that are in use."""
        return tuple(one for one in self._transaction.settings.fields if not one.archived)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags on contacts that the actor sees."""
        return tags_in_use(self._transaction)

    def change(self, **changes: Any) -> Settings:
        """Change `country`, `currency`, `default_access`, `full_names_required` or `portal_link`.

        The language is changed by `Workspace.change_language`, which puts the directory in its order.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `setting-unknown`, or what the setting refuses.
        """
        self._check()
        unknown = sorted(set(changes) - set(_PLAIN))
        if unknown:
            raise Invalid("setting-unknown", f"Settings are {', '.join(_PLAIN)}.", path=unknown[0])
        check_flags(changes)
        return self._store(attrs.evolve(self._transaction.settings, **changes))

    def add_type(self, name: str) -> ContactType:
        """Add a type at the end of the list (DIR-2).

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-exists`, or what the name refuses.
        """
        self._check()
        types = self._transaction.settings.types
        new = ContactType(slug=new_slug(types, name, "type"), name=name)
        self._store(attrs.evolve(self._transaction.settings, types=(*types, new)))
        return new

    def add_category(self, name: str) -> Category:
        """Add a category at the end of the list (DIR-7).

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-exists`, or what the name refuses.
        """
        self._check()
        categories = self._transaction.settings.categories
        new = Category(slug=new_slug(categories, name, "category"), name=name)
        self._store(attrs.evolve(self._transaction.settings, categories=(*categories, new)))
        return new

    def rename_type(self, slug: str, name: str) -> None:
        """Give a type another name; its contacts keep it.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`, `entry-exists`, or what the name refuses.
        """
        self._edit_types(slug, name=name)

    def rename_category(self, slug: str, name: str) -> None:
        """Give a category another name; its contacts keep it.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`, `entry-exists`, or what the name refuses.
        """
        self._edit_categories(slug, name=name)

    def archive_category(self, slug: str, *, archived: bool = True) -> None:
        """Stop offering a category; its contacts keep it.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`.
        """
        self._edit_categories(slug, archived=archived)

    def remove_type(self, slug: str, replacement: str = "") -> None:
        """Take a type off the list; its contacts get the replacement, or have no type (DIR-2).

        Args:
            slug: Of the type.
            replacement: The slug of another type; `""` for none.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown` for either slug.
        """
        self._edit_types(slug, removed=True, replaced_by=self._replacement(slug, replacement, self.types))

    def remove_category(self, slug: str, replacement: str = "") -> None:
        """Take a category off the list; its contacts get the replacement, or lose it (DIR-7).

        Args:
            slug: Of the category.
            replacement: The slug of another category; `""` for none.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown` for either slug.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     wood, trade = [session.settings.add_category(name).slug for name in ("Wood", "Trade")]
        ...     client = session.contacts.add(Company("Bois & Fils", categories=[wood]))
        ...     session.settings.remove_category(wood, replacement=trade)
        ...     session.contacts.get(client.id).categories
        ('trade',)
        """
        live = [one for one in self._transaction.settings.categories if not one.removed]
        self._edit_categories(slug, removed=True, replaced_by=self._replacement(slug, replacement, live))

    def reorder_types(self, slugs: Sequence[str]) -> None:
        """Put the types in this order; those not named follow as they were.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`.
        """
        self._check()
        types = ordered(self._transaction.settings.types, slugs)
        self._store(attrs.evolve(self._transaction.settings, types=types))

    def reorder_categories(self, slugs: Sequence[str]) -> None:
        """Put the categories in this order; those not named follow as they were.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`.
        """
        self._check()
        categories = ordered(self._transaction.settings.categories, slugs)
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

        Raises:
            Forbidden: `admin-only`.
            Invalid: all problems at once.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     field = session.settings.define_field("Staff", "number", on=["company"])
        ...     client = session.contacts.add(Company("Bois & Fils", fields={field.slug: "12"}))
        ...     field.slug, client.fields["staff"]
        ('staff', 12)
        """
        self._check()
        fields = self._transaction.settings.fields
        check_flags({"required": required})
        (line,) = collect(("name", lambda: clean_line(name)))
        slug = make_slug(line, [definition.slug for definition in fields])
        new = FieldDefinition(slug=slug, name=name, type=type, on=on, required=required, choices=choices)
        self._store(attrs.evolve(self._transaction.settings, fields=(*fields, new)))
        return new

    def change_field(self, slug: str, **changes: Any) -> FieldDefinition:
        """Change `name`, `required`, `choices` or `archived` of a custom field; what records hold stays readable.

        Raises:
            Forbidden: `admin-only`.
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
        check_flags(changes)
        new = attrs.evolve(found, **changes)
        kept = tuple(new if one.slug == slug else one for one in fields)
        self._store(attrs.evolve(self._transaction.settings, fields=kept))
        return new

    def _edit_types(self, slug: str, **changes: Any) -> None:
        self._check()
        types = edited(self._transaction.settings.types, slug, changes)
        self._store(attrs.evolve(self._transaction.settings, types=types))

    def _edit_categories(self, slug: str, **changes: Any) -> None:
        self._check()
        categories = edited(self._transaction.settings.categories, slug, changes)
        self._store(attrs.evolve(self._transaction.settings, categories=categories))

    def _replacement(self, slug: str, replacement: str, entries: Iterable[ListEntry]) -> str:
        if replacement and (replacement == slug or replacement not in {entry.slug for entry in entries}):
            raise Invalid(
                "entry-unknown", "Replace it by another entry of the list.", path="replacement", value=replacement
            )
        return replacement
