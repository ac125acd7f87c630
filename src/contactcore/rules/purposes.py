"""Purposes: which of the contact persons that an actor sees is primary for a purpose, such as `"billing"` (PER-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from contactcore.model.affiliation import Affiliation
from contactcore.rules.access import audience_within

__all__ = ["with_own_purposes"]


def with_own_purposes(seen: Sequence[tuple[Affiliation, frozenset[str]]], today: date) -> list[Affiliation]:
    """The affiliations of one contact, with each purpose on at most one of them.

    If not every user sees the person who becomes primary for a purpose, the previous person keeps the purpose for the
    other users. Two affiliations can therefore have the same purpose. The one with the smaller audience was chosen
    later, and it has the purpose for an actor who sees both. If neither audience contains the other, because the users
    did not see each other's choice or a person was shared or restored later, the affiliation with the greatest
    seniority has the purpose. Current affiliations precede all others.

    Args:
        seen: The affiliations that an actor sees, each with its access terms.
        today: The day for which affiliations count as current.

    Returns:
        The affiliations in the given sequence; those that lose a purpose are changed copies.
    """
    winners = {}
    for purpose in {purpose for one, _ in seen for purpose in one.purposes}:
        candidates = [(one, access) for one, access in seen if purpose in one.purposes]
        current = [access for one, access in candidates if one.is_current(today)]
        latest = [one for one, access in candidates if not any(_is_narrower(other, access) for other in current)]
        winners[purpose] = min(latest, key=lambda one: (not one.is_current(today), one.seniority)).id
    affiliations = []
    for one, _ in seen:
        kept = [purpose for purpose in one.purposes if winners[purpose] == one.id]
        affiliations.append(one if len(kept) == len(one.purposes) else attrs.evolve(one, purposes=kept))
    return affiliations


def _is_narrower(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return audience_within(inner, outer) and not audience_within(outer, inner)
