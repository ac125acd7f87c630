"""Past imports: what a user or an admin chooses from to undo one (IMP-3)."""

from __future__ import annotations

from datetime import datetime

import attrs

from contactcore.frozen import frozen
from contactcore.rules.access import read_terms
from contactcore.values.moment import parse_moment
from contactcore.workspace.imports.counts import ImportCounts
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.jobs import IMPORT, JobRepository

__all__ = ["PastImport", "past_imports"]


@frozen(kw_only=True)
class PastImport:
    """An import that ran, runs or was killed.

    Attributes:
        id: The id, for `Imports.undo`.
        actor: The name of the user who ran it; of the user who took over, if that one left.
        started: The time when it began, in UTC.
        state: `"running"`, which includes a killed import; `"done"`, `"undoing"` or `"undone"`.
        counts: The numbers of its rows so far.
        problems: The number of its problems.
    """

    id: str
    actor: str
    started: datetime
    state: str
    counts: ImportCounts
    problems: int = 0

    def as_dict(self) -> dict[str, object]:
        """The import as a JSON object."""
        counts = attrs.asdict(self.counts)
        head = {"id": self.id, "actor": self.actor, "started": self.started.isoformat(), "state": self.state}
        return {**head, "rows": self.counts.rows, **counts, "problems": self.problems}


def past_imports(transaction: Transaction, limit: int) -> tuple[PastImport, ...]:
    """The imports that the actor may undo, the newest first.

    Args:
        transaction: The transaction of the actor.
        limit: The maximum number of imports.
    """
    jobs = JobRepository(transaction)
    seen = [one.entity for one in jobs.find(frozenset({f"name:{IMPORT}"}), access=read_terms(transaction.actor))]
    newest = sorted(seen, key=lambda job: (job.started, job.id), reverse=True)[:limit]
    fields = [field.name for field in attrs.fields(ImportCounts)]
    return tuple(
        PastImport(
            id=job.id,
            actor=job.actor,
            started=parse_moment(job.started),
            state=job.state,
            counts=ImportCounts(**{name: job.counts.get(name, 0) for name in fields}),
            problems=job.counts.get("problems", 0),
        )
        for job in newest
    )
