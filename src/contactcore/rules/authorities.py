"""Authorities: whether a person may act in the name of a contact on a day, and why (PER-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.model.authority import Authority
from contactcore.wording import message_of

__all__ = ["AuthorityDecision", "may", "representatives"]


@frozen
class AuthorityDecision:
    """Whether a person may act for a contact, with the reason; it is true if the person may.

    Attributes:
        allowed: Whether the person may.
        reason: `"self"` (the client is this person), `"sole"` (the person's own authority) or `"joint"` (together with
            one of the named people) if the person may. Otherwise `"not-affiliated"`, `"not-current"` (no affiliation is
            current on that day), `"no-grant"`, `"not-yet"`, `"expired"` or `"joint-only"` (only together with one of
            `with_others`).
        authority: The authority that decides; if none is in force, the one whose dates are nearest; None for none.
        affiliation: The affiliation that has the authority; without an authority, one of the person's affiliations.
        with_others: Ids of the other people who have the authority jointly on that day.
    """

    allowed: bool
    reason: str
    authority: Authority | None = None
    affiliation: Affiliation | None = None
    with_others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.reason, language, context="authority")


def may(
    person_id: str,
    authority: str,
    affiliations: Iterable[Affiliation],
    on: date,
    together_with: Sequence[str] = (),
) -> AuthorityDecision:
    """Whether a person has an authority for a contact on a day.

    Args:
        person_id: The id of the person.
        authority: The slug of the authority, such as `"collect-mail"`.
        affiliations: All affiliations of the contact.
        on: The day; it may be in the past or in the future.
        together_with: Ids of people who act together with this person, for joint authorities; nobody by default.

    >>> from contactcore.model import Affiliation
    >>> jane = Affiliation(id="1", person_id="jane", authorities=["collect-mail"])
    >>> may("jane", "collect-mail", [jane], date(2026, 1, 1)).reason
    'sole'
    """
    all_of_contact = tuple(affiliations)
    own = [one for one in all_of_contact if one.person_id == person_id]
    if not own:
        return AuthorityDecision(allowed=False, reason="not-affiliated")
    current = [one for one in own if one.is_current(on)]
    if not current:
        return AuthorityDecision(allowed=False, reason="not-current", affiliation=own[-1])
    grants = [(grant, one) for one in current for grant in one.authorities if grant.slug == authority]
    if not grants:
        return AuthorityDecision(allowed=False, reason="no-grant", affiliation=current[-1])
    in_force = [(grant, one) for grant, one in grants if grant.holds_on(on)]
    for grant, one in in_force:
        if not grant.joint:
            return AuthorityDecision(allowed=True, reason="sole", authority=grant, affiliation=one)
    if in_force:
        grant, one = in_force[0]
        others = _joint_holders(all_of_contact, authority, on) - {person_id}
        allowed = bool(others & set(together_with))
        reason = "joint" if allowed else "joint-only"
        return AuthorityDecision(allowed, reason, authority=grant, affiliation=one, with_others=tuple(sorted(others)))
    grant, one = min(grants, key=lambda pair: _days_away(pair[0], on))
    reason = "expired" if grant.end is not None and grant.end < on else "not-yet"
    return AuthorityDecision(allowed=False, reason=reason, authority=grant, affiliation=one)


def representatives(affiliations: Iterable[Affiliation], on: date) -> tuple[tuple[Affiliation, Authority], ...]:
    """The people who may sign for a contact on a day, each once, with the authority.

    Sole representatives come first, then joint ones. Within each group the primary contact person comes first, then
    the others by seniority.

    Args:
        affiliations: All affiliations of the contact.
        on: The day.
    """
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


def _days_away(grant: Authority, on: date) -> int:
    if grant.end is not None and grant.end < on:
        return (on - grant.end).days
    return (grant.start - on).days if grant.start is not None else 0
