"""The entities: frozen classes that are always valid; a change creates a new object."""

from contactcore.model.access import AccessPolicy
from contactcore.model.actors import SYSTEM_ACTOR, Actor, SystemActor, User
from contactcore.model.admin_list import AdminList, ListEntry, make_slug
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
from contactcore.model.portal import (
    Invitation,
    PermissionPreset,
    PortalClient,
    PortalLogin,
    PortalUser,
    SignedIn,
    SignIn,
    SignInRefused,
)
from contactcore.model.settings import (
    STARTING_MODULES,
    STARTING_TOPICS,
    STARTING_TYPES,
    Category,
    ContactType,
    PortalModule,
    Settings,
    Topic,
)

__all__ = [
    "AUTHORITIES",
    "MODULES",
    "STARTING_MODULES",
    "STARTING_TOPICS",
    "STARTING_TYPES",
    "SYSTEM_ACTOR",
    "TOPICS",
    "TOPIC_MODULES",
    "AccessPolicy",
    "Actor",
    "AdminList",
    "Affiliation",
    "Authority",
    "Category",
    "Company",
    "Contact",
    "ContactType",
    "FieldDefinition",
    "FieldType",
    "Invitation",
    "ListEntry",
    "NotificationPreferences",
    "PermissionPreset",
    "PermissionSet",
    "Person",
    "PortalClient",
    "PortalLogin",
    "PortalModule",
    "PortalUser",
    "Settings",
    "SignIn",
    "SignInRefused",
    "SignedIn",
    "SystemActor",
    "Topic",
    "User",
    "check_fields",
    "derived_topics",
    "make_slug",
]
