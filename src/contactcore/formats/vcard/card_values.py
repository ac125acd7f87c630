"""What both readers of cards find in one line: parameters beside a value, phone numbers, pictures, displayed names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.vcard.address_lines import ADDRESS_PARTS
from contactcore.formats.vcard.content_lines import ContentLine, components, is_list
from contactcore.formats.vcard.extras import CONSUMED, NAME, VALUE
from contactcore.formats.vcard.kinds import other_types
from contactcore.formats.vcard.person_lines import formatted
from contactcore.formats.vcard.picture import CardPicture, picture_of
from contactcore.formats.vcard.social_lines import service_types
from contactcore.model import Company, Person
from contactcore.read_only import EMPTY
from contactcore.values import PhoneNumber
from contactcore.values.texts import clean_line

__all__ = ["NATIONAL", "REASON", "SOCIAL", "displayed", "extras_of", "phone_of", "picture_with_note"]

REASON = "X-CONTACTCORE-REASON"
"""The property of a rejected card that says why; it is left out when the card is read."""
SOCIAL = ("X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP")
"""The properties of social profiles."""
NATIONAL = re.compile(r"(?!00|011)[0-9](?:[ ./-]?[0-9]){4,14}")
"""A number that phonenumbers refuses without a country, and never for anything else."""


def extras_of(line: ContentLine, kind: str) -> Mapping[str, tuple[str, ...]]:
    """The parameters of a line that its value does not keep, without those of its group.

    Args:
        line: The property.
        kind: The kind of its value.
    """
    name, parameters = line.name, line.parameters
    if not (parameters or name in ("ADR", "IMPP")):
        return EMPTY
    extras = {key: given for key, given in parameters.items() if key not in CONSUMED} if parameters else {}
    types = parameters.get("TYPE", ())
    if name == "ADR":
        if is_list(line.value) or "CC" in extras or any(components(line.value)[len(ADDRESS_PARTS) :]):
            extras[VALUE] = (line.value,)
        extras.pop("LABEL", None)
    elif name in SOCIAL:
        services = service_types(line)
        types = tuple(one for one in types if one.lower() not in services)
        extras = {key: given for key, given in extras.items() if key not in ("X-SERVICE-TYPE", "X-USER")}
        if name == "IMPP":
            extras |= {NAME: ("IMPP",), VALUE: (line.value,)}
    others = other_types(name, types, kind) if types else ()
    if others:
        extras["TYPE"] = others
    return extras


def phone_of(
    given: str, kind: str, country: str | None, others: Callable[[], Sequence[str]], *, keep_national: bool
) -> PhoneNumber | str:
    """The number of TEL, or its text if it is national and no country is known.

    Args:
        given: The unescaped value.
        kind: The kind of the number.
        country: The country of national numbers of cards that name none; None for none.
        others: Returns the countries of the card's addresses, which come first.
        keep_national: Whether a national number without any country stays text; else it is refused.

    Raises:
        Invalid: The codes of `PhoneNumber`.

    >>> phone_of("01 44 55 66 77", "", None, tuple, keep_national=True)
    '01 44 55 66 77'
    """
    text = given.strip()
    tel = text[:4].lower() == "tel:"
    unknown = keep_national and not country
    try:
        if unknown and NATIONAL.fullmatch(text):
            return clean_line(text)
        if text[:1] == "+" or tel or unknown:
            return PhoneNumber(text, country, kind)
        return PhoneNumber.parse_in(text, (*others(), country or ""), kind=kind)
    except Invalid as error:
        if error.code != "phone-country-missing" or not keep_national:
            raise
        # Without a country the number stays text, which has no kind of its own.
        return clean_line(text[4:] if tel else text)


def picture_with_note(line: ContentLine) -> tuple[CardPicture | None, str, str, str]:
    """The picture of PHOTO or LOGO, None for an address; and the code, the reason and the value of the note on it.

    Raises:
        Invalid: As for `picture_of`.
    """
    picture = picture_of(line)
    if picture is not None:
        reason = "The picture is not kept in the contact: take it from the card, or add it yourself."
        return picture, "picture-not-kept", reason, ""
    reason = "The address of the picture was kept, and the picture was not fetched."
    return None, "picture-not-fetched", reason, line.text


def displayed(kind: type[Person | Company], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names under which a contact with these values is shown; none if it has no name.

    Args:
        kind: `Person` or `Company`.
        values: The values by field name.
    """
    contact = kind.restore(values)
    shown = formatted(contact.display_name)
    if values.get("full_name"):
        return (formatted(values["full_name"]), shown)
    if not shown:
        return ()
    own = (contact.name, contact.division) if isinstance(contact, Company) else ()
    return (shown, *own)
