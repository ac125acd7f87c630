"""The primary contact person: a contact with contact persons has exactly one (PER-3).

Every change of a contact's affiliations ends in `enforce`, which sets the primary flag on exactly one affiliation. It
selects, in this order: the affiliation that the caller names, the one that has the flag, the most senior current one,
and the most senior one if none is current.

An actor may see only some of the affiliations. `effective_primary` applies the same rule to those, as if there were no
others, because neither a missing primary nor a moved flag may reveal a hidden person (ACC-3). For this purpose each
affiliation stores its `primary_sequence`: the number of times that the contact's flag had moved when this affiliation
got it. After the flag moves to a hidden affiliation, an actor who does not see that one still sees the flag on the
affiliation that had it before. A negative sequence means that the affiliation is primary only for actors who see some
of the affiliations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.rules.access import audience_within, viewers

__all__ = ["Flagged", "PrimaryAssignment", "effective_primary", "enforce", "merged_sequences"]


@frozen
class PrimaryAssignment:
    """The result of `enforce`.

    Attributes:
        affiliations: All affiliations in the given order, exactly one of them with the primary flag.
        changed: The affiliations whose primary flag or primary sequence changed.
        primary: The affiliation that is primary now; None without affiliations.
        reason: `"chosen"`, `"kept"`, `"first"` (the only affiliation), `"succeeded"` (the most senior current one),
            `"nobody-current"` (the most senior one, because none is current) or `"nobody"`.
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
    """Sets the primary flag on exactly one affiliation of a contact.

    Args:
        affiliations: All affiliations of the contact, without removed ones.
        on: Today.
        chosen: The id of the affiliation that the caller wants to be primary; None for no choice.
        access: The access terms of each affiliation by id; None if all actors see all of them.

    Raises:
        Invalid: `primary-unknown` if the chosen affiliation is not among them, `primary-not-current` if its person
            does not act for the contact on that day.

    >>> first = Affiliation(id="1", since="2026-01-01"); second = Affiliation(id="2", since="2026-02-01")
    >>> enforce([first, second], date(2026, 3, 1)).primary.id
    '1'
    """
    if len(affiliations) == 1 and chosen is None and not (affiliations[0].primary or affiliations[0].primary_sequence):
        # A shortcut for the first affiliation of a contact, which is frequent in imports. The general rule below gives
        # the same result.
        (first,) = affiliations
        flagged = attrs.evolve(first, primary=True, primary_sequence=1)
        return PrimaryAssignment((flagged,), (flagged,), flagged, "first" if first.is_current(on) else "nobody-current")
    audiences = {one.id: frozenset() if access is None else access[one.id] for one in affiliations}
    sequences = {one.id: one.primary_sequence for one in affiliations}
    if chosen is not None:
        _check_chosen(affiliations, on, chosen)
        _move_flag(chosen, sequences, audiences)
        selected, reason = next(one for one in affiliations if one.id == chosen), "chosen"
    else:
        _clear_past_sequences(affiliations, on, sequences, audiences)
        found, reason = _select_primary(affiliations, on, sequences)
        if found is None:
            return PrimaryAssignment((), (), None, reason)
        selected = found
        if reason != "kept":
            _move_flag(selected.id, sequences, audiences)
    # Actors with a partial view see a primary among the affiliations that they see. Its sequence is negative, so the
    # same affiliation is selected again, and affiliations that had the flag come first.
    for view in _partial_views(affiliations, audiences):
        among, why = _select_primary(view, on, sequences)
        if among is not None and why != "kept":
            sequences[among.id] = min(0, *sequences.values()) - 1
    kept = tuple(
        one
        if one.primary == (one is selected) and one.primary_sequence == sequences[one.id]
        else attrs.evolve(one, primary=one is selected, primary_sequence=sequences[one.id])
        for one in affiliations
    )
    changed = tuple(new for new, old in zip(kept, affiliations, strict=True) if new is not old)
    return PrimaryAssignment(kept, changed, next(one for one in kept if one.primary), reason)


@frozen
class Flagged:
    """An affiliation with a primary sequence that comes to another contact, or stays there, in a merge.

    Attributes:
        place: The place of its former contact in the merge: 0 for the winner, then the losers.
        sequence: Its primary sequence there.
        current: Whether its person acts for that contact today.
        id: The id of the affiliation of the winner that it is, or becomes a part of.
        access: The access terms of that affiliation.
    """

    place: int
    sequence: int
    current: bool
    id: str
    access: frozenset[str]


