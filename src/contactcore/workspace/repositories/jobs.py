"""Jobs in the storage: the progress of each job, and the results of its steps.

Each step of a job commits its work together with the cursor. A job that was killed therefore continues after its last
committed step. Two running jobs never have the same name and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Conflict
from contactcore.mapping import json
from contactcore.mapping.jobs import JOB_PARTS, JOBS, done_term, running_key
from contactcore.model.job import Job, JobPart
from contactcore.rules.access import read_terms
from contactcore.storage import Query
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.job_logs import SavedJob
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import TransactionFactory
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = [
    "BULK",
    "ERASE",
    "HANDED",
    "HAND_OVER",
    "IMPORT",
    "JOB_KINDS",
    "LANGUAGE",
    "MERGE",
    "JobRepository",
    "handed_over_contacts",
    "job_parts",
    "part_ids",
]

BULK = "bulk"
"""The name of the jobs that change many contacts alike."""

ERASE = "erase"
"""The name of the jobs that erase people."""

HAND_OVER = "hand-over"
"""The name of the jobs that give the contacts of a user to another user."""

IMPORT = "import"
"""The name of the jobs that import."""

LANGUAGE = "language"
"""The name of the jobs that change the language of a workspace."""

MERGE = "merge"
"""The name of the jobs that merge contacts."""

JOB_KINDS = (BULK, ERASE, HAND_OVER, IMPORT, LANGUAGE, MERGE)
"""The names of all jobs."""

HANDED = "handed"
"""The list in the parts of a job of handing over: the id and the earlier version of each contact."""


_PART_BYTES = 400_000
_PARTS_AT_ONCE = 10


class JobRepository(Repository[Job]):
    """The jobs of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, JOBS)
        self.parts: Repository[JobPart] = Repository(transaction, JOB_PARTS)

    def begin(self, name: str, key: str) -> Job:
        """Return the running job with this name and key, locked; a new job if none runs."""
        assert name in JOB_KINDS, "a job without a name of the list is never found"
        transaction = self.transaction
        (found,) = transaction.reader.holders([running_key(name, key)])
        if found is not None:
            job = self.lock_any(found[1]).entity
            transaction.jobs.append(SavedJob(job, job.state))
            return job
        job = Job(
            id=transaction.new_id(),
            version=1,
            name=name,
            actor=transaction.actor.name,
            key=key,
            started=timestamp(transaction.now),
            repeats=self.last_done(name, key),
        )
        transaction.jobs.append(SavedJob(job, ""))
        return self.add(job, event="")

    def running_with(self, name: str, key: str) -> Job | None:
        """Return the running job with this name and key, locked; None if none runs."""
        (found,) = self.transaction.reader.holders([running_key(name, key)])
        return None if found is None else self.lock_any(found[1]).entity

    def running(self, name: str) -> list[Job]:
        """Return the jobs with this name that run or were killed, locked."""
        found = [one.entity.id for one in self.find(frozenset({f"name:{name}"})) if one.entity.state == "running"]
        locked = [self.lock_any(id).entity for id in found]
        return [job for job in locked if job.state == "running"]

    def handed_over_since(self, moment: str) -> list[tuple[str, str]]:
        """The users who left, each with the user who took over, in the sequence of the handings over since a time.

        Args:
            moment: The time, as it is stored.
        """
        found = [one.entity for one in self.find(frozenset({f"name:{HAND_OVER}"}))]
        later = sorted((one.started, one.id, one.key) for one in found if one.started > moment)
        pairs = (key.split("\n") for _, _, key in later)
        return [(leaving, to) for leaving, to in pairs]

    def of_user(self, user: str, without: str = "") -> Iterator[Loaded[Job]]:
        """Yield the jobs that a user runs or ran.

        Args:
            user: The name of the user.
            without: The id of a job that is left out; `""` (the default) for none.
        """
        for one in self.find(access=frozenset({f"responsible:{user}"})):
            if one.entity.id != without:
                yield one

    def hand_over(self, job_id: str, to: str) -> Job:
        """Give a job to another user, who then sees and undoes it. A run that goes on meanwhile stops with `Conflict`.

        Args:
            job_id: The id of the job.
            to: The name of the other user.
        """
        locked = self.lock_any(job_id)
        return self.put(attrs.evolve(locked.entity, actor=to), locked.stored, event="")

    def hand_over_parts(self, user: str, to: str, limit: int, without: str = "") -> int:
        """Give parts of the jobs of a user to another user, and return their number.

        Args:
            user: The name of the user who ran the jobs.
            to: The name of the other user.
            limit: The maximum number of parts.
            without: The id of a job that is left out; `""` (the default) for none.
        """
        named = self.parts.find(access=frozenset({f"responsible:{user}"}))
        found = list(islice((one for one in named if one.entity.job_id != without), limit))
        for part, stored in found:
            given = attrs.evolve(part, actor=to)
            record = self.parts.record(given, stored.access)
            self.parts.replace(given, stored, attrs.evolve(record, version=stored.version + 1))
        return len(found)

    def last_done(self, name: str, key: str) -> str:
        """Return the id of the last finished job with this name and key that the actor sees; `""` for none."""
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
        """Lock a job, provided that no other run has continued it.

        Args:
            job: The job as this run knows it.
            message: The message of the `Conflict`.

        Raises:
            Conflict: another run has continued the job.
        """
        try:
            self.lock_any(job.id, job.version)
        except Conflict:
            raise Conflict(None, None, message) from None

    def save(self, job: Job) -> Job:
        """Store a changed job that is locked, with the next version."""
        locked = self.lock_any(job.id)
        saved = self.put(job, locked.stored, event="")
        self.transaction.jobs.append(SavedJob(saved, locked.entity.state))
        return saved

    def add_parts(self, job: Job, entries: Sequence[tuple[str, Any]]) -> Job:
        """Store the results of a step, in as many parts as their size requires.

        Args:
            job: The job. It is not stored by this method.
            entries: Pairs of the name of a list and a JSON-ready entry of that list.

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

    def is_awaited(self) -> bool:
        """Return whether another writer waits for this transaction to end, or may wait."""
        return self.transaction.writer.is_awaited()

    @staticmethod
    def _part(job: Job, number: int, lists: Mapping[str, Any]) -> JobPart:
        return JobPart(job_id=job.id, number=job.parts + number, actor=job.actor, entries=lists)

    def part(self, job_id: str, number: int) -> Mapping[str, Any]:
        """Return the entries of one part of a job; an empty mapping if there is no such part."""
        id = JobPart(job_id=job_id, number=number, actor="").id
        return next((one.entity.entries for one in self.parts.get_many([id]).values()), {})


def part_ids(job: Job, start: int = 0) -> list[str]:
    """The ids of the parts of a job.

    Args:
        job: The job.
        start: The number of the first one; 0 by default.
    """
    return [JobPart(job_id=job.id, number=number, actor="").id for number in range(start, job.parts)]


def job_parts(
    reading: TransactionFactory, job_id: str, start: int = 0, stop: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of the parts of a job, in sequence, a few parts in each transaction.

    Args:
        reading: Opens a reading transaction.
        job_id: The id of the job.
        start: The number of the first part; 0 by default.
        stop: The number after the last part; None (the default) for all.
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


def handed_over_contacts(reading: TransactionFactory) -> Iterator[tuple[str, int]]:
    """Yield the id and the earlier version of each contact that was handed over, in the sequence of the jobs.

    Args:
        reading: Opens a reading transaction.
    """
    with reading() as transaction:
        found = JobRepository(transaction).find(frozenset({f"name:{HAND_OVER}"}))
        ids = [one.entity.id for one in found if one.entity.parts]
    for id in ids:
        for part in job_parts(reading, id):
            yield from part.get(HANDED, ())
