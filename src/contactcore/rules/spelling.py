"""Whether records are equal to the letter: equal phone numbers may be written differently."""

from __future__ import annotations

from contactcore.model.contact import Contact
from contactcore.values import PhoneNumber

__all__ = ["are_spelled_alike", "same_contact"]


def same_contact(one: Contact, other: Contact) -> bool:
    """Whether two contacts are equal, with the spelling of their phone numbers.

    Args:
        one, other: The contacts.
    """
    return one == other and _spelled(one) == _spelled(other)


def are_spelled_alike(one: object, other: object) -> bool:
    """Whether the phone numbers of two records are written alike; equal numbers may have different spellings.

    Args:
        one, other: Records, with or without phone numbers.
    """
    return _spelled(one) == _spelled(other)


def _spelled(one: object) -> tuple[str, ...]:
    """The texts in which two equal records may still differ."""
    return tuple(phone.text for phone in getattr(one, "phones", ()) if isinstance(phone, PhoneNumber))
