"""Who is the primary person of a contact for a purpose, among those that an actor sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from contactcore.model.affiliation import Affiliation
from contactcore.rules.access import audience_within

__all__ = ["with_own_purposes"]


def with_own_purposes(seen: Sequence[tuple[Affiliation, frozenset[str]]], today: date) -> list[Affiliation]:
    """Affiliations of one contact, each purpose with only one of them.

    When a person is made primary for a purpose whom not every user sees, the person who was it before keeps the purpose
    for the other users. Of two that an actor sees, the one with the narrower audience was therefore chosen later. The
    audiences decide nothing where the users did not see each other's choice, or where a person was shared or restored
    later: then the one with the most seniority has the purpose.

    Args:
        seen: The affiliations that an actor sees, each with its access terms.
        today: The day.
    """
    winners = {}
    for purpose in {purpose for one, _ in seen for purpose in one.purposes}:
        among = [(one, access) for one, access in seen if purpose in one.purposes]
        current = [access for one, access in among if one.is_current(today)]
        left = [one for one, access in among if not any(_is_narrower(other, access) for other in current)]
        winners[purpose] = min(left, key=lambda one: (not one.is_current(today), one.seniority)).id
    answers = []
    for one, _ in seen:
        kept = [purpose for purpose in one.purposes if winners[purpose] == one.id]
        answers.append(one if len(kept) == len(one.purposes) else attrs.evolve(one, purposes=kept))
    return answers


def _is_narrower(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return audience_within(inner, outer) and not audience_within(outer, inner)
