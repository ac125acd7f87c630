"""Purging: a deleted record is removed for good, with everything that was deleted with it (DIR-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contactcore.mapping.sites import SITES
from contactcore.mapping.trash import trashed_of
from contactcore.rules.access import audience_within
from contactcore.workspace.kernel.blocking import check_not_blocked
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.earlier import EarlierStates, taken_back
from contactcore.workspace.repositories.forgetting import NEVER_NOTED, forget_in_jobs
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.redirects import absorbed_by
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.trash.discarding import FOLLOWERS
from contactcore.workspace.trash.finding import TrashFinder

__all__ = ["former_contacts", "note_loss", "purge"]


def purge(transaction: Transaction, record: object) -> None:
    """Remove a deleted record for good; see `Trash.purge`."""
    finder = TrashFinder(transaction)
    contacts = finder.contacts
    repository, root, _ = finder.root(record)
    purged = {one.stored.id: one for one in finder.with_root(contacts, root.id)}
    if purged:
        check_not_blocked(transaction, root.id, (id for id in purged if id != root.id), act="removed")
    merged = [id for one in purged for id in absorbed_by(transaction, one, trashed=True)]
    former = former_contacts(transaction, merged)
    for id in purged:
        LoginRepository(transaction).remove_all(id)
    if repository.type is SITES:
        contacts.lock_any(root.owner or "")
        AffiliationRepository(transaction).forget_site(root.owner or "", root.id)
    removed_ids: list[str] = []
    # An entity is removed before those that it refers to.
    for entity_type in reversed(FOLLOWERS):
        followers: Repository[Any] = Repository(transaction, entity_type)
        removed = {one.stored.id: one for one in finder.with_root(followers, root.id)}
        removed |= {one.stored.id: one for one in followers.owned_by(*purged, trashed=True)}
        if repository.type.name == entity_type.part_of:
            removed |= {one.stored.id: one for one in followers.parts_of(root.id)}
        for id, one in removed.items():
            event, data = ("purged", {"root": id}) if id == root.id else ("", {})
            note_loss(finder, followers, one, purged)
            followers.remove(one.entity, one.stored, event=event, **data)
        # Notes of jobs have no values of these, and a contact may have very many.
        removed_ids += [] if entity_type.name in NEVER_NOTED else removed
    MessageRepository(transaction).erase(*purged, *merged)
    if purged:
        contacts_of_all = [*(one.entity for one in purged.values()), *former]
        forget_in_jobs(transaction, contacts_of_all, [*purged, *merged, *removed_ids])
    # A contact that became a part of a purged one is gone, but its history is still there.
    transaction.purged |= {("contact", id) for id in merged}
    for one in purged.values():
        # A loss that was noted on another contact of this purge has changed nothing here.
        contacts.remove(one.entity, one.stored, event="purged", root=root.id)


def former_contacts(transaction: Transaction, ids: Sequence[str]) -> list[Any]:
    """The contacts that were merged into others, as they were before, as far as the history knows them."""
    changes = HistoryRepository(transaction).changes_of(ids)
    states = [taken_back("contact", id, None, changes[id][:1], lambda *_: False) for id in ids if id in changes]
    return EarlierStates(transaction).entities(states)


def note_loss(
    finder: TrashFinder, repository: Repository[Any], one: Loaded[Any], purged: Mapping[str, Loaded[Any]]
) -> None:
    """Note on the other owners in the trash that a record which they share with a purged contact does not come back.

    The note raises the version of the owner, which would reveal a hidden record. Without the note, a restoration says
    nothing about the record.
    """
    trashed, owner_ids = trashed_of(one.stored), {*repository.type.owner_ids(one.entity)}
    if trashed is None or len(owner_ids) == 1:
        return
    of_purged = [trashed_of(purged[id].stored) for id in owner_ids & purged.keys()]
    shown = [frozenset(known.access) for known in (trashed, *of_purged) if known is not None]
    for id in sorted(owner_ids - purged.keys()):
        (stored,) = finder.contacts.stored([id])
        of_owner = None if stored is None else trashed_of(stored)
        if of_owner is not None and all(audience_within(frozenset(of_owner.access), access) for access in shown):
            locked = finder.contacts.lock_any(id)
            lost = of_owner.without(repository.type.name, trashed.access)
            finder.contacts.put(locked.entity, locked.stored, trashed=lost, event="")
