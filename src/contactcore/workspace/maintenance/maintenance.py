"""The service of maintenance: handing over, bulk acts, duplicates, the history (ACC-5, DIR-22, IMP-7, DIR-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from contactcore.errors import Invalid
from contactcore.model import Contact
from contactcore.rules.likeness import Compared
from contactcore.storage import LARGEST_PAGE
from contactcore.workspace.contacts.directory import Filters, filters_of
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.edits import refuse_edited
from contactcore.workspace.kernel.job_logs import follows_jobs
from contactcore.workspace.kernel.transaction import id_of
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.maintenance.bulk import Bulk, Selection, undo_bulk
from contactcore.workspace.maintenance.bulk_report import BulkReport, BulkUndoReport
from contactcore.workspace.maintenance.duplicates import (
    DuplicatePair,
    compare_pairs,
    compared_of_all,
    find_duplicates,
)
from contactcore.workspace.maintenance.hand_over import HandedOver, count_hand_over, hand_over
from contactcore.workspace.maintenance.job_list import JobCard, list_jobs
from contactcore.workspace.maintenance.trimming import trim_history
from contactcore.workspace.repositories.jobs import JOB_KINDS

__all__ = ["Maintenance"]


@check_arguments(exclude=("compare_pairs",))  # It takes more pairs than a list may have entries.
class Maintenance:
    """The long acts of one user on many contacts; `workspace.maintenance(actor)` returns this service.

    Each act is a job of many short transactions, outside any session. Others read and write meanwhile. A killed act
    resumes when it is called again.

    >>> from contactcore import BulkAct, Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, bob, root = Workspace(MemoryStorage(), name="acme"), User("bob"), User("root", admin=True)
    >>> with workspace.write(bob) as session:
    ...     client = session.contacts.add(Company("Bois & Fils", tags=["lead"]))
    >>> tagged = workspace.maintenance(bob).bulk(tag="lead").apply(BulkAct(add_tags=["VIP"]))
    >>> workspace.maintenance(bob).undo(tagged).restored
    1
    >>> workspace.maintenance(root).hand_over("bob", to="eve").contacts
    1
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def preview_hand_over(self, user: str, *, to: str) -> HandedOver:
        """Count what `hand_over` would hand over now; nothing is stored.

        The cost grows with the number of these contacts, and with the number of records in the trash.

        Args:
            user: The name of the user who leaves.
            to: The name of the user who takes over.

        Raises:
            Forbidden, Invalid: As `hand_over`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace = Workspace(MemoryStorage(), name="acme")
        >>> with workspace.write(User("bob")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.maintenance(User("root", admin=True)).preview_hand_over("bob", to="eve").contacts
        1
        """
        return count_hand_over(self._transactions, user, to)

    @follows_jobs
    def hand_over(self, user: str, *, to: str, progress: Callable[[int], object] | None = None) -> HandedOver:
        """Hand over what a user who leaves looked after to another user; for admins (ACC-5).

        - The other user becomes responsible in the place of the first for each contact and each person, also in the
          trash. Access policies and other responsible users stay.
        - The other user sees and undoes the imports and bulk acts of the first. One that runs meanwhile stops with
          `Conflict`, and the other user can undo it.
        - The other user gets one letter for everything. Letters that wait for the first user are withdrawn when they
          are due, because their grounds no longer hold (NOT-8).

        A killed job resumes when it is called again. A call after a complete one hands over what the user got since.

        Args:
            user: The name of the user who leaves. The application need not know it any more.
            to: The name of the user who takes over.
            progress: A function that is called after each transaction, of at most 50 records, with the number of
                records so far; None, the default, for no calls.

        Returns:
            The numbers, including those of a killed run.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `user-name`, `user-unknown`, `same-user`.
            Conflict: Another process runs the same handing over.
            StorageError: The storage cannot be written. The next call resumes the job.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(User("bob")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.maintenance(root).hand_over("bob", to="eve").contacts
        1
        >>> with workspace.read(User("eve")) as session:
        ...     session.contacts.get(client.id).responsibles
        ('eve',)
        """
        return hand_over(self._transactions, user, to, progress)

    def bulk(self, *, ids: Sequence[str | Contact] | None = None, **filters: Any) -> Bulk:
        """Select the contacts for a bulk act: a list of them, or all that match filters (DIR-22).

        A selection by filters contains the contacts that the actor sees when the act begins.

        Args:
            ids: At most 1,000 contacts or their ids, each once; None, the default, to select by filters.
            filters: The filters of `contacts.page` by name, such as `tag="VIP"`. `role="listed"` selects all contacts
                that the directory lists.

        Raises:
            Invalid: `selection-missing` without a contact and a filter; `selection-twice` with both;
                `edit-not-stored` for a changed copy of a contact; as `contacts.page`, for a filter.

        >>> from contactcore import BulkAct, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> maintenance = Workspace(MemoryStorage(), name="acme").maintenance(User("amelie"))
        >>> maintenance.bulk(tag="VIP", kind="company").preview(BulkAct(delete=True)).selected
        0
        """
        # A filter that is None, such as an empty field of a form, must not select everything.
        wanted = filters_of(filters)
        if not ids and wanted == Filters() and "role" not in filters:
            message = 'Name the contacts, or a filter; role="listed" selects the whole directory.'
            raise Invalid("selection-missing", message, path="ids")
        if ids is None:
            return Bulk(self._transactions, Selection(None, wanted))
        if filters:
            message = "Select contacts by their ids or by filters, not by both."
            raise Invalid("selection-twice", message, path=min(filters))
        with self._transactions.reading() as transaction:
            for index, each in enumerate(ids):
                refuse_edited(transaction, each, f"ids[{index}]")
        return Bulk(self._transactions, Selection(tuple(dict.fromkeys(map(id_of, ids))), None))

    def jobs(self, *, kind: str = "", limit: int = 50, after: JobCard | None = None) -> tuple[JobCard, ...]:
        r"""Return the imports, bulk acts and other jobs that the actor sees, the latest first.

        A user sees their own jobs, and those that were handed over to them; admins see all. A killed job, of which
        nobody got a report, is found here by its state `"running"`.

        Args:
            kind: `"import"`, `"bulk"`, `"merge"`, `"hand-over"`, `"language"` or `"erase"`; `""`, the default, for all.
            limit: The maximum number of jobs, 1 to 1,000; 50 by default.
            after: The last job of the previous page; None, the default, for the first page.

        Raises:
            Invalid: `job-kind` with the list of kinds; `limit-out-of-range`, `text-nul`, `text-surrogate`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> imports = workspace.imports(amelie)
        >>> report = imports.apply(imports.plan("Company\nBois & Fils\n"))
        >>> (job,) = workspace.maintenance(amelie).jobs()
        >>> job.kind, job.user, job.state, job.counts["created"], job.id == report.id
        ('import', 'amelie', 'done', 1, True)
        """
        if not 1 <= limit <= LARGEST_PAGE:
            message = f"Ask for 1 to {LARGEST_PAGE:,} jobs."
            raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": LARGEST_PAGE})
        if kind and kind not in JOB_KINDS:
            raise Invalid("job-kind", f"Kinds of jobs are {', '.join(JOB_KINDS)}.", path="kind", value=kind)
        with self._transactions.reading() as transaction:
            return list_jobs(transaction, kind, limit, after)

    def trim_history(self, before: datetime | str, *, progress: Callable[[int], object] | None = None) -> int:
        """Remove the acts of the history that are older than a time, for good; for admins (DIR-14).

        Records stay as they are. Earlier states before that time can no longer be read, and the removed acts can no
        longer be undone. This is a job of many short transactions; a killed one resumes when it is called again.

        Args:
            before: A time with its time zone, or its text in ISO 8601. A day as text is its beginning in UTC.
            progress: A function that is called after each transaction, of at most 200 records, with the number of acts
                so far; None, the default, for no calls.

        Returns:
            The number of acts that were removed.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `time-syntax`, `time-without-zone`; `as-of-future` for a time in the future.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.read(root) as session:
        ...     now = session.history.of(client).items[0].at
        >>> workspace.maintenance(root).trim_history(now), workspace.maintenance(root).trim_history("2020-01-01")
        (0, 0)
        """
        return trim_history(self._transactions, before, progress)

    @follows_jobs
    def undo(self, bulk_id: str | BulkReport, progress: Callable[[int], object] | None = None) -> BulkUndoReport:
        """Undo a bulk act, except for what others changed since (DIR-22).

        - A type, an access policy or responsible users that the act changed are restored if they are as the act left
          them. Tags and categories that it added are taken away, and those that it removed come back.
        - A deleted contact is restored from the trash.
        - People who were changed with their contacts are restored too. What cannot be restored is listed with its
          reason.

        The undo stops an act that is not complete. A killed undo resumes when it is called again.

        Args:
            bulk_id: The report of the act, or its `id`.
            progress: A function that is called after each transaction, of at most 50 records, with the number of
                records so far; None, the default, for no calls.

        Raises:
            NotFound: There is no such bulk act, or another user ran it and the actor is no admin.
            Invalid: `already-undone`.
            Conflict, StorageError: The storage cannot be written. The next call resumes the undo.

        >>> from contactcore import BulkAct, Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> maintenance = workspace.maintenance(amelie)
        >>> deleted = maintenance.bulk(ids=[client]).apply(BulkAct(delete=True))
        >>> maintenance.undo(deleted).restored
        1
        """
        return undo_bulk(id_of(bulk_id), self._transactions, progress)

    def find_duplicates(
        self,
        *,
        minimum: float = 0.8,
        kind: str | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> tuple[DuplicatePair, ...]:
        """Search the whole directory for duplicates, among the contacts that the actor sees (IMP-7).

        Contacts are compared that share an e-mail address, a phone number, the words of a name, the beginnings of both
        names, a name and the city or the birthday, the street, or the host of a website. Pairs that somebody declared
        different are left out. Nothing is stored, so that a killed search is simply called again. The compared fields
        of all contacts are kept in memory meanwhile; `docs/duplicates.md` shows what to do with larger directories.

        Args:
            minimum: The smallest score, 0 to 1; 0.8 by default.
            kind: `"person"` or `"company"`; None, the default, for both.
            progress: A function that is called with the number of contacts that were read so far, after each 1,000 of
                them and at the end; None, the default, for no calls.

        Returns:
            The pairs, those with the highest score first.

        Raises:
            Invalid: `extra-missing`, `score-out-of-range`, `kind-unknown`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     for name in ("Jane", "Jnae", "Zoe"):
        ...         one = session.contacts.add(Person(name, "Doe", phones=["+33144556677"]))
        >>> for pair in workspace.maintenance(amelie).find_duplicates():
        ...     pair.name, pair.other_name, round(pair.score, 2)
        ('Jane Doe', 'Jnae Doe', 0.96)
        """
        return find_duplicates(self._transactions, minimum, kind, progress)

    def compared_fields(self, *, kind: str | None = None) -> Iterator[Compared]:
        """Yield the fields by which contacts are compared, of all contacts that the actor sees (IMP-7).

        This is the input of a record linkage program such as splink, for directories that do not fit in one machine.

        Args:
            kind: `"person"` or `"company"`; None, the default, for both.

        Raises:
            Invalid: `kind-unknown`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils SARL", emails=["office@bois.fr"]))
        >>> [(one.name, one.emails) for one in workspace.maintenance(amelie).compared_fields()]
        [('bois fils', ('office@bois.fr',))]
        """
        return compared_of_all(self._transactions, kind)

    def compare_pairs(self, pairs: Iterable[tuple[str, str]], *, minimum: float = 0.0) -> tuple[DuplicatePair, ...]:
        """Compare pairs of contacts that another program found (IMP-7).

        A pair is left out if the actor does not see one of its contacts, if one does not exist, or if somebody declared
        them different.

        Args:
            pairs: The ids of the two contacts of each pair; any number of pairs.
            minimum: The smallest score, 0 to 1; 0 by default, for all pairs.

        Returns:
            The pairs in the given sequence, each once.

        Raises:
            Invalid: `extra-missing`, `score-out-of-range`, `pair-type`.

        >>> from contactcore import Person, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
        >>> with workspace.write(amelie) as session:
        ...     jane, janet = (session.contacts.add(Person(name, "Doe")) for name in ("Jane", "Janet"))
        >>> [pair.other_name for pair in workspace.maintenance(amelie).compare_pairs([(janet.id, jane.id), ("?", "!")])]
        ['Janet Doe']
        """
        return compare_pairs(self._transactions, pairs, minimum)
