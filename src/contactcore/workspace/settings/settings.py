"""The settings of a workspace, and the lists that its admins edit (DIR-2, DIR-7, DIR-8, POR-3, POR-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import attrs

from contactcore.errors import Invalid, collect
from contactcore.formats.letters import LETTERS
from contactcore.model import (
    Category,
    ContactType,
    FieldDefinition,
    FieldType,
    InteractionType,
    ItemType,
    PermissionPreset,
    PermissionSet,
    PortalModule,
    PortalUser,
    Settings,
    make_slug,
)
from contactcore.model.permissions import permission_set
from contactcore.model.term import OWN_TERM, TERMS, Term
from contactcore.text import fold
from contactcore.values import Currency, Language, Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import MODULES
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings
from contactcore.workspace.repositories.tags import tags_in_use
from contactcore.workspace.settings.entry import EntrySettings
from contactcore.workspace.settings.item_roles import RoleEditor
from contactcore.workspace.settings.list_editor import ListEditor
from contactcore.workspace.settings.notifications import NotificationSettings

__all__ = ["SettingsService"]

_SINGLE_SETTINGS = (
    *("country", "currency", "timezone", "default_access", "full_names_required"),
    *("portal_link", "email_link"),
)


@check_arguments()
class SettingsService:
    """The settings of a workspace; everybody reads them, admins change them (ACC-3).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie", admin=True)) as session:
    ...     partner = session.settings.add_type("Partner")
    ...     changed = session.settings.change(currency="EUR")
    ...     partner.slug, str(session.settings.currency), [one.slug for one in session.settings.types][-1]
    ('partner', 'EUR', 'partner')

    Raises:
        Forbidden: `admin-only`, if another actor changes a setting.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def current(self) -> Settings:
        """All settings as one value; a portal user gets the part that clients need (POR-8)."""
        return settings_seen(self._transaction)

    @property
    def language(self) -> Language:
        """The language by whose rules the directory is sorted."""
        return self.current.language

    @property
    def country(self) -> str:
        """The ISO 3166 code of the country whose national phone numbers are accepted; `""` for none."""
        return self.current.country

    @property
    def currency(self) -> Currency | None:
        """The ISO 4217 code of the currency of contacts without a currency; None for none."""
        return self.current.currency

    @property
    def timezone(self) -> str:
        """The name of the time zone whose day is "today" (DIR-16)."""
        return self.current.timezone

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags on contacts that the actor sees, in alphabetical order (DIR-6)."""
        return () if isinstance(self._transaction.actor, PortalUser) else tags_in_use(self._transaction)

    @property
    def notices(self) -> NotificationSettings:
        """The settings for notices, purposes and authorities."""
        return NotificationSettings(self._transaction)

    @property
    def entry(self) -> EntrySettings:
        """The settings of entry: the fields that forms ask for and require, by kind and type (DIR-2)."""
        return EntrySettings(self._transaction)

    def change(self, **changes: Any) -> Settings:
        """Change settings that have a single value.

        `Workspace.change_language` changes the language, because it must sort the directory again.

        Args:
            changes: New values of `country`, `currency`, `timezone`, `default_access`, `full_names_required`,
                `portal_link` or `email_link`.

        Returns:
            All settings.

        Raises:
            Invalid: `setting-unknown`, `setting-not-yes-no`, `portal-link`, and the problems of the values.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.change(country="FR", full_names_required=True).country
        'FR'
        """
        self._check_admin()
        unknown = sorted(set(changes) - set(_SINGLE_SETTINGS))
        if unknown:
            raise Invalid("setting-unknown", f"Settings are {', '.join(_SINGLE_SETTINGS)}.", path=unknown[0])
        _check_flags(changes)
        _check_links(changes)
        return self._store(**changes)

    # Types, DIR-2.

    @property
    def types(self) -> tuple[ContactType, ...]:
        """The types that are offered, in the order of the list; archived ones are left out."""
        return self.current.types.offered

    def add_type(self, name: str) -> ContactType:
        """Add a type at the end of the list (DIR-2).

        Args:
            name: The name for people to read. The slug is made from it.

        Returns:
            The new type.

        Raises:
            Invalid: `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.add_type("Supplier of wood").slug
        'supplier-of-wood'
        """
        return ListEditor(self._transaction, "types").add(name)

    def rename_type(self, slug: str, name: str) -> None:
        """Rename a type; its contacts keep it.

        Args:
            slug: The slug of the type, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.rename_type("supplier", "Vendor")
        ...     [(one.slug, one.name) for one in session.settings.types][-1]
        ('supplier', 'Vendor')
        """
        ListEditor(self._transaction, "types").rename(slug, name)

    def archive_type(self, slug: str, *, archived: bool = True) -> None:
        """Archive a type, so that it is no longer offered, or offer it again; its contacts keep it.

        Args:
            slug: The slug of the type.
            archived: True by default; False to offer the type again.

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
        ListEditor(self._transaction, "types").archive(slug, archived=archived)

    def remove_type(self, slug: str, replacement: str = "") -> None:
        """Remove a type from the list; its contacts get the replacement, or no type (DIR-2).

        Args:
            slug: The slug of the type.
            replacement: The slug of another type; `""` (the default) for none.

        Raises:
            Invalid: `entry-unknown` for either slug.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.remove_type("supplier", replacement="contractor")
        ...     [one.slug for one in session.settings.types]
        ['commercial-client', 'residential-client', 'contractor']
        """
        ListEditor(self._transaction, "types").remove(slug, replacement)

    def reorder_types(self, slugs: Sequence[str]) -> None:
        """Move types to the front of the list, in the given order; the other types keep their order.

        Args:
            slugs: The slugs of the types.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.reorder_types([one.slug for one in session.settings.types][::-1])
        ...     session.settings.types[0].slug
        'supplier'
        """
        ListEditor(self._transaction, "types").reorder(slugs)

    # Categories, DIR-7.

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that are offered, in the order of the list; archived ones are left out."""
        return self.current.categories.offered

    def add_category(self, name: str) -> Category:
        """Add a category at the end of the list (DIR-7).

        Args:
            name: The name for people to read. The slug is made from it.

        Returns:
            The new category.

        Raises:
            Invalid: `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.add_category("Wood").slug
        'wood'
        """
        return ListEditor(self._transaction, "categories").add(name)

    def rename_category(self, slug: str, name: str) -> None:
        """Rename a category; its contacts keep it.

        Args:
            slug: The slug of the category, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     wood = session.settings.add_category("Wood")
        ...     session.settings.rename_category(wood.slug, "Timber")
        ...     [(one.slug, one.name) for one in session.settings.categories]
        [('wood', 'Timber')]
        """
        ListEditor(self._transaction, "categories").rename(slug, name)

    def archive_category(self, slug: str, *, archived: bool = True) -> None:
        """Archive a category, so that it is no longer offered, or offer it again; its contacts keep it.

        Args:
            slug: The slug of the category.
            archived: True by default; False to offer the category again.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     wood = session.settings.add_category("Wood")
        ...     session.settings.archive_category(wood.slug)
        ...     session.settings.categories
        ()
        """
        ListEditor(self._transaction, "categories").archive(slug, archived=archived)

    def remove_category(self, slug: str, replacement: str = "") -> None:
        """Remove a category from the list; its contacts get the replacement, or lose the category (DIR-7).

        Args:
            slug: The slug of the category.
            replacement: The slug of another category; `""` (the default) for none.

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
        ListEditor(self._transaction, "categories").remove(slug, replacement)

    def reorder_categories(self, slugs: Sequence[str]) -> None:
        """Move categories to the front of the list, in the given order; the other categories keep their order.

        Args:
            slugs: The slugs of the categories.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     for name in ("Wood", "Metal"):
        ...         added = session.settings.add_category(name)
        ...     session.settings.reorder_categories(["metal", "wood"])
        ...     [one.slug for one in session.settings.categories]
        ['metal', 'wood']
        """
        ListEditor(self._transaction, "categories").reorder(slugs)

    @property
    def term(self) -> Term:
        """The term for items in the language of the workspace, with its plural forms (SIT-3).

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme", language="pl").write(User("root", admin=True)) as session:
        ...     term = session.settings.set_term("patients")
        ...     session.settings.term.plural, term.of(5)
        ('pacjenci', 'pacjentów')
        """
        return self.current.term_in(self.current.language)

    def set_term(self, slug: str) -> Term:
        """Choose the term for items (SIT-3).

        Args:
            slug: `clients`, `patients`, `students`, `accounts`, `pets`, `vehicles`, `projects`, `cases`, `jobs`,
                `opportunities` or `properties`.

        Returns:
            The term in the language of the workspace.

        Raises:
            Invalid: `term-unknown`.
        """
        self._check_admin()
        if slug not in TERMS:
            raise Invalid("term-unknown", f"Terms are {', '.join(TERMS)}.", path="slug", value=slug)
        self._store(term=slug, own_term=None)
        return self.term

    def set_own_term(self, singular: str, plural: str, **forms: str) -> Term:
        """Set a term for items that is not on the list (SIT-3).

        Args:
            singular: The word for one item.
            plural: The word for several items.
            forms: The words of further plural categories of the language: `zero`, `two`, `few`, `many`. In Polish,
                `few` follows 2 and `many` follows 5. Without a form, `plural` is used.

        Returns:
            The term.

        Raises:
            Invalid: `term-words`, and the problems of the words.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme", language="pl").write(User("root", admin=True)) as session:
        ...     term = session.settings.set_own_term("koń", "koni", few="konie")
        ...     [f"{count} {session.settings.term.of(count)}" for count in (1, 2, 5)]
        ['1 koń', '2 konie', '5 koni']
        """
        self._check_admin()
        unknown = sorted(set(forms) - {"zero", "two", "few", "many"})
        if unknown:
            raise Invalid("term-words", "Further forms are zero, two, few and many.", path=unknown[0])
        words = {"one": singular, "other": plural, **forms}
        term = Term(slug=OWN_TERM, language=str(self.language), words=words)
        self._store(term=OWN_TERM, own_term=term)
        return term

    @property
    def item_types(self) -> ListEditor[ItemType]:
        """The types of items, with the methods that change the list (SIT-2)."""
        return ListEditor(self._transaction, "item_types")

    @property
    def item_roles(self) -> RoleEditor:
        """The roles of contacts for items, with the methods that change the list (SIT-2, NOT-4)."""
        return RoleEditor(self._transaction)

    # Interaction types, SIT-6.

    @property
    def interaction_types(self) -> ListEditor[InteractionType]:
        """The list of the types of interactions, which are the tabs of the timeline."""
        return ListEditor(self._transaction, "interaction_types")

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
        _check_flags(changes)
        new = attrs.evolve(found, **changes)
        _check_field_name(new, [one for one in fields if one is not found])
        self._store(fields=tuple(new if one.slug == slug else one for one in fields))
        return new

    # Modules, permissions and letters of the portal, POR-3 and POR-5.

    @property
    def modules(self) -> tuple[PortalModule, ...]:
        """The modules of the portal, in the order of its menu; archived ones are left out (POR-5)."""
        return self.current.modules.offered

    def add_module(self, name: str, slug: str = "") -> PortalModule:
        """Add a module at the end of the portal's menu (POR-5).

        Args:
            name: The name for people to read.
            slug: The name for programs, in lower-case letters, digits and hyphens; made from the name by default.

        Returns:
            The new module.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     added = session.settings.add_module("Machines")
        ...     session.settings.reorder_modules(["machines"])
        ...     session.settings.modules[0].name
        'Machines'
        """
        self._check_admin()
        return self._store(modules=self.current.modules.add(name, slug)).modules.entries[-1]

    def rename_module(self, slug: str, name: str) -> None:
        """Rename a module; permissions stay the same.

        Args:
            slug: The slug of the module, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.rename_module("invoices", "Bills")
        ...     [one.name for one in session.settings.modules][0]
        'Bills'
        """
        ListEditor(self._transaction, "modules").rename(slug, name)

    def archive_module(self, slug: str, *, archived: bool = True) -> None:
        """Archive a module, which removes it from every menu, or offer it again; permissions stay the same.

        Args:
            slug: The slug of the module.
            archived: True by default; False to offer the module again.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.archive_module("invoices")
        ...     "invoices" in [one.slug for one in session.settings.modules]
        False
        """
        ListEditor(self._transaction, "modules").archive(slug, archived=archived)

    def reorder_modules(self, slugs: Sequence[str]) -> None:
        """Move modules to the front of the menu, in the given order; the other modules keep their order.

        Args:
            slugs: The slugs of the modules.

        Raises:
            Invalid: `entry-unknown`.
        """
        ListEditor(self._transaction, "modules").reorder(slugs)

    @property
    def default_permissions(self) -> PermissionSet:
        """The permissions of contact persons who have none of their own (POR-5)."""
        return self.current.default_permissions

    def set_default_permissions(self, modules: Annotated[PermissionSet | Iterable[str], MODULES]) -> None:
        """Set the permissions of contact persons who have none of their own (POR-5).

        Args:
            modules: The permission set, or the slugs of its modules.

        Raises:
            Invalid: `module-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.set_default_permissions(["invoices"])
        ...     session.settings.current.default_permissions.modules
        ('invoices',)
        """
        self._check_admin()
        self._store(default_permissions=permission_set(modules))

    @property
    def permission_presets(self) -> tuple[PermissionPreset, ...]:
        """Permission sets with names, which are offered where permissions are chosen (POR-5)."""
        return self.current.permission_presets

    def set_permission_preset(
        self, name: str, modules: Annotated[PermissionSet | Iterable[str], MODULES]
    ) -> PermissionPreset:
        """Store a permission set with a name, in place of a preset with the same name (POR-5).

        The permissions of contact persons do not change.

        Args:
            name: The name for people to read, compared regardless of case.
            modules: The permission set, or the slugs of its modules.

        Returns:
            The new preset.

        Raises:
            Invalid: `module-unknown`, and the problems of the name.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     preset = session.settings.set_permission_preset("Accountant", ["invoices", "estimates"])
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.people.add(client, "jane@bois.fr", permissions=preset.permissions).permissions.modules
        ('invoices', 'estimates')
        """
        self._check_admin()
        new = PermissionPreset(name, permission_set(modules))
        kept = tuple(one for one in self.permission_presets if fold(one.name) != fold(new.name))
        self._store(permission_presets=(*kept, new))
        return new

    def remove_permission_preset(self, name: str) -> None:
        """Remove a preset; the permissions of contact persons do not change.

        Args:
            name: The name of the preset.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        kept = tuple(one for one in self.permission_presets if one.name != name)
        if len(kept) == len(self.permission_presets):
            known = ", ".join(one.name for one in self.permission_presets) or "(none yet)"
            raise Invalid("entry-unknown", f"Presets are {known}.", path="name", value=name)
        self._store(permission_presets=kept)

    def switch_letter(self, template: str, *, on: bool) -> None:
        """Set whether letters of a template are sent (POR-3).

        Args:
            template: The slug of the template, such as `"welcome"` or `"set-password"`.
            on: Whether letters are sent; True for every template in a new workspace.

        Raises:
            Invalid: `letter-unknown`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.switch_letter("welcome", on=False)
        ...     jane = session.people.add(session.contacts.add(Company("Bois & Fils")), "jane@bois.fr")
        ...     session.portal.invite(jane).sent
        False
        """
        self._check_admin()
        known = {*LETTERS, *self._transaction.letter_configuration.letters}
        if template not in known:
            raise Invalid("letter-unknown", f"Letters are {', '.join(sorted(known))}.", path="template", value=template)
        off = [slug for slug in self.current.templates_off if slug != template]
        self._store(templates_off=off if on else [*off, template])

    def _check_field_types(self, field: FieldDefinition, kept: Iterable[str] = ()) -> None:
        """Refuse a field for types that the records on which it is defined cannot have."""
        settings = self._transaction.settings
        known = [*(settings.item_types.slugs if "item" in field.on else ())]
        known += settings.types.slugs if {"person", "company"} & {*field.on} else ()
        for index, slug in enumerate(field.types):
            if slug not in known and slug not in kept:
                message = f"Types are {', '.join(known) or '(none yet)'}."
                raise Invalid("type-unknown", message, path=f"types[{index}]", value=slug)

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> Settings:
        return store_settings(self._transaction, attrs.evolve(self.current, **changes))


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


def _check_links(changes: dict[str, Any]) -> None:
    """Refuse an address that would send a token to another host, in clear, or twice.

    The model accepts more, so that a workspace with such an address can still be opened.
    """
    for name in sorted({"portal_link", "email_link"} & set(changes)):
        link = changes[name]
        if isinstance(link, str) and link.strip() and not _is_safe_link(link.strip()):
            message = (
                "Give an address with https:// (http:// for this machine alone) that has {token} once, behind its "
                "host: https://portal.example.org/password?token={token}."
            )
            raise Invalid("portal-link", message, path=name, value=link)


def _is_safe_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    local = host == "localhost" or host.startswith("127.") or host == "::1"
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    return safe and bool(host) and "@" not in parts.netloc and "{" not in parts.netloc and link.count("{token}") == 1


def _check_flags(changes: dict[str, Any]) -> None:
    """Refuse a value other than True or False for a setting that is either of them."""
    for name in sorted({"full_names_required", "required", "archived", "in_portal"} & set(changes)):
        if not isinstance(changes[name], bool):
            raise Invalid("setting-not-yes-no", "Give True or False.", path=name, value=changes[name])
