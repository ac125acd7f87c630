"""The list of the jobs of a workspace: imports, bulk acts and other long acts, complete or killed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from contactcore.frozen import frozen
from contactcore.model.job import Job
from contactcore.rules.access import read_terms
from contactcore.storage import Query, cursor_of
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.jobs import JobRepository

__all__ = ["JobCard", "list_jobs"]

_ORDER = "added"
_COUNTS = ("created", "updated", "skipped", "rejected", "changed", "unchanged", "contacts", "people", "trash", "done")
"""The numbers of jobs that users read; the others only resume a job."""


@frozen(kw_only=True)
class JobCard:
    """A job in the list.

    Attributes:
        id: The id, with which an import or a bulk act is undone.
        kind: `"import"`, `"bulk"`, or the name of another kind of job such as `"hand-over"`.
        user: The name of the user who runs or ran it; the user who took over, if that one left.
        started: The time when it began, in UTC.
        state: `"running"` (or killed), `"done"`, `"undoing"` or `"undone"`.
        counts: Its numbers so far, by name.
    """

    id: str
    kind: str
    user: str
    started: datetime
    state: str
    counts: Mapping[str, int] = attrs.field(factory=dict)


def list_jobs(transaction: Transaction, kind: str, limit: int, after: JobCard | None) -> tuple[JobCard, ...]:
    """Return the jobs that the actor sees; see `Maintenance.jobs`."""
    repository = JobRepository(transaction)
    query = Query(
        kind=repository.type.name,
        order=_ORDER,
        access=read_terms(transaction.actor),
        where=(frozenset({f"name:{kind}"}),) if kind else (),
        after=None if after is None else cursor_of(_ORDER, "", after.id),
        limit=limit,
        descending=True,
    )
    found = transaction.reader.find_records(query)
    return tuple(_card(repository.loaded(stored).entity) for stored in found.records)


def _card(job: Job) -> JobCard:
    counts = {name: job.counts[name] for name in _COUNTS if name in job.counts}
    return JobCard(
        id=job.id, kind=job.name, user=job.actor, started=parse_moment(job.started), state=job.state, counts=counts
    )
