"""Jobs in the storage: how far each one is, and what its steps did.

Each step of a job commits its work together with the cursor, so that a job that was killed goes on behind the last step
that is safe. No two running jobs have the same name and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.errors import Conflict
from contactcore.mapping import json
from contactcore.mapping.jobs import JOB_PARTS, JOBS, done_term, running_key
from contactcore.model.job import Job, JobPart
from contactcore.rules.access import read_terms
from contactcore.storage import Query
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, TransactionFactory
from contactcore.workspace.repositories.repository import Repository

__all__ = ["JobRepository", "job_parts"]

_PART_BYTES = 400_000
_PARTS_AT_ONCE = 10


class JobRepository(Repository[Job]):
    """The jobs of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, JOBS)
        self.parts = Repository(transaction, JOB_PARTS)

    def begin(self, name: str, key: str) -> Job:
        """The running job with this name and key, locked; a new one where none runs."""
        transaction = self.transaction
        (holder,) = transaction.reader.holders([running_key(name, key)])
        if holder is not None:
            return self.lock_any(holder[1]).entity
        job = Job(
            id=transaction.new_id(),
            version=1,
            name=name,
            actor=transaction.actor.name,
            key=key,
            started=timestamp(transaction.now),
            repeats=self.last_done(name, key),
        )
        return self.add(job, event="")

    def running(self, name: str) -> list[Job]:
        """The jobs of this name that run, or that were killed, locked."""
        found = [one.entity.id for one in self.find(frozenset({f"name:{name}"})) if one.entity.state == "running"]
        locked = [self.lock_any(id).entity for id in found]
        return [job for job in locked if job.state == "running"]

    def last_done(self, name: str, key: str) -> str:
        """The id of the last job with this name and key that is done, as far as the actor sees it; `""` for none."""
        query = Query(
            kind=self.type.name,
            order="added",
            access=read_terms(self.transaction.actor),
            where=(frozenset({done_term(name, key)}),),
            descending=True,
            limit=1,
        )
        return next((card.id for card in self.transaction.reader.find(query).cards), "")

    def lock_as(self, job: Job, message: str) -> None:
        """Lock a job that nobody else may have taken further.

        Args:
            job: The job as this run knows it.
            message: What to say when somebody else runs it.

        Raises:
            Conflict: somebody else took it further.
        """
        try:
            self.lock_any(job.id, job.version)
        except Conflict:
            raise Conflict(None, None, message) from None

    def save(self, job: Job) -> Job:
        """Store a job that is locked, one version further."""
        return self.put(job, self.lock_any(job.id).stored, event="")

    def add_parts(self, job: Job, entries: Sequence[tuple[str, Any]]) -> Job:
        """Store what a step did, in as many parts as it takes.

        Args:
            job: The job, which is not stored here.
            entries: Name of a list, and an entry of it, JSON-ready.

        Returns:
            The job with the new number of parts.
        """
        parts: list[JobPart] = []
        lists: dict[str, list[Any]] = {}
        size = 0
        for name, value in entries:
            lists.setdefault(name, []).append(value)
            size += len(value) + 4 if isinstance(value, str) else len(json.dump(value)) + 1
            if size > _PART_BYTES:
                parts.append(self._part(job, len(parts), lists))
                lists, size = {}, 0
        if lists:
            parts.append(self._part(job, len(parts), lists))
        self.parts.add_many(parts)
        return attrs.evolve(job, parts=job.parts + len(parts))

    @staticmethod
    def _part(job: Job, number: int, lists: Mapping[str, Any]) -> JobPart:
        return JobPart(job_id=job.id, number=job.parts + number, actor=job.actor, entries=lists)

    def part(self, job_id: str, number: int) -> Mapping[str, Any]:
        """The entries of one part of a job; empty where there is no such part."""
        id = JobPart(job_id=job_id, number=number, actor="").id
        return next((one.entity.entries for one in self.parts.get_many([id]).values()), {})


def job_parts(
    reading: TransactionFactory, job_id: str, start: int = 0, stop: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """The entries of the parts of a job, in sequence, a few parts in each transaction.

    Args:
        reading: Opens a reading transaction.
        job_id: The job.
        start: The number of the first part.
        stop: The number behind the last part; None for all.
    """
    first = start
    while stop is None or first < stop:
        last = first + _PARTS_AT_ONCE if stop is None else min(first + _PARTS_AT_ONCE, stop)
        ids = [JobPart(job_id=job_id, number=number, actor="").id for number in range(first, last)]
        with reading() as transaction:
            found = [one.entity.entries for one in Repository(transaction, JOB_PARTS).get_many(ids).values()]
        yield from found
        if stop is None and len(found) < len(ids):
            return
        first = last
