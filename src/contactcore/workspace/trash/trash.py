"""The trash: deleted contacts and their records, with all that belongs to them, until restored or purged (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, overload

import attrs

from contactcore.errors import Forbidden, Invalid, NotFound
from contactcore.mapping import json
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES, OWNED
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.sites import SITES
from contactcore.mapping.trash import ROOTS, Trashed, trashed_of
from contactcore.model import Affiliation, Company, Contact, Interaction, Item, Person, Site
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
_DELETED_ALONE = (CONTACTS, *(entity_type for entity_type in ENTITIES if entity_type.deleted_alone))
"""The types of entities that an actor deletes, and that the trash lists."""


@attrs.frozen
class TrashCard:
    """A deleted contact, site, item or interaction in the list of the trash.

    Attributes:
        id: The id of the record, for `restore` and `purge`.
        kind: `"person"`, `"company"`, `"site"`, `"item"` or `"interaction"`.
        name: The display name at the time of the deletion.
        deleted: The time of the deletion, in UTC.
        by: The name of the user who deleted the record.
        root: The id of the record whose deletion moved this one to the trash; its own id if it was deleted itself.
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


def _trashed(at: str, by: str, root: str, seen_with: Loaded[Any]) -> Trashed:
    return Trashed(at, by, root, tuple(sorted(seen_with.access)))


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
            repository.put(one.entity, one.stored, trashed=_trashed(at, by, root, one), event="")
    contacts = ContactRepository(transaction)
    for id, each in deleted.items():
        trashed = _trashed(at, by, roots[id], each)
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
    """The deleted records that one actor sees: those that the actor saw before the deletion (DIR-11).

    They are contacts, sites, items and interactions.

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
        """Return deleted records, the latest deletion first; records that were deleted with another are left out.

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
        cards = [
            card for entity_type in _DELETED_ALONE for card in islice(self._cards(entity_type, limit, after), limit)
        ]
        # Cursors of all kinds have one form, so the pages of the kinds merge into one.
        return tuple(sorted(cards, key=lambda card: (card.deleted, card.id), reverse=True)[:limit])

    def _cards(self, entity_type: EntityType[Any], limit: int, after: TrashCard | None) -> Iterator[TrashCard]:
        """The first cards of one type, behind a card of any type."""
        repository = Repository[Any](self._transaction, entity_type)
        query = Query(
            kind=entity_type.name,
            order="trash",
            access=self._read_terms(),
            where=(frozenset({ROOTS}),),
            after=None if after is None else cursor_of("trash", timestamp(after.deleted), after.id),
            limit=limit,
            descending=True,
        )
        more = True
        while more:
            found = self._transaction.reader.find(query)
            read = [one for one in repository.stored([card.id for card in found.cards]) if one is not None]
            hidden = self._hidden_owners(one.owner or one.id for one in read)
            for stored in read:
                trashed = trashed_of(stored)
                if trashed is not None and stored.owner not in hidden:
                    card = json.load(stored.card)
                    kind, name = card.get("kind", entity_type.name), card.get("name", "")
                    yield TrashCard(stored.id, kind, name, parse_moment(trashed.at), trashed.by, trashed.root)
            query, more = attrs.evolve(query, after=found.last), found.more

    def _hidden_owners(self, ids: Iterable[str]) -> set[str]:
        """The contacts among these that the actor no longer sees, because their access changed after the deletion."""
        actor, terms = self._transaction.actor, self._read_terms()
        wanted = sorted(set(ids))
        seen = [
            stored is not None and (may_see(actor, stored.access) or bool(terms & stored.access))
            for stored in self._contacts.stored(wanted)
        ]
        return {id for id, visible in zip(wanted, seen, strict=True) if not visible}

    @overload
    def restore(self, record: Site) -> Site: ...
    @overload
    def restore(self, record: Item) -> Item: ...
    @overload
    def restore(self, record: Interaction) -> Interaction: ...
    @overload
    def restore(self, record: Contact) -> Person | Company: ...
    @overload
    def restore(self, record: str | TrashCard) -> Person | Company | Site | Item | Interaction: ...
    def restore(self, record: str | Contact | Site | Item | Interaction | TrashCard) -> Any:
        """Restore a deleted contact, site, item or interaction with everything that was deleted with it (DIR-11).

        An affiliation whose other contact is still in the trash stays there, and is restored with that contact. A
        former primary contact person does not take the primary flag back from the successor. Letters of the last days
        that were withdrawn because the contact was in the trash wait to be sent again (NOT-8).

        Args:
            record: The deleted contact, site, item or interaction, its card, or its id.

        Returns:
            The restored contact, site, item or interaction.

        Raises:
            NotFound: the record is not in the trash, or the actor may not see it.
            Forbidden: `read-only` if the actor could not change the contact before the deletion.
            Invalid: `owner-deleted` for a record whose contact, or whose item, is in the trash.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.delete(bois)
        ...     restored = session.trash.restore(bois.id)
        ...     session.contacts.get(bois.id, Company).name
        'Bois & Fils'
        """
        repository, root, trashed = self._root(record)
        if not may_change(self._transaction.actor, self._access_of(repository, root, trashed)):
            raise Forbidden("You could not change this contact, so you cannot restore it.", "read-only")
        restored = (
            self._restore_contacts(root) if repository.type is CONTACTS else self._restore_alone(repository, root)
        )
        had_people: dict[str, bool] = {}
        for entity_type in _FOLLOWERS:
            followers: Repository[Any] = Repository(self._transaction, entity_type)
            for one in list(self._with_root(followers, root.id)):
                self._restore_owned(followers, one, had_people)
        affiliations = AffiliationRepository(self._transaction)
        for client_id in sorted(had_people):
            self._contacts.lock_any(client_id)
            affiliations.reassign(client_id)
        MessageRepository(self._transaction).requeue(*restored)
        return repository.get(root.id)

    def _restore_contacts(self, root: Stored) -> Sequence[str]:
        """Restore a contact and those that were deleted with it; return their ids."""
        self._contacts.lock_any(root.id)
        restored = []
        for one in list(self._with_root(self._contacts, root.id)):
            restored.append(one.stored.id)
            self._contacts.put(one.entity, _as_before(one.stored), event="restored", root=root.id)
        return restored

    def _restore_alone(self, repository: Repository[Any], root: Stored) -> Sequence[str]:
        """Restore an entity that was deleted without its contact."""
        owner = self._contacts.lock_any(root.owner or "")
        if trashed_of(owner.stored) is not None:
            message = "Its contact is in the trash: restore the contact first."
            raise Invalid("owner-deleted", message, path="record", value=root.id)
        locked = repository.lock_any(root.id)
        whole = repository.type.part_of
        if whole and (id := getattr(locked.entity, f"{whole}_id")) and self._trashed(whole, id) is not None:
            message = f"Its {whole} is in the trash: restore the {whole} first."
            raise Invalid("owner-deleted", message, path="record", value=root.id)
        repository.put(locked.entity, locked.stored, owners={root.owner or "": owner}, event="restored", root=root.id)
        return []

    def purge(self, record: str | Contact | Site | Item | Interaction | TrashCard) -> None:
        """Remove a deleted record for good, with everything that was deleted with it; for admins (DIR-11).

        Messages about these contacts are removed too, whether they wait, were sent or were given up (NOT-8).

        Args:
            record: The deleted contact, site, item or interaction, its card, or its id.

        Raises:
            NotFound: the record is not in the trash.
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
        repository, root, _ = self._root(record)
        purged = [one.stored for one in self._with_root(self._contacts, root.id)]
        ids = [stored.id for stored in purged]
        for id in ids:
            LoginRepository(transaction).remove_all(id)
        MessageRepository(transaction).erase(*ids)
        if repository.type is SITES:
            self._contacts.lock_any(root.owner or "")
            AffiliationRepository(transaction).forget_site(root.owner or "", root.id)
        # An entity is removed before those that it refers to.
        for entity_type in reversed(_FOLLOWERS):
            followers: Repository[Any] = Repository(transaction, entity_type)
            removed = {one.stored.id: one for one in self._with_root(followers, root.id)}
            removed |= {one.stored.id: one for one in followers.owned_by(*ids, trashed=True)}
            if repository.type.name == entity_type.part_of:
                removed |= {one.stored.id: one for one in followers.parts_of(root.id)}
            for id, one in removed.items():
                event, data = ("purged", {"root": id}) if id == root.id else ("", {})
                followers.remove(one.entity, one.stored, event=event, **data)
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
        waits_for = next((self._trashed("contact", id) for id in owner_ids if id not in owners), None)
        if waits_for is None and repository.type.part_of:
            whole = getattr(one.entity, f"{repository.type.part_of}_id")
            waits_for = self._trashed(repository.type.part_of, whole) if whole else None
        trashed = trashed_of(one.stored)
        if waits_for is not None and trashed is not None:
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

    def _trashed(self, kind: str, id: str) -> Trashed | None:
        """How a record came to the trash; None if it is not there."""
        (stored,) = self._transaction.reader.get(kind, [id])
        return None if stored is None else trashed_of(stored)

    def _root(self, record: object) -> tuple[Repository[Any], Stored, Trashed]:
        """A record that was deleted itself and that the actor sees, with its repository."""
        id = id_of(record)
        for entity_type in _DELETED_ALONE:
            repository = Repository[Any](self._transaction, entity_type)
            (stored,) = repository.stored([id])
            trashed = None if stored is None else trashed_of(stored)
            if stored is not None and trashed is not None and trashed.root == id:
                if self._read_terms() & stored.access and not self._hidden_owners([stored.owner or id]):
                    return repository, stored, trashed
                break
        raise NotFound("deleted record", id)

    def _access_of(self, repository: Repository[Any], root: Stored, trashed: Trashed) -> frozenset[str]:
        """The access terms that decide who may restore a record: those of its contact, if that is not in the trash."""
        if repository.type is not CONTACTS:
            (owner,) = self._contacts.stored([root.owner or ""])
            if owner is not None and trashed_of(owner) is None:
                return owner.access
        return frozenset(trashed.access)

    @staticmethod
    def _with_root(repository: Repository[Any], root: str) -> Iterator[Loaded[Any]]:
        return repository.find(frozenset({f"trash:{root}"}), trashed=True)

    def _read_terms(self) -> frozenset[str]:
        return trash_access(read_terms(self._transaction.actor))


def _as_before(stored: Stored) -> Stored:
    """The record with the access terms that it had before the deletion."""
    trashed = trashed_of(stored)
    return attrs.evolve(stored, access=frozenset(trashed.access if trashed else ()))
