"""From the lines of one card to its contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contactcore.errors import Invalid
from contactcore.formats.vcard.card import Card
from contactcore.formats.vcard.card_lists import CardLists, Report
from contactcore.formats.vcard.card_values import REASON, displayed, picture_with_note
from contactcore.formats.vcard.content_lines import ContentLine, components, is_list, rank_of
from contactcore.formats.vcard.extras import PARAMETERS, UNMAPPED, VALUE, Extras, unmapped_name
from contactcore.formats.vcard.person_lines import GENDERS, NAME_PARTS, birthday_of
from contactcore.formats.vcard.picture import CardPicture
from contactcore.model import Company, Person, value_conversion
from contactcore.read_only import ReadOnlyDict
from contactcore.values import Language
from contactcore.values.texts import clean_line, clean_text

__all__ = ["CardReader"]

_KINDS = ("individual", "org", "organization", "company")
_NO_CONTACTS = ("group", "location", "device", "application")
_PICTURES = ("PHOTO", "LOGO")
_STRUCTURE = frozenset(("BEGIN", "END", "VERSION", "KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS", REASON))
_POSITION = ("ORG", "TITLE", "ROLE")


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
        report: Report,
        *,
        keep_national: bool = True,
    ) -> None:
        self._start = start
        self._report = report
        self._lines = [line for line in lines if line.name not in _STRUCTURE]
        self._structure = {line.name: line.value.strip().lower() for line in reversed(lines) if line.name in _STRUCTURE}
        self._lists = CardLists(self._lines, country, report, keep_national=keep_national)
        self._values: dict[str, Any] = {}
        self._entries: dict[str, str] = {}
        self._pictures: list[CardPicture] = []

    def read(self) -> Card | None:
        """The card; None if it has no contact."""
        kind = self._structure.get("KIND") or self._structure.get("X-ADDRESSBOOKSERVER-KIND", "")
        if kind in _NO_CONTACTS:
            reason = f"A card of the kind {kind} is no person and no organisation; it was left out."
            self._report("vcard-kind", reason, self._start, "KIND", kind, rejected=True)
            return None
        if kind and kind not in _KINDS:
            self._lists.keep(ContentLine("KIND", kind))
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
        if self._lists.take(line):
            return
        if name in _PICTURES:
            self._picture(line)
        elif name == UNMAPPED:
            self._entry(line)
        elif name in _SINGLE and not (company and name in _OF_PEOPLE) and (company or name not in _POSITION):
            if first.get(name) is line:
                self._single(line)
            elif line.value.strip("; \t"):
                self._lists.keep(line)
        elif line.value.strip("; \t"):
            self._lists.keep(line)

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
            self._lists.keep(line)

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
                self._lists.extras.append((name, gender, {**self._lists.extras_of(line, ""), **extras}))
        except Invalid as error:
            self._lists.refuse(line, error.problems[0])

    def _mark(self, line: ContentLine, value: object, *, whole: bool = False) -> None:
        """Keep the parameters of a value, and with `whole` also how it was written."""
        if not (line.parameters or line.group or whole):
            return
        extras = dict(self._lists.extras_of(line, ""))
        extras.pop("X-APPLE-OMIT-YEAR", None)
        if line.parameter("PREF"):
            extras["PREF"] = line.parameters["PREF"]
        elif "pref" in line.types:
            extras["PREF"] = ("1",)
        if whole:
            extras[VALUE] = (line.value,)
        self._lists.extras.append((line.name.removeprefix("X-") if line.name == "X-LANG" else line.name, value, extras))

    def _line(self, line: ContentLine | None) -> str:
        if line is None:
            return ""
        try:
            text = clean_line(line.text)
        except Invalid as error:
            self._lists.refuse(line, error.problems[0])
            return ""
        return text

    def _name_company(self, first: Mapping[str, ContentLine], organization: list[str]) -> None:
        name, *units = organization or [""]
        try:
            self._values["name"] = clean_line(name)
            self._values["division"] = clean_line(", ".join(filter(None, units)))
        except Invalid as error:
            self._lists.refuse(first["ORG"], error.problems[0])
        if "ORG" in first:
            own = (self._values.get("name"), self._values.get("division"))
            self._mark(first["ORG"], own, whole=len(list(filter(None, units))) > 1)

    def _name_person(self, first: Mapping[str, ContentLine]) -> None:
        if "X-CONTACTCORE-FULL-NAME" in first:
            self._values["full_name"] = self._line(first["X-CONTACTCORE-FULL-NAME"])

    def _description(self) -> str:
        """The notes as one text."""
        notes = "\n\n".join(line.text for line in self._lists.notes)
        try:
            description = clean_text(notes)
        except Invalid as error:
            description = ""
            for line in self._lists.notes:
                self._lists.refuse(line, error.problems[0])
        if len(self._lists.notes) == 1:
            self._mark(self._lists.notes[0], description)
        elif len(self._lists.notes) > 1 and description:
            self._lists.keep_lines(self._lists.notes, description)
        return description

    def _contact(self, kind: type[Person | Company], fn: ContentLine | None) -> Person | Company | None:
        shared = self._lists.by_field()
        description = self._description()
        if any(line.parameters or line.group for line in self._lists.categories):
            self._lists.keep_lines(self._lists.categories, shared.get("tags", ()))
        values = {**self._values, **shared, "description": description}
        name = self._line(fn)
        own = "name" if kind is Company else "full_name"
        if name:
            other = name not in displayed(kind, values)
            if other and not values.get(own):
                values[own] = name
            elif other and kind is Company and fn is not None:
                self._lists.keep(fn)
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

    def _unmapped(self) -> dict[str, str]:
        entries = {unmapped_name(name): "\n".join(lines) for name, lines in self._lists.kept.items()}
        parameters = Extras.text(self._lists.extras)
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


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "emails": value_conversion.emails,
    "phones": value_conversion.phones,
    "websites": value_conversion.websites,
    "socials": value_conversion.socials,
    "addresses": value_conversion.addresses,
    "tags": value_conversion.tags,
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
