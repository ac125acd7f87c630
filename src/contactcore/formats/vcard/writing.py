"""From contacts to vCards (IMP-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import attrs

from contactcore.errors import Invalid
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.vcard.address_lines import address_value
from contactcore.formats.vcard.content_lines import ContentLine, components, escape, fold, parse_line
from contactcore.formats.vcard.extras import (
    GROUP,
    LINES,
    NAME,
    PARAMETERS,
    PROFILE,
    UNMAPPED,
    VALUE,
    Extras,
    unmapped_name,
)
from contactcore.formats.vcard.kinds import types_of
from contactcore.formats.vcard.person_lines import GENDERS, NAME_PARTS, birthday_line, formatted
from contactcore.formats.vcard.picture import CardPicture, picture_line
from contactcore.formats.vcard.plain_writing import KEPT_BESIDE, NEVER, ONCE, PlainWriter
from contactcore.formats.vcard.social_lines import profile_line
from contactcore.formats.vcard.uids import uid_of
from contactcore.model import Company, Person
from contactcore.text import fold as folded
from contactcore.values import Address, PhoneNumber, SocialProfile

__all__ = ["Pictures", "Position", "card_lines", "contacts_of", "dumps", "write", "write_cards"]

Pictures = Callable[[Person | Company], Iterable[CardPicture]]
"""Returns the pictures that the card of a contact gets."""

_VERSIONS = ("3.0", "4.0")
_LETTERS = {text: letter for letter, text in GENDERS.items()}


@attrs.frozen
class Position:
    """The place of a person in a company, for ORG and TITLE.

    Attributes:
        company: The name of the company.
        department: The department; `""` for unknown.
        title: The position; `""` for unknown.
    """

    company: str
    department: str = ""
    title: str = ""


def dumps(
    contacts: Iterable[Person | Company], version: Literal["3.0", "4.0"] = "4.0", *, pictures: Pictures | None = None
) -> str:
    r"""Writes contacts as vCards; `loads` gives them back.

    A card holds what others may know of a contact. The type, categories, custom fields, the currency, the responsible
    users, the access and the portal's settings stay in the workspace. The UID is the external id of the contact, else
    its id, so that each export of a stored contact has the same UID.

    Args:
        contacts: People and companies.
        version: `"4.0"` by default, or `"3.0"`.
        pictures: A function that returns the pictures of a contact; None, the default, for no pictures.

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
    _check_version(version)
    return "".join(_cards(((contact, ()) for contact in contacts_of(contacts)), version, pictures))


def write(
    contacts: Iterable[Person | Company],
    out: object,
    version: Literal["3.0", "4.0"] = "4.0",
    *,
    pictures: Pictures | None = None,
) -> int:
    r"""Writes contacts to a file of vCards one by one, in UTF-8; memory does not grow with the file.

    Args:
        contacts: People and companies, for example a generator.
        out: Path of a file, which is replaced when it is complete, or a binary file object, which stays open.
        version: As for `dumps`.
        pictures: As for `dumps`.

    Returns:
        The number of cards.

    Raises:
        Invalid: As `dumps`; `file-unwritable`, `out`.

    >>> import io
    >>> from contactcore import Person
    >>> from contactcore.formats import vcard
    >>> file = io.BytesIO()
    >>> vcard.write([Person("Jane", "Doe")], file), file.getvalue()[:11]
    (1, b'BEGIN:VCARD')

    Source: IMP-5.
    """
    return write_cards(((contact, ()) for contact in contacts_of(contacts)), out, version, pictures=pictures)


def write_cards(
    contacts: Iterable[tuple[Person | Company, Sequence[Position]]],
    out: object,
    version: str,
    *,
    pictures: Pictures | None = None,
) -> int:
    """Writes contacts to a file of vCards, each with the places of a person in companies.

    Args:
        contacts: The contacts with their positions.
        out: As for `write`.
        version: As for `write`.
        pictures: As for `write`.

    Raises:
        Invalid: As `write`.
    """
    _check_version(version)
    count = 0
    with destination(out) as stream:
        for card in _cards(contacts, version, pictures):
            stream.write(card.encode())
            count += 1
    return count


