"""Rows to drafts: a mapping is compiled once into one action for each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contactcore.errors import Problem
from contactcore.formats.drafts import Draft, DraftAddress, DraftValue
from contactcore.formats.tabular.address_cells import each_address, parted
from contactcore.formats.tabular.cells import (
    entries_of,
    has_several,
    kind_of,
    line_feeds,
    read_email,
    says_no_name,
    says_not_stated,
    says_nothing,
    split_emails,
    split_tags,
    split_websites,
    without_angles,
    without_apostrophe,
)
from contactcore.formats.tabular.content import behind_company, names_company, names_other
from contactcore.formats.tabular.draft_builder import DraftBuilder
from contactcore.formats.tabular.fields import Target, parse_field
from contactcore.formats.tabular.headers import PATRONYMIC_LAST, family_first, normal_header
from contactcore.formats.tabular.kinds import names_kind, said_kind
from contactcore.formats.tabular.mapping import Mapping, is_reason
from contactcore.formats.tabular.phone_cells import read_phone, shortened, split_phones
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.values.written_dates import join_date, other_order, read_date, says_no_date

__all__ = ["Drafter"]

_MANY = {"emails": split_emails, "phones": split_phones, "websites": split_websites, "socials": split_websites}


def _as_it_is(text: str) -> tuple[str, str, bool]:
    return text, "", False


_BARE = {"phones": without_apostrophe, "websites": without_angles}
_READ = {"emails": read_email, "phones": read_phone}
_SHORTENED = (
    "A spreadsheet has shortened this number and its last digits are lost. Format the column as text there and enter "
    "the number again."
)
_TAGS = {"tags", "categories"}
_DATES, _OF_A_COMPANY = {"birthday", "anniversary"}, {"company", "position", "department"}
_PERSONAL = tuple(field.part for field in PERSON_NAME_FIELDS if field.part != "prefix")
_NAMES = {"company", *(field.part for field in PERSON_NAME_FIELDS if field.suffices)}
_EXCHANGE, _SHORTEST = ("/o=", "/O="), 30


_Action = Callable[[DraftBuilder, str], None]
_MOST_VALUES = 1_000
_STATED = ("company", "gender", "position", "department", "language", "currency", "type", "prefix")
"""Fields whose cells may say that there is no value."""
_LONGEST_JOINED = 100_000
_TOO_MANY = f"The cell holds more than {_MOST_VALUES:,} values. Check what it holds."


class Drafter:
    """Makes drafts of the rows of one file.

    Args:
        mapping: The field of each column.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._headers = [column.header for column in mapping.columns]
        self._width = len(self._headers)
        self._google, self._ours = mapping.source.startswith("google"), {"Contact ID", "Kind"} <= {*self._headers}
        self._xero = mapping.source == "xero"
        self._targets = [parse_field(column.field) for column in mapping.columns]
        self._indexes: dict[str, int] = {}
        for index, target in enumerate(self._targets):
            self._indexes.setdefault(str(target), index)
        self._plain: list[tuple[int, str]] = []
        self._special: list[tuple[int, _Action]] = []
        self._final: list[Callable[[DraftBuilder], None]] = []
        self._cells: dict[str, str] = {}
        self._compile()

    def _index_of(self, path: str) -> int | None:
        return self._indexes.get(path)

    def _compile(self) -> None:  # noqa: C901, PLR0912 - one branch for each kind of column
        addresses: dict[str, list[tuple[int, str]]] = {}
        dates: dict[str, dict[str, int]] = {}
        for index, target in enumerate(self._targets):
            header, name = self._headers[index], target.name
            if name == "drop":
                if self._mapping.columns[index].how == "header":  # decided by a sample only
                    self._special.append((index, self._reason(header)))
            elif name == "addresses":
                addresses.setdefault(target.key, []).append((index, target.part))
            elif name in _DATES and target.part:
                if target.part in dates.setdefault(name, {}):
                    self._special.append((index, self._keeper(header)))
                else:
                    dates[name][target.part] = index
            elif target.part == "label":
                self._special.append((index, self._label(index, target)))
            elif name in _MANY:
                self._special.append((index, self._many(header, target)))
            elif name in _TAGS:
                self._special.append((index, self._tags(header, name)))
            elif name == "dates":
                self._special.append((index, self._event(header, target)))
            elif name in _DATES:
                self._cells.setdefault(name, header)
                self._special.append((index, self._date(header, name)))
            elif name == "ignore":
                self._special.append((index, self._keeper(header)))
            elif self._google and name in _OF_A_COMPANY and name not in self._cells:
                self._cells[name] = header
                self._special.append((index, self._first_company(header, name)))
            elif name == "file_as" or name in self._cells:
                self._special.append((index, self._again(header, name)))
            else:
                self._cells[name] = header
                self._plain.append((index, name))
        self._final.extend(self._address(key, parts) for key, parts in addresses.items())
        self._final.extend(self._date_parts(name, parts) for name, parts in dates.items())

    @staticmethod
    def _first_company(header: str, name: str) -> _Action:
        """Google writes all positions of a person into the same cells, separated by ` ::: `; the first one counts."""

        def act(row: DraftBuilder, text: str) -> None:
            row.values[name] = text.split(" ::: ", maxsplit=1)[0].strip() or text
            if row.values[name] != text:
                row.keep(header, text)

        return act

    @staticmethod
    def _reason(header: str) -> _Action:
        def act(row: DraftBuilder, text: str) -> None:
            if not is_reason(text):
                row.keep(header, text)

        return act

    @staticmethod
    def _keeper(header: str) -> _Action:
        return lambda row, text: row.keep(header, text)

    def _again(self, header: str, name: str) -> _Action:
        """A second column for one field fills it if it is empty. Notes are joined, other values are kept unmapped."""
        spanish = self._mapping.language == "es"  # the father's name and the mother's

        def act(row: DraftBuilder, text: str) -> None:
            there = row.values.get(name)
            if there is None:
                row.values[name] = text
                row.columns[name] = header
            elif len(there) > _LONGEST_JOINED:
                row.keep(header, text)
            elif name == "notes":
                row.values[name] = f"{there}\n{text}"
            elif (name == "prefix" or (name == "family" and spanish)) and text not in there:
                row.values[name] = f"{there} {text}"
            elif there != text:
                row.keep(header, text)

        return act

    def _label(self, index: int, target: Target) -> _Action:
        """A label is read with its value. A label without a value is kept unmapped."""
        partner = self._index_of(f"{target.name}[{target.key}]")
        header = self._headers[index]

        def act(row: DraftBuilder, text: str) -> None:
            if partner is None or not row.cells[partner].strip():
                row.keep(header, text)

        return act

    def _many(self, header: str, target: Target) -> _Action:
        name, split = target.name, _MANY[target.name]
        numbered = target.key.isdecimal()
        label = self._index_of(f"{name}[{target.key}].label") if numbered else None
        kind = "" if numbered else target.key
        emails = name == "emails"
        several = has_several(name)
        read = _READ.get(name, _as_it_is)
        bare = _BARE.get(name)

        def act(row: DraftBuilder, text: str) -> None:
            if bare is not None and text[0] in "<'":
                text = bare(text)
            if (len(text) < _SHORTEST and says_not_stated(text)) or (emails and text.startswith(_EXCHANGE)):
                row.keep(header, text)
                return
            there = row.values.get(name, ())
            if label is None and len(there) < _MOST_VALUES and not several(text):
                one = (DraftValue(text, kind, header),)
                row.values[name] = there + one if there else one
                return
            said, primary = kind_of(row.cells[label]) if label is not None else (kind, False)
            pieces = [piece for entry in entries_of(text) for piece in split(entry)]
            if len(pieces) + len(there) > _MOST_VALUES:
                row.keep(header, text)
                row.note("too-many-values", _TOO_MANY, header, text)
                return
            found: tuple[DraftValue, ...] = ()
            for piece in pieces:
                value, beside, left_out = read(piece)
                if left_out or (beside and said):
                    row.keep(header, text)
                if name == "phones" and shortened(value):
                    row.keep(header, text)
                    row.note("phone-shortened", _SHORTENED, header, text)
                    continue
                found = (*found, DraftValue(value, said or beside, header))
            if not found:
                row.keep(header, text)
                return
            row.values[name] = found + there if primary else there + found

        return act

    def _tags(self, header: str, name: str) -> _Action:
        google = self._google

        def act(row: DraftBuilder, text: str) -> None:
            tags, system = split_tags(text, google=google)
            there = row.values.get(name, ())
            if len(tags) + len(there) > _MOST_VALUES:
                row.keep(header, text)
                row.note("too-many-values", _TOO_MANY, header, text)
                return
            if system or not tags:
                row.keep(header, " ::: ".join(system) or text)
            row.values[name] = tuple(dict.fromkeys((*there, *tags)))

        return act

    def _read_date(self, row: DraftBuilder, header: str, text: str) -> str | None:
        if says_no_date(text):
            row.keep(header, text)
            return None
        date, against = read_date(text, day_first=self._mapping.day_first)
        if date is None:
            row.keep(header, text)
            row.note("date-unreadable", "This is no date that can be read. Write it like 1969-04-03.", header, text)
        elif against:
            row.note("date-order", other_order(day_first=self._mapping.day_first), header, text)
        return date

    def _date(self, header: str, name: str) -> _Action:
        def act(row: DraftBuilder, text: str) -> None:
            if name in row.values:
                row.keep(header, text)
            elif date := self._read_date(row, header, text):
                row.values[name] = date

        return act

    def _event(self, header: str, target: Target) -> _Action:
        """An event of Google: a birthday or an anniversary by its label. Any other event is kept unmapped."""
        label = self._index_of(f"dates[{target.key}].label")

        def act(row: DraftBuilder, text: str) -> None:
            said = row.cells[label].strip().lstrip("* ") if label is not None else ""
            name = said.casefold() if said.casefold() in _DATES else ""
            if name and name not in row.values and (date := self._read_date(row, header, text)):
                row.values[name] = date
                row.columns[name] = header
                if name == "anniversary" and label is not None:  # the date is kept unmapped, and its label with it
                    row.keep(self._headers[label], row.cells[label].strip())
            elif header not in row.unmapped:
                row.keep(header, text)
                if said and label is not None:
                    row.keep(self._headers[label], said)

        return act

    def _date_parts(self, name: str, parts: dict[str, int]) -> Callable[[DraftBuilder], None]:
        columns = [parts.get(part) for part in ("year", "month", "day")]

        def act(row: DraftBuilder) -> None:
            said = [row.cells[index].strip() if index is not None else "" for index in columns]
            if not any(text.strip("0") for text in said):
                return
            date = join_date(*said) if name not in row.values else None
            if date is not None:
                row.values[name] = date
                row.columns[name] = self._headers[
                    next(i for i, text in zip(columns, said, strict=True) if text and i is not None)
                ]
                return
            for index, text in zip(columns, said, strict=True):
                if index is not None and text:
                    row.keep(self._headers[index], text)

        return act

    def _address(self, key: str, parts: list[tuple[int, str]]) -> Callable[[DraftBuilder], None]:  # noqa: C901 - its one loop is kept in one piece for speed
        numbered = key.isdecimal()
        combined = any(part in {"postal_city", "number"} for _, part in parts)
        headers = self._headers

        def act(row: DraftBuilder) -> None:
            cells = row.cells
            found = [
                (index, part, self._part(part, text if "\r" not in text else line_feeds(text)))
                for index, part in parts
                if cells[index] and (text := cells[index].strip())
            ]
            found = self._without_marks(row, found)
            if not found:
                return
            if combined:
                found = parted(found, number_first=self._mapping.number_first)
            label = "" if numbered else key
            said: dict[str, str] = {}
            streets: dict[str, str] = {}
            column = ""
            for index, part, text in found:
                if part == "label":
                    label = kind_of(text)[0]
                    continue
                place = streets if part in {"street", "street2", "street3"} else said
                if part in place:
                    if place[part] != text:
                        row.keep(headers[index], text)
                    continue
                place[part] = text
                column = column or headers[index]
            if not column:
                for index, _, text in found:
                    row.keep(headers[index], text)
                return
            if streets:
                said["street"] = "\n".join([streets[part] for part in sorted(streets)])
            more = tuple(DraftAddress(label=label, column=column, **one) for one in each_address(said))
            row.values["addresses"] = row.values.get("addresses", ()) + more

        return act

    def _part(self, part: str, text: str) -> str:
        return text if part != "postal_code" or self._ours else without_apostrophe(text)

    def _without_marks(self, row: DraftBuilder, found: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
        """The parts of an address without marks for an empty value, which are kept unmapped."""
        marks = [] if self._ours else [one for one in found if one[1] != "label" and says_no_name(one[2])]
        for index, _, text in marks:
            row.keep(self._headers[index], text)
        return [one for one in found if one not in marks] if marks else found

    def draft(self, line: int, cells: Sequence[str]) -> tuple[Draft, list[Problem]]:
        """The draft of one row, and the notes about it.

        Args:
            line: The line where the row starts.
            cells: Its cells. Missing cells count as empty; cells beyond the last column are kept unmapped under
                `"(extra 1)"`, `"(extra 2)"` and so on.
        """
        row = DraftBuilder(line, cells)
        if len(cells) != self._width:
            self._fit(row)
            cells = row.cells
        values = row.values
        for index, name in self._plain:
            if (cell := cells[index]) and (text := cell.strip()):
                values[name] = text if "\r" not in text else line_feeds(text)
        for index, action in self._special:
            if (cell := cells[index]) and (text := cell.strip()):
                action(row, text if "\r" not in text else line_feeds(text))
        for final in self._final:
            final(row)
        self._finish(row)
        known = {**self._cells, **row.columns} if row.columns else self._cells
        return Draft(line=line, unmapped=row.unmapped, cells=known, **values), row.problems

    def _finish(self, row: DraftBuilder) -> None:
        """Decide on the fields that depend on each other."""
        values = row.values
        if not self._ours:
            self._clean(row)
        if "prefix" in values and not self._ours and names_kind(values["prefix"]) == "company":
            self._prefix_of_company(row, values.pop("prefix"))
        kind = self._kind(row, values.pop("kind")) if "kind" in values else ""
        if self._xero:
            self._firm_of_person(row)
        if not self._ours and "full_name" in values and "given" not in values and "family" not in values:
            if kind == "company":
                self._name_of_company(row, "full_name")
            else:
                self._company_by_name(row, is_person=kind == "person")
        if "file_as" in values:
            self._file_as(row, values.pop("file_as"))
        if "particle" in values:
            self._particle(row, values.pop("particle"))

    def _clean(self, row: DraftBuilder) -> None:
        """Take out the marks for an empty value, which are kept unmapped, and the apostrophe of a code."""
        values = row.values
        for name in _STATED:
            if name in values and (says_nothing if name == "company" else says_not_stated)(values[name]):
                row.keep(row.columns.get(name) or self._cells[name], values.pop(name))
        for name in _PERSONAL:
            if name in values and says_no_name(values[name]):
                row.keep(row.columns.get(name) or self._cells[name], values.pop(name))
        if "external_id" in values:
            values["external_id"] = without_apostrophe(values["external_id"])

    def _prefix_of_company(self, row: DraftBuilder, text: str) -> None:
        """A salutation such as `Firma` is that of a company. A family name alone is then the name of the company."""
        row.keep(row.columns.get("prefix") or self._cells["prefix"], text)
        if "family" in row.values and row.values.keys().isdisjoint({"given", "full_name", "company", "kind"}):
            self._name_of_company(row, "family")

    def _kind(self, row: DraftBuilder, text: str) -> str:
        """The kind of contact that the row states. A cell that the names of the row contradict is kept unmapped."""
        values = row.values
        kind = said_kind(text, self._mapping.language)
        named = not values.keys().isdisjoint(_NAMES - {"company"})
        if kind == "company" and "family" in values and values.keys().isdisjoint({"given", "full_name", "company"}):
            self._name_of_company(row, "family")
        elif (
            not kind
            or (kind == "company" and "full_name" not in values and named)
            or (kind == "person" and not named and "company" in values)
        ):
            row.keep(row.columns.get("kind") or self._cells["kind"], text)
            return ""
        return kind

    def _name_of_company(self, row: DraftBuilder, field: str) -> None:
        """The name in a field is that of a company. Another name is its trade name, its owner or what it belongs to."""
        name, company = row.values.pop(field), row.values.get("company", "")
        if company.casefold() != name.casefold():
            if company:
                row.keep(row.columns.get("company") or self._cells["company"], company)
            row.values["company"] = name
            row.columns["company"] = row.columns.get(field) or self._cells[field]

    def _company_by_name(self, row: DraftBuilder, *, is_person: bool) -> None:
        """A full name is the name of a company if it has a legal form, or if the company has the same name."""
        name, company = row.values["full_name"], row.values.get("company", "")
        if not is_person and (company.casefold() == name.casefold() or (len(name) <= 250 and names_company(name))):
            self._name_of_company(row, "full_name")
        elif name_behind := behind_company(name, company):
            # A person of the name "Van Dijk, Jan Peter" may have a firm of the name "Van Dijk".
            row.keep(row.columns.get("full_name") or self._cells["full_name"], name)
            row.values["full_name"] = name_behind
        elif "," not in name and family_first(header := self._cells["full_name"]):
            words = name.split()
            if len(words) == 2:
                row.values["family"], row.values["given"] = words
            elif len(words) == 3 and normal_header(header) in PATRONYMIC_LAST:
                row.values["family"], row.values["given"], row.values["middle"] = words

    def _firm_of_person(self, row: DraftBuilder) -> None:
        """Xero names a contact and its first person in columns of their own: another name than theirs is the firm's."""
        given, family = row.values.get("given", ""), row.values.get("family", "")
        name = row.values.get("full_name", "")
        if name and (given or family) and names_other(name, given, family):
            self._name_of_company(row, "full_name")

    def _particle(self, row: DraftBuilder, text: str) -> None:
        """The particle of a Dutch family name has a column of its own, and stands before the name."""
        family = row.values.get("family")
        if family:
            row.values["family"] = f"{text} {family}"
        else:
            row.keep(row.columns.get("particle") or self._cells["particle"], text)

    def _file_as(self, row: DraftBuilder, text: str) -> None:
        """The text that a contact is filed as is its name only if it has no other name."""
        if row.values.keys().isdisjoint(_NAMES):
            row.values["full_name"] = text
            row.columns["full_name"] = row.columns["file_as"]
        else:
            row.keep(row.columns["file_as"], text)
        del row.columns["file_as"]

    def _fit(self, row: DraftBuilder) -> None:
        width = self._width
        if len(row.cells) < width:
            row.cells = [*row.cells, *[""] * (width - len(row.cells))]
            return
        extra = row.cells[width:]
        row.cells = row.cells[:width]
        for number, cell in enumerate(extra, start=1):
            if cell.strip():
                row.keep(f"(extra {number})", cell.strip())
        if any(cell.strip() for cell in extra):
            row.note(
                "row-too-long",
                f"The row has {width + len(extra)} cells for {width} columns. Check its quotes and delimiters.",
                "",
                ", ".join(extra)[:200],
            )
