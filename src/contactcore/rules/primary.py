"""Who is the primary contact person: exactly one whenever there is one at all (PER-3).

Every path that changes who acts for a contact ends in `enforce`: the mark then stands on exactly one affiliation. The
rule of succession: whom the caller names, else whoever has it, else the current contact person who stands longest, else
(nobody is current) whoever stands longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from contactcore.errors import Invalid
from contactcore.model.affiliation import Affiliation

__all__ = ["Succession", "acting", "enforce"]


@attrs.frozen
class Succession:
    """The outcome of the rule.

    Attributes:
        affiliations: All of them, in the sequence given, the mark on exactly one.
        changed: Those whose mark was moved.
        primary: Who is primary now; None when there is nobody.
        reason: `"chosen"`, `"kept"`, `"first"` (the only one), `"succeeded"` (longest-standing current),
            `"nobody-current"` (longest-standing, though none is current) or `"nobody"`.
    """

    affiliations: tuple[Affiliation, ...]
    changed: tuple[Affiliation, ...]
    primary: Affiliation | None
    reason: str


def enforce(affiliations: Sequence[Affiliation], on: date, chosen: str | None = None) -> Succession:
    """Put the mark on exactly one affiliation.

    Args:
        affiliations: All of one contact, those that left not among them.
        on: Today.
        chosen: The id of the affiliation that the caller wants to be primary.

    Raises:
        Invalid: `primary-unknown` when the chosen one is not among them, `primary-not-current` when the chosen one
            does not act for the contact any more.

    >>> first = Affiliation(id="1", since="2026-01-01"); second = Affiliation(id="2", since="2026-02-01")
    >>> enforce([first, second], date(2026, 3, 1)).primary.id
    '1'
    """
    primary, reason = _elect(affiliations, on, chosen)
    kept = tuple(
        affiliation
        if affiliation.primary == (affiliation is primary)
        else attrs.evolve(affiliation, primary=affiliation is primary)
        for affiliation in affiliations
    )
    changed = tuple(new for new, old in zip(kept, affiliations, strict=True) if new is not old)
    return Succession(kept, changed, next((one for one in kept if one.primary), None), reason)


def acting(affiliations: Iterable[Affiliation], on: date) -> Affiliation | None:
    """Who is primary on a day: a mark counts no longer once its holder's last day is over.

    The mark itself moves with the next change; until then the successor is the one that `enforce` would appoint.
    """
    return _elect(tuple(affiliations), on, None)[0]


def _elect(affiliations: Sequence[Affiliation], on: date, chosen: str | None) -> tuple[Affiliation | None, str]:
    if chosen is not None:
        wanted = next((affiliation for affiliation in affiliations if affiliation.id == chosen), None)
        if wanted is None:
            raise Invalid("primary-unknown", "Choose one of the contact's own contact persons.", value=chosen)
        if not wanted.is_current(on) and any(affiliation.is_current(on) for affiliation in affiliations):
            raise Invalid("primary-not-current", "Choose somebody who still acts for the contact.", value=chosen)
        return wanted, "chosen"
    if not affiliations:
        return None, "nobody"
    # Two marks can only come from data that another program wrote: the longest-standing of them stays.
    marked = sorted((one for one in affiliations if one.primary), key=lambda one: one.standing)
    current = sorted((one for one in affiliations if one.is_current(on)), key=lambda one: one.standing)
    for affiliation in marked:
        if affiliation in current or not current:
            return affiliation, "kept"
    if not current:
        return min(affiliations, key=lambda one: one.standing), "nobody-current"
    return current[0], "first" if len(affiliations) == 1 else "succeeded"
