"""Erasing: a person, and all that is held on the person, is removed for good (IMP-8).

An erasure is a job of short transactions. The first one marks the person, so that no import brings it back, and moves
it to the trash, where nobody finds it. The next ones look through the records of others that name people, and remove
interactions and entries of the account, of which a person may have very many. The last one removes the person with
everything else that belongs to it. A killed job resumes when it is called again.

This module begins an erasure and calls its steps (`erasure_steps`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from contactcore.errors import Conflict, Invalid, NotFound
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.job import Job
from contactcore.model.privacy import ErasureReceipt
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.blocking import check_not_blocked
from contactcore.workspace.kernel.edits import refuse_edited
from contactcore.workspace.kernel.job_logs import follows_jobs
from contactcore.workspace.kernel.retry import Retry
from contactcore.workspace.kernel.transaction import Transaction, person_id_of
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.privacy.erasure_plan import KEPT, RAN
from contactcore.workspace.privacy.erasure_steps import next_step
from contactcore.workspace.privacy.own_records import hide_person
from contactcore.workspace.privacy.retention import retentions
from contactcore.workspace.privacy.subjects import (
    check_derived,
    find_person,
    former_details,
    subject_of,
    under_all_names,
)
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import ERASE, IMPORT, MERGE, JobRepository
from contactcore.workspace.repositories.suppressions import SuppressionRepository

__all__ = ["Erasures", "receipt_of"]

_UNFINISHED = frozenset({"running", "undoing"})
"""The states of a merge of which some records are with another contact than at its beginning or its end."""

# Somebody changed or purged a record after it was found. A new transaction finds the others.
_RETRY = Retry(errors=(Conflict, NotFound))


@check_arguments()
class Erasures:
    """The erasures of one admin; `workspace.privacy(actor)` returns this service.

    An erasure runs outside any session. Others read and write meanwhile.

    >>> from contactcore import Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
    >>> with workspace.write(root) as session:
    ...     jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]))
    >>> receipt = workspace.privacy(root).erase(jane)
    >>> receipt.state, receipt.erased["contact"]
    ('erased', 1)
    >>> with workspace.read(root) as session:
    ...     session.contacts.count(), session.trash.list()
    (0, ())

    Source: IMP-8.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @follows_jobs
    def erase(
        self, person: str | Contact | Affiliation, *, progress: Callable[[int], object] | None = None
    ) -> ErasureReceipt:
        """Erase all that is held on a person, listed or only a contact person, in the trash or not.

        - The person goes with all that belongs to it: affiliations, sites, items, interactions, pictures, submissions,
          consents, roles, accounts, logins, and the history of all of these. Another contact person becomes primary
          where the person was.
        - Queued letters to or about the person are withdrawn. Those that were sent stay as empty records.
        - Interactions of others that name the person lose the name; notes of imports and bulk acts lose the values.
        - Data of others stays, also if they share an address or a name, and so do the contact persons of the person.
        - A salted mark keeps imports, cards and forms from bringing the person back.

        What a duty of the application keeps (`Host.retention`) is reduced to what it names. Only admins see the rest.

        A killed erasure resumes when it is called again. Call `storage.scrub()` afterwards to erase the bytes in the
        files too.

        Args:
            person: The person, an affiliation of the person, or the id.
            progress: A function that is called after each transaction, with the number of records that were looked
                through so far; None, the default, for no calls.

        Returns:
            The receipt; that of the earlier erasure if the person is erased already.

        Raises:
            Forbidden: `admin-only`; `blocked-by-host` if the application needs the person (`Host.blockers`).
            NotFound: There is no such person, and none was erased.
            Invalid: `not-a-person` for a company; `edit-not-stored` for a changed copy; `merge-unfinished` if a merge
                of the person, or its undo, was stopped; `index-outdated` if a new release needs `change_language` once.
            StorageError: `blockers-failed`, `retention-failed`; the storage cannot be written. The next call resumes.
            Conflict: Another process runs the same erasure.
        """
        id = person_id_of(person)
        with self._transactions.reading() as transaction:
            transaction.check_admin("erase people")
            refuse_edited(transaction, person, "person")
        begun = self._transactions.run(partial(_begin, id=id), _RETRY)
        if isinstance(begun, ErasureReceipt):
            return begun
        job = begun
        with self._transactions.reading() as transaction:
            # The history of the person may be long. Nobody changes the person any more, so it is read once.
            former = former_details(transaction, job.key)
        self._transactions.run(partial(_mark_former, id=job.key, former=former), _RETRY)
        while job.state == "running":
            job = self._transactions.run(partial(next_step, job=job, former=former), _RETRY)
            if progress is not None:
                progress(job.counts.get("seen", 0))
        self._transactions.tidy()
        with self._transactions.reading() as transaction:
            return receipt_of(transaction, job)


