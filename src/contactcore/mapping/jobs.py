"""Conversion between jobs and records, and between the parts of jobs and records."""

from __future__ import annotations

import attrs

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.model import AccessPolicy, Settings
from contactcore.model.job import Job, JobPart
from contactcore.rules.access import contact_access
from contactcore.storage import Record, Stored

__all__ = ["JOBS", "JOB_PARTS", "done_term", "job_name", "running_key"]


def running_key(name: str, key: str) -> str:
    """The unique key of a running job; no two running jobs have the same name and key.

    Args:
        name: The name of the job, such as `"import"`.
        key: The key of the job.

    >>> running_key("import", "5f3a")
    'import:5f3a'
    """
    return term(name, key)


def done_term(name: str, key: str) -> str:
    """The term by which completed jobs with a name and a key are found.

    Args:
        name: The name of the jobs.
        key: The key of the jobs.

    >>> done_term("import", "5f3a")
    'done:import:5f3a'
    """
    return term("done", f"{name}:{key}")


def _record(job: Job, placement: Placement) -> Record:
    body = attrs.asdict(job, filter=lambda field, _: field.name not in {"id", "version"})
    return Record(
        kind="job",
        id=job.id,
        version=job.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset({f"name:{job.name}", *([done_term(job.name, job.key)] if job.state == "done" else ())}),
        keys=frozenset({running_key(job.name, job.key)} if job.state == "running" else ()),
        access=placement.access,
    )


def _job(stored: Stored) -> Job:
    return Job(id=stored.id, version=stored.version, **json.load(stored.body))


def job_name(stored: Stored) -> str:
    """The name of the job of a stored record.

    Args:
        stored: The record.
    """
    name: str = json.load(stored.body)["name"]
    return name


def _part_record(part: JobPart, placement: Placement) -> Record:
    return Record(
        kind="job-part",
        id=part.id,
        body=json.dump({"actor": part.actor, "number": part.number, "entries": part.entries}),
        orders={"added": f"{part.number:08d}"},
        terms=frozenset({f"job:{part.job_id}"}),
        references={"job": part.job_id},
        access=placement.access,
    )


def _part(stored: Stored) -> JobPart:
    body = json.load(stored.body)
    job_id, _, number = stored.id.rpartition(":")
    return JobPart(job_id=job_id, number=int(number), actor=body["actor"], entries=body["entries"])


def _access(
    job: Job | JobPart, _settings: Settings, _stored: frozenset[str], _owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """Only the actor who runs a job and the admins see it."""
    return contact_access(AccessPolicy.PRIVATE, (job.actor,), listed=False)


JOBS: EntityType[Job] = EntityType(
    personal="none",
    kind=KIND_OF["job"],
    load=lambda stored, _: _job(stored),
    record=_record,
    access=_access,
)

JOB_PARTS: EntityType[JobPart] = EntityType(
    personal="noted",
    kind=KIND_OF["job-part"],
    load=lambda stored, _: _part(stored),
    record=_part_record,
    access=_access,
)
