"""The question whether a person may do something in the name of a contact (PER-4, PER-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import attrs

from contactcore.errors import Invalid
from contactcore.model import Affiliation, Authority, Contact, Person, PortalUser
from contactcore.rules.authorities import AuthorityDecision, may
from contactcore.workspace.kernel.transaction import Transaction, id_of, person_id_of
from contactcore.workspace.people.shown import visible_people
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["day_before", "decide", "without"]


def decide(
    transaction: Transaction,
    person: str | Person | Affiliation,
    authority: str,
    contact: str | Contact,
    day: date,
    together_with: Sequence[str | Person | Affiliation],
) -> AuthorityDecision:
    """The decision whether a person has an authority for a contact on a day; see `People.may`.

    Args:
        transaction: The transaction of the actor.
        person: The person.
        authority: The slug of the authority.
        contact: The contact.
        day: The day.
        together_with: Other people who act together with the person.
    """
    contacts = ContactRepository(transaction)
    if isinstance(transaction.actor, PortalUser):
        # The answer leaves out the affiliation, which holds notes of staff, and the other people (POR-8).
        acting = person_id_of(person)
        own = _own_affiliations(transaction, contacts.seen(contact).id)
        if acting == id_of(contact) and any(not one.id for one in own):
            return AuthorityDecision(allowed=True, reason="self")
        answer = may(acting, authority, own, day)
        return AuthorityDecision(answer.allowed, answer.reason, answer.authority)
    affiliations = visible_people(transaction, contacts.seen(contact).id)
    if person_id_of(person) == id_of(contact) and isinstance(contacts.get(contact), Person):
        return AuthorityDecision(allowed=True, reason="self")
    others = _seen_people(contacts, together_with, affiliations, "together_with[{}]")
    (acting,) = _seen_people(contacts, [person], affiliations, "person")
    return may(acting, authority, affiliations, day, others)


def without(affiliation: Affiliation, authority: str, first_day: date) -> Affiliation:
    """An affiliation whose authority ends: the first day without it is the given one.

    Args:
        affiliation: The affiliation.
        authority: The slug of the authority.
        first_day: The first day without the authority.

    Raises:
        Invalid: `date-too-early`.
    """
    last_day = day_before(first_day)
    kept: list[Authority] = []
    for grant in affiliation.authorities:
        if grant.slug != authority or (grant.end is not None and grant.end <= last_day):
            kept.append(grant)
        elif grant.start is None or grant.start <= last_day:
            # The former grant stays on file, because `may` answers questions about past days.
            kept.append(attrs.evolve(grant, end=last_day))
    return attrs.evolve(affiliation, authorities=kept)


def day_before(day: date) -> date:
    """The day before a day.

    Args:
        day: The day.

    Raises:
        Invalid: `date-too-early` for the first day of the calendar.
    """
    if day == date.min:
        raise Invalid(
            "date-too-early", "Give a later day: no day comes before this one.", path="on", value=day.isoformat()
        )
    return day - timedelta(days=1)


def _seen_people(
    contacts: ContactRepository,
    people: Iterable[str | Person | Affiliation],
    affiliations: Iterable[Affiliation],
    path: str,
) -> tuple[str, ...]:
    """The ids of people that the actor sees.

    Args:
        contacts: The contacts of the transaction.
        people: People, affiliations, or ids.
        affiliations: Affiliations that the actor sees; their people are not read again.
        path: The path of a person, with the place for a number.

    Raises:
        NotFound: the actor does not see a person, or there is none.
        Invalid: `not-a-person`.
    """
    known = {one.person_id for one in affiliations}
    ids = tuple(map(person_id_of, people))
    for index, id in enumerate(ids):
        if id not in known and not isinstance(contacts.get(id), Person):
            raise Invalid("not-a-person", "Only a person can have authorities.", path=path.format(index), value=id)
    return ids


def _own_affiliations(transaction: Transaction, contact_id: str) -> Sequence[Affiliation]:
    """The affiliations through which a portal user acts for a contact."""
    actor = transaction.actor
    if not isinstance(actor, PortalUser):
        return ()
    from contactcore.workspace.repositories.logins import LoginRepository

    return LoginRepository(transaction).usable_by(actor.login_id).get(contact_id, ())
