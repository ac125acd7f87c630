"""Who is the primary contact person: exactly one whenever there is one at all (PER-3).

Every path that changes who acts for a contact ends in `enforce`, which sets the primary flag on exactly one
affiliation. The rule, in this order: the affiliation that the caller names, the one that has the flag, the current one
with the most seniority, and, where none is current, the one with the most seniority.

An actor may see only some of the affiliations. The same rule then answers among those (`effective_primary`), as if
there were no others: neither a gap nor a moved flag may reveal a hidden person (ACC-3). For this an affiliation keeps
its `primary_sequence`: how often the flag of the contact had moved when this affiliation got it. When the flag moves to
a hidden affiliation, actors who do not see that one still find out which affiliation had it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from contactcore.errors import Invalid
from contactcore.model.affiliation import Affiliation
from contactcore.rules.access import audience_within, viewers

__all__ = ["PrimaryAssignment", "effective_primary", "enforce"]


@attrs.frozen
class PrimaryAssignment:
    """The outcome of the rule.

    Attributes:
        affiliations: All of them, in the sequence given, the mark on exactly one.
        changed: Those whose mark, or memory of it, was moved.
        primary: Who is primary now; None when there is nobody.
        reason: `"chosen"`, `"kept"`, `"first"` (the only one), `"succeeded"` (longest-standing current),
            `"nobody-current"` (longest-standing, though none is current) or `"nobody"`.
    """

    affiliations: tuple[Affiliation, ...]
    changed: tuple[Affiliation, ...]
    primary: Affiliation | None
    reason: str


def enforce(
    affiliations: Sequence[Affiliation],
    on: date,
    chosen: str | None = None,
    access: Mapping[str, frozenset[str]] | None = None,
) -> PrimaryAssignment:
    """Put the mark on exactly one affiliation.

    Args:
        affiliations: All of one contact, those that left not among them.
        on: Today.
        chosen: The id of the affiliation that the caller wants to be primary.
        access: The access terms of each by id; None where everybody sees all of them.

    Raises:
        Invalid: `primary-unknown` when the chosen one is not among them, `primary-not-current` when the chosen one
            does not act for the contact on that day.

    >>> first = Affiliation(id="1", since="2026-01-01"); second = Affiliation(id="2", since="2026-02-01")
    >>> enforce([first, second], date(2026, 3, 1)).primary.id
    '1'
    """
    if len(affiliations) == 1 and chosen is None and not (affiliations[0].primary or affiliations[0].primary_sequence):
        # The first one, of whom no import may think twice: what follows comes to the same.
        (first,) = affiliations
        marked = attrs.evolve(first, primary=True, primary_sequence=1)
        return PrimaryAssignment((marked,), (marked,), marked, "first" if first.is_current(on) else "nobody-current")
    seen = {one.id: frozenset() if access is None else access[one.id] for one in affiliations}
    turns = {one.id: one.primary_sequence for one in affiliations}
    if chosen is not None:
        _check_chosen(affiliations, on, chosen)
        _pass_to(chosen, turns, seen)
        elected, reason = next(one for one in affiliations if one.id == chosen), "chosen"
    else:
        _forget_the_absent(affiliations, on, turns, seen)
        found, reason = _elect(affiliations, on, turns)
        if found is None:
            return PrimaryAssignment((), (), None, reason)
        elected = found
        if reason != "kept":
            _pass_to(elected.id, turns, seen)
    for view in _views(affiliations, seen):
        among, why = _elect(view, on, turns)
        if among is not None and why != "kept":
            turns[among.id] = min(0, *turns.values()) - 1
    kept = tuple(
        one
        if one.primary == (one is elected) and one.primary_sequence == turns[one.id]
        else attrs.evolve(one, primary=one is elected, primary_sequence=turns[one.id])
        for one in affiliations
    )
    changed = tuple(new for new, old in zip(kept, affiliations, strict=True) if new is not old)
    return PrimaryAssignment(kept, changed, next(one for one in kept if one.primary), reason)


def effective_primary(affiliations: Iterable[Affiliation], on: date) -> Affiliation | None:
    """Who is primary on a day: a mark counts no longer once its holder's last day is over.

    The mark itself moves with the next change; until then the successor is the one that `enforce` would reassign.
    """
    among = tuple(affiliations)
    return _elect(among, on, {one.id: one.primary_sequence for one in among})[0]


def _check_chosen(affiliations: Sequence[Affiliation], on: date, chosen: str) -> None:
    wanted = next((one for one in affiliations if one.id == chosen), None)
    if wanted is None:
        message = "Choose one of the contact's own contact persons."
        raise Invalid("primary-unknown", message, path="primary", value=chosen)
    if not wanted.is_current(on):
        message = "Choose somebody who acts for the contact today."
        raise Invalid("primary-not-current", message, path="primary", value=chosen)


def _pass_to(id: str, turns: dict[str, int], seen: Mapping[str, frozenset[str]]) -> None:
    """The mark moves: only those who do not see its new holder remember an earlier one."""
    turns[id] = max(turns[id], 1 + max((0, *(turns[other] for other in turns if other != id))))
    for other in turns:
        if other != id and audience_within(seen[other], seen[id]):
            turns[other] = 0


def _forget_the_absent(
    affiliations: Sequence[Affiliation], on: date, turns: dict[str, int], seen: Mapping[str, frozenset[str]]
) -> None:
    """Who does not act any more has lost the mark, as far as there is somebody to take it."""
    current = [one.id for one in affiliations if one.is_current(on)]
    for one in affiliations:
        if turns[one.id] and not one.is_current(on) and any(audience_within(seen[one.id], seen[id]) for id in current):
            turns[one.id] = 0


def _views(affiliations: Sequence[Affiliation], seen: Mapping[str, frozenset[str]]) -> Iterator[list[Affiliation]]:
    """The affiliations as each sort of viewer sees them, where that is not all of them."""
    for viewer in sorted({viewer for terms in seen.values() for viewer in viewers(terms)}):
        view = [one for one in affiliations if {viewer, "*"} & viewers(seen[one.id])]
        if len(view) < len(affiliations):
            yield view


def _elect(affiliations: Sequence[Affiliation], on: date, turns: Mapping[str, int]) -> tuple[Affiliation | None, str]:
    if not affiliations:
        return None, "nobody"
    current = [one for one in affiliations if one.is_current(on)]
    among = current or affiliations
    marked = [one for one in among if turns[one.id]]
    if marked:
        # Equal turns can only come from data that another program wrote: the longest-standing of them stays.
        return min(marked, key=lambda one: (-turns[one.id], one.seniority)), "kept"
    longest = min(among, key=lambda one: one.seniority)
    if not current:
        return longest, "nobody-current"
    return longest, "first" if len(affiliations) == 1 else "succeeded"
