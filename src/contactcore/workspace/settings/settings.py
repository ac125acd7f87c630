"""The settings of a workspace and the lists that its admins edit (DIR-2, DIR-7, DIR-8, POR-3, POR-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from contactcore.errors import Invalid, collect
from contactcore.formats.letters import LETTERS
from contactcore.model import (
    Category,
    ContactType,
    FieldDefinition,
    FieldType,
    PermissionPreset,
    PermissionSet,
    PortalModule,
    Settings,
    make_slug,
)
from contactcore.text import fold
from contactcore.values import Currency, Language, Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.settings import store_settings
from contactcore.workspace.repositories.tags import tags_in_use
from contactcore.workspace.settings.notifications import NotificationSettings

__all__ = ["SettingsService"]

_PLAIN = ("country", "currency", "default_access", "full_names_required", "portal_link")


@check_arguments()
class SettingsService:
    """The decisions of a workspace; everybody reads them, admins change them (ACC-3).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     partner = session.settings.add_type("Partner")
    ...     changed = session.settings.change(currency="EUR")
    ...     partner.slug, str(session.settings.currency), [one.slug for one in session.settings.types][-1]
    ('partner', 'EUR', 'partner')

    Raises:
        Forbidden: `admin-only`, for every change by somebody who is no admin.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def current(self) -> Settings:
        """All settings as one value."""
        return self._transaction.settings

    @property
    def language(self) -> Language:
        """The language that decides the order of the directory."""
        return self.current.language

    @property
    def country(self) -> str:
        """ISO 3166; national phone numbers are read as numbers of this country."""
        return self.current.country

    @property
    def currency(self) -> Currency | None:
        """ISO 4217; the currency of contacts that have none of their own."""
        return self.current.currency

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags on contacts that the actor sees."""
        return tags_in_use(self._transaction)

    @property
    def notices(self) -> NotificationSettings:
        """Topics, defaults and fall-backs of notices; purposes and authorities."""
        return NotificationSettings(self._transaction)

    def change(self, **changes: Any) -> Settings:
        """Change `country`, `currency`, `default_access`, `full_names_required` or `portal_link`.

        The language is changed by `Workspace.change_language`, which puts the directory in its order.

        Raises:
            Invalid: `setting-unknown`, or the refusal of the setting.
        """
        self._check_admin()
        unknown = sorted(set(changes) - set(_PLAIN))
        if unknown:
            raise Invalid("setting-unknown", f"Settings are {', '.join(_PLAIN)}.", path=unknown[0])
        _check_flags(changes)
        return self._store(**changes)

    # The types, DIR-2.

    @property
    def types(self) -> tuple[ContactType, ...]:
        """The types that can be chosen, in the admin's order."""
        return self.current.types.offered

    def add_type(self, name: str) -> ContactType:
        """Add a type at the end of the list (DIR-2).

        Raises:
            Invalid: `entry-exists`, or the refusal of the name.
        """
        self._check_admin()
        return self._store(types=self.current.types.add(name)).types.entries[-1]

    def rename_type(self, slug: str, name: str) -> None:
        """Give a type another name; its contacts keep it.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, or the refusal of the name.
        """
        self._check_admin()
        self._store(types=self.current.types.rename(slug, name))

    def archive_type(self, slug: str, *, archived: bool = True) -> None:
        """Stop offering a type, or offer it again; its contacts keep it.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", type="supplier"))
        ...     session.settings.archive_type("supplier")
        ...     session.contacts.get(client.id).type, [one.slug for one in session.settings.types]
        ('supplier', ['commercial-client', 'residential-client', 'contractor'])
        """
        self._check_admin()
        self._store(types=self.current.types.archive(slug, archived=archived))

    def remove_type(self, slug: str, replacement: str = "") -> None:
        """Take a type off the list; its contacts get the replacement, or have no type (DIR-2).

        Args:
            slug: Slug of the type.
            replacement: Slug of another type; `""` for none.

        Raises:
            Invalid: `entry-unknown` for either slug.
        """
        self._check_admin()
        self._store(types=self.current.types.remove(slug, replacement))

    def reorder_types(self, slugs: Sequence[str]) -> None:
        """Put these types first, in this order; the others follow in their order.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        self._store(types=self.current.types.reorder(slugs))

    # The categories, DIR-7.

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that can be chosen, in the admin's order."""
        return self.current.categories.offered

    def add_category(self, name: str) -> Category:
        """Add a category at the end of the list (DIR-7).

        Raises:
            Invalid: `entry-exists`, or the refusal of the name.
        """
        self._check_admin()
        return self._store(categories=self.current.categories.add(name)).categories.entries[-1]

    def rename_category(self, slug: str, name: str) -> None:
        """Give a category another name; its contacts keep it.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, or the refusal of the name.
        """
        self._check_admin()
        self._store(categories=self.current.categories.rename(slug, name))

    def archive_category(self, slug: str, *, archived: bool = True) -> None:
        """Stop offering a category, or offer it again; its contacts keep it.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        self._store(categories=self.current.categories.archive(slug, archived=archived))

    def remove_category(self, slug: str, replacement: str = "") -> None:
        """Take a category off the list; its contacts get the replacement, or lose it (DIR-7).

        Args:
            slug: Slug of the category.
            replacement: Slug of another category; `""` for none.

        Raises:
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
        self._check_admin()
        self._store(categories=self.current.categories.remove(slug, replacement))

    def reorder_categories(self, slugs: Sequence[str]) -> None:
        """Put these categories first, in this order; the others follow in their order.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        self._store(categories=self.current.categories.reorder(slugs))

    # The custom fields, DIR-8.

    @property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The custom fields that are in use."""
        return tuple(one for one in self.current.fields if not one.archived)

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
            name: The text that people read.
            type: `text`, `long-text`, `number`, `date`, `yes-no`, `choice`, `choices`, `email`, `phone`, `url`.
            on: Kinds of record that have it.
            required: Whether a record that is saved from now on needs it.
            choices: Options of a choice.

        Raises:
            Invalid: all problems at once.

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
        new = FieldDefinition(slug=slug, name=name, type=type, on=on, required=required, choices=choices)
        self._store(fields=(*fields, new))
        return new

    def change_field(self, slug: str, **changes: Any) -> FieldDefinition:
        """Change `name`, `required`, `choices` or `archived` of a custom field; the values in records stay readable.

        Raises:
            Invalid: `entry-unknown`, `field-fixed` for an attribute that cannot be changed.
        """
        self._check_admin()
        fixed = sorted(set(changes) - {"name", "required", "choices", "archived"})
        if fixed:
            raise Invalid("field-fixed", "Define a new field instead: values are stored under this one.", path=fixed[0])
        fields = self.current.fields
        found = next((one for one in fields if one.slug == slug), None)
        if found is None:
            raise Invalid("entry-unknown", "There is no such field.", path="slug", value=slug)
        _check_flags(changes)
        new = attrs.evolve(found, **changes)
        self._store(fields=tuple(new if one.slug == slug else one for one in fields))
        return new

    # The modules, permissions and letters of the portal, POR-3 and POR-5.

    @property
    def modules(self) -> tuple[PortalModule, ...]:
        """The portal's modules, in the order of its menu (POR-5)."""
        return self.current.modules.offered

    def add_module(self, name: str, slug: str = "") -> PortalModule:
        """Add a module of the host's own at the end of the menu (POR-5).

        Args:
            name: The text that people read.
            slug: The name that programs use, in small letters, digits and hyphens; made of the name by default.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, or the refusal of the name.
        """
        self._check_admin()
        return self._store(modules=self.current.modules.add(name, slug)).modules.entries[-1]

    def rename_module(self, slug: str, name: str) -> None:
        """Give a module another name; permissions stay as they are.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, or the refusal of the name.
        """
        self._check_admin()
        self._store(modules=self.current.modules.rename(slug, name))

    def archive_module(self, slug: str, *, archived: bool = True) -> None:
        """Take a module out of every menu, or put it back; permissions stay as they are.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        self._store(modules=self.current.modules.archive(slug, archived=archived))

    def reorder_modules(self, slugs: Sequence[str]) -> None:
        """Put these modules first, in this order; the others follow in their order.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        self._store(modules=self.current.modules.reorder(slugs))

    @property
    def default_permissions(self) -> PermissionSet:
        """The permissions of contact persons who have none of their own (POR-5)."""
        return self.current.default_permissions

    def set_default_permissions(self, modules: PermissionSet | Iterable[str]) -> None:
        """Decide the permissions of contact persons who have none of their own (POR-5).

        Raises:
            Invalid: `module-unknown`.
        """
        self._check_admin()
        self._store(default_permissions=self._known_permissions(modules))

    @property
    def permission_presets(self) -> tuple[PermissionPreset, ...]:
        """Permission sets with names, to choose from (POR-5)."""
        return self.current.permission_presets

    def set_permission_preset(self, name: str, modules: PermissionSet | Iterable[str]) -> PermissionPreset:
        """Give a permission set a name, in place of the one that had it; nobody's permissions change (POR-5).

        Raises:
            Invalid: `module-unknown`, or the refusal of the name.
        """
        self._check_admin()
        new = PermissionPreset(name, self._known_permissions(modules))
        kept = tuple(one for one in self.permission_presets if fold(one.name) != fold(new.name))
        self._store(permission_presets=(*kept, new))
        return new

    def remove_permission_preset(self, name: str) -> None:
        """Take a preset off the list; nobody's permissions change.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        kept = tuple(one for one in self.permission_presets if one.name != name)
        if len(kept) == len(self.permission_presets):
            message = "The list has no such entry: name one that is on it."
            raise Invalid("entry-unknown", message, path="name", value=name)
        self._store(permission_presets=kept)

    def switch_letter(self, template: str, *, on: bool) -> None:
        """Switch the letters of a template off, or on again (POR-3).

        Args:
            template: `"welcome"`, `"set-password"`, ...
            on: Whether they are sent.

        Raises:
            Invalid: `letter-unknown`.
        """
        self._check_admin()
        known = {*LETTERS, *self._transaction.letter_configuration.letters}
        if template not in known:
            raise Invalid("letter-unknown", f"Letters are {', '.join(sorted(known))}.", path="template", value=template)
        off = [slug for slug in self.current.templates_off if slug != template]
        self._store(templates_off=off if on else [*off, template])

    def _known_permissions(self, modules: PermissionSet | Iterable[str]) -> PermissionSet:
        wanted = modules if isinstance(modules, PermissionSet) else PermissionSet(modules)
        known = self.current.modules.slugs
        unknown = next((slug for slug in wanted.modules if slug not in known), None)
        if unknown is not None:
            raise Invalid("module-unknown", f"Modules are {', '.join(known)}.", path="modules", value=unknown)
        return wanted

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> Settings:
        return store_settings(self._transaction, attrs.evolve(self.current, **changes))


def _check_flags(changes: dict[str, Any]) -> None:
    """Refuse a setting that is neither True nor False where only these are meant."""
    for name in sorted({"full_names_required", "required", "archived"} & set(changes)):
        if not isinstance(changes[name], bool):
            raise Invalid("setting-not-yes-no", "Give True or False.", path=name, value=changes[name])
