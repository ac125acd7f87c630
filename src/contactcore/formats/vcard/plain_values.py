"""The values of plain cards: each property that a contact has a field for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contactcore.errors import Invalid
from contactcore.formats.vcard.card_values import extras_of, phone_of
from contactcore.formats.vcard.content_lines import ContentLine, components, is_list, unescape, values
from contactcore.formats.vcard.extras import PROFILE, checksum
from contactcore.formats.vcard.person_lines import NAME_PARTS, birthday_of
from contactcore.formats.vcard.plain_addresses import PlainAddresses
from contactcore.formats.vcard.plain_shapes import BLANK, SINGLE, TEXTS, Slots, Values, in_order, parameter_entry
from contactcore.formats.vcard.social_lines import profile_of
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.model.restoring import restored
from contactcore.values import EmailAddress, PartialDate, PhoneNumber, SocialProfile, Tag, Website
from contactcore.values.email import accept_plain as plain_email
from contactcore.values.phone_plans import accept_plain as plain_phone
from contactcore.values.phone_plans import is_valid
from contactcore.values.texts import LINE_LIMIT, TEXT_LIMIT
from contactcore.values.website import accept_plain as plain_url

__all__ = ["MOST_TAGS", "PlainValues"]

MOST_TAGS = 5_000
"""Tags that are remembered: a file has few of them."""
_MOST_COUNTRIES = 20
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_APPLE_YEAR = "1604"
"""The year that Apple's address book writes in place of an unknown one."""


