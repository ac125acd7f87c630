"""Contacts in the storage: prepared, stored, and reindexed with the records that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from contactcore.errors import Forbidden, Invalid, Problem
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.indexed_names import name_in
from contactcore.model import Company, Contact, Person, SystemActor, User
from contactcore.model.restoring import altered
from contactcore.rules.access import RESTRICTED, access_of, may_change, may_see, portal_access
from contactcore.rules.preparation import prepare
from contactcore.rules.spelling import same_contact
from contactcore.storage import Stored
from contactcore.values import Tag
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.suppressions import ERASED, ERASED_MESSAGE, SuppressionRepository
from contactcore.workspace.repositories.tags import (
    Audience,
    first_spelling,
    remember_tags,
    spelling_query,
    stored_tags,
)

if TYPE_CHECKING:
    from contactcore.model.message import Grounds, Message

__all__ = [
    "ContactRepository",
    "first_stamps",
    "notify_of_job",
    "notify_responsibles",
    "shown_actor",
    "stamps",
    "with_known_tags",
]

_C = TypeVar("_C", bound=Contact)


class ContactRepository(Repository[Person | Company]):
    """The contacts of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, CONTACTS)

    def lock_for_change(
        self, record: object, before: Callable[[Stored], object] | None = None
    ) -> Loaded[Person | Company]:
        """Lock a contact that the actor may change, until the transaction ends.

        Args:
            record: The contact, any object with its `id`, or the id.
            before: Announces what is asked about the contact once it is locked; None for nothing.

        Raises:
            NotFound: there is no such contact, it is in the trash, or the actor may not see it.
            Forbidden: `read-only` if the actor sees the contact but may not change it.
        """
        seen = self.transaction.just_read
        if seen is None or (seen.kind, seen.id) != (self.type.name, id_of(record)):
            seen = self.seen(record)
        self.transaction.check_change(seen.access)
        if before is not None:
            before(seen)
        locked = self.lock_seen(seen)
        self.transaction.check_change(locked.access)
        return locked

    def prepare(self, contact: _C, before: Contact | None = None, *, known_users: Iterable[str] = ()) -> _C:
        """Prepare a contact that a user entered for storing.

        Args:
            contact: The contact.
            before: The stored contact; None for a new one.
            known_users: The names of users who look after the client of this contact person; none by default.

        Raises:
            Invalid: all problems at once.
        """
        transaction = self.transaction
        creator = "" if isinstance(transaction.actor, SystemActor) else transaction.actor.name
        ready, problems = prepare(
            contact,
            transaction.settings,
            before,
            creator=creator,
            full_names=True,
            entry=True,
            admin=transaction.actor.admin,
        )
        kept = (*known_users, *(before.responsibles if before else ()))
        problems = (*problems, *self.user_problems(contact.responsibles, kept), *_source_problems(contact, before))
        if before is None:
            self._announce_tags(ready)
        if before is None and SuppressionRepository(transaction).is_marked(ready):
            problems = (*problems, Problem(ERASED, "", ERASED_MESSAGE))
        if problems:
            raise Invalid(problems)
        return with_known_tags(ready, before, lambda tag, audience: first_spelling(transaction, tag, audience))

    def _announce_tags(self, new: Contact) -> None:
        """Say that the tags of a new contact are looked up, so that a server answers that with the next question."""
        reader, audience = self.transaction.reader, _audience(new)
        if new.tags:
            reader.announce(
                *(spelling_query(self.transaction, tag, audience) for tag in new.tags), stored_tags(new.tags)
            )

    def user_problems(self, names: Iterable[str], kept: Iterable[str] = ()) -> Iterator[Problem]:
        """The problems of responsible users whom the application does not have.

        Args:
            names: The names of the users.
            kept: Names that are accepted, because the stored contact has them.
        """
        transaction = self.transaction
        accepted = {transaction.actor.name, *kept}
        for index, name in enumerate(names):
            if name not in accepted and not transaction.letter_configuration.knows(name):
                message = "Name a user of the application, as `Host.users` knows them."
                yield Problem("user-unknown", f"responsibles[{index}]", message, name)

    def add_prepared(self, ready: _C, *, without_letter: Iterable[str] = ()) -> _C:
        """Store a new contact that was prepared, and notify its responsible users (NOT-5).

        Args:
            ready: The contact, without an id.
            without_letter: The names of users who get no letter, because they know of the contact already.

        Returns:
            The stored contact, with its id and version 1.
        """
        values = {
            "id": self.transaction.new_id(),
            "version": 1,
            **first_stamps(self.transaction, ready.source or "hand"),
        }
        # A contact is a person or a company, which type checkers cannot know.
        stored: Any = altered(ready, values)
        self.add(stored, fresh=True)
        remember_tags(self.transaction, stored.tags)
        notify_responsibles(self.transaction, stored, None, without_letter=without_letter)
        added: _C = stored
        return added

    def change(self, ready: _C, before: Loaded[Person | Company], *, notify: bool = True) -> _C:
        """Store a prepared contact if it differs from the stored one, and reindex the records that belong to it.

        Args:
            ready: The result of `prepare`.
            before: The stored contact, locked.
            notify: Whether new responsible users are notified (NOT-5); True by default.

        Returns:
            The stored contact; with its former version if nothing changed.

        Raises:
            Forbidden: `access-change`.
            Conflict: another version is stored.
        """
        old = before.entity
        moved = (ready.access, ready.responsibles) != (old.access, old.responsibles)
        if moved:
            self.check_access_change(old)
        if same_contact(ready, old):
            return ready
        kept = {name: getattr(old, name) for name in ("version", "source", "added_at", "added_by")}
        wanted: Any = altered(ready, {**kept, **stamps(self.transaction, "changed")})
        stored: Any = self.put(wanted, before.stored, event="")
        known = {tag.key for tag in old.tags}
        remember_tags(self.transaction, [tag for tag in stored.tags if tag.key not in known])
        if stored != altered(old, {name: getattr(stored, name) for name in ("version", "access", "responsibles")}):
            self.publish("changed", stored)
        if moved:
            self.publish("regranted", stored)
            if notify:
                notify_responsibles(self.transaction, stored, old)
        self.reindex_owned(stored, before.stored, old, moved=moved)
        changed: _C = stored
        return changed

    def announce_reindexing(self, seen: Stored, wanted: Contact) -> None:
        """Say what `reindex_owned` reads, if a contact gets another name or address."""
        for entity_type, references in _outdated(self.loaded(seen).entity, wanted, moved=False):
            Repository(self.transaction, entity_type).announce_owned_by(seen.id, references)

    def reindex_owned(
        self, contact: Person | Company, before: Stored, old: Contact | None = None, *, moved: bool = True
    ) -> None:
        """Reindex the records that belong to a contact, after its name, addresses or access changed.

        Args:
            contact: The contact as it is stored now.
            before: The former record of the contact.
            old: The former contact, to which the name and the addresses are compared; None (the default) if they may
                differ.
            moved: Whether its access changed, on which more records depend; True by default.
        """
        outdated = [*_outdated(old, contact, moved=moved)]
        if not outdated:
            return
        access = access_of(contact, self.transaction.settings.default_access, before.access)
        owner = Loaded(contact, attrs.evolve(before, version=contact.version, access=access))
        for entity_type, references in outdated:
            repository = Repository(self.transaction, entity_type)
            belonging = [one.stored for one in repository.owned_by(contact.id, references=references)]
            repository.reindex(belonging, owners={contact.id: owner})

    def open_to_portal(self, client_ids: Iterable[str]) -> None:
        """Make clients visible to their portal users, with their sites and items, which lack the access term."""
        from contactcore.mapping.entities import OWNED

        transaction = self.transaction
        wanted = sorted(set(client_ids))
        for id, stored in zip(wanted, self.stored(wanted), strict=True):
            if stored is None or portal_access(id) <= stored.access:
                continue
            locked = self.lock_any(id).stored
            access = locked.access | portal_access(id)
            transaction.writer.set_access("contact", locked.owner, access, [id])
            opened = transaction.locked["contact", id] = attrs.evolve(locked, access=access)
            for entity_type in OWNED:
                # What belongs to two contacts has no portal term, so nothing changes for it.
                if entity_type.depends_on_owners and len(entity_type.owners) == 1:
                    repository = Repository(transaction, entity_type)
                    belonging = [one.stored for one in repository.owned_by(id)]
                    repository.reindex(belonging, owners={id: self.loaded(opened)})

    def set_restricted(self, locked: Loaded[Person | Company], *, on: bool) -> Person | Company:
        """Restrict the data of a contact, or end the restriction, and reindex the records that belong to it (IMP-8).

        Args:
            locked: The contact, locked.
            on: Whether only admins see the contact.

        Returns:
            The contact, with the same version.
        """
        transaction, stored = self.transaction, locked.stored
        former = stored.access | {RESTRICTED} if on else stored.access - {RESTRICTED}
        access = access_of(locked.entity, transaction.settings.default_access, former)
        transaction.writer.set_access("contact", stored.owner, access, [stored.id])
        transaction.locked["contact", stored.id] = changed = attrs.evolve(stored, access=access)
        self.reindex_owned(locked.entity, changed)
        after = self.loaded(changed).entity
        self.publish("restricted" if on else "unrestricted", after)
        return after

    def may_be_seen(self, id: str) -> bool:
        """Return whether the actor sees a contact; False if there is none."""
        (stored,) = self.stored([id])
        return stored is not None and bool(may_see(self.transaction.actor, stored.access))

    def may_be_changed(self, id: str) -> bool:
        """Return whether the actor may change a contact; False if there is none."""
        (stored,) = self.stored([id])
        return stored is not None and bool(may_change(self.transaction.actor, stored.access))

    def check_access_change(self, before: Contact) -> None:
        """Refuse an actor who may not change the access policy and the responsible users of a contact.

        Args:
            before: The stored contact.

        Raises:
            Forbidden: `access-change`.
        """
        actor = self.transaction.actor
        if not actor.admin and actor.name not in before.responsibles:
            raise Forbidden("Only a responsible user or an admin may change who sees a contact.", "access-change")


