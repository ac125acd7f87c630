"""The steps of a merge: many records move in short transactions, and the last transaction merges the contacts (IMP-7).

Interactions and entries of accounts, of which a contact may have very many, move first. Each of them belongs to a
contact that is there all the time. Everything else happens in the last step, at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Conflict, Invalid
from contactcore.mapping.account import ACCOUNT_ENTRIES
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.distinctions import DISTINCTIONS, distinction_key
from contactcore.mapping.entities import OWNED
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.index_keys import term
from contactcore.mapping.interactions import INTERACTIONS, person_scope, scope_term
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.portal import LOGINS
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.submissions import SUBMISSIONS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.model.job import Job
from contactcore.model.redirect import Redirect
from contactcore.model.restoring import altered
from contactcore.rules.access import audience_within, intersection, may_change, portal_access
from contactcore.rules.likeness import compared_fields
from contactcore.rules.merging import joined_affiliation
from contactcore.workspace.kernel.transaction import Transaction, removed_meanwhile
from contactcore.workspace.merging.plan import Order, merged, merged_key, read_contacts, widened
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import MERGE, JobRepository
from contactcore.workspace.repositories.logins import CredentialRepository, LoginRepository, with_next_epoch
from contactcore.workspace.repositories.merges import MergedRecords
from contactcore.workspace.repositories.messages import MessageRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["BATCH", "merge_step"]


BATCH = 500
"""The maximum number of records that move in one transaction before the last one."""

_MANY: tuple[EntityType[Any], ...] = (INTERACTIONS, ACCOUNT_ENTRIES)
"""The types of which a contact may have very many. They have no terms of their contact but its id."""
_APART = frozenset({AFFILIATIONS.name, DISTINCTIONS.name, ITEM_ROLES.name, LOGINS.name, REDIRECTS.name})
"""The types of owned records that do not simply get another owner."""

_NOT_SENT = frozenset({"state:waiting", "state:dead"})

_CHANGED_MEANWHILE = "One of the contacts was changed since the plan was made: plan the merge again."


def merge_step(transaction: Transaction, order: Order, *, widen: bool) -> Job:
    """Begin or go on with a merge, and return its job; with the state `"done"` after the last step.

    Args:
        transaction: The transaction of the actor.
        order: The merge.
        widen: Whether users may see more than before.
    """
    contacts = ContactRepository(transaction)
    found = read_contacts(transaction, order)
    # A contact that was deleted or merged meanwhile has its named answer in the next attempt.
    locked = {one.stored.id: contacts.lock_any(one.stored.id) for one in sorted(found, key=lambda one: one.stored.id)}
    if not all(may_change(transaction.actor, one.access) for one in locked.values()):
        raise removed_meanwhile()
    owners = [locked[one.stored.id] for one in found]
    if tuple(one.entity.version for one in owners) != order.versions:
        changed = next(
            one.entity for one, known in zip(owners, order.versions, strict=True) if one.entity.version != known
        )
        raise Conflict(None, changed, _CHANGED_MEANWHILE)
    result, _ = merged(transaction, order, owners)
    if not widen and widened(transaction, owners):
        message = "More users would see some records than now: look at plan.widened, and give widen=True."
        raise Invalid("merge-widens", message, path="widen", value=False)
    jobs = JobRepository(transaction)
    job = jobs.begin(MERGE, "\n".join((order.winner_id, *sorted(order.loser_ids))))
    transaction.cause = (MERGE, job.id)
    records = MergedRecords(transaction)
    if _move_many(transaction, order):
        job = jobs.add_parts(job, records.entries())
        return jobs.save(job)
    last = _LastStep(transaction, order, owners, job, records)
    last.run(result)
    first = job.parts
    job = jobs.add_parts(job, [*records.entries(), *last.logins(), *last.purposes()])
    counts = {"first": first, "losers": len(order.loser_ids)}
    return jobs.save(attrs.evolve(job, state="done", counts=counts, cursor=order.winner_id))


def _move_many(transaction: Transaction, order: Order) -> bool:
    """Move a batch of records, and return whether more of them may be left."""
    left = BATCH
    for entity_type in _MANY:
        repository: Repository[Any] = Repository(transaction, entity_type)
        moved = list(islice(repository.owned_by(*order.loser_ids), left))
        for one in moved:
            repository.put(altered(one.entity, {"contact_id": order.winner_id}), one.stored, event="")
        left -= len(moved)
        if not left:
            return True
    return False


class _LastStep:
    """The last step of a merge, in one transaction."""

    def __init__(
        self,
        transaction: Transaction,
        order: Order,
        owners: Sequence[Loaded[Person | Company]],
        job: Job,
        records: MergedRecords,
    ) -> None:
        self._transaction = transaction
        self._order = order
        self._owners = owners
        self._job = job
        self._records = records
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self._redirects: list[Redirect] = []
        self._people: dict[str, frozenset[str]] = {}
        """The id of a person who acts for one of the contacts -> the access terms of that person."""
        self._flagged: list[tuple[int, Affiliation]] = []
        """The place of a contact in the merge, and an affiliation of it that has a primary sequence."""
        self._sequences: dict[str, int] = {}
        """The id of an affiliation with another contact -> the primary sequence of the one that became a part of it."""
        self._lost: dict[str, set[str]] = {}
        """The id of a person -> the keys of addresses that the person no longer has."""

    def run(self, result: Person | Company) -> None:
        """Merge the contacts.

        Args:
            result: The prepared contact that the winner becomes.
        """
        clients = self._lock_clients()
        opened = [one for one in self._owners if portal_access(one.entity.id) & one.access]
        distinctions = self._held_distinctions()
        for id in sorted(clients):
            # A flag whose day is over has moved for everybody who looks, and must not come back with another seniority.
            self._affiliations.reassign(id)
        stored = self._contacts.change(result, self._owners[0], notify=False)
        joined = self._join_affiliations()
        for entity_type in OWNED:
            if entity_type.name not in _APART:
                self._move(entity_type)
        self._move_roles()
        self._move_logins(joined)
        self._let_go(stored)
        self._move_distinctions(distinctions, stored)
        self._move_mentions(clients)
        self._move(REDIRECTS)
        self._rename_messages()
        for loser in self._owners[1:]:
            self._remove(loser)
        with_redirects: Repository[Redirect] = Repository(self._transaction, REDIRECTS)
        with_redirects.add_many(self._redirects)
        if len({place for place, _ in self._flagged}) > 1:
            now = [(place, joined.get(one.id, one.id), one) for place, one in self._flagged]
            self._affiliations.merge_flags(self._order.winner_id, now)
        joined_people = self._affiliations.get_many(sorted(self._sequences)).values()
        self._affiliations.move_flags(
            attrs.evolve(one.entity, primary_sequence=self._sequences[one.entity.id]) for one in joined_people
        )
        for id in sorted({self._order.winner_id, *clients} - {*self._order.loser_ids}):
            self._affiliations.reassign(id)
        if opened:
            self._contacts.open_to_portal([self._order.winner_id])
        references = self._transaction.host.references
        if references is not None:
            references.merged(self._transaction.workspace, self._job.id, self._order.winner_id, self._order.loser_ids)

    def _lock_clients(self) -> set[str]:
        """Lock the contacts for which the merged people act, because their primary flags may move."""
        found = {one.entity.contact_id for one in self._affiliations.owned_by(*self._order.ids)}
        for id in sorted(found - {*self._order.ids}):
            self._contacts.lock_any(id)
        return found

    def _all(self, entity_type: EntityType[Any], ids: Sequence[str]) -> Iterator[Loaded[Any]]:
        """The records of contacts, those in the trash last."""
        repository: Repository[Any] = Repository(self._transaction, entity_type)
        yield from list(repository.owned_by(*ids))
        if entity_type.follows_owner:
            yield from list(repository.owned_by(*ids, trashed=True))

    def _with_owners(self, entity_type: EntityType[Any], entity: Any) -> Any:
        """An entity with the winner in the place of each loser among its owners."""
        names = [f"{reference}_id" for reference in entity_type.owners]
        ids = merged_key(self._order, *entity_type.owner_ids(entity))
        return altered(entity, dict(zip(names, ids, strict=True)))

    def _move(self, entity_type: EntityType[Any]) -> None:
        repository: Repository[Any] = Repository(self._transaction, entity_type)
        own = (
            any(True for _ in repository.find(frozenset({f"self:{self._order.winner_id}"})))
            if _is(entity_type, ITEMS)
            else False
        )
        for one in self._all(entity_type, self._order.loser_ids):
            entity = self._with_owners(entity_type, one.entity)
            if _is(entity_type, ITEMS) and entity.of_themself and trashed_of(one.stored) is None:
                # A contact has one item that stands for itself.
                entity = altered(entity, {"of_themself": not own})
                own = True
            if _is(entity_type, SUBMISSIONS):
                # The former values are those of the loser, and the versions of two contacts say nothing of each other.
                entity = altered(entity, {"contact_version": 0})
            repository.put(entity, one.stored, trashed=trashed_of(one.stored), event="")

    # Affiliations

    def _join_affiliations(self) -> dict[str, str]:
        """Move affiliations; those of one person with one contact become one.

        Returns:
            The id of each affiliation that is gone -> the id of the one that it became a part of.
        """
        order, joined = self._order, dict[str, str]()
        live: dict[tuple[str, ...], list[Loaded[Affiliation]]] = {}
        for one in self._all(AFFILIATIONS, order.ids):
            key = merged_key(order, one.entity.contact_id, one.entity.person_id)
            if trashed_of(one.stored) is not None:
                if key[0] == key[1]:
                    self._records.remove(self._affiliations, one)
                elif key != (one.entity.contact_id, one.entity.person_id):
                    moved = self._with_owners(AFFILIATIONS, one.entity)
                    self._affiliations.put(moved, one.stored, trashed=trashed_of(one.stored), event="")
            elif key[0] == key[1]:
                # A person who acts for one of the others would act for themself.
                self._records.remove(self._affiliations, one)
            else:
                live.setdefault(key, []).append(one)
        purposes = self._holders(live)
        for same in live.values():
            self._note_flags(same)
            same.sort(key=lambda one: (self._is_moved(one.entity), one.entity.seniority))
            first, *rest = same
            for one in rest:
                joined[one.entity.id] = first.entity.id
                self._records.remove(self._affiliations, one)
                self._redirect(AFFILIATIONS.name, one.entity.id, first.entity.id)
            entity = self._joined([self._without_lost_purposes(one, purposes) for one in same])
            entity = self._with_owners(AFFILIATIONS, entity)
            self._note_lost(same, entity)
            # The flag moves apart from the other values, so that a hidden one shows in no version.
            sequence, flags = entity.primary_sequence, (first.entity.primary, first.entity.primary_sequence)
            entity = altered(entity, dict(zip(("primary", "primary_sequence"), flags, strict=True)))
            if sequence != entity.primary_sequence and entity.contact_id != order.winner_id:
                self._sequences[entity.id] = sequence
            if entity != first.entity:
                self._affiliations.put(entity, first.stored, event="")
        return joined

    def _note_lost(self, same: Sequence[Loaded[Affiliation]], joined: Affiliation) -> None:
        """Note the work addresses that affiliations had and the one that they became does not have."""
        had = {one.entity.email.key for one in same if one.entity.email is not None}
        kept = set() if joined.email is None else {joined.email.key}
        if had - kept:
            self._lost.setdefault(joined.person_id, set()).update(had - kept)

    def _joined(self, same: Sequence[Affiliation]) -> Affiliation:
        if len(same) == 1:
            return same[0]
        transaction = self._transaction
        return joined_affiliation(
            same,
            transaction.today,
            transaction.settings.default_permissions,
            strict=self._order.rights == "strict",
        )

    def _is_moved(self, one: Affiliation) -> bool:
        return one.contact_id in self._order.loser_ids or one.person_id in self._order.loser_ids

    def _note_flags(self, same: Sequence[Loaded[Affiliation]]) -> None:
        for one in (each.entity for each in same):
            if one.primary_sequence and one.contact_id in self._order.ids:
                self._flagged.append((self._order.ids.index(one.contact_id), one))

    def _holders(
        self, live: Mapping[tuple[str, ...], Sequence[Loaded[Affiliation]]]
    ) -> Mapping[str, Sequence[Loaded[Affiliation]]]:
        """Purpose -> the affiliations of the merged contacts that were chosen for it and are current."""
        found: dict[str, list[Loaded[Affiliation]]] = {}
        for one in (one for same in live.values() for one in same):
            if one.entity.contact_id in self._order.ids and one.entity.is_current(self._transaction.today):
                for purpose in one.entity.purposes:
                    found.setdefault(purpose, []).append(one)
        return found

    def _without_lost_purposes(
        self, one: Loaded[Affiliation], holders: Mapping[str, Sequence[Loaded[Affiliation]]]
    ) -> Affiliation:
        """An affiliation without the purposes that another one keeps.

        The first contact of the merge with a person for a purpose has that one, for everybody who sees them.
        """
        entity, ids = one.entity, self._order.ids
        if entity.contact_id not in ids:
            return entity
        place = ids.index(entity.contact_id)
        lost = {
            purpose
            for purpose in entity.purposes
            for other in holders.get(purpose, ())
            if ids.index(other.entity.contact_id) < place
            and audience_within(self._access_after(entity), self._access_after(other.entity))
        }
        purposes = tuple(purpose for purpose in entity.purposes if purpose not in lost)
        return altered(entity, {"purposes": purposes})

    def _access_after(self, one: Affiliation) -> frozenset[str]:
        """The access terms of an affiliation of one of the merged contacts when it belongs to the winner."""
        if one.person_id not in self._people:
            self._people[one.person_id] = self._contacts.load_any(one.person_id).access
        return intersection(self._owners[0].access, self._people[one.person_id])

    # Everything else

    def _move_roles(self) -> None:
        """Move the roles for items; two roles of one kind for one item become one."""
        repository: Repository[Any] = Repository(self._transaction, ITEM_ROLES)
        known = {
            (one.entity.item_id, one.entity.role): one
            for one in repository.find(frozenset({f"holder:{self._order.winner_id}"}))
        }
        for one in self._all(ITEM_ROLES, self._order.loser_ids):
            trashed = trashed_of(one.stored)
            entity = self._with_owners(ITEM_ROLES, one.entity)
            key = (entity.item_id, entity.role)
            holds = entity.holder_id == self._order.winner_id and trashed is None
            if holds and key in known and known[key].stored.id != one.stored.id:
                self._records.remove(repository, one)
                continue
            if holds:
                known[key] = one
            (current,) = repository.stored([one.stored.id])
            if current is not None and entity != one.entity:
                repository.put(entity, current, trashed=trashed, event="")

    def _move_logins(self, joined: dict[str, str]) -> None:
        """Move the logins of the losers, and let logins open the affiliations that took the place of others."""
        transaction = self._transaction
        logins: Repository[Any] = Repository(transaction, LOGINS)
        credentials = CredentialRepository(transaction)
        renamed = {**joined, **dict.fromkeys(self._order.loser_ids, self._order.winner_id)}
        people = {*self._order.ids} | {
            one.entity.person_id for one in self._affiliations.get_many(joined.values()).values()
        }
        for one in list(logins.owned_by(*people)):
            if one.entity.person_id in self._order.loser_ids:
                moved = with_next_epoch(one.entity, person_id=self._order.winner_id)
                logins.put(moved, one.stored, event="moved")
            credential = credentials.read(one.entity.id)
            if credential is None:
                continue
            opened = tuple(dict.fromkeys(renamed.get(id, id) for id in credential.opened))
            follows = renamed.get(credential.follows, credential.follows)
            if (opened, follows) != (credential.opened, credential.follows):
                locked = credentials.lock_any(one.entity.id)
                credentials.put(attrs.evolve(locked.entity, opened=opened, follows=follows), locked.stored, event="")

    def _let_go(self, winner: Person | Company) -> None:
        """Let no link reach an address that a login had and its person has no more (POR-9).

        The name of the login stays, so that the undo finds it free. Until somebody corrects it, no link is made for it.
        """
        transaction, lost = self._transaction, dict(self._lost)
        if isinstance(winner, Person):
            had = {email.key for one in self._owners for email in one.entity.emails}
            lost[winner.id] = lost.get(winner.id, set()) | had
        people = {id: one.entity for id, one in self._contacts.get_many(sorted(lost)).items()}
        logins = LoginRepository(transaction)
        for login in list(logins.of_people(sorted(people))):
            has = {email.key for email in people[login.person_id].emails}
            if login.has_password or login.email.key not in lost[login.person_id] - has:
                continue
            logins.withdraw_links(login.person_id)
            locked = logins.credentials.lock_any(login.id)
            kept = attrs.evolve(locked.entity, follows=login.person_id, token_hash="", token_expires="", mailed="")
            logins.credentials.put(kept, locked.stored, event="")

    def logins(self) -> Iterator[tuple[str, Any]]:
        """The entries of the job that say in which epoch the login of the winner is; its undo compares it."""
        if isinstance(self._owners[0].entity, Person):
            for login in LoginRepository(self._transaction).of_people([self._order.winner_id]):
                yield "logins", [login.id, login.epoch]

    def purposes(self) -> Iterator[tuple[str, Any]]:
        """The entries of the job that say which purposes affiliations took over; its undo sees which moved since."""
        places = {one.to_id for one in self._redirects if one.kind == AFFILIATIONS.name}
        for id, one in self._affiliations.get_many(sorted(places)).items():
            if one.entity.purposes:
                yield "purposes", [id, [*one.entity.purposes]]

    def _held_distinctions(self) -> set[str]:
        """The ids of the distinctions of these contacts that hold until now."""
        repository: Repository[Any] = Repository(self._transaction, DISTINCTIONS)
        found = [one.entity for one in repository.owned_by(*self._order.ids)]
        ids = {id for one in found for id in (one.contact_id, one.other_id)}
        contacts = self._contacts.get_many(sorted(ids))
        digests = {id: compared_fields(one.entity).digest for id, one in contacts.items()}
        return {one.id for one in found if one.holds(digests)}

    def _move_distinctions(self, held: set[str], winner: Person | Company) -> None:
        """Move the declarations that a contact is different from others; those that held hold for the result."""
        repository: Repository[Any] = Repository(self._transaction, DISTINCTIONS)
        known: set[str] = set()
        digest = compared_fields(winner).digest
        everything = list(self._all(DISTINCTIONS, self._order.ids))
        everything.sort(key=lambda one: self._order.winner_id not in (one.entity.contact_id, one.entity.other_id))
        for one in everything:
            entity, trashed = one.entity, trashed_of(one.stored)
            first, second = merged_key(self._order, entity.contact_id, entity.other_id)
            key = distinction_key(first, second)
            if first == second or key in known:
                self._records.remove(repository, one)
                continue
            known.add(key)
            digests = {entity.contact_id: entity.digest, entity.other_id: entity.other_digest}
            merged_digests = {new: digests[old] for new, old in zip((first, second), digests, strict=True)}
            if entity.id in held:
                merged_digests[winner.id] = digest
            contact_id, other_id = sorted((first, second))
            values = {
                "contact_id": contact_id,
                "other_id": other_id,
                "digest": merged_digests[contact_id],
                "other_digest": merged_digests[other_id],
            }
            moved = altered(entity, values)
            if moved != entity:
                repository.put(moved, one.stored, trashed=trashed, event="")

    def _move_mentions(self, clients: set[str]) -> None:
        """Name the winner in the interactions of the contacts for which the losers act.

        Interactions of other contacts that name a loser are shown with the winner.
        """
        repository: Repository[Any] = Repository(self._transaction, INTERACTIONS)
        if not isinstance(self._owners[0].entity, Person):
            return
        for client in sorted({*clients, *self._order.ids}):
            for loser in self._order.loser_ids:
                scope = scope_term("person", person_scope(client, loser))
                for one in list(repository.find(frozenset({scope}))):
                    named = altered(one.entity, {"person_id": self._order.winner_id})
                    repository.put(named, one.stored, event="")

    def _rename_messages(self) -> None:
        """Let messages be about the winner; they are judged again when they are sent.

        Dead messages too: a user may send them again, and a restoration those that were withdrawn. Messages that were
        sent are left, because there may be very many, and nothing judges them any more.
        """
        messages = MessageRepository(self._transaction)
        terms = frozenset(term("about", id) for id in self._order.loser_ids)
        renamed = dict.fromkeys(self._order.loser_ids, self._order.winner_id)
        renamed |= {one.old_id: one.to_id for one in self._redirects}
        for one in list(messages.find(terms, _NOT_SENT)):
            about = tuple(dict.fromkeys(renamed.get(id, id) for id in one.entity.about))
            grounds = one.entity.grounds
            if grounds is not None:
                names = ("contact_id", "person_id", "affiliation_id", "holder_id")
                ids = {name: renamed.get(id, id) for name in names if (id := getattr(grounds, name))}
                grounds = attrs.evolve(grounds, **ids)
            messages.put(altered(one.entity, {"about": about, "grounds": grounds}), one.stored, event="")

    def _remove(self, loser: Loaded[Person | Company]) -> None:
        (stored,) = self._contacts.stored([loser.entity.id])
        assert stored is not None
        self._records.remove(self._contacts, self._contacts.loaded(stored))
        self._redirect("contact", loser.entity.id, self._order.winner_id)

    def _redirect(self, kind: str, old_id: str, to_id: str) -> None:
        owner = self._order.winner_id
        if kind == AFFILIATIONS.name:
            (stored,) = self._affiliations.stored([to_id])
            assert stored is not None
            owner = merged_key(self._order, self._affiliations.loaded(stored).entity.contact_id)[0]
        self._transaction.publish(f"{kind}.merged", old_id, into=to_id, merge=self._job.id)
        self._redirects.append(
            Redirect(version=1, kind=kind, old_id=old_id, to_id=to_id, contact_id=owner, merge_id=self._job.id)
        )


def _is(one: EntityType[Any], other: EntityType[Any]) -> bool:
    return one.name == other.name
