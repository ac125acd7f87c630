"""The contacts of plain rows. They are restored without further checks, because the cells have passed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.plain_cells import KnownTexts
from contactcore.formats.contact_rows.plain_rows import PlainRow
from contactcore.model import Company, Person
from contactcore.read_only import EMPTY, ReadOnlyDict
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

__all__ = ["PlainContacts"]


class PlainContacts:
    """Makes the contacts of plain rows.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._shared: dict[str, Any] = {"version": 1, "access": options.access, "responsibles": options.responsibles}
        self._tags: KnownTexts[Tag] = KnownTexts(Tag.restore)
        self._dates: KnownTexts[PartialDate] = KnownTexts(PartialDate.parse)

    def mapped(
        self, line: int, number: int, plain: PlainRow, derive: Callable[[Person | Company], object] | None = None
    ) -> MappedRow:
        """The mapped row of a plain row.

        Args:
            line: The line of the file where the row starts.
            number: The number of the row.
            plain: Its content.
            derive: A function that returns what was derived from its contact for the index; None for nothing.
        """
        is_company, given, employer = plain
        values = {**given, "id": self._new_id(), **self._shared}
        values["unmapped"] = ReadOnlyDict(given["unmapped"]) if "unmapped" in given else EMPTY
        if "emails" in given:
            values["emails"] = tuple([EmailAddress.restore(text, kind) for text, kind in given["emails"]])
        if "phones" in given:
            values["phones"] = tuple(
                [PhoneNumber.restore(number, kind=kind, text=text) for number, kind, text in given["phones"]]
            )
        if "tags" in given:
            known = self._tags
            values["tags"] = tuple([known[text] for text in given["tags"]])
        if "addresses" in given:
            values["addresses"] = tuple([Address.restore(**parts) for parts in given["addresses"]])
        for name, load in _LOADED.items():
            if name in given:
                values[name] = load(given[name])
        if "birthday" in given:
            values["birthday"] = self._dates[given["birthday"]]
        contact: Person | Company = Company.restore(values) if is_company else Person.restore(values)
        employers = (Employer(*employer),) if employer else ()
        return MappedRow(line, number, contact, employers, indexed=None if derive is None else derive(contact))


_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "websites": lambda given: tuple(Website.restore(url, kind) for url, kind in given),
    "socials": lambda given: tuple(SocialProfile.restore(*one) for one in given),
    "categories": tuple,
    "language": Language.restore,
    "currency": Currency,
}
