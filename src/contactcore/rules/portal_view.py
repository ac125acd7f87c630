"""The data that a client may know: the one projection for portal users (POR-8).

The projection names what is shown. Everything else, fields of later releases included, has its default, as if staff had
never written anything there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.model import Company, Item, Person, PortalUser, Settings, Site, conversion
from contactcore.model.actors import Actor
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.model.permissions import NotificationPreferences, PermissionSet
from contactcore.model.restoring import altered, restored
from contactcore.model.settings import ItemType, PortalModule, Topic

if TYPE_CHECKING:
    from contactcore.model import PaymentMethod, Picture

__all__ = [
    "HIDDEN_FACETS",
    "SHOWN_CARD_FIELDS",
    "check_filters",
    "known_contact",
    "known_item",
    "known_method",
    "known_picture",
    "known_settings",
    "known_site",
]

_C = TypeVar("_C", bound=Person | Company)
_E = TypeVar("_E", bound=Person | Company | Site | Item)

_SHOWN_FIELDS = (
    *("id", "version", "emails", "phones", "websites", "socials", "addresses", "currency", "language"),
    *(field.attribute for field in (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)),
    *("permissions", "notifications"),
)
"""The fields of a contact that its portal users see: names, addresses, contact details, and its own preferences."""

_SHOWN_OF_PICTURES = (
    *("id", "version", "contact_id", "media_type", "width", "height", "size", "since"),
    # The library reads the content and the small picture by these.
    *("shown_file", "thumbnail"),
)
_SHOWN_OF_SITES = ("id", "version", "contact_id", "name", "address", "emails", "phones")
_SHOWN_OF_ITEMS = ("id", "version", "contact_id", "name", "type", "status", "of_themself")

SHOWN_CARD_FIELDS = ("id", "version", "kind", "name", "emails", "phones")
"""The fields of a line of the directory that portal users see."""

HIDDEN_FACETS = ("type", "category", "tag", "responsible", "access", "role", "source", "without", "fields")
"""The filters that a portal user may not use, because each answer would reveal a decision of staff."""


def known_contact(contact: _C, settings: Settings) -> _C:
    """A contact as its portal users see it.

    Names, addresses and contact details are shown. Custom fields are shown if their definition is marked for the
    portal. Description, type, tags, categories, responsible users, access policy, external id and unmapped texts are
    not shown.

    Args:
        contact: The contact as it is stored.
        settings: The settings of the workspace.

    >>> known_contact(Company("Bois & Fils", description="pays late", tags=["VIP"]), Settings())
    Company(id='', version=0, emails=(), phones=(), websites=(), socials=(), addresses=(), type='', categories=(), \
tags=(), description='', currency=None, language=None, fields={}, responsibles=(), access=None, listed=True, \
external_id='', source='', unmapped={}, name='Bois & Fils', division='')
    """
    return _known(contact, _SHOWN_FIELDS, settings)


def known_site(site: Site, settings: Settings) -> Site:
    """A site as the portal users of its contact see it: without its access notes.

    Args:
        site: The site as it is stored.
        settings: The settings of the workspace.

    >>> known_site(Site("Workshop", access_notes="the key is under the stone"), Settings()).access_notes
    ''
    """
    return _known(site, _SHOWN_OF_SITES, settings)


def known_picture(picture: Picture, _settings: Settings) -> Picture:
    """A picture as the portal users of its contact see it: without anything that the crop cut off or that it replaced.

    Args:
        picture: The picture as it is stored.

    >>> from contactcore.model import Picture
    >>> known_picture(Picture(width=200, upright_width=2_000, crop={"zoom": 2}), Settings()).upright_width
    0
    """
    return restored(type(picture), {name: getattr(picture, name) for name in _SHOWN_OF_PICTURES})


def known_item(item: Item, settings: Settings) -> Item:
    """An item as the portal users of its contact see it: without its description and its external id.

    Args:
        item: The item as it is stored.
        settings: The settings of the workspace.

    >>> known_item(Item("Rex", description="bites"), Settings()).description
    ''
    """
    return _known(item, _SHOWN_OF_ITEMS, settings)


def known_method(method: PaymentMethod, _settings: Settings) -> PaymentMethod:
    """A payment method as the portal users of its contact see it: without its reference.

    Args:
        method: The method as it is stored.

    >>> from contactcore.model import PaymentMethod
    >>> known_method(PaymentMethod("tok_1", brand="Visa", last_four="4242"), Settings()).reference
    ''
    """
    return altered(method, {"reference": ""})


def _known(entity: _E, names: Collection[str], settings: Settings) -> _E:
    """An entity with these fields, and with the custom fields that are marked for the portal."""
    kind = type(entity)
    values = {field.name: getattr(entity, field.name) for field in attrs.fields(kind) if field.name in names}
    shown = {one.slug for one in settings.fields if one.in_portal and entity.kind in one.on}
    values["fields"] = conversion.fields({slug: value for slug, value in entity.fields.items() if slug in shown})
    return restored(kind, values)


def known_settings(settings: Settings, modules: Iterable[PortalModule]) -> Settings:
    """The settings as a portal user sees them: language, country, currency, shown fields, own modules, topics.

    Args:
        settings: The settings of the workspace.
        modules: The modules in the menu of the portal user. All others are invisible (POR-6).

    >>> known_settings(Settings(), ()).types.slugs
    ()
    """
    shown = tuple(modules)
    slugs = {module.slug for module in shown}
    return Settings(
        version=settings.version,
        language=settings.language,
        country=settings.country,
        currency=settings.currency,
        types=(),
        interaction_types=(),
        term=settings.term,
        own_term=settings.own_term,
        item_types=[ItemType(slug=one.slug, name=one.name) for one in settings.item_types if one.offered],
        item_roles=(),
        fields=[one for one in settings.fields if one.in_portal],
        modules=shown,
        topics=[
            Topic(
                slug=one.slug,
                name=one.name,
                archived=one.archived,
                module=one.module if one.module in slugs else "",
                for_items=one.for_items,
            )
            for one in settings.topics
            if not one.removed
        ],
        default_permissions=PermissionSet(),
        default_notifications=NotificationPreferences(),
        purposes=(),
        authorities=(),
    )


def check_filters(actor: Actor, named: Collection[str]) -> None:
    """Refuse a portal user who filters by a facet that clients do not see, so that nothing can be probed.

    Args:
        actor: The actor.
        named: The names of the filters in use.

    Raises:
        Invalid: `filter-hidden`, with the filter as path.
    """
    if isinstance(actor, PortalUser):
        for name in HIDDEN_FACETS:
            if name in named:
                raise Invalid("filter-hidden", "Portal users cannot filter by this: leave it out.", path=name)