def receipt_of(transaction: Transaction, job: Job) -> ErasureReceipt:
    """Return the receipt of an erasure.

    Args:
        transaction: A transaction of an admin.
        job: The job of the erasure.
    """
    jobs = JobRepository(transaction)
    kept = [reason for number in range(job.parts) for reason in jobs.part(job.id, number).get(KEPT, ())]
    erased = {name.removeprefix("erased:"): n for name, n in job.counts.items() if name.startswith("erased:")}
    state = "running" if job.state == "running" else "reduced" if kept else "erased"
    return ErasureReceipt(
        id=job.id,
        person_id=job.key,
        state=state,
        requested=parse_moment(job.started),
        by=job.actor,
        erased=erased,
        kept=tuple(dict.fromkeys(kept)),
    )


def _begin(transaction: Transaction, id: str) -> Job | ErasureReceipt:
    """Begin an erasure or resume it; the receipt of the last one if the person is gone already."""
    transaction.check_admin("erase people")
    transaction.require_writing()
    jobs = JobRepository(transaction)
    # Nobody finds a person who is being erased. One who was merged into another person has the job of that person.
    (present,) = ContactRepository(transaction).present([id])
    running = jobs.running_with(ERASE, id if present is None else present.id)
    if running is not None:
        return running
    try:
        found = find_person(transaction, id)
    except NotFound:
        last = jobs.last_done(ERASE, id)
        if not last:
            raise
        return receipt_of(transaction, jobs.get_many([last])[last].entity)
    check_derived(transaction)
    # The person may have been merged into another contact since, which has all that the person had.
    id = found.stored.id
    check_not_blocked(transaction, id, act="erased")
    retentions(transaction, id)
    # Behind the lock no merge begins.
    ContactRepository(transaction).lock_any(id)
    _check_no_merge(transaction, id)
    # A batch of an import that read the directory before ends before the person is marked.
    ran = [(one.id, one.parts) for one in jobs.running(IMPORT)]
    subject = subject_of(transaction, id, former=())
    if subject.person is not None:
        SuppressionRepository(transaction).keep(subject.person, subject.alone)
    job = jobs.begin(ERASE, id)
    if ran:
        job = jobs.save(jobs.add_parts(job, [(RAN, list(one)) for one in ran]))
    hide_person(transaction, job)
    return job


def _mark_former(transaction: Transaction, id: str, former: Sequence[Person | Company]) -> None:
    """Mark the person under the names, addresses and numbers of former times, so that no old file brings it back.

    An address that the person no longer has may be somebody else's now, so that it counts together with the name only.
    """
    marks = SuppressionRepository(transaction)
    for one in under_all_names(subject_of(transaction, id, former=former)) if former else ():
        marks.keep(one, frozenset())


def _check_no_merge(transaction: Transaction, id: str) -> None:
    """Refuse to erase somebody some of whose records are those of another contact meanwhile, or the other way round.

    Raises:
        Invalid: `merge-unfinished`.
    """
    for one in JobRepository(transaction).find(frozenset({f"name:{MERGE}"})):
        if one.entity.state in _UNFINISHED and id in one.entity.key.split("\n"):
            message = (
                "A merge of this person, or its undo, was stopped. Undo the merge with this id, or apply it again, and "
                "erase the person then."
            )
            raise Invalid("merge-unfinished", message, path="person", value=one.entity.id)
