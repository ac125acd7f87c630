"""Imports: files of contacts, planned, previewed, applied, resumed, undone (IMP-1 to IMP-3).

An import is a job of many short transactions, outside any session. Each of them locks the settings record. Imports
therefore run one batch at a time, and a company named by two files is created once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.model import AccessPolicy
from contactcore.model.job import Job
from contactcore.values import Tag
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.plan import Plan, make_plan
from contactcore.workspace.imports.planning import BatchPlan, RunMemory, Spelling, counts_of
from contactcore.workspace.imports.report import NoteFile, Notes, Problems, Report
from contactcore.workspace.imports.run import Batch, ImportRun, PreviousRun, ProgressCallback
from contactcore.workspace.imports.staged_contacts import StagedContacts
from contactcore.workspace.imports.undo import undo_import
from contactcore.workspace.imports.undo_report import UndoProgress, UndoReport
from contactcore.workspace.imports.writing import notify_of_import, store_batch
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, Transactions, id_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import JobRepository, job_parts
from contactcore.workspace.repositories.settings import lock_settings
from contactcore.workspace.repositories.tags import Audience, first_spelling

__all__ = ["Imports"]

_T = TypeVar("_T")

BATCH = 1_000
JOB = "import"
_MOST_SPELLINGS = 10_000
_ELSEWHERE = "Somebody else runs or undoes the same import at this moment. Let them, or stop them first."


@check_arguments()
class Imports:
    r"""The imports of one actor into one workspace.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> imports = Workspace(MemoryStorage(), name="acme", country="FR").imports(User("amelie"))
    >>> plan = imports.plan("Name;Société;Tél\nJo Doe;Bois & Fils;01 44 55 66 77\n")
    >>> report = imports.apply(plan)
    >>> report.created, report.people_created, report.companies_created
    (1, 1, 1)
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._actor = transactions.actor

    def plan(
        self,
        source: object,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        quotechar: str | None = None,
        header: bool | None = None,
        mapping: Mapping[str, str] | None = None,
        policy: str = "skip",
        strict: bool = False,
        country: str | None = None,
        access: AccessPolicy | str | None = None,
        responsibles: Iterable[str] | None = None,
        tags: Iterable[Tag | str] = (),
        type: str = "",
    ) -> Plan:
        r"""Look at a file and find out how to read it; nothing is imported yet (IMP-1).

        Args:
            source: A path, bytes, text, or a binary file object.
            encoding, delimiter, quotechar, header: The caller's word instead of what is found out.
            mapping: Header -> field for some columns; it wins over what is found out. A field is one of
                `contactcore.formats.tabular.FIELDS`, or `"fields.<slug>"` for a custom field.
            policy: What happens to a row whose contact is known, in the directory or by an earlier row: `"skip"` leaves
                the contact as it is; `"update"` fills what is empty and adds what is new and never erases; `"create"`
                makes another contact. Companies that people work for are found by name in any case.
            strict: Whether a row with any fault is rejected whole; else the faulty cell is reported and left out.
            country: ISO 3166, for national phone numbers; the workspace's by default.
            access: Of the contacts that are made; the workspace's default by default.
            responsibles: Their responsible users; the actor by default (ACC-1).
            tags: For every contact that a row makes or updates, beside the row's own.
            type: Slug of the type of contacts whose row names none.

        Raises:
            Invalid: `not-a-table` and everything that `contactcore.formats.tabular.read` refuses; `policy-unknown`,
                `type-unknown`, `country-unknown`, `field-unknown`, `user-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> imports.plan("Prénom;Nom;Courriel\nZoé;Çelik;zoe@bois.fr\n").mapping
        {'Prénom': 'given', 'Nom': 'family', 'Courriel': 'emails'}
        """
        with self._transactions.reading() as transaction:
            settings = transaction.settings
            problems = tuple(ContactRepository(transaction).user_problems(responsibles or ()))
        if problems:
            raise Invalid(problems)
        return make_plan(
            source,
            settings,
            self._actor,
            encoding=encoding,
            delimiter=delimiter,
            quotechar=quotechar,
            header=header,
            mapping=mapping,
            policy=policy,
            strict=strict,
            country=country,
            access=access,
            responsibles=responsibles,
            tags=tags,
            type=type,
        )

    def preview(self, plan: Plan, progress: ProgressCallback | None = None) -> Report:
        r"""What `apply` would do, by the same code; nothing is written (IMP-3).

        Args:
            plan: What `plan` gave.
            progress: Called after some hundred rows.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> imports = workspace.imports(amelie)
        >>> rehearsed = imports.preview(imports.plan("Name,E-mail\nJo Doe,jo@\n"))
        >>> rehearsed.created, [(one.line, one.column, one.code) for one in rehearsed.problems]
        (1, [(2, 'E-mail', 'email-syntax')])
        >>> with workspace.read(amelie) as session:
        ...     session.contacts.count()
        0
        """
        fingerprint, size = plan.fingerprint(self._actor)
        with self._transactions.reading() as transaction:
            previous = JobRepository(transaction).last_done(JOB, fingerprint)
        run = self._run(plan, progress, size, previous, whole_file=True)
        notes = NoteFile()
        numbers: dict[str, int] = {}

        def rehearse(batch: Batch) -> tuple[BatchPlan, ImportCounts]:
            with self._transactions.reading() as transaction:
                planned = run.planned(transaction, batch)
            notes.add(planned)
            numbers.update(planned.added_to(numbers))
            return planned, counts_of(numbers)

        try:
            read = run.go("", rehearse)
        finally:
            run.memory.staged.close()
        return _report(plan, numbers, notes.parts, read)

    def apply(self, plan: Plan, progress: ProgressCallback | None = None) -> Report:
        """Import a file, or go on where a killed import of the same file stopped (IMP-3).

        An import is the same when file, decisions and actor are. Once it is done, applying it again is a new one, which
        finds what the one before it made: contacts by what they can be reached by, all others by their rows.

        Args:
            plan: What `plan` gave.
            progress: Called after each transaction.

        Raises:
            Conflict: somebody else runs the same import at this moment; it goes on there.
            StorageError: the storage cannot be written; apply again to go on.
        """
        fingerprint, size = plan.fingerprint(self._actor)
        job = self._locking(lambda transaction: JobRepository(transaction).begin(JOB, fingerprint))
        run = self._run(plan, progress, size, job.repeats, whole_file=False)
        run.id = job.id
        for part in self._parts(job.id) if job.parts else ():
            run.memory.note_placeholders(part.get("placeholders", ()), part.get("completed", ()))

        def store(batch: Batch) -> tuple[BatchPlan, ImportCounts]:
            nonlocal job
            job, planned = self._stored(run, job, batch)
            return planned, counts_of(job.counts)

        read = run.go(job.cursor, store)
        if job.state != "done":
            # The file has no row behind the last one that an earlier run committed.
            job = self._locking(lambda transaction: self._saved(transaction, attrs.evolve(job, state="done")))
        self._transactions.tidy()
        return _report(plan, job.counts, lambda: self._parts(job.id), read, id=job.id)

    def undo(self, import_id: str | Report, progress: Callable[[UndoProgress], object] | None = None) -> UndoReport:
        r"""Take back all that an import did, as far as nobody else has worked with it since (IMP-3).

        Contacts that it made go to the trash, from which each can be restored of its own. Contacts that it changed are
        stored as they were before, one version further. Affiliations that it made between contacts that were there
        before are removed, positions and departments that it filled in are emptied. What somebody changed since stays,
        and so does what others hang on by now: people or contacts that were added to it, a login, a mandate. The report
        names all that stayed, and why.

        An import that was killed half way can be undone too. When undoing starts, the import is over, and the same file
        can be imported anew. Undoing that was killed goes on when it is called again; once all is undone, calling it
        again changes nothing and gives the same report.

        Args:
            import_id: The import's report, or its `id`.
            progress: Called after each transaction, of some hundred contacts.

        Raises:
            NotFound: there is no such import, or somebody else ran it and the actor is no admin.
            Conflict, StorageError: the storage cannot be written; undo again to go on.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> report = imports.apply(imports.plan("Name,Company\nJo Doe,Bois & Fils\n"))
        >>> undone = imports.undo(report.id)
        >>> undone.removed, undone.restored, undone.kept
        (2, 0, ())
        """
        report = undo_import(id_of(import_id), self._transactions, self._locking, progress)
        self._transactions.tidy()
        return report

    def _run(
        self, plan: Plan, progress: ProgressCallback | None, size: int, previous: str, *, whole_file: bool
    ) -> ImportRun:
        with self._transactions.reading() as transaction:
            index_context, new_id = transaction.index_context, transaction.new_id
        mapper = RowMapper(plan.options, index_context.settings, new_id)
        staged = StagedContacts(index_context, whole_file=whole_file)
        memory = RunMemory(staged, CompactHashMap(), self._spelling())
        before = PreviousRun(self._parts(previous) if previous else iter(()))
        return ImportRun(plan, mapper, memory, before, progress, size, BATCH)

    def _spelling(self) -> Spelling:
        """Gives tags in the spelling that an audience knows; asks the storage once for each."""
        known: dict[tuple[str, Audience], Tag] = {}

        def spell(tag: Tag, audience: Audience) -> Tag:
            key = (tag.key, audience)
            spelled = known.get(key)
            if spelled is None:
                if len(known) >= _MOST_SPELLINGS:
                    known.clear()
                with self._transactions.reading() as transaction:
                    spelled = known[key] = first_spelling(transaction, tag, audience)
            return spelled

        return spell

    def _locking(self, function: Callable[[Transaction], _T]) -> _T:
        """Run a function in a writing transaction that locks the settings, so that imports take turns."""

        def locked(transaction: Transaction) -> _T:
            lock_settings(transaction)
            return function(transaction)

        return self._transactions.run(locked)

    def _stored(self, run: ImportRun, job: Job, batch: Batch) -> tuple[Job, BatchPlan]:
        """Plan a batch and store it together with the cursor."""

        def store(transaction: Transaction) -> tuple[Job, BatchPlan]:
            run.memory.staged.forget_batch()
            planned = run.planned(transaction, batch)
            jobs = JobRepository(transaction)
            # First of all, so that a second run of the same import is told that, and not that its parts exist.
            jobs.lock_as(job, _ELSEWHERE)
            entries = store_batch(transaction, job.id, planned)
            if planned.made and not counts_of(job.counts).made:
                notify_of_import(transaction, job.id, run.plan)
            further = attrs.evolve(
                job,
                state="done" if batch.final else "running",
                cursor=batch.last.position,
                counts=planned.added_to(job.counts),
            )
            return jobs.save(jobs.add_parts(further, entries)), planned

        return self._locking(store)

    @staticmethod
    def _saved(transaction: Transaction, job: Job) -> Job:
        jobs = JobRepository(transaction)
        jobs.lock_as(job, _ELSEWHERE)
        return jobs.save(job)

    def _parts(self, id: str) -> Iterator[Mapping[str, Any]]:
        return job_parts(self._transactions.reading, id)


def _report(plan: Plan, numbers: Mapping[str, int], notes: Notes, read: int, id: str = "") -> Report:
    problems = Problems(notes, numbers.get("problems", 0))
    counts = attrs.asdict(counts_of(numbers))
    return Report(**counts, plan=plan, problems=problems, notes=notes, id=id, rows_read=read)
