"""Whether a copy of a record has changes: an act that does not store them must not drop them silently (DIR-17)."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.interaction import Interaction
from contactcore.model.item import Item
from contactcore.model.message import Message
from contactcore.model.payment_method import PaymentMethod
from contactcore.model.picture import Picture
from contactcore.model.portal import PortalLogin
from contactcore.model.restoring import altered
from contactcore.model.site import Site
from contactcore.rules.spelling import same_contact

__all__ = ["has_version_of", "is_edited"]

_KEPT_BY_LIBRARY: Mapping[type, tuple[str, ...]] = {
    Affiliation: ("version", "revision", "primary", "primary_sequence", "purposes"),
    Contact: ("version",),
    Site: ("version",),
    Item: ("version",),
    Interaction: ("version",),
    Picture: ("version",),
    PaymentMethod: ("version",),
    PortalLogin: ("version", "state", "has_password", "epoch", "last_login"),
    Message: ("version", "state", "attempts", "due", "last_error", "withdrawn", "sent", "grounds"),
}
"""Class of a record -> the fields that the library changes by itself, so that they differ in an outdated copy."""


def has_version_of(given: object, stored: object) -> bool:
    """Whether a copy of a record has the version of a stored one, and therefore differs from it only by edits.

    Args:
        given: The copy: a contact, an affiliation, a login or a message.
        stored: The record as it is or was stored.
    """
    if isinstance(given, Affiliation) and isinstance(stored, Affiliation):
        return given.version == (stored.revision or stored.version)
    return getattr(given, "version", None) == getattr(stored, "version", None)


def is_edited(given: object, stored: object) -> bool:
    """Whether a copy of a record has other values than the stored one.

    Fields that the library changes by itself count only in a copy that has the version of the stored one.

    Args:
        given: The copy: a contact, an affiliation, a login or a message.
        stored: The record as it is or was stored.

    >>> from attrs import evolve
    >>> from contactcore.model import Company
    >>> bois = Company("Bois & Fils", id="1", version=3)
    >>> is_edited(bois, bois), is_edited(evolve(bois, division="North"), bois), is_edited(evolve(bois, version=2), bois)
    (False, True, False)
    """
    if isinstance(given, Affiliation) and isinstance(stored, Affiliation) and _asks_for_changes(given):
        return True
    if isinstance(given, Message) and isinstance(stored, Message):
        # Confidential texts are never shown, and are erased at the end.
        given, stored = given.shown(), stored.shown()
        if given.confidential and stored.confidential and given.forgotten != stored.forgotten:
            given = altered(given, {"text": stored.text, "html": stored.html})
    kind = next((kind for kind in _KEPT_BY_LIBRARY if isinstance(given, kind) and isinstance(stored, kind)), None)
    if kind is not None and (kind is Affiliation or not has_version_of(given, stored)):
        # The flags of an affiliation may move without a new version for people.
        kept = _KEPT_BY_LIBRARY[kind]
        if isinstance(given, Affiliation) and given.site_when_read is not None:
            # The copy lacks a site that is in the trash.
            kept = (*kept, "site_id")
        given = altered(given, {name: getattr(stored, name) for name in kept})
    if isinstance(given, Contact) and isinstance(stored, Contact):
        return not same_contact(given, stored)
    return given != stored


def _asks_for_changes(given: Affiliation) -> bool:
    """Whether the caller changed a flag or the person of an affiliation since the library returned it."""
    if given.primary_when_read is not None and given.primary != given.primary_when_read:
        return True
    if given.purposes_when_read is not None and given.purposes != given.purposes_when_read:
        return True
    if given.site_when_read is not None and given.site_id != given.site_when_read:
        return True
    read = given.person_when_read
    return read is not None and given.person is not read and not same_contact(given.person, read)
