"""The service of merging: several contacts become one (IMP-7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from contactcore.errors import Invalid, NotFound
from contactcore.frozen import frozen
from contactcore.model import Contact
from contactcore.model.job import Job
from contactcore.rules.access import may_see
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.edits import refuse_edited
from contactcore.workspace.kernel.job_logs import follows_jobs
from contactcore.workspace.kernel.retry import JOB_RETRY
from contactcore.workspace.kernel.transaction import id_of
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.merging.plan import MergePlan, Order, plan_of
from contactcore.workspace.merging.steps import BATCH, merge_step
from contactcore.workspace.merging.undo import begin_undo, undo_step
from contactcore.workspace.repositories.jobs import MERGE, JobRepository

__all__ = ["Merge", "Merging"]

_MOST = 50
_RIGHTS = ("strict", "union")


@frozen
class Merge:
    """A merge that was made.

    Attributes:
        id: The id of the merge, for `undo`.
        winner_id: The id of the contact that stays. It keeps what is added after the merge, even if it is undone.
        loser_ids: The ids of the contacts that became a part of it. They lead to the winner from now on.
        at: The time when the merge began, ISO 8601 in UTC.
        by: The name of the user who merged.
        state: `"running"` (begun, and perhaps killed), `"done"`, `"undoing"` or `"undone"`.
    """

    id: str
    winner_id: str
    loser_ids: tuple[str, ...]
    at: str
    by: str
    state: str


@check_arguments()
class Merging:
    """The merges of one user; `workspace.merging(actor)` returns this service.

    A merge runs in transactions of its own, outside any session: one for most merges, and several if a contact has
    hundreds of interactions or entries of its account. A killed merge or undo resumes when it is called again.

    >>> from contactcore import Company, Site, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, amelie = Workspace(MemoryStorage(), name="acme"), User("amelie")
    >>> with workspace.write(amelie) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
    ...     twice = session.contacts.add(Company("BOIS ET FILS", phones=["+33144556677"]), sites=[Site("Sawmill")])
    >>> merging = workspace.merging(amelie)
    >>> plan = merging.plan(bois, [twice])
    >>> plan.result.name, len(plan.result.phones), dict(plan.moved)
    ('Bois & Fils', 1, {'site': 1})
    >>> merged = merging.apply(plan)
    >>> with workspace.read(amelie) as session:
    ...     session.contacts.get(twice.id).id == bois.id, [site.name for site in session.sites.of(bois.id)]
    (True, ['Sawmill'])
    >>> undone = merging.undo(merged)
    >>> with workspace.read(amelie) as session:
    ...     session.contacts.get(twice.id).name, session.sites.of(bois.id)
    ('BOIS ET FILS', ())

    Source: IMP-7.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def plan(
        self,
        winner: str | Contact,
        losers: Sequence[str | Contact],
        *,
        rules: Mapping[str, str] | None = None,
        rights: str = "strict",
    ) -> MergePlan:
        """The changes that a merge would make now; nothing is stored.

        The result has the id, the access and the responsible users of the winner. Lists and descriptions are united. In
        all other fields the value of the winner counts, or the first one that is filled; a name, and an address, is
        one value. Everything that belongs to the losers moves to the winner.

        Args:
            winner: The contact that stays, or its id.
            losers: The contacts that become a part of it, or their ids; 1 to 50 of the same kind.
            rules: Field -> `"winner"`, `"newest"` (the contact that was changed last), `"union"` (lists and the
                description), or the id of the contact whose value is taken; None, the default, for no other rules. The
                field `name` stands for all parts of the name, `fields.<slug>` for a custom field.
            rights: The rights of affiliations that become one: `"strict"`, the default, for the rights that all of them
                have; `"union"` for those that one of them has.

        Raises:
            NotFound: The actor may not see one of the contacts, or there is none.
            Forbidden: `read-only` if the actor may not change all of them.
            Invalid: `losers-missing`, `too-many`, `same-contact`, `kind-differs`, `merged-already`,
                `contact-in-trash`, `two-logins`, `two-pictures`, `merge-rule-unknown`, `field-unknown`,
                `rights-unknown`, `edit-not-stored`; and the problems of the result, as `contacts.save`.
        """
        order = self._order(winner, losers, rules or {}, rights)
        with self._transactions.reading() as transaction:
            for path, each in (("winner", winner), *((f"losers[{n}]", one) for n, one in enumerate(losers))):
                if not isinstance(each, str):
                    refuse_edited(transaction, each, path)
            return plan_of(transaction, order)

    @follows_jobs
    def apply(self, plan: MergePlan, *, widen: bool = False, progress: Callable[[int], object] | None = None) -> Merge:
        """Merge the contacts of a plan.

        The ids of the losers lead to the winner from now on: in `get`, in links, in imports and in events
        (`contact.merged`). Affiliations of one person with one contact become one, and one contact person is primary.
        A work address that does not stay is a retired one. Portal users of a loser choose their client anew. No link
        for a password reaches an address that the result does not have.

        Args:
            plan: The plan.
            widen: Whether the users that `plan.widened` lists may see more than before; False by default.
            progress: A function that is called after each transaction with the number of records that moved so far, in
                batches of 500; None, the default, for no calls.

        Returns:
            The merge, with the id for `undo`.

        Raises:
            Conflict: One of the contacts was changed since the plan was made, or another process runs the same merge.
            Invalid: `merge-widens` without `widen=True`; as `plan`.
            NotFound, Forbidden: As `plan`.
            StorageError: The storage cannot be written. The next call resumes the merge.
        """
        order, steps = plan.order, 0
        while True:
            job = self._transactions.run(partial(merge_step, order=order, widen=widen), JOB_RETRY)
            steps += 1
            if progress is not None:
                progress(steps * BATCH)
            if job.state != "running":
                break
        self._transactions.tidy()
        return _merged(job)

    @follows_jobs
    def undo(self, merge: str | Merge, *, progress: Callable[[int], object] | None = None) -> Merge:
        """Undo a merge: the contacts, and what belonged to them, are as before.

        What was added after the merge stays with the winner, and what was changed in records that move back stays
        changed. An undo is checked as a whole before anything is changed.

        Args:
            merge: The merge, or its id. A merge that was killed is undone too.
            progress: A function that is called after each transaction with the number of records so far, in batches of
                500; None, the default, for no calls.

        Raises:
            NotFound: There is no such merge, or another user made it and the actor is no admin.
            Forbidden: `undo-read-only` if the actor may not change the winner, or what the losers were.
            Invalid: One error lists everything that stands in the way: `already-undone`, `winner-deleted`,
                `merged-since`, `changed-since` for a field of the winner, a contact person who is a company now, or a
                login with a password at an address of another of the contacts; `deleted-since`; `contact-restricted`.
            StorageError: The storage cannot be written. The next call resumes the undo.
        """
        job = self._transactions.run(partial(begin_undo, merge_id=id_of(merge)), JOB_RETRY)
        steps = 0
        while job.state == "undoing":
            job = self._transactions.run(partial(undo_step, job=job), JOB_RETRY)
            steps += 1
            if progress is not None:
                progress(steps * BATCH)
        self._transactions.tidy()
        return _merged(job)

    def list(self) -> tuple[Merge, ...]:
        """The merges that the actor made, or all for an admin, the newest first."""
        with self._transactions.reading() as transaction:
            found = JobRepository(transaction).find(frozenset({f"name:{MERGE}"}))
            seen = [one.entity for one in found if may_see(transaction.actor, one.access)]
        return tuple(_merged(job) for job in sorted(seen, key=lambda job: job.id, reverse=True))

    def get(self, merge: str | Merge) -> Merge:
        """The merge with an id.

        Args:
            merge: The merge, or its id.

        Raises:
            NotFound: There is no such merge, or another user made it and the actor is no admin.
        """
        id = id_of(merge)
        for one in self.list():
            if one.id == id:
                return one
        raise NotFound("merge", id)

    def _order(
        self, winner: str | Contact, losers: Sequence[str | Contact], rules: Mapping[str, str], rights: str
    ) -> Order:
        if not losers:
            raise Invalid(
                "losers-missing", "Name at least one contact that becomes a part of the winner.", path="losers"
            )
        if len(losers) > _MOST:
            raise Invalid("too-many", f"A merge is limited to {_MOST} losers.", path="losers", facts={"limit": _MOST})
        if rights not in _RIGHTS:
            message = f"Choose {' or '.join(_RIGHTS)}."
            raise Invalid("rights-unknown", message, path="rights", value=rights)
        return Order(winner_id=id_of(winner), loser_ids=tuple(map(id_of, losers)), rules=dict(rules), rights=rights)


def _merged(job: Job) -> Merge:
    winner_id, *loser_ids = job.key.split("\n")
    return Merge(job.id, winner_id, tuple(loser_ids), job.started, job.actor, job.state)
