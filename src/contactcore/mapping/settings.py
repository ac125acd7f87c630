"""Settings <-> Record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.mapping import json
from contactcore.model import (
    Category,
    ContactType,
    FieldDefinition,
    InteractionType,
    ItemType,
    ListEntry,
    PortalModule,
    Role,
    Settings,
    Topic,
)
from contactcore.model.entry import EntryRule
from contactcore.model.permissions import PermissionPreset
from contactcore.model.settings import starting_item_topics
from contactcore.model.term import Term
from contactcore.storage import Record, Stored
from contactcore.values import Language

__all__ = ["SETTINGS_ID", "settings_in", "settings_of", "settings_record"]

SETTINGS_ID = "settings"

_E = TypeVar("_E", bound=ListEntry)


def settings_record(settings: Settings) -> Record:
    """The record of a workspace's settings."""
    body = {
        "language": str(settings.language),
        "country": settings.country,
        "currency": str(settings.currency or ""),
        "timezone": settings.timezone,
        "types": _dump_entries(settings.types),
        "categories": _dump_entries(settings.categories),
        "term": settings.term,
        "own_term": None if settings.own_term is None else attrs.asdict(settings.own_term),
        "item_types": _dump_entries(settings.item_types),
        "interaction_types": _dump_entries(settings.interaction_types),
        "item_roles": _dump_entries(settings.item_roles),
        "fields": [_dump_definition(definition) for definition in settings.fields],
        "entry": [attrs.asdict(rule) for rule in settings.entry],
        "default_access": settings.default_access.value,
        "full_names_required": settings.full_names_required,
        "next_language": str(settings.next_language or ""),
        "order": settings.order,
        "leftovers": settings.leftovers,
        "modules": _dump_entries(settings.modules),
        "default_permissions": settings.default_permissions.modules,
        "permission_presets": {one.name: one.permissions.modules for one in settings.permission_presets},
        "templates_off": settings.templates_off,
        "portal_link": settings.portal_link,
        "email_link": settings.email_link,
        "topics": _dump_entries(settings.topics),
        "default_notifications": settings.default_notifications.topics,
        "notices_need_permission": settings.notices_need_permission,
        "purposes": _dump_entries(settings.purposes),
        "authorities": _dump_entries(settings.authorities),
    }
    return Record(kind="settings", id=SETTINGS_ID, version=settings.version, body=json.dump(body))


def settings_of(stored: Stored) -> Settings:
    """The settings of a stored record."""
    return settings_in(stored.version, stored.body)


def settings_in(version: int, stored: bytes) -> Settings:
    """The settings of a body. An attribute that the body lacks has its default."""
    body = json.load(stored)
    loaded = {name: _LOADERS.get(name, _as_is)(body[name]) for name in _NAMES & body.keys()}
    settings = Settings(**loaded | {"version": version})
    return settings if "item_roles" in body else _with_item_topics(settings)


def _with_item_topics(settings: Settings) -> Settings:
    """The settings of an earlier release, with the topics of items; a topic that an admin made stays as it is."""
    topics = settings.topics
    known = {topic.slug for topic in topics}
    new = [one for one in starting_item_topics(settings.language.base) if one.slug not in known]
    return attrs.evolve(settings, topics=(*topics, *new))


def _dump_entries(entries: Iterable[ListEntry]) -> list[dict[str, Any]]:
    # Most attributes of most entries are empty.
    return [attrs.asdict(entry, filter=lambda _, value: bool(value)) for entry in entries]


def _dump_definition(definition: FieldDefinition) -> dict[str, Any]:
    return attrs.asdict(definition) | {"type": definition.type.value}


def _load_entries(kind: type[_E]) -> Callable[[Iterable[dict[str, Any]]], tuple[_E, ...]]:
    return lambda entries: tuple(kind(**entry) for entry in entries)


def _load_definitions(definitions: Iterable[dict[str, Any]]) -> tuple[FieldDefinition, ...]:
    return tuple(FieldDefinition(**definition) for definition in definitions)


def _load_presets(presets: Mapping[str, list[str]]) -> tuple[PermissionPreset, ...]:
    return tuple(PermissionPreset(name, modules) for name, modules in presets.items())


def _as_is(value: Any) -> Any:
    return value


_NAMES = {field.name for field in attrs.fields(Settings)}
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    "language": Language.restore,
    "next_language": lambda text: Language.restore(text) if text else None,
    "types": _load_entries(ContactType),
    "categories": _load_entries(Category),
    "own_term": lambda term: None if term is None else Term(**term),
    "item_types": _load_entries(ItemType),
    "interaction_types": _load_entries(InteractionType),
    "item_roles": _load_entries(Role),
    "fields": _load_definitions,
    "entry": lambda rules: tuple(EntryRule(**rule) for rule in rules),
    "modules": _load_entries(PortalModule),
    "permission_presets": _load_presets,
    "topics": _load_entries(Topic),
    "purposes": _load_entries(ListEntry),
    "authorities": _load_entries(ListEntry),
}
