"""Judging rows: a draft becomes a contact, and whatever is wrong with it is said cell by cell (IMP-2).

Every cell ends in the contact, in its `unmapped` remainder, or among the problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats.drafts import Draft, DraftAddress, DraftValue
from contactcore.formats.tabular import REASON, Row
from contactcore.formats.tabular.content import total_line
from contactcore.mapping import json
from contactcore.model import Company, ListEntry, Person, Settings, parsing
from contactcore.storage import LONGEST_BODY
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    PartialDate,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
    split_full_name,
)
from contactcore.workspace.imports.native_cells import Employer, NativeCells
from contactcore.workspace.imports.plan import Plan, find_entry
from contactcore.workspace.imports.problems import HARMLESS, RowProblem
from contactcore.workspace.imports.row_context import RowContext, with_kind

__all__ = ["DRAFT_NAMES", "Employer", "MappedRow", "RowMapper"]

_NAMES = {
    "given": "given_name",
    "family": "family_name",
    "prefix": "prefix",
    "middle": "middle_name",
    "suffix": "suffix",
    "nickname": "nickname",
    "full_name": "full_name",
    "phonetic_given": "phonetic_given_name",
    "phonetic_family": "phonetic_family_name",
    "gender": "gender",
}
_FIELDS = tuple(_NAMES.values())
_names_of = attrgetter(*_NAMES)
_NAME_PARTS = ("given", "family", "middle", "prefix", "suffix")
DRAFT_NAMES = {field: name for name, field in _NAMES.items()} | {
    "name": "company",
    "division": "department",
    "description": "notes",
}
_ALL_NAMES = frozenset((*_FIELDS, "name"))
_HEADER_AGAIN = "This row repeats the header of the file and is no contact. Leave it out."
_TOTAL_LINE = (
    "This looks like the total below a list, not like a contact. If it is one, add an e-mail, a phone or a note."
)
_V = TypeVar("_V")
_MOST_TAGS = 10_000
_LONG_ROW = 60_000
"""Characters of a row above which the size of its record is checked."""


@attrs.frozen(slots=True)
class MappedRow:
    """What became of one row.

    Attributes:
        line, number: Where it stands in the file.
        contact: The person or company that it is about, with a new id; None for a rejected row.
        employers: Whom the person acts for.
        problems: What is wrong with it.
        own_id: The id that one of our own exports gives.
    """

    line: int
    number: int
    contact: Person | Company | None
    employers: tuple[Employer, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    own_id: str = ""


class RowMapper:
    """What turns the rows of one import into contacts.

    Args:
        plan: The import.
        settings: Those of the workspace.
        new_id: Gives ids.
        spell: Gives a tag in the spelling that the workspace knows.
    """

    def __init__(self, plan: Plan, settings: Settings, new_id: Callable[[], str], spell: Callable[[Tag], Tag]) -> None:
        self._plan = plan
        self._settings = settings
        self._new_id = new_id
        self._spell = spell
        self._tags: dict[str, Tag] = {}
        self._country = plan.country or None
        self._shared: dict[str, Any] = {"version": 1, "access": plan.access, "responsibles": plan.responsibles}
        self._columns = plan.first_columns
        self._header = list(plan.detected.columns)
        first = self._header[0] if self._header else ""
        self._header_starts = ([first], [f"\ufeff{first}"])  # where a file was put behind another, its mark is there
        special = plan.own or plan.fields or any(definition.required for definition in settings.fields)
        # What the rejected rows of an earlier import were told stands behind what they say themselves.
        reasons = self._header[-1:] == [REASON] and plan.mapping[REASON] == "drop"
        self._width = len(self._header) - 1 if reasons else None
        self._own = NativeCells(plan, settings) if special else None

    def judge(self, row: Row) -> MappedRow:
        """What a row says, or why it cannot be imported."""
        found = RowContext(row, self._columns)
        if row.cells[:1] in self._header_starts and row.cells[1 : self._width] == self._header[1 : self._width]:
            found.problems.append(RowProblem(row.line, "", "", _HEADER_AGAIN, "header-again"))
            return MappedRow(row.line, row.number, None, (), tuple(found.problems))
        if row.refused:
            return MappedRow(row.line, row.number, None, (), tuple(found.problems))
        more: tuple[Employer, ...] = ()
        if self._own is not None:
            more = self._own.read(found)
        else:
            for column, text in row.draft.unmapped.items():
                found.keep(column, text)
        self._values(found)
        self._texts(found)
        self._labels(found)
        employers = self._person(found, more) if found.kind == "person" else self._company(found)
        contact = self._made(found)
        language = self._plan.table.mapping.language
        if found.values.keys() <= _ALL_NAMES and total_line(row.cells[: self._width], language):
            contact = None
            found.problems.append(RowProblem(row.line, "", "", _TOTAL_LINE, "total-line"))
        problems = tuple(found.problems)
        if contact is not None and self._plan.strict and any(problem.code not in HARMLESS for problem in problems):
            contact = None
        return MappedRow(row.line, row.number, contact, employers, problems, found.own_id)

    def _values(self, found: RowContext) -> None:
        draft, attempt = found.draft, found.attempt
        if draft.emails:
            found.add("emails", [_plainly(EmailAddress, found, e) for e in draft.emails])
        if draft.phones:
            found.add("phones", [_plainly(PhoneNumber, found, p, self._country) for p in draft.phones])
        if draft.websites:
            found.add("websites", [_plainly(Website, found, w) for w in draft.websites])
        if draft.socials:
            found.add("socials", [attempt(s.column, s.text, SocialProfile, s.kind, s.text) for s in draft.socials])
        if draft.addresses:
            found.add("addresses", [self._address(found, place) for place in draft.addresses])

    def _texts(self, found: RowContext) -> None:
        draft = found.draft
        if draft.notes:
            found.values["description"] = draft.notes
        if draft.external_id:
            found.values["external_id"] = draft.external_id
        if draft.language or draft.currency:
            self._one(found, "language", Language)
            self._one(found, "currency", Currency)
        for name in ("anniversary", "photo_url"):
            if text := getattr(draft, name):
                found.keep(found.column(name), text)

    @staticmethod
    def _one(found: RowContext, name: str, read: Callable[[str], object]) -> None:
        if text := getattr(found.draft, name):
            value = found.attempt(found.column(name), text, read, text)
            if value is not None:
                found.values[name] = value

    @staticmethod
    def _address(found: RowContext, place: DraftAddress) -> Address | None:
        street, _, rest = place.street.partition("\n")
        beside = ", ".join(filter(None, (*rest.split("\n"), place.extended))) if rest or place.extended else ""
        parts = {
            "street": street,
            "street2": beside,
            "city": place.city,
            "region": place.region,
            "postal_code": place.postal_code,
            "country": place.country,
            "po_box": place.po_box,
            "formatted": place.formatted,
        }
        try:
            return Address(label=place.label, **parts)  # type: ignore[arg-type] # mypy does not see that no part is the billing mark
        except Invalid as error:
            found.report(error.problems[0], place.column, ", ".join(filter(None, parts.values())))
            return None

    def _labels(self, found: RowContext) -> None:
        draft, settings = found.draft, self._settings
        if draft.tags or self._plan.tags or "tags" in found.values:
            tags = [self._spell(tag) for tag in (*self._plan.tags, *found.values.get("tags", ()))]
            for text in draft.tags:
                tag = self._tags.get(text) or self._tag(found, text)
                if tag is not None:
                    tags.append(tag)
            if tags:
                found.values["tags"] = tuple(dict.fromkeys(tags))
        slugs = [
            slug for text in draft.categories if (slug := self._entry(found, settings.categories, "category", text))
        ]
        if slugs:
            found.values["categories"] = tuple(dict.fromkeys(slugs))
        wanted = self._entry(found, settings.types, "type", draft.type) if draft.type else ""
        if wanted or self._plan.type:
            found.values["type"] = wanted or self._plan.type

    def _tag(self, found: RowContext, text: str) -> Tag | None:
        tag = found.attempt(found.column("tags"), text, Tag, text)
        if tag is None:
            return None
        if len(self._tags) >= _MOST_TAGS:
            self._tags.clear()
        spelled = self._tags[text] = self._spell(tag)
        return spelled

    @staticmethod
    def _entry(found: RowContext, entries: Iterable[ListEntry], what: str, text: str) -> str:
        entry = find_entry(entries, text)
        if entry is not None:
            return entry.slug
        reason = f"The workspace has no such {what}; it is kept beside the contact. Define it first."
        found.report(
            Problem(f"{what}-unknown", "", reason), found.column({"category": "categories"}.get(what, what)), text
        )
        return ""

    @staticmethod
    def _company(found: RowContext) -> tuple[Employer, ...]:
        draft = found.draft
        if draft.company:
            found.values["name"] = draft.company
        if draft.department:
            found.values["division"] = draft.department
        for name in (*_NAMES, "position", "birthday"):
            if text := getattr(draft, name):
                found.keep(found.column(name), text)
        return ()

    def _person(self, found: RowContext, more: tuple[Employer, ...]) -> tuple[Employer, ...]:
        draft, values = found.draft, found.values
        for field, text in zip(_FIELDS, _names_of(draft), strict=True):
            if text:
                values[field] = text
        if draft.full_name and self._plan.splits_names and not (draft.given or draft.family):
            self._split(values, draft)
        if draft.birthday:
            self._one(found, "birthday", PartialDate.parse)
        if not (draft.company or draft.position or draft.department):
            return more
        company = found.line_of(found.column("company"), draft.company) if draft.company else ""
        position = found.line_of(found.column("position"), draft.position) if draft.position else ""
        department = found.line_of(found.column("department"), draft.department) if draft.department else ""
        if company:
            return (Employer(company, department, position), *more)
        for name, text in (("position", position), ("department", department)):
            if text:
                found.keep(found.column(name), text)
        return more

    def _split(self, values: dict[str, Any], draft: Draft) -> None:
        try:
            name = split_full_name(draft.full_name, str(self._settings.language))
        except Invalid:
            return
        for part in _NAME_PARTS:
            if text := getattr(name, part):
                values.setdefault(_NAMES[part], text)

    def _plain(self, found: RowContext) -> Person | Company | None:
        """The contact of a row in which nothing needs the entity's own judgement; None for any other row.

        Every value was judged when it was read, so it is not judged again: that is most of what a row costs.
        """
        values: dict[str, Any] = {}
        for name, given in found.values.items():
            read = _PLAIN.get(name)
            value = read(given) if read is not None else None
            if value is None:
                return None
            values[name] = value
        if not any(map(values.get, _ENOUGH)):
            return None
        kind: type[Person | Company] = Company if found.kind == "company" else Person
        return kind.restore({"id": self._new_id(), "unmapped": found.unmapped, **self._shared, **values})

    def _made(self, found: RowContext) -> Person | Company | None:
        """The contact, once everything that it cannot hold was taken out; None if nothing nameable remains."""
        cells = found.row.cells
        if sum(map(len, cells)) > _LONG_ROW and len(json.dump(cells)) > LONGEST_BODY // 2:
            reason = (
                f"The row is too large for one contact: {LONGEST_BODY // 2:,} bytes are the limit. Shorten its cells."
            )
            found.problems.append(RowProblem(found.row.line, "", "", reason, "row-too-large"))
            return None
        kind: Callable[..., Person | Company] = Company if found.kind == "company" else Person
        plain = self._plain(found)
        if plain is not None:
            return plain
        while True:
            try:
                return kind(id=self._new_id(), unmapped=found.unmapped, **self._shared, **found.values)
            except Invalid as error:
                if not all([_taken_out(found, problem) for problem in error.problems]):  # noqa: C419 - each is reported
                    return None


def _plainly(make: Callable[..., _V], found: RowContext, entry: DraftValue, *more: Any) -> _V | None:
    """What a cell says, with its kind; None once its refusal is reported."""
    try:
        return make(entry.text, *more, kind=entry.kind)
    except Invalid:
        return found.attempt(entry.column, entry.text, with_kind, make, entry.text, entry.kind, *more)


def _plain_line(value: str) -> str | None:
    line = parsing.line(value)
    return line if type(line) is str else None


def _plain_text(value: str) -> str | None:
    text = parsing.text(value)
    return text if type(text) is str else None


def _plain_list(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return values if len(values) == 1 else tuple(dict.fromkeys(values))


def _plain_address(values: tuple[Address, ...]) -> tuple[Address, ...] | None:
    return values if len(values) == 1 else None


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("given_name", "family_name", "name", "division", "nickname"), _plain_line),
    **dict.fromkeys(("emails", "phones", "tags"), _plain_list),
    "addresses": _plain_address,
    "description": _plain_text,
}
"""What the entity's own converter would make of a value that asks for no thought; None for any other."""
_ENOUGH = ("family_name", "given_name", "name", "division", "emails", "phones")
"""Of which a contact needs one."""


def _taken_out(found: RowContext, problem: Problem) -> bool:
    """Report a value and take it out of the row; False if that does not help."""
    field = problem.path.partition("[")[0].partition(".")[0]
    if field in found.values:
        value = found.values.pop(field)
        found.report(problem, found.column(DRAFT_NAMES.get(field, field)), value if isinstance(value, str) else "")
        return True
    if problem.code == "nameless":
        reason = (
            "There is no name, no e-mail and no phone in this row that a contact could be made of. "
            "Fill one in, or leave the row out."
        )
        found.problems.append(RowProblem(found.row.line, "", "", reason, "nameless"))
    else:
        found.problems.append(RowProblem.of(problem, found.row.line))
    return False