class PlainValues:
    """Reads the values of plain cards. Tags and countries are remembered, each up to a limit.

    Args:
        country: The country of national phone numbers whose card names no country; None for none.
        keep_national: Whether a national number without any country stays text.
    """

    def __init__(self, country: str | None, *, keep_national: bool) -> None:
        self._country = country
        self._keep_national = keep_national
        self._addresses = PlainAddresses()
        self._tags: dict[str, Tag] = {}

    def read(self, slots: Slots, found: dict[str, Any]) -> list[str] | None:
        """Read all values of a card into the fields of its contact.

        Args:
            slots: The values.
            found: The fields.

        Returns:
            The entries for the parameters beside them; None leaves the card to the careful reader.
        """
        marks: list[str] = []
        parameters: list[str] = []
        last: list[str] = []
        for slot, several in slots.items():
            reader = _READERS.get(slot)
            if reader is not None:
                into = parameters if slot not in SINGLE else marks if slot != "NOTE" else last
                if not reader(self, several, found, into, slots):
                    return None
        return [*marks, *parameters, *last]

    # Each of these reads the values of one property; False leaves the card to the careful reader.

    def _emails(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        emails, keys = [], set()
        for shape, value in in_order(several):
            text = plain_email(value)
            if text:
                keys.add(text.lower())
                emails.append(restored(EmailAddress, {"text": text, "kind": shape.kind}))
            else:
                try:
                    email = EmailAddress(unescape(value), shape.kind)
                except Invalid:
                    return False
                text = email.text
                keys.add(email.key)
                emails.append(email)
            if shape.parameters:
                parameters.append(parameter_entry(shape, text))
        found["emails"] = tuple(emails)
        return len(keys) == len(several)

    def _phones(self, several: Values, found: dict[str, Any], parameters: list[str], slots: Slots) -> bool:
        phones: list[PhoneNumber | str] = []
        keys = set()
        countries: Sequence[str] | None = None
        for shape, value in in_order(several):
            text = value.strip()
            if text[:1] == "+":
                number = plain_phone(text, "")
            elif text[:5] == "tel:+":
                number = plain_phone(text[4:], "")
            else:
                if countries is None:
                    countries = self._regions(slots) if self._country else ()
                number = _in_one_of(text, countries)
            if number:
                key = number
                phones.append(restored(PhoneNumber, {"e164": number, "kind": shape.kind, "text": text}))
            else:
                try:
                    phone = phone_of(
                        unescape(value),
                        shape.kind,
                        self._country,
                        lambda: self._regions(slots),
                        keep_national=self._keep_national,
                    )
                except Invalid:
                    return False
                phones.append(phone)
                if isinstance(phone, str):
                    key = phone
                    if shape.text_parameters:
                        parameters.append(f"{shape.text_parameters}{checksum(phone)}")
                    keys.add(key)
                    continue
                key = phone.key
            keys.add(key)
            if shape.parameters:
                parameters.append(parameter_entry(shape, key))
        found["phones"] = tuple(phones)
        return len(keys) == len(several)

    def _regions(self, slots: Slots) -> Sequence[str]:
        """The countries of the card's addresses, and the country of cards without one."""
        countries = self._addresses.countries(slots.get("ADR", []))
        if self._country:
            countries[self._country] = True
        return tuple(countries)

    def _postal(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        return self._addresses.read(several, found, parameters)

    def _websites(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        websites, keys = [], set()
        for shape, value in in_order(several):
            text = unescape(value)
            url = plain_url(text)
            if url:
                websites.append(restored(Website, {"url": url, "kind": shape.kind}))
            else:
                try:
                    website = Website(text, shape.kind)
                except Invalid:
                    return False
                url = website.url
                websites.append(website)
            keys.add(url)
            if shape.parameters:
                parameters.append(parameter_entry(shape, url))
        found["websites"] = tuple(websites)
        return len(keys) == len(several)

    def _profiles(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        profiles: list[SocialProfile] = []
        for shape, value in in_order(several):
            line = shape.line._replace(value=value)
            try:
                profile = profile_of(line)
            except Invalid:
                return False
            if profile is None or line.group:
                return False
            profiles.append(profile)
            if line.parameter("SERVICE-TYPE") == profile.service:
                others = {name: given for name, given in line.parameters.items() if name != "SERVICE-TYPE"}
                line = line._replace(parameters=others)
            extras = extras_of(line, "")
            if extras:
                parameters.append(str(ContentLine(PROFILE, checksum(profile.key), extras)))
        found["socials"] = tuple(profiles)
        return len({profile.key for profile in profiles}) == len(several)

    def _categories(self, several: Values, found: dict[str, Any], _parameters: list[str], _: Slots) -> bool:
        tags: dict[str, Tag] = {}
        known = self._tags
        for _shape, value in several:
            for text in values(value):
                if not text:
                    continue
                tag = known.get(text)
                if tag is None:
                    try:
                        tag = Tag(text)
                    except Invalid:
                        return False
                    if len(known) >= MOST_TAGS:
                        known.clear()
                    known[text] = tag
                if tag.key in tags:
                    return False
                tags[tag.key] = tag
        found["tags"] = tuple(tags.values())
        return len(tags) <= MOST_ENTRIES

    def _notes(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        shape, value = several[0]
        if len(value) > TEXT_LIMIT:
            return False
        text = found["description"] = unescape(value).strip()
        if shape.parameters:
            parameters.append(parameter_entry(shape, text))
        return len(several) == 1

    def _text(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        shape, value = several[0]
        if len(several) == 1 and not value.strip(BLANK):
            return True
        if len(several) > 1 or "\\" in value or len(value) > LINE_LIMIT or (shape.name == "NICKNAME" and "," in value):
            return False
        text = found[TEXTS[shape.name]] = value.strip()
        if shape.parameters:
            parameters.append(parameter_entry(shape, text))
        return True

    def _birthday(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        shape, value = several[0]
        if len(several) > 1 or "T" in value.upper():
            return False
        if not value.strip(BLANK):
            return True
        try:
            day = _DAY.fullmatch(value)
            if day is not None and day[1] != _APPLE_YEAR and "X-APPLE-OMIT-YEAR" not in shape.line.parameters:
                birthday = PartialDate(int(day[1]), int(day[2]), int(day[3]))
            else:
                birthday = birthday_of(shape.line._replace(value=value))
        except Invalid:
            return False
        found["birthday"] = birthday
        if shape.parameters:
            parameters.append(parameter_entry(shape, birthday))
        return True

    def _names(self, several: Values, found: dict[str, Any], parameters: list[str], _: Slots) -> bool:
        if len(several) > 1:
            return False
        shape, value = several[0]
        if len(value) > LINE_LIMIT // 2 or ("," in value and is_list(value)):
            return False
        if not value.strip(BLANK):
            return True
        if "\\" in value:
            if "\\n" in value or "\\N" in value:
                return False
            texts = components(value)
        else:
            texts = [text.strip() for text in value.split(";")]
        if len(texts) > len(NAME_PARTS):
            return False
        found |= {part: text for part, text in zip(NAME_PARTS, texts, strict=False) if text}
        if shape.parameters:
            names = tuple(found.get(part, "") for part in NAME_PARTS)
            parameters.append(parameter_entry(shape, names))
        return True


_Reader = Callable[[PlainValues, Values, dict[str, Any], list[str], Slots], bool]
_READERS: Final[Mapping[str, _Reader]] = {
    "EMAIL": PlainValues._emails,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "TEL": PlainValues._phones,  # noqa: SLF001
    "URL": PlainValues._websites,  # noqa: SLF001
    "ADR": PlainValues._postal,  # noqa: SLF001
    "SOCIAL": PlainValues._profiles,  # noqa: SLF001
    "CATEGORIES": PlainValues._categories,  # noqa: SLF001
    "NOTE": PlainValues._notes,  # noqa: SLF001
    "N": PlainValues._names,  # noqa: SLF001
    "BDAY": PlainValues._birthday,  # noqa: SLF001
    **dict.fromkeys(TEXTS, PlainValues._text),  # noqa: SLF001
}


def _in_one_of(text: str, countries: Sequence[str]) -> str:
    """The number of a text in the first country where it is valid; `""` if phonenumbers has to decide."""
    if not countries:
        return ""
    if len(countries) == 1:
        return plain_phone(text, countries[0])
    for country in countries[:_MOST_COUNTRIES]:
        number = plain_phone(text, country)
        if not number:
            return ""
        if is_valid(number):
            return number
    return ""
