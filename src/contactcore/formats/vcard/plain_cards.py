"""The quick door for plain cards: one pass over the lines of a card whose every line is of a known shape.

It refuses nothing and reports nothing but notes on pictures: a card with anything unusual is given back to the careful
reader (`CardReader`), which decides. A property test proves that both doors give equal cards.
"""

from __future__ import annotations

from typing import Any, Final

from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.vcard.card import Card
from contactcore.formats.vcard.content_lines import LONGEST_HEAD, HeadCache, components, unescape
from contactcore.formats.vcard.extras import PARAMETERS, unmapped_name
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.plain_groups import (
    FoundPicture,
    PlainGroups,
    keep_again,
    labels_are_read,
    picture_head,
    picture_of_card,
)
from contactcore.formats.vcard.plain_names import is_known, kind_of_card, name_company, name_person, only, shown_name
from contactcore.formats.vcard.plain_shapes import BLANK, Shape, Slots, decoded, is_plain, parameter_entry, shape_of
from contactcore.formats.vcard.plain_values import PlainValues
from contactcore.model import Company, Person
from contactcore.model.parsing import MOST_ENTRIES
from contactcore.model.restoring import restored
from contactcore.read_only import ReadOnlyDict
from contactcore.values.texts import TEXT_LIMIT

__all__ = ["SIMPLE", "PlainCard", "PlainCards"]

PlainCard = tuple[Card, tuple[RowProblem, ...]]
"""A card and the notes on it."""

SIMPLE: Final = bytes((10, *range(32, 127), *range(0x80, 0xC0), *range(0xC3, 0xCC), 0xD0, 0xD1))
"""The bytes of lines of printable characters that have one spelling each, up to Latin letters and Russian ones."""

_MOST_SHAPES = 4_000
"""Heads that are remembered: a file has few of them."""
_NO_COMPANY = [""]
_ORG, _TITLE, _ROLE = map(unmapped_name, ("ORG", "TITLE", "ROLE"))


class PlainCards:
    """Reads plain cards. Shapes of heads, tags and countries are remembered, each up to a limit.

    Args:
        country: The country of national phone numbers whose card names no country; None for none.
        keep_national: Whether a national number without any country stays text.
    """

    def __init__(self, country: str | None, *, keep_national: bool = True) -> None:
        self._heads = HeadCache()
        self._shapes: dict[str, Shape | None] = {}
        self._groups = PlainGroups()
        self._values = PlainValues(country, keep_national=keep_national)

    def _shape(self, head: str, line: str) -> Shape | None:
        """The shape of a new head."""
        if len(head) > LONGEST_HEAD:
            return None
        shape = None
        if head[:1] not in ("", " ", "\t") and self._heads.parse(line, 0) is not None:
            known = self._heads.known(head)
            shape = None if known is None else shape_of(known, head)
        self._shapes[head] = shape
        return shape

    def read(self, text: str, start: int, folded: bytes, *, simple: bool) -> PlainCard | None:
        r"""The card of a text; None if it is not plain, or if it may have a problem.

        Args:
            text: The lines between BEGIN and END, unfolded, joined by `\n`.
            start: The line of BEGIN in the file.
            folded: The lines as they are in the file, with the same line ends.
            simple: Whether all their bytes are `SIMPLE`.
        """
        lines = text.split("\n")
        if len(lines) > MOST_ENTRIES or not (simple or is_plain("".join(lines))):
            return None
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()  # never inside a card, whose shapes are needed until its end
        sorted_lines = self._sorted(lines)
        if sorted_lines is None:
            return None
        slots, kept, grouped = sorted_lines
        picture: FoundPicture = None, None, 0
        if grouped or "PICTURE" in slots:
            shapes = self._shapes_of(lines)
            listed = self._groups.join(shapes, slots) if grouped else frozenset(("",))
            found = picture_of_card(slots.pop("PICTURE", None), picture_head(lines, shapes), start, folded)
            if listed is None or found is None:
                return None
            picture = found
            if found[1] is not None or not labels_are_read(shapes, listed):
                kept = keep_again(lines, shapes, listed)
        if len(text) - picture[2] > TEXT_LIMIT:
            return None
        card = self._card(slots, kept, start, picture[0])
        if card is None:
            return None
        return card, () if picture[1] is None else (picture[1],)

    def _sorted(self, lines: list[str]) -> tuple[Slots, dict[str, list[str]], bool] | None:
        """The values that are read, the lines that are kept, and whether any line has a group."""
        shapes = self._shapes
        slots: Slots = {}
        kept: dict[str, list[str]] = {}
        grouped = False
        for line in lines:
            head, colon, value = line.partition(":")
            try:
                shape = shapes[head]
            except KeyError:
                shape = self._shape(head, line) if colon else None
            if shape is None:
                return None
            if shape.quoted:
                text = decoded(value)
                if text is None:
                    return None
                value = text
            slot = shape.slot
            if slot:
                if slot in slots:
                    slots[slot].append((shape, value))
                else:
                    slots[slot] = [(shape, value)]
            elif value.strip(BLANK):
                kept.setdefault(shape.unmapped, []).append(shape.head + value)
            if shape.group:
                grouped = True
        return slots, kept, grouped

    def _shapes_of(self, lines: list[str]) -> list[Shape]:
        """The shapes of lines that were read once."""
        shapes = [self._shapes[line.partition(":")[0]] for line in lines]
        return [shape for shape in shapes if shape is not None]

    def _card(self, slots: Slots, kept: dict[str, list[str]], start: int, picture: CardPicture | None) -> Card | None:
        found: dict[str, Any] = {}
        parameters = self._values.read(slots, found)
        if parameters is None:
            return None
        name = shown_name(slots.get("FN"))
        organization, title, role = only(kept.get(_ORG)), only(kept.get(_TITLE)), only(kept.get(_ROLE))
        if name is None or organization is None or title is None or role is None or not is_known(slots.get("VERSION")):
            return None
        companies = components(organization) if organization else _NO_COMPANY
        kind = kind_of_card(slots, name, companies)
        if kind is Person:
            whole = name_person(slots, found, name)
        else:
            whole = kind is Company and not (title or role) and name_company(kept, slots, found, name, companies)
        if kind is None or not whole:
            return None
        if name and slots["FN"][0][0].parameters:
            parameters.append(parameter_entry(slots["FN"][0][0], name))
        unmapped = {
            key: ("\n".join(several) if len(several) > 1 else several[0]).strip() for key, several in kept.items()
        }
        if parameters:
            unmapped[PARAMETERS] = "\n".join(dict.fromkeys(parameters))
        found["unmapped"] = ReadOnlyDict(unmapped)
        return restored(
            Card,
            {
                "contact": restored(kind, found),
                "line": start,
                "organization": companies[0],
                "units": tuple(filter(None, companies[1:])) if len(companies) > 1 else (),
                "title": unescape(title).strip() if title else "",
                "role": unescape(role).strip() if role else "",
                "pictures": () if picture is None else (picture,),
            },
        )
