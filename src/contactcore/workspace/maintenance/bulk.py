"""Bulk acts: one change of many contacts, in one job of short transactions (DIR-22).

The job stores the ids of the selection before the first change. Contacts that match a filter later are therefore not
changed, and contacts that no longer match it are not skipped. Each transaction stores its changes with the cursor, so a
killed job resumes behind its last contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Conflict, Invalid, NotFound, Problem
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.trash import trashed_of
from contactcore.model.bulk_act import BulkAct
from contactcore.model.job import Job
from contactcore.model.message import Grounds
from contactcore.rules.access import may_see
from contactcore.rules.preparation import offered
from contactcore.rules.spelling import same_contact
from contactcore.storage import LARGEST_PAGE, Stored
from contactcore.workspace.contacts.directory import Directory, Filters
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.job_logs import follows_jobs
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.maintenance.bulk_changes import (
    REFUSALS,
    LateRefusalError,
    lock_itself,
    planned_deletion,
    refusals_of,
    restore,
    store,
    wanted,
)
from contactcore.workspace.maintenance.bulk_report import BulkReport, BulkUndoReport, Unchangeable
from contactcore.workspace.maintenance.hand_over import SEVERAL_LETTER
from contactcore.workspace.repositories.contacts import ContactRepository, notify_of_job
from contactcore.workspace.repositories.jobs import BULK, JobRepository, job_parts
from contactcore.workspace.repositories.redirects import redirected
from contactcore.workspace.repositories.settings import lock_settings

__all__ = ["Bulk", "Selection", "undo_bulk"]

_BATCH = 50
"""The maximum number of contacts that one transaction changes."""
# Somebody changed or removed a record after it was read. A new transaction finds out what became of it.
_RETRY = Retry(errors=(Conflict, NotFound))
_RUNS_ELSEWHERE = "The same bulk act is running or being undone elsewhere. Wait until it ends, or stop it first."

ProgressCallback = Callable[[int], object]


@frozen
class Selection:
    """The contacts of a bulk act: a list of ids, or filters.

    Attributes:
        ids: The ids, each once; None for a selection by filters.
        filters: The filters; None for a selection by ids.
    """

    ids: tuple[str, ...] | None
    filters: Filters | None

    def as_key(self) -> Any:
        """The selection as JSON; equal selections have equal keys."""
        if self.filters is None:
            return self.ids
        plain = attrs.asdict(self.filters)
        return {**plain, "access": [policy.value for policy in self.filters.access]}

    def read(self, transaction: Transaction) -> list[str]:
        """The ids of the selected contacts at this moment."""
        if self.filters is None:
            wanted = list(self.ids or ())
            # The id of a contact that was merged leads to the one that it became a part of, if the actor sees that.
            merged = redirected(transaction, CONTACTS.name, wanted)
            leads = {id: one.id for id, one in merged.items() if may_see(transaction.actor, one.access)}
            return list(dict.fromkeys(leads.get(id, id) for id in wanted))
        query = Directory(transaction).query(self.filters, limit=LARGEST_PAGE)
        ids: list[str] = []
        while True:
            found = transaction.reader.find(query)
            ids += [card.id for card in found.cards]
            if not found.more:
                return ids
            query = attrs.evolve(query, after=found.last)


@check_arguments()
class Bulk:
    """A selection of contacts, and the acts that change all of them; `Maintenance.bulk` returns it.

    >>> from contactcore import BulkAct, Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
    >>> with workspace.write(amelie) as session:
    ...     added = [session.contacts.add(Company(name, tags=["lead"])) for name in ("Bois", "Sud")]
    >>> leads, act = workspace.maintenance(amelie).bulk(tag="lead"), BulkAct(add_tags=["VIP"], remove_tags=["lead"])
    >>> leads.preview(act).changed, leads.apply(act).changed, leads.preview(act).selected
    (2, 2, 0)
    """

    def __init__(self, transactions: Transactions, selection: Selection) -> None:
        self._transactions = transactions
        self._selection = selection

    def preview(self, act: BulkAct) -> BulkReport:
        """The report that `apply` would return now; nothing is stored.

        A person who would be changed or deleted together with a client of the selection counts as changed here.

        Args:
            act: The act.

        Returns:
            The report, with the id `""`.

        Raises:
            Forbidden, Invalid: As `apply`.

        >>> from contactcore import BulkAct, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> report = workspace.maintenance(amelie).bulk(ids=[client.id, "42"]).preview(BulkAct(delete=True))
        >>> report.changed, [(one.id, one.code) for one in report.refused]
        (1, [('42', 'not-found')])
        """
        changed = unchanged = 0
        refused: list[list[str]] = []
        with self._transactions.reading() as transaction:
            _check_act(transaction, act)
            remaining = iter(self._selection.read(transaction))
        while ids := list(islice(remaining, _BATCH)):
            with self._transactions.reading() as transaction:
                contacts = ContactRepository(transaction)
                for id in ids:
                    try:
                        found = contacts.load(id)
                        ready = wanted(transaction, act, found)
                        planned_deletion(transaction, act, found, lock=False)
                    except (*REFUSALS, NotFound) as error:
                        refused += refusals_of(id, error)
                        continue
                    is_changed = act.delete or not same_contact(ready, found.entity)
                    changed += is_changed
                    unchanged += not is_changed
        named = tuple(_named(self._transactions, refused))
        return BulkReport(changed=changed, unchanged=unchanged, refused=named)

    @follows_jobs
    def apply(self, act: BulkAct, progress: ProgressCallback | None = None) -> BulkReport:
        """Change the selected contacts, or resume a killed job of the same user, selection and act.

        Each contact is changed by the rules of `contacts.save`, `contacts.share` and `contacts.delete`: contact persons
        go along as there, and a successor becomes primary. A contact that cannot be changed is reported, and the others
        are changed. A contact is changed completely or not at all. A user who becomes responsible gets one letter for
        the whole act.

        Args:
            act: The act.
            progress: A function that is called after each transaction, of at most 50 contacts, with the number of
                contacts so far; None, the default, for no calls.

        Returns:
            The report on all contacts, including those of a killed run. `Maintenance.undo` undoes the act.

        Raises:
            Conflict: Another process runs the same act.
            StorageError: The storage cannot be written. The next call resumes the act.
            Invalid: `act-empty`, `type-unknown`, `category-unknown`, `user-unknown` for the act; as `contacts.page`,
                for a filter.

        >>> from contactcore import BulkAct, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, bob = Workspace(MemoryStorage(), name="acme"), User("amelie"), User("bob")
        >>> with workspace.write(amelie) as session:
        ...     ids = [session.contacts.add(Company(name, access="shared-read")).id for name in ("Bois", "Sud")]
        ...     own = session.contacts.share(ids[0], responsibles=["amelie", "bob"])
        >>> report = workspace.maintenance(bob).bulk(ids=ids).apply(BulkAct(add_tags=["VIP"]))
        >>> report.changed, [(one.name, one.code) for one in report.refused]
        (1, [('Sud', 'read-only')])
        """
        transactions = self._transactions
        with transactions.reading() as transaction:
            _check_act(transaction, act)
            ids = self._selection.read(transaction)
        key = self._key(act)
        job, resumed = transactions.run(partial(_begin, key=key, ids=ids), _RETRY)
        refused: dict[str, list[list[str]]] = {}
        while job.state == "running":
            try:
                job = transactions.run(partial(_step, job=job, act=act, refused=refused), _RETRY)
            except LateRefusalError as error:
                refused[error.id] = [*refusals_of(error.id, error.refusal)]
                continue
            refused.clear()
            if progress is not None:
                progress(job.counts["done"])
        transactions.tidy()
        found = (one for part in job_parts(transactions.reading, job.id, job.counts["lists"]) for one in _refused(part))
        return BulkReport(
            id=job.id,
            changed=job.counts.get("changed", 0),
            unchanged=job.counts.get("unchanged", 0),
            people=job.counts.get("people", 0),
            refused=tuple(_named(transactions, found)),
            resumed=resumed,
        )

    def _key(self, act: BulkAct) -> str:
        parts = [self._transactions.actor.name, self._selection.as_key(), act.as_dict()]
        return sha256(json.dump(parts)).hexdigest()


def _refused(part: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    found: Iterable[Sequence[str]] = part.get("refused", ())
    return found


def _check_act(transaction: Transaction, act: BulkAct) -> None:
    """Refuse an act that no contact could get: without a part, or with an unknown type, category or user."""
    if act.is_empty:
        raise Invalid("act-empty", "Name at least one change, such as add_tags or delete.", path="act")
    problems: list[Problem] = []
    settings = transaction.settings
    if act.type and act.type not in offered(settings.types):
        problems.append(Problem("type-unknown", "type", "Choose a type of the workspace's list.", act.type))
    known = {entry.slug for entry in settings.categories}
    for path, slugs, choices in (
        ("add_categories", act.add_categories, offered(settings.categories)),
        ("remove_categories", act.remove_categories, known),
    ):
        for index, slug in enumerate(slugs):
            if slug not in choices:
                message = "Choose a category of the workspace's list."
                problems.append(Problem("category-unknown", f"{path}[{index}]", message, slug))
    path = "add_responsibles" if act.responsibles is None else "responsibles"
    problems += (
        attrs.evolve(problem, path=problem.path.replace("responsibles", path))
        for problem in ContactRepository(transaction).user_problems(act.new_responsibles)
    )
    if problems:
        raise Invalid(problems)


def _begin(transaction: Transaction, key: str, ids: Sequence[str]) -> tuple[Job, bool]:
    """Start the job with a fixed selection, or return the running one with its own selection, and whether it ran."""
    # The lock makes two calls of the same act share one job.
    lock_settings(transaction)
    jobs = JobRepository(transaction)
    job = jobs.begin(BULK, key)
    if "lists" in job.counts:
        return job, True
    job = jobs.add_parts(job, [("ids", id) for id in ids])
    state = "running" if ids else "done"
    return jobs.save(attrs.evolve(job, state=state, counts={"lists": job.parts, "done": 0})), False


def _step(transaction: Transaction, job: Job, act: BulkAct, refused: Mapping[str, list[list[str]]]) -> Job:
    """Change the next contacts of the selection, and store the changes with the cursor.

    Args:
        transaction: The transaction of the actor.
        job: The job as this run knows it.
        act: The act.
        refused: The refusals of contacts that an earlier attempt could not change.
    """
    jobs = JobRepository(transaction)
    jobs.lock_as(job, _RUNS_ELSEWHERE)
    transaction.cause = (BULK, job.id)
    number, start = (int(text) for text in (job.cursor or "0 0").split())
    ids: list[str] = jobs.part(job.id, number)["ids"]
    batch = ids[start : start + _BATCH]
    counts = dict(job.counts)
    entries: list[tuple[str, Any]] = []
    contacts = ContactRepository(transaction)
    for id in batch:
        if id in refused:
            entries += [("refused", problem) for problem in refused[id]]
            continue
        try:
            locked = lock_itself(contacts, id)
            ready = wanted(transaction, act, locked)
            deletion = planned_deletion(transaction, act, locked, lock=True)
        except (*REFUSALS, NotFound) as error:
            if act.delete and _is_deleted_along(transaction, job, contacts.stored([id])[0]):
                _add(counts, "changed")
            else:
                entries += [("refused", problem) for problem in refusals_of(id, error)]
            continue
        stored = [*store(transaction, act, ready, locked, deletion)]
        entries += [("changed", entry) for entry in stored]
        people = sum(entry["id"] != id for entry in stored)
        _add(counts, "changed" if len(stored) > people else "unchanged")
        _add(counts, "people", people)
        if stored:
            _notify(transaction, job, act, set(locked.entity.responsibles), counts)
    counts["done"] += len(batch)
    stop = start + len(batch)
    cursor = f"{number} {stop}" if stop < len(ids) else f"{number + 1} 0"
    is_last = stop >= len(ids) and number + 1 >= counts["lists"]
    if is_last:
        transaction.publish("bulk.applied", job.id)
    job = jobs.add_parts(job, entries)
    return jobs.save(attrs.evolve(job, counts=counts, cursor=cursor, state="done" if is_last else "running"))


def _add(counts: dict[str, int], name: str, number: int = 1) -> None:
    counts[name] = counts.get(name, 0) + number


def _notify(transaction: Transaction, job: Job, act: BulkAct, before: set[str], counts: dict[str, int]) -> None:
    """Notify each user once whom the act makes responsible for a contact."""
    for user in act.new_responsibles:
        told = f"told {user}"
        if user not in before and told not in counts:
            counts[told] = 1
            grounds = Grounds(kind="several", user=user, import_id=job.id)
            notify_of_job(transaction, SEVERAL_LETTER, user, grounds)


def _is_deleted_along(transaction: Transaction, job: Job, stored: Stored | None) -> bool:
    """Whether this job deleted a contact together with a client of the selection."""
    trashed = None if stored is None else trashed_of(stored)
    if trashed is None or trashed.by != transaction.actor.name or trashed.at < job.started:
        return False
    parts = (JobRepository(transaction).part(job.id, number) for number in range(job.counts["lists"]))
    return any(trashed.root in part["ids"] for part in parts)


def _named(transactions: Transactions, refused: Iterable[Sequence[Any]]) -> Iterator[Unchangeable]:
    """The refusals with the names of the contacts that the actor sees."""
    remaining = iter(refused)
    while page := list(islice(remaining, _BATCH * 10)):
        with transactions.reading() as transaction:
            language = transaction.index_context.language
            found = ContactRepository(transaction).get_many(id for id, *_ in page)
            seen = {id: one.entity for id, one in found.items() if may_see(transaction.actor, one.access)}
        for id, path, code, reason, *facts in page:
            yield Unchangeable(id, name_in(seen[id], language) if id in seen else "", path, code, reason, *facts)


def undo_bulk(id: str, transactions: Transactions, progress: ProgressCallback | None = None) -> BulkUndoReport:
    """Undo a bulk act, or resume a killed undo; see `Maintenance.undo`."""
    job = transactions.run(partial(_begin_undo, id=id))
    refused: dict[str, list[list[str]]] = {}
    while job.state == "undoing":
        try:
            job = transactions.run(partial(_undo_step, id=id, refused=refused), _RETRY)
        except LateRefusalError as error:
            refused[error.id] = [*refusals_of(error.id, error.refusal)]
            continue
        refused.clear()
        if progress is not None:
            progress(job.undone["done"])
    transactions.tidy()
    parts = job_parts(transactions.reading, job.id, job.undone["parts"], job.parts)
    kept = (one for part in parts for one in part.get("kept", ()))
    return BulkUndoReport(id=job.id, restored=job.undone["restored"], kept=tuple(_named(transactions, kept)))


def _begin_undo(transaction: Transaction, id: str) -> Job:
    """Stop the job of the act; nobody resumes it any more."""
    jobs = JobRepository(transaction)
    try:
        job = jobs.lock(id).entity
    except NotFound:
        job = None
    if job is None or job.name != BULK:
        raise NotFound("bulk act", id)
    if job.state == "undone":
        raise Invalid("already-undone", "This bulk act was undone before.", path="bulk_id", value=id)
    if job.state == "undoing":
        return job
    undone = {"parts": job.parts, "part": job.parts - 1, "entry": -1, "done": 0, "restored": 0}
    return jobs.save(attrs.evolve(job, state="undoing", undone=undone))


def _undo_step(transaction: Transaction, id: str, refused: Mapping[str, list[list[str]]]) -> Job:
    """Take back some changes, the last ones first."""
    jobs = JobRepository(transaction)
    job = jobs.lock_any(id).entity
    transaction.cause = ("undo", id)
    numbers = dict(job.undone)
    if job.state == "undone":
        return job
    entries: Sequence[Mapping[str, Any]] = jobs.part(id, numbers["part"]).get("changed", ())
    stop = len(entries) if numbers["entry"] < 0 else numbers["entry"]
    start = max(0, stop - _BATCH)
    kept: list[list[str]] = []
    handed = jobs.handed_over_since(job.started)
    for entry in reversed(entries[start:stop]):
        if entry["id"] in refused:
            kept += refused[entry["id"]]
            continue
        restored, stuck = restore(transaction, entry, job.started, handed)
        numbers["restored"] += restored
        kept += stuck
    numbers["done"] += stop - start
    numbers["entry"] = start or -1
    numbers["part"] -= not start
    is_last = numbers["part"] < job.counts["lists"]
    if is_last:
        transaction.publish("bulk.undone", id)
    job = jobs.add_parts(job, [("kept", one) for one in kept])
    return jobs.save(attrs.evolve(job, undone=numbers, state="undone" if is_last else "undoing"))
