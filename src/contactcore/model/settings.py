"""The settings of a workspace: its language and country, and the lists that its admins edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

import attrs

from contactcore.errors import Invalid, check_text
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.model.access import AccessPolicy
from contactcore.model.admin_list import AdminList, ListEntry
from contactcore.model.entry import EntryRule
from contactcore.model.fields import FieldDefinition
from contactcore.model.permissions import (
    ITEM_TOPICS,
    MODULES,
    TOPIC_MODULES,
    NotificationPreferences,
    PermissionPreset,
    PermissionSet,
    permission_set,
    preferences,
)
from contactcore.model.starting_lists import AUTHORITIES, INTERACTION_TYPES, PURPOSES, ROLES, TYPES, starting_name
from contactcore.model.term import OWN_TERM, TERMS, Term
from contactcore.values import Currency, Language
from contactcore.values.country import read_country
from contactcore.values.texts import clean_line
from contactcore.values.timezone import parse_timezone

__all__ = [
    "Category",
    "ContactType",
    "InteractionType",
    "ItemType",
    "PortalModule",
    "Role",
    "Settings",
    "Topic",
    "starting_item_topics",
]

_E = TypeVar("_E", bound=ListEntry)

# Those without fields of their own are plain subclasses: attrs would write the methods of `ListEntry` anew for each,
# and every start of a program would wait for that.


class ContactType(ListEntry):
    """A relationship such as "commercial client"; a contact has one or none (DIR-2)."""

    __slots__ = ()

    noun: ClassVar[str] = "type"


class Category(ListEntry):
    """A controlled grouping; a contact has any number (DIR-7)."""

    __slots__ = ()

    noun: ClassVar[str] = "category"


class ItemType(ListEntry):
    """A sort of item, such as "dog"; an item has one or none (SIT-2)."""

    __slots__ = ()

    noun: ClassVar[str] = "item type"


class InteractionType(ListEntry):
    """A sort of interaction, such as "appointment": a tab of the timeline (SIT-6)."""

    __slots__ = ()

    noun: ClassVar[str] = "interaction type"


class PortalModule(ListEntry):
    """A part of the portal that needs a permission, such as invoices (POR-5)."""

    __slots__ = ()

    noun: ClassVar[str] = "module"


@attrs.frozen(kw_only=True)
class Topic(ListEntry):
    """A subject of notices, such as estimates (NOT-1).

    Attributes:
        module: Slug of the portal module that belongs to it, or `""`.
        fall_back: Steps to try when nobody wants the notice: `"purpose"`, `"primary"`, `"client"`; none by default.
        for_items: Whether its notices are about items, so that they go to the owner of the item and not to those who
            want the topic (NOT-4); False by default.
        consent: Purpose to which a recipient must have agreed (IMP-8); `""` for none.
    """

    noun: ClassVar[str] = "topic"

    module: str = attrs.field(default="", converter=parsing.line)
    fall_back: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    for_items: bool = attrs.field(default=False, converter=conversion.yes_no)
    consent: str = attrs.field(default="", converter=parsing.line)


@attrs.frozen(kw_only=True)
class Role(ListEntry):
    """A role of a contact for an item, such as "guardian" (SIT-2).

    Attributes:
        topics: Slugs of the topics of notices about items that contacts with the role get (NOT-4); none by default.
    """

    noun: ClassVar[str] = "role"

    topics: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)


def _starting_types(language: str) -> tuple[ContactType, ...]:
    return tuple(ContactType(slug=slug, name=starting_name("type", slug, language)) for slug in TYPES)


def _starting_interaction_types(language: str) -> tuple[InteractionType, ...]:
    return tuple(
        InteractionType(slug=slug, name=starting_name("interaction-type", slug, language)) for slug in INTERACTION_TYPES
    )


def _starting_modules(language: str) -> tuple[PortalModule, ...]:
    return tuple(PortalModule(slug=slug, name=starting_name("module", slug, language)) for slug in MODULES)


def _starting_topics(language: str) -> tuple[Topic, ...]:
    topics = (
        Topic(slug=slug, name=starting_name("topic", slug, language), module=module)
        for slug, module in TOPIC_MODULES.items()
    )
    return (*topics, *starting_item_topics(language))


def starting_item_topics(language: str) -> tuple[Topic, ...]:
    """The topics of notices about items in a new workspace.

    Args:
        language: The language without its region, such as `"fr"`.

    >>> [topic.name for topic in starting_item_topics("fr")]
    ['Rendez-vous', 'Demande de paiement', 'Rappel']
    """
    return tuple(Topic(slug=slug, name=starting_name("topic", slug, language), for_items=True) for slug in ITEM_TOPICS)


def _starting_roles(language: str) -> tuple[Role, ...]:
    return tuple(
        Role(slug=slug, name=starting_name("role", slug, language), topics=topics) for slug, topics in ROLES.items()
    )


def _starting_authorities(language: str) -> tuple[ListEntry, ...]:
    return tuple(ListEntry(slug=slug, name=starting_name("authority", slug, language)) for slug in AUTHORITIES)


def _starting_purposes(language: str) -> tuple[ListEntry, ...]:
    return tuple(ListEntry(slug=slug, name=starting_name("purpose", slug, language)) for slug in PURPOSES)


def _starting(make: Callable[[str], tuple[_E, ...]]) -> Any:
    """The default of a list: the entries that a workspace in this language starts with."""

    def default(settings: Settings) -> tuple[_E, ...]:
        # A refused language is reported by its own field.
        language: object = settings.language
        return make(language.base if isinstance(language, Language) else "en")

    return attrs.Factory(default, takes_self=True)


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
    link = "" if value is None else clean_line(value, exact=True)
    if link and not (link.startswith(("https://", "http://")) and "{token}" in link and " " not in link):
        raise Invalid(
            "portal-link",
            "Give an address with the place of the token, like https://portal.example.org/password?token={token}.",
            value=value,
        )
    return link


def _list_of(kind: type[_E], values: Iterable[Any], parse: Callable[[Any], _E] | None = None) -> AdminList[_E]:
    """An admin's list of these entries, or a refusal."""
    read = parsing.many(kind, parse or parsing.only(kind))
    entries = read(values.entries if isinstance(values, AdminList) else values)
    return cast("AdminList[_E]", entries) if isinstance(entries, parsing.Refusal) else AdminList(kind, entries)


