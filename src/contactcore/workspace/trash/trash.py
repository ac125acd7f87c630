"""The trash: deleted contacts and their records, with all that belongs to them, until restored or purged (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, overload

import attrs

from contactcore.errors import Invalid, NotFound
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.trash import ROOTS, trashed_of
from contactcore.model import Company, Contact, Interaction, Item, Person, Site
from contactcore.rules.preparation import prepare
from contactcore.storage import LARGEST_PAGE, Query, cursor_of
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.arguments import MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.trash.finding import DELETED_ALONE, TrashFinder
from contactcore.workspace.trash.matches import TrashMatch, matches_in_trash
from contactcore.workspace.trash.preview import DeletionPreview, preview_deletion
from contactcore.workspace.trash.purging import purge
from contactcore.workspace.trash.restoring import Restoration, restore

__all__ = ["Trash", "TrashCard"]


@frozen
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
        if not 1 <= limit <= LARGEST_PAGE:
            message = f"Ask for 1 to {LARGEST_PAGE:,} at a time."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
        cards = [
            card for entity_type in DELETED_ALONE for card in islice(self._cards(entity_type, limit, after), limit)
        ]
        # Cursors of all kinds have one form, so the pages of the kinds merge into one.
        return tuple(sorted(cards, key=lambda card: (card.deleted, card.id), reverse=True)[:limit])

    def _cards(self, entity_type: EntityType[Any], limit: int, after: TrashCard | None) -> Iterator[TrashCard]:
        """The first cards of one type, behind a card of any type."""
        finder = TrashFinder(self._transaction)
        query = Query(
            kind=entity_type.name,
            order="trash",
            access=finder.read_terms,
            where=(frozenset({ROOTS}),),
            after=None if after is None else cursor_of("trash", timestamp(after.deleted), after.id),
            limit=limit,
            descending=True,
        )
        more = True
        while more:
            found = self._transaction.reader.find_records(query)
            hidden = finder.hidden_owners(one.owner or one.id for one in found.records)
            for stored in found.records:
                trashed = trashed_of(stored)
                if trashed is not None and stored.owner not in hidden:
                    card = json.load(stored.card)
                    kind, name = card.get("kind", entity_type.name), card.get("name", "")
                    yield TrashCard(stored.id, kind, name, parse_moment(trashed.at), trashed.by, trashed.root)
            query, more = attrs.evolve(query, after=found.last), found.more

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
        former primary contact person does not take the primary flag back from the successor. `restore_with_report` says
        what is not as before. Letters of the last days
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
        return self.restore_with_report(record).record

    @overload
    def restore_with_report(self, record: Site) -> Restoration[Site]: ...
    @overload
    def restore_with_report(self, record: Item) -> Restoration[Item]: ...
    @overload
    def restore_with_report(self, record: Interaction) -> Restoration[Interaction]: ...
    @overload
    def restore_with_report(self, record: Contact) -> Restoration[Person | Company]: ...
    @overload
    def restore_with_report(
        self, record: str | TrashCard
    ) -> Restoration[Person | Company | Site | Item | Interaction]: ...
    def restore_with_report(self, record: str | Contact | Site | Item | Interaction | TrashCard) -> Restoration[Any]:
        """Restore as `restore` does, and say what is not as it was before the deletion.

        `resolutions` names each difference by a code, as far as the actor may know of it:

        - `primary-kept`: a former primary contact person comes back while somebody else is primary, who stays it.
        - `other-in-trash`: an affiliation, or a role for an item, waits for another contact that is in the trash.
        - `other-purged`: the other contact was removed for good, and the affiliation or the role with it.
        - `site-purged`: a contact person came back without the site, which was removed for good.
        - `themself-kept`: an item came back without `of_themself`, because another one stands for the contact by now.
        - `login-replaced`: somebody else has got the login name of a restored person; their login is closed.

        Args:
            record: As for `restore`.

        Raises:
            NotFound, Forbidden, Invalid: as `restore`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"), people=[Person("Jane"), Person("Joe")])
        ...     jane = session.people.list(client)[0].person
        ...     session.contacts.delete(jane)
        ...     report = session.trash.restore_with_report(jane.id)
        ...     report.record.display_name, [(one.code, one.message) for one in report.resolutions]
        ('Jane', [('primary-kept', 'Joe is primary for Bois & Fils now and stays primary.')])
        """
        return restore(self._transaction, record)

    def purge(self, record: str | Contact | Site | Item | Interaction | TrashCard) -> None:
        """Remove a deleted record for good, with everything that was deleted with it; for admins (DIR-11).

        Portal logins and credentials are removed, and so are the messages about these contacts, whether they wait, were
        sent or were given up (NOT-8). The reports of imports and bulk acts lose the values that name these contacts.

        Args:
            record: The deleted contact, site, item or interaction, its card, or its id.

        Raises:
            NotFound: the record is not in the trash.
            Forbidden: `admin-only`; `blocked-by-host` if the application needs one of the contacts.
            StorageError: `blockers-failed`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.contacts.delete(client)
        ...     session.trash.purge(client)
        ...     session.trash.list()
        ()
        """
        self._transaction.check_admin("purge the trash")
        purge(self._transaction, record)

    def preview(self, record: str | Contact | Site | Item | Interaction) -> DeletionPreview:
        """Return what the deletion of a contact, a site, an item or an interaction would do; nothing is stored.

        Records that the actor does not see are neither named nor counted.

        Args:
            record: The record, which is not in the trash, or its id.

        Returns:
            The people who would go along, the number of other records, the contacts that would get another primary
            contact person, and the reasons of the application against the deletion (`Host.blockers`).

        Raises:
            NotFound: there is no such record, it is in the trash, or the actor may not see it.
            Forbidden: `read-only` if the actor may not delete it; `portal-reads-only`.
            StorageError: `blockers-failed`.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"), people=[Person("Jane"), Person("Joe")])
        ...     preview = session.trash.preview(client)
        ...     [person.name for person in preview.people], preview.records, preview.blockers
        (['Jane', 'Joe'], {'affiliation': 2}, ())
        """
        id = id_of(record)
        for entity_type in DELETED_ALONE:
            repository = Repository[Any](self._transaction, entity_type)
            try:
                found = repository.load(id)
            except NotFound:
                continue
            owner = found
            if entity_type is not CONTACTS:
                owner = Repository[Any](self._transaction, CONTACTS).load(found.entity.contact_id)
            self._transaction.check_change(owner.access)
            return preview_deletion(self._transaction, entity_type, found)
        raise NotFound("record", id)

    def matches(self, contact: Annotated[Person | Company, MAY_BE_NEW], *, limit: int = 10) -> tuple[TrashMatch, ...]:
        """Return deleted contacts that may be the one that somebody wants to add, for an offer to restore them.

        A deleted contact never prevents adding the same one again. Only contacts that the actor may restore are
        returned. A contact matches if it is of the same kind and has an e-mail address, a phone number or the whole
        name of the given one.

        Args:
            contact: The new contact, or a stored one. National phone numbers are parsed with the workspace's country.
            limit: The maximum number of matches, 1 to 1,000; 10 by default.

        Returns:
            The matches: those by e-mail first, then by phone and by name; the latest deletion first. Restore one by its
            `root`.

        Raises:
            Invalid: `limit-out-of-range`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
        ...     session.contacts.delete(session.contacts.add(Company("Bois", emails=["info@bois.fr"])))
        ...     wanted = Company("Bois & Fils", emails=["Info@bois.fr"])
        ...     (match,) = session.trash.matches(wanted)
        ...     match.name, match.matched, session.trash.restore(match.root).name
        ('Bois', ('email',), 'Bois')
        """
        if not 1 <= limit <= LARGEST_PAGE:
            message = f"Ask for 1 to {LARGEST_PAGE:,} matches."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
        ready, _ = prepare(contact, self._transaction.settings)
        return matches_in_trash(self._transaction, ready, limit=limit)
