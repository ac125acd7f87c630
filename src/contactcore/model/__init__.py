"""The entities: frozen classes that are always valid; a change creates a new object."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contactcore.model.access import AccessPolicy
    from contactcore.model.account_entry import ENTRY_TYPES, PAYMENT_TYPES, AccountEntry, EntryType
    from contactcore.model.actors import SYSTEM_ACTOR, Actor, SystemActor, User
    from contactcore.model.admin_list import AdminList, ListEntry, make_slug
    from contactcore.model.affiliation import Affiliation
    from contactcore.model.authority import Authority
    from contactcore.model.company import Company
    from contactcore.model.contact import Contact
    from contactcore.model.fields import FieldDefinition, FieldType, check_fields
    from contactcore.model.form import Form, FormField
    from contactcore.model.interaction import Interaction, InteractionState, LinkedFile
    from contactcore.model.item import Item, ItemStatus
    from contactcore.model.item_role import ItemRole
    from contactcore.model.payment_method import PaymentMethod
    from contactcore.model.permissions import (
        ITEM_TOPICS,
        MODULES,
        TOPIC_MODULES,
        TOPICS,
        NotificationPreferences,
        PermissionPreset,
        PermissionSet,
        derived_topics,
    )
    from contactcore.model.person import Person
    from contactcore.model.picture import Picture, PictureContent
    from contactcore.model.portal import (
        Invitation,
        PortalClient,
        PortalLogin,
        SignedIn,
        SignIn,
        SignInRefused,
    )
    from contactcore.model.portal_user import PortalUser
    from contactcore.model.settings import (
        Category,
        ContactType,
        InteractionType,
        ItemType,
        PortalModule,
        Role,
        Settings,
        Topic,
    )
    from contactcore.model.site import Site
    from contactcore.model.starting_lists import AUTHORITIES
    from contactcore.model.submission import Submission
else:
    from contactcore.lazy_names import lazy_names

    __getattr__ = lazy_names(
        __name__,
        {
            "contactcore.model.access": "AccessPolicy",
            "contactcore.model.account_entry": "ENTRY_TYPES PAYMENT_TYPES AccountEntry EntryType",
            "contactcore.model.actors": "SYSTEM_ACTOR Actor SystemActor User",
            "contactcore.model.admin_list": "AdminList ListEntry make_slug",
            "contactcore.model.affiliation": "Affiliation",
            "contactcore.model.authority": "Authority",
            "contactcore.model.company": "Company",
            "contactcore.model.contact": "Contact",
            "contactcore.model.fields": "FieldDefinition FieldType check_fields",
            "contactcore.model.form": "Form FormField",
            "contactcore.model.interaction": "Interaction InteractionState LinkedFile",
            "contactcore.model.item": "Item ItemStatus",
            "contactcore.model.item_role": "ItemRole",
            "contactcore.model.payment_method": "PaymentMethod",
            "contactcore.model.permissions": "ITEM_TOPICS MODULES TOPIC_MODULES TOPICS NotificationPreferences "
            "PermissionPreset PermissionSet derived_topics",
            "contactcore.model.person": "Person",
            "contactcore.model.picture": "Picture PictureContent",
            "contactcore.model.portal": "Invitation PortalClient PortalLogin SignedIn SignIn SignInRefused",
            "contactcore.model.portal_user": "PortalUser",
            "contactcore.model.settings": "Category ContactType InteractionType ItemType PortalModule Role Settings "
            "Topic",
            "contactcore.model.site": "Site",
            "contactcore.model.starting_lists": "AUTHORITIES",
            "contactcore.model.submission": "Submission",
        },
    )

__all__ = [
    "AUTHORITIES",
    "ENTRY_TYPES",
    "ITEM_TOPICS",
    "MODULES",
    "PAYMENT_TYPES",
    "SYSTEM_ACTOR",
    "TOPICS",
    "TOPIC_MODULES",
    "AccessPolicy",
    "AccountEntry",
    "Actor",
    "AdminList",
    "Affiliation",
    "Authority",
    "Category",
    "Company",
    "Contact",
    "ContactType",
    "EntryType",
    "FieldDefinition",
    "FieldType",
    "Form",
    "FormField",
    "Interaction",
    "InteractionState",
    "InteractionType",
    "Invitation",
    "Item",
    "ItemRole",
    "ItemStatus",
    "ItemType",
    "LinkedFile",
    "ListEntry",
    "NotificationPreferences",
    "PaymentMethod",
    "PermissionPreset",
    "PermissionSet",
    "Person",
    "Picture",
    "PictureContent",
    "PortalClient",
    "PortalLogin",
    "PortalModule",
    "PortalUser",
    "Role",
    "Settings",
    "SignIn",
    "SignInRefused",
    "SignedIn",
    "Site",
    "Submission",
    "SystemActor",
    "Topic",
    "User",
    "check_fields",
    "derived_topics",
    "make_slug",
]
