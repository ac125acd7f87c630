"""The portal permissions and the notification preferences of contact persons, which are independent (POR-5, NOT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import attrs

from contactcore.errors import Invalid, check_record
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.read_only import ReadOnlyDict

__all__ = [
    "ITEM_TOPICS",
    "MODULES",
    "TOPICS",
    "TOPIC_MODULES",
    "NotificationPreferences",
    "PermissionPreset",
    "PermissionSet",
    "as_permissions",
    "as_preferences",
    "derived_topics",
    "permission_set",
    "preferences",
]

MODULES = ("invoices", "estimates", "contracts", "proposals", "support", "projects")
"""The portal modules of every workspace; the host application can add more."""

TOPICS = ("invoice", "credit-note", "estimate", "ticket", "project", "contract", "task")
"""The topics of notices in every workspace; the host application can add more."""

ITEM_TOPICS = ("booking", "payment-request", "reminder")
"""The topics of notices about items in every workspace; the host application can add more (NOT-4)."""

TOPIC_MODULES: Mapping[str, str] = ReadOnlyDict(
    {
        "invoice": "invoices",
        "credit-note": "invoices",
        "estimate": "estimates",
        "ticket": "support",
        "project": "projects",
        "task": "projects",
        "contract": "contracts",
    }
)
"""The portal module that belongs to each topic."""


@frozen
class PermissionSet:
    """The portal modules that a contact person sees; all other modules are invisible (POR-6).

    Attributes:
        modules: The slugs of the modules.

    >>> "invoices" in PermissionSet(["invoices", "support"])
    True
    """

    modules: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    def __contains__(self, module: str) -> bool:
        return module in self.modules


@frozen
class NotificationPreferences:
    """The topics of the notices that a contact person wants by mail.

    Attributes:
        topics: The slugs of the topics.

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
    """The initial preferences of a person from an import or a form: the topics of the modules that the person sees.

    Preferences are derived only when the person is created. After that, permissions and preferences are independent
    (NOT-1).

    Args:
        permissions: The modules that the person sees.
        topic_modules: The module of each topic; the topics of every workspace by default.

    Raises:
        Invalid: `record-type`, `not-a-mapping`.

    >>> derived_topics(PermissionSet(["invoices"])).topics
    ('invoice', 'credit-note')
    """
    check_record(PermissionSet, permissions=permissions)
    if not isinstance(topic_modules, Mapping):
        raise Invalid("not-a-mapping", "Give the modules by their topics.", path="topic_modules", value=topic_modules)
    return NotificationPreferences([topic for topic, module in topic_modules.items() if module in permissions])


def permission_set(value: PermissionSet | Iterable[str]) -> PermissionSet:
    """A converter for permission sets.

    Args:
        value: A permission set, or the slugs of its modules.

    >>> permission_set(["invoices"]).modules
    ('invoices',)
    """
    return _read_permissions(value)


def preferences(value: NotificationPreferences | Iterable[str]) -> NotificationPreferences:
    """A converter for notification preferences.

    Args:
        value: Preferences, or the slugs of their topics.
    """
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
    # A problem of a plain list belongs to the field that received the list, not to `modules` or `topics` inside it.
    slugs: object = conversion.slugs(value)
    if isinstance(slugs, parsing.Refusal):
        raise Invalid(slugs.problems)
    return cast("tuple[str, ...]", slugs)


_read_permissions = parsing.converter(_permissions_of)
_read_preferences = parsing.converter(_preferences_of)
_read_own_permissions = parsing.one(PermissionSet, _permissions_of)
_read_own_preferences = parsing.one(NotificationPreferences, _preferences_of)


def as_permissions(value: PermissionSet | Iterable[str] | None) -> PermissionSet | None:
    """A converter as `permission_set`; None stays None and means the workspace's default."""
    return _read_own_permissions(value)


def as_preferences(value: NotificationPreferences | Iterable[str] | None) -> NotificationPreferences | None:
    """A converter as `preferences`; None stays None and means the workspace's default."""
    return _read_own_preferences(value)


@frozen
class PermissionPreset:
    """A permission set with a name, which is offered where permissions are chosen (POR-5).

    Attributes:
        name: The name for people to read.
        permissions: The permission set, or the slugs of its modules.

    Raises:
        Invalid: `entry-nameless`, and the codes of the fields, each with its field as path.

    >>> PermissionPreset("Accountant", ["invoices", "estimates"]).permissions.modules
    ('invoices', 'estimates')
    """

    name: str = attrs.field(converter=parsing.line)
    permissions: PermissionSet = attrs.field(converter=permission_set)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
        if not self.name:
            raise Invalid("entry-nameless", "Give the preset a name.", path="name")
