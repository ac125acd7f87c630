"""From contacts to vCards (IMP-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from contactcore.errors import Invalid
from contactcore.formats.vcard.address_lines import address_value
from contactcore.formats.vcard.content_lines import ContentLine, escape, fold, parse_line
from contactcore.formats.vcard.extras import PARAMETERS, UNMAPPED, Extras, unmapped_name
from contactcore.formats.vcard.kinds import types_of
from contactcore.formats.vcard.person_lines import GENDERS, NAME_PARTS, birthday_line, formatted
from contactcore.formats.vcard.social_lines import profile_line
from contactcore.model import Company, Person
from contactcore.values import Address, PhoneNumber

__all__ = ["dumps"]

_VERSIONS = ("3.0", "4.0")
_NEVER = frozenset(("BEGIN", "END", "VERSION"))
_LETTERS = {text: letter for letter, text in GENDERS.items()}


def dumps(contacts: Iterable[Person | Company], version: Literal["3.0", "4.0"] = "4.0") -> str:
    r"""Writes contacts as vCards; `loads` gives them back.

    A card holds what others may know of a contact. The id, the type, categories, custom fields, the currency, the
    responsible users, the access and the portal's settings stay in the workspace.

    Args:
        contacts: People and companies.
        version: `"4.0"` by default, or `"3.0"`.

    Returns:
        The cards, with CRLF; encode the text as UTF-8.

    Raises:
        Invalid: `vcard-version` for any other version, `record-type` for anything but contacts, `not-a-list` for
            anything but several.

    >>> from contactcore import Person
    >>> from contactcore.formats import vcard
    >>> print(vcard.dumps([Person("Jane", "Doe", emails=["jane@example.org"])]).replace("\r", ""))
    BEGIN:VCARD
    VERSION:4.0
    N:Doe;Jane;;;
    FN:Jane Doe
    EMAIL:jane@example.org
    END:VCARD
    <BLANKLINE>

    Source: IMP-5; RFC 2426, RFC 6350, RFC 6868, RFC 9554.
    """
    if version not in _VERSIONS:
        raise Invalid("vcard-version", 'Choose the version "3.0" or "4.0".', path="version", value=version)
    if isinstance(contacts, str | bytes | Mapping) or not isinstance(contacts, Iterable):
        raise Invalid("not-a-list", "Give a list here, even for a single entry.", path="contacts")
    parts: list[str] = []
    for index, contact in enumerate(contacts):
        if not isinstance(contact, Person | Company):
            reason = "Give a Person or a Company here."
            raise Invalid("record-type", reason, path=f"contacts[{index}]", value=type(contact).__name__)
        parts.append(fold(_CardWriter(contact, version).lines()))
    return "".join(parts)


class _CardWriter:
    def __init__(self, contact: Person | Company, version: str) -> None:
        self._contact = contact
        self._version = version
        self._extras = Extras(contact.unmapped.get(PARAMETERS, ""))
        self._kept = dict(self._kept_lines())
        self._taken = {line.group for lines in self._kept.values() for line in lines}
        self._groups = 0

    def _kept_lines(self) -> Iterator[tuple[str, list[ContentLine]]]:
        """The entries of `unmapped` that are lines of a card."""
        for name, text in self._contact.unmapped.items():
            lines = [line for line in map(parse_line, text.split("\n")) if line is not None]
            property_name = lines[0].name if lines else ""
            if (
                name == unmapped_name(property_name)
                and len(lines) == text.count("\n") + 1
                and all(line.name == property_name for line in lines)
                and property_name not in (*_NEVER, UNMAPPED)
            ):
                yield name, lines

    def lines(self) -> Iterator[ContentLine]:
        contact = self._contact
        yield ContentLine("BEGIN", "VCARD")
        yield ContentLine("VERSION", self._version)
        if isinstance(contact, Person):
            yield from self._person(contact)
        else:
            yield from self._company(contact)
        if contact.external_id:
            yield self._external_id(contact.external_id)
        yield from self._details()
        for profile in contact.socials:
            yield self._with_extras(profile_line(profile, self._version), profile.key)
        for address in contact.addresses:
            yield from self._address(address)
        if contact.language is not None:
            name = "LANG" if self._version == "4.0" else "X-LANG"
            yield self._with_extras(ContentLine(name, str(contact.language)), contact.language)
        if contact.tags:
            yield ContentLine("CATEGORIES", ",".join(escape(tag.text) for tag in contact.tags))
        if contact.description:
            yield self._with_extras(ContentLine("NOTE", escape(contact.description)), contact.description)
        yield from self._unmapped()
        yield ContentLine("END", "VCARD")

    def _person(self, person: Person) -> Iterator[ContentLine]:
        names = tuple(getattr(person, part) for part in NAME_PARTS)
        if not any(names):
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
        is_uri = self._version == "3.0" or text.lower().startswith(("urn:", "http://", "https://"))
        return self._with_extras(
            ContentLine("UID", escape(text), {} if is_uri else {"VALUE": ("text",)}),
            text,
        )

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

    def _address(self, address: Address) -> Iterator[ContentLine]:
        addresses = self._contact.addresses
        line = ContentLine("ADR", address_value(address), {"TYPE": ("billing",)} if address.billing else {})
        if address.formatted and self._version == "4.0":
            line = _with_parameters(line, {"LABEL": (address.formatted.replace("\\", "\\\\"),)})
        first = address is addresses[0] and len(addresses) > 1
        found = list(self._labelled(line, address, address.label, first))
        if address.formatted and self._version == "3.0":
            group = found[0].group or self._new_group()
            found[0] = ContentLine("ADR", found[0].value, found[0].parameters, group)
            found.append(ContentLine("LABEL", escape(address.formatted), {}, group))
        yield from found

    def _labelled(self, line: ContentLine, key: object, kind: str, first: bool) -> Iterator[ContentLine]:
        """The line with the types of its kind and its parameters, and with its label if it needs one."""
        extras = dict(self._extras.of(line.name, key))
        label = next(iter(extras.pop("X-ABLABEL", ())), "")
        region = next(iter(extras.pop("X-ABADR", ())), "")
        types = types_of(line.name, kind)
        if kind and not types:
            label = label or kind
        given: dict[str, tuple[str, ...]] = {"TYPE": types} if types else {}
        if first and self._version == "4.0":
            given["PREF"] = ("1",)
        elif first:
            given["TYPE"] = (*types, "pref")
        group = self._new_group() if label or region else ""
        whole = _with_parameters(_with_parameters(line, given), extras)
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
        extras = {name: given for name, given in self._extras.of(line.name, key).items() if name != "X-SEX"}
        return _with_parameters(line, extras)

    def _unmapped(self) -> Iterator[ContentLine]:
        for name, text in self._contact.unmapped.items():
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


def _with_parameters(line: ContentLine, more: Mapping[str, tuple[str, ...]]) -> ContentLine:
    if not more:
        return line
    joined = dict(line.parameters)
    for name, given in more.items():
        joined[name] = tuple(dict.fromkeys((*joined.get(name, ()), *given))) if name == "TYPE" else given
    return ContentLine(line.name, line.value, joined, line.group)
