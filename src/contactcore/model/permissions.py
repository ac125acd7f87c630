"""What a contact person may see in the portal, and what they want mailed: two independent things (POR-5, NOT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

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
    return value if isinstance(value, PermissionSet) else PermissionSet(value)


_read_permissions = parsing.one(PermissionSet)
_read_preferences = parsing.one(NotificationPreferences)


def as_permissions(value: PermissionSet | Iterable[str] | None) -> PermissionSet | None:
    """A converter: a permission set, of which the modules alone may be given; None for the workspace's default."""
    return _read_permissions(value)


def as_preferences(value: NotificationPreferences | Iterable[str] | None) -> NotificationPreferences | None:
    """A converter: preferences, of which the topics alone may be given; None for the workspace's default."""
    return _read_preferences(value)
