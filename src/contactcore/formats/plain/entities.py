"""The entities in plain data: their names in `kind`, and their fields that are left out, protected or read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactcore.model import (
    AccountEntry,
    Affiliation,
    Company,
    Form,
    Interaction,
    Item,
    ItemRole,
    PaymentMethod,
    Person,
    Picture,
    PictureContent,
    PortalLogin,
    Settings,
    Site,
    Submission,
)
from contactcore.model.consent import Consent
from contactcore.model.message import Message
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
)

__all__ = ["IN_PARTS", "KINDS", "NAMED", "NAMES", "OMITTED", "PROTECTED", "READ_ONLY", "TEXTS"]

KINDS: Mapping[str, type[Any]] = {
    "person": Person,
    "company": Company,
    "affiliation": Affiliation,
    "site": Site,
    "item": Item,
    "account-entry": AccountEntry,
    "payment-method": PaymentMethod,
    "interaction": Interaction,
    "item-role": ItemRole,
    "form": Form,
    "submission": Submission,
    "consent": Consent,
    "login": PortalLogin,
    "message": Message,
    "settings": Settings,
}
"""`kind` in plain data -> the entity."""
NAMES = {entity: kind for kind, entity in KINDS.items()}
"""Entity -> its `kind` in plain data."""
NAMED = (Person, Company, Site, Item, Interaction)
"""Entities whose plain data have a `display_name`, which the library makes of their other fields."""
OMITTED: Mapping[type[Any], frozenset[str]] = {
    Affiliation: frozenset({"revision", "primary_sequence", "person_when_read"}),
    Picture: frozenset({"shown_file", "upright_file", "thumbnail", "import_id", "former"}),
    PictureContent: frozenset({"data"}),
}
"""Class -> the fields that only the library uses, and the bytes of pictures."""
PROTECTED: Mapping[type[Any], frozenset[str]] = {
    Person: frozenset({"id", "version", "access", "responsibles"}),
    Company: frozenset({"id", "version", "access", "responsibles"}),
    Affiliation: frozenset({"id", "version", "contact_id", "person_id", "since"}),
    Site: frozenset({"id", "version", "contact_id", "since"}),
    Item: frozenset({"id", "version", "contact_id", "since"}),
    Interaction: frozenset({"id", "version", "contact_id", "actor", "since"}),
}
"""Entity that data can be laid over -> the fields that the data may change only where the caller names them."""
READ_ONLY: Mapping[type[Any], tuple[str, ...]] = dict.fromkeys(
    (Person, Company), ("restricted", "added_at", "added_by", "changed_at", "changed_by")
)
"""Entity that data can be laid over -> the fields that the library sets, and that no `save` stores."""
TEXTS = (Currency, Language, PartialDate, Tag)
"""Values that are written as text."""
IN_PARTS = (EmailAddress, Website, PhoneNumber, Address, SocialProfile)
"""Values that are written as objects, without their empty parts."""
