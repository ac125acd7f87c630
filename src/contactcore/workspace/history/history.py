"""The service of the history: who changed which record, when, and from what to what (DIR-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from contactcore.errors import Invalid, NotFound
from contactcore.frozen import frozen
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Contact, Interaction, Item, ItemRole, Site
from contactcore.model.act import Act, Change
from contactcore.model.history import HistoryEntry
from contactcore.rules.access import check_staff
from contactcore.storage import LARGEST_PAGE, cursor_of
from contactcore.values.moment import timestamp
from contactcore.workspace.history.restoring import restore_state
from contactcore.workspace.history.shown import Viewer, entry_of
from contactcore.workspace.history.undo import undo
from contactcore.workspace.history.whole import ContactState, contact_state
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.earlier import EarlierStates
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.redirects import absorbed_by, redirected

__all__ = ["History", "HistoryPage"]

_KEPT = tuple(entity_type for entity_type in ENTITIES if entity_type.kept_in_history)
"""The types of the entities whose changes the history has."""

HistoricRecord = str | Contact | Affiliation | Site | Item | ItemRole | Interaction


@frozen
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

    >>> import attrs
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
        The act of the present session appears when the session has ended.

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
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
        id, viewer = id_of(record), Viewer(self._transaction)
        kind = self._kind_of(id)
        if not kind:
            for name in ("contact", "affiliation"):
                for one in redirected(self._transaction, name, [id]).values():
                    id, kind = one.id, name
        if kind and not viewer.sees_record(kind, id):
            raise NotFound("record", id)
        ids = {id, *(absorbed_by(self._transaction, id, trashed=True) if kind == "contact" else ())}
        terms = tuple(f"under:{one}" for one in sorted(ids)) if kind == "contact" else (f"of:{id}",)
        found: list[HistoryEntry] = []
        for acts in self._batches(terms, ids, limit, after):
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
            contact: The contact, or its id. It may be in the trash today. The id of a contact that was merged into
                another one leads to that one.
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
        if stored is None and (merged := redirected(self._transaction, "contact", [id])):
            stored = merged[id]
            id = stored.id
        if stored is None or not viewer.sees_record("contact", id):
            raise NotFound("contact", id)
        when = EarlierStates(self._transaction).moment(moment, "moment")
        return contact_state(self._transaction, viewer, stored, when)

    def restore(
        self,
        record: Annotated[HistoricRecord, AS_STORED],
        *,
        as_of: datetime | str | None = None,
        version: int | None = None,
    ) -> Any:
        """Store an earlier state of a record again, as a new change by the rules of every other change.

        All values of that state come back, also who may see a contact. The primary flag, the purposes and the records
        that belong to a contact stay as they are. So do the responsible users of a contact that was handed over since
        (ACC-5), because the former ones may have left. Who took over comes in the place of a user who left since.

        Args:
            record: A contact, an affiliation, a site, an item, a role for an item, an interaction, or its id.
            as_of: The time of the state, with its time zone, or its text in ISO 8601.
            version: The version of the state, as `RecordChange.version` has it. Give a time or a version.

        Returns:
            The stored record, with the next version; the same version if nothing differs.

        Raises:
            NotFound: The record, or a person, a site or an item that the state names, does not exist, or the actor may
                not see it.
            Forbidden: As `save` of the record; `staff-only` for a portal user.
            Invalid: `edit-not-stored` for a changed copy; `restore-when` without a time and a version, or with both;
                `version-unknown`; `record-deleted` for a record in the trash, which `trash.restore` restores; the codes
                of `as_of` for a time; `kind-change`; and the problems of values that are no longer possible, such as
                `type-unknown`.

        >>> import attrs
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.write(amelie) as session:
        ...     wrong = session.contacts.save(attrs.evolve(client, name="Boys & Fils"))
        >>> with workspace.write(amelie) as session:
        ...     restored = session.history.restore(client, version=1)
        ...     restored.name, restored.version
        ('Bois & Fils', 3)
        """
        check_staff(self._transaction.actor)
        self._transaction.require_writing()
        if (as_of is None) == (version is None):
            message = "Give either the time or the version of the state."
            raise Invalid("restore-when", message, path="as_of")
        id, viewer, earlier = id_of(record), Viewer(self._transaction), EarlierStates(self._transaction)
        kind = self._kind_of(id)
        if not kind or not viewer.sees_record(kind, id):
            raise NotFound("record", id)
        (stored,) = self._transaction.reader.get(kind, [id])
        if stored is None or trashed_of(stored) is not None:
            message = "The record is in the trash: restore it with session.trash.restore first."
            raise Invalid("record-deleted", message, path="record", value=id)
        if as_of is not None:
            moment = earlier.moment(as_of)
            state = earlier.at({(kind, id): stored}, moment)[id]
            earlier.check(state, moment, "as_of")
        else:
            found = earlier.of_version(stored, version or 0)
            if found is None or not found.is_present:
                message = "The history has no such version of the record. history.of lists its versions."
                raise Invalid("version-unknown", message, path="version", value=version)
            state = found
        # Several calls of one session may have other causes, and the first one counts.
        if self._transaction.cause[0] == "hand":
            self._transaction.cause = ("restore", id)
        return restore_state(self._transaction, stored, state)

    def undo(self, act: str | HistoryEntry) -> HistoryEntry:
        """Undo one act: change back what it changed, if nothing later depends on it.

        - Fields get their former values. Records that the act added go to the trash, or are removed if they have no
          place there. Records that it deleted are restored, and those that it removed are added again.
        - The undo is an act itself, with the cause `"undo"`, and can be undone.
        - An actor may undo an act if they may change every record that it changed.
        - A user who left since (ACC-5) is responsible for nothing again: who took over is.

        Args:
            act: The entry of the act, or its id.

        Returns:
            The entry of the act that was undone, as the actor sees it.

        Raises:
            NotFound: There is no such act, it was trimmed, or the actor sees nothing of it.
            Forbidden: `undo-read-only`; `access-change` if who sees a contact would change; `blocked-by-host`;
                `read-only-session`; `staff-only` for a portal user.
            Invalid: `merge-act` for an act of a merge, which is undone whole; `already-undone`. One error lists
                everything that stands in the way, with the record, the field and the act that did it in
                `Problem.facts`: `changed-since` for a field that has another value now, a record that was changed
                after the act added it, or an affiliation whose person is a company now; `deleted-since`,
                `restored-since`, `removed-since`; `added-since` for a record that was added under one that the act
                added; `merged-since` if another contact became a part of it; `has-login`; `acts-for-contacts` and
                `contact-restricted` for a person who was a company; `themself-twice` for an item that would stand for
                its contact beside another. The problems of values that are no longer possible, such as
                `type-unknown`, come as from `save`.

        >>> import attrs
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.write(amelie) as session:
        ...     wrong = session.contacts.save(attrs.evolve(client, name="Boys & Fils"))
        >>> with workspace.write(amelie) as session:
        ...     undone = session.history.undo(session.history.of(client).items[0])
        ...     session.contacts.get(client.id).display_name
        'Bois & Fils'
        """
        check_staff(self._transaction.actor)
        self._transaction.require_writing()
        id, viewer = id_of(act), Viewer(self._transaction)
        whole = self._acts.act(id)
        if not viewer.seen(whole.changes):
            raise NotFound("act", id)
        entries = viewer.entries([(whole, whole.changes)])
        if self._acts.is_of_merge(whole):
            message = (
                "The act is part of a merge, or of its undo: workspace.merging(actor) undoes and repeats the whole."
            )
            raise Invalid("merge-act", message, path="act", value=id)
        if self._acts.is_undone(id):
            raise Invalid("already-undone", "This act was undone before.", path="act", value=id)
        undo(self._transaction, viewer, whole)
        self._transaction.undone.append(id)
        self._transaction.cause = ("undo", self._transaction.undone[0])
        return entries[0] if entries else entry_of(whole)

    def _batches(
        self, terms: tuple[str, ...], ids: set[str], limit: int, after: str | None
    ) -> Iterator[list[tuple[Act, list[Change]]]]:
        """The acts with their changes that concern a record, some at once; the parts of an act are joined."""
        batch: list[tuple[Act, list[Change]]] = []
        for part in self._acts.acts(*terms, after=after, limit=min(limit + 1, LARGEST_PAGE)):
            changes = [change for change in part.changes if not ids.isdisjoint({change.id, *change.contacts})]
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
