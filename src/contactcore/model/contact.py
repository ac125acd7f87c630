"""What people and companies have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from contactcore.errors import Problem
from contactcore.model import conversion, parsing
from contactcore.model.access import AccessPolicy
from contactcore.model.restoring import restored
from contactcore.values import Address, Currency, EmailAddress, Language, PhoneNumber, SocialProfile, Tag, Website

__all__ = ["Contact", "own_fields"]


@attrs.frozen(kw_only=True)
class Contact(ABC):
    """Anything in the directory: a `Person` or a `Company` (DIR-1).

    A contact needs some name, else an e-mail, else a phone. Every list keeps the sequence it was given, and its first
    entry is the preferred one (DIR-3). Where a value object is meant, plain text may be given; a national phone
    number is read when the contact is added, with the workspace's country.

    Attributes:
        id: Given by the library; `""` while not stored.
        version: Counts the changes from 1; 0 while not stored.
        emails, phones, websites, socials: Any number; the first is the preferred one.
        addresses: Any number; at most one is marked `billing`.
        type: The slug of a type of the workspace's list, or `""` (DIR-2).
        categories: Slugs of the workspace's categories (DIR-7).
        tags: Free labels (DIR-6).
        description: Free text.
        currency: The currency of this contact's invoices; None for the workspace's (DIR-6).
        language: The language that the contact writes in; None for the workspace's.
        fields: Custom field values by the slug of their definition (DIR-8).
        responsibles: Names of the users who look after the contact (ACC-1); filled with the creator when added.
        access: How far it is open; None for the workspace's default (ACC-2).
        listed: Whether it stands in the directory in its own right; contact persons need not.
        external_id: The id that another system knows it by.
        unmapped: What an import or a card held that the model has no place for, by name; kept as it was.

    Raises:
        Invalid: all problems at once, each with its field as path.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    emails: tuple[EmailAddress, ...] = attrs.field(default=(), converter=conversion.emails)
    phones: tuple[PhoneNumber | str, ...] = attrs.field(default=(), converter=conversion.phones)
    websites: tuple[Website, ...] = attrs.field(default=(), converter=conversion.websites)
    socials: tuple[SocialProfile, ...] = attrs.field(default=(), converter=conversion.socials)
    addresses: tuple[Address, ...] = attrs.field(default=(), converter=conversion.addresses)
    type: str = attrs.field(default="", converter=parsing.line)
    categories: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    tags: tuple[Tag, ...] = attrs.field(default=(), converter=conversion.tags)
    description: str = attrs.field(default="", converter=parsing.text)
    currency: Currency | None = attrs.field(default=None, converter=conversion.currency)
    language: Language | None = attrs.field(default=None, converter=conversion.language)
    fields: Mapping[str, Any] = attrs.field(factory=dict, converter=conversion.fields, hash=False)
    responsibles: tuple[str, ...] = attrs.field(default=(), converter=conversion.user_names)
    access: AccessPolicy | None = attrs.field(default=None, converter=conversion.policy)
    listed: bool = attrs.field(default=True, converter=conversion.yes_no)
    external_id: str = attrs.field(default="", converter=parsing.line)
    unmapped: Mapping[str, str] = attrs.field(factory=dict, converter=parsing.texts_by_name, hash=False)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._own_problems())

    def _own_problems(self) -> Iterable[Problem]:
        if not (self.emails or self.phones or self._has_name()):
            yield Problem("nameless", "", "Give a name, an e-mail or a phone.")

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """The contact whose fields were stored earlier, taken as they are; what is not given has its default."""
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
        """How the contact is shown: its name, else its e-mail, else its phone."""

    @property
    def billing_address(self) -> Address | None:
        """The main billing address, if one is marked (DIR-4)."""
        return next((address for address in self.addresses if address.billing), None)

    def _reachable_name(self) -> str:
        """What stands in for a name that is missing."""
        return str(self.emails[0]) if self.emails else str(self.phones[0]) if self.phones else ""


def own_fields(kind: type[Contact]) -> tuple[str, ...]:
    """The fields of a person or a company that other contacts lack, in the order of the class.

    >>> from contactcore.model import Company
    >>> own_fields(Company)
    ('name', 'division')
    """
    common = {field.name for field in attrs.fields(Contact)}
    return tuple(field.name for field in attrs.fields(kind) if field.name not in common)
