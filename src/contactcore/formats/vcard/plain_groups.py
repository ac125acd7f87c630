"""Groups of plain cards: the labels of values, the lines that are kept, and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_problems import RowProblem, storable
from contactcore.formats.vcard.card_values import picture_with_note
from contactcore.formats.vcard.content_lines import LONGEST_HEAD, unescape
from contactcore.formats.vcard.picture import CardPicture
from contactcore.formats.vcard.plain_shapes import BLANK, LABELS, LISTS, Shape, Slots, Values, decoded

__all__ = [
    "MOST_LABELS",
    "FoundPicture",
    "PlainGroups",
    "keep_again",
    "labels_are_read",
    "picture_head",
    "picture_of_card",
]

MOST_LABELS = 4_000
"""Heads with their labels that are remembered: a file has few of them."""
_LISTED_SLOTS: Final = frozenset((*LISTS.values(), "CATEGORIES", "NOTE"))
"""Properties whose groups may have a label."""
FoundPicture = tuple[CardPicture | None, RowProblem | None, int]
"""The picture, the note on it, and the number of its characters."""


class PlainGroups:
    """Gives the values of groups their labels. Labelled heads are remembered."""

    def __init__(self) -> None:
        self._labelled: dict[tuple[str, str, str], Shape | None] = {}

    def join(self, shapes: list[Shape], slots: Slots) -> AbstractSet[str] | None:
        """Give the values of groups their labels; returns the groups of values of lists.

        None if a group joins other lines than a value and its label.
        """
        groups = [shape.group for shape in shapes if shape.group and shape.name not in LABELS]
        listed = {shape.group for shape in shapes if shape.slot in _LISTED_SLOTS}
        if len(set(groups)) < len(groups):
            return None
        labels, regions = of_groups(slots.pop("X-ABLABEL", ())), of_groups(slots.pop("X-ABADR", ()))
        for slot in LISTS.values():
            several = slots.get(slot, ())
            for place, (shape, value) in enumerate(several):
                group = shape.group
                if group and (group in labels or group in regions):
                    labelled = self._with_label(shape, labels.get(group, ""), regions.get(group, ""))
                    if labelled is None:
                        return None
                    slots[slot][place] = labelled, value
        return listed

    def _with_label(self, shape: Shape, label: str, region: str) -> Shape | None:
        """The shape of a value with a label; None for a label that the careful reader has to judge."""
        if len(label) + len(region) > LONGEST_HEAD:
            return None
        key = shape.head, label, region
        try:
            return self._labelled[key]
        except KeyError:
            pass
        if len(self._labelled) >= MOST_LABELS:
            self._labelled.clear()
        found = None
        if label.isprintable() and region.isprintable():
            try:
                found = Shape(shape.line, quoted=shape.quoted, label=label, region=region)
            except Invalid:
                found = None
        self._labelled[key] = found
        return found


def labels_are_read(shapes: list[Shape], listed: AbstractSet[str]) -> bool:
    """Whether each label belongs to a value of a list, so that no label is kept."""
    return not any(shape.slot in LABELS and shape.group not in listed for shape in shapes)


def keep_again(lines: list[str], shapes: list[Shape], listed: AbstractSet[str]) -> dict[str, list[str]]:
    """The kept lines, with the labels of other groups than those of values, and with the address of a picture."""
    kept: dict[str, list[str]] = {}
    for line, shape in zip(lines, shapes, strict=True):
        value = line.partition(":")[2]
        remote = shape.slot == "PICTURE" and _is_remote(shape, value)
        if shape.slot and not remote and (shape.slot not in LABELS or shape.group in listed):
            continue
        value = (decoded(value) or "") if shape.quoted else value
        if value.strip(BLANK):
            kept.setdefault(shape.unmapped, []).append(shape.head + value)
    return kept


def of_groups(several: Sequence[tuple[Shape, str]]) -> dict[str, str]:
    return {shape.group: unescape(value) for shape, value in several}


def _is_remote(shape: Shape, value: str) -> bool:
    """Whether the value of PHOTO or LOGO is an address."""
    return "ENCODING" not in shape.line.parameters and value.strip()[:5].lower() != "data:"


def picture_head(lines: list[str], shapes: list[Shape]) -> str:
    """What stands before the value of the first picture, as it is written; `""` without a picture."""
    heads = (line.partition(":")[0] for line, shape in zip(lines, shapes, strict=True) if shape.slot == "PICTURE")
    return next(heads, "")


def picture_of_card(several: Values | None, head: str, start: int, folded: bytes) -> FoundPicture | None:
    """The picture of a card; None if the careful reader has to read it."""
    if several is None:
        return None, None, 0
    shape, value = several[0]
    # Every other line begins with another head, or with a space.
    before, *behind = (b"\n" + folded).split(f"\n{head}:".encode())
    if len(several) > 1 or len(behind) != 1:
        return None
    if not value.strip():
        return None, None, 0
    line = shape.line._replace(value="".join(value.split()) if "ENCODING" in shape.line.parameters else value)
    try:
        picture, code, reason, shown = picture_with_note(line)
    except Invalid:
        return None
    if (picture is None) != _is_remote(shape, value):
        return None
    number = start + 1 + before.count(b"\n")
    note = RowProblem(number, shape.name, storable(shown), reason, code)
    return picture, note, len(value) if picture is not None else 0
