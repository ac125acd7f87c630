"""Contacts in the storage: prepared, stored, and kept in step with all that belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Forbidden, Invalid
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import OWNED
from contactcore.mapping.indexed_names import name_in
from contactcore.model import Company, Contact, Person, SystemActor, User
from contactcore.model.message import Message
from contactcore.model.restoring import altered
from contactcore.rules.access import access_of, may_change, may_see, portal_access
from contactcore.rules.preparation import prepare
from contactcore.storage import Stored
from contactcore.values import PhoneNumber, Tag
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.messages import enqueue_letter
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.tags import Audience, first_spelling, remember_tags

__all__ = ["ContactRepository", "looks_different", "notify_responsibles", "shown_actor", "with_known_tags"]

_C = TypeVar("_C", bound=Person | Company)


class ContactRepository(Repository[Person | Company]):
    """The contacts of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, CONTACTS)

    def lock_for_change(self, record: object) -> Loaded[Person | Company]:
        """A contact that the actor may change, locked until the transaction ends.

        Raises:
            NotFound: there is none, it is in the trash, or the actor may not see it.
            Forbidden: `read-only`: the actor sees it but may not change it.
        """
        seen = self.seen(record)
        self.transaction.check_change(seen.access)
        locked = self.lock_seen(seen)
        self.transaction.check_change(locked.access)
        return locked

    def prepare(self, contact: _C, before: Contact | None = None) -> _C:
        """A contact that somebody typed in, as it is to be stored.

        Args:
            contact: The contact.
            before: The contact as it is stored now; None for a new one.

        Raises:
            Invalid: all problems at once.
        """
        transaction = self.transaction
        creator = "" if isinstance(transaction.actor, SystemActor) else transaction.actor.name
        ready, problems = prepare(contact, transaction.settings, before, creator=creator, full_names=True)
        if problems:
            raise Invalid(problems)
        return with_known_tags(ready, before, lambda tag, audience: first_spelling(transaction, tag, audience))

    def add_prepared(self, ready: _C, *, aware: Iterable[str] = ()) -> _C:
        """Store a new contact that was prepared.

        Args:
            ready: The contact, without an id.
            aware: Names of users who need no letter, since they are told of the contact otherwise.

        Returns:
            The stored contact, with its id and version 1.
        """
        stored = altered(ready, {"id": self.transaction.new_id(), "version": 1})
        self.add(stored)
        remember_tags(self.transaction, stored.tags)
        notify_responsibles(self.transaction, stored, None, aware=aware)
        return stored

    def change(self, ready: _C, before: Loaded[Person | Company], *, tell: bool = True) -> _C:
        """Store a prepared contact if anything of it changed, and derive anew what is derived from it.

        Args:
            ready: The contact as `prepare` gave it.
            before: The contact as it is stored, locked.
            tell: Whether users who became responsible are told (NOT-5).

        Returns:
            The stored contact; the very same version where nothing changed.

        Raises:
            Forbidden: `access-change`.
            Conflict: somebody else was faster.
        """
        old = before.entity
        moved = (ready.access, ready.responsibles) != (old.access, old.responsibles)
        if moved:
            self._check_access_change(old)
        if ready == old and _spelled(ready) == _spelled(old):
            return ready
        stored: Any = self.put(altered(ready, {"version": old.version}), before.stored, event="")
        known = {tag.key for tag in old.tags}
        remember_tags(self.transaction, [tag for tag in stored.tags if tag.key not in known])
        if stored != altered(old, {name: getattr(stored, name) for name in ("version", "access", "responsibles")}):
            self.publish("changed", stored)
        if moved:
            self.publish("regranted", stored)
            if tell:
                notify_responsibles(self.transaction, stored, old)
        if moved or looks_different(old, stored):
            self.reindex_owned(stored, before.stored)
        changed: _C = stored
        return changed

    def reindex_owned(self, contact: Person | Company, before: Stored) -> None:
        """Derive anew all that belongs to a contact, after its name, its addresses or its access changed.

        Args:
            contact: The contact as it is stored now.
            before: Its record as it was.
        """
        access = access_of(contact, self.transaction.settings.default_access, before.access)
        owner = Loaded(contact, attrs.evolve(before, version=contact.version, access=access))
        for entity_type in OWNED:
            if entity_type.depends_on_owners:
                repository = Repository(self.transaction, entity_type)
                belonging = [one.stored for one in repository.owned_by(contact.id)]
                repository.reindex(belonging, owners={contact.id: owner})

    def open_to_portal(self, client_ids: Iterable[str]) -> None:
        """Let the portal users of clients see them: set the access term where it is missing."""
        transaction = self.transaction
        wanted = sorted(set(client_ids))
        for id, stored in zip(wanted, self.stored(wanted), strict=True):
            if stored is None or portal_access(id) <= stored.access:
                continue
            held = self.lock_any(id).stored
            access = held.access | portal_access(id)
            transaction.writer.set_access("contact", held.owner, access, [id])
            transaction.locked["contact", id] = attrs.evolve(held, access=access)

    def may_be_seen(self, id: str) -> bool:
        """Whether the actor sees a contact."""
        (stored,) = self.stored([id])
        return stored is not None and bool(may_see(self.transaction.actor, stored.access))

    def may_be_changed(self, id: str) -> bool:
        """Whether the actor may change a contact."""
        (stored,) = self.stored([id])
        return stored is not None and bool(may_change(self.transaction.actor, stored.access))

    def _check_access_change(self, before: Contact) -> None:
        actor = self.transaction.actor
        if not actor.admin and actor.name not in before.responsibles:
            raise Forbidden("Only a responsible user or an admin may change who sees a contact.", "access-change")