def merged_sequences(flagged: Iterable[Flagged]) -> dict[str, int]:
    """The primary sequences of the affiliations of merged contacts, by id; the others have none.

    Everybody finds the primary person that the first of the merged contacts had for them. A flag of a later contact
    stays only for those who do not see a flag before it, because a primary person must not reveal a hidden one (ACC-3).

    Args:
        flagged: The affiliations with a primary sequence.

    >>> everybody = frozenset({"visible:*"})
    >>> merged_sequences([Flagged(0, 3, True, "a", everybody), Flagged(1, 7, True, "b", everybody)])
    {'a': 1}
    >>> merged_sequences([Flagged(0, 3, True, "a", frozenset({"visible:bob"})), Flagged(1, 7, True, "b", everybody)])
    {'a': 2, 'b': 1}
    """
    kept: list[Flagged] = []
    for one in sorted(flagged, key=lambda one: (not one.current, one.place, -one.sequence, one.id)):
        before = [other for other in kept if other.place != one.place]
        if all(one.id != other.id and not audience_within(one.access, other.access) for other in before):
            kept.append(one)
    return {one.id: len(kept) - number for number, one in enumerate(kept)}


def effective_primary(affiliations: Iterable[Affiliation], on: date) -> Affiliation | None:
    """The affiliation that is primary on a day; None without affiliations.

    The primary flag of an affiliation has no effect after its last day. The stored flag moves with the next change of
    the contact's affiliations. Until then this function returns the affiliation that `enforce` would select.

    Args:
        affiliations: The affiliations of one contact that the actor sees.
        on: The day.

    >>> past = Affiliation(id="1", primary=True, primary_sequence=1, end="2026-01-31")
    >>> effective_primary([past, Affiliation(id="2", since="2026-01-15")], date(2026, 2, 1)).id
    '2'
    """
    among = tuple(affiliations)
    return _select_primary(among, on, {one.id: one.primary_sequence for one in among})[0]


def _check_chosen(affiliations: Sequence[Affiliation], on: date, chosen: str) -> None:
    wanted = next((one for one in affiliations if one.id == chosen), None)
    if wanted is None:
        message = "Choose one of the contact's own contact persons."
        raise Invalid("primary-unknown", message, path="primary", value=chosen)
    if not wanted.is_current(on):
        message = "Choose somebody who acts for the contact today."
        raise Invalid("primary-not-current", message, path="primary", value=chosen)


def _move_flag(id: str, sequences: dict[str, int], audiences: Mapping[str, frozenset[str]]) -> None:
    """Moves the primary flag to an affiliation.

    Another affiliation keeps its sequence only if some actor sees it but not the new primary.
    """
    sequences[id] = max(sequences[id], 1 + max((0, *(sequences[other] for other in sequences if other != id))))
    for other in sequences:
        if other != id and audience_within(audiences[other], audiences[id]):
            sequences[other] = 0


def _clear_past_sequences(
    affiliations: Sequence[Affiliation], on: date, sequences: dict[str, int], audiences: Mapping[str, frozenset[str]]
) -> None:
    """Clears the sequence of each past affiliation whose whole audience sees some current affiliation."""
    current = [one.id for one in affiliations if one.is_current(on)]
    for one in affiliations:
        if (
            sequences[one.id]
            and not one.is_current(on)
            and any(audience_within(audiences[one.id], audiences[id]) for id in current)
        ):
            sequences[one.id] = 0


def _partial_views(
    affiliations: Sequence[Affiliation], audiences: Mapping[str, frozenset[str]]
) -> Iterator[list[Affiliation]]:
    """The affiliations that each kind of viewer sees, for viewers who do not see all of them."""
    for viewer in sorted({viewer for terms in audiences.values() for viewer in viewers(terms)}):
        view = [one for one in affiliations if {viewer, "*"} & viewers(audiences[one.id])]
        if len(view) < len(affiliations):
            yield view


def _select_primary(
    affiliations: Sequence[Affiliation], on: date, sequences: Mapping[str, int]
) -> tuple[Affiliation | None, str]:
    if not affiliations:
        return None, "nobody"
    current = [one for one in affiliations if one.is_current(on)]
    among = current or affiliations
    flagged = [one for one in among if sequences[one.id]]
    if flagged:
        # Only data from another program can have equal sequences; then the most senior affiliation stays primary.
        return min(flagged, key=lambda one: (-sequences[one.id], one.seniority)), "kept"
    senior = min(among, key=lambda one: one.seniority)
    if not current:
        return senior, "nobody-current"
    return senior, "first" if len(affiliations) == 1 else "succeeded"
