"""The picture of a card: the first one of its pictures that is a picture, prepared to be served (IMP-5, PIC-2)."""

from __future__ import annotations

from hashlib import sha256

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.mapped_row import RowPicture
from contactcore.formats.contact_rows.row_problems import RowProblem
from contactcore.formats.pictures import prepare
from contactcore.formats.vcard.card import ReadCard

__all__ = ["NOT_KEPT", "picture_of_card"]

NOT_KEPT = "picture-not-kept"
"""The code of a picture that does not become the picture of the contact."""

_UNREADABLE = "picture-unreadable"
_MOST_TRIES = 4
"""The number of pictures of one card that are tried, because each one costs the time to decode it."""


def picture_of_card(row: ReadCard) -> tuple[RowPicture | None, tuple[RowProblem, ...]]:
    """The first usable picture of a card, and the problems of the card with those of its other pictures.

    A picture that cannot be used is a note, and never costs the contact of its card.

    Args:
        row: The card as it was read.
    """
    codes = [problem.code for problem in row.problems]
    if row.card is None or (NOT_KEPT not in codes and _UNREADABLE not in codes):
        return None, row.problems
    # The reader reports each picture of the card once, in their sequence.
    pictures = iter(row.card.pictures)
    found: RowPicture | None = None
    problems: list[RowProblem] = []
    tried = 0
    for problem in row.problems:
        if problem.code == _UNREADABLE:
            problems.append(attrs.evolve(problem, code=NOT_KEPT))
            continue
        picture = next(pictures, None) if problem.code == NOT_KEPT else None
        if picture is None:
            problems.append(problem)
            continue
        tried += 1
        if found is not None:
            reason = "A contact has one picture, and the card has several: another one was taken."
        elif tried > _MOST_TRIES:
            reason = f"None of the first {_MOST_TRIES} pictures of the card can be used, and this one was not tried."
        else:
            try:
                prepared = prepare(picture.data)
            except Invalid as error:
                reason = f"The picture was left out, and the contact was kept. {error.reason}"
            else:
                found = RowPicture(prepared, sha256(picture.data).hexdigest(), problem.line, problem.column)
                continue
        problems.append(attrs.evolve(problem, reason=reason))
    return found, tuple(problems)
