"""The trash: deleted contacts with all that belongs to them, until they are restored whole or purged (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["Trash", "TrashCard", "discard", "discard_each"]

_FOLLOWERS = tuple(entity_type for entity_type in OWNED if entity_type.follows_owner)
"""The types whose entities go to the trash with their owners."""


@attrs.frozen
class TrashCard:
    """A deleted contact, as the trash lists it.

    Attributes:
        id: Of the contact; `restore` and `purge` take it.
        kind: `"person"` or `"company"`.
        name: The name as it was shown.
        deleted: The time of deletion, ISO 8601 in UTC.
        by: The user who deleted it.
        root: The id of the contact with which it was deleted; its own id when it was deleted itself.
    """

    id: str
    kind: str
    name: str
    deleted: str
    by: str
    root: str


def discard(
    transaction: Transaction, locked: Loaded[Person | Company], successors: Mapping[str, str | Affiliation]
) -> None:
    """Move a contact, all that belongs to it, and its mere contact persons to the trash.

    Args:
        transaction: The transaction of the actor who deletes.
        locked: The contact, locked.
        successors: Id of a contact -> id of the affiliation that becomes its primary one.

    Raises:
        Invalid: `primary-unknown`, `primary-not-current` for a successor; nothing was written then.
    """
    affiliations = AffiliationRepository(transaction)
    ended = {one.entity.id: one for one in affiliations.owned_by(locked.entity.id)}
    doomed = {locked.entity.id: locked}
    for follower in _taken_along(transaction, locked, ended):
        doomed[follower.entity.id] = follower
        ended |= {one.entity.id: one for one in affiliations.owned_by(follower.entity.id)}
    bereaved = sorted({one.entity.contact_id for one in ended.values()} - set(doomed))
    contacts = ContactRepository(transaction)
    for client_id in bereaved:
        contacts.lock_any(client_id)
    chosen = _chosen_successors(transaction, bereaved, ended, successors)
    _move(transaction, doomed, dict.fromkeys(doomed, locked.entity.id))
    for client_id in bereaved:
        affiliations.reassign(client_id, chosen.get(client_id))


def discard_each(transaction: Transaction, contacts: Iterable[Loaded[Person | Company]]) -> None:
    """Move contacts to the trash, each as a root of its own, so that each can be restored alone.

    Args:
        transaction: The transaction of the actor who deletes.
        contacts: The contacts, locked. Nobody is taken along: only listed people, and people who go too, act for them.
    """
    affiliations = AffiliationRepository(transaction)
    doomed = {one.entity.id: one for one in contacts}
    bereaved: dict[str, bool] = {}
    for one in affiliations.owned_by(*doomed):
        client_id = one.entity.contact_id
        if client_id not in doomed:
            has_flag = one.entity.primary or one.entity.primary_sequence != 0
            bereaved[client_id] = bereaved.get(client_id, False) or has_flag
    repository = ContactRepository(transaction)
    for client_id in sorted(bereaved):
        repository.lock_any(client_id)
    _move(transaction, doomed, {id: id for id in doomed})
    for client_id in sorted(bereaved):
        # An affiliation that never had the flag leaves no gap. The others need not be read then: a company may have
        # very many people.
        if bereaved[client_id]:
            affiliations.reassign(client_id)


def _move(transaction: Transaction, doomed: Mapping[str, Loaded[Person | Company]], roots: Mapping[str, str]) -> None:
    """Put contacts, and all that goes with them, into the trash.

    Args:
        transaction: The transaction of the actor who deletes.
        doomed: Contacts by id.
        roots: Id of each of them -> id of the one with which it was deleted.
    """
    at, by = timestamp(transaction.now), transaction.actor.name
    for entity_type in _FOLLOWERS:
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in list(repository.owned_by(*doomed)):
            # The person decides before the contact: people go with their affiliations, each to a root of its own.
            root = next(roots[id] for id in reversed(entity_type.owner_ids(one.entity)) if id in roots)
            repository.put(one.entity, one.stored, trashed=Trashed(at, by, root, tuple(sorted(one.access))), event="")
    contacts = ContactRepository(transaction)
    for id, each in doomed.items():
        trashed = Trashed(at, by, roots[id], tuple(sorted(each.access)))
        contacts.put(each.entity, each.stored, trashed=trashed, event="deleted", root=roots[id])


def _taken_along(
    transaction: Transaction, locked: Loaded[Person | Company], ended: Mapping[str, Loaded[Affiliation]]
) -> Iterator[Loaded[Person | Company]]:
    """The mere contact persons of a contact whom no other affiliation keeps, locked.

    Affiliations that the actor cannot see do not keep a person out of the trash, because that would reveal them
    (ACC-3). Nobody is deprived: a person is taken along only if every user who sees the person also sees the contact,
    finds it in the trash, and can restore it.
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
    bereaved: Iterable[str],
    ended: Mapping[str, object],
    successors: Mapping[str, str | Affiliation],
) -> dict[str, str]:
    """The successors by contact, once each is known to be allowed."""
    affiliations = AffiliationRepository(transaction)
    seen: dict[str, Sequence[Affiliation]] = {}
    for client_id in bereaved:
        stay = affiliations.seen_of_contact(client_id)
        seen[client_id] = [one.entity for one in stay if one.entity.id not in ended]
    chosen = {client_id: id_of(successor) for client_id, successor in successors.items()}
    for client_id, id in chosen.items():
        enforce(seen.get(client_id, ()), transaction.today, id)
    return chosen


