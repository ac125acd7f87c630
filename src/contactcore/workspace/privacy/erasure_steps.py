"""The steps of an erasure, each of which is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import attrs

from contactcore.mapping.contacts import CONTACTS
from contactcore.model import Company, Person
from contactcore.model.job import Job
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.privacy import erasure_plan
from contactcore.workspace.privacy.erasure_plan import EARLIER, KEPT, MANY, NAMING, NOTES, OWN, Done
from contactcore.workspace.privacy.others_records import (
    forget_earlier,
    forget_in_records,
    forget_late_notes,
    forget_late_records,
    forget_notes,
)
from contactcore.workspace.privacy.own_records import (
    give_own_roots,
    has_some,
    hide_person,
    reduce_person,
    remove_records,
    remove_some,
)
from contactcore.workspace.privacy.retention import kinds_kept, retentions
from contactcore.workspace.privacy.subjects import pages_of, subject_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.forgetting import forget_undone
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.logins import LoginRepository

__all__ = ["next_step"]


def next_step(transaction: Transaction, job: Job, former: Sequence[Person | Company]) -> Job:
    """Do the next step of an erasure, in one transaction.

    Args:
        transaction: A transaction of an admin.
        job: The job of the erasure, as the preceding step left it.
        former: What the person was at former times.

    Returns:
        The job after the step; its state is `done` after the last one.

    Raises:
        Conflict: Another process runs the same erasure.
    """
    jobs = JobRepository(transaction)
    jobs.lock_as(job, "The same erasure runs elsewhere. Wait until it ends, or stop it first.")
    place, _, after = job.cursor.partition("|")
    index = int(place or 0)
    if index >= OWN + len(MANY):
        return jobs.save(_finish(transaction, job, former))
    subject = subject_of(transaction, job.key, former=former)
    if index >= OWN:
        done = remove_some(transaction, MANY[index - OWN], subject.id)
    elif index == EARLIER:
        done = forget_earlier(transaction, subject, after or None)
    elif index == NOTES:
        done = forget_notes(transaction, subject, after or None)
    else:
        entity_type = NAMING[index]
        page = pages_of(transaction, entity_type, subject, after=after or None, limit=erasure_plan.BATCH)
        erased: Counter[str] = Counter()
        forget_in_records(transaction, entity_type, page.records, subject, erased)
        done = Done(len(page.records), erased, page.next)
    erased_counts = {f"erased:{kind}": number for kind, number in done.erased.items() if number}
    counts = _sum(job.counts, {"seen": done.seen, **erased_counts})
    cursor = f"{index}|{done.next}" if done.next is not None else f"{index + 1}|"
    return jobs.save(attrs.evolve(job, cursor=cursor, counts=counts))


def _finish(transaction: Transaction, job: Job, former: Sequence[Person | Company]) -> Job:
    """Remove the person and all that belongs to it, or reduce it to what must be kept; the job as it is then."""
    id, erased = job.key, Counter[str]()
    jobs, contacts = JobRepository(transaction), ContactRepository(transaction)
    if contacts.stored([id]) == [None]:
        # Somebody purged the person meanwhile, with all that belonged to it.
        return attrs.evolve(job, state="done", cursor="")
    hide_person(transaction, job)
    kept = retentions(transaction, id)
    if has_some(transaction, id, kinds_kept(kept)):
        # A duty to keep them has ended meanwhile.
        return attrs.evolve(job, cursor=f"{OWN}|")
    subject = subject_of(transaction, id, former=former)
    person = contacts.lock_any(id)
    forget_late_records(transaction, subject, erased)
    forget_late_notes(transaction, job, subject, erased)
    LoginRepository(transaction).remove_all(id)
    rest = remove_records(transaction, person, kinds_kept(kept), erased)
    give_own_roots(transaction, id)
    forget_undone(transaction, HistoryRepository(transaction).forget_merges(subject.ids))
    # What was merged into the person is in the history under its former id.
    transaction.purged.update((CONTACTS.name, one) for one in subject.absorbed)
    person = contacts.lock_any(id)
    if kept and isinstance(person.entity, Person):
        reduce_person(transaction, person, kept, rest)
        contacts.publish("reduced", person.entity)
        job = jobs.add_parts(job, [(KEPT, str(one)) for one in kept])
    else:
        contacts.remove(person.entity, person.stored, event="erased")
        erased["contact"] += 1
    counts = _sum(job.counts, {f"erased:{kind}": number for kind, number in erased.items() if number})
    return attrs.evolve(job, state="done", cursor="", counts=counts)


def _sum(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    total = Counter(counts)
    total.update(more)
    return dict(total)
