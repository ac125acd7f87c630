"""The settings of a workspace: its language and country, and the lists that its admins edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from contactcore.errors import Invalid
from contactcore.model import conversion, parsing
from contactcore.model.access import AccessPolicy
from contactcore.model.authority import AUTHORITIES
from contactcore.model.fields import FieldDefinition
from contactcore.model.permissions import (
    MODULES,
    TOPIC_MODULES,
    NotificationPreferences,
    PermissionSet,
    permission_set,
    preferences,
)
from contactcore.model.portal import PermissionPreset
from contactcore.text import fold
from contactcore.values import Currency, Language
from contactcore.values.country import read_country
from contactcore.values.texts import clean_line

__all__ = [
    "STARTING_MODULES",
    "STARTING_TYPES",
    "Category",
    "ContactType",
    "ListEntry",
    "PortalModule",
    "Settings",
    "make_slug",
    "resolve",
]

_LONGEST_SLUG = 60
_MOST_ENTRIES = 1_000
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


@attrs.frozen(kw_only=True)
class ListEntry:
    """An entry of a list that admins edit.

    Attributes:
        slug: Stable name; never given to another entry, even after this one was removed.
        name: What people read; can be changed.
        archived: Not offered any more; contacts that have it keep it.
        removed: Taken off the list; contacts that had it count as having `replaced_by`, or none.
        replaced_by: The slug of the entry that took its place, or `""`.
    """

    slug: str = attrs.field(converter=parsing.line)
    name: str = attrs.field(converter=parsing.line)
    archived: bool = attrs.field(default=False, converter=conversion.yes_no)
    removed: bool = attrs.field(default=False, converter=conversion.yes_no)
    replaced_by: str = attrs.field(default="", converter=parsing.line)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if not self.name:
            raise Invalid("entry-nameless", "Give the entry a name.", path="name")

    @property
    def offered(self) -> bool:
        """Whether it can be chosen from now on.

        >>> ListEntry(slug="a", name="A").offered, ListEntry(slug="b", name="B", archived=True).offered
        (True, False)
        """
        return not (self.archived or self.removed)


@attrs.frozen(kw_only=True)
class ContactType(ListEntry):
    """A relationship such as "commercial client"; a contact has one or none (DIR-2)."""


@attrs.frozen(kw_only=True)
class Category(ListEntry):
    """A controlled grouping; a contact has any number (DIR-7)."""


@attrs.frozen(kw_only=True)
class PortalModule(ListEntry):
    """A part of the portal that needs a permission, such as invoices (POR-5)."""


STARTING_MODULES = tuple(PortalModule(slug=slug, name=slug.capitalize()) for slug in MODULES)

STARTING_TYPES = (
    ContactType(slug="commercial-client", name="Commercial client"),
    ContactType(slug="residential-client", name="Residential client"),
    ContactType(slug="contractor", name="Contractor"),
    ContactType(slug="supplier", name="Supplier"),
)


def _find_country(value: str | None) -> str:
    if value is None or value == "":
        return ""
    code = read_country(clean_line(value))
    if code is None:
        raise Invalid("country-unknown", "Give a country by its ISO 3166 code, such as FR.", value=value)
    return code


def _find_language(value: Language | str) -> Language:
    return value if isinstance(value, Language) else Language(value)


def _find_link(value: str | None) -> str:
    link = "" if value is None else clean_line(value)
    if link and not (link.startswith(("https://", "http://")) and "{token}" in link and " " not in link):
        raise Invalid(
            "portal-link",
            "Give an address with the place of the token, like https://portal.example.org/password?token={token}.",
            value=value,
        )
    return link


_read_country = parsing.judged(_find_country)
_read_language = parsing.judged(_find_language)
_read_link = parsing.judged(_find_link)
_read_policy = parsing.judged(AccessPolicy.parse)
_read_types = parsing.many(ContactType, parsing.only(ContactType))
_read_categories = parsing.many(Category, parsing.only(Category))
_read_definitions = parsing.many(FieldDefinition, parsing.only(FieldDefinition))
_read_modules = parsing.many(PortalModule, parsing.only(PortalModule))
_read_presets = parsing.many(PermissionPreset, parsing.only(PermissionPreset))


def _country(value: str | None) -> str:
    return _read_country(value)


def _language(value: Language | str) -> Language:
    return _read_language(value)


def _portal_link(value: str | None) -> str:
    return _read_link(value)


def _default_access(value: AccessPolicy | str) -> AccessPolicy:
    return _read_policy(value)


def _types(values: Iterable[ContactType]) -> tuple[ContactType, ...]:
    return _read_types(values)


def _categories(values: Iterable[Category]) -> tuple[Category, ...]:
    return _read_categories(values)


def _definitions(values: Iterable[FieldDefinition]) -> tuple[FieldDefinition, ...]:
    return _read_definitions(values)


def _modules(values: Iterable[PortalModule]) -> tuple[PortalModule, ...]:
    return _read_modules(values)


def _presets(values: Iterable[PermissionPreset]) -> tuple[PermissionPreset, ...]:
    return _read_presets(values)


def _topics(values: Mapping[str, str]) -> Mapping[str, str]:
    return parsing.by_slug(clean_line)(values)


def _fall_backs(values: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return parsing.by_slug(conversion.slugs)(values)


@attrs.frozen(kw_only=True)
class Settings:
    """What a workspace has decided.

    Attributes:
        version: Counts the changes from 1; 0 while not stored.
        language: Decides the order of the directory and of names.
        country: ISO 3166, for national phone numbers; `""` to take international ones only.
        currency: ISO 4217; None for none.
        types, categories: The lists, in the order that the admin gave them; removed entries included.
        fields: The definitions of custom fields.
        default_access: What a new contact gets (ACC-2).
        full_names_required: Whether a person that somebody adds needs a given and a family name (DIR-1).
        modules: Of the portal: the six that every workspace knows and the host's own, in the order of the menu.
        default_permissions: Of contact persons who have none of their own (POR-5).
        permission_presets: Permission sets with names, to choose from.
        templates_off: Slugs of the letters that are not sent, such as `"welcome"` (POR-3).
        portal_link: The address of the host's page for setting a password, with `{token}` where the token goes.
        topics: The topics of notices, the host's own included -> the portal module that belongs to each, or `""`.
        default_notifications: Of contact persons who have none of their own (NOT-1).
        notices_need_permission: Whether a notice also asks for the module's permission; off by default (NOT-2).
        fall_backs: Topic -> whom to mail when nobody wants the notice: steps of `"purpose"`, `"primary"`, `"client"`.
        purposes: What a contact may have a primary person of its own for, such as `"billing"`.
        authorities: The authorities that can be granted, the workspace's own included (PER-4).
        next_language: The language that the directory is being put in the order of; kept by the library.
        order: The variant of the directory's order that is in force; kept by the library.
        leftovers: Whether records may still stand in an order that is not in force any more; kept by the library.
    """

    version: int = attrs.field(default=0, converter=parsing.whole_number)
    language: Language = attrs.field(default=Language("en"), converter=_language)
    country: str = attrs.field(default="", converter=_country)
    currency: Currency | None = attrs.field(default=None, converter=conversion.currency)
    types: tuple[ContactType, ...] = attrs.field(default=STARTING_TYPES, converter=_types)
    categories: tuple[Category, ...] = attrs.field(default=(), converter=_categories)
    fields: tuple[FieldDefinition, ...] = attrs.field(default=(), converter=_definitions)
    default_access: AccessPolicy = attrs.field(default=AccessPolicy.PRIVATE, converter=_default_access)
    full_names_required: bool = attrs.field(default=False, converter=conversion.yes_no)
    modules: tuple[PortalModule, ...] = attrs.field(default=STARTING_MODULES, converter=_modules)
    default_permissions: PermissionSet = attrs.field(factory=PermissionSet, converter=permission_set)
    permission_presets: tuple[PermissionPreset, ...] = attrs.field(default=(), converter=_presets)
    templates_off: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    portal_link: str = attrs.field(default="", converter=_portal_link)
    topics: Mapping[str, str] = attrs.field(factory=lambda: dict(TOPIC_MODULES), converter=_topics, hash=False)
    default_notifications: NotificationPreferences = attrs.field(factory=NotificationPreferences, converter=preferences)
    notices_need_permission: bool = attrs.field(default=False, converter=conversion.yes_no)
    fall_backs: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_fall_backs, hash=False)
    purposes: tuple[str, ...] = attrs.field(default=("billing", "technical"), converter=conversion.slugs)
    authorities: tuple[str, ...] = attrs.field(default=AUTHORITIES, converter=conversion.slugs)
    next_language: Language | None = attrs.field(default=None, converter=conversion.language)
    order: str = attrs.field(default="", converter=parsing.as_given)
    leftovers: bool = attrs.field(default=False, converter=conversion.yes_no)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


def resolve(entries: Iterable[ListEntry], slug: str) -> str:
    """The slug that counts for a record that holds `slug`: that of the replacement where the entry was removed.

    >>> entries = [ListEntry(slug="a", name="A", removed=True, replaced_by="b"), ListEntry(slug="b", name="B")]
    >>> resolve(entries, "a")
    'b'
    """
    by_slug = {entry.slug: entry for entry in entries}
    for _ in range(_MOST_ENTRIES):
        entry = by_slug.get(slug)
        if entry is None:
            return ""
        if not entry.removed:
            return slug
        slug = entry.replaced_by
    return ""


def make_slug(name: str, taken: Iterable[str]) -> str:
    """A new stable name for what people call `name`.

    >>> make_slug("Key customer", ["key-customer"])
    'key-customer-2'
    """
    base = _NOT_IN_SLUGS.sub("-", fold(name)).strip("-")[:_LONGEST_SLUG].strip("-") or "entry"
    used = set(taken)
    if base not in used:
        return base
    return next(slug for number in range(2, len(used) + 3) if (slug := f"{base}-{number}") not in used)
