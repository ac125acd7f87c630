"""Jobs: long work in many short transactions, which goes on where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

__all__ = ["JOB_STATES", "Job", "JobPart"]

JOB_STATES = ("running", "done", "undoing", "undone")


@attrs.frozen(kw_only=True)
class Job:
    """A job as it is stored.

    Attributes:
        id, version: Of the record.
        name: What kind of work it is, such as `"import"`.
        actor: The name of the actor who runs it.
        key: What tells the job from every other one. No two running jobs have the same name and key.
        state: One of `JOB_STATES`.
        cursor: Where the next step begins; `""` at the start.
        parts: How many parts it has.
        started: ISO 8601 in UTC.
        counts: Progress by name, as numbers.
        undone: Progress of undoing it by name, as numbers.
        repeats: The id of the job with the same name and key that was done before it; `""` for none.
    """

    id: str
    version: int
    name: str
    actor: str
    key: str
    state: str = "running"
    cursor: str = ""
    parts: int = 0
    started: str = ""
    counts: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    undone: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    repeats: str = ""


@attrs.frozen(kw_only=True)
class JobPart:
    """What a job remembers of one of its steps.

    Attributes:
        job_id: The job.
        number: Counts the parts of the job from 0.
        actor: The name of the actor who runs the job.
        entries: Name of a list -> its entries, JSON-ready.
    """

    job_id: str
    number: int
    actor: str
    entries: Mapping[str, Any] = attrs.field(factory=dict, hash=False)

    @property
    def id(self) -> str:
        """The id of the part: that of the job, and the number."""
        return f"{self.job_id}:{self.number:08d}"
