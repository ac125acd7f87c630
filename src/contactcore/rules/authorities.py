"""May this person do that in the name of this contact, on that day? One question with an explained answer (PER-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from contactcore.model.affiliation import Affiliation
from contactcore.model.authority import Authority

__all__ = ["AuthorityDecision", "may", "representatives"]


@attrs.frozen
class AuthorityDecision:
    """An explained answer; true where the person may.

    Attributes:
        allowed: The answer.
        reason: `"sole"`: by a grant of their own; `"joint"`: together with the others who were named; or why not:
            `"not-affiliated"`, `"not-current"` (the affiliation does not hold on that day), `"no-grant"`,
            `"not-yet"`, `"expired"`, `"joint-only"` (only together with one of `with_others`).
        authority: The grant, or the one that comes nearest; None where there is none.
        affiliation: The affiliation that carries it.
        with_others: Ids of the people who hold the authority jointly on that day.
    """

    allowed: bool
    reason: str
    authority: Authority | None = None
    affiliation: Affiliation | None = None
    with_others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


def may(
    person_id: str,
    authority: str,
    affiliations: Iterable[Affiliation],
    on: date,
    together_with: Sequence[str] = (),
) -> AuthorityDecision:
    """Whether a person holds an authority for a contact on a day.

    Args:
        person_id: The person.
        authority: Such as `"collect-mail"`.
        affiliations: All of the contact.
        on: The day; past and future ones are answered by the dates of the grants.
        together_with: Ids of people who act together with this one, for authorities that are held jointly.

    >>> from contactcore.model import Affiliation
    >>> jane = Affiliation(id="1", person_id="jane", authorities=["collect-mail"])
    >>> may("jane", "collect-mail", [jane], date(2026, 1, 1)).reason
    'sole'
    """
    everybody = tuple(affiliations)
    own = [one for one in everybody if one.person_id == person_id]
    if not own:
        return AuthorityDecision(allowed=False, reason="not-affiliated")
    standing = [one for one in own if one.is_current(on)]
    if not standing:
        return AuthorityDecision(allowed=False, reason="not-current", affiliation=own[-1])
    grants = [(grant, one) for one in standing for grant in one.authorities if grant.slug == authority]
    if not grants:
        return AuthorityDecision(allowed=False, reason="no-grant", affiliation=standing[-1])
    holding = [(grant, one) for grant, one in grants if grant.holds_on(on)]
    for grant, one in holding:
        if not grant.joint:
            return AuthorityDecision(allowed=True, reason="sole", authority=grant, affiliation=one)
    if holding:
        grant, one = holding[0]
        others = _joint_holders(everybody, authority, on) - {person_id}
        allowed = bool(others & set(together_with))
        reason = "joint" if allowed else "joint-only"
        return AuthorityDecision(allowed, reason, authority=grant, affiliation=one, with_others=tuple(sorted(others)))
    grant, one = min(grants, key=lambda pair: _distance(pair[0], on))
    reason = "expired" if grant.end is not None and grant.end < on else "not-yet"
    return AuthorityDecision(allowed=False, reason=reason, authority=grant, affiliation=one)


def representatives(affiliations: Iterable[Affiliation], on: date) -> tuple[tuple[Affiliation, Authority], ...]:
    """Who may sign for a contact on a day: sole representatives first, then joint ones, each by how long they stand."""
    found = [
        (one, grant)
        for one in affiliations
        if one.is_current(on)
        for grant in one.authorities
        if grant.slug == "represent" and grant.holds_on(on)
    ]
    first: dict[str, tuple[Affiliation, Authority]] = {}
    for one, grant in sorted(found, key=lambda pair: (pair[1].joint, not pair[0].primary, pair[0].seniority)):
        first.setdefault(one.person_id, (one, grant))
    return tuple(first.values())


def _joint_holders(affiliations: Iterable[Affiliation], authority: str, on: date) -> set[str]:
    return {
        one.person_id
        for one in affiliations
        if one.is_current(on) and any(grant.slug == authority and grant.holds_on(on) for grant in one.authorities)
    }


def _distance(grant: Authority, on: date) -> int:
    if grant.end is not None and grant.end < on:
        return (on - grant.end).days
    return (grant.start - on).days if grant.start is not None else 0