def _check_version(version: object) -> None:
    if version not in _VERSIONS:
        raise Invalid("vcard-version", 'Choose the version "3.0" or "4.0".', path="version", value=version)


def contacts_of(contacts: object) -> Iterator[Person | Company]:
    """The people and companies of a caller's argument, one by one.

    Raises:
        Invalid: `record-type`, `not-a-list`.
    """
    if isinstance(contacts, str | bytes | Mapping) or not isinstance(contacts, Iterable):
        raise Invalid("not-a-list", "Give a list here, even for a single entry.", path="contacts")
    for index, contact in enumerate(contacts):
        if not isinstance(contact, Person | Company):
            reason = "Give a Person or a Company here."
            raise Invalid("record-type", reason, path=f"contacts[{index}]", value=type(contact).__name__)
        yield contact


def _cards(
    contacts: Iterable[tuple[Person | Company, Sequence[Position]]], version: str, pictures: Pictures | None
) -> Iterator[str]:
    """The text of each card."""
    plain = PlainWriter(version)
    for contact, positions in contacts:
        found = tuple(pictures(contact)) if pictures is not None else ()
        text = plain.card(contact) if not (positions or found) else None
        yield fold(card_lines(contact, version, positions=positions, pictures=found)) if text is None else text


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
        """ORG and TITLE of each place that no kept line names; a group joins the two if there are several."""
        if not self._positions:
            return
        organizations = self._kept.get(unmapped_name("ORG"), ())
        known = {folded((components(line.value) or [""])[0]) for line in organizations}
        titles = {folded(line.text) for line in self._kept.get(unmapped_name("TITLE"), ())}
        for place in self._positions:
            group = self._new_group() if len(self._positions) > 1 else ""
            if folded(place.company) not in known:
                parts = (place.company, place.department) if place.department else (place.company,)
                yield ContentLine("ORG", ";".join(map(escape, parts)), group=group)
            if place.title and folded(place.title) not in titles:
                yield ContentLine("TITLE", escape(place.title), group=group)

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

    def _profile(self, profile: SocialProfile) -> ContentLine:
        line = profile_line(profile, self._version)
        found = dict(self._extras.of(PROFILE, profile.key))
        if not found:
            return line
        if NAME in found:
            line = ContentLine(found[NAME][0], found[VALUE][0])
        elif self._version == "3.0":
            found.pop("SERVICE-TYPE", None)
        return _with_parameters(line, {name: given for name, given in found.items() if name not in KEPT_BESIDE})

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
        found = self._extras.of(line.name, key)
        types = types_of(line.name, kind)
        given: dict[str, tuple[str, ...]] = {"TYPE": types} if types else {}
        if first and self._version == "4.0":
            given["PREF"] = ("1",)
        elif first:
            given["TYPE"] = (*types, "pref")
        if not found and (types or not kind):
            yield _with_parameters(line, given)
            return
        extras = dict(found)
        label = next(iter(extras.pop("X-ABLABEL", ())), "")
        region = next(iter(extras.pop("X-ABADR", ())), "")
        kept_group = next(iter(extras.pop(GROUP, ())), "")
        line = self._as_written(line, extras)
        if kind and not types:
            label = label or kind
        group = kept_group or (self._new_group() if label or region else "")
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
        found = self._extras.of(line.name, key)
        if not found:
            return line
        line = self._as_written(line, dict(found))
        extras = {name: given for name, given in found.items() if name not in KEPT_BESIDE}
        whole = _with_parameters(line, extras)
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


def _with_parameters(line: ContentLine, more: Mapping[str, tuple[str, ...]]) -> ContentLine:
    if not more:
        return line
    if not line.parameters:
        return ContentLine(line.name, line.value, more, line.group)
    joined = dict(line.parameters)
    for name, given in more.items():
        joined[name] = tuple(dict.fromkeys((*joined.get(name, ()), *given))) if name == "TYPE" else given
    return ContentLine(line.name, line.value, joined, line.group)