_GIVEN_SOURCES = ("hand", "card", "form", "portal")
"""The sources of contacts that a program adds; an import sets its own."""


def _source_problems(contact: Contact, before: Contact | None) -> Iterator[Problem]:
    """The problems of a source or a restriction that only the library sets, or that a change would replace."""
    source = contact.source
    if contact.restricted != (before is not None and before.restricted):
        message = "Call session.privacy.restrict or unrestrict, which need an admin."
        yield Problem("edit-not-stored", "restricted", message, contact.restricted)
    if before is not None and source not in ("", before.source):
        yield Problem("edit-not-stored", "source", "A contact keeps its source: leave it as it was read.", source)
    elif before is None and source and source not in _GIVEN_SOURCES:
        message = f"Sources that a program gives are {', '.join(_GIVEN_SOURCES)}."
        yield Problem("source-unknown", "source", message, source)


def first_stamps(transaction: Transaction, source: str) -> dict[str, Any]:
    """The values of a new contact that the library sets: its source, and when and by whom it was added.

    Args:
        transaction: The transaction that adds the contact.
        source: The source (`"hand"`).
    """
    return {"source": source, **stamps(transaction, "added"), **stamps(transaction, "changed")}


def stamps(transaction: Transaction, act: str) -> dict[str, Any]:
    """When, and by whom, a contact is added or changed in a transaction.

    Args:
        transaction: The transaction.
        act: `"added"` or `"changed"`.
    """
    actor = transaction.actor
    by = actor.name if isinstance(actor, User) else ""
    return {f"{act}_at": transaction.now.astimezone(UTC), f"{act}_by": by}


