"""A contact with all that belonged to it at an earlier time, as one actor sees it (DIR-14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from contactcore.frozen import frozen
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.entities import ENTITY_OF, OWNED
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Interaction, Item, ItemRole, Person, Site
from contactcore.model.restoring import altered
from contactcore.rules.access import intersection
from contactcore.rules.primary import effective_primary
from contactcore.rules.purposes import with_own_purposes
from contactcore.storage import Stored
from contactcore.values.moment import timestamp
from contactcore.values.timezone import zone_of
from contactcore.workspace.history.shown import Viewer
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.earlier import EarlierStates, State, taken_back
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.repository import Repository

__all__ = ["ContactState", "contact_state"]

_BELONGING = tuple(entity_type for entity_type in OWNED if entity_type.kept_in_history)
_KINDS = frozenset(entity_type.name for entity_type in _BELONGING)


@frozen(kw_only=True)
class ContactState:
    """A contact at an earlier time, with what belonged to it and the actor may see; each list by the time of addition.

    Attributes:
        at: The time, in UTC.
        contact: The contact.
        people: Its contact persons, the primary one first. Each has its person as the person was then.
        clients: The affiliations of a person with the contacts that the person acted for.
        sites: Its sites.
        items: Its items.
        roles: The roles for its items, and those that the contact had for items of others.
        interactions: Its interactions.
    """

    at: datetime
    contact: Person | Company
    people: tuple[Affiliation, ...] = ()
    clients: tuple[Affiliation, ...] = ()
    sites: tuple[Site, ...] = ()
    items: tuple[Item, ...] = ()
    roles: tuple[ItemRole, ...] = ()
    interactions: tuple[Interaction, ...] = ()


def contact_state(transaction: Transaction, viewer: Viewer, stored: Stored, moment: datetime) -> ContactState:
    """A contact that the actor sees, at an earlier time.

    Args:
        transaction: The transaction of the actor.
        viewer: What the actor sees.
        stored: The contact as it is stored.
        moment: The time.

    Raises:
        Invalid: as `EarlierStates.contact_at`.
    """
    return _Whole(transaction, viewer, moment).of(stored)


class _Whole:
    def __init__(self, transaction: Transaction, viewer: Viewer, moment: datetime) -> None:
        self._transaction = transaction
        self._viewer = viewer
        self._moment = moment
        self._earlier = EarlierStates(transaction)

    def of(self, stored: Stored) -> ContactState:
        contact = self._earlier.contact_at(stored, self._moment, "moment")
        records, changed = self._records(stored.id)
        states = {
            id: taken_back(kind, id, one, (), lambda *_: True)
            for (kind, id), stored_now in records.items()
            if (kind, id) not in changed
            and (one := self._earlier.committed(kind, id, stored_now, self._moment)) is not None
        }
        states |= self._earlier.at({key: records[key] for key in changed}, self._moment)
        seen = [state for state in states.values() if self._belongs(state, stored.id) and self._sees(state, records)]
        found: dict[str, list[Any]] = {}
        for state in seen:
            found.setdefault(state.kind, []).append(state)
        affiliations = self._affiliations(found.get(AFFILIATIONS.name, ()), records)
        people = [one for one in affiliations if one.contact_id == stored.id]
        interactions = Repository(self._transaction, INTERACTIONS)
        return ContactState(
            at=self._moment.astimezone(UTC),
            contact=contact,
            people=tuple(sorted(people, key=lambda one: (not one.primary, one.seniority))),
            clients=tuple(one for one in affiliations if one.person_id == stored.id),
            sites=tuple(self._earlier.entities(found.get(SITES.name, ()))),
            items=tuple(self._earlier.entities(found.get(ITEMS.name, ()))),
            roles=tuple(self._earlier.entities(found.get(ITEM_ROLES.name, ()))),
            interactions=tuple(interactions.shown(self._earlier.entities(found.get(INTERACTIONS.name, ())))),
        )

    def _records(self, id: str) -> tuple[dict[tuple[str, str], Stored | None], set[tuple[str, str]]]:
        """The records that belong to a contact now, or did since the time, and which of them changed since."""
        records: dict[tuple[str, str], Stored | None] = {}
        for entity_type in _BELONGING:
            repository: Repository[Any] = Repository(self._transaction, entity_type)
            for one in repository.owned_by(id):
                records[entity_type.name, one.stored.id] = one.stored
        own = self._transaction.changes
        for key in own.keys() - records.keys():
            if key[0] in _KINDS:
                (records[key],) = self._transaction.reader.get(key[0], [key[1]])
        since = timestamp(self._moment)
        changed = {
            (change.record_kind, change.id)
            for act in HistoryRepository(self._transaction).acts(f"under:{id}", since=since)
            for change in act.changes
            if act.at > since and id in change.owners
        }
        for kind in sorted({kind for kind, _ in changed}):
            ids = sorted(key[1] for key in changed - records.keys() if key[0] == kind)
            read = self._transaction.reader.get(kind, ids) if ids else []
            records |= zip(((kind, its_id) for its_id in ids), read, strict=True)
        return records, changed

    def _belongs(self, state: State, id: str) -> bool:
        return state.is_present and id in self._owners(state)

    def _owners(self, state: State) -> list[str]:
        owners = (state.values.get(f"{name}_id", "") for name in ENTITY_OF[state.kind].owners)
        return [id for id in owners if id]

    def _sees(self, state: State, records: Mapping[tuple[str, str], Stored | None]) -> bool:
        if records[state.kind, state.id] is not None and not self._viewer.sees_record(state.kind, state.id):
            return False
        return all(self._viewer.sees_record("contact", id) for id in self._owners(state))

    def _affiliations(
        self, states: Iterable[State], records: Mapping[tuple[str, str], Stored | None]
    ) -> list[Affiliation]:
        """The affiliations of states as the actor sees them: primary is who was so among those that the actor sees."""
        stored: list[Affiliation] = self._earlier.entities(states)
        by_contact: dict[str, list[Affiliation]] = {}
        for one in stored:
            by_contact.setdefault(one.contact_id, []).append(one)
        people = self._people({one.person_id for one in stored})
        day = self._moment.astimezone(zone_of(self._transaction.settings.timezone)).date()
        shown = []
        for group in by_contact.values():
            primary = effective_primary(group, day)
            access = [(one, self._access(one, records[AFFILIATIONS.name, one.id])) for one in group]
            for one in with_own_purposes(access, day):
                if one.person_id in people:
                    values = {
                        "person": people[one.person_id],
                        "primary": primary is not None and one.id == primary.id,
                        "version": one.revision or one.version,
                        "revision": 0,
                        "primary_sequence": 0,
                    }
                    shown.append(altered(one, values))
        return sorted(shown, key=lambda one: one.id)

    def _people(self, ids: Iterable[str]) -> dict[str, Person]:
        wanted = sorted(ids)
        read = self._transaction.reader.get("contact", wanted) if wanted else []
        stored = {("contact", one.id): one for one in read if one is not None}
        people = self._earlier.entities(self._earlier.at(stored, self._moment).values())
        return {one.id: one for one in people if isinstance(one, Person)}

    def _access(self, affiliation: Affiliation, stored: Stored | None) -> frozenset[str]:
        """The access terms of an affiliation today; those of its owners together if it is gone."""
        if stored is not None:
            trashed = trashed_of(stored)
            return stored.access if trashed is None else frozenset(trashed.access)
        owners = self._transaction.reader.get("contact", [affiliation.contact_id, affiliation.person_id])
        contact, person = (frozenset[str]() if one is None else one.access for one in owners)
        return intersection(contact, person)
