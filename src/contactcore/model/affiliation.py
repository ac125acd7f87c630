"""Affiliations: the relation between a person and a contact that the person acts for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Self, cast

import attrs

from contactcore.errors import check_day, check_record
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.authority import Authority
from contactcore.model.authority import authorities as read_authorities
from contactcore.model.permissions import NotificationPreferences, PermissionSet, as_permissions, as_preferences
from contactcore.model.person import Person
from contactcore.model.restoring import restored
from contactcore.values import EmailAddress, PhoneNumber
from contactcore.values.moment import timestamp

__all__ = ["Affiliation"]

_read_person = parsing.one(Person, parsing.only(Person))


def _person(value: Person | None) -> Person:
    # The type leaves out None, because everything that a session returns has a person.
    return cast("Person", _read_person(value))


def _person_or_none(value: Person | None) -> Person | None:
    return _read_person(value)


def _slugs_or_none(value: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if value is None else conversion.slugs(value)


def _text_or_none(value: str | None) -> str | None:
    return None if value is None else parsing.as_given(value)


@frozen(kw_only=True)
class Affiliation:
    """A person who acts for a contact (PER-1, PER-2).

    Attributes:
        id: The id that the library assigns; `""` before the affiliation is stored.
        version: The number of stored versions; 0 before the affiliation is stored.
        contact_id: The id of the contact that the person acts for.
        person_id: The id of the person.
        person: The person. Every affiliation that a session returns has it; only an affiliation that the application
            makes itself may lack it, and then has None.
        site_id: The id of the contact's site where the person acts; `""` for none in particular (SIT-1). A site in the
            trash is not shown; the affiliation names it again when the site is restored.
        position, department, information: The role of the person there; `information` may have several lines.
        email, phone: The person's work address and work number there.
        retired: Former work addresses: messages are never sent to them, but imports and searches still match them.
        primary: The primary flag: whether this is the contact's primary contact person (PER-3). The library keeps it
            on exactly one affiliation.
        start, end: The first and the last day; None for unknown or open.
        purposes: Slugs of the purposes (`"billing"`) for which this is the contact's primary person; maintained by the
            library.
        authorities: The acts that the person may do in the contact's name (PER-4).
        permissions: The portal modules that the person sees; None for the workspace's default (POR-5).
        notifications: The topics that the person wants by mail; None for the workspace's default (NOT-1).
        active: False for a person who stays on file but no longer acts for the contact.
        revision: The version that people see. It does not count changes that only move the primary flag. Maintained by
            the library.
        primary_sequence: The number of times that the contact's primary flag had moved when this affiliation got it;
            0 if it never had the flag. Maintained by the library.
        primary_when_read, purposes_when_read, person_when_read: The values of `primary`, `purposes` and `person` when
            the library returned this object. Only a difference is a request to change the flag or the person.
        site_when_read: The value of `site_id` when the library returned this object, if the stored site is in the
            trash; None otherwise. Only a difference is a request to change the site.
        since: The time when the affiliation was added, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `dates-reversed` if the last day precedes
            the first.

    >>> Affiliation(position="CFO", email="jane@bois.fr").email.domain
    'bois.fr'
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    person_id: str = attrs.field(default="", converter=parsing.as_given)
    person: Person = attrs.field(default=None, eq=False, converter=_person)
    site_id: str = attrs.field(default="", converter=parsing.as_given)
    position: str = attrs.field(default="", converter=parsing.line)
    department: str = attrs.field(default="", converter=parsing.line)
    information: str = attrs.field(default="", converter=parsing.text)
    email: EmailAddress | None = attrs.field(default=None, converter=value_conversion.email)
    phone: PhoneNumber | None = attrs.field(default=None, converter=value_conversion.phone)
    retired: tuple[EmailAddress, ...] = attrs.field(default=(), converter=value_conversion.emails)
    primary: bool = attrs.field(default=False, converter=conversion.yes_no)
    purposes: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    authorities: tuple[Authority, ...] = attrs.field(default=(), converter=read_authorities)
    permissions: PermissionSet | None = attrs.field(default=None, converter=as_permissions)
    notifications: NotificationPreferences | None = attrs.field(default=None, converter=as_preferences)
    start: date | None = attrs.field(default=None, converter=value_conversion.day)
    end: date | None = attrs.field(default=None, converter=value_conversion.day)
    active: bool = attrs.field(default=True, converter=conversion.yes_no)
    revision: int = attrs.field(default=0, repr=False, converter=parsing.count)
    primary_sequence: int = attrs.field(default=0, repr=False, converter=parsing.whole_number)
    primary_when_read: bool | None = attrs.field(
        default=None, eq=False, repr=False, converter=conversion.yes_no_or_none
    )
    purposes_when_read: tuple[str, ...] | None = attrs.field(
        default=None, eq=False, repr=False, converter=_slugs_or_none
    )
    site_when_read: str | None = attrs.field(default=None, eq=False, repr=False, converter=_text_or_none)
    person_when_read: Person | None = attrs.field(default=None, eq=False, repr=False, converter=_person_or_none)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, parsing.reversed_days(self.start, self.end))

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored affiliation without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @classmethod
    def of_themself(cls, person: Person) -> Self:
        """The affiliation, which is never stored, through which a person who is a client stands for themself (PER-7).

        Args:
            person: The person.

        Raises:
            Invalid: `record-type`.

        >>> Affiliation.of_themself(Person("Jane", permissions=["invoices"])).permissions.modules
        ('invoices',)
        """
        check_record(Person, person=person)
        return cls.restore(
            {
                "contact_id": person.id,
                "person_id": person.id,
                "person": person,
                "primary": True,
                "permissions": person.permissions,
                "notifications": person.notifications,
            }
        )

    def is_current(self, on: date) -> bool:
        """Whether the person acts for the contact on a day.

        Args:
            on: The day.

        Raises:
            Invalid: `date-type`.

        >>> Affiliation(end=date(2026, 1, 31)).is_current(date(2026, 2, 1))
        False
        """
        if type(on) is not date:  # asked for each person of a list
            check_day(on=on)
        if not self.active:
            return False
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    @property
    def seniority(self) -> tuple[str, str]:
        """The sort key by which affiliations are ordered, most senior first: `start`, else `since`; then the id."""
        if self.start is not None:
            return (self.start.isoformat(), self.id)
        return ("" if self.since is None else timestamp(self.since), self.id)
