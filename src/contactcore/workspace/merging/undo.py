"""The undo of a merge: the contacts are as they were before, except for what was added or changed since (IMP-7).

The first step checks everything, and brings the contacts back in one transaction. Interactions and entries of accounts
that moved before the last step of the merge go back afterwards, in short transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.errors import Forbidden, Invalid, NotFound, Problem
from contactcore.mapping import json
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.history import values_of
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.submissions import SUBMISSIONS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Person
from contactcore.model.job import Job
from contactcore.model.restoring import altered
from contactcore.rules.access import handed_over, may_change, may_see
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import MERGE, JobRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.merged_since import MergedSince
from contactcore.workspace.repositories.merges import OWNER_KEYS, MergedRecords
from contactcore.workspace.repositories.redirects import redirects_of
from contactcore.workspace.repositories.repository import Repository

__all__ = ["begin_undo", "undo_step"]

_RUNS_ELSEWHERE = "Another process undoes this merge: wait until it is done."
_MAY_NOT = "You may undo a merge only if you may change all of its contacts."
_SEQUENCE = {entity_type.name: number for number, entity_type in enumerate(ENTITIES)}


def begin_undo(transaction: Transaction, merge_id: str) -> Job:
    """Check an undo, and do its first step.

    Args:
        transaction: The transaction of the actor.
        merge_id: The id of the merge.

    Returns:
        The job of the merge, with the state `"undoing"`, or `"undone"` if nothing is left to do.

    Raises:
        NotFound: There is no such merge that the actor may see.
        Invalid: `already-undone`, `winner-deleted`, `merged-since`, `changed-since`, `deleted-since`,
            `contact-restricted`.
        Forbidden: `undo-read-only`.
    """
    jobs = JobRepository(transaction)
    (stored,) = jobs.stored([merge_id])
    if stored is None or not may_see(transaction.actor, stored.access) or jobs.loaded(stored).entity.name != MERGE:
        raise NotFound("merge", merge_id)
    job = jobs.lock_any(merge_id).entity
    if job.state == "undone":
        raise Invalid("already-undone", "This merge was undone already.", path="merge", value=merge_id)
    transaction.cause = ("undo", job.id)
    if job.state != "done":
        _check_unfinished(transaction, job)
    if job.state == "undoing":
        return job
    if job.state == "running":
        # A merge that was not finished moved only records that go back.
        return jobs.save(attrs.evolve(job, state="undoing", undone={"left": job.parts}))
    _Undo(transaction, job).run()
    left = job.counts["first"]
    return jobs.save(attrs.evolve(job, state="undoing" if left else "undone", undone={"left": left}))


def undo_step(transaction: Transaction, job: Job) -> Job:
    """Move the records of one part of the merge back, and return the job."""
    jobs = JobRepository(transaction)
    jobs.lock_as(job, _RUNS_ELSEWHERE)
    transaction.cause = ("undo", job.id)
    left = job.undone["left"] - 1
    if left >= 0:
        MergedRecords(transaction).change_back(jobs.part(job.id, left).get("changed", ()))
    return jobs.save(attrs.evolve(job, state="undoing" if left > 0 else "undone", undone={"left": max(left, 0)}))


def _check_unfinished(transaction: Transaction, job: Job) -> None:
    """Check that the records which are still with the winner of a killed merge, or undo, can go back.

    If the winner was purged, its records are gone, and nothing stands in the way.

    Raises:
        Invalid: `winner-deleted` if the winner is in the trash, `merged-since`.
        Forbidden: `undo-read-only`.
    """
    winner_id, *loser_ids = job.key.split("\n")
    present = [one for one in ContactRepository(transaction).stored([winner_id, *loser_ids]) if one is not None]
    if not all(may_change(transaction.actor, one.access) for one in present if trashed_of(one) is None):
        raise Forbidden(_MAY_NOT, "undo-read-only")
    (winner,) = ContactRepository(transaction).stored([winner_id])
    if winner is None:
        _check_not_merged(transaction, winner_id)
    else:
        _check_not_in_trash(winner)


def _check_not_merged(transaction: Transaction, winner_id: str) -> None:
    redirect = redirects_of(transaction, CONTACTS.name, [winner_id]).get(winner_id)
    if redirect is not None:
        message = f"The contact that stayed was merged itself: undo the merge {redirect.merge_id} first."
        raise Invalid("merged-since", message, path="merge", value=winner_id)


def _check_not_in_trash(winner: Stored) -> None:
    if trashed_of(winner) is not None:
        message = "The contact that stayed is in the trash: restore it first."
        raise Invalid("winner-deleted", message, path="merge", value=winner.id)


class _Undo:
    """The first step of an undo."""

    def __init__(self, transaction: Transaction, job: Job) -> None:
        self._transaction = transaction
        self._job = job
        self._winner_id = job.cursor
        self._contacts = ContactRepository(transaction)
        self._records = MergedRecords(transaction)
        jobs = JobRepository(transaction)
        parts = [jobs.part(job.id, number) for number in range(job.counts["first"], job.parts)]
        self._changed: list[Mapping[str, Any]] = [one for part in parts for one in part.get("changed", ())]
        self._epochs: dict[str, int] = dict(one for part in parts for one in part.get("logins", ()))
        self._purposes: dict[str, list[str]] = dict(one for part in parts for one in part.get("purposes", ()))
        handed = jobs.handed_over_since(job.started)
        self._removed: list[Mapping[str, Any]] = [
            {**one, "access": _access_today(one["access"], handed)} for part in parts for one in part.get("images", ())
        ]

    def run(self) -> None:
        """Bring the contacts back.

        Raises:
            Invalid, Forbidden: As `begin_undo`.
        """
        losers = [image for image in self._removed if image["kind"] == CONTACTS.name]
        winner = self._winner()
        self._check_rights(winner, losers)
        problems = [*self._obstacles(winner)]
        if problems:
            raise Invalid(problems)
        clients = self._lock_clients()
        had = self._addresses_of([self._winner_id]).get(self._winner_id, frozenset())
        self._removed = [*self._without_moved_purposes()]
        self._remove_redirects()
        for image in losers:
            self._records.add_again(image)
        self._records.change_back([one for one in self._changed if one["kind"] == CONTACTS.name])
        self._contacts.reindex_owned(self._contacts.load_any(self._winner_id).entity, winner)
        self._move_back()
        for id in sorted(clients):
            (stored,) = self._contacts.stored([id])
            if stored is not None and trashed_of(stored) is None:
                AffiliationRepository(self._transaction).reassign(id)
        loser_ids = tuple(image["id"] for image in losers)
        self._separate_logins([self._winner_id, *loser_ids], had)
        for id in loser_ids:
            self._transaction.publish("contact.unmerged", id, winner=self._winner_id, merge=self._job.id)
        references = self._transaction.host.references
        if references is not None:
            references.unmerged(self._transaction.workspace, self._job.id, self._winner_id, loser_ids)

    def _move_back(self) -> None:
        """Change records back, and add those that are gone, each after the records that it refers to."""
        steps = [(one["kind"], 0, one) for one in self._changed if one["kind"] != CONTACTS.name]
        # A record of a contact that is gone stays away. The actor may not know that contact, so nothing is refused.
        gone = {*self._gone()}
        returning = [image for image in self._removed if gone.isdisjoint(_contacts_of(image))]
        steps += [(image["kind"], 1, image) for image in returning if image["kind"] != CONTACTS.name]
        for _, again, one in sorted(steps, key=lambda step: (_SEQUENCE[step[0]], step[1])):
            if again:
                self._records.add_again(one)
            else:
                self._records.change_back([one])
                if one["kind"] == SUBMISSIONS.name:
                    self._forget_decision(one)

    def _without_moved_purposes(self) -> Iterator[Mapping[str, Any]]:
        """The removed records, without the purposes for which somebody chose another person since (PER-3)."""
        places = [image["id"] for image in self._removed if image["kind"] == AFFILIATIONS.name]
        redirects = redirects_of(self._transaction, AFFILIATIONS.name, places)
        joined = AffiliationRepository(self._transaction).get_many({one.to_id for one in redirects.values()})
        for image in self._removed:
            redirect, body = redirects.get(image["id"]), json.load(image["body"].encode())
            if redirect is None or redirect.to_id not in joined or not body.get("purposes"):
                yield image
                continue
            taken_over = self._purposes.get(redirect.to_id, ())
            moved = {*taken_over}.difference(joined[redirect.to_id].entity.purposes)
            body["purposes"] = [one for one in body["purposes"] if one not in moved]
            yield {**image, "body": json.dump(body).decode()}

    def _addresses_of(self, ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """The keys of the addresses of those contacts that are people, at work too, by the id of the person."""
        affiliations = AffiliationRepository(self._transaction)
        found: dict[str, frozenset[str]] = {}
        for id, one in self._contacts.get_many(ids).items():
            if isinstance(one.entity, Person):
                at_work = (each.entity.email for each in affiliations.of_person(id))
                found[id] = frozenset(email.key for email in (*one.entity.emails, *at_work) if email is not None)
        return found

    def _separate_logins(self, ids: Sequence[str], had: frozenset[str]) -> None:
        """Let no login stay at an address that its person had by the merge alone, and that is somebody else's (POR-9).

        Args:
            ids: The ids of the contacts, which are separate again.
            had: The keys of the addresses that the winner had.

        Raises:
            Invalid: `changed-since` for a login that somebody uses at such an address since the merge: with its
                password, the other person would act for the clients of this one.
        """
        addresses = self._addresses_of(ids)
        logins = LoginRepository(self._transaction)
        for login in logins.of_people([*addresses]):
            lost = had - addresses[login.person_id]
            if login.email.key not in lost or self._epochs.get(login.id) == login.epoch:
                continue
            if login.has_password:
                message = "The login of this person got an address of the other one since: call portal.close first."
                raise Invalid("changed-since", message, path="login", value=login.person_id)
            person = self._contacts.load_any(login.person_id).entity
            assert isinstance(person, Person)
            logins.withdraw_links(self._winner_id)
            logins.follow(person, lost=lost)

    def _forget_decision(self, change: Mapping[str, Any]) -> None:
        """Let nobody undo in a loser what a user took over from its submission into the winner."""
        repository: Repository[Any] = Repository(self._transaction, SUBMISSIONS)
        (stored,) = repository.stored([change["id"]])
        if stored is None:
            return
        found = repository.loaded(stored)
        before, _ = change["fields"].get("contact_version", (0, 0))
        if found.entity.contact_id != self._winner_id and found.entity.contact_version != (before or 0):
            put = altered(found.entity, {"contact_version": 0})
            repository.put(put, stored, trashed=trashed_of(stored), event="")

    def _winner(self) -> Stored:
        (stored,) = self._contacts.stored([self._winner_id])
        if stored is None:
            _check_not_merged(self._transaction, self._winner_id)
            message = "The contact that stayed was removed for good: nothing can be taken out of it."
            raise Invalid("winner-deleted", message, path="merge", value=self._winner_id)
        _check_not_in_trash(stored)
        return self._contacts.lock_any(self._winner_id).stored

    def _check_rights(self, winner: Stored, losers: Iterable[Mapping[str, Any]]) -> None:
        actor = self._transaction.actor
        for access in (winner.access, *(frozenset(image["access"]) for image in losers)):
            if not may_change(actor, access):
                raise Forbidden(_MAY_NOT, "undo-read-only")

    def _obstacles(self, winner: Stored) -> Iterator[Problem]:
        """Later changes of the fields that the merge changed, and missing records to which returning records refer."""
        current = self._contacts.loaded(winner).entity
        if current.restricted:
            # The losers would come back without the restriction: users would see them, and letters would go to them.
            message = "The data of the contact that stayed is restricted: call session.privacy.unrestrict first."
            yield Problem("contact-restricted", "merge", message, current.id)
        for one in self._changed:
            if one["kind"] == CONTACTS.name and one["id"] == winner.id:
                yield from self._changed_fields(winner, one["fields"], current.id)
        for stored in filter(None, self._gone().values()):
            trashed = trashed_of(stored)
            if not may_see(self._transaction.actor, frozenset(trashed.access) if trashed else stored.access):
                continue
            if trashed:
                message = "A contact that was joined with these was deleted since: restore it first."
                yield Problem("deleted-since", "merge", message, stored.id)
            else:
                message = "A contact person is a company now: make it a person again, with contacts.convert."
                yield Problem("changed-since", "kind", message, stored.id)

    def _gone(self) -> dict[str, Stored | None]:
        """The contacts that returning records need and that cannot take them.

        They are in the trash, were removed for good (None), or are companies that were contact persons.
        """
        back = {image["id"] for image in self._removed if image["kind"] == CONTACTS.name}
        needed = {id: None for image in self._removed if image["kind"] != CONTACTS.name for id in _contacts_of(image)}
        wanted = [id for id in needed if id not in back]
        found = dict(zip(wanted, self._contacts.stored(wanted), strict=True))
        people = {
            json.load(image["body"].encode())["person_id"]
            for image in self._removed
            if image["kind"] == AFFILIATIONS.name
        }
        return {
            id: one
            for id, one in found.items()
            if one is None
            or trashed_of(one) is not None
            or (id in people and isinstance(self._contacts.loaded(one).entity, Company))
        }

    def _changed_fields(self, winner: Stored, changes: Mapping[str, Sequence[Any]], id: str) -> Iterator[Problem]:
        values = values_of(winner)
        since = MergedSince(self._transaction, [id], self._job.started, without=self._job.id)
        for key, (before, after) in changes.items():
            if values.get(key) == after and since.had(CONTACTS.name, id, key, before, after):
                message = f"Another contact with the same {key} became a part of it since: undo that merge first."
                yield Problem("changed-since", key, message, id)
            elif values.get(key) != after:
                message = f"The field {key} was changed since the merge: change it back, or leave the merge as it is."
                yield Problem("changed-since", key, message, id)

    def _lock_clients(self) -> set[str]:
        """Lock the contacts whose primary flags may move: all that the affiliations of the merge belong to."""
        found = {self._winner_id} | {image["id"] for image in self._removed if image["kind"] == CONTACTS.name}
        for one in self._changed:
            if one["kind"] == AFFILIATIONS.name:
                found |= {*one["fields"].get("contact_id", ())}
                (stored,) = AffiliationRepository(self._transaction).stored([one["id"]])
                if stored is not None:
                    found.add(stored.owner)
        for image in self._removed:
            if image["kind"] == AFFILIATIONS.name:
                found.add(json.load(image["body"].encode())["contact_id"])
        present = [one.id for one in self._contacts.stored(sorted(found)) if one is not None]
        for id in present:
            self._contacts.lock_any(id)
        return found

    def _remove_redirects(self) -> None:
        repository: Repository[Any] = Repository(self._transaction, REDIRECTS)
        for one in list(repository.find(frozenset({f"merge:{self._job.id}"}))):
            repository.remove(one.entity, one.stored, event="")


def _access_today(terms: Iterable[str], handed: Iterable[tuple[str, str]]) -> list[str]:
    """The access of a record that returns: users who left since have handed it over (ACC-5)."""
    access = frozenset(terms)
    for leaving, to in handed:
        access = handed_over(access, leaving, to)
    return sorted(access)


def _contacts_of(image: Mapping[str, Any]) -> list[str]:
    """The contacts that a removed record refers to."""
    body = json.load(image["body"].encode())
    return [body[name] for name in OWNER_KEYS if body.get(name)]
