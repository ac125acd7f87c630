"""From the lines of one card to its contact."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.vcard.address_lines import ADDRESS_PARTS, address_of, with_label
from contactcore.formats.vcard.card import Card
from contactcore.formats.vcard.content_lines import ContentLine, components, escape, is_list, rank_of, values
from contactcore.formats.vcard.extras import (
    CONSUMED,
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
from contactcore.formats.vcard.kinds import kind_of, other_types, plain_label
from contactcore.formats.vcard.person_lines import GENDERS, NAME_PARTS, birthday_of, formatted
from contactcore.formats.vcard.picture import CardPicture, picture_of
from contactcore.formats.vcard.social_lines import profile_of, service_types
from contactcore.model import Company, Person, conversion
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values import Address, EmailAddress, Language, PhoneNumber, Tag, Website, clean_kind
from contactcore.values.country import read_country
from contactcore.values.texts import clean_line, clean_text

__all__ = ["REASON", "CardReader", "displayed", "extras_of", "phone_of", "picture_with_note"]

_KINDS = ("individual", "org", "organization", "company")
_NO_CONTACTS = ("group", "location", "device", "application")
REASON = "X-CONTACTCORE-REASON"
"""The property of a rejected card that says why; it is left out when the card is read."""
_PICTURES = ("PHOTO", "LOGO")
_STRUCTURE = frozenset(("BEGIN", "END", "VERSION", "KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS", REASON))
_SOCIAL = ("X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP")
_POSITION = ("ORG", "TITLE", "ROLE")
_NATIONAL = re.compile(r"(?!00|011)[0-9](?:[ ./-]?[0-9]){4,14}")
"""A number that phonenumbers refuses without a country, and never for anything else."""


class _Report(Protocol):
    def __call__(
        self,
        code: str,
        reason: str,
        line: int,
        column: str = "",
        value: str = "",
        *,
        rejected: bool = False,
        facts: Mapping[str, Any] = EMPTY,
    ) -> None: ...


@attrs.frozen
class _Entry:
    """A value of a list, with its rank and the parameters that the model does not keep."""

    rank: int
    value: Any
    name: str
    key: object
    extras: Mapping[str, tuple[str, ...]]


class CardReader:
    """Reads the contact of one card.

    Args:
        start: The line of its BEGIN.
        lines: Its lines.
        country: The country of national phone numbers whose card names no country; None for none.
        report: Called with each problem.
        keep_national: Whether a national number without any country stays text; else it is refused.
    """

    def __init__(
        self,
        start: int,
        lines: Sequence[ContentLine],
        country: str | None,
        report: _Report,
        *,
        keep_national: bool = True,
    ) -> None:
        self._start = start
        self._country = country
        self._report = report
        self._keep_national = keep_national
        self._lines = [line for line in lines if line.name not in _STRUCTURE]
        self._structure = {line.name: line.value.strip().lower() for line in reversed(lines) if line.name in _STRUCTURE}
        self._mapped_groups = {line.group for line in self._lines if line.name in _LISTED}
        groups = Counter(
            line.group for line in self._lines if line.group and line.name not in ("X-ABLABEL", "X-ABADR", "LABEL")
        )
        self._joined = {group for group, count in groups.items() if count > 1}
        self._labels = self._of_group("X-ABLABEL")
        self._regions = self._of_group("X-ABADR")
        self._lists: dict[str, list[_Entry]] = {}
        self._values: dict[str, Any] = {}
        self._kept: dict[str, list[str]] = {}
        self._entries: dict[str, str] = {}
        self._extras: list[tuple[str, object, Mapping[str, tuple[str, ...]]]] = []
        self._notes: list[ContentLine] = []
        self._categories: list[ContentLine] = []
        self._pictures: list[CardPicture] = []
        self._unlabelled: dict[Address, int] = {}
        self._searched = 0

    @cached_property
    def _address_lines(self) -> tuple[dict[str, ContentLine], dict[frozenset[str], ContentLine]]:
        """The first address line of each group, and of each set of types."""
        by_group: dict[str, ContentLine] = {}
        by_types: dict[frozenset[str], ContentLine] = {}
        for line in self._lines:
            if line.name == "ADR":
                by_group.setdefault(line.group, line)
                by_types.setdefault(frozenset(line.types) - {"pref"}, line)
        return by_group, by_types

    @cached_property
    def _countries(self) -> tuple[str, ...]:
        """The countries of the card's addresses."""
        texts = (components(line.value)[6:7] for line in self._lines if line.name == "ADR")
        return tuple(dict.fromkeys(code for text in texts if text and (code := read_country(text[0]))))

    def _of_group(self, name: str) -> dict[str, str]:
        return {
            line.group: line.text for line in self._lines if line.name == name and line.group in self._mapped_groups
        }

    def read(self) -> Card | None:
        """The card; None if it has no contact."""
        kind = self._structure.get("KIND") or self._structure.get("X-ADDRESSBOOKSERVER-KIND", "")
        if kind in _NO_CONTACTS:
            reason = f"A card of the kind {kind} is no person and no organisation; it was left out."
            self._report("vcard-kind", reason, self._start, "KIND", kind, rejected=True)
            return None
        if kind and kind not in _KINDS:
            self._keep(ContentLine("KIND", kind))
        first = self._first_lines()
        organization = components(first["ORG"].value) if "ORG" in first else []
        company = self._is_company(kind, first, organization)
        for line in self._lines:
            self._take(line, first, company=company)
        if company:
            self._name_company(first, organization)
        else:
            self._name_person(first)
        contact = self._contact(Company if company else Person, first.get("FN"))
        if contact is None:
            return None
        position = {name: first[name].text.strip() for name in ("TITLE", "ROLE") if name in first}
        units = tuple(filter(None, organization[1:]))
        return Card(
            contact,
            self._start,
            organization[0] if organization else "",
            units,
            position.get("TITLE", ""),
            position.get("ROLE", ""),
            tuple(self._pictures),
        )

    def _first_lines(self) -> dict[str, ContentLine]:
        """The preferred line of each property that has one value."""
        first: dict[str, ContentLine] = {}
        for line in self._lines:
            if line.name in _SINGLE and line.value.strip("; \t"):
                known = first.get(line.name)
                if known is None or rank_of(line) < rank_of(known):
                    first[line.name] = line
        return first

    def _is_company(self, kind: str, first: Mapping[str, ContentLine], organization: list[str]) -> bool:
        if kind in ("org", "organization") or self._structure.get("X-ABSHOWAS") == "company":
            return True
        if kind == "individual" or "N" in first or not any(organization):
            return False
        return "FN" not in first or first["FN"].text.strip() in (*organization, ", ".join(filter(None, organization)))

    def _take(self, line: ContentLine, first: Mapping[str, ContentLine], *, company: bool) -> None:
        name = line.name
        if name in ("X-ABLABEL", "X-ABADR") and line.group in self._mapped_groups:
            return
        if name in _LISTED:
            _LISTED[name](self, line)
        elif name in _PICTURES:
            self._picture(line)
        elif name == UNMAPPED:
            self._entry(line)
        elif name in _SINGLE and not (company and name in _OF_PEOPLE) and (company or name not in _POSITION):
            if first.get(name) is line:
                self._single(line)
            elif line.value.strip("; \t"):
                self._keep(line)
        elif line.value.strip("; \t"):
            self._keep(line)

    def _refuse(self, line: ContentLine, problem: Problem) -> None:
        text = line.text[:500]
        self._report(problem.code, problem.message, line.number, line.name, text, facts=problem.facts)
        self._keep(line)

    def _keep(self, line: ContentLine) -> None:
        self._kept.setdefault(line.name, []).append(str(line))

    def _entry(self, line: ContentLine) -> None:
        name, text = [*components(line.value), "", ""][:2]
        if name:
            self._entries[name] = text

    def _picture(self, line: ContentLine) -> None:
        if not line.value.strip():
            return
        try:
            picture, code, reason, value = picture_with_note(line)
        except Invalid as error:
            self._report(error.code, error.reason, line.number, line.name, facts=error.facts)
            return
        self._report(code, reason, line.number, line.name, value)
        if picture is not None:
            self._pictures.append(picture)
        else:
            self._keep(line)

    # Lists

    def _add(self, field: str, line: ContentLine, value: Any, key: object, kind: str) -> None:
        found = self._lists.setdefault(field, [])
        if len(found) >= MOST_ENTRIES:
            reason = f"A contact has at most {MOST_ENTRIES:,} of them; the rest is kept beside it."
            self._refuse(line, Problem("too-many", field, reason, facts={"limit": MOST_ENTRIES}))
            return
        if any(entry.value == value for entry in found[-20:]):
            self._keep(line)
            return
        found.append(_Entry(rank_of(line), value, line.name, key, self._extras_of(line, kind)))

    def _extras_of(self, line: ContentLine, kind: str) -> Mapping[str, tuple[str, ...]]:
        extras = extras_of(line, kind)
        return self._of_its_group(line, kind, dict(extras)) if line.group else extras

    def _of_its_group(
        self, line: ContentLine, kind: str, extras: dict[str, tuple[str, ...]]
    ) -> dict[str, tuple[str, ...]]:
        label = self._labels.get(line.group, "") if line.group else ""
        if label and plain_label(label) != kind:
            extras["X-ABLABEL"] = (label,)
        if line.name == "ADR" and line.group in self._regions:
            extras["X-ABADR"] = (self._regions[line.group],)
        if line.group in self._joined:
            extras[GROUP] = (line.group,)
        return extras

    def _kind(self, line: ContentLine) -> str:
        label = plain_label(self._labels.get(line.group, "")) if line.group else ""
        if label:
            try:
                return clean_kind(label)
            except Invalid:
                return ""
        return kind_of(line.name, line.types)

    def _email(self, line: ContentLine) -> None:
        kind = self._kind(line)
        try:
            email = EmailAddress(line.text, kind)
        except Invalid as error:
            self._refuse(line, error.problems[0])
        else:
            self._add("emails", line, email, email.text, kind)

    def _phone(self, line: ContentLine) -> None:
        kind = self._kind(line)
        try:
            phone = phone_of(line.text, kind, self._country, lambda: self._countries, keep_national=self._keep_national)
        except Invalid as error:
            self._refuse(line, error.problems[0])
            return
        if isinstance(phone, str):
            self._add("phones", line, phone, phone, "")
        else:
            self._add("phones", line, phone, phone.key, kind)

    def _website(self, line: ContentLine) -> None:
        kind = self._kind(line)
        try:
            website = Website(line.text, kind)
        except Invalid as error:
            self._refuse(line, error.problems[0])
        else:
            self._add("websites", line, website, website.url, kind)

    def _social(self, line: ContentLine) -> None:
        try:
            profile = profile_of(line)
        except Invalid as error:
            self._refuse(line, error.problems[0])
            return
        if profile is None:
            self._keep(line)
        else:
            if line.parameter("SERVICE-TYPE") == profile.service:
                others = {name: given for name, given in line.parameters.items() if name != "SERVICE-TYPE"}
                line = line._replace(parameters=others)
            self._add("socials", line, profile, profile.key, "")

    def _address(self, line: ContentLine) -> None:
        label = plain_label(self._labels.get(line.group, "")) if line.group else ""
        label = label or kind_of("ADR", line.types)
        try:
            address = address_of(line, label)
        except Invalid as error:
            self._refuse(line, error.problems[0])
            return
        if address is not None:
            self._add("addresses", line, address, address, label)

    def _postal_label(self, line: ContentLine) -> None:
        """LABEL of versions 2.1 and 3.0 belongs to the ADR of its group, else to that of its types."""
        try:
            self._notes_on_address(line)
        except Invalid as error:
            self._refuse(line, error.problems[0])

    def _notes_on_address(self, line: ContentLine) -> None:
        found = self._lists.setdefault("addresses", [])
        by_group, by_types = self._address_lines
        source = by_group.get(line.group) if line.group else None
        source = source or by_types.get(frozenset(line.types) - {"pref"})
        for place in range(self._searched, len(found)):
            # Each address is looked at once, so that a card of many labels costs no more than its lines.
            if not found[place].value.formatted:
                self._unlabelled.setdefault(attrs.evolve(found[place].value, label=""), place)
        self._searched = len(found)
        wanted = None if source is None else address_of(source, "")
        at = None if wanted is None else self._unlabelled.pop(wanted, None)
        if at is not None:
            value = with_label(found[at].value, line.text)
            found[at] = attrs.evolve(found[at], value=value, key=value)
            return
        if line.value.strip():
            value = with_label(None, line.text, kind_of("ADR", line.types))
            self._add("addresses", line, value, value, kind_of("ADR", line.types))

    def _tags(self, line: ContentLine) -> None:
        self._categories.append(line)
        found = self._lists.setdefault("tags", [])
        for text in values(line.value):
            try:
                tag = Tag(text)
            except Invalid as error:
                if text:
                    bad = ContentLine("CATEGORIES", escape(text), number=line.number)
                    self._refuse(bad, error.problems[0])
                continue
            if len(found) < MOST_ENTRIES:
                found.append(_Entry(0, tag, line.name, tag.text, {}))

    def _note(self, line: ContentLine) -> None:
        self._notes.append(line)

    # Values

    def _single(self, line: ContentLine) -> None:
        """Read the preferred line of a property that has one value."""
        name = line.name
        try:
            if name == "N":
                parts = [*components(line.value), *("",) * len(NAME_PARTS)]
                names = {part: clean_line(text) for part, text in zip(NAME_PARTS, parts, strict=False)}
                self._values.update(names)
                whole = any(parts[len(NAME_PARTS) :]) or is_list(line.value)
                self._mark(line, tuple(names.values()), whole=whole)
            elif name in _TEXTS:
                text = clean_line(line.text)
                self._values[_TEXTS[name]] = text
                self._mark(line, text, whole=name == "NICKNAME" and is_list(line.value))
            elif name == "BDAY":
                self._values["birthday"] = birthday = birthday_of(line)
                self._mark(line, birthday, whole="T" in line.value.upper())
            elif name in ("LANG", "X-LANG"):
                self._values["language"] = language = Language(line.text)
                self._mark(line, language)
            elif name == "GENDER":
                letter, text = [*components(line.value), "", ""][:2]
                self._values["gender"] = gender = clean_line(text or GENDERS.get(letter.upper(), letter))
                extras = {"X-SEX": (letter,)} if letter and text else {}
                self._extras.append((name, gender, {**self._extras_of(line, ""), **extras}))
        except Invalid as error:
            self._refuse(line, error.problems[0])

    def _mark(self, line: ContentLine, value: object, *, whole: bool = False) -> None:
        """Keep the parameters of a value, and with `whole` also how it was written."""
        if not (line.parameters or line.group or whole):
            return
        extras = dict(self._extras_of(line, ""))
        extras.pop("X-APPLE-OMIT-YEAR", None)
        if line.parameter("PREF"):
            extras["PREF"] = line.parameters["PREF"]
        elif "pref" in line.types:
            extras["PREF"] = ("1",)
        if whole:
            extras[VALUE] = (line.value,)
        self._extras.append((line.name.removeprefix("X-") if line.name == "X-LANG" else line.name, value, extras))

    def _line(self, line: ContentLine | None) -> str:
        if line is None:
            return ""
        try:
            text = clean_line(line.text)
        except Invalid as error:
            self._refuse(line, error.problems[0])
            return ""
        return text

    def _name_company(self, first: Mapping[str, ContentLine], organization: list[str]) -> None:
        name, *units = organization or [""]
        try:
            self._values["name"] = clean_line(name)
            self._values["division"] = clean_line(", ".join(filter(None, units)))
        except Invalid as error:
            self._refuse(first["ORG"], error.problems[0])
        if "ORG" in first:
            own = (self._values.get("name"), self._values.get("division"))
            self._mark(first["ORG"], own, whole=len(list(filter(None, units))) > 1)

    def _name_person(self, first: Mapping[str, ContentLine]) -> None:
        if "X-CONTACTCORE-FULL-NAME" in first:
            self._values["full_name"] = self._line(first["X-CONTACTCORE-FULL-NAME"])

    def _description(self) -> str:
        """The notes as one text."""
        notes = "\n\n".join(line.text for line in self._notes)
        try:
            description = clean_text(notes)
        except Invalid as error:
            description = ""
            for line in self._notes:
                self._refuse(line, error.problems[0])
        if len(self._notes) == 1:
            self._mark(self._notes[0], description)
        elif len(self._notes) > 1 and description:
            self._keep_lines(self._notes, description)
        return description

    def _contact(self, kind: type[Person | Company], fn: ContentLine | None) -> Person | Company | None:
        shared = self._lists_by_field()
        description = self._description()
        if any(line.parameters or line.group for line in self._categories):
            self._keep_lines(self._categories, shared.get("tags", ()))
        values = {**self._values, **shared, "description": description}
        name = self._line(fn)
        own = "name" if kind is Company else "full_name"
        if name:
            other = name not in displayed(kind, values)
            if other and not values.get(own):
                values[own] = name
            elif other and kind is Company and fn is not None:
                self._keep(fn)
            if fn is not None:
                self._mark(fn, name)
        values["unmapped"] = self._unmapped()
        try:
            return _plain(kind, values) or kind(**values)
        except Invalid as error:
            problem = error.problems[0]
            where = self._start, problem.path
            self._report(problem.code, problem.message, *where, rejected=True, facts=problem.facts)
            return None

    def _keep_lines(self, lines: Sequence[ContentLine], value: object) -> None:
        """Keep the lines of a value that the model holds without their parameters and their number."""
        name = lines[0].name
        self._kept[name] = list(map(str, lines))
        self._extras.append((name, value, {LINES: ("1",)}))

    def _lists_by_field(self) -> dict[str, tuple[Any, ...]]:
        lists: dict[str, tuple[Any, ...]] = {}
        for field, entries in self._lists.items():
            entries.sort(key=lambda entry: entry.rank)
            billed = False
            found = []
            for entry in entries:
                value = entry.value
                if isinstance(value, Address) and value.billing:
                    if billed:
                        value = attrs.evolve(value, billing=False)
                    billed = True
                found.append(value)
                self._extras.append((PROFILE if field == "socials" else entry.name, entry.key, entry.extras))
            lists[field] = tuple(found)
        return lists

    def _unmapped(self) -> dict[str, str]:
        entries = {unmapped_name(name): "\n".join(lines) for name, lines in self._kept.items()}
        parameters = Extras.text(self._extras)
        if parameters:
            entries[PARAMETERS] = parameters
        kept: dict[str, str] = {}
        for name, text in {**entries, **self._entries}.items():
            try:
                kept[clean_line(name)] = clean_text(text)
            except Invalid as error:
                reason = f"The text of the property cannot be kept beside the contact. {error.reason}"
                self._report("vcard-not-kept", reason, self._start, name.removeprefix("vCard "), text)
        return kept


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
    elif name in _SOCIAL:
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
        if unknown and _NATIONAL.fullmatch(text):
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