def _find_named_by_slug(value: ListEntry | str) -> ListEntry:
    return ListEntry(slug=value, name=value) if isinstance(value, str) else parsing.only(ListEntry)(value)


_read_timezone = parsing.converter(parse_timezone)
_read_country = parsing.converter(_find_country)
_read_language = parsing.converter(_find_language)
_read_link = parsing.converter(_find_link)
_read_policy = parsing.converter(AccessPolicy.parse)
_read_definitions = parsing.many(FieldDefinition, parsing.only(FieldDefinition))
_read_entry_rules = parsing.many(EntryRule, parsing.only(EntryRule))
_read_presets = parsing.many(PermissionPreset, parsing.only(PermissionPreset))


def _country(value: str | None) -> str:
    return _read_country(value)


def _timezone(value: str) -> str:
    return _read_timezone(value)


def _language(value: Language | str) -> Language:
    return _read_language(value)


def _portal_link(value: str | None) -> str:
    return _read_link(value)


def _default_access(value: AccessPolicy | str) -> AccessPolicy:
    return _read_policy(value)


def _types(values: Iterable[ContactType]) -> AdminList[ContactType]:
    return _list_of(ContactType, values)


def _categories(values: Iterable[Category]) -> AdminList[Category]:
    return _list_of(Category, values)


def _find_term(value: str) -> str:
    slug = clean_line(value)
    if slug not in (*TERMS, OWN_TERM):
        raise Invalid("term-unknown", f"Terms are {', '.join(TERMS)}.", value=value)
    return slug


_read_term = parsing.converter(_find_term)


def _term(value: str) -> str:
    return _read_term(value)


_read_own_term = parsing.one(Term, parsing.only(Term))


