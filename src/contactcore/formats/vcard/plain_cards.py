"""The quick door for plain cards: one pass over the lines of a card whose every line is of a known shape.

It never refuses and never reports: a card with anything unusual is given back to the careful reader (`CardReader`),
which decides. A property test proves that both doors give equal cards.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from contactcore.errors import Invalid
from contactcore.formats.vcard.address_lines import ADDRESS_PARTS
from contactcore.formats.vcard.card import Card
from contactcore.formats.vcard.card_reader import REASON
from contactcore.formats.vcard.content_lines import (
    ContentLine,
    HeadCache,
    components,
    is_list,
    rank_of,
    unescape,
    values,
)
from contactcore.formats.vcard.extras import CONSUMED, PARAMETERS, UNMAPPED, unmapped_name
from contactcore.formats.vcard.kinds import kind_of, other_types
from contactcore.formats.vcard.person_lines import NAME_PARTS
from contactcore.formats.vcard.physical_lines import BASE64, QUOTED_PRINTABLE
from contactcore.model import Person
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.model.restoring import restored
from contactcore.read_only import ReadOnlyDict
from contactcore.values import Address, EmailAddress, PartialDate, PhoneNumber, Tag, Website
from contactcore.values.country import read_country
from contactcore.values.email import accept_plain as plain_email
from contactcore.values.phone_plans import accept_plain as plain_phone
from contactcore.values.texts import IGNORABLE, LINE_LIMIT, TEXT_LIMIT
from contactcore.values.website import accept_plain as plain_url

__all__ = ["PlainCards"]

_MOST_SHAPES = 1_000
_MOST_VALUES = 5_000
"""Tags and countries that are remembered, each: a file has few of them."""
_LONGEST_PHONE = 40
_BLANK = "; \t"
_VERSIONS = ("3.0", "4.0", "2.1")
_APPLE_YEAR = 1604
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_COMPLEX_SCRIPTS = "\u1100"
"""The first code point of the scripts whose names have an order or a spacing of their own."""
_EXTRAS_OF_LISTS: Final = frozenset(("EMAIL", "TEL", "URL", "ADR"))
_TEXTS: Final = frozenset(("N", "FN", "NICKNAME", "BDAY", "UID"))
_ORG, _TITLE, _ROLE = map(unmapped_name, ("ORG", "TITLE", "ROLE"))
_CAREFUL: Final = frozenset(
    (
        *("BEGIN", "END", "KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS", REASON, UNMAPPED),
        *("PHOTO", "LOGO", "LABEL", "X-ABLABEL", "X-ABADR", "X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP"),
        *("X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME", "X-GENDER", "GENDER", "LANG", "X-LANG"),
        "X-CONTACTCORE-FULL-NAME",
    )
)
"""Properties that only the careful reader reads."""


class _Shape:
    """What stands before the colon of a line, as far as plain cards need it.

    Attributes:
        name: The property.
        slot: `name` for a property that is read, else `""` for one that is kept as it is.
        kind: The kind of a value of a list.
        rank: The place of a value among its kind.
        parameters: The entry of `unmapped` for the parameters of a value, up to its checksum; `""` for none.
        head: The head as it is kept, with the colon.
        unmapped: The name in `unmapped`.
    """

    __slots__ = ("head", "kind", "name", "parameters", "rank", "slot", "unmapped")

    def __init__(self, line: ContentLine) -> None:
        name = self.name = line.name
        given = line.parameters
        self.slot = name if name in _EXTRAS_OF_LISTS or name in _TEXTS or name in _READ else ""
        types = line.types
        self.kind = kind_of(name, types) if name in _EXTRAS_OF_LISTS else ""
        self.rank = rank_of(line)
        extras = {key: one for key, one in given.items() if key not in CONSUMED}
        others = other_types(name, given.get("TYPE", ()), self.kind) if types else ()
        if others:
            extras["TYPE"] = others
        self.parameters = str(ContentLine(name, "", extras)) if extras else ""
        self.head = str(line._replace(value=""))
        self.unmapped = unmapped_name(name)


_READ: Final = frozenset(("VERSION", "CATEGORIES", "NOTE"))


def _shape_of(line: ContentLine) -> _Shape | None:
    """The shape of a line; None if only the careful reader reads such a line."""
    name, given = line.name, line.parameters
    if line.group or name in _CAREFUL or "ENCODING" in given or "CHARSET" in given:
        return None
    if name == "ADR" and ("LABEL" in given or "CC" in given or "billing" in line.types):
        return None
    shape = _Shape(line)
    if name in _TEXTS or name in _READ:
        # The careful reader keeps the parameters of these in ways of their own.
        preferred = "PREF" in given or "pref" in line.types
        if shape.parameters or preferred or (given and name in ("CATEGORIES", "NOTE", "VERSION")):
            return None
    return shape


class PlainCards:
    """Reads plain cards. Shapes of heads, tags and countries are remembered, each up to a limit.

    Args:
        country: The country of national phone numbers whose card names no country; None for none.
    """

    def __init__(self, country: str | None) -> None:
        self._country = country or ""
        self._heads = HeadCache()
        self._shapes: dict[str, _Shape | None] = {}
        self._tags: dict[str, Tag] = {}
        self._countries: dict[str, str] = {}

    def _shape(self, head: str, line: str) -> _Shape | None:
        """The shape of a new head."""
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        shape = None
        raw = f"{head}:".encode()
        plain = head[:1] not in ("", " ", "\t") and not QUOTED_PRINTABLE.match(raw) and not BASE64.match(raw)
        if plain and self._heads.parse(line, 0) is not None:
            known = self._heads.known(head)
            shape = None if known is None else _shape_of(known)
        self._shapes[head] = shape
        return shape

    def read(self, text: str, start: int) -> Card | None:
        r"""The card of a text; None if it is not plain, or if it may have a problem.

        Args:
            text: The lines between BEGIN and END, unfolded, joined by `\n`.
            start: The line of BEGIN in the file.
        """
        lines = text.split("\n")
        if len(text) > TEXT_LIMIT or len(lines) > MOST_ENTRIES or not "".join(lines).isprintable():
            return None
        if not text.isascii() and not (unicodedata.is_normalized("NFC", text) and IGNORABLE.search(text) is None):
            return None
        shapes = self._shapes
        slots: _Slots = {}
        kept: dict[str, list[str]] = {}
        for line in lines:
            head, colon, value = line.partition(":")
            try:
                shape = shapes[head]
            except KeyError:
                shape = self._shape(head, line) if colon else None
            if shape is None:
                return None
            slot = shape.slot
            if slot:
                if slot in slots:
                    slots[slot].append((shape, value))
                else:
                    slots[slot] = [(shape, value)]
            elif value.strip(_BLANK):
                if shape.unmapped in kept:
                    kept[shape.unmapped].append(shape.head + value)
                else:
                    kept[shape.unmapped] = [shape.head + value]
        return self._card(slots, kept, start)

    def _card(self, slots: _Slots, kept: dict[str, list[str]], start: int) -> Card | None:
        found: dict[str, Any] = {}
        parameters: list[str] = []
        for slot, several in slots.items():
            reader = _READERS.get(slot)
            if reader is not None and not reader(self, several, found, parameters, slots):
                return None
        name = _name(slots.get("FN"))
        shown = _names(slots.get("N"), found)
        if name is None or shown is None or not _known_version(slots.get("VERSION")):
            return None
        if name and name != shown:
            found["full_name"] = name
        organization = _only(kept.get(_ORG))
        title, role = _only(kept.get(_TITLE)), _only(kept.get(_ROLE))
        if organization is None or title is None or role is None:
            return None
        companies = components(organization) if organization else [""]
        unmapped = {
            key: ("\n".join(several) if len(several) > 1 else several[0]).strip() for key, several in kept.items()
        }
        if parameters:
            unmapped[PARAMETERS] = "\n".join(dict.fromkeys(parameters))
        found["unmapped"] = ReadOnlyDict(unmapped)
        contact = restored(Person, found)
        return restored(
            Card,
            {
                "contact": contact,
                "line": start,
                "organization": companies[0],
                "units": tuple(filter(None, companies[1:])),
                "title": unescape(title).strip(),
                "role": unescape(role).strip(),
            },
        )

    # Each of these reads the values of one property; False leaves the card to the careful reader.

    def _emails(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        emails, keys = [], set()
        for shape, value in _in_order(several):
            text = plain_email(value)
            if not text:
                return False
            keys.add(text.lower())
            emails.append(restored(EmailAddress, {"text": text, "kind": shape.kind}))
            if shape.parameters:
                parameters.append(_parameters(shape, text))
        found["emails"] = tuple(emails)
        return len(keys) == len(several)

    def _phones(self, several: _Values, found: dict[str, Any], parameters: list[str], slots: _Slots) -> bool:
        phones, keys = [], set()
        for shape, value in _in_order(several):
            text = value.strip()
            if len(text) > _LONGEST_PHONE or not text.isascii():
                return False
            if text[:1] == "+":
                number = plain_phone(text, "")
            elif text[:5] == "tel:+":
                number = plain_phone(text[4:], "")
            else:
                number = plain_phone(text, self._region(slots))
            if not number:
                return False
            keys.add(number)
            phones.append(restored(PhoneNumber, {"e164": number, "kind": shape.kind, "text": text}))
            if shape.parameters:
                parameters.append(_parameters(shape, number))
        found["phones"] = tuple(phones)
        return len(keys) == len(several)

    def _region(self, slots: _Slots) -> str:
        """The only country of national numbers; `""` if the card has several, which are tried one after the other."""
        countries = {self._country} if self._country else set()
        for _, value in slots.get("ADR", ()):
            texts = components(value)[6:7]
            country = self._code(texts[0]) if texts else ""
            if country:
                countries.add(country)
        return countries.pop() if len(countries) == 1 and self._country else ""

    def _code(self, text: str) -> str:
        """The code of a country; `""` for an unknown one."""
        code = self._countries.get(text)
        if code is None:
            if len(self._countries) >= _MOST_VALUES:
                self._countries.clear()
            code = self._countries[text] = read_country(text) or "" if text else ""
        return code

    def _websites(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        websites, keys = [], set()
        for shape, value in _in_order(several):
            url = plain_url(value)
            if not url:
                return False
            keys.add(url)
            websites.append(restored(Website, {"url": url, "kind": shape.kind}))
            if shape.parameters:
                parameters.append(_parameters(shape, url))
        found["websites"] = tuple(websites)
        return len(keys) == len(several)

    def _addresses(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        addresses: list[Address] = []
        for shape, value in _in_order(several):
            texts = components(value)
            count = len(texts)
            if count > len(ADDRESS_PARTS) or len(value) > LINE_LIMIT or is_list(value):
                return False
            if "\\n" in value or "\\N" in value:
                return False
            parts = dict(zip(ADDRESS_PARTS, texts, strict=False))
            country = parts.pop("country", "")
            if country:
                parts["country"] = self._code(country)
                if not parts["country"]:
                    parts["country_text"] = country
            elif not any(texts):
                return False
            parts["label"] = shape.kind
            if not (any(texts[:4]) or any(texts[5:])):
                return False  # nothing but a region
            address = restored(Address, parts)
            if address in addresses:
                return False
            addresses.append(address)
            if shape.parameters:
                parameters.append(_parameters(shape, address))
        found["addresses"] = tuple(addresses)
        return True

    def _categories(self, several: _Values, found: dict[str, Any], _parameters: list[str], _: _Slots) -> bool:
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
                    if len(known) >= _MOST_VALUES:
                        known.clear()
                    known[text] = tag
                if tag.key in tags:
                    return False
                tags[tag.key] = tag
        found["tags"] = tuple(tags.values())
        return len(tags) <= MOST_ENTRIES

    def _notes(self, several: _Values, found: dict[str, Any], _parameters: list[str], _: _Slots) -> bool:
        found["description"] = unescape(several[0][1]).strip()
        return len(several) == 1

    def _nickname(self, several: _Values, found: dict[str, Any], _parameters: list[str], _: _Slots) -> bool:
        return _text("nickname", several, found)

    def _uid(self, several: _Values, found: dict[str, Any], _parameters: list[str], _: _Slots) -> bool:
        return _text("external_id", several, found)

    def _birthday(self, several: _Values, found: dict[str, Any], _parameters: list[str], _: _Slots) -> bool:
        day = _DAY.fullmatch(several[0][1])
        if day is None or len(several) > 1:
            return False
        year, month, number = map(int, day.groups())
        if year == _APPLE_YEAR:
            return False
        try:
            found["birthday"] = PartialDate(year, month, number)
        except Invalid:
            return False
        return True


_Values = list[tuple[_Shape, str]]
_Slots = dict[str, _Values]
_Reader = Callable[[PlainCards, _Values, dict[str, Any], list[str], _Slots], bool]
_READERS: Final[Mapping[str, _Reader]] = {
    "EMAIL": PlainCards._emails,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "TEL": PlainCards._phones,  # noqa: SLF001
    "URL": PlainCards._websites,  # noqa: SLF001
    "ADR": PlainCards._addresses,  # noqa: SLF001
    "CATEGORIES": PlainCards._categories,  # noqa: SLF001
    "NOTE": PlainCards._notes,  # noqa: SLF001
    "NICKNAME": PlainCards._nickname,  # noqa: SLF001
    "UID": PlainCards._uid,  # noqa: SLF001
    "BDAY": PlainCards._birthday,  # noqa: SLF001
}


def _in_order(several: _Values) -> _Values:
    """The values of a list, the preferred ones first."""
    return sorted(several, key=lambda one: one[0].rank) if len(several) > 1 else several


def _parameters(shape: _Shape, value: object) -> str:
    return f"{shape.parameters}{zlib.crc32(str(value).encode()):08x}"


def _text(field: str, several: _Values, found: dict[str, Any]) -> bool:
    value = several[0][1]
    if len(several) == 1 and not value.strip(_BLANK):
        return True
    if len(several) > 1 or "\\" in value or len(value) > LINE_LIMIT or (field == "nickname" and "," in value):
        return False
    found[field] = value.strip()
    return True


def _only(lines: list[str] | None) -> str | None:
    """The value of the only line of a property; `""` without a line, None for several."""
    if lines is None:
        return ""
    return lines[0].partition(":")[2] if len(lines) == 1 else None


def _known_version(several: _Values | None) -> bool:
    return several is None or several[0][1].strip() in _VERSIONS


def _name(several: _Values | None) -> str | None:
    """The formatted name; `""` for none, None for one that is not plain."""
    if several is None:
        return ""
    value = several[0][1]
    if len(several) > 1 or len(value) > LINE_LIMIT or "\\n" in value or "\\N" in value:
        return None
    return unescape(value).strip() if value.strip(_BLANK) else ""


def _names(several: _Values | None, found: dict[str, Any]) -> str | None:
    """Reads N, and returns the name under which the person is shown; None for a name that is not plain."""
    if several is None or len(several) > 1:
        return None
    value = several[0][1]
    texts = value.split(";")
    if len(texts) > len(NAME_PARTS) or "," in value or "\\" in value or len(value) > LINE_LIMIT // 2:
        return None
    family, given, middle, prefix, suffix = [text.strip() for text in (*texts, "", "", "", "", "")[: len(NAME_PARTS)]]
    if not (family or given) or max(value) >= _COMPLEX_SCRIPTS:
        return None
    if family:
        found["family_name"] = family
    if given:
        found["given_name"] = given
    if middle:
        found["middle_name"] = middle
    if prefix:
        found["prefix"] = prefix
    if suffix:
        found["suffix"] = suffix
    return " ".join(f"{prefix} {given} {middle} {family} {suffix}".split())