def _plain(kind: type[Person | Company], values: Mapping[str, Any]) -> Person | Company | None:
    """The contact of values that need no check by the entity; None if it has to check them.

    Each value was checked when it was read. A second check would be a large part of the cost of a card.
    """
    if not any(map(values.get, _SUFFICIENT)):
        return None
    lists = {field: convert(values[field]) for field, convert in _CONVERT.items() if values.get(field)}
    if not all(type(found) is tuple for found in lists.values()):
        return None
    return kind.restore({**values, **lists, "unmapped": ReadOnlyDict(values["unmapped"])})


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


_LISTED: Mapping[str, Callable[[CardReader, ContentLine], None]] = {
    "EMAIL": CardReader._email,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "TEL": CardReader._phone,  # noqa: SLF001
    "URL": CardReader._website,  # noqa: SLF001
    "ADR": CardReader._address,  # noqa: SLF001
    "LABEL": CardReader._postal_label,  # noqa: SLF001
    "X-SOCIALPROFILE": CardReader._social,  # noqa: SLF001
    "SOCIALPROFILE": CardReader._social,  # noqa: SLF001
    "IMPP": CardReader._social,  # noqa: SLF001
    "CATEGORIES": CardReader._tags,  # noqa: SLF001
    "NOTE": CardReader._note,  # noqa: SLF001
}
_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "emails": conversion.emails,
    "phones": conversion.phones,
    "websites": conversion.websites,
    "socials": conversion.socials,
    "addresses": conversion.addresses,
    "tags": conversion.tags,
}
_SUFFICIENT = ("given_name", "family_name", "full_name", "name", "emails", "phones")
"""Fields of which a contact needs one."""
_TEXTS = {
    "NICKNAME": "nickname",
    "X-PHONETIC-FIRST-NAME": "phonetic_given_name",
    "X-PHONETIC-LAST-NAME": "phonetic_family_name",
    "X-GENDER": "gender",
    "UID": "external_id",
}
_OF_PEOPLE = frozenset(("N", "NICKNAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME", "X-GENDER", "GENDER", "BDAY"))
_SINGLE = frozenset((*_OF_PEOPLE, *_POSITION, "FN", "UID", "LANG", "X-LANG", "X-CONTACTCORE-FULL-NAME"))
