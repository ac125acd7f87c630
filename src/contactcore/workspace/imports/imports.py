"""The service of imports: tables and cards are planned, previewed, applied, resumed and undone (IMP-1 to IMP-3).

An import is a job of many short transactions, outside any session. Each of them locks the settings record. Imports
therefore run one batch at a time, and a company named by two files is created once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from time import monotonic
from typing import Any, TypeVar

import attrs

from contactcore.errors import Conflict, Invalid, NotFound
from contactcore.model import AccessPolicy
from contactcore.model.job import Job
from contactcore.storage import LARGEST_PAGE
from contactcore.values import Tag
from contactcore.workspace.imports.batch_plan import BatchPlan, counts_of
from contactcore.workspace.imports.batch_size import BatchSize
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.imports.past_imports import PastImport, past_imports
from contactcore.workspace.imports.plan import Plan, make_plan
from contactcore.workspace.imports.previous_run import PreviousRun
from contactcore.workspace.imports.report import NoteFile, Notes, Problems, Report
from contactcore.workspace.imports.row_feed import RowFeed
from contactcore.workspace.imports.run import Batch, ImportRun, ProgressCallback
from contactcore.workspace.imports.run_memory import RunMemory
from contactcore.workspace.imports.staged_contacts import StagedContacts
from contactcore.workspace.imports.tag_spellings import TagSpellings
from contactcore.workspace.imports.undo import undo_import
from contactcore.workspace.imports.undo_report import UndoProgress, UndoReport
from contactcore.workspace.imports.writing import notify_of_import, store_batch
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.job_logs import follows_jobs
from contactcore.workspace.kernel.retry import JOB_RETRY, Retry
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.jobs import IMPORT, JobRepository, job_parts
from contactcore.workspace.repositories.settings import lock_settings
from contactcore.workspace.repositories.tags import Audience, first_spelling

__all__ = ["Imports"]

_T = TypeVar("_T")

BATCH = 1_000
"""The number of rows that one transaction stores; more in a long import, while nobody waits for it."""


_MOST_WORKERS = 2
# Somebody changed or deleted a contact after the batch was planned: it is planned anew.
_RETRY = Retry(errors=(Conflict, NotFound))
_RUNS_ELSEWHERE = "The same import is running or being undone elsewhere. Wait until it ends, or stop it first."


@check_arguments()
class Imports:
    r"""The imports of one actor into one workspace; `workspace.imports(actor)` returns this service.

    `plan` detects the format of a file, `preview` shows the result of an import, `apply` imports the file, and `undo`
    reverts an import. Every row is accounted for: it is created, updated, skipped or rejected, with a reason (IMP-2).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> imports = Workspace(MemoryStorage(), name="acme", country="FR").imports(User("amelie"))
    >>> plan = imports.plan("Name;Société;Tél\nJo Doe;Bois & Fils;01 44 55 66 77\n")
    >>> report = imports.apply(plan)
    >>> report.created, report.people_created, report.companies_created
    (1, 1, 1)
    >>> imports.undo(report).removed
    2
    """

    def __init__(self, transactions: Transactions, workspace: str) -> None:
        self._transactions = transactions
        self._workspace = workspace
        self._actor = transactions.actor

    def plan(
        self,
        source: object,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        quotechar: str | None = None,
        header: bool | None = None,
        sheet: str | None = None,
        mapping: Mapping[str, str] | None = None,
        policy: str = "skip",
        strict: bool = False,
        country: str | None = None,
        access: AccessPolicy | str | None = None,
        responsibles: Iterable[str] | None = None,
        tags: Iterable[Tag | str] = (),
        type: str = "",
    ) -> Plan:
        r"""Detect the format and the columns of a file; nothing is imported (IMP-1).

        Args:
            source: A CSV file, a workbook (`.xlsx`, `.xls`, `.ods`), or a file of vCards or JSContact: a path
                (`os.PathLike`), bytes, text (`str`), or a binary file object. The file must stay unchanged until
                `apply` returns. The content decides what it is. The rows of a file of cards are the cards; the options
                on cells and columns are refused for it.
            encoding: The name of a Python codec; None, the default, detects it. So do the next three arguments.
            delimiter: The delimiter of the cells, one character.
            quotechar: The quote of the cells, one character; `""` for none.
            header: Whether the file has a header.
            sheet: The name of the sheet of a workbook; None, the default, for the first one that is not hidden and has
                rows.
            mapping: The fields of some columns by their headers; None, the default, detects all of them. A field is one
                of `contactcore.formats.tabular.FIELDS`, or `"fields.<slug>"` for a custom field.
            policy: The treatment of a row whose contact exists, in the directory or by an earlier row. `"skip"`, the
                default, does not change the contact; `"update"` fills empty fields and adds new values, and never
                erases or overwrites; `"create"` creates another contact; `"overwrite"` lets the row win: a filled cell
                replaces the value, an empty cell leaves it, and the cell `(clear)` empties it. With every policy the
                employer of a person is the company with that display name, else the only company of that name with any
                division, among those that are stored or that earlier rows made.
            strict: Whether a row with any fault is rejected, and one without a field that the rules of entry require.
                By default the faulty cell is reported and left out, and the rules of entry do not apply.
            country: The ISO 3166 country of national phone numbers; `""` for none; None, the default, for the
                workspace's.
            access: The access policy of the new contacts; None, the default, for the workspace's default.
            responsibles: The names of their responsible users; None, the default, for the actor (ACC-1).
            tags: Tags for every contact that a row creates or updates, in addition to the tags of the row; `()` by
                default.
            type: The slug of the type of contacts whose row has no type; `""`, the default, for none.

        Returns:
            The plan, with the detected format, the mapping, a sample of the rows, and in `problems` what somebody
            should look at before the import, such as `file-empty` and `no-rows`.

        Raises:
            Invalid: One error lists all problems of a part. Of the file: `source`, `file-missing`, `file-irregular`,
                `file-unreadable`, `file-too-large`, `not-a-table`, `encoding-unknown`, `delimiter`,
                `quotechar`, `sheet-unknown`, `workbook-encrypted`, `workbook-too-large`, `workbook-unreadable`,
                `vcard-option`, `extra-missing`. Of the decisions: `mapping-header`, `mapping-field`, `field-unknown`,
                `policy-unknown`, `country-unknown`, `type-unknown`, and the codes of `session.contacts.add` for the
                access policy, the responsible users and the tags.

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
            self._workspace,
            encoding=encoding,
            delimiter=delimiter,
            quotechar=quotechar,
            header=header,
            sheet=sheet,
            mapping=mapping,
            policy=policy,
            strict=strict,
            country=country,
            access=access,
            responsibles=responsibles,
            tags=tags,
            type=type,
        )

    def preview(self, plan: Plan, progress: ProgressCallback | None = None, *, workers: int = 1) -> Report:
        r"""The report that `apply` would return, computed by the same code; nothing is stored (IMP-3).

        Args:
            plan: A plan of this actor.
            progress: A function that is called after each batch of at most 1,000 rows; None, the default, for no calls.
            workers: As in `apply`.

        Returns:
            The report, with the id `""`.

        Raises:
            Invalid: `file-missing`, `file-unreadable` if the file is gone; `plan-elsewhere` for a plan of another actor
                or another workspace; `workers-out-of-range`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> imports = workspace.imports(amelie)
        >>> previewed = imports.preview(imports.plan("Name,E-mail\nJo Doe,jo@\n"))
        >>> previewed.created, [(one.line, one.column, one.code) for one in previewed.problems]
        (1, [(2, 'E-mail', 'email-syntax')])
        >>> with workspace.read(amelie) as session:
        ...     session.contacts.count()
        0
        """
        self._check_plan(plan)
        _check_workers(workers)
        fingerprint, size = plan.fingerprint(self._actor)
        with self._transactions.reading() as transaction:
            previous = JobRepository(transaction).last_done(IMPORT, fingerprint)
        run = self._run(plan, progress, size, previous, whole_file=True, workers=workers)
        notes = NoteFile()
        numbers: dict[str, int] = {}

        def preview_batch(batch: Batch) -> tuple[BatchPlan, ImportCounts]:
            with self._transactions.reading() as transaction:
                planned = run.plan_batch(transaction, batch)
            notes.add(planned)
            numbers.update(planned.added_to(numbers))
            return planned, counts_of(numbers)

        try:
            read = run.process("", preview_batch)
        finally:
            run.memory.staged.close()
        return _report(plan, numbers, notes.parts, read)

    @follows_jobs
    def apply(self, plan: Plan, progress: ProgressCallback | None = None, *, workers: int = 1) -> Report:
        r"""Import a file, or resume a killed import of the same file (IMP-3).

        Two imports are the same if their files, their decisions and their actors are equal. The import runs in many
        transactions. If it is killed, the next call resumes behind the last committed row, and creates nothing twice. A
        call after a completed import starts a new import. It finds the contacts of the previous one by their e-mail
        addresses, phone numbers and names, and those of unkeyed rows by the numbers of the rows. A row whose contact
        the actor does not see, because the import makes contacts for others, is skipped, unless the previous import was
        undone or the policy is `"create"`. The latter makes these contacts anew, employers too.

        Args:
            plan: A plan of this actor.
            progress: A function that is called after each transaction, of at most 3,000 rows; None, the default, for no
                calls.
            workers: The number of processes, 1 or 2; 1 by default. With 2, a second process reads the rows of a table
                while this one stores them, which is faster from some 20,000 rows on where a core is idle. Everything
                else is the same, and the import goes on alone if the second process dies.

        Returns:
            The report on all rows, including those of a killed run.

        Raises:
            Conflict: Another process runs the same import.
            StorageError: The storage cannot be written. The next call resumes the import.
            Invalid: As `preview`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> plan = imports.plan("Name,E-mail\nJo Doe,jo@bois.fr\nJo Doe,jo@bois.fr\n")
        >>> report = imports.apply(plan)
        >>> report.rows, report.created, report.skipped, [one.code for one in report.problems]
        (2, 1, 1, ['duplicate'])
        """
        self._check_plan(plan)
        _check_workers(workers)
        fingerprint, size = plan.fingerprint(self._actor)
        job = self._locking(lambda transaction: JobRepository(transaction).begin(IMPORT, fingerprint))
        run = self._run(plan, progress, size, job.repeats, whole_file=False, workers=workers)
        run.id = job.id
        for part in self._parts(job.id) if job.parts else ():
            run.memory.restore(part)

        def store(batch: Batch) -> tuple[BatchPlan, ImportCounts]:
            nonlocal job
            begun = monotonic()
            job, planned, awaited = self._store_batch(run, job, batch)
            run.batch_size.note(len(batch.rows), seconds=monotonic() - begun, awaited=awaited)
            return planned, counts_of(job.counts)

        read = run.process(job.cursor, store)
        if job.state != "done":
            # An earlier run committed the last row of the file, and was killed before it finished the job.
            job = self._locking(lambda transaction: self._save_job(transaction, attrs.evolve(job, state="done")))
        self._transactions.tidy()
        return _report(plan, job.counts, lambda: self._parts(job.id), read, id=job.id)

    @follows_jobs
    def undo(self, import_id: str | Report, progress: Callable[[UndoProgress], object] | None = None) -> UndoReport:
        r"""Revert an import as a whole; changes of others since the import are kept (IMP-3).

        - A contact that the import created goes to the trash. Each of them can be restored alone.
        - A contact that the import changed gets its earlier values, as a new version.
        - An affiliation that the import created between contacts that existed before is removed. A position or
          department that it filled in is emptied.
        - A record that somebody changed since is kept. A contact is also kept if somebody added records to it since,
          such as a contact person, a login or an authority. The report lists each kept record with its reason.
        - Contacts that the actor does not see are treated alike, and reported as one number, which does not say what
          others did with them.

        The undo stops an import that is not complete, and the same file can then be imported again. A killed undo
        resumes when it is called again. A call after a completed undo changes nothing. Its report has the same
        numbers and the same kept records, and `undone_before=True`.

        Args:
            import_id: The report of the import, or its `id`.
            progress: A function that is called after each transaction, of at most 200 records; None, the default, for
                no calls.

        Returns:
            The report.

        Raises:
            NotFound: The import does not exist, or another user ran it and the actor is no admin.
            Conflict, StorageError: The storage cannot be written. The next call resumes the undo.

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

    def list(self, *, limit: int = 50) -> tuple[PastImport, ...]:
        r"""The past imports of the actor, the newest first; an admin sees those of all users.

        Args:
            limit: The maximum number of imports, 1 to 1,000; 50 by default.

        Returns:
            The imports, each with its numbers, to choose the one to undo.

        Raises:
            Invalid: `limit-out-of-range`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> report = imports.apply(imports.plan("Name\nJo Doe\n"))
        >>> [(one.id == report.id, one.state, one.counts.created) for one in imports.list()]
        [(True, 'done', 1)]
        """
        if not 1 <= limit <= LARGEST_PAGE:
            message = f"Ask for 1 to {LARGEST_PAGE:,} at a time."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
        with self._transactions.reading() as transaction:
            return past_imports(transaction, limit)

    def _check_plan(self, plan: Plan) -> None:
        """Refuse a plan of another actor or another workspace: its decisions were made for their settings."""
        if (plan.actor, plan.workspace) != (self._actor.name, self._workspace):
            message = f"{plan.actor!r} made this plan for the workspace {plan.workspace!r}: plan the file again here."
            raise Invalid("plan-elsewhere", message, path="plan")

    def _run(
        self,
        plan: Plan,
        progress: ProgressCallback | None,
        size: int,
        previous: str,
        *,
        whole_file: bool,
        workers: int,
    ) -> ImportRun:
        with self._transactions.reading() as transaction:
            index_context, new_id = transaction.index_context, transaction.new_id
        feed = RowFeed(plan, index_context, new_id, workers=workers)
        staged = StagedContacts(index_context, whole_file=whole_file)
        ids = cache(plan.own_ids)
        spellings = TagSpellings(self._spelling)
        memory = RunMemory(staged, CompactHashMap(), spellings, file_ids=ids, index_context=index_context)
        before = PreviousRun(lambda: self._parts(previous) if previous else iter(()), self._undone())
        return ImportRun(plan, feed, memory, before, progress, size, BatchSize(BATCH))

    def _undone(self) -> Callable[[str], bool]:
        """A function that returns whether an import was undone; it reads each import only once."""

        @cache
        def was_undone(import_id: str) -> bool:
            with self._transactions.reading() as transaction:
                return JobRepository(transaction).load_any(import_id).entity.state in {"undoing", "undone"}

        return was_undone

    def _spelling(self, tag: Tag, audience: Audience) -> Tag:
        """A tag in the spelling that an audience knows by the stored contacts that the actor sees."""
        with self._transactions.reading() as transaction:
            return first_spelling(transaction, tag, audience)

    def _locking(self, function: Callable[[Transaction], _T], retry: Retry = JOB_RETRY) -> _T:
        """Run a function in a writing transaction that locks the settings, so that imports take turns."""

        def locked(transaction: Transaction) -> _T:
            lock_settings(transaction)
            return function(transaction)

        return self._transactions.run(locked, retry)

    def _store_batch(self, run: ImportRun, job: Job, batch: Batch) -> tuple[Job, BatchPlan, bool]:
        """Plan a batch and store it together with the cursor of the job; returns also whether another writer waits."""

        def store(transaction: Transaction) -> tuple[Job, BatchPlan, bool]:
            jobs = JobRepository(transaction)
            # The lock comes first. Otherwise a second run of the same import would fail on parts that exist already.
            jobs.lock_as(job, _RUNS_ELSEWHERE)
            run.memory.forget_batch()
            planned = run.plan_batch(transaction, batch)
            entries = store_batch(transaction, job.id, planned)
            users = planned.responsibles
            if planned.created and not counts_of(job.counts).contacts_created:
                users = users.union(run.plan.responsibles)
            untold = sorted(users - run.memory.told)
            notify_of_import(transaction, job.id, untold)
            entries += [("told", user) for user in untold]
            advanced = attrs.evolve(
                job,
                state="done" if batch.final else "running",
                cursor=batch.last.position,
                counts=planned.added_to(job.counts),
            )
            saved = jobs.save(jobs.add_parts(advanced, entries))
            return saved, planned, jobs.is_awaited()

        job, planned, awaited = self._locking(store, _RETRY)
        run.memory.told.update(planned.responsibles, run.plan.responsibles if planned.created else ())
        return job, planned, awaited

    @staticmethod
    def _save_job(transaction: Transaction, job: Job) -> Job:
        jobs = JobRepository(transaction)
        jobs.lock_as(job, _RUNS_ELSEWHERE)
        return jobs.save(job)

    def _parts(self, id: str) -> Iterator[Mapping[str, Any]]:
        return job_parts(self._transactions.reading, id)


def _check_workers(workers: int) -> None:
    if not 1 <= workers <= _MOST_WORKERS:
        message = f"Give 1 to {_MOST_WORKERS} processes."
        raise Invalid("workers-out-of-range", message, path="workers", value=workers, facts={"limit": _MOST_WORKERS})


def _report(plan: Plan, numbers: Mapping[str, int], notes: Notes, read: int, id: str = "") -> Report:
    problems = Problems(notes, numbers.get("problems", 0))
    counts = attrs.asdict(counts_of(numbers))
    return Report(**counts, plan=plan, problems=problems, notes=notes, id=id, rows_read=read)
