"""Mapping cards: the contact of a card gets the decisions of the import, and its organisations become employers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.formats.card_rows.card_pictures import picture_of_card
from contactcore.formats.contact_rows.mapped_row import Employer, MappedRow
from contactcore.formats.contact_rows.mapping_options import MappingOptions
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.vcard.card import ReadCard
from contactcore.formats.vcard.content_lines import ContentLine, components, parse_line, rank_of
from contactcore.formats.vcard.extras import unmapped_name
from contactcore.formats.vcard.uids import id_of
from contactcore.model import Company, Person
from contactcore.model.restoring import altered
from contactcore.read_only import ReadOnlyDict
from contactcore.text import fold
from contactcore.values import clean_line

__all__ = ["CardMapper"]

_LONG_CARD = 60_000
"""Bytes of a card in its file. The size of the contact of a larger card is measured."""
_EACH_LINE = re.IGNORECASE | re.MULTILINE
_MOST_EMPLOYERS = 100
"""Companies that one card makes. A card of thousands would fill the directory with them."""
_ORG, _TITLE = unmapped_name("ORG"), unmapped_name("TITLE")
_PLAIN = frozenset(("TYPE", "PREF"))


class CardMapper:
    """Maps the cards of one file to contacts.

    Args:
        options: The decisions of the import.
        new_id: Source of ids.
    """

    def __init__(self, options: MappingOptions, new_id: Callable[[], str]) -> None:
        self._options = options
        self._new_id = new_id

    def map_row(self, row: ReadCard) -> MappedRow:
        """The contact of a card, or the reasons why it is rejected.

        Args:
            row: The card as it was read.
        """
        contact = row.contact
        if contact is None:
            return MappedRow(row.line, row.number, None, (), row.problems)
        picture, found = picture_of_card(row)
        problems = list(found)
        if row.offset - row.start > _LONG_CARD and _size(contact) > self._options.largest_row:
            limit = f"{self._options.largest_row:,} bytes are the limit"
            reason = f"The card is too large for one contact: {limit}. Shorten its texts."
            problems.append(RowProblem(row.line, "", "", reason, "row-too-large"))
            return MappedRow(row.line, row.number, None, (), tuple(problems))
        employers: tuple[Employer, ...] = ()
        unmapped = dict(contact.unmapped)
        if isinstance(contact, Person) and _ORG in unmapped:
            employers = tuple(_employers(unmapped, row.line, problems))
        options = self._options
        values: dict[str, Any] = {
            "id": self._new_id(),
            "version": 1,
            "access": options.access,
            "responsibles": options.responsibles,
            "type": options.type,
            "unmapped": ReadOnlyDict(unmapped),
        }
        if options.tags:
            values["tags"] = tuple(dict.fromkeys((*options.tags, *contact.tags)))
        own_id = id_of(contact.external_id)
        mapped = altered(contact, values)
        return MappedRow(row.line, row.number, mapped, employers, tuple(problems), own_id, picture=picture)


def _size(contact: Person | Company) -> int:
    """The size of the texts of a contact, in bytes."""
    values = attrs.asdict(contact, filter=lambda field, _: field.name not in ("added_at", "changed_at"))
    return len(json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace"))


def _employers(unmapped: dict[str, str], number: int, problems: list[RowProblem]) -> Iterator[Employer]:
    """The companies that a card names; lines that an export writes again by its affiliations are taken out."""
    organizations, titles = (sorted(_lines(unmapped, name), key=rank_of) for name in ("ORG", "TITLE"))
    others = "\n".join(text for name, text in unmapped.items() if name not in (_ORG, _TITLE))
    used: set[int] = set()
    names: set[str] = set()
    kept = []
    for place, line in enumerate(organizations):
        if len(names) >= _MOST_EMPLOYERS:
            reason = f"A card names at most {_MOST_EMPLOYERS} companies of a person; the others are kept beside it."
            problems.append(RowProblem(number, line.name, "", reason, "too-many", facts={"limit": _MOST_EMPLOYERS}))
            kept += organizations[place:]
            break
        name, *units = components(line.value) or [""]
        at = _title_of(line, place, organizations, titles)
        try:
            employer = Employer(
                clean_line(name),
                clean_line(", ".join(filter(None, units))),
                "" if at is None else clean_line(titles[at].text),
            )
        except Invalid as error:
            reason = f"{error.reason} The line is kept beside the contact."
            problems.append(RowProblem(number, line.name, storable(line.text), reason, error.code, facts=error.facts))
            kept.append(line)
            continue
        if not employer.name or fold(employer.name) in names or _is_alternative(line, organizations):
            kept.append(line)
            continue
        names.add(fold(employer.name))
        if at is not None and not _says_more(titles[at], others):
            used.add(at)
        if len(list(filter(None, units))) > 1 or _says_more(line, others):
            kept.append(line)
        yield employer
    _put(unmapped, "ORG", kept)
    _put(unmapped, "TITLE", [line for at, line in enumerate(titles) if at not in used])


def _lines(unmapped: dict[str, str], name: str) -> list[ContentLine]:
    text = unmapped.get(unmapped_name(name), "")
    return [line for line in map(parse_line, text.split("\n")) if line is not None] if text else []


def _title_of(line: ContentLine, place: int, organizations: list[ContentLine], titles: list[ContentLine]) -> int | None:
    """The place of the title at an organisation: that of its group, else the one at the same place."""
    if line.group:
        found = next((at for at, title in enumerate(titles) if title.group == line.group), None)
        if found is not None:
            return found
    if place and len(titles) != len(organizations):
        return None
    return place if place < len(titles) and not titles[place].group else None


def _is_alternative(line: ContentLine, lines: list[ContentLine]) -> bool:
    """Whether the line says in another language what an earlier line says (ALTID)."""
    alternative = line.parameter("ALTID")
    return bool(alternative) and line is not next(one for one in lines if one.parameter("ALTID") == alternative)


def _says_more(line: ContentLine, others: str) -> bool:
    """Whether a line says more than a company or a title: a parameter, or a group that other lines have too.

    A group that joins an ORG with its TITLE alone says no more than the affiliation does.
    """
    if line.group and re.search(rf"^{re.escape(line.group)}\.|\bX-GROUP={re.escape(line.group)}\b", others, _EACH_LINE):
        return True
    return not _PLAIN.issuperset(line.parameters)


def _put(unmapped: dict[str, str], name: str, lines: list[ContentLine]) -> None:
    key = unmapped_name(name)
    unmapped.pop(key, None)
    if lines:
        unmapped[key] = "\n".join(map(str, lines))
