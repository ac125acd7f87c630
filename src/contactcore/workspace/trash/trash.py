"""The trash: what was deleted, with everything under it, until it is restored whole or purged (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from contactcore.errors import Forbidden, NotFound
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_of, affiliation_record
from contactcore.mapping.contacts import contact_of, record_of
from contactcore.mapping.trash import ROOTS, Trashed, trashed_of
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.rules.access import audience_within, intersection, may_change, may_see, read_terms, trash_access
from contactcore.rules.primary import enforce
from contactcore.storage import SYSTEM, Query, Stored, cursor_of
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories import affiliations
from contactcore.workspace.repositories.logins import forget_logins

__all__ = ["Trash", "TrashCard", "discard", "discard_each"]


@attrs.frozen
class TrashCard:
    """A deleted contact, as the trash lists it.

    Attributes:
        id: Of the contact; restore and purge take it.
        kind: `"person"` or `"company"`.
        name: As it was shown.
        deleted: When, ISO 8601 in UTC.
        by: The user who deleted it.
        root: The id of the contact with which it was deleted; its own id when it was the one.
    """

    id: str
    kind: str
    name: str
    deleted: str
    by: str
    root: str


def discard(transaction: Transaction, contact: Person | Company, stored: Stored, successors: Mapping[str, str]) -> None:
    """Move a contact, its affiliations and its mere contact persons to the trash; the contact is held already.

    Args:
        transaction: Of the actor who deletes.
        contact: The contact.
        stored: Its record.
        successors: Id of a contact -> id of the affiliation that becomes its primary one.

    Raises:
        Invalid: `primary-unknown`, `primary-not-current` for a successor; nothing was written then.
    """
    ended = _affiliations_of(transaction, contact)
    doomed: dict[str, Person | Company] = {contact.id: contact}
    for follower in _taken_along(transaction, contact, stored, ended):
        doomed[follower.id] = follower
        ended |= _affiliations_of(transaction, follower)
    bereaved = sorted({one.contact_id for one, _ in ended.values()} - set(doomed))
    for client_id in bereaved:
        with transaction.refusals(contact):
            transaction.writer.lock("contact", client_id)
    chosen = _chosen_successors(transaction, bereaved, ended, successors)
    _move(transaction, doomed, dict.fromkeys(doomed, contact.id), ended)
    for client_id in bereaved:
        _pass_on(transaction, client_id, chosen.get(client_id))


def discard_each(transaction: Transaction, contacts: Sequence[Person | Company]) -> None:
    """Move contacts to the trash, each of its own, so that each can be restored of its own.

    Args:
        transaction: Of the actor who deletes.
        contacts: Held already. Nobody acts for them but who goes too or is listed: nobody is taken along.
    """
    doomed = {contact.id: contact for contact in contacts}
    ended = {one.id: (one, stored) for one, stored in affiliations.of_any(transaction, doomed)}
    bereaved: dict[str, bool] = {}
    for one, _ in ended.values():
        if one.contact_id not in doomed:
            bereaved[one.contact_id] = bereaved.get(one.contact_id, False) or one.primary or one.primary_sequence != 0
    for client_id in sorted(bereaved):
        with transaction.refusals(None):
            transaction.writer.lock("contact", client_id)
    _move(transaction, doomed, {id: id for id in doomed}, ended)
    for client_id in sorted(bereaved):
        # Who never had the mark leaves no gap, and the others need not be read: a company may have very many people.
        if bereaved[client_id]:
            _pass_on(transaction, client_id)


def _move(
    transaction: Transaction,
    doomed: Mapping[str, Person | Company],
    roots: Mapping[str, str],
    ended: Mapping[str, tuple[Affiliation, Stored]],
) -> None:
    """Put contacts and affiliations into the trash.

    Args:
        transaction: Of the actor who deletes.
        doomed: Contacts by id.
        roots: Id of each of them -> id of the one with which it was deleted.
        ended: Affiliations by id; at least one end of each goes too.
    """
    moment = Trashed(timestamp(transaction.now), transaction.actor.name, "", ())
    ends = transaction.contacts(id for one, _ in ended.values() for id in (one.contact_id, one.person_id))
    for one, kept in ended.values():
        (client, _), (person, _) = ends[one.contact_id], ends[one.person_id]
        root = roots.get(one.person_id) or roots[one.contact_id]
        trashed = attrs.evolve(moment, root=root, access=tuple(sorted(kept.access)))
        _store_affiliation(transaction, one, client, person, kept.access, trashed)
    stored_now = transaction.contacts(doomed)
    for id, each in doomed.items():
        access_now = stored_now[id][1].access
        trashed = attrs.evolve(moment, root=roots[id], access=tuple(sorted(access_now)))
        ready = attrs.evolve(each, version=each.version + 1)
        record = record_of(ready, transaction.index_context, access_now, trashed=trashed)
        with transaction.refusals(each):
            transaction.writer.replace(record, each.version)
        transaction.publish("contact.deleted", id, root=roots[id])


def _pass_on(transaction: Transaction, client_id: str, chosen: str | None = None) -> None:
    """Let the rule say who is primary among those who stay (PER-3)."""
    rest = affiliations.all_of(transaction, client_id)
    access = {one.id: kept.access for one, kept in rest}
    affiliations.reassign(transaction, [one for one, _ in rest], chosen, access)


def _affiliations_of(transaction: Transaction, contact: Person | Company) -> dict[str, tuple[Affiliation, Stored]]:
    found = affiliations.all_of(transaction, contact.id)
    if isinstance(contact, Person):
        found += affiliations.of_person(transaction, contact.id)
    return {one.id: (one, stored) for one, stored in found}


def _taken_along(
    transaction: Transaction,
    contact: Person | Company,
    stored: Stored,
    ended: Mapping[str, tuple[Affiliation, Stored]],
) -> Iterator[Person]:
    """The mere contact persons of a contact whom nothing else holds.

    What the actor cannot see does not hold them: that they stayed would tell of it (ACC-3). Nobody is deprived by
    that, since only those are taken along whom nobody sees who could not see the contact in the trash, and restore it.
    """
    actor = transaction.actor
    for id in [one.person_id for one, _ in ended.values() if one.contact_id == contact.id]:
        with transaction.refusals(contact):
            transaction.writer.lock("contact", id)
        person, kept = transaction.contacts([id])[id]
        if not isinstance(person, Person) or person.listed or not may_change(actor, kept.access):
            continue
        others = [one for one in _affiliations_of(transaction, person).values() if one[0].id not in ended]
        if audience_within(kept.access, stored.access) and not any(may_see(actor, each.access) for _, each in others):
            yield person


def _chosen_successors(
    transaction: Transaction,
    bereaved: Iterable[str],
    ended: Mapping[str, object],
    successors: Mapping[str, str],
) -> dict[str, str]:
    """The successors by contact, once it is sure that each can be appointed."""
    seen = {}
    for client_id in bereaved:
        rest = affiliations.all_of(transaction, client_id)
        seen[client_id] = [one for one, kept in rest if one.id not in ended and may_see(transaction.actor, kept.access)]
    for client_id, id in successors.items():
        enforce(seen.get(client_id, ()), transaction.today, id)
    return dict(successors)


def _store_affiliation(
    transaction: Transaction,
    affiliation: Affiliation,
    client: Contact,
    person: Contact,
    access: frozenset[str],
    trashed: Trashed | None,
) -> Affiliation:
    if not isinstance(person, Person):
        raise TypeError(f"the affiliation {affiliation.id} names a company as its person")
    revision = (affiliation.revision or affiliation.version) + 1
    ready = attrs.evolve(affiliation, version=affiliation.version + 1, revision=revision)
    record = affiliation_record(ready, client, person, transaction.index_context, access, trashed=trashed)
    with transaction.refusals(affiliation):
        transaction.writer.replace(record, affiliation.version)
    return ready


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
        for stored in self._transaction.reader.get("contact", [card.id for card in found.cards]):
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
        with transaction.refusals(contact):
            transaction.writer.lock("contact", root.id)
        for stored in list(self._with(root.id, "contact")):
            kept = trashed_of(stored)
            access = frozenset(kept.access if kept else ())
            each = contact_of(stored, transaction.index_context)
            ready = attrs.evolve(each, version=each.version + 1)
            with transaction.refusals(each):
                transaction.writer.replace(record_of(ready, transaction.index_context, access), each.version)
            transaction.publish("contact.restored", ready.id, root=root.id)
        settled: dict[str, bool] = {}
        for stored in list(self._with(root.id, "affiliation")):
            self._rejoin(stored, settled)
        for client_id in sorted(settled):
            with transaction.refusals(contact):
                transaction.writer.lock("contact", client_id)
            _pass_on(transaction, client_id)
        return transaction.contact(root.id)[0]

    def purge(self, contact: str | Contact | TrashCard) -> None:
        """Remove a deleted contact for good, with all that went to the trash with it; for admins.

        Raises:
            NotFound: it is not in the trash.
            Forbidden: `admin-only`.
        """
        transaction = self._transaction
        transaction.check_admin("purge the trash")
        root, _ = self._root(contact)
        doomed = list(self._with(root.id, "contact"))
        joined = {stored.id: stored for stored in self._with(root.id, "affiliation")}
        for each in doomed:
            for end in ("contact", "person"):
                joined |= {stored.id: stored for stored in self._walk("affiliation", f"was:{end}:{each.id}")}
        for each in doomed:
            forget_logins(transaction, each.id)
        for stored in (*joined.values(), *doomed):
            with transaction.refusals(contact):
                transaction.writer.delete(stored.kind, stored.id, stored.version)
        for stored in doomed:
            transaction.publish("contact.purged", stored.id, root=root.id)

    def _rejoin(self, stored: Stored, settled: dict[str, bool]) -> None:
        """Bring one affiliation back, or leave it to the end that is still in the trash.

        Args:
            stored: The affiliation.
            settled: Id of a contact -> whether it had contact persons already: a successor keeps the mark then.
        """
        transaction = self._transaction
        affiliation = affiliation_of(stored)
        ends = transaction.contacts((affiliation.contact_id, affiliation.person_id))
        missing = [id for id in (affiliation.contact_id, affiliation.person_id) if id not in ends]
        if missing:
            self._wait_for(stored, affiliation, missing[0])
            return
        (client, client_stored), (person, person_stored) = ends[affiliation.contact_id], ends[affiliation.person_id]
        access = intersection(client_stored.access, person_stored.access)
        if client.id not in settled:
            settled[client.id] = bool(affiliations.all_of(transaction, client.id))
        kept = attrs.evolve(affiliation, primary=False, primary_sequence=0) if settled[client.id] else affiliation
        _store_affiliation(transaction, kept, client, person, access, None)

    def _wait_for(self, stored: Stored, affiliation: Affiliation, missing: str) -> None:
        transaction = self._transaction
        (end,) = transaction.reader.get("contact", [missing])
        kept, trashed = trashed_of(stored), None if end is None else trashed_of(end)
        if kept is None or trashed is None:
            return
        ids = (affiliation.contact_id, affiliation.person_id)
        found = transaction.reader.get("contact", ids)
        client, person = (contact_of(each, transaction.index_context) for each in found if each is not None)
        _store_affiliation(
            transaction, affiliation, client, person, frozenset(kept.access), attrs.evolve(kept, root=trashed.root)
        )

    def _root(self, contact: object) -> tuple[Stored, Trashed]:
        id = id_of(contact)
        (stored,) = self._transaction.reader.get("contact", [id])
        trashed = None if stored is None else trashed_of(stored)
        if stored is None or trashed is None or trashed.root != id or not (self._read_terms() & stored.access):
            raise NotFound("deleted contact", id)
        return stored, trashed

    def _with(self, root: str, kind: str) -> Iterator[Stored]:
        return self._walk(kind, f"trash:{root}")

    def _walk(self, kind: str, wanted: str) -> Iterator[Stored]:
        query = Query(kind=kind, order="trash", access=SYSTEM, where=(frozenset({wanted}),))
        return self._transaction.every(query)

    def _read_terms(self) -> frozenset[str]:
        return trash_access(read_terms(self._transaction.actor))
