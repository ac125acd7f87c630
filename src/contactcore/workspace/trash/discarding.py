"""Deleting contacts: they go to the trash with everything that belongs to them (DIR-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.entities import OWNED
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.trash import Trashed
from contactcore.model import Affiliation, Company, Person
from contactcore.read_only import EMPTY
from contactcore.rules.access import audience_within, may_change, may_see
from contactcore.rules.primary import enforce
from contactcore.workspace.kernel.blocking import check_not_blocked
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["FOLLOWERS", "Deletion", "discard", "discard_each", "plan_deletion"]

FOLLOWERS = tuple(entity_type for entity_type in OWNED if entity_type.follows_owner)
"""The types of entities that go to the trash with their owners."""


@frozen
class Deletion:
    """The changes by the deletion of a contact; nothing is stored yet.

    Attributes:
        root: The id of the contact.
        contacts: The contact, and the people who go along, by id.
        ended: The affiliations that go along, by id, hidden ones included.
        affected: The ids of the other contacts that lose a contact person.
    """

    root: str
    contacts: Mapping[str, Loaded[Person | Company]]
    ended: Mapping[str, Loaded[Affiliation]]
    affected: Sequence[str]

    def check(self, transaction: Transaction) -> None:
        """Refuse the deletion if the application needs one of the contacts.

        Raises:
            Forbidden: `blocked-by-host`.
            StorageError: `blockers-failed`.
        """
        check_not_blocked(transaction, self.root, (id for id in self.contacts if id != self.root))

    def store(self, transaction: Transaction, successors: Mapping[str, str | Affiliation] | None = None) -> None:
        """Move the contacts to the trash, with everything that belongs to them.

        Args:
            transaction: The transaction that planned the deletion with locks.
            successors: The id of a contact -> the affiliation that becomes primary there, or its id; the rule decides
                by default.

        Raises:
            Invalid: `primary-unknown`, `primary-not-current` for a successor. Both come before the first write.
        """
        affiliations, contacts = AffiliationRepository(transaction), ContactRepository(transaction)
        for client_id in self.affected:
            contacts.lock_any(client_id)
        chosen = _chosen_successors(transaction, self.affected, self.ended, successors or {})
        _move(transaction, self.contacts, dict.fromkeys(self.contacts, self.root))
        for client_id in self.affected:
            affiliations.reassign(client_id, chosen.get(client_id))


def plan_deletion(transaction: Transaction, contact: Loaded[Person | Company], *, lock: bool = True) -> Deletion:
    """Return what the deletion of a contact changes.

    Args:
        transaction: The transaction of the actor who deletes.
        contact: The contact, locked if the deletion will be stored.
        lock: Whether the people who may go along are locked; True by default. A preview only reads.
    """
    affiliations = AffiliationRepository(transaction)
    ended = {one.entity.id: one for one in affiliations.owned_by(contact.entity.id)}
    deleted = {contact.entity.id: contact}
    for person in _dependent_people(transaction, contact, ended, lock=lock):
        deleted[person.entity.id] = person
        ended |= {one.entity.id: one for one in affiliations.owned_by(person.entity.id)}
    affected = sorted({one.entity.contact_id for one in ended.values()} - set(deleted))
    return Deletion(contact.entity.id, deleted, ended, affected)


def discard(
    transaction: Transaction, locked: Loaded[Person | Company], successors: Mapping[str, str | Affiliation]
) -> None:
    """Move a contact to the trash, with its records and the people who are only its contact persons.

    Args:
        transaction: The transaction of the actor who deletes.
        locked: The contact, locked.
        successors: The id of a contact -> the affiliation that becomes primary there, or its id.

    Raises:
        Forbidden: `blocked-by-host`, if the application needs one of them.
        Invalid: `primary-unknown`, `primary-not-current` for a successor. All come before the first write.
        StorageError: `blockers-failed`.
    """
    deletion = plan_deletion(transaction, locked)
    deletion.check(transaction)
    deletion.store(transaction, successors)


def discard_each(
    transaction: Transaction,
    contacts: Iterable[Loaded[Person | Company]],
    root: str = "",
    *,
    roots: Mapping[str, str] = EMPTY,
    staying: Collection[str] = (),
) -> None:
    """Move contacts to the trash, each as its own root, so that each can be restored alone.

    Args:
        transaction: The transaction of the actor who deletes.
        contacts: The contacts, locked. No other person is deleted with them, because only listed people and people
            among these contacts act for them.
        root: The id of something that is no contact, for contacts that nobody may find, restore or purge; `""` by
            default.
        roots: The id of a contact person -> the id of the client among these contacts with which the person goes and
            comes back; none by default.
        staying: The kinds of records that do not go along, because the caller removes them afterwards; none by default.
            They must be such that nobody reaches them but through the contact.
    """
    affiliations = AffiliationRepository(transaction)
    deleted = {one.entity.id: one for one in contacts}
    flags_lost: dict[str, bool] = {}
    for one in affiliations.owned_by(*deleted):
        client_id = one.entity.contact_id
        if client_id not in deleted:
            had_flag = one.entity.primary or one.entity.primary_sequence != 0
            flags_lost[client_id] = flags_lost.get(client_id, False) or had_flag
    repository = ContactRepository(transaction)
    for client_id in sorted(flags_lost):
        repository.lock_any(client_id)
    _move(transaction, deleted, {id: root or roots.get(id, id) for id in deleted}, staying)
    for client_id in sorted(flags_lost):
        # The loss of an affiliation that never had the flag changes nothing. Then the other affiliations of the client
        # are not read: a company may have very many people.
        if flags_lost[client_id]:
            affiliations.reassign(client_id)


def _trashed(at: str, by: str, root: str, seen_with: Loaded[Any]) -> Trashed:
    return Trashed(at, by, root, tuple(sorted(seen_with.access)))


def _move(
    transaction: Transaction,
    deleted: Mapping[str, Loaded[Person | Company]],
    roots: Mapping[str, str],
    staying: Collection[str] = (),
) -> None:
    """Move contacts, and the records that follow them, to the trash.

    Args:
        transaction: The transaction of the actor who deletes.
        deleted: The contacts by id.
        roots: The id of each contact -> the id of the contact whose deletion moves it.
        staying: As for `discard_each`.
    """
    at, by = timestamp(transaction.now), transaction.actor.name
    for entity_type in FOLLOWERS:
        if entity_type.name in staying:
            continue
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in list(repository.owned_by(*deleted)):
            # The root of the person precedes that of the contact, so that a restored person gets the affiliation back.
            root = next(roots[id] for id in reversed(entity_type.owner_ids(one.entity)) if id in roots)
            repository.put(one.entity, one.stored, trashed=_trashed(at, by, root, one), event="")
    contacts = ContactRepository(transaction)
    for id, each in deleted.items():
        trashed = attrs.evolve(_trashed(at, by, roots[id], each), hidden=roots[id] not in deleted)
        contacts.put(each.entity, each.stored, trashed=trashed, event="deleted", root=roots[id])


def _dependent_people(
    transaction: Transaction, locked: Loaded[Person | Company], ended: Mapping[str, Loaded[Affiliation]], *, lock: bool
) -> Iterator[Loaded[Person | Company]]:
    """Yield the unlisted contact persons of a contact who have nothing else that the actor sees.

    That would be another affiliation, or a role for an item of another contact. Affiliations and roles that the actor
    cannot see do not keep a person out of the trash, because that would reveal them (ACC-3). Nobody loses anything: a
    person is included only if every user who sees the person also sees the contact, and can therefore find and restore
    it.
    """
    actor = transaction.actor
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    people = [one.entity.person_id for one in ended.values() if one.entity.contact_id == locked.entity.id]
    elsewhere = {
        one.entity.holder_id
        for one in Repository(transaction, ITEM_ROLES).owned_by(*people)
        if one.entity.contact_id not in {one.entity.holder_id, locked.entity.id} and may_see(actor, one.access)
    }
    for id in people:
        person = contacts.lock_any(id) if lock else contacts.load_any(id)
        if not isinstance(person.entity, Person) or person.entity.listed or not may_change(actor, person.access):
            continue
        others = [one for one in affiliations.owned_by(id) if one.entity.id not in ended]
        stays = id in elsewhere or any(may_see(actor, one.access) for one in others)
        if audience_within(person.access, locked.access) and not stays:
            yield person


def _chosen_successors(
    transaction: Transaction,
    affected: Iterable[str],
    ended: Mapping[str, object],
    successors: Mapping[str, str | Affiliation],
) -> dict[str, str]:
    """The successors by contact, after a check that each may become primary."""
    affiliations = AffiliationRepository(transaction)
    seen: dict[str, Sequence[Affiliation]] = {}
    for client_id in affected:
        stay = affiliations.seen_of_contact(client_id)
        seen[client_id] = [one.entity for one in stay if one.entity.id not in ended]
    chosen = {client_id: id_of(successor) for client_id, successor in successors.items()}
    for client_id, id in chosen.items():
        enforce(seen.get(client_id, ()), transaction.today, id)
    return chosen
