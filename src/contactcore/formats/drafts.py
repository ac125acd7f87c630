"""The content of a source about one contact, as plain text that nothing has checked.

A reader of files makes drafts, and the import checks them. A draft does not know whether an e-mail address is valid. It
knows that the source calls it an e-mail address, and in which column.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

import attrs

from contactcore.frozen import frozen
from contactcore.model.name_fields import PERSON_NAME_FIELDS

__all__ = ["Draft", "DraftAddress", "DraftValue"]

_sufficient_texts = attrgetter(*(field.part for field in PERSON_NAME_FIELDS if field.suffices))


@frozen(slots=True)
class DraftValue:
    """One e-mail address, phone, website or profile as the source wrote it.

    Attributes:
        text: The value, without the blanks around it.
        kind: `"work"`, `"home"`, one of `contactcore.values.PHONE_KINDS`, a network (`"linkedin"`), the source's own
            label, or `""`.
        column: The header of the column it came from.
    """

    text: str
    kind: str = ""
    column: str = ""


@frozen(kw_only=True, slots=True)
class DraftAddress:
    """One postal address as the source wrote it.

    Attributes:
        street: Every street line, joined by line feeds.
        formatted: The whole address as one text, where the source gives that.
        extended: The place inside the street address: suite, floor, building.
        label: `"work"`, `"home"`, `"other"`, the source's own label, or `""`.
        column: The header of the first column that has a part of this address.
    """

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    po_box: str = ""
    extended: str = ""
    formatted: str = ""
    label: str = ""
    column: str = ""


@frozen(kw_only=True, slots=True)
class Draft:
    """The content of a source about one contact.

    Attributes:
        line: The 1-based line of the file where the record starts.
        position: The job title.
        birthday: ISO 8601 (`"1969-04-03"`), without a year `"--04-03"`, or a year alone `"1969"`.
        responsible: The names of the users who look after the contact, separated by commas or semicolons.
        site, item: The name of a site and of an item of the contact.
        unmapped: Column -> cell, for cells without a field of the model; kept with the contact (IMP-2).
        cells: Field -> its column, for reports. Values in tuples name their own column.

    >>> Draft(line=2, company="Acme").is_company
    True
    >>> Draft(line=2, company="Acme", family="Doe").is_company
    False
    """

    line: int
    prefix: str = ""
    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""
    nickname: str = ""
    full_name: str = ""
    phonetic_given: str = ""
    phonetic_family: str = ""
    company: str = ""
    department: str = ""
    position: str = ""
    emails: tuple[DraftValue, ...] = ()
    phones: tuple[DraftValue, ...] = ()
    addresses: tuple[DraftAddress, ...] = ()
    websites: tuple[DraftValue, ...] = ()
    socials: tuple[DraftValue, ...] = ()
    birthday: str = ""
    anniversary: str = ""
    gender: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    type: str = ""
    language: str = ""
    currency: str = ""
    photo_url: str = ""
    external_id: str = ""
    responsible: str = ""
    site: str = ""
    item: str = ""
    unmapped: Mapping[str, str] = attrs.field(factory=dict)
    cells: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def has_personal_name(self) -> bool:
        """Whether any part of a person's name is given."""
        return any(_sufficient_texts(self))

    @property
    def is_company(self) -> bool:
        """Whether the source names a company and no person."""
        return bool(self.company) and not self.has_personal_name

    @property
    def is_empty(self) -> bool:
        """Whether no contact can be made of it, for want of a name, a company and any contact details."""
        return not (
            self.has_personal_name
            or self.company
            or self.emails
            or self.phones
            or self.addresses
            or self.websites
            or self.socials
        )
