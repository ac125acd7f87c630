"""Imports: files of contacts, planned, tried, applied, resumed, undone (IMP-1 to IMP-3).

Long work is a job of many short transactions, outside any session. Each transaction of an import holds the workspace's
settings, so that two imports never decide on the same moment: a company that both name is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Conflict, StorageError
from contactcore.formats.contact_rows.row_mapper import RowMapper
from contactcore.mapping.settings import SETTINGS_ID
from contactcore.model import AccessPolicy, Actor
from contactcore.rules.access import read_terms
from contactcore.values import Tag
from contactcore.workspace.imports.plan import Plan, make_plan
from contactcore.workspace.imports.planning import BatchPlan
from contactcore.workspace.imports.report import NoteFile, Report
from contactcore.workspace.imports.run import Batch, PreviousRun, Run, Tell
from contactcore.workspace.imports.staged_contacts import CompactHashMap, Entry, StagedContacts
from contactcore.workspace.imports.undo import undo_import
from contactcore.workspace.imports.undo_report import UndoProgress, UndoReport
from contactcore.workspace.imports.writing import write_decisions
from contactcore.workspace.kernel.gc_pause import gc_paused
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, TransactionFactory, id_of
from contactcore.workspace.matching.match_keys import match_keys, match_name
from contactcore.workspace.repositories.imports import (
    Counts,
    Job,
    job_of,
    parts_of,
    previous_run,
    read_parts,
    remember_placeholders,
    running_key,
)
from contactcore.workspace.repositories.preparation import first_spelling

__all__ = ["Imports"]

_T = TypeVar("_T")

BATCH = 1_000
_ATTEMPTS = 20
_MOST_SPELLINGS = 10_000


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

    def __init__(
        self, actor: Actor, reading: TransactionFactory, writing: TransactionFactory, tidy: Callable[[], None]
    ) -> None:
        self._actor = actor
        self._reading = reading
        self._writing = writing
        self._tidy = tidy

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
                `type-unknown`, `country-unknown`, `field-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> imports = Workspace(MemoryStorage(), name="acme").imports(User("amelie"))
        >>> imports.plan("Prénom;Nom;Courriel\nZoé;Çelik;zoe@bois.fr\n").mapping
        {'Prénom': 'given', 'Nom': 'family', 'Courriel': 'emails'}
        """
        with self._reading() as transaction:
            settings = transaction.settings
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

    def preview(self, plan: Plan, progress: Tell | None = None) -> Report:
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
        with self._reading() as transaction:
            earlier = previous_run(transaction.reader, fingerprint, read_terms(self._actor))
        run = self._run(plan, progress, size, earlier, whole_file=True)
        counts = Counts()
        notes = NoteFile()
        try:
            for batch in run.batches(""):
                with gc_paused(), self._reading() as transaction:
                    decisions = run.decide(transaction, batch)
                counts = counts.plus(decisions)
                notes.add(decisions)
                run.done(decisions, counts, batch.last)
        finally:
            run.known.close()
        return Report(plan, counts, notes.parts, rows_read=counts.rows)

    def apply(self, plan: Plan, progress: Tell | None = None) -> Report:
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
        job = self._begin(fingerprint)
        run = self._run(plan, progress, size, job.repeats, whole_file=not self._sees_what_it_makes(plan))
        run.id = job.id
        try:
            self._recall(run, job)
            read = 0
            finished = False
            for batch in run.batches(job.position):
                job, decisions = self._commit(run, job, batch)
                read += decisions.rows
                run.done(decisions, job.counts, batch.last)
                finished = batch.final
            if not finished:
                job = self._repeated(lambda transaction: self._store(transaction, attrs.evolve(job, state="done")))
        finally:
            run.known.close()
        self._tidy()
        return Report(plan, job.counts, lambda: self._parts(job.id), id=job.id, rows_read=read)

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
        report = undo_import(id_of(import_id), self._reading, self._repeated, progress)
        self._tidy()
        return report

    def _run(self, plan: Plan, progress: Tell | None, size: int, earlier: str, *, whole_file: bool) -> Run:
        with self._reading() as transaction:
            index_context = transaction.index_context
            new_id = transaction.new_id
        judge = RowMapper(plan.options, index_context.settings, new_id, self._spelling())
        known = StagedContacts(index_context, whole_file=whole_file)
        before = PreviousRun(self._parts(earlier) if earlier else iter(()))
        return Run(plan, judge, known, CompactHashMap(), progress, size, BATCH, before)

    def _spelling(self) -> Callable[[Tag], Tag]:
        """Gives tags in the spelling that the actor knows; asks the storage once for each."""
        known: dict[str, Tag] = {}

        def spell(tag: Tag) -> Tag:
            spelled = known.get(tag.key)
            if spelled is None:
                if len(known) >= _MOST_SPELLINGS:
                    known.clear()
                with self._reading() as transaction:
                    spelled = known[tag.key] = first_spelling(transaction, tag)
            return spelled

        return spell

    def _sees_what_it_makes(self, plan: Plan) -> bool:
        return self._actor.admin or plan.access.is_open or self._actor.name in plan.responsibles

    def _repeated(self, function: Callable[[Transaction], _T]) -> _T:
        """Run a function in a writing transaction, again when others were faster."""
        for attempt in range(_ATTEMPTS):
            try:
                with self._writing() as transaction:
                    # Imports take turns: what one makes, the next one's transaction finds.
                    with transaction.refusals(None):
                        transaction.writer.lock("settings", SETTINGS_ID)
                    return function(transaction)
            except StorageError as error:
                if error.code != "storage-retry" or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("every attempt returns or raises")

    def _begin(self, fingerprint: str) -> Job:
        def begin(transaction: Transaction) -> Job:
            (holder,) = transaction.reader.holders([running_key(fingerprint)])
            if holder is not None:
                return job_of(transaction.writer.lock(*holder))
            job = Job(
                id=transaction.new_id(),
                version=1,
                actor=self._actor.name,
                fingerprint=fingerprint,
                started=timestamp(transaction.now),
                repeats=previous_run(transaction.reader, fingerprint, read_terms(self._actor)),
            )
            transaction.writer.insert([job.record()])
            return job

        return self._repeated(begin)

    def _commit(self, run: Run, job: Job, batch: Batch) -> tuple[Job, BatchPlan]:
        """Decide on a batch and write it together with the cursor."""

        def commit(transaction: Transaction) -> tuple[Job, BatchPlan]:
            run.known.forget_batch()
            decisions = run.decide(transaction, batch)
            # First of all, so that whoever runs the same import is told that, and not that its parts are there.
            self._hold(transaction, job)
            written = write_decisions(transaction, job.id, decisions)
            parts = list(parts_of(job, decisions, written))
            further = attrs.evolve(
                job,
                state="done" if batch.final else "running",
                position=batch.last.position,
                parts=job.parts + len(parts),
                counts=job.counts.plus(decisions),
            )
            stored = self._store(transaction, further)
            transaction.writer.insert(parts)
            return stored, decisions

        with gc_paused():
            return self._repeated(commit)

    @staticmethod
    def _hold(transaction: Transaction, job: Job) -> None:
        try:
            with transaction.refusals(None):
                transaction.writer.lock("import", job.id, job.version)
        except Conflict:
            message = "Somebody else runs or undoes the same import at this moment. Let them, or stop them first."
            raise Conflict(None, None, message) from None

    def _store(self, transaction: Transaction, job: Job) -> Job:
        self._hold(transaction, job)
        further = attrs.evolve(job, version=job.version + 1)
        with transaction.refusals(None):
            transaction.writer.replace(further.record(), job.version)
        return further

    def _recall(self, run: Run, job: Job) -> None:
        """Learn what an earlier, killed run of the same import made, as far as the next rows need it."""
        if not job.parts:
            return
        for part in self._parts(job.id):
            remember_placeholders(run.stubs, part.get("stubs", []), part.get("filled", []))
            if not self._sees_what_it_makes(run.plan):
                made = (*part.get("people", ()), *part.get("companies", ()))
                with self._reading() as transaction:
                    for contact, stored in transaction.contacts(made).values():
                        entry = Entry(contact, stored.access, new=True)
                        name = match_name(contact, transaction.index_context.language)
                        run.known.add(entry, match_keys(contact, name))
                run.known.end_batch()

    def _parts(self, id: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            with self._reading() as transaction:
                parts, after = read_parts(transaction.reader, id, after)
            yield from parts
            if after is None:
                return
