"""The trash: deleted contacts with the records that belong to them, until they are restored or purged (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from contactcore.errors import Forbidden, NotFound
from contactcore.mapping import json
from contactcore.mapping.entities import OWNED
from contactcore.mapping.trash import ROOTS, Trashed, trashed_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.rules.access import audience_within, may_change, may_see, read_terms, trash_access
from contactcore.rules.primary import enforce
from contactcore.storage import Query, Stored, cursor_of
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["Trash", "TrashCard", "discard", "discard_each"]

_FOLLOWERS = tuple(entity_type for entity_type in OWNED if entity_type.follows_owner)
"""The types of entities that go to the trash with their owners."""


@attrs.frozen
class TrashCard:
    """A deleted contact in the list of the trash.

    Attributes:
        id: The id of the contact, for `restore` and `purge`.
        kind: `"person"` or `"company"`.
        name: The display name at the time of the deletion.
        deleted: The time of the deletion, in UTC.
        by: The name of the user who deleted the contact.
        root: The id of the contact whose deletion moved this one to the trash; its own id if it was deleted itself.
    """

    id: str
    kind: str
    name: str
    deleted: datetime
    by: str
    root: str


def discard(
    transaction: Transaction, locked: Loaded[Person | Company], successors: Mapping[str, str | Affiliation]
) -> None:
    """Move a contact to the trash, with its records and the people who are only its contact persons.

    Args:
        transaction: The transaction of the actor who deletes.
        locked: The contact, locked.
        successors: The id of a contact -> the affiliation that becomes primary there, or its id.

    Raises:
        Invalid: `primary-unknown`, `primary-not-current` for a successor. Both come before the first write.
    """
    affiliations = AffiliationRepository(transaction)
    ended = {one.entity.id: one for one in affiliations.owned_by(locked.entity.id)}
    deleted = {locked.entity.id: locked}
    for person in _dependent_people(transaction, locked, ended):
        deleted[person.entity.id] = person
        ended |= {one.entity.id: one for one in affiliations.owned_by(person.entity.id)}
    affected = sorted({one.entity.contact_id for one in ended.values()} - set(deleted))
    contacts = ContactRepository(transaction)
    for client_id in affected:
        contacts.lock_any(client_id)
    chosen = _chosen_successors(transaction, affected, ended, successors)
    _move(transaction, deleted, dict.fromkeys(deleted, locked.entity.id))
    for client_id in affected:
        affiliations.reassign(client_id, chosen.get(client_id))


def discard_each(transaction: Transaction, contacts: Iterable[Loaded[Person | Company]]) -> None:
    """Move contacts to the trash, each as its own root, so that each can be restored alone.

    Args:
        transaction: The transaction of the actor who deletes.
        contacts: The contacts, locked. No other person is deleted with them, because only listed people and people
            among these contacts act for them.
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
    _move(transaction, deleted, {id: id for id in deleted})
    for client_id in sorted(flags_lost):
        # The loss of an affiliation that never had the flag changes nothing. Then the other affiliations of the client
        # are not read: a company may have very many people.
        if flags_lost[client_id]:
            affiliations.reassign(client_id)


def _move(transaction: Transaction, deleted: Mapping[str, Loaded[Person | Company]], roots: Mapping[str, str]) -> None:
    """Move contacts, and the records that follow them, to the trash.

    Args:
        transaction: The transaction of the actor who deletes.
        deleted: The contacts by id.
        roots: The id of each contact -> the id of the contact whose deletion moves it.
    """
    at, by = timestamp(transaction.now), transaction.actor.name
    for entity_type in _FOLLOWERS:
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in list(repository.owned_by(*deleted)):
            # The root of the person precedes that of the contact, so that a restored person gets the affiliation back.
            root = next(roots[id] for id in reversed(entity_type.owner_ids(one.entity)) if id in roots)
            repository.put(one.entity, one.stored, trashed=Trashed(at, by, root, tuple(sorted(one.access))), event="")
    contacts = ContactRepository(transaction)
    for id, each in deleted.items():
        trashed = Trashed(at, by, roots[id], tuple(sorted(each.access)))
        contacts.put(each.entity, each.stored, trashed=trashed, event="deleted", root=roots[id])


