"""Affiliations in the storage, with the primary flag assigned by the rule (PER-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import attrs

from contactcore.mapping.affiliations import AFFILIATIONS, acts_on
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation
from contactcore.rules.access import audience_within, may_see, read_terms
from contactcore.rules.primary import Flagged, effective_primary, enforce, merged_sequences
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Loaded, Owners, Repository

__all__ = ["AffiliationRepository"]

_CONTACTS_AT_ONCE = 100


class AffiliationRepository(Repository[Affiliation]):
    """The affiliations of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, AFFILIATIONS)

    # Reading for the rules, with hidden affiliations

    def of_contact(self, contact_id: str) -> list[Loaded[Affiliation]]:
        """All affiliations of a contact, in the sequence in which they were added."""
        return list(self.find(frozenset({f"contact:{contact_id}"})))

    def of_person(self, person_id: str) -> list[Loaded[Affiliation]]:
        """All affiliations of a person, in the sequence in which they were added."""
        return list(self.find(frozenset({f"person:{person_id}"})))

    def between(self, contact_id: str, person_id: str) -> Affiliation | None:
        """The affiliation of a person with a contact, or None."""
        found = self.find(frozenset({f"contact:{contact_id}"}), frozenset({f"person:{person_id}"}))
        return next((one.entity for one in found), None)

    def current_primary(self, contact_id: str) -> Loaded[Affiliation] | None:
        """The affiliation of a contact with the primary flag, or None; one query for any number of people."""
        return self.current_primaries([contact_id]).get(contact_id)

    def announce_current_primary(self, contact_id: str) -> None:
        """Say that `current_primary` follows, so that a server answers it with the next question."""
        self.announce_find(frozenset({f"primary:{contact_id}"}))

    def current_primaries(self, contact_ids: Iterable[str]) -> dict[str, Loaded[Affiliation]]:
        """The affiliation of each contact with the primary flag; contacts without exactly one are left out."""
        found: dict[str, list[Loaded[Affiliation]]] = {}
        rest = iter(sorted(set(contact_ids)))
        while group := frozenset(f"primary:{id}" for id in islice(rest, _CONTACTS_AT_ONCE)):
            for one in self.find(group):
                found.setdefault(one.entity.contact_id, []).append(one)
        return {id: flagged[0] for id, flagged in found.items() if len(flagged) == 1}

    # Reading as the actor sees it

    def seen_of_contact(self, contact_id: str) -> list[Loaded[Affiliation]]:
        """The affiliations of a contact that the actor sees."""
        actor = self.transaction.actor
        return [one for one in self.find(frozenset({f"contact:{contact_id}"})) if may_see(actor, one.access)]

    def seen_primaries(self, contact_ids: Iterable[str]) -> dict[str, str]:
        """The id of the effective primary affiliation of each contact, by the id of the contact.

        A contact is left out if the actor sees none of its affiliations.
        """
        today, actor = self.transaction.today, self.transaction.actor
        ids = sorted(set(contact_ids))
        flagged = self.current_primaries(ids)
        primaries = {}
        for id in ids:
            known = flagged.get(id)
            if known and known.entity.is_current(today) and may_see(actor, known.access):
                primaries[id] = known.entity.id
                continue
            primary = effective_primary((one.entity for one in self.seen_of_contact(id)), today)
            if primary is not None:
                primaries[id] = primary.id
        return primaries

    def seen_primary_records(self, contact_ids: Iterable[str]) -> dict[str, Stored]:
        """The record of the primary affiliation of each contact, as the actor sees it, by the id of the contact.

        The number of questions does not grow with the number of contacts. A contact is left out if the actor sees none
        of its affiliations.
        """
        today, seen_by = self.transaction.today, read_terms(self.transaction.actor)
        primaries: dict[str, Stored] = {}
        # A contact has exactly one of these, unless it has no affiliations at all (PER-3). They are looked at faster
        # than the storage asks who may see them.
        unseen: set[str] = set()
        for stored in self.find_stored(frozenset(f"primary:{id}" for id in contact_ids)):
            if not seen_by.isdisjoint(stored.access) and acts_on(stored, today):
                primaries[stored.owner] = stored
            else:
                unseen.add(stored.owner)
        rest: dict[str, list[Loaded[Affiliation]]] = {}
        for one in map(self.loaded, self._seen_with(f"contact:{id}" for id in unseen)):
            rest.setdefault(one.entity.contact_id, []).append(one)
        for id, seen in rest.items():
            primary = effective_primary((one.entity for one in seen), today)
            if primary is not None:
                primaries[id] = next(one.stored for one in seen if one.entity.id == primary.id)
        return primaries

    def _seen_with(self, terms: Iterable[str]) -> Iterator[Stored]:
        """The records of the affiliations with one of these terms that the actor sees."""
        group = frozenset(terms)
        yield from self.find_stored(group, access=read_terms(self.transaction.actor)) if group else ()

    # Writing

    def add_placed(
        self,
        new: Sequence[Affiliation],
        access: Mapping[str, frozenset[str]],
        chosen: str | None,
        owners: Owners,
    ) -> list[Affiliation]:
        """Store new affiliations of one contact, with the primary flag assigned by the rule.

        Args:
            new: The affiliations, with their ids and versions.
            access: The access terms of each affiliation by id.
            chosen: The id of the affiliation that the caller wants to be primary; None to let the rule decide.
            owners: The contact, locked, and the people.

        Returns:
            The affiliations as they are stored.
        """
        if not new:
            return []
        placed, moved = self.placed(new, access, self.current_primary(new[0].contact_id), chosen)
        self.add_many(placed, owners=owners, fresh=True)
        self.move_flags(moved)
        for stored in placed:
            if stored.primary:
                self._publish_moved(stored)
            self.publish("added", stored)
        return placed

    def placed(
        self,
        fresh: Sequence[Affiliation],
        access: Mapping[str, frozenset[str]],
        current: Loaded[Affiliation] | None,
        chosen: str | None = None,
    ) -> tuple[list[Affiliation], list[Affiliation]]:
        """Assign the primary flag among the new and the stored affiliations of one contact, without storing anything.

        Args:
            fresh: The new affiliations. Their contact is locked.
            access: The access terms of each new affiliation by id.
            current: The result of `current_primary` for the contact.
            chosen: The id of the affiliation that the caller wants to be primary; None to let the rule decide.

        Returns:
            The new affiliations, and the stored ones whose flag moves.
        """
        today = self.transaction.today
        stays = current is not None and chosen is None and current.entity.is_current(today)
        if current and stays and all(audience_within(terms, current.access) for terms in access.values()):
            # No flag moves, so the other affiliations are not read: a company may have thousands of people.
            return list(fresh), []
        known = self.of_contact(fresh[0].contact_id)
        everybody = {one.entity.id: one.access for one in known} | dict(access)
        outcome = enforce([*(one.entity for one in known), *fresh], today, chosen, everybody)
        new = set(access)
        placed = [one for one in outcome.affiliations if one.id in new]
        return placed, [one for one in outcome.changed if one.id not in new]

    def reassign(self, contact_id: str, chosen: str | None = None) -> None:
        """Apply the rule of the primary flag to the stored affiliations of a contact (PER-3).

        Args:
            contact_id: The id of the contact, which is locked.
            chosen: The id of the affiliation that the caller wants to be primary; None to let the rule decide.

        Raises:
            Invalid: `primary-unknown`, `primary-not-current`.
        """
        known = self.of_contact(contact_id)
        access = {one.entity.id: one.access for one in known}
        outcome = enforce([one.entity for one in known], self.transaction.today, chosen, access)
        stored = self.move_flags(outcome.changed, {one.entity.id: one.stored for one in known})
        for one in stored.values():
            if one.primary:
                self._publish_moved(one)

    def merge_flags(self, contact_id: str, flagged: Iterable[tuple[int, str, Affiliation]]) -> None:
        """Leave the primary flags of merged contacts to those who keep them.

        Args:
            contact_id: The id of the contact that stays, with the affiliations of all of them.
            flagged: The place of a contact in the merge, the id of an affiliation now, and the affiliation as it was.
        """
        known = {one.entity.id: one for one in self.of_contact(contact_id)}
        sequences = merged_sequences(
            Flagged(place, was.primary_sequence, was.is_current(self.transaction.today), id, known[id].access)
            for place, id, was in flagged
            if id in known
        )
        settled = [
            attrs.evolve(one.entity, primary_sequence=sequences.get(id, 0))
            for id, one in known.items()
            if one.entity.primary_sequence != sequences.get(id, 0)
        ]
        self.move_flags(settled, {id: one.stored for id, one in known.items()})

    def move_flags(
        self, changed: Iterable[Affiliation], stored: Mapping[str, Stored] | None = None
    ) -> dict[str, Affiliation]:
        """Store affiliations whose primary flag, primary sequence, purposes or site changed.

        The revision, which is the version that actors see, stays the same. A flag that moves to a hidden affiliation
        must not appear as a new version of the former primary.

        Args:
            changed: The affiliations, with the version that is stored.
            stored: Records by id, if they were read already.

        Returns:
            The stored affiliations by id.
        """
        wanted = list(changed)
        known = dict(stored or {})
        missing = [one.id for one in wanted if one.id not in known]
        known |= {one.id: one for one in self.stored(missing) if one is not None}
        owners = self._owners(wanted) if wanted else {}
        moved = {}
        for one in wanted:
            ready = attrs.evolve(one, version=one.version + 1, revision=one.revision or one.version)
            self.replace(ready, known[one.id], self.record(ready, known[one.id].access, owners=owners))
            self.publish("changed", ready)
            moved[one.id] = ready
        return moved

    def forget_site(self, contact_id: str, site_id: str) -> None:
        """Clear the mentions of a site that is removed for good.

        Args:
            contact_id: The id of the contact of the site.
            site_id: The id of the site.
        """
        named = list(self.find(frozenset({f"site:{site_id}"})))
        self.move_flags(
            [attrs.evolve(one.entity, site_id="") for one in named], {one.entity.id: one.stored for one in named}
        )
        for one in list(self.owned_by(contact_id, trashed=True)):
            trashed = trashed_of(one.stored)
            if one.entity.site_id == site_id and trashed is not None:
                lost = trashed.without("site", trashed.access)
                self.put(attrs.evolve(one.entity, site_id=""), one.stored, trashed=lost, event="")

    def _publish_moved(self, affiliation: Affiliation) -> None:
        self.transaction.publish("primary.moved", affiliation.contact_id, affiliation=affiliation.id)
