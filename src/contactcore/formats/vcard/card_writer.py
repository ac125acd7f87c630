"""The careful door of the writer: the lines of any contact's card (IMP-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from contactcore.formats.vcard.address_lines import address_value
from contactcore.formats.vcard.content_lines import ContentLine, escape, parse_line
from contactcore.formats.vcard.extras import GROUP, LINES, PARAMETERS, PROFILE, UNMAPPED, VALUE, Extras, unmapped_name
from contactcore.formats.vcard.kinds import types_of
from contactcore.formats.vcard.person_lines import GENDERS, NAME_PARTS, birthday_line, formatted
from contactcore.formats.vcard.picture import CardPicture, picture_line
from contactcore.formats.vcard.uids import uid_of
from contactcore.formats.vcard.written_lines import (
    KEPT_BESIDE,
    NEVER,
    ONCE,
    Position,
    is_text_uid,
    position_lines,
    profile_beside,
    with_parameters,
)
from contactcore.model import Company, Person
from contactcore.values import Address, PhoneNumber, SocialProfile

__all__ = ["card_lines"]

_LETTERS = {text: letter for letter, text in GENDERS.items()}


def card_lines(
    contact: Person | Company,
    version: str,
    *,
    positions: Sequence[Position] = (),
    pictures: Iterable[CardPicture] = (),
) -> Iterator[ContentLine]:
    """The lines of a contact's card.

    Args:
        contact: The person or the company.
        version: `"3.0"` or `"4.0"`.
        positions: The places of a person in companies, the first one first.
        pictures: The pictures of the contact.
    """
    return _CardWriter(contact, version, positions, pictures).lines()


class _CardWriter:
    def __init__(
        self, contact: Person | Company, version: str, positions: Sequence[Position], pictures: Iterable[CardPicture]
    ) -> None:
        self._contact = contact
        self._version = version
        self._positions = positions
        self._pictures = pictures
        self._extras = Extras(contact.unmapped.get(PARAMETERS, ""))
        self._kept = dict(self._kept_lines()) if contact.unmapped else {}
        self._taken = {line.group for lines in self._kept.values() for line in lines}
        self._groups = 0
        self._left_out: set[str] = set()

    def _kept_lines(self) -> Iterator[tuple[str, list[ContentLine]]]:
        """The entries of `unmapped` that are lines of a card."""
        for name, text in self._contact.unmapped.items():
            lines = [line for line in map(parse_line, text.split("\n")) if line is not None]
            property_name = lines[0].name if lines else ""
            if (
                name == unmapped_name(property_name)
                and len(lines) == text.count("\n") + 1
                and all(line.name == property_name for line in lines)
                and property_name not in NEVER
            ):
                # An update of an import adds the lines of a newer card below the older ones.
                if property_name in ONCE:
                    lines = lines[-1:]
                elif len(lines) > 1:
                    lines = list({str(line): line for line in lines}.values())
                yield name, lines

    def lines(self) -> Iterator[ContentLine]:
        contact = self._contact
        yield ContentLine("BEGIN", "VCARD")
        yield ContentLine("VERSION", self._version)
        if isinstance(contact, Person):
            yield from self._person(contact)
        else:
            yield from self._company(contact)
        yield from self._position_lines()
        uid = uid_of(contact.external_id, contact.id)
        if uid:
            yield self._external_id(uid)
        yield from self._details()
        for profile in contact.socials:
            yield self._profile(profile)
        for address in contact.addresses:
            yield from self._address(address)
        if contact.language is not None:
            line = self._with_extras(ContentLine("LANG", str(contact.language)), contact.language)
            yield line if self._version == "4.0" else line._replace(name="X-LANG")
        if contact.tags and not self._written_as_kept("CATEGORIES", contact.tags):
            yield ContentLine("CATEGORIES", ",".join(escape(tag.text) for tag in contact.tags))
        if contact.description and not self._written_as_kept("NOTE", contact.description):
            yield self._with_extras(ContentLine("NOTE", escape(contact.description)), contact.description)
        for picture in self._pictures:
            yield picture_line(picture, self._version)
        yield from self._unmapped()
        yield ContentLine("END", "VCARD")

    def _written_as_kept(self, name: str, value: object) -> bool:
        """Whether the lines of a value stay as they were; else the kept ones are outdated, and are left out."""
        if not self._extras.whole(name):
            return False
        if LINES in self._extras.of(name, value) and unmapped_name(name) in self._kept:
            return True
        self._outdated(name)
        return False

    def _outdated(self, name: str) -> None:
        self._left_out.add(unmapped_name(name))

    def _position_lines(self) -> Iterator[ContentLine]:
        kept = self._kept.get(unmapped_name("ORG"), ()), self._kept.get(unmapped_name("TITLE"), ())
        return position_lines(self._positions, *kept, self._new_group)

    def _person(self, person: Person) -> Iterator[ContentLine]:
        names = tuple(getattr(person, part) for part in NAME_PARTS)
        if not any(names) and unmapped_name("KIND") not in self._kept:
            yield ContentLine("KIND", "individual")
        if any(names) or self._version == "3.0":
            yield self._with_extras(ContentLine("N", ";".join(map(escape, names))), names)
        name = formatted(person.display_name)
        yield self._with_extras(ContentLine("FN", escape(name)), name)
        if person.full_name and person.full_name != name:
            yield ContentLine("X-CONTACTCORE-FULL-NAME", escape(person.full_name))
        texts = (
            ("NICKNAME", person.nickname),
            ("X-PHONETIC-FIRST-NAME", person.phonetic_given_name),
            ("X-PHONETIC-LAST-NAME", person.phonetic_family_name),
        )
        for property_name, text in texts:
            if text:
                yield self._with_extras(ContentLine(property_name, escape(text)), text)
        if person.birthday is not None:
            yield self._with_extras(birthday_line(person.birthday, self._version), person.birthday)
        if person.gender:
            yield self._gender(person.gender)

    def _company(self, company: Company) -> Iterator[ContentLine]:
        if self._version == "4.0":
            yield ContentLine("KIND", "org")
        else:
            yield ContentLine("X-ABSHOWAS", "COMPANY")
            if unmapped_name("N") not in self._kept:
                yield ContentLine("N", ";;;;")
        name = company.name or formatted(company.display_name)
        yield self._with_extras(ContentLine("FN", escape(name)), name)
        if company.name or company.division:
            own = (company.name, company.division)
            value = ";".join(map(escape, own if company.division else own[:1]))
            yield self._with_extras(ContentLine("ORG", value), own)

    def _gender(self, gender: str) -> ContentLine:
        if self._version == "3.0":
            return self._with_extras(ContentLine("X-GENDER", escape(gender)), gender)
        if gender in _LETTERS:
            return self._with_extras(ContentLine("GENDER", _LETTERS[gender]), gender)
        letter = next(iter(self._extras.of("GENDER", gender).get("X-SEX", ())), "")
        return self._with_extras(ContentLine("GENDER", f"{escape(letter)};{escape(gender)}"), gender)

    def _external_id(self, text: str) -> ContentLine:
        parameters = {"VALUE": ("text",)} if is_text_uid(text, self._version) else {}
        return self._with_extras(ContentLine("UID", escape(text), parameters), text)

    def _details(self) -> Iterator[ContentLine]:
        contact = self._contact
        for email in contact.emails:
            first = email is contact.emails[0] and len(contact.emails) > 1
            yield from self._labelled(ContentLine("EMAIL", escape(email.text)), email.text, email.kind, first)
        phones: tuple[PhoneNumber | str, ...] = contact.phones
        for phone in phones:
            first = phone is phones[0] and len(phones) > 1
            if isinstance(phone, PhoneNumber):
                yield from self._labelled(self._phone(phone), phone.key, phone.kind, first)
            else:
                yield from self._labelled(ContentLine("TEL", escape(phone)), phone, "", first)
        for website in contact.websites:
            first = website is contact.websites[0] and len(contact.websites) > 1
            yield from self._labelled(ContentLine("URL", website.url), website.url, website.kind, first)

    def _phone(self, phone: PhoneNumber) -> ContentLine:
        if self._version == "4.0":
            return ContentLine("TEL", phone.uri, {"VALUE": ("uri",)})
        return ContentLine("TEL", f"{phone.e164} x{phone.extension}" if phone.extension else phone.e164)

    def _profile(self, profile: SocialProfile) -> ContentLine:
        return profile_beside(profile, self._version, self._extras.of(PROFILE, profile.key))

    def _address(self, address: Address) -> Iterator[ContentLine]:
        addresses = self._contact.addresses
        line = ContentLine("ADR", address_value(address), {"TYPE": ("billing",)} if address.billing else {})
        if address.formatted and self._version == "4.0":
            line = with_parameters(line, {"LABEL": (address.formatted.replace("\\", "\\\\"),)})
        first = address is addresses[0] and len(addresses) > 1
        found = list(self._labelled(line, address, address.label, first))
        if address.formatted and self._version == "3.0":
            group = found[0].group or self._new_group()
            found[0] = ContentLine("ADR", found[0].value, found[0].parameters, group)
            found.append(ContentLine("LABEL", escape(address.formatted), {}, group))
        yield from found

    def _labelled(self, line: ContentLine, key: object, kind: str, first: bool) -> Iterator[ContentLine]:
        """The line with the types of its kind and its parameters, and with its label if it needs one."""
        found = self._extras.of(line.name, key)
        types = types_of(line.name, kind)
        given: dict[str, tuple[str, ...]] = {"TYPE": types} if types else {}
        if first and self._version == "4.0":
            given["PREF"] = ("1",)
        elif first:
            given["TYPE"] = (*types, "pref")
        if not found and (types or not kind):
            yield with_parameters(line, given)
            return
        extras = dict(found)
        label = next(iter(extras.pop("X-ABLABEL", ())), "")
        region = next(iter(extras.pop("X-ABADR", ())), "")
        kept_group = next(iter(extras.pop(GROUP, ())), "")
        line = self._as_written(line, extras)
        if kind and not types:
            label = label or kind
        group = kept_group or (self._new_group() if label or region else "")
        whole = with_parameters(with_parameters(line, given), extras)
        yield ContentLine(whole.name, whole.value, whole.parameters, group)
        if label:
            yield ContentLine("X-ABLABEL", escape(label), {}, group)
        if region:
            yield ContentLine("X-ABADR", escape(region), {}, group)

    def _new_group(self) -> str:
        while True:
            self._groups += 1
            group = f"item{self._groups}"
            if group not in self._taken:
                return group

    def _with_extras(self, line: ContentLine, key: object) -> ContentLine:
        found = self._extras.of(line.name, key)
        if not found:
            return line
        line = self._as_written(line, dict(found))
        extras = {name: given for name, given in found.items() if name not in KEPT_BESIDE}
        whole = with_parameters(line, extras)
        return whole._replace(group=found[GROUP][0]) if GROUP in found else whole

    @staticmethod
    def _as_written(line: ContentLine, extras: dict[str, tuple[str, ...]]) -> ContentLine:
        """The line with its value as it was written, if the model could not hold all of it."""
        kept = extras.pop(VALUE, ())
        return line._replace(value=kept[0].replace("\n", "\\n")) if kept else line

    def _unmapped(self) -> Iterator[ContentLine]:
        for name, text in self._contact.unmapped.items():
            if name in self._left_out:
                continue
            if name in self._kept:
                yield from map(self._in_version, self._kept[name])
            elif name != PARAMETERS or not self._extras.readable:
                yield ContentLine(UNMAPPED, f"{escape(name)};{escape(text)}")

    def _in_version(self, line: ContentLine) -> ContentLine:
        """A kept line with its binary value as the version writes it."""
        if self._version == "3.0" or "ENCODING" not in line.parameters:
            return line
        parameters = {name: given for name, given in line.parameters.items() if name not in ("ENCODING", "VALUE")}
        media = "application/octet-stream"
        return ContentLine(line.name, f"data:{media};base64,{line.value}", parameters, line.group)
