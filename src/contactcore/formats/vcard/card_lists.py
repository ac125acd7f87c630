"""The properties of a card that a contact has several of: addresses, numbers, profiles, tags, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.vcard.address_lines import address_of, with_label
from contactcore.formats.vcard.card_values import extras_of, phone_of
from contactcore.formats.vcard.content_lines import ContentLine, components, escape, rank_of, values
from contactcore.formats.vcard.extras import GROUP, LINES, PROFILE
from contactcore.formats.vcard.kinds import kind_of, plain_label
from contactcore.formats.vcard.social_lines import profile_of
from contactcore.frozen import frozen
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.read_only import EMPTY
from contactcore.values import Address, EmailAddress, Tag, Website, clean_kind
from contactcore.values.country import read_country

__all__ = ["CardLists", "Report"]


class Report(Protocol):
    """Receives a problem."""

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
    ) -> None:
        """Report a problem with its code, its reason, its line, the property and the value."""


@frozen
class _Entry:
    """A value of a list, with its rank and the parameters that the model does not keep."""

    rank: int
    value: Any
    name: str
    key: object
    extras: Mapping[str, tuple[str, ...]]


class CardLists:
    """Reads the properties of one card that a contact has several of, and keeps the lines that it has no field for.

    Args:
        lines: The lines of the card, without those of its structure.
        country: The country of national phone numbers whose card names no country; None for none.
        report: Called with each problem.
        keep_national: Whether a national number without any country stays text; else it is refused.

    Attributes:
        kept: The lines that are kept, by property.
        extras: The parameters beside the values: the property, the value and the parameters.
        notes: The lines of NOTE.
        categories: The lines of CATEGORIES.
    """

    def __init__(
        self, lines: Sequence[ContentLine], country: str | None, report: Report, *, keep_national: bool
    ) -> None:
        self._country = country
        self._report = report
        self._keep_national = keep_national
        self._lines = lines
        self._mapped_groups = {line.group for line in self._lines if line.name in _LISTED}
        groups = Counter(
            line.group for line in self._lines if line.group and line.name not in ("X-ABLABEL", "X-ABADR", "LABEL")
        )
        self._joined = {group for group, count in groups.items() if count > 1}
        self._labels = self._of_group("X-ABLABEL")
        self._regions = self._of_group("X-ABADR")
        self._lists: dict[str, list[_Entry]] = {}
        self.kept: dict[str, list[str]] = {}
        self.extras: list[tuple[str, object, Mapping[str, tuple[str, ...]]]] = []
        self.notes: list[ContentLine] = []
        self.categories: list[ContentLine] = []
        self._unlabelled: dict[Address, int] = {}
        self._searched = 0

    def take(self, line: ContentLine) -> bool:
        """Read a line of a list, or a label of one; false for any other line.

        Args:
            line: The line.
        """
        if line.name in ("X-ABLABEL", "X-ABADR") and line.group in self._mapped_groups:
            return True
        reader = _LISTED.get(line.name)
        if reader is None:
            return False
        reader(self, line)
        return True

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

    def refuse(self, line: ContentLine, problem: Problem) -> None:
        """Report a line that cannot be read, and keep it."""
        text = line.text[:500]
        self._report(problem.code, problem.message, line.number, line.name, text, facts=problem.facts)
        self.keep(line)

    def keep(self, line: ContentLine) -> None:
        """Keep a line that the contact has no field for."""
        self.kept.setdefault(line.name, []).append(str(line))

    # Lists

    def _add(self, field: str, line: ContentLine, value: Any, key: object, kind: str) -> None:
        found = self._lists.setdefault(field, [])
        if len(found) >= MOST_ENTRIES:
            reason = f"A contact has at most {MOST_ENTRIES:,} of them; the rest is kept beside it."
            self.refuse(line, Problem("too-many", field, reason, facts={"limit": MOST_ENTRIES}))
            return
        if any(entry.value == value for entry in found[-20:]):
            self.keep(line)
            return
        found.append(_Entry(rank_of(line), value, line.name, key, self.extras_of(line, kind)))

    def extras_of(self, line: ContentLine, kind: str) -> Mapping[str, tuple[str, ...]]:
        """The parameters of a line that its value does not keep, with those of its group."""
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
            self.refuse(line, error.problems[0])
        else:
            self._add("emails", line, email, email.text, kind)

    def _phone(self, line: ContentLine) -> None:
        kind = self._kind(line)
        try:
            phone = phone_of(line.text, kind, self._country, lambda: self._countries, keep_national=self._keep_national)
        except Invalid as error:
            self.refuse(line, error.problems[0])
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
            self.refuse(line, error.problems[0])
        else:
            self._add("websites", line, website, website.url, kind)

    def _social(self, line: ContentLine) -> None:
        try:
            profile = profile_of(line)
        except Invalid as error:
            self.refuse(line, error.problems[0])
            return
        if profile is None:
            self.keep(line)
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
            self.refuse(line, error.problems[0])
            return
        if address is not None:
            self._add("addresses", line, address, address, label)

    def _postal_label(self, line: ContentLine) -> None:
        """LABEL of versions 2.1 and 3.0 belongs to the ADR of its group, else to that of its types."""
        try:
            self._notes_on_address(line)
        except Invalid as error:
            self.refuse(line, error.problems[0])

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
        self.categories.append(line)
        found = self._lists.setdefault("tags", [])
        for text in values(line.value):
            try:
                tag = Tag(text)
            except Invalid as error:
                if text:
                    bad = ContentLine("CATEGORIES", escape(text), number=line.number)
                    self.refuse(bad, error.problems[0])
                continue
            if len(found) < MOST_ENTRIES:
                found.append(_Entry(0, tag, line.name, tag.text, {}))

    def _note(self, line: ContentLine) -> None:
        self.notes.append(line)

    def keep_lines(self, lines: Sequence[ContentLine], value: object) -> None:
        """Keep the lines of a value that the model holds without their parameters and their number."""
        name = lines[0].name
        self.kept[name] = list(map(str, lines))
        self.extras.append((name, value, {LINES: ("1",)}))

    def by_field(self) -> dict[str, tuple[Any, ...]]:
        """The values by the field of the contact, the preferred ones first; their parameters become extras."""
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
                self.extras.append((PROFILE if field == "socials" else entry.name, entry.key, entry.extras))
            lists[field] = tuple(found)
        return lists


_LISTED: Mapping[str, Callable[[CardLists, ContentLine], None]] = {
    "EMAIL": CardLists._email,  # noqa: SLF001 - the table of the class itself, as are the next ones
    "TEL": CardLists._phone,  # noqa: SLF001
    "URL": CardLists._website,  # noqa: SLF001
    "ADR": CardLists._address,  # noqa: SLF001
    "LABEL": CardLists._postal_label,  # noqa: SLF001
    "X-SOCIALPROFILE": CardLists._social,  # noqa: SLF001
    "SOCIALPROFILE": CardLists._social,  # noqa: SLF001
    "IMPP": CardLists._social,  # noqa: SLF001
    "CATEGORIES": CardLists._tags,  # noqa: SLF001
    "NOTE": CardLists._note,  # noqa: SLF001
}
