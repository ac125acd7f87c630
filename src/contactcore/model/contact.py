"""Contacts: the common base of people and companies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.access import AccessPolicy
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY
from contactcore.values import Address, Currency, EmailAddress, Language, PhoneNumber, SocialProfile, Tag, Website

__all__ = ["Contact", "own_fields"]


@frozen(kw_only=True)
class Contact(ABC):
    """An entry of the directory: a `Person` or a `Company` (DIR-1).

    A contact needs a name, an e-mail address or a phone number. Every list keeps the given order, and its first entry
    is the preferred one (DIR-3). Plain text is accepted in place of a value object. A phone number with `+` is parsed
    at once. A national number stays text until the contact is added, and is then parsed with the workspace's country.
    No contact that a session returns has a text among its phone numbers.

    Attributes:
        id: The id that the library assigns; `""` before the contact is stored.
        version: The number of stored versions; 0 before the contact is stored.
        emails, phones, websites, socials: At most 1,000 entries each; the first is the preferred one.
        addresses: At most 1,000 postal addresses; at most one has the `billing` flag.
        type: The slug of one of the workspace's types, or `""` (DIR-2).
        categories: Slugs of the workspace's categories (DIR-7).
        tags: Free labels (DIR-6).
        description: Free text.
        currency: The currency of the contact's invoices; None for the workspace's (DIR-6).
        language: The language of letters to the contact; None for the workspace's.
        fields: The values of custom fields by the slug of their definition (DIR-8).
        responsibles: The names of the users who look after the contact (ACC-1); the creator if none is given.
        access: The access policy; None for the workspace's default (ACC-2).
        listed: Whether the directory lists the contact itself, not only as a contact person; True by default.
        external_id: The id of the contact in another system.
        source: The way in which the contact came: `"hand"`, `"import:<id>"`, `"card"`, `"form"`, `"portal"`; `""` for
            unknown. The library sets it when the contact is added, and keeps it (DIR-21).
        restricted: Whether the data is restricted: the contact is not mailed, and only admins see it (IMP-8). The
            library sets it, by `session.privacy.restrict`.
        added_at, added_by: The time when the contact was added, in UTC, and the user who added it; None and `""` for
            unknown. Set by the library, as are the next two.
        changed_at, changed_by: The time of the last change of the contact itself, and the user who made it.
        unmapped: Texts of an import or a card that have no field in the model, by their names; stored unchanged.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `nameless` without a name, an e-mail
            address and a phone number.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    emails: tuple[EmailAddress, ...] = attrs.field(default=(), converter=value_conversion.emails)
    phones: tuple[PhoneNumber, ...] = attrs.field(default=(), converter=value_conversion.phones)
    websites: tuple[Website, ...] = attrs.field(default=(), converter=value_conversion.websites)
    socials: tuple[SocialProfile, ...] = attrs.field(default=(), converter=value_conversion.socials)
    addresses: tuple[Address, ...] = attrs.field(default=(), converter=value_conversion.addresses)
    type: str = attrs.field(default="", converter=parsing.line)
    categories: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    tags: tuple[Tag, ...] = attrs.field(default=(), converter=value_conversion.tags)
    description: str = attrs.field(default="", converter=parsing.text)
    currency: Currency | None = attrs.field(default=None, converter=conversion.currency)
    language: Language | None = attrs.field(default=None, converter=conversion.language)
    fields: Mapping[str, Any] = attrs.field(default=EMPTY, converter=conversion.fields, hash=False)
    responsibles: tuple[str, ...] = attrs.field(default=(), converter=conversion.user_names)
    access: AccessPolicy | None = attrs.field(default=None, converter=conversion.policy)
    listed: bool = attrs.field(default=True, converter=conversion.yes_no)
    external_id: str = attrs.field(default="", converter=parsing.line)
    source: str = attrs.field(default="", converter=parsing.line)
    restricted: bool = attrs.field(default=False, eq=False, repr=False, converter=conversion.yes_no)
    added_at: datetime | None = attrs.field(default=None, eq=False, repr=False, converter=conversion.moment)
    added_by: str = attrs.field(default="", eq=False, repr=False, converter=parsing.line)
    changed_at: datetime | None = attrs.field(default=None, eq=False, repr=False, converter=conversion.moment)
    changed_by: str = attrs.field(default="", eq=False, repr=False, converter=parsing.line)
    unmapped: Mapping[str, str] = attrs.field(default=EMPTY, converter=parsing.texts_by_name, hash=False)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self.own_problems())

    def own_problems(self) -> Iterable[Problem]:
        """The problems of the contact as a whole: `nameless`."""
        if not (self.emails or self.phones or self._has_name()):
            yield Problem("nameless", "", "Give a name, an e-mail or a phone.")

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored contact without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @abstractmethod
    def _has_name(self) -> bool: ...

    @property
    @abstractmethod
    def kind(self) -> str:
        """`"person"` or `"company"`."""

    @property
    @abstractmethod
    def display_name(self) -> str:
        """The name for lists and letters: the name, else the first e-mail address, else the first phone number."""

    @property
    def billing_address(self) -> Address | None:
        """The main billing address; None if no address has the flag (DIR-4)."""
        return next((address for address in self.addresses if address.billing), None)

    def _reachable_name(self) -> str:
        """The substitute for a missing name: the first e-mail address, else the first phone number."""
        return str(self.emails[0]) if self.emails else str(self.phones[0]) if self.phones else ""


def own_fields(kind: type[Contact]) -> tuple[str, ...]:
    """The fields of a person or a company that other contacts lack, in the order of the class.

    >>> from contactcore.model import Company
    >>> own_fields(Company)
    ('name', 'division')
    """
    common = {field.name for field in attrs.fields(Contact)}
    return tuple(field.name for field in attrs.fields(kind) if field.name not in common)
