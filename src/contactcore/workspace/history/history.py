"""The service of the history: who changed which record, when, and from what to what (DIR-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from contactcore.errors import Invalid, NotFound
from contactcore.mapping.entities import ENTITIES
from contactcore.model import Affiliation, Contact, Interaction, Item, ItemRole, Site
from contactcore.model.history import Act, Change, HistoryEntry
from contactcore.rules.portal_view import check_staff
from contactcore.storage import LARGEST_PAGE, cursor_of
from contactcore.values.moment import timestamp
from contactcore.workspace.history.shown import Viewer
from contactcore.workspace.history.whole import ContactState, contact_state
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.earlier import EarlierStates
from contactcore.workspace.repositories.history import HistoryRepository

__all__ = ["History", "HistoryPage"]

_KEPT = tuple(entity_type for entity_type in ENTITIES if entity_type.kept_in_history)
"""The types of the entities whose changes the history has."""

HistoricRecord = str | Contact | Affiliation | Site | Item | ItemRole | Interaction


@attrs.frozen
class HistoryPage:
    """One page of a history.

    Attributes:
        items: The entries, the newest first.
        next: The cursor for `after`; None on the last page.
    """

    items: tuple[HistoryEntry, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[HistoryEntry]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@check_arguments()
class History:
    """The history of the contacts that one actor sees, and of their records; `session.history` is this service.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
    >>> with workspace.write(amelie) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    >>> with workspace.write(amelie) as session:
    ...     renamed = session.contacts.save(attrs.evolve(client, division="North"))
    >>> with workspace.read(amelie) as session:
    ...     for entry in session.history.of(client):
    ...         for change in entry.changes:
    ...             print(entry.by, change.what, change.name, [(f.field, f.before, f.after) for f in change.fields])
    amelie change Bois & Fils, North [('division', '', 'North')]
    amelie add Bois & Fils, North []
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._acts = HistoryRepository(transaction)

    def of(self, record: HistoricRecord, *, limit: int = 50, after: str | None = None) -> HistoryPage:
        """The history of a contact with all that belongs to it, or of one record, the newest act first.

        An act contains only the changes that belong to the record, and of these only the ones that the actor may see.

        Args:
            record: A contact, an affiliation, a site, an item, a role for an item, an interaction, or its id. It may
                be in the trash.
            limit: The maximum number of acts, 1 to 1,000; 50 by default.
            after: The cursor `HistoryPage.next` of the preceding page; None, the default, for the first page.

        Returns:
            The `HistoryPage`: its entries in `items`, and the cursor `next`, which is None at the end.

        Raises:
            NotFound: The record does not exist, or the actor may not see it.
            Forbidden: `staff-only` for a portal user.
            Invalid: `limit-out-of-range`, `cursor-unreadable`, `cursor-outdated`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.read(amelie) as session:
        ...     (entry,) = session.history.of(client)
        ...     entry.by, entry.cause, entry.changes[0].what
        ('amelie', 'hand', 'add')
        """
        check_staff(self._transaction.actor)
        if not 1 <= limit <= LARGEST_PAGE:
            message = f"Ask for 1 to {LARGEST_PAGE:,} at a time."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit)
        id, viewer = id_of(record), Viewer(self._transaction)
        kind = self._kind_of(id)
        if kind and not viewer.sees_record(kind, id):
            raise NotFound("record", id)
        terms = (f"under:{id}",) if kind == "contact" else (f"of:{id}",)
        found: list[HistoryEntry] = []
        for acts in self._batches(terms, id, limit, after):
            found += viewer.entries(acts)
            if len(found) > limit:
                break
        if not kind and not found and after is None:
            # Nothing is left of the record, and no act that the actor sees.
            raise NotFound("record", id)
        shown = tuple(found[:limit])
        last = shown[-1] if len(found) > limit else None
        return HistoryPage(shown, None if last is None else cursor_of("time", timestamp(last.at), last.id))

    def as_of(self, contact: str | Contact, moment: datetime | str) -> ContactState:
        """A contact as it was at a time, with the people, sites, items, roles and interactions that it had then.

        Of what belonged to it, the actor gets what the actor may see today. Values are those of that time: a type that
        was removed since is still named.

        Args:
            contact: The contact, or its id. It may be in the trash today.
            moment: A time with its time zone, or its text in ISO 8601.

        Raises:
            NotFound: There is no such contact, or the actor may not see it.
            Forbidden: `staff-only` for a portal user.
            Invalid: `time-syntax`, `time-without-zone`; `as-of-future`; `as-of-before` if the contact was not there
                yet; `as-of-deleted` if it was in the trash; `history-begins-later` if older acts were trimmed.

        >>> from contactcore import Company, Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(client, Person("Jane", "Doe"), position="CFO")
        >>> with workspace.write(amelie) as session:
        ...     session.people.remove(jane)
        >>> with workspace.read(amelie) as session:
        ...     was = session.history.as_of(client, client.changed_at)
        ...     [(one.person.display_name, one.position) for one in was.people], session.people.list(client)
        ([('Jane Doe', 'CFO')], ())
        """
        check_staff(self._transaction.actor)
        id, viewer = id_of(contact), Viewer(self._transaction)
        (stored,) = self._transaction.reader.get("contact", [id])
        if stored is None or not viewer.sees_record("contact", id):
            raise NotFound("contact", id)
        when = EarlierStates(self._transaction).moment(moment, "moment")
        return contact_state(self._transaction, viewer, stored, when)

    def _batches(
        self, terms: tuple[str, ...], id: str, limit: int, after: str | None
    ) -> Iterator[list[tuple[Act, list[Change]]]]:
        """The acts with their changes that concern a record, some at once; the parts of an act are joined."""
        batch: list[tuple[Act, list[Change]]] = []
        for part in self._acts.acts(*terms, after=after, limit=min(limit + 1, LARGEST_PAGE)):
            changes = [change for change in part.changes if id in {change.id, *change.contacts}]
            if batch and batch[-1][0].act == part.act:
                batch[-1][1][:0] = changes
                continue
            if len(batch) > limit:
                yield batch
                batch = []
            batch.append((part, changes))
        yield batch

    def _kind_of(self, id: str) -> str:
        """The kind of the record with an id; `""` if none is stored."""
        kinds = (entity_type.name for entity_type in _KEPT)
        return next((kind for kind in kinds if self._transaction.reader.get(kind, [id]) != [None]), "")
