"""The contacts of plain rows. They are restored without further checks, because the cells have passed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow, PlainContact
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_cells import KnownTexts
from contactcore.formats.contact_rows.plain_rows import PlainRow
from contactcore.model import AccessPolicy, Company, Person, conversion
from contactcore.read_only import ReadOnlyDict
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

__all__ = ["PlainContactMaker", "PlainContacts"]


class PlainContacts:
    """Makes the contacts of plain rows.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._make = PlainContactMaker(options.access, options.responsibles)

    def mapped(self, line: int, number: int, plain: PlainRow) -> MappedRow:
        """The mapped row of a plain row.

        Args:
            line: The line of the file where the row starts.
            number: The number of the row.
            plain: Its content.
        """
        contact = PlainContact.of(self._new_id(), plain.body, plain.birthday, self._make)
        employers = (Employer(*plain.employer),) if plain.employer else ()
        return MappedRow(line, number, contact, employers)


class PlainContactMaker:
    """Makes the contacts of plain bodies.

    Args:
        access: The access policy of all of the contacts.
        responsibles: Their responsible users.
    """

    def __init__(self, access: AccessPolicy, responsibles: tuple[str, ...]) -> None:
        self._shared: Mapping[str, Any] = {"version": 1, "access": access, "responsibles": responsibles}
        self._tags: KnownTexts[Tag] = KnownTexts(Tag.restore)
        self._dates: KnownTexts[PartialDate] = KnownTexts(PartialDate.parse)

    def __call__(self, id: str, body: Mapping[str, Any], birthday: str) -> Person | Company:
        """The contact.

        Args:
            id: Its id.
            body: Its body.
            birthday: Its birthday as text; `""` for none.
        """
        values = {**body, "id": id, **self._shared}
        kind: type[Person | Company] = Company if values.pop("kind") == "company" else Person
        if "emails" in body:
            values["emails"] = tuple([EmailAddress.restore(**one) for one in body["emails"]])
        if "phones" in body:
            values["phones"] = tuple([_phone(**one) for one in body["phones"]])
        if "addresses" in body:
            values["addresses"] = tuple([Address.restore(**parts) for parts in body["addresses"]])
        if "tags" in body:
            values["tags"] = self.tags(body)
        for name in _LOADED.keys() & body.keys():
            values[name] = _LOADED[name](body[name])
        if birthday:
            values["birthday"] = self._dates[birthday]
        return kind.restore(values)

    def tags(self, body: Mapping[str, Any]) -> tuple[Tag, ...]:
        """The tags of a contact.

        Args:
            body: Its body.
        """
        known = self._tags
        return tuple([known[text] for text in body.get("tags", ())])


def _phone(number: str, text: str, kind: str = "") -> PhoneNumber:
    return PhoneNumber.restore(number, kind=kind, text=text)


_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "websites": lambda given: tuple(Website.restore(one["url"], one.get("kind", "")) for one in given),
    "socials": lambda given: tuple(
        SocialProfile.restore(one.get("service", ""), one.get("handle", ""), one.get("url", "")) for one in given
    ),
    "categories": tuple,
    "language": Language.restore,
    "currency": Currency,
    "fields": conversion.fields,
    "unmapped": ReadOnlyDict,
}
