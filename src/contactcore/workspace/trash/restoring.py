"""Restoring: a record comes back with everything that was deleted with it, as far as it still exists (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.model import Affiliation
from contactcore.rules.access import may_see
from contactcore.rules.primary import effective_primary
from contactcore.storage import Stored
from contactcore.wording import message_of
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.themself import without_second_mark
from contactcore.workspace.trash.discarding import FOLLOWERS
from contactcore.workspace.trash.finding import TrashFinder

__all__ = ["Resolution", "Restoration", "restore"]

E = TypeVar("E")

_SENTENCES = {
    "primary-kept": "{person} is primary for {contact} now and stays primary.",
    "other-in-trash": "A record that belongs to {contact} too stays in the trash: it comes back with {contact}.",
    "other-purged": "A record that belonged to a contact too that was removed for good does not come back.",
    "site-purged": "A contact person of {contact} was at a site that was removed for good: no site is named now.",
    "themself-kept": "Another item stands for {contact} now: this one came back without the flag.",
    "login-replaced": "The portal login of {person} was closed, because another person uses its name: invite {person}.",
}
"""The messages by the code of the resolution."""


@frozen
class Resolution:
    """A difference between a restored record and what was deleted, because the others changed in the meantime.

    Attributes:
        code: `"primary-kept"`, `"other-in-trash"`, `"other-purged"`, `"site-purged"`, `"themself-kept"` or
            `"login-replaced"`.
        kind: The kind of the record (`"affiliation"`, `"item-role"`, `"login"`).
        id: The id of the record; `""` if it was removed for good.
        message: An English sentence that says what was done.
    """

    code: str
    kind: str
    id: str
    message: str

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.code, language, default=self.message)


@frozen(kw_only=True)
class Restoration(Generic[E]):
    """A restored record, with what came back and what did not.

    Attributes:
        record: The restored contact, site, item or interaction.
        contacts: The ids of the restored contacts: the record itself, and the people who went along; empty for a site,
            an item or an interaction.
        resolutions: The differences that the actor may know of; empty if everything is as before the deletion.
    """

    record: E
    contacts: tuple[str, ...] = ()
    resolutions: tuple[Resolution, ...] = ()


def restore(transaction: Transaction, record: object) -> Restoration[Any]:
    """Restore a record from the trash; see `Trash.restore_with_report`."""
    return _Restorer(transaction).restore(record)


class _Restorer:
    """The restoration of one record in one transaction.

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._finder = TrashFinder(transaction)
        self._contacts = self._finder.contacts
        self._affiliations = AffiliationRepository(transaction)
        self._had_people: dict[str, bool] = {}
        """The id of a contact -> whether it had contact persons before, one of whom keeps the primary flag."""
        self._former: list[Affiliation] = []
        """The restored affiliations that were primary, as the actor saw them."""
        self._resolutions: list[Resolution] = []

    def restore(self, record: object) -> Restoration[Any]:
        repository, root, trashed = self._finder.root(record)
        self._finder.check_restorable(repository, root, trashed)
        is_contact = repository.type is CONTACTS
        restored = self._restore_contacts(root) if is_contact else self._restore_alone(repository, root)
        for entity_type in FOLLOWERS:
            followers: Repository[Any] = Repository(self._transaction, entity_type)
            for one in list(self._finder.with_root(followers, root.id)):
                self._restore_owned(followers, one)
        for client_id in sorted(self._had_people):
            self._contacts.lock_any(client_id)
            self._affiliations.reassign(client_id)
        MessageRepository(self._transaction).requeue(*restored)
        self._report_primaries()
        contacts = tuple(restored) if is_contact else ()
        return Restoration(record=repository.get(root.id), contacts=contacts, resolutions=tuple(self._resolutions))

    def _restore_contacts(self, root: Stored) -> Sequence[str]:
        """Restore a contact and those that were deleted with it; return their ids."""
        self._contacts.lock_any(root.id)
        restored = []
        for one in list(self._finder.with_root(self._contacts, root.id)):
            restored.append(one.stored.id)
            self._report_lost(one.stored)
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
        if whole and (id := getattr(locked.entity, f"{whole}_id")) and self._finder.trashed(whole, id) is not None:
            message = f"Its {whole} is in the trash: restore the {whole} first."
            raise Invalid("owner-deleted", message, path="record", value=root.id)
        self._report_lost(locked.stored)
        entity = without_second_mark(self._transaction, locked.entity)
        if entity != locked.entity:
            self._resolve("themself-kept", repository.type.name, root.id, contact=owner.entity.id)
        repository.put(entity, locked.stored, owners={root.owner or "": owner}, event="restored", root=root.id)
        return [root.id]

    def _restore_owned(self, repository: Repository[Any], one: Loaded[Any]) -> None:
        """Restore an entity that was deleted with an owner, or assign it to another owner that is still in the trash.

        Args:
            repository: The repository of its type.
            one: The entity in the trash.
        """
        owner_ids = repository.type.owner_ids(one.entity)
        owners = self._contacts.get_many(owner_ids)
        missing = next((id for id in owner_ids if id not in owners), "")
        waits_for = self._finder.trashed("contact", missing) if missing else None
        if waits_for is None and repository.type.part_of:
            whole = getattr(one.entity, f"{repository.type.part_of}_id")
            waits_for = self._finder.trashed(repository.type.part_of, whole) if whole else None
        trashed = trashed_of(one.stored)
        if waits_for is not None and trashed is not None:
            if missing and self._was_seen(trashed):
                self._resolve("other-in-trash", repository.type.name, one.stored.id, contact=missing)
            moved = attrs.evolve(trashed, root=waits_for.root)
            repository.put(one.entity, one.stored, trashed=moved, event="")
            return
        entity = one.entity
        if isinstance(entity, Affiliation) and trashed is not None:
            entity = self._with_flag(entity, trashed)
            self._report_lost(one.stored, contact=entity.contact_id)
        repository.put(entity, one.stored, owners=owners, event="")

    def _with_flag(self, affiliation: Affiliation, trashed: Trashed) -> Affiliation:
        """The affiliation without the primary flag, if its contact has a primary contact person already."""
        client_id = affiliation.contact_id
        if client_id not in self._had_people:
            self._had_people[client_id] = bool(self._affiliations.of_contact(client_id))
        if not self._had_people[client_id]:
            return affiliation
        if affiliation.primary and self._was_seen(trashed):
            self._former.append(affiliation)
        return attrs.evolve(affiliation, primary=False, primary_sequence=0)

    # The report: only of records that the actor saw, and sees again

    def _was_seen(self, trashed: Trashed) -> bool:
        return bool(may_see(self._transaction.actor, frozenset(trashed.access)))

    def _resolve(self, code: str, kind: str, id: str, *, contact: str = "", person: str = "") -> None:
        # The access of the other contact may have changed since this record went to the trash.
        if self._finder.hidden_owners(id for id in (contact, person) if id):
            return
        names = dict(zip(("contact", "person"), self._names(contact, person), strict=True))
        self._resolutions.append(Resolution(code, kind, id, _SENTENCES[code].format(**names)))

    def _names(self, *ids: str) -> Iterator[str]:
        language = self._transaction.index_context.language
        for id in ids:
            (stored,) = self._contacts.stored([id]) if id else (None,)
            yield "" if stored is None else name_in(self._contacts.loaded(stored).entity, language)

    def _report_lost(self, stored: Stored, contact: str = "") -> None:
        """Report the records that were purged while this one was in the trash."""
        trashed = trashed_of(stored)
        for kind, access in () if trashed is None else trashed.lost:
            if may_see(self._transaction.actor, frozenset(access)):
                if kind == "site":
                    self._resolve("site-purged", "affiliation", stored.id, contact=contact)
                elif kind == "login":
                    self._resolve("login-replaced", kind, "", person=stored.id)
                else:
                    self._resolve("other-purged", kind, "")

    def _report_primaries(self) -> None:
        for former in self._former:
            seen = self._affiliations.seen_of_contact(former.contact_id)
            primary = effective_primary((one.entity for one in seen), self._transaction.today)
            if primary is not None and primary.id != former.id:
                self._resolve(
                    "primary-kept", "affiliation", former.id, contact=former.contact_id, person=primary.person_id
                )


def _as_before(stored: Stored) -> Stored:
    """The record with the access terms that it had before the deletion."""
    trashed = trashed_of(stored)
    return attrs.evolve(stored, access=frozenset(trashed.access if trashed else ()))