def with_known_tags(contact: _C, before: Contact | None, spell: Callable[[Tag, Audience], Tag]) -> _C:
    """Return a contact with its tags in the spelling that all of its future viewers know (DIR-6).

    A spelling that occurs only on contacts hidden from one of the viewers would reveal these contacts (ACC-3).

    Args:
        contact: The prepared contact.
        before: The stored contact; None for a new one.
        spell: Returns the spelling of a tag on a contact that the actor and all groups of an audience see.
    """
    if not contact.tags:
        return contact
    audience = _audience(contact)
    known: Mapping[str, Tag] = {tag.key: tag for tag in before.tags} if before else {}
    tags = tuple([known.get(tag.key) or spell(tag, audience) for tag in contact.tags])
    same = [tag.text for tag in tags] == [tag.text for tag in contact.tags]
    return contact if same else altered(contact, {"tags": tags})


def _audience(contact: Contact) -> Audience:
    """The groups of access terms that all future viewers of a contact have."""
    is_open = contact.access is None or contact.access.is_open
    return _audience_of(() if is_open else contact.responsibles, is_open=is_open)


@lru_cache(maxsize=64)  # the contacts of an import mostly have the same viewers
def _audience_of(responsibles: tuple[str, ...], *, is_open: bool) -> Audience:
    if is_open:
        return (frozenset({"visible:*"}),)
    return tuple(frozenset({"visible:*", f"visible:={name}"}) for name in responsibles)