@check_arguments()
class Trash:
    """What was deleted, as one actor sees it: whoever could see a contact sees it in the trash.

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
        """Deleted contacts, the latest first; those that went along with another are not listed of their own.

        Args:
            limit: At most so many, 1 to 1,000.
            after: The last card of the page before.

        Raises:
            Invalid: `limit-out-of-range`.
        """
        query = Query(
            kind="contact",
            order="trash",
            access=self._read_terms(),
            where=(frozenset({ROOTS}),),
            after=None if after is None else cursor_of("trash", after.deleted, after.id),
            limit=limit,
            descending=True,
        )
        found = self._transaction.reader.find(query)
        cards = []
        for stored in self._contacts.stored([card.id for card in found.cards]):
            if stored is not None and (trashed := trashed_of(stored)):
                card = json.load(stored.card)
                cards.append(
                    TrashCard(stored.id, card["kind"], card.get("name", ""), trashed.at, trashed.by, trashed.root)
                )
        return tuple(cards)

    def restore(self, contact: str | Contact | TrashCard) -> Person | Company:
        """Bring a deleted contact back with all that went to the trash with it (DIR-11).

        An affiliation whose other end is still in the trash waits there for it. Somebody who was primary does not
        take the mark back from a successor.

        Raises:
            NotFound: it is not in the trash, or the actor may not see it.
            Forbidden: `read-only`.
        """
        transaction = self._transaction
        root, trashed = self._root(contact)
        if not may_change(transaction.actor, frozenset(trashed.access)):
            raise Forbidden("You could not change this contact, so you cannot restore it.", "read-only")
        self._contacts.lock_any(root.id)
        for one in list(self._with_root(self._contacts, root.id)):
            self._contacts.put(one.entity, _as_before(one.stored), event="restored", root=root.id)
        settled: dict[str, bool] = {}
        for entity_type in _FOLLOWERS:
            repository: Repository[Any] = Repository(transaction, entity_type)
            for one in list(self._with_root(repository, root.id)):
                self._restore_owned(repository, one, settled)
        affiliations = AffiliationRepository(transaction)
        for client_id in sorted(settled):
            self._contacts.lock_any(client_id)
            affiliations.reassign(client_id)
        return self._contacts.get(root.id)

    def purge(self, contact: str | Contact | TrashCard) -> None:
        """Remove a deleted contact for good, with all that went to the trash with it; for admins.

        Raises:
            NotFound: it is not in the trash.
            Forbidden: `admin-only`.
        """
        transaction = self._transaction
        transaction.check_admin("purge the trash")
        root, _ = self._root(contact)
        doomed = [one.stored for one in self._with_root(self._contacts, root.id)]
        ids = [stored.id for stored in doomed]
        for id in ids:
            LoginRepository(transaction).forget(id)
        for entity_type in _FOLLOWERS:
            repository: Repository[Any] = Repository(transaction, entity_type)
            going = {one.stored.id: one for one in self._with_root(repository, root.id)}
            going |= {one.stored.id: one for one in repository.owned_by(*ids, trashed=True)}
            for one in going.values():
                repository.remove(one.entity, one.stored, event="")
        for stored in doomed:
            self._contacts.remove(self._contacts.loaded(stored).entity, stored, event="purged", root=root.id)

    def _restore_owned(self, repository: Repository[Any], one: Loaded[Any], settled: dict[str, bool]) -> None:
        """Bring back an entity that followed an owner, or leave it to an owner that is still in the trash.

        Args:
            repository: The repository of its type.
            one: The entity as it lies in the trash.
            settled: Id of a contact -> whether it had contact persons already: their primary keeps the flag then.
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
            if client_id not in settled:
                settled[client_id] = bool(AffiliationRepository(self._transaction).of_contact(client_id))
            if settled[client_id]:
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
    """The record with the access terms that it had before it went to the trash."""
    trashed = trashed_of(stored)
    return attrs.evolve(stored, access=frozenset(trashed.access if trashed else ()))
