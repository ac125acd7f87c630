"""The settings of a workspace: its language and country, and the lists that its admins edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from contactcore.errors import Invalid, collect
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

    slug: str
    name: str = attrs.field(converter=parsing.line)
    archived: bool = False
    removed: bool = False
    replaced_by: str = ""

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


def _line(field: str, text: str) -> str:
    (line,) = collect((field, lambda: clean_line(text)))
    return line


def _country(value: str | None) -> str:
    if not value:
        return ""
    code = read_country(_line("country", value))
    if code is None:
        raise Invalid(
            "country-unknown", "Give a country by its ISO 3166 code, such as FR.", path="country", value=value
        )
    return code


def _default_access(value: AccessPolicy | str) -> AccessPolicy:
    try:
        return AccessPolicy.parse(value)
    except Invalid as error:
        raise error.under("default_access") from None


def _language(value: Language | str) -> Language:
    return value if isinstance(value, Language) else Language(value)


def _preferences(value: NotificationPreferences | Iterable[str]) -> NotificationPreferences:
    return value if isinstance(value, NotificationPreferences) else NotificationPreferences(value)


def _fall_backs(value: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {topic: conversion.slugs(steps) for topic, steps in value.items()}


def _portal_link(value: str | None) -> str:
    link = _line("portal_link", value or "")
    if link and not (link.startswith(("https://", "http://")) and "{token}" in link and " " not in link):
        raise Invalid(
            "portal-link",
            "Give an address with the place of the token, like https://portal.example.org/password?token={token}.",
            path="portal_link",
            value=value,
        )
    return link


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
        powers: The authorities that can be granted, the workspace's own included (PER-4).
        next_language: The language that the directory is being put in the order of; kept by the library.
        order: The variant of the directory's order that is in force; kept by the library.
        leftovers: Whether records may still stand in an order that is not in force any more; kept by the library.
    """

    version: int = 0
    language: Language = attrs.field(default=Language("en"), converter=_language)
    country: str = attrs.field(default="", converter=_country)
    currency: Currency | None = attrs.field(default=None, converter=conversion.currency)
    types: tuple[ContactType, ...] = STARTING_TYPES
    categories: tuple[Category, ...] = ()
    fields: tuple[FieldDefinition, ...] = ()
    default_access: AccessPolicy = attrs.field(default=AccessPolicy.PRIVATE, converter=_default_access)
    full_names_required: bool = False
    modules: tuple[PortalModule, ...] = STARTING_MODULES
    default_permissions: PermissionSet = attrs.field(factory=PermissionSet, converter=permission_set)
    permission_presets: tuple[PermissionPreset, ...] = ()
    templates_off: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    portal_link: str = attrs.field(default="", converter=_portal_link)
    topics: Mapping[str, str] = attrs.field(factory=lambda: dict(TOPIC_MODULES), converter=dict, hash=False)
    default_notifications: NotificationPreferences = attrs.field(
        factory=NotificationPreferences, converter=_preferences
    )
    notices_need_permission: bool = False
    fall_backs: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_fall_backs, hash=False)
    purposes: tuple[str, ...] = attrs.field(default=("billing", "technical"), converter=conversion.slugs)
    powers: tuple[str, ...] = attrs.field(default=AUTHORITIES, converter=conversion.slugs)
    next_language: Language | None = attrs.field(default=None, converter=conversion.language)
    order: str = ""
    leftovers: bool = False

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