def _outdated(
    before: Contact | None, after: Contact, *, moved: bool
) -> Iterator[tuple[EntityType[Any], Sequence[str] | None]]:
    """The types of the records that a change of their owner outdates, with the references to it; None for any.

    Args:
        before: The former contact; None if its name and its addresses may differ.
        after: The contact as it is stored now.
        moved: Whether its access changed.
    """
    renamed = before is None or _name_differs(before, after)
    # Nobody has a company as contact person.
    readdressed = after.kind == "person" and (before is None or _addresses_differ(before, after))
    if not (renamed or readdressed or moved):
        return
    from contactcore.mapping.entities import OWNED

    for entity_type in OWNED:
        if (renamed and entity_type.found_by_owner) or (moved and entity_type.depends_on_owners):
            yield entity_type, None
        elif readdressed and entity_type.addresses_of:
            yield entity_type, (entity_type.addresses_of,)


def _addresses_differ(before: Contact, after: Contact) -> bool:
    return before.emails != after.emails or before.phones != after.phones


def _name_differs(before: Contact, after: Contact) -> bool:
    """Whether a change of a contact affects its name, as the records that belong to it contain it."""
    if before.kind != after.kind or before.language != after.language:
        return True
    if isinstance(before, Person) and isinstance(after, Person) and before.name != after.name:
        return True
    # A contact without a name is called by its first address or number.
    return before.display_name != after.display_name


def notify_responsibles(
    transaction: Transaction, contact: Contact, before: Contact | None, *, without_letter: Iterable[str] = ()
) -> tuple[Message, ...]:
    """Notify the users who became responsible for a contact, except the user who made the change (NOT-5).

    Each of them causes an event `responsible.assigned` in the feed. A letter goes to each of them whose address the
    host provides.

    Args:
        transaction: The transaction of the change.
        contact: The contact as it is stored now.
        before: The former contact; None for a new one.
        without_letter: The names of users who get no letter, because they are responsible for the client of this
            contact person already.

    Returns:
        The letters that were queued.
    """
    known = set(before.responsibles) if before is not None else set()
    if isinstance(transaction.actor, User):
        known.add(transaction.actor.name)
    unlettered, letters = set(without_letter), []
    for user in contact.responsibles:
        if user in known:
            continue
        transaction.publish("responsible.assigned", contact.id, user=user)
        from contactcore.model.message import Grounds
        from contactcore.workspace.repositories.messages import enqueue_letter, letter_to_user

        to = None if user in unlettered else letter_to_user(transaction, "responsible-assigned", user)
        if to is not None:
            language = str(to.language or transaction.settings.language)
            values = {"contact": name_in(contact, language), "by": shown_actor(transaction)}
            grounds = Grounds(kind="responsible", contact_id=contact.id, user=user)
            try:
                letter = enqueue_letter(
                    transaction, "responsible-assigned", to, values, about=(contact.id,), grounds=grounds
                )
            except Invalid:
                # A letter that cannot be written, for example without the template engine, never undoes the contact.
                transaction.publish("responsible.letter-unwritten", contact.id, user=user)
            else:
                letters.append(letter)
    return tuple(letters)


def notify_of_job(transaction: Transaction, template: str, user: str, grounds: Grounds) -> None:
    """Notify a user once who becomes responsible for many contacts by one job; not the user who runs it (NOT-5).

    The feed gets one event `responsible.assigned`. A letter is queued if the host provides the address of the user.

    Args:
        transaction: The transaction that stores the first of these contacts.
        template: The slug of the letter.
        user: The name of the user.
        grounds: The grounds of the letter, with the id of the job.
    """
    job_id = grounds.import_id
    if isinstance(transaction.actor, User) and user == transaction.actor.name:
        return
    transaction.publish("responsible.assigned", job_id, user=user)
    from contactcore.workspace.repositories.messages import enqueue_letter, letter_to_user

    to = letter_to_user(transaction, template, user)
    if to is not None:
        try:
            by = {"by": shown_actor(transaction)}
            enqueue_letter(transaction, template, to, by, about=(job_id,), grounds=grounds)
        except Invalid:
            # A letter that cannot be written never undoes the job.
            transaction.publish("responsible.letter-unwritten", job_id, user=user)


def shown_actor(transaction: Transaction) -> str:
    """Return the actor's name as the host provides it; the name of the firm if the actor is not a user."""
    actor = transaction.actor
    if not isinstance(actor, User):
        return transaction.letter_configuration.workspace
    known = transaction.letter_configuration.user(actor.name)
    return known.name if known is not None and known.name else actor.name