def _own_term(value: Term | None) -> Term | None:
    return _read_own_term(value)


def _item_types(values: Iterable[ItemType]) -> AdminList[ItemType]:
    return _list_of(ItemType, values)


def _interaction_types(values: Iterable[InteractionType]) -> AdminList[InteractionType]:
    return _list_of(InteractionType, values)


def _item_roles(values: Iterable[Role]) -> AdminList[Role]:
    return _list_of(Role, values)


def _modules(values: Iterable[PortalModule]) -> AdminList[PortalModule]:
    return _list_of(PortalModule, values)


def _topics(values: Iterable[Topic]) -> AdminList[Topic]:
    return _list_of(Topic, values)


def _named_by_slug(values: Iterable[ListEntry | str]) -> AdminList[ListEntry]:
    return _list_of(ListEntry, values, _find_named_by_slug)


def _definitions(values: Iterable[FieldDefinition]) -> tuple[FieldDefinition, ...]:
    return _read_definitions(values)


def _entry_rules(values: Iterable[EntryRule]) -> tuple[EntryRule, ...]:
    return _read_entry_rules(values)


def _presets(values: Iterable[PermissionPreset]) -> tuple[PermissionPreset, ...]:
    return _read_presets(values)


@frozen(kw_only=True)
class Settings:
    """The decisions of a workspace.

    Attributes:
        version: Count of the changes, from 1; 0 while not stored.
        language: Language that decides the order of the directory and of names.
        country: ISO 3166, for national phone numbers; `""` to take international ones only.
        currency: ISO 4217; None for none.
        timezone: Name of the time zone whose day is "today", such as `"Europe/Paris"` (DIR-16).
        types, categories: Lists that admins edit. Types, interaction types, modules, topics, roles, purposes and
            authorities start with names in the language of the workspace, if it is one of the six of the import, else
            in English.
        term: Slug of the term for items, such as `"patients"`; `"own"` for `own_term` (SIT-3).
        own_term: The workspace's own term; None without one.
        item_types: List of the types of items, edited by admins; empty at first.
        interaction_types: List of the types of interactions, edited by admins; six at first (SIT-6).
        item_roles: List of the roles of contacts for items, edited by admins: guardian, payer and emergency contact at
            first.
        fields: Definitions of custom fields.
        entry: Rules of entry: the fields that forms ask for and require, by kind and type (DIR-2).
        default_access: Access policy of a new contact (ACC-2).
        full_names_required: Whether a person that somebody adds needs a given and a family name (DIR-1).
        modules: Modules of the portal, in the order of the menu: the six that every workspace knows and the host's own.
        default_permissions: Permissions of contact persons who have none of their own (POR-5).
        permission_presets: Permission sets with names, to choose from.
        templates_off: Slugs of the letters that are not sent, such as `"welcome"` (POR-3).
        portal_link: Address of the host's page for setting a password, with `{token}` where the token goes.
        email_link: Address of the host's page that confirms a new address of a login, with `{token}` too (POR-9).
        topics: Topics of notices, the host's own included (NOT-1).
        default_notifications: Preferences of contact persons who have none of their own (NOT-1).
        notices_need_permission: Whether a notice also needs the permission of its module; off by default (NOT-2).
        purposes: Purposes for which a contact may have a separate primary person, such as `"billing"`.
        authorities: Authorities that can be granted, the workspace's own included (PER-4).
        next_language: Language of the order that the directory is being put in; kept by the library.
        order: Variant of the directory's order that is in force; kept by the library.
        leftovers: Whether records may still have keys of an order that is no longer in force; kept by the library.
    """

    version: int = attrs.field(default=0, converter=parsing.count)
    language: Language = attrs.field(default=Language("en"), converter=_language)
    country: str = attrs.field(default="", converter=_country)
    currency: Currency | None = attrs.field(default=None, converter=conversion.currency)
    timezone: str = attrs.field(default="UTC", converter=_timezone)
    types: AdminList[ContactType] = attrs.field(default=_starting(_starting_types), converter=_types)
    categories: AdminList[Category] = attrs.field(default=(), converter=_categories)
    term: str = attrs.field(default=TERMS[0], converter=_term)
    own_term: Term | None = attrs.field(default=None, converter=_own_term)
    item_types: AdminList[ItemType] = attrs.field(default=(), converter=_item_types)
    interaction_types: AdminList[InteractionType] = attrs.field(
        default=_starting(_starting_interaction_types), converter=_interaction_types
    )
    item_roles: AdminList[Role] = attrs.field(default=_starting(_starting_roles), converter=_item_roles)
    fields: tuple[FieldDefinition, ...] = attrs.field(default=(), converter=_definitions)
    entry: tuple[EntryRule, ...] = attrs.field(default=(), converter=_entry_rules)
    default_access: AccessPolicy = attrs.field(default=AccessPolicy.PRIVATE, converter=_default_access)
    full_names_required: bool = attrs.field(default=False, converter=conversion.yes_no)
    modules: AdminList[PortalModule] = attrs.field(default=_starting(_starting_modules), converter=_modules)
    default_permissions: PermissionSet = attrs.field(factory=PermissionSet, converter=permission_set)
    permission_presets: tuple[PermissionPreset, ...] = attrs.field(default=(), converter=_presets)
    templates_off: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    portal_link: str = attrs.field(default="", converter=_portal_link)
    email_link: str = attrs.field(default="", converter=_portal_link)
    topics: AdminList[Topic] = attrs.field(default=_starting(_starting_topics), converter=_topics)
    default_notifications: NotificationPreferences = attrs.field(factory=NotificationPreferences, converter=preferences)
    notices_need_permission: bool = attrs.field(default=False, converter=conversion.yes_no)
    purposes: AdminList[ListEntry] = attrs.field(default=_starting(_starting_purposes), converter=_named_by_slug)
    authorities: AdminList[ListEntry] = attrs.field(default=_starting(_starting_authorities), converter=_named_by_slug)
    next_language: Language | None = attrs.field(default=None, converter=conversion.language)
    order: str = attrs.field(default="", converter=parsing.as_given)
    leftovers: bool = attrs.field(default=False, converter=conversion.yes_no)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def topic_modules(self) -> dict[str, str]:
        """Topic -> the module that belongs to it, or `""`."""
        return {topic.slug: topic.module for topic in self.topics if not topic.removed}

    @property
    def item_topics(self) -> tuple[str, ...]:
        """The topics whose notices are about items (NOT-4)."""
        return tuple(topic.slug for topic in self.topics if topic.for_items and not topic.removed)

    @property
    def preference_topics(self) -> tuple[str, ...]:
        """The topics that a contact person may want: all but those of notices about items (NOT-1)."""
        return tuple(slug for slug in self.topics.slugs if slug not in self.item_topics)

    @property
    def role_topics(self) -> dict[str, tuple[str, ...]]:
        """Role for items -> the topics that contacts with the role get."""
        return {role.slug: role.topics for role in self.item_roles if not role.removed}

    @property
    def fall_backs(self) -> dict[str, tuple[str, ...]]:
        """Topic -> the steps to try when nobody wants the notice, for the topics that have steps."""
        return {topic.slug: topic.fall_back for topic in self.topics if topic.fall_back and not topic.removed}

    @property
    def consent_for(self) -> dict[str, str]:
        """Topic -> the purpose to which a recipient must have agreed, for the topics that need a consent (IMP-8)."""
        return {topic.slug: topic.consent for topic in self.topics if topic.consent and not topic.removed}

    def term_in(self, language: Language | str) -> Term:
        """The term for items in a language; the workspace's own term is the same in every language.

        Args:
            language: A language, or its BCP 47 tag.

        Raises:
            Invalid: `text-type`.

        >>> Settings(term="pets").term_in("fr").plural
        'animaux'
        """
        tag = language.text if isinstance(language, Language) else language
        check_text(language=tag)
        if self.term == OWN_TERM and self.own_term is not None:
            return self.own_term
        return Term.known(TERMS[0] if self.term == OWN_TERM else self.term, tag)
