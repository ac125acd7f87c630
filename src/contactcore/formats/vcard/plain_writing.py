"""The quick door of the writer: what stands before the values is remembered, and the lines are made as text.

It gives back anything unusual to the careful writer (`card_lines`): genders, several notes or lists of categories as
they were written, kept lines that are written in another way than they were read. A property test proves that both
write equal cards.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from contactcore.formats.vcard.address_lines import address_value
from contactcore.formats.vcard.content_lines import (
    LONGEST_HEAD,
    MOST_HEADS,
    ContentLine,
    escape,
    escape_all,
    folded_line,
    parse_line,
)
from contactcore.formats.vcard.extras import GROUP, PARAMETERS, PROFILE, VALUE, checksum, unmapped_name
from contactcore.formats.vcard.kept_texts import Beside, KeptTexts, Parameters, Unusual, as_kept, without_value
from contactcore.formats.vcard.kinds import types_of
from contactcore.formats.vcard.person_lines import birthday_line, formatted
from contactcore.formats.vcard.picture import CardPicture, picture_line
from contactcore.formats.vcard.uids import uid_of
from contactcore.formats.vcard.written_lines import (
    KEPT_BESIDE,
    Position,
    is_text_uid,
    position_lines,
    profile_beside,
    with_parameters,
)
from contactcore.model import Company, Person
from contactcore.read_only import EMPTY
from contactcore.values import Address, PhoneNumber

__all__ = ["PlainWriter"]

_SHORT = 18
"""Characters that are at most 75 octets in any letters."""
_WIDTH = 75
_KIND, _NAMES, _ORG, _TITLE = map(unmapped_name, ("KIND", "N", "ORG", "TITLE"))

_NOTHING: Final[Beside] = {}


class _Head(NamedTuple):
    """What stands before a value, and beside it.

    Attributes:
        text: The text up to the colon, without a group.
        value: The value as it was written, if the model could not hold all of it, else None.
        group: The group that the line keeps; `""` for none.
        label: The label, escaped; `""` for none.
        region: The country of Apple's address book, escaped; `""` for none.
    """

    text: str
    value: str | None
    group: str
    label: str
    region: str

    @property
    def alone(self) -> bool:
        """Whether the value has one line, without a group."""
        return not (self.group or self.label or self.region)


class PlainWriter:
    """Writes plain cards. What stands before the values is remembered.

    Args:
        version: `"3.0"` or `"4.0"`.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._new = version == "4.0"
        self._start = f"BEGIN:VCARD\r\nVERSION:{version}\r\n"
        self._heads: dict[tuple[str, str, bool, str], _Head] = {}
        self._plain_heads: dict[tuple[str, str, bool, str], str] = {}
        self._single_heads: dict[tuple[str, str], str] = {}
        self._texts = KeptTexts(new=self._new)
        self._media: dict[tuple[str, str], str] = {}
        self._groups = 0
        self._taken: list[str] = []
        self._beside = _NOTHING

    def card(
        self, contact: Person | Company, positions: Sequence[Position] = (), pictures: Iterable[CardPicture] = ()
    ) -> str | None:
        """The card of a contact; None if it is not plain.

        Args:
            contact: The contact.
            positions: The places of a person in companies, the first one first.
            pictures: The pictures of the contact.
        """
        try:
            lines = self._lines(contact, positions, pictures)
        except Unusual:
            return None
        text = "\r\n".join(
            [
                line
                if len(line) <= _SHORT or (len(line) <= _WIDTH and (line.isascii() or len(line.encode()) <= _WIDTH))
                else folded_line(line)
                for line in lines
            ]
        )
        return f"{self._start}{text}\r\nEND:VCARD\r\n"

    def _lines(
        self, contact: Person | Company, positions: Sequence[Position], pictures: Iterable[CardPicture]
    ) -> list[str]:
        unmapped = contact.unmapped
        kept: list[str] = []
        self._groups, self._taken, self._beside = 0, [], _NOTHING
        if unmapped:
            kept, self._taken = self._texts.lines(unmapped)
            text = unmapped.get(PARAMETERS)
            if text:
                self._beside = self._texts.entries(text)
        lines: list[str] = []
        if isinstance(contact, Person):
            self._person(contact, lines)
        else:
            self._company(contact, lines)
        if positions:
            organizations, titles = self._parsed(unmapped.get(_ORG, "")), self._parsed(unmapped.get(_TITLE, ""))
            lines += map(str, position_lines(positions, organizations, titles, self._new_group))
        uid = uid_of(contact.external_id, contact.id)
        if uid:
            is_text = is_text_uid(uid, self._version)
            self._single("UID", escape(uid), uid, lines, {"VALUE": ("text",)} if is_text else EMPTY)
        self._details(contact, lines)
        self._others(contact, lines)
        for picture in pictures:
            lines.append(self._picture(picture))
        lines += kept
        return lines

    @staticmethod
    def _parsed(text: str) -> list[ContentLine]:
        """Kept lines, which are known to be lines."""
        return [line for line in map(parse_line, text.split("\n")) if line is not None]

    # Names

    def _person(self, person: Person, lines: list[str]) -> None:
        if person.gender:
            raise Unusual
        names = (person.family_name, person.given_name, person.middle_name, person.prefix, person.suffix)
        named = any(names)
        if not named and _KIND not in person.unmapped:
            lines.append("KIND:individual")
        if named or not self._new:
            self._single("N", escape_all(names), names, lines)
        both = person.plain_names(str(person.language or ""))
        name = formatted(" ".join(both) if both is not None else person.display_name)
        self._single("FN", escape(name), name, lines)
        if person.full_name and person.full_name != name:
            lines.append(f"X-CONTACTCORE-FULL-NAME:{escape(person.full_name)}")
        if person.nickname:
            self._single("NICKNAME", escape(person.nickname), person.nickname, lines)
        if person.phonetic_given_name:
            text = person.phonetic_given_name
            self._single("X-PHONETIC-FIRST-NAME", escape(text), text, lines)
        if person.phonetic_family_name:
            text = person.phonetic_family_name
            self._single("X-PHONETIC-LAST-NAME", escape(text), text, lines)
        if person.birthday is not None:
            line = birthday_line(person.birthday, self._version)
            self._single("BDAY", line.value, person.birthday, lines, line.parameters)

    def _company(self, company: Company, lines: list[str]) -> None:
        if self._new:
            lines.append("KIND:org")
        else:
            lines.append("X-ABSHOWAS:COMPANY")
            if _NAMES not in company.unmapped:
                lines.append("N:;;;;")
        name = company.name or formatted(company.display_name)
        self._single("FN", escape(name), name, lines)
        if company.name or company.division:
            own = (company.name, company.division)
            self._single("ORG", escape_all(own if company.division else own[:1]), own, lines)

    # Values

    def _single(
        self, name: str, value: str, key: object, lines: list[str], parameters: Parameters = EMPTY, shown: str = ""
    ) -> None:
        """The line of a value with the parameters that are kept beside it.

        Args:
            name: The property.
            value: The escaped value.
            key: The value that its parameters are found by.
            lines: The line is added to them.
            parameters: The parameters that the line has anyway.
            shown: The property that is written, if it is another one.
        """
        entries = self._beside.get(name)
        entry = entries.get(checksum(key), "") if entries else ""
        if not entry and not parameters:
            lines.append(f"{shown or name}:{value}")
            return
        head = self._single_heads.get((name, entry)) if not parameters else None
        kept: tuple[str, ...] = ()
        if head is None:
            found = self._texts.entry(entry)[1] if entry else EMPTY
            extras = {one: given for one, given in found.items() if one not in KEPT_BESIDE}
            kept, group = found.get(VALUE, ()), found.get(GROUP, ("",))[0]
            line = with_parameters(ContentLine(name, "", parameters), extras)
            head = str(line._replace(name=shown or name, group=group))
            if not (kept or parameters) and len(entry) <= LONGEST_HEAD:
                if len(self._single_heads) >= MOST_HEADS:
                    self._single_heads.clear()
                self._single_heads[name, entry] = head
        lines.append(head + (as_kept(kept[0]) if kept else value))

    def _details(self, contact: Person | Company, lines: list[str]) -> None:
        beside = self._beside
        if contact.emails:
            entries = beside.get("EMAIL")
            first = len(contact.emails) > 1
            for email in contact.emails:
                text = email.text
                entry = entries.get(checksum(text), "") if entries else ""
                self._value("EMAIL", escape(text), email.kind, entry, lines, first=first)
                first = False
        if contact.phones:
            entries = beside.get("TEL")
            first = len(contact.phones) > 1
            phone: PhoneNumber | str
            for phone in contact.phones:
                if isinstance(phone, str):
                    entry = entries.get(checksum(phone), "") if entries else ""
                    self._value("", escape(phone), "", entry, lines, first=first)
                else:
                    entry = entries.get(checksum(phone.key), "") if entries else ""
                    self._value("TEL", self._number(phone), phone.kind, entry, lines, first=first)
                first = False
        if contact.websites:
            entries = beside.get("URL")
            first = len(contact.websites) > 1
            for website in contact.websites:
                url = website.url
                entry = entries.get(checksum(url), "") if entries else ""
                if not url.isprintable():
                    raise Unusual
                self._value("URL", url, website.kind, entry, lines, first=first)
                first = False

    def _number(self, phone: PhoneNumber) -> str:
        if self._new:
            return phone.uri
        return f"{phone.e164} x{phone.extension}" if phone.extension else phone.e164

    def _others(self, contact: Person | Company, lines: list[str]) -> None:
        """Everything between the websites and the pictures."""
        if contact.socials:
            entries = self._beside.get(PROFILE)
            for profile in contact.socials:
                entry = entries.get(checksum(profile.key), "") if entries else ""
                found = self._texts.entry(entry)[1] if entry else EMPTY
                lines.append(str(profile_beside(profile, self._version, found)))
        if contact.addresses:
            entries = self._beside.get("ADR")
            first = len(contact.addresses) > 1
            for address in contact.addresses:
                entry = entries.get(checksum(address), "") if entries else ""
                self._address(address, entry, lines, first=first)
                first = False
        if contact.language is not None:
            shown = "LANG" if self._new else "X-LANG"
            self._single("LANG", str(contact.language), contact.language, lines, shown=shown)
        if contact.tags:
            lines.append("CATEGORIES:" + ",".join([escape(tag.text) for tag in contact.tags]))
        if contact.description:
            self._single("NOTE", escape(contact.description), contact.description, lines)

    def _address(self, address: Address, entry: str, lines: list[str], *, first: bool) -> None:
        entry, written = without_value(entry)
        value = written or address_value(address)
        if not (address.formatted or address.billing):
            self._value("ADR", value, address.label, entry, lines, first=first)
            return
        own: dict[str, tuple[str, ...]] = {"TYPE": ("billing",)} if address.billing else {}
        if address.formatted and self._new:
            own["LABEL"] = (address.formatted.replace("\\", "\\\\"),)
        head = (self._head if own else self._known_head)("ADR", address.label, entry, own, first=first)
        if address.formatted and not self._new:
            group = head.group or self._new_group()
            self._grouped(head._replace(group=group), value, lines)
            lines.append(f"{group}.LABEL:{escape(address.formatted)}")
        elif head.alone:
            lines.append(head.text + (value if head.value is None else head.value))
        else:
            self._grouped(head, value, lines)

    def _value(self, name: str, value: str, kind: str, entry: str, lines: list[str], *, first: bool) -> None:
        """The lines of a value of a list; the name is `""` for a number that is a text."""
        try:
            lines.append(self._plain_heads[name, kind, first, entry] + value)
        except KeyError:
            pass
        else:
            return
        head = self._known_head(name, kind, entry, EMPTY, first=first)
        if head.alone:
            lines.append(head.text + (value if head.value is None else head.value))
        else:
            self._grouped(head, value, lines)

    def _grouped(self, head: _Head, value: str, lines: list[str]) -> None:
        """The line of a value in a group, and its labels."""
        group = head.group or self._new_group()
        lines.append(f"{group}.{head.text}{value if head.value is None else head.value}")
        if head.label:
            lines.append(f"{group}.X-ABLABEL:{head.label}")
        if head.region:
            lines.append(f"{group}.X-ABADR:{head.region}")

    def _known_head(self, name: str, kind: str, entry: str, own: Parameters, *, first: bool) -> _Head:
        """What stands before a value without parameters of its own, remembered."""
        key = name, kind, first, entry
        head = self._heads.get(key)
        if head is None:
            head = self._head(name, kind, entry, own, first=first)
            if head.value is None and len(entry) <= LONGEST_HEAD:
                if len(self._heads) >= MOST_HEADS:
                    self._heads.clear()
                    self._plain_heads.clear()
                self._heads[key] = head
                if head.alone:
                    self._plain_heads[key] = head.text
        return head

    def _head(self, name: str, kind: str, entry: str, own: Parameters, *, first: bool) -> _Head:
        """What stands before a value of a list, and beside it."""
        property_name = name or "TEL"
        types = types_of(property_name, kind)
        line = ContentLine(property_name, "", {"VALUE": ("uri",)} if name == "TEL" and self._new else own)
        given: dict[str, tuple[str, ...]] = {"TYPE": types} if types else {}
        if first and self._new:
            given["PREF"] = ("1",)
        elif first:
            given["TYPE"] = (*types, "pref")
        extras = dict(self._texts.entry(entry)[1]) if entry else {}
        value, group = extras.pop(VALUE, None), extras.pop(GROUP, ("",))[0]
        label, region = (extras.pop(one, ("",))[0] for one in ("X-ABLABEL", "X-ABADR"))
        label = label or (kind if not types else "")
        text = str(with_parameters(with_parameters(line, given), extras))
        return _Head(text, as_kept(value[0]) if value else None, group, escape(label), escape(region))

    def _new_group(self) -> str:
        while True:
            self._groups += 1
            group = f"item{self._groups}"
            if group not in self._taken:
                return group

    def _picture(self, picture: CardPicture) -> str:
        key = picture.kind, picture.media_type
        head = self._media.get(key)
        if head is None:
            if len(self._media) >= MOST_HEADS:
                self._media.clear()
            head = self._media[key] = str(picture_line(CardPicture(*key, b""), self._version))
        return head + base64.b64encode(picture.data).decode()