def _dependent_people(
    transaction: Transaction, locked: Loaded[Person | Company], ended: Mapping[str, Loaded[Affiliation]]
) -> Iterator[Loaded[Person | Company]]:
    """Yield, locked, the unlisted contact persons of a contact who have no other affiliation that the actor sees.

    Affiliations that the actor cannot see do not keep a person out of the trash, because that would reveal them
    (ACC-3). Nobody loses anything: a person is included only if every user who sees the person also sees the contact,
    and can therefore find and restore it.
    """
    actor = transaction.actor
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    for id in [one.entity.person_id for one in ended.values() if one.entity.contact_id == locked.entity.id]:
        person = contacts.lock_any(id)
        if not isinstance(person.entity, Person) or person.entity.listed or not may_change(actor, person.access):
            continue
        others = [one for one in affiliations.owned_by(id) if one.entity.id not in ended]
        if audience_within(person.access, locked.access) and not any(may_see(actor, one.access) for one in others):
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


@check_arguments()
class Trash:
    """The deleted contacts that one actor sees: those that the actor could see before the deletion (DIR-11).

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("amelie")) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils"))
    ...     session.contacts.delete(bois)
    ...     [(card.name, card.by) for card in session.trash.list()]
    ...     session.trash.restore(bois.id).display_name, session.trash.list()
    [('Bois & Fils', 'amelie')]
    ('Bois & Fils', ())
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)

    def list(self, *, limit: int = 50, after: TrashCard | None = None) -> tuple[TrashCard, ...]:
        """Return deleted contacts, the latest deletion first; contacts that were deleted with another are left out.

        Args:
            limit: The maximum number of cards, 1 to 1,000; 50 by default.
            after: The last card of the previous page; None (the default) for the first page.

        Raises:
            Invalid: `limit-out-of-range`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     session.contacts.delete(session.contacts.add(Company("Bois & Fils")))
        ...     [card.name for card in session.trash.list()]
        ['Bois & Fils']
        """
        query = Query(
            kind="contact",
            order="trash",
            access=self._read_terms(),
            where=(frozenset({ROOTS}),),
            after=None if after is None else cursor_of("trash", timestamp(after.deleted), after.id),
            limit=limit,
            descending=True,
        )
        found = self._transaction.reader.find(query)
        cards = []
        for stored in self._contacts.stored([card.id for card in found.cards]):
            if stored is not None and (trashed := trashed_of(stored)):
                card = json.load(stored.card)
                cards.append(
                    TrashCard(
                        stored.id,
                        card["kind"],
                        card.get("name", ""),
                        parse_moment(trashed.at),
                        trashed.by,
                        trashed.root,
                    )
                )
        return tuple(cards)

    def restore(self, contact: str | Contact | TrashCard) -> Person | Company:
        """Restore a deleted contact with everything that was deleted with it (DIR-11).

        An affiliation whose other contact is still in the trash stays there, and is restored with that contact. A
        former primary contact person does not take the primary flag back from the successor. Letters of the last days
        that were withdrawn because the contact was in the trash wait to be sent again (NOT-8).

        Args:
            contact: The deleted contact, its card, or its id.

        Returns:
            The restored contact.

        Raises:
            NotFound: the contact is not in the trash, or the actor may not see it.
            Forbidden: `read-only` if the actor could not change the contact before the deletion.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.delete(bois)
        ...     restored = session.trash.restore(bois.id)
        ...     session.contacts.get(bois.id, Company).name
        'Bois & Fils'
        """
        transaction = self._transaction
        root, trashed = self._root(contact)
        if not may_change(transaction.actor, frozenset(trashed.access)):
            raise Forbidden("You could not change this contact, so you cannot restore it.", "read-only")
        self._contacts.lock_any(root.id)
        restored = []
        for one in list(self._with_root(self._contacts, root.id)):
            restored.append(one.stored.id)
            self._contacts.put(one.entity, _as_before(one.stored), event="restored", root=root.id)
        had_people: dict[str, bool] = {}
        for entity_type in _FOLLOWERS:
            repository: Repository[Any] = Repository(transaction, entity_type)
            for one in list(self._with_root(repository, root.id)):
                self._restore_owned(repository, one, had_people)
        affiliations = AffiliationRepository(transaction)
        for client_id in sorted(had_people):
            self._contacts.lock_any(client_id)
            affiliations.reassign(client_id)
        MessageRepository(transaction).requeue(*restored)
        return self._contacts.get(root.id)

    def purge(self, contact: str | Contact | TrashCard) -> None:
        """Remove a deleted contact for good, with everything that was deleted with it; for admins (DIR-11).

        Messages about these contacts are removed too, whether they wait, were sent or were given up (NOT-8).

        Args:
            contact: The deleted contact, its card, or its id.

        Raises:
            NotFound: the contact is not in the trash.
            Forbidden: `admin-only`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.delete(client)
        ...     session.trash.purge(client)
        ...     session.trash.list()
        ()
        """
        transaction = self._transaction
        transaction.check_admin("purge the trash")
        root, _ = self._root(contact)
        purged = [one.stored for one in self._with_root(self._contacts, root.id)]
        ids = [stored.id for stored in purged]
        for id in ids:
            LoginRepository(transaction).remove_all(id)
        MessageRepository(transaction).erase(*ids)
        for entity_type in _FOLLOWERS:
            repository: Repository[Any] = Repository(transaction, entity_type)
            removed = {one.stored.id: one for one in self._with_root(repository, root.id)}
            removed |= {one.stored.id: one for one in repository.owned_by(*ids, trashed=True)}
            for one in removed.values():
                repository.remove(one.entity, one.stored, event="")
        for stored in purged:
            self._contacts.remove(self._contacts.loaded(stored).entity, stored, event="purged", root=root.id)

    def _restore_owned(self, repository: Repository[Any], one: Loaded[Any], had_people: dict[str, bool]) -> None:
        """Restore an entity that was deleted with an owner, or assign it to another owner that is still in the trash.

        Args:
            repository: The repository of its type.
            one: The entity in the trash.
            had_people: The id of a contact -> whether it had contact persons before, one of whom keeps the primary
                flag. This method fills the mapping.
        """
        owner_ids = repository.type.owner_ids(one.entity)
        owners = self._contacts.get_many(owner_ids)
        missing = next((id for id in owner_ids if id not in owners), None)
        if missing is not None:
            (absent,) = self._contacts.stored([missing])
            trashed, waits_for = trashed_of(one.stored), None if absent is None else trashed_of(absent)
            if trashed is not None and waits_for is not None:
                moved = attrs.evolve(trashed, root=waits_for.root)
                repository.put(one.entity, one.stored, trashed=moved, event="")
            return
        entity = one.entity
        if isinstance(entity, Affiliation):
            client_id = entity.contact_id
            if client_id not in had_people:
                had_people[client_id] = bool(AffiliationRepository(self._transaction).of_contact(client_id))
            if had_people[client_id]:
                entity = attrs.evolve(entity, primary=False, primary_sequence=0)
        repository.put(entity, one.stored, owners=owners, event="")

    def _root(self, contact: object) -> tuple[Stored, Trashed]:
        id = id_of(contact)
        (stored,) = self._contacts.stored([id])
        trashed = None if stored is None else trashed_of(stored)
        if stored is None or trashed is None or trashed.root != id or not (self._read_terms() & stored.access):
            raise NotFound("deleted contact", id)
        return stored, trashed

    @staticmethod
    def _with_root(repository: Repository[Any], root: str) -> Iterator[Loaded[Any]]:
        return repository.find(frozenset({f"trash:{root}"}), trashed=True)

    def _read_terms(self) -> frozenset[str]:
        return trash_access(read_terms(self._transaction.actor))


def _as_before(stored: Stored) -> Stored:
    """The record with the access terms that it had before the deletion."""
    trashed = trashed_of(stored)
    return attrs.evolve(stored, access=frozenset(trashed.access if trashed else ()))
