"""The quick door for plain cards: one pass over the lines of a card whose every line is of a known shape.

It refuses nothing and reports nothing but notes on pictures: a card with anything unusual is given back to the careful
reader (`CardReader`), which decides. A property test proves that both doors give equal cards.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any, Final

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.vcard.address_lines import ADDRESS_PARTS
from contactcore.formats.vcard.card import Card
from contactcore.formats.vcard.card_reader import REASON, displayed, extras_of, phone_of, picture_with_note
from contactcore.formats.vcard.content_lines import (
    LONGEST_HEAD,
    ContentLine,
    HeadCache,
    components,
    is_list,
    rank_of,
    unescape,
    values,
)
from contactcore.formats.vcard.extras import PARAMETERS, PROFILE, UNMAPPED, checksum, unmapped_name
from contactcore.formats.vcard.kinds import kind_of, plain_label
from contactcore.formats.vcard.person_lines import NAME_PARTS, birthday_of
from contactcore.formats.vcard.physical_lines import BASE64, QUOTED_PRINTABLE
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.social_lines import profile_of
from contactcore.model import Company, Person
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.model.restoring import altered, restored
from contactcore.read_only import ReadOnlyDict
from contactcore.values import (
    Address,
    EmailAddress,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    clean_kind,
)
from contactcore.values.country import read_country
from contactcore.values.email import accept_plain as plain_email
from contactcore.values.phone_plans import accept_plain as plain_phone
from contactcore.values.phone_plans import is_valid
from contactcore.values.texts import IGNORABLE, LINE_LIMIT, TEXT_LIMIT, clean_line, clean_text
from contactcore.values.website import accept_plain as plain_url

__all__ = ["SIMPLE", "PlainCard", "PlainCards"]

PlainCard = tuple[Card, tuple[RowProblem, ...]]
"""A card and the notes on it."""

SIMPLE: Final = bytes((10, *range(32, 127), *range(0x80, 0xC0), *range(0xC3, 0xCC), 0xD0, 0xD1))
"""The bytes of lines of printable characters that have one spelling each, up to Latin letters and Russian ones."""

_MOST_SHAPES = 4_000
_MOST_VALUES = 5_000
"""Tags and countries that are remembered, each: a file has few of them."""
_MOST_COUNTRIES = 20
_BLANK = "; \t"
_NO_COMPANY = [""]
_STREET, _STREET2 = ADDRESS_PARTS.index("street"), ADDRESS_PARTS.index("street2")
_LONGEST_LABEL = 5_000
"""Characters of a LABEL; the careful reader reads a longer one."""
_SUFFICIENT: Final = ("given_name", "family_name", "emails", "phones", "full_name", "name")
"""Fields of which a contact needs one."""
_VERSIONS = ("3.0", "4.0", "2.1")
_UTF8 = frozenset(("utf-8", "utf8"))
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_APPLE_YEAR = "1604"
"""The year that Apple's address book writes in place of an unknown one."""
_COMPLEX_SCRIPTS = "\u1100"
"""The first code point of the scripts whose names have an order or a spacing of their own."""
_LISTS: Final[Mapping[str, str]] = {
    **{name: name for name in ("EMAIL", "TEL", "URL", "ADR")},
    **dict.fromkeys(("X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP"), "SOCIAL"),
}
"""Property -> the slot of its values."""
_TEXTS: Final[Mapping[str, str]] = {
    "NICKNAME": "nickname",
    "UID": "external_id",
    "X-PHONETIC-FIRST-NAME": "phonetic_given_name",
    "X-PHONETIC-LAST-NAME": "phonetic_family_name",
}
_SINGLE: Final = frozenset(("N", "FN", "BDAY", "NOTE", *_TEXTS))
_OF_PEOPLE: Final = ("NICKNAME", "BDAY", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME")
_WITHOUT_PARAMETERS: Final = frozenset(("VERSION", "CATEGORIES", "KIND", "X-ABSHOWAS"))
_LABELS: Final = ("X-ABLABEL", "X-ABADR")
_PICTURES: Final = ("PHOTO", "LOGO")
_ORG, _TITLE, _ROLE = map(unmapped_name, ("ORG", "TITLE", "ROLE"))
_CAREFUL: Final = frozenset(
    (
        *("BEGIN", "END", "X-ADDRESSBOOKSERVER-KIND", REASON, UNMAPPED, "AGENT"),
        *("X-GENDER", "GENDER", "LANG", "X-LANG", "X-CONTACTCORE-FULL-NAME"),
    )
)
"""Properties that only the careful reader reads."""


class _Shape:
    """What stands before the colon of a line, as far as plain cards need it.

    Attributes:
        name: The property.
        slot: A name for a property that is read, else `""` for one that is kept as it is.
        group: The group of a value of a list, of a picture, or of a label.
        quoted: Whether the value is in quoted-printable.
        kind: The kind of a value of a list.
        rank: The place of a value among its kind.
        parameters: The entry of `unmapped` for the parameters of a value, up to its checksum; `""` for none.
        text_parameters: The same for a number that stays text, which has no kind.
        head: The head as it is kept, with the colon.
        types: The types, without that of a preferred value.
        unmapped: The name in `unmapped`.
        line: A line of this shape without a value.
    """

    __slots__ = (
        *("group", "head", "kind", "line", "name", "parameters"),
        *("quoted", "rank", "slot", "text_parameters", "types", "unmapped"),
    )

    def __init__(self, line: ContentLine, *, quoted: bool = False, label: str = "", region: str = "") -> None:
        name = self.name = line.name
        self.line = line
        self.quoted = quoted
        self.group = line.group
        self.slot = _LISTS.get(name, name if name in _SINGLE or name in _WITHOUT_PARAMETERS else "")
        if name in _PICTURES:
            self.slot = "PICTURE"
        elif name == "LABEL":
            self.slot = "ADR"  # among the addresses, because it belongs to one before it
        elif line.group and name in _LABELS:
            self.slot = name
        self.kind = self._kind(line, label) if name in _LISTS else ""
        self.rank = rank_of(line)
        self.types = frozenset(line.types) - {"pref"}
        self.parameters = self._parameters(line, self.kind, label, region)
        self.text_parameters = self._parameters(line, "", label, region) if name == "TEL" else ""
        self.head = str(line)
        self.unmapped = unmapped_name(name)

    @staticmethod
    def _kind(line: ContentLine, label: str) -> str:
        text = plain_label(label)
        if not text:
            return kind_of(line.name, line.types) if line.name in ("EMAIL", "TEL", "URL", "ADR") else ""
        if line.name in _SOCIAL:
            return ""
        return clean_line(text) if line.name == "ADR" else clean_kind(text)

    @staticmethod
    def _parameters(line: ContentLine, kind: str, label: str, region: str) -> str:
        if line.name not in _LISTS and line.name not in _SINGLE:
            return ""
        extras = dict(extras_of(line, kind))
        if line.name in _SINGLE:
            extras.pop("X-APPLE-OMIT-YEAR", None)
            if line.parameter("PREF"):
                extras["PREF"] = line.parameters["PREF"]
            elif "pref" in line.types:
                extras["PREF"] = ("1",)
        if label and plain_label(label) != kind:
            extras["X-ABLABEL"] = (label,)
        if region and line.name == "ADR":
            extras["X-ABADR"] = (region,)
        return str(ContentLine(line.name, "", extras)) if extras else ""


_SOCIAL: Final = tuple(name for name, slot in _LISTS.items() if slot == "SOCIAL")


def _shape_of(line: ContentLine, head: str) -> _Shape | None:  # noqa: PLR0911 - one return for each reason
    """The shape of a line; None if only the careful reader reads such a line."""
    name, given = line.name, line.parameters
    if name in _CAREFUL or (name in _LABELS and not line.group):
        return None
    encoding = line.parameter("ENCODING").upper()
    if encoding not in ("", "QUOTED-PRINTABLE") and name not in _PICTURES:
        return None
    if line.parameter("CHARSET").lower() not in ("", *_UTF8):
        return None
    raw = f"{head}:".encode()
    quoted, coded = encoding == "QUOTED-PRINTABLE", encoding in ("B", "BASE64")
    if bool(QUOTED_PRINTABLE.match(raw)) != quoted or bool(BASE64.match(raw)) != coded:
        return None
    if encoding or "CHARSET" in given:
        rest = {key: one for key, one in given.items() if key not in ("ENCODING", "CHARSET")}
        if coded:
            rest["ENCODING"] = ("b",)
        given = ReadOnlyDict(rest)
        line = line._replace(parameters=given)
    if line.group and (name in _SINGLE or name in _WITHOUT_PARAMETERS or name == "LABEL"):
        return None
    if given and name in _WITHOUT_PARAMETERS:
        return None
    if name == "ADR" and ("LABEL" in given or "CC" in given or "billing" in line.types):
        return None
    return _Shape(line, quoted=quoted)


class PlainCards:
    """Reads plain cards. Shapes of heads, tags and countries are remembered, each up to a limit.

    Args:
        country: The country of national phone numbers whose card names no country; None for none.
        keep_national: Whether a national number without any country stays text.
    """

    def __init__(self, country: str | None, *, keep_national: bool = True) -> None:
        self._country = country
        self._keep_national = keep_national
        self._heads = HeadCache()
        self._shapes: dict[str, _Shape | None] = {}
        self._labelled: dict[tuple[str, str, str], _Shape | None] = {}
        self._tags: dict[str, Tag] = {}
        self._codes: dict[str, str] = {}

    def _shape(self, head: str, line: str) -> _Shape | None:
        """The shape of a new head."""
        if len(head) > LONGEST_HEAD:
            return None
        shape = None
        if head[:1] not in ("", " ", "\t") and self._heads.parse(line, 0) is not None:
            known = self._heads.known(head)
            shape = None if known is None else _shape_of(known, head)
        self._shapes[head] = shape
        return shape

    def read(self, text: str, start: int, folded: bytes, *, simple: bool) -> PlainCard | None:
        r"""The card of a text; None if it is not plain, or if it may have a problem.

        Args:
            text: The lines between BEGIN and END, unfolded, joined by `\n`.
            start: The line of BEGIN in the file.
            folded: The lines as they are in the file, with the same line ends.
            simple: Whether all their bytes are `SIMPLE`.
        """
        lines = text.split("\n")
        if len(lines) > MOST_ENTRIES or not (simple or _is_plain("".join(lines))):
            return None
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()  # never inside a card, whose shapes are needed until its end
        sorted_lines = self._sorted(lines)
        if sorted_lines is None:
            return None
        slots, kept, grouped = sorted_lines
        picture: _Picture = None, None, 0
        if grouped or "PICTURE" in slots:
            shapes = self._shapes_of(lines)
            listed = self._grouped(shapes, slots) if grouped else frozenset(("",))
            found = _picture(slots.pop("PICTURE", None), _picture_head(lines, shapes), start, folded)
            if listed is None or found is None:
                return None
            picture = found
            if found[1] is not None or not _labels_are_read(shapes, listed):
                kept = _keep_again(lines, shapes, listed)
        if len(text) - picture[2] > TEXT_LIMIT:
            return None
        card = self._card(slots, kept, start, picture[0])
        if card is None:
            return None
        return card, () if picture[1] is None else (picture[1],)

    def _sorted(self, lines: list[str]) -> tuple[_Slots, dict[str, list[str]], bool] | None:
        """The values that are read, the lines that are kept, and whether any line has a group."""
        shapes = self._shapes
        slots: _Slots = {}
        kept: dict[str, list[str]] = {}
        grouped = False
        for line in lines:
            head, colon, value = line.partition(":")
            try:
                shape = shapes[head]
            except KeyError:
                shape = self._shape(head, line) if colon else None
            if shape is None:
                return None
            if shape.quoted:
                decoded = _decoded(value)
                if decoded is None:
                    return None
                value = decoded
            slot = shape.slot
            if slot:
                if slot in slots:
                    slots[slot].append((shape, value))
                else:
                    slots[slot] = [(shape, value)]
            elif value.strip(_BLANK):
                kept.setdefault(shape.unmapped, []).append(shape.head + value)
            if shape.group:
                grouped = True
        return slots, kept, grouped

    # Groups

    def _shapes_of(self, lines: list[str]) -> list[_Shape]:
        """The shapes of lines that were read once."""
        shapes = [self._shapes[line.partition(":")[0]] for line in lines]
        return [shape for shape in shapes if shape is not None]

    def _grouped(self, shapes: list[_Shape], slots: _Slots) -> AbstractSet[str] | None:
        """Give the values of groups their labels; returns the groups of values of lists.

        None if a group joins other lines than a value and its label.
        """
        groups = [shape.group for shape in shapes if shape.group and shape.name not in _LABELS]
        listed = {shape.group for shape in shapes if shape.slot in _LISTED_SLOTS}
        if len(set(groups)) < len(groups):
            return None
        labels, regions = _of_groups(slots.pop("X-ABLABEL", ())), _of_groups(slots.pop("X-ABADR", ()))
        for slot in _LISTS.values():
            several = slots.get(slot, ())
            for place, (shape, value) in enumerate(several):
                group = shape.group
                if group and (group in labels or group in regions):
                    labelled = self._with_label(shape, labels.get(group, ""), regions.get(group, ""))
                    if labelled is None:
                        return None
                    slots[slot][place] = labelled, value
        return listed

    def _with_label(self, shape: _Shape, label: str, region: str) -> _Shape | None:
        """The shape of a value with a label; None for a label that the careful reader has to judge."""
        if len(label) + len(region) > LONGEST_HEAD:
            return None
        key = shape.head, label, region
        try:
            return self._labelled[key]
        except KeyError:
            pass
        if len(self._labelled) >= _MOST_SHAPES:
            self._labelled.clear()
        found = None
        if label.isprintable() and region.isprintable():
            try:
                found = _Shape(shape.line, quoted=shape.quoted, label=label, region=region)
            except Invalid:
                found = None
        self._labelled[key] = found
        return found

    # Contacts

    def _card(self, slots: _Slots, kept: dict[str, list[str]], start: int, picture: CardPicture | None) -> Card | None:
        found: dict[str, Any] = {}
        marks: list[str] = []
        parameters: list[str] = []
        last: list[str] = []
        for slot, several in slots.items():
            reader = _READERS.get(slot)
            if reader is not None:
                into = parameters if slot not in _SINGLE else marks if slot != "NOTE" else last
                if not reader(self, several, found, into, slots):
                    return None
        name = _name(slots.get("FN"))
        organization, title, role = _only(kept.get(_ORG)), _only(kept.get(_TITLE)), _only(kept.get(_ROLE))
        if name is None or organization is None or title is None or role is None or not _known(slots.get("VERSION")):
            return None
        companies = components(organization) if organization else _NO_COMPANY
        kind = self._kind(slots, name, companies)
        if kind is Person:
            whole = _name_person(slots, found, name)
        else:
            whole = kind is Company and not (title or role) and _name_company(kept, slots, found, name, companies)
        if kind is None or not whole:
            return None
        if name and slots["FN"][0][0].parameters:
            last.append(_parameters(slots["FN"][0][0], name))
        unmapped = {
            key: ("\n".join(several) if len(several) > 1 else several[0]).strip() for key, several in kept.items()
        }
        if marks or parameters or last:
            unmapped[PARAMETERS] = "\n".join(dict.fromkeys((*marks, *parameters, *last)))
        found["unmapped"] = ReadOnlyDict(unmapped)
        return restored(
            Card,
            {
                "contact": restored(kind, found),
                "line": start,
                "organization": companies[0],
                "units": tuple(filter(None, companies[1:])) if len(companies) > 1 else (),
                "title": unescape(title).strip() if title else "",
                "role": unescape(role).strip() if role else "",
                "pictures": () if picture is None else (picture,),
            },
        )

    @staticmethod
    def _kind(slots: _Slots, name: str, companies: list[str]) -> type[Person | Company] | None:
        """`Person` or `Company`, as the careful reader finds it; None if it has to decide."""
        given, shown = slots.get("KIND"), slots.get("X-ABSHOWAS")
        if (given is not None and len(given) > 1) or (shown is not None and len(shown) > 1):
            return None
        kind = given[0][1].strip().lower() if given is not None else ""
        if kind not in ("", "individual", "org"):
            return None
        if kind == "org" or (shown is not None and shown[0][1].strip().lower() == "company"):
            return Company
        several = slots.get("N")
        named = several is not None and several[0][1].strip(_BLANK)
        if named or kind == "individual" or not any(companies):
            return Person
        same = not name or name in companies or name == ", ".join(filter(None, companies))
        return Company if same else Person

    # Each of these reads the values of one property; False leaves the card to the careful reader.

    def _emails(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        emails, keys = [], set()
        for shape, value in _in_order(several):
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
                parameters.append(_parameters(shape, text))
        found["emails"] = tuple(emails)
        return len(keys) == len(several)

    def _phones(self, several: _Values, found: dict[str, Any], parameters: list[str], slots: _Slots) -> bool:
        phones: list[PhoneNumber | str] = []
        keys = set()
        countries: Sequence[str] | None = None
        for shape, value in _in_order(several):
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
                parameters.append(_parameters(shape, key))
        found["phones"] = tuple(phones)
        return len(keys) == len(several)

    def _regions(self, slots: _Slots) -> Sequence[str]:
        """The countries of the card's addresses, and the country of cards without one."""
        countries = {}
        for shape, value in slots.get("ADR", ()):
            if shape.name == "LABEL":
                continue
            texts = components(value)[6:7] if "\\" in value else value.split(";")[6:7]
            code = self._code(texts[0].strip()) if texts else ""
            if code:
                countries[code] = True
        if self._country:
            countries[self._country] = True
        return tuple(countries)

    def _code(self, text: str) -> str:
        """The code of a country; `""` for an unknown one."""
        code = self._codes.get(text)
        if code is None and len(text) > LONGEST_HEAD:
            return ""  # no country has such a name
        if code is None:
            if len(self._codes) >= _MOST_VALUES:
                self._codes.clear()
            code = self._codes[text] = read_country(text) or "" if text else ""
        return code

    def _websites(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        websites, keys = [], set()
        for shape, value in _in_order(several):
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
                parameters.append(_parameters(shape, url))
        found["websites"] = tuple(websites)
        return len(keys) == len(several)

    def _profiles(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        profiles: list[SocialProfile] = []
        for shape, value in _in_order(several):
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

    def _addresses(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        found_ones: list[tuple[_Shape, str, Address]] = []
        for shape, value in several:
            if shape.name == "LABEL":
                if not _with_lines(found_ones, shape, value):
                    return False
                continue
            address = self._address(shape, value)
            if address is None:
                return False
            found_ones.append((shape, value, address))
        if len(found_ones) > 1:
            found_ones.sort(key=_rank)
        for shape, value, address in found_ones:
            if "," in value and is_list(value):
                if shape.group:
                    return False
                line = shape.line._replace(value=value)
                parameters.append(str(ContentLine("ADR", checksum(address), extras_of(line, shape.kind))))
            elif shape.parameters:
                parameters.append(_parameters(shape, address))
        addresses = tuple([address for _, _, address in found_ones])
        found["addresses"] = addresses
        return len(addresses) < 2 or len(set(addresses)) == len(addresses)

    def _address(self, shape: _Shape, value: str) -> Address | None:
        """The address of a value; None for one that the careful reader has to judge."""
        if len(value) > LINE_LIMIT:
            return None
        texts = components(value) if "\\" in value else [text.strip() for text in value.split(";")]
        if len(texts) > len(ADDRESS_PARTS):
            return None
        if "\n" in "".join(texts) and not _split_street(texts):
            return None
        parts = {part: text for part, text in zip(ADDRESS_PARTS, texts, strict=False) if text}
        country = parts.pop("country", "")
        if not parts or (len(parts) == 1 and "region" in parts):
            return None  # nothing but a region
        if country:
            code = self._code(country)
            parts["country" if code else "country_text"] = code or country
        if shape.kind:
            parts["label"] = shape.kind
        return restored(Address, parts)

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

    def _notes(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        shape, value = several[0]
        if len(value) > TEXT_LIMIT:
            return False
        text = found["description"] = unescape(value).strip()
        if shape.parameters:
            parameters.append(_parameters(shape, text))
        return len(several) == 1

    def _text(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        shape, value = several[0]
        if len(several) == 1 and not value.strip(_BLANK):
            return True
        if len(several) > 1 or "\\" in value or len(value) > LINE_LIMIT or (shape.name == "NICKNAME" and "," in value):
            return False
        text = found[_TEXTS[shape.name]] = value.strip()
        if shape.parameters:
            parameters.append(_parameters(shape, text))
        return True

    def _birthday(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        shape, value = several[0]
        if len(several) > 1 or "T" in value.upper():
            return False
        if not value.strip(_BLANK):
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
            parameters.append(_parameters(shape, birthday))
        return True

    def _names(self, several: _Values, found: dict[str, Any], parameters: list[str], _: _Slots) -> bool:
        if len(several) > 1:
            return False
        shape, value = several[0]
        if len(value) > LINE_LIMIT // 2 or ("," in value and is_list(value)):
            return False
        if not value.strip(_BLANK):
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
            parameters.append(_parameters(shape, names))
        return True


_Values = list[tuple[_Shape, str]]
_Slots = dict[str, _Values]
_Picture = tuple[CardPicture | None, RowProblem | None, int]
"""The picture, the note on it, and the number of its characters."""
_Reader = Callable[[PlainCards, _Values, dict[str, Any], list[str], _Slots], bool]
_READERS: Final[Mapping[str, _Reader]] = {
    "EMAIL": PlainCards._emails,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "TEL": PlainCards._phones,  # noqa: SLF001
    "URL": PlainCards._websites,  # noqa: SLF001
    "ADR": PlainCards._addresses,  # noqa: SLF001
    "SOCIAL": PlainCards._profiles,  # noqa: SLF001
    "CATEGORIES": PlainCards._categories,  # noqa: SLF001
    "NOTE": PlainCards._notes,  # noqa: SLF001
    "N": PlainCards._names,  # noqa: SLF001
    "BDAY": PlainCards._birthday,  # noqa: SLF001
    **dict.fromkeys(_TEXTS, PlainCards._text),  # noqa: SLF001
}
_LISTED_SLOTS: Final = frozenset((*_LISTS.values(), "CATEGORIES", "NOTE"))
"""Properties whose groups may have a label."""


def _is_plain(text: str) -> bool:
    """Whether a text has nothing but printable characters in their only spelling."""
    if not text.isprintable():
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", text) and IGNORABLE.search(text) is None)


def _decoded(value: str) -> str | None:
    """The value of a line in quoted-printable; None if the careful reader has to decode it."""
    if value.endswith("="):
        return None
    try:
        text = binascii.a2b_qp(value.encode()).decode()
    except ValueError:
        return None
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return text if _is_plain(text) else None


def _labels_are_read(shapes: list[_Shape], listed: AbstractSet[str]) -> bool:
    """Whether each label belongs to a value of a list, so that no label is kept."""
    return not any(shape.slot in _LABELS and shape.group not in listed for shape in shapes)


def _keep_again(lines: list[str], shapes: list[_Shape], listed: AbstractSet[str]) -> dict[str, list[str]]:
    """The kept lines, with the labels of other groups than those of values, and with the address of a picture."""
    kept: dict[str, list[str]] = {}
    for line, shape in zip(lines, shapes, strict=True):
        value = line.partition(":")[2]
        remote = shape.slot == "PICTURE" and _is_remote(shape, value)
        if shape.slot and not remote and (shape.slot not in _LABELS or shape.group in listed):
            continue
        value = (_decoded(value) or "") if shape.quoted else value
        if value.strip(_BLANK):
            kept.setdefault(shape.unmapped, []).append(shape.head + value)
    return kept


def _of_groups(several: Sequence[tuple[_Shape, str]]) -> dict[str, str]:
    return {shape.group: unescape(value) for shape, value in several}


def _is_remote(shape: _Shape, value: str) -> bool:
    """Whether the value of PHOTO or LOGO is an address."""
    return "ENCODING" not in shape.line.parameters and value.strip()[:5].lower() != "data:"


def _picture_head(lines: list[str], shapes: list[_Shape]) -> str:
    """What stands before the value of the first picture, as it is written; `""` without a picture."""
    heads = (line.partition(":")[0] for line, shape in zip(lines, shapes, strict=True) if shape.slot == "PICTURE")
    return next(heads, "")


def _picture(several: _Values | None, head: str, start: int, folded: bytes) -> _Picture | None:
    """The picture of a card; None if the careful reader has to read it."""
    if several is None:
        return None, None, 0
    shape, value = several[0]
    # Every other line begins with another head, or with a space.
    before, *behind = (b"\n" + folded).split(f"\n{head}:".encode())
    if len(several) > 1 or len(behind) != 1:
        return None
    if not value.strip():
        return None, None, 0
    line = shape.line._replace(value="".join(value.split()) if "ENCODING" in shape.line.parameters else value)
    try:
        picture, code, reason, shown = picture_with_note(line)
    except Invalid:
        return None
    if (picture is None) != _is_remote(shape, value):
        return None
    number = start + 1 + before.count(b"\n")
    note = RowProblem(number, shape.name, storable(shown), reason, code)
    return picture, note, len(value) if picture is not None else 0


def _with_lines(found: list[tuple[_Shape, str, Address]], label: _Shape, value: str) -> bool:
    """Give the lines of LABEL to the only address before it with the same types; False if there is another number."""
    types = label.types
    places = [at for at, (shape, _, _) in enumerate(found) if shape.types == types]
    if len(places) != 1 or len(value) > _LONGEST_LABEL:
        return False
    shape, written, address = found[places[0]]
    if address.formatted or shape.group:
        return False
    if len(found) > 1 and [_place(one) for _, _, one in found].count(_place(address)) > 1:
        return False
    try:
        lines = clean_text(unescape(value))
    except Invalid:
        return False
    found[places[0]] = shape, written, altered(address, {"formatted": lines})
    return True


def _split_street(texts: list[str]) -> bool:
    """Give the further lines of a street their place; False if others have lines, or if nothing else is known."""
    others = [text for at, text in enumerate(texts) if at != _STREET]
    if "\n" in "".join(others) or not any(others):
        return False
    street, *more = filter(None, map(str.strip, texts[_STREET].split("\n")))
    texts[_STREET] = street
    texts[_STREET2] = ", ".join(filter(None, (texts[_STREET2], *more)))
    return len(texts[_STREET2]) <= LINE_LIMIT


_place = attrgetter(
    *("street", "street2", "city", "region", "postal_code", "country", "country_text", "po_box", "billing")
)
"""What an address is without its label and its lines."""


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


def _in_order(several: _Values) -> _Values:
    """The values of a list, the preferred ones first."""
    return sorted(several, key=_rank) if len(several) > 1 else several


def _rank(one: tuple[_Shape, *tuple[Any, ...]]) -> int:
    return one[0].rank


def _parameters(shape: _Shape, value: object) -> str:
    return f"{shape.parameters}{zlib.crc32(str(value).encode()):08x}"


def _only(lines: list[str] | None) -> str | None:
    """The value of the only line of a property; `""` without a line, None for several."""
    if lines is None:
        return ""
    return lines[0].partition(":")[2] if len(lines) == 1 else None


def _known(several: _Values | None) -> bool:
    return several is None or several[0][1].strip() in _VERSIONS


def _name(several: _Values | None) -> str | None:
    """The formatted name; `""` for none, None for one that is not plain."""
    if several is None:
        return ""
    value = several[0][1]
    if len(several) > 1 or len(value) > LINE_LIMIT or "\\n" in value or "\\N" in value:
        return None
    return unescape(value).strip() if value.strip(_BLANK) else ""


def _name_person(slots: _Slots, found: dict[str, Any], name: str) -> bool:
    """Find the full name of a person that is shown by another name; False if there may be no person."""
    several = slots.get("N")
    if name:
        family, given = found.get("family_name", ""), found.get("given_name", "")
        simple = several is not None and (several[0][1].isascii() or max(several[0][1]) < _COMPLEX_SCRIPTS)
        if (family or given) and simple:
            prefix, middle, suffix = found.get("prefix", ""), found.get("middle_name", ""), found.get("suffix", "")
            other = name != " ".join(f"{prefix} {given} {middle} {family} {suffix}".split())
        else:
            other = name not in displayed(Person, found)
        if other:
            found["full_name"] = name
    return any(map(found.get, _SUFFICIENT))


def _name_company(
    kept: dict[str, list[str]], slots: _Slots, found: dict[str, Any], name: str, companies: list[str]
) -> bool:
    """Find the name of a company; False if the card has anything that a company has no field for."""
    several = slots.get("N")
    if (several is not None and several[0][1].strip(_BLANK)) or any(part in slots for part in _OF_PEOPLE):
        return False
    own, *units = companies
    units = list(filter(None, units))
    lines = kept.pop(_ORG, None)
    if lines is not None and (not lines[0].startswith("ORG:") or len(units) > 1 or len(lines[0]) > LINE_LIMIT):
        return False
    if "\n" in own or (units and "\n" in units[0]):
        return False
    found["name"], found["division"] = own, ", ".join(units)
    if name and name not in displayed(Company, found):
        if own:
            return False
        found["name"] = name
    return any(map(found.get, _SUFFICIENT))
