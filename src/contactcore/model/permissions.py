"""What a contact person may see in the portal, and what they want mailed: two independent things (POR-5, NOT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import attrs

from contactcore.errors import Invalid
from contactcore.model import conversion, parsing

__all__ = [
    "MODULES",
    "TOPICS",
    "TOPIC_MODULES",
    "NotificationPreferences",
    "PermissionSet",
    "as_permissions",
    "as_preferences",
    "derived_topics",
    "permission_set",
    "preferences",
]

MODULES = ("invoices", "estimates", "contracts", "proposals", "support", "projects")
"""The portal's modules that every workspace knows; the host can add its own."""

TOPICS = ("invoice", "credit-note", "estimate", "ticket", "project", "contract", "task")
"""The topics of notices that every workspace knows; the host can add its own."""

TOPIC_MODULES: Mapping[str, str] = {
    "invoice": "invoices",
    "credit-note": "invoices",
    "estimate": "estimates",
    "ticket": "support",
    "project": "projects",
    "task": "projects",
    "contract": "contracts",
}
"""Topic -> the module whose permission belongs to it."""


@attrs.frozen
class PermissionSet:
    """The portal's modules that a contact person sees; what is not here is invisible (POR-6).

    >>> "invoices" in PermissionSet(["invoices", "support"])
    True
    """

    modules: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    def __contains__(self, module: str) -> bool:
        return module in self.modules


@attrs.frozen
class NotificationPreferences:
    """The topics that a contact person wants mailed.

    >>> "invoice" in NotificationPreferences(["invoice"])
    True
    """

    topics: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    def __contains__(self, topic: str) -> bool:
        return topic in self.topics


def derived_topics(
    permissions: PermissionSet, topic_modules: Mapping[str, str] = TOPIC_MODULES
) -> NotificationPreferences:
    """The preferences of somebody who came by import or form: the topics of the modules that they may see.

    Derived once, when they are created; from then on permission and notification are independent (NOT-1).

    >>> derived_topics(PermissionSet(["invoices"])).topics
    ('invoice', 'credit-note')
    """
    return NotificationPreferences([topic for topic, module in topic_modules.items() if module in permissions])


def permission_set(value: PermissionSet | Iterable[str]) -> PermissionSet:
    """A converter: a permission set, of which the modules alone may be given.

    >>> permission_set(["invoices"]).modules
    ('invoices',)
    """
    return _read_permissions(value)


def preferences(value: NotificationPreferences | Iterable[str]) -> NotificationPreferences:
    """A converter: preferences, of which the topics alone may be given."""
    return _read_preferences(value)


def _permissions_of(value: PermissionSet | Iterable[str]) -> PermissionSet:
    if isinstance(value, PermissionSet):
        return value
    return PermissionSet(_slugs(value))


def _preferences_of(value: NotificationPreferences | Iterable[str]) -> NotificationPreferences:
    if isinstance(value, NotificationPreferences):
        return value
    return NotificationPreferences(_slugs(value))


def _slugs(value: Iterable[str]) -> tuple[str, ...]:
    # What is wrong with a plain list is wrong with the field that it was given for, not with a field within it.
    slugs: object = conversion.slugs(value)
    if isinstance(slugs, parsing.Refusal):
        raise Invalid(slugs.problems)
    return cast("tuple[str, ...]", slugs)


_read_permissions = parsing.judged(_permissions_of)
_read_preferences = parsing.judged(_preferences_of)
_read_own_permissions = parsing.one(PermissionSet, _permissions_of)
_read_own_preferences = parsing.one(NotificationPreferences, _preferences_of)


def as_permissions(value: PermissionSet | Iterable[str] | None) -> PermissionSet | None:
    """A converter: a permission set, of which the modules alone may be given; None for the workspace's default."""
    return _read_own_permissions(value)


def as_preferences(value: NotificationPreferences | Iterable[str] | None) -> NotificationPreferences | None:
    """A converter: preferences, of which the topics alone may be given; None for the workspace's default."""
    return _read_own_preferences(value)
