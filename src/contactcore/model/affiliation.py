"""Affiliations: a person acting for a contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

import attrs

from contactcore.model import conversion, parsing
from contactcore.model.authority import Authority
from contactcore.model.authority import authorities as read_authorities
from contactcore.model.permissions import NotificationPreferences, PermissionSet, as_permissions, as_preferences
from contactcore.model.person import Person
from contactcore.model.restoring import restored
from contactcore.values import EmailAddress, PhoneNumber

__all__ = ["Affiliation"]

_read_person = parsing.one(Person, parsing.only(Person))


def _person(value: Person | None) -> Person | None:
    return _read_person(value)


@attrs.frozen(kw_only=True)
class Affiliation:
    """A person acting for a contact (PER-1, PER-2).

    Attributes:
        id: Given by the library; `""` while not stored.
        version: Counts the changes from 1; 0 while not stored.
        contact_id: The contact that the person acts for.
        person_id: The person.
        person: The person as read together with the affiliation; None where it was not asked for.
        position, department, information: What the person does there.
        email, phone: The person's own work address and number there.
        retired: Addresses that ended with it: never written to, still recognised.
        primary: Whether this is the contact's primary contact person (PER-3); kept by the library.
        start, end: First and last day; None for unknown or open.
        purposes: For which purposes this one is the contact's primary person (`"billing"`); kept by the library.
        authorities: What the person may do in the contact's name (PER-4).
        permissions: What the person sees in the portal; None for the workspace's default (POR-5).
        notifications: What the person wants mailed; None for the workspace's default (NOT-1).
        active: False for somebody who is kept on file but does not act any more.
        revision: The version that people are shown; it does not count what only moved the mark. Kept by the library.
        primary_sequence: How often the contact's mark had moved when this one got it, 0 for never; kept by the library.
        primary_when_read: What `primary` said when the library gave this out: only a change of it is a wish.
        since: When it was added, ISO 8601 in UTC; set by the library. Who stands longest is told by `start`, else this.

    Raises:
        Invalid: all problems at once, each with its field as path; `dates-reversed` when it ends before it starts.
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    person_id: str = attrs.field(default="", converter=parsing.as_given)
    person: Person | None = attrs.field(default=None, eq=False, converter=_person)
    position: str = attrs.field(default="", converter=parsing.line)
    department: str = attrs.field(default="", converter=parsing.line)
    information: str = attrs.field(default="", converter=parsing.text)
    email: EmailAddress | None = attrs.field(default=None, converter=conversion.email)
    phone: PhoneNumber | None = attrs.field(default=None, converter=conversion.phone)
    retired: tuple[EmailAddress, ...] = attrs.field(default=(), converter=conversion.emails)
    primary: bool = attrs.field(default=False, converter=conversion.yes_no)
    purposes: tuple[str, ...] = attrs.field(default=(), converter=conversion.slugs)
    authorities: tuple[Authority, ...] = attrs.field(default=(), converter=read_authorities)
    permissions: PermissionSet | None = attrs.field(default=None, converter=as_permissions)
    notifications: NotificationPreferences | None = attrs.field(default=None, converter=as_preferences)
    start: date | None = attrs.field(default=None, converter=conversion.day)
    end: date | None = attrs.field(default=None, converter=conversion.day)
    active: bool = attrs.field(default=True, converter=conversion.yes_no)
    revision: int = attrs.field(default=0, repr=False, converter=parsing.whole_number)
    primary_sequence: int = attrs.field(default=0, repr=False, converter=parsing.whole_number)
    primary_when_read: bool | None = attrs.field(
        default=None, eq=False, repr=False, converter=conversion.yes_no_or_none
    )
    since: str = attrs.field(default="", converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, parsing.reversed_days(self.start, self.end))

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """The affiliation whose fields were stored earlier, taken as they are; what is not given has its default."""
        return restored(cls, values)

    def is_current(self, on: date) -> bool:
        """Whether the person acts for the contact on a day.

        >>> Affiliation(end=date(2026, 1, 31)).is_current(date(2026, 2, 1))
        False
        """
        if not self.active:
            return False
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    @property
    def seniority(self) -> tuple[str, str]:
        """What longest-standing is told by: the earlier comes first."""
        return (self.start.isoformat() if self.start else self.since, self.id)
