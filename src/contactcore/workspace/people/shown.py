"""Contact persons as one actor sees them: the primary one is determined among those that the actor sees (ACC-3)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from contactcore.model import Affiliation, Person
from contactcore.model.restoring import altered
from contactcore.rules.access import may_see
from contactcore.rules.primary import effective_primary
from contactcore.rules.purposes import with_own_purposes
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.places import sites_in_use
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["as_seen", "as_seen_with_person", "visible_people", "with_people"]


def visible_people(transaction: Transaction, contact_id: str, *, current: bool = False) -> tuple[Affiliation, ...]:
    """Return the contact persons of a contact that the actor sees: the primary one first, then by seniority.

    Args:
        transaction: The transaction of the actor.
        contact_id: The id of a contact that the actor sees.
        current: Whether to leave out people who do not act for the contact today; False by default.
    """
    today = transaction.today
    seen = AffiliationRepository(transaction).seen_of_contact(contact_id)
    people = with_people(transaction, with_own_purposes([(one.entity, one.access) for one in seen], today))
    primary = effective_primary(people, today)
    sites = sites_in_use(transaction, people)
    shown = [_visible_form(one, sites, primary=primary is not None and one.id == primary.id) for one in people]
    kept = [one for one in shown if not current or one.is_current(today)]
    return tuple(sorted(kept, key=lambda one: (not one.primary, one.seniority)))


def with_people(transaction: Transaction, seen: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    """Affiliations with their people.

    Args:
        transaction: The transaction of the actor.
        seen: Affiliations that the actor sees.
    """
    found = tuple(seen)
    people = ContactRepository(transaction).get_many(one.person_id for one in found)
    return tuple(
        altered(one, {"person": person}) for one in found if isinstance(person := people[one.person_id].entity, Person)
    )


def as_seen_with_person(transaction: Transaction, affiliation: Affiliation) -> Affiliation:
    """An affiliation as `as_seen` gives it, with its person.

    Args:
        transaction: The transaction of the actor.
        affiliation: The affiliation as it is stored.
    """
    (with_person,) = with_people(transaction, [affiliation])
    return as_seen(transaction, affiliation.contact_id, with_person)


def as_seen(transaction: Transaction, contact_id: str, affiliation: Affiliation) -> Affiliation:
    """An affiliation with the primary flag as the actor sees it among the affiliations of the contact.

    Args:
        transaction: The transaction of the actor.
        contact_id: The id of the contact.
        affiliation: The affiliation as it is stored.
    """
    affiliations, sites = AffiliationRepository(transaction), sites_in_use(transaction, [affiliation])
    current = affiliations.current_primary(contact_id)
    if current and may_see(transaction.actor, current.access) and current.entity.is_current(transaction.today):
        return _visible_form(affiliation, sites, primary=current.entity.id == affiliation.id)
    seen = (one.entity for one in affiliations.seen_of_contact(contact_id))
    primary = effective_primary(seen, transaction.today)
    return _visible_form(affiliation, sites, primary=primary is not None and primary.id == affiliation.id)


def _visible_form(affiliation: Affiliation, sites: Container[str], *, primary: bool) -> Affiliation:
    """An affiliation without the fields that would reveal hidden affiliations, and without a site in the trash."""
    version = affiliation.revision or affiliation.version
    as_read: dict[str, Any] = {
        "primary_when_read": primary,
        "purposes_when_read": affiliation.purposes,
        "person_when_read": affiliation.person,
    }
    if affiliation.site_id and affiliation.site_id not in sites:
        as_read |= {"site_id": "", "site_when_read": ""}
    return altered(
        affiliation, {**as_read, "primary": primary, "version": version, "revision": 0, "primary_sequence": 0}
    )
