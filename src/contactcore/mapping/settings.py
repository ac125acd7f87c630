"""Settings <-> Record."""

from __future__ import annotations

from typing import Any

from contactcore.mapping import json
from contactcore.model import Category, ContactType, FieldDefinition, ListEntry, Settings
from contactcore.model.portal import PermissionPreset
from contactcore.model.restoring import altered
from contactcore.model.settings import PortalModule
from contactcore.storage import Record, Stored

__all__ = ["SETTINGS_ID", "copied", "settings_in", "settings_of", "settings_record"]

SETTINGS_ID = "settings"

# Older bodies have none of these, and then the defaults hold.
_NOTICES = ("topics", "default_notifications", "notices_need_permission", "fall_backs", "purposes", "authorities")


def settings_record(settings: Settings) -> Record:
    """The record of a workspace's settings."""
    body = {
        "language": str(settings.language),
        "country": settings.country,
        "currency": str(settings.currency or ""),
        "types": [_entry(entry) for entry in settings.types],
        "categories": [_entry(entry) for entry in settings.categories],
        "fields": [_definition(definition) for definition in settings.fields],
        "default_access": settings.default_access.value,
        "full_names_required": settings.full_names_required,
        "next_language": str(settings.next_language or ""),
        "order": settings.order,
        "leftovers": settings.leftovers,
        "modules": [_entry(entry) for entry in settings.modules],
        "default_permissions": settings.default_permissions.modules,
        "permission_presets": {one.name: one.permissions.modules for one in settings.permission_presets},
        "templates_off": settings.templates_off,
        "portal_link": settings.portal_link,
        "topics": settings.topics,
        "default_notifications": settings.default_notifications.topics,
        "notices_need_permission": settings.notices_need_permission,
        "fall_backs": settings.fall_backs,
        "purposes": settings.purposes,
        "authorities": settings.authorities,
    }
    return Record(kind="settings", id=SETTINGS_ID, version=settings.version, body=json.dump(body))


def _entry(entry: ListEntry) -> dict[str, Any]:
    return {
        "slug": entry.slug,
        "name": entry.name,
        "archived": entry.archived,
        "removed": entry.removed,
        "replaced_by": entry.replaced_by,
    }


def _definition(definition: FieldDefinition) -> dict[str, Any]:
    return {
        "slug": definition.slug,
        "name": definition.name,
        "type": definition.type.value,
        "on": definition.on,
        "required": definition.required,
        "choices": definition.choices,
        "archived": definition.archived,
    }


def settings_of(stored: Stored) -> Settings:
    """The settings of a stored record."""
    return settings_in(stored.version, stored.body)


def copied(settings: Settings) -> Settings:
    """Settings that whoever gets them may change the dictionaries of."""
    return altered(settings, {"topics": dict(settings.topics), "fall_backs": dict(settings.fall_backs)})


def settings_in(version: int, stored: bytes) -> Settings:
    """The settings that a body says."""
    body = json.load(stored)
    return Settings(
        version=version,
        language=body["language"],
        country=body["country"],
        currency=body["currency"],
        types=tuple(ContactType(**entry) for entry in body["types"]),
        categories=tuple(Category(**entry) for entry in body["categories"]),
        fields=tuple(FieldDefinition(**entry) for entry in body["fields"]),
        default_access=body["default_access"],
        full_names_required=body["full_names_required"],
        next_language=body["next_language"],
        order=body["order"],
        leftovers=body.get("leftovers", False),
        **_portal(body),
        **{name: body[name] for name in _NOTICES if name in body},
    )


def _portal(body: dict[str, Any]) -> dict[str, Any]:
    """What the settings say of the portal; older bodies have none of it, and then the defaults hold."""
    found: dict[str, Any] = {
        name: body[name] for name in ("default_permissions", "templates_off", "portal_link") if name in body
    }
    if "modules" in body:
        found["modules"] = tuple(PortalModule(**entry) for entry in body["modules"])
    if "permission_presets" in body:
        presets = body["permission_presets"].items()
        found["permission_presets"] = tuple(PermissionPreset(name, modules) for name, modules in presets)
    return found
