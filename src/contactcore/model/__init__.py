"""The entities: frozen, right from the moment they exist, changed by making a new one."""

from contactcore.model.access import AccessPolicy
from contactcore.model.actors import SYSTEM_ACTOR, Actor, SystemActor, User
from contactcore.model.affiliation import Affiliation
from contactcore.model.authority import AUTHORITIES, Authority
from contactcore.model.company import Company
from contactcore.model.contact import Contact
from contactcore.model.fields import FieldDefinition, FieldType, check_fields
from contactcore.model.permissions import (
    MODULES,
    TOPIC_MODULES,
    TOPICS,
    NotificationPreferences,
    PermissionSet,
    derived_topics,
)
from contactcore.model.person import Person
from contactcore.model.settings import STARTING_TYPES, Category, ContactType, ListEntry, Settings, make_slug, resolve

__all__ = [
    "AUTHORITIES",
    "MODULES",
    "STARTING_TYPES",
    "SYSTEM_ACTOR",
    "TOPICS",
    "TOPIC_MODULES",
    "AccessPolicy",
    "Actor",
    "Affiliation",
    "Authority",
    "Category",
    "Company",
    "Contact",
    "ContactType",
    "FieldDefinition",
    "FieldType",
    "ListEntry",
    "NotificationPreferences",
    "PermissionSet",
    "Person",
    "Settings",
    "SystemActor",
    "User",
    "check_fields",
    "derived_topics",
    "make_slug",
    "resolve",
]