def with_known_tags(contact: _C, before: Contact | None, spell: Callable[[Tag, Audience], Tag]) -> _C:
    """The contact, its tags in the spelling that is known (DIR-6), as far as everybody who will see it can know it.

    A spelling that stands only on contacts that one of them does not see would reveal these (ACC-3).

    Args:
        contact: The prepared contact.
        before: The contact as it is stored now; None for a new one.
        spell: Gives the spelling of a tag that every group of an audience knows.
    """
    if not contact.tags:
        return contact
    if contact.access is None or contact.access.is_open:
        audience: Audience = (frozenset({"visible:*"}),)
    else:
        audience = tuple(frozenset({"visible:*", f"visible:={name}"}) for name in contact.responsibles)
    known: Mapping[str, Tag] = {tag.key: tag for tag in before.tags} if before else {}
    tags = tuple(known.get(tag.key) or spell(tag, audience) for tag in contact.tags)
    same = all(tag.text == given.text for tag, given in zip(tags, contact.tags, strict=True))
    return contact if same else altered(contact, {"tags": tags})


def looks_different(before: Contact, after: Contact) -> bool:
    """Whether anything changed that the entities which belong to a contact are found or shown by."""
    kept = ("emails", "phones")
    if any(getattr(before, name) != getattr(after, name) for name in kept) or before.language != after.language:
        return True
    if isinstance(before, Person) and isinstance(after, Person):
        return before.name != after.name
    return before.display_name != after.display_name


def notify_responsibles(
    transaction: Transaction, contact: Contact, before: Contact | None, *, aware: Iterable[str] = ()
) -> tuple[Message, ...]:
    """Tell the users who became responsible for a contact, but not the one who made the change (NOT-5).

    The feed gets an event `responsible.assigned` for each of them. A letter goes to each whose address the host knows.

    Args:
        transaction: The transaction of the change.
        contact: The contact as it is stored now.
        before: The contact as it was stored before; None for a new one.
        aware: Names of users who get no letter, since they look after the client of this contact person already.

    Returns:
        The letters that were queued.
    """
    known = set(before.responsibles) if before is not None else set()
    if isinstance(transaction.actor, User):
        known.add(transaction.actor.name)
    unlettered, letters = set(aware), []
    for user in contact.responsibles:
        if user in known:
            continue
        transaction.publish("responsible.assigned", contact.id, user=user)
        to = None if user in unlettered else transaction.letter_configuration.user(user)
        if to is not None:
            language = str(to.language or transaction.settings.language)
            values = {"contact": name_in(contact, language), "by": shown_actor(transaction)}
            letters.append(enqueue_letter(transaction, "responsible-assigned", to, values, about=(contact.id,)))
    return tuple(letters)


def shown_actor(transaction: Transaction) -> str:
    """The actor by the name that the host knows; the firm where the actor is no user."""
    actor = transaction.actor
    if not isinstance(actor, User):
        return transaction.letter_configuration.workspace
    known = transaction.letter_configuration.user(actor.name)
    return known.name if known is not None and known.name else actor.name


def _spelled(contact: Contact) -> tuple[str, ...]:
    """The texts in which two equal contacts may still differ."""
    return tuple(phone.text for phone in contact.phones if isinstance(phone, PhoneNumber))
