"""Whether a copy of a record has changes: an act that does not store them must not drop them silently (DIR-17)."""

from __future__ import annotations

from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.message import Message
from contactcore.model.restoring import altered
from contactcore.values import PhoneNumber

__all__ = ["is_edited", "same_contact"]

_KEPT_BY_LIBRARY = ("version", "revision", "primary", "primary_sequence", "purposes")


def is_edited(given: object, stored: object) -> bool:
    """Whether a copy of a record has the version of the stored one, and other values.

    A copy of another version is outdated. It differs because of somebody else's changes, too.

    Args:
        given: The copy: a contact, an affiliation, a login or a message.
        stored: The record as it is stored.

    >>> from attrs import evolve
    >>> from contactcore.model import Company
    >>> bois = Company("Bois & Fils", id="1", version=3)
    >>> is_edited(bois, bois), is_edited(evolve(bois, division="North"), bois), is_edited(evolve(bois, version=2), bois)
    (False, True, False)
    """
    if isinstance(given, Affiliation) and isinstance(stored, Affiliation):
        return given.version == (stored.revision or stored.version) and _is_edited_affiliation(given, stored)
    if getattr(given, "version", None) != getattr(stored, "version", None):
        return False
    if isinstance(given, Contact) and isinstance(stored, Contact):
        return not same_contact(given, stored)
    if isinstance(given, Message) and isinstance(stored, Message):
        # Confidential texts are never shown.
        return given.shown() != stored.shown()
    return given != stored


def same_contact(one: Contact, other: Contact) -> bool:
    """Whether two contacts are equal, with the spelling of their phone numbers.

    Args:
        one, other: The contacts.
    """
    return one == other and _spelled(one) == _spelled(other)


def _is_edited_affiliation(given: Affiliation, stored: Affiliation) -> bool:
    # The flags may have moved since the copy was read, which is no change of the copy.
    if given.primary_when_read is not None and given.primary != given.primary_when_read:
        return True
    if given.purposes_when_read is not None and given.purposes != given.purposes_when_read:
        return True
    kept = {name: getattr(stored, name) for name in _KEPT_BY_LIBRARY}
    if given.site_when_read is not None:
        if given.site_id != given.site_when_read:
            return True
        kept["site_id"] = stored.site_id
    read = given.person_when_read
    if read is not None and given.person is not read and not same_contact(given.person, read):
        return True
    return altered(given, kept) != stored


def _spelled(one: Contact) -> tuple[str, ...]:
    """The texts in which two equal contacts may still differ."""
    return tuple(phone.text for phone in one.phones if isinstance(phone, PhoneNumber))
