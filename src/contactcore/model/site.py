"""Sites: the places of a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from contactcore.errors import Problem
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.restoring import restored
from contactcore.read_only import EMPTY
from contactcore.values import Address, EmailAddress, PhoneNumber

__all__ = ["Site"]


@frozen
class Site:
    """A place of a contact, such as a workshop or a branch, with its own address and contact details (SIT-1).

    Attributes:
        name: The name; a site without a name needs an address.
        id: The id that the library assigns; `""` before the site is stored.
        version: The number of stored versions; 0 before the site is stored.
        contact_id: The id of the contact; set by the library.
        address: The postal address; None for none. It has no billing flag, which belongs to the contact's addresses.
        from_billing: Whether the address was copied from the contact's billing address. The two do not follow each
            other afterwards.
        emails, phones: Contact details of the site; the first is the preferred one.
        access_notes: Instructions for people who go there, such as a door code; text of several lines. Portal users do
            not see it.
        fields: The values of custom fields by the slug of their definition (DIR-8).
        since: The time when the site was added, in UTC; set by the library.

    Raises:
        Invalid: One error lists all problems, each with its field as path; `site-nameless` without a name and an
            address; `site-billing` for an address with the billing flag.

    >>> Site("Workshop", address=Address("1 rue Vauban", city="Lyon")).display_name
    'Workshop'
    >>> Site(address=Address("1 rue Vauban", city="Lyon")).display_name
    '1 rue Vauban, Lyon'
    """

    name: str = attrs.field(default="", converter=parsing.line)
    id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    version: int = attrs.field(default=0, converter=parsing.whole_number, kw_only=True)
    contact_id: str = attrs.field(default="", converter=parsing.as_given, kw_only=True)
    address: Address | None = attrs.field(default=None, converter=value_conversion.address, kw_only=True)
    from_billing: bool = attrs.field(default=False, converter=conversion.yes_no, kw_only=True)
    emails: tuple[EmailAddress, ...] = attrs.field(default=(), converter=value_conversion.emails, kw_only=True)
    phones: tuple[PhoneNumber, ...] = attrs.field(default=(), converter=value_conversion.phones, kw_only=True)
    access_notes: str = attrs.field(default="", converter=parsing.text, kw_only=True)
    fields: Mapping[str, Any] = attrs.field(default=EMPTY, converter=conversion.fields, hash=False, kw_only=True)
    since: datetime | None = attrs.field(default=None, converter=conversion.moment, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._problems())

    def _problems(self) -> Iterable[Problem]:
        if not self.name and self.address is None:
            yield Problem("site-nameless", "name", "Give the site a name or an address.")
        if isinstance(self.address, Address) and self.address.billing:
            message = "The billing address is one of the contact's addresses: leave the flag out."
            yield Problem("site-billing", "address.billing", message, value=True)

    @classmethod
    def restore(cls, values: Mapping[str, Any]) -> Self:
        """Rebuilds a stored site without validating its fields.

        Args:
            values: The stored fields by name; a missing field has its default.
        """
        return restored(cls, values)

    @property
    def kind(self) -> str:
        """`"site"`."""
        return "site"

    @property
    def display_name(self) -> str:
        """The name; without one, the street and the city of the address, or its first line."""
        if self.name or self.address is None:
            return self.name
        told = ", ".join(part for part in (self.address.street, self.address.city) if part)
        return told or next(iter(self.address.lines()), "")
