"""Jobs: long work in many short transactions, with a record of the progress by which a killed job resumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.read_only import EMPTY, read_only

__all__ = ["Job", "JobPart"]


@frozen(kw_only=True)
class Job:
    """The record of a job.

    Attributes:
        id: The id that the library assigns.
        version: The number of stored versions.
        name: The kind of work, such as `"import"`.
        actor: The name of the actor who runs the job; the user who took over, if that actor left.
        key: The key of the job. No two running jobs have the same name and key.
        state: `"running"`, `"done"`, `"undoing"` or `"undone"`; `"running"` by default. Only imports and bulk
            acts are undone.
        cursor: The position at which the next step begins; `""` at the start.
        parts: The number of parts; 0 by default.
        started: The time when the job began, ISO 8601 in UTC.
        counts: The numbers that describe the progress, by name.
        undone: The numbers that describe the progress of the undo, by name.
        repeats: The id of the last completed job with the same name and key; `""` for none.
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
    counts: Mapping[str, int] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    undone: Mapping[str, int] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    repeats: str = ""


@frozen(kw_only=True)
class JobPart:
    """Data that a job stores about one of its steps.

    Attributes:
        job_id: The id of the job.
        number: The number of the part; the first part of a job has the number 0.
        actor: The name of the actor who runs the job.
        entries: Lists of JSON-ready entries, by the name of the list.
    """

    job_id: str
    number: int
    actor: str
    entries: Mapping[str, Any] = attrs.field(default=EMPTY, converter=read_only, hash=False)

    @property
    def id(self) -> str:
        """The id of the part, which consists of the id of the job and the number.

        >>> JobPart(job_id="42", number=7, actor="amelie").id
        '42:00000007'
        """
        return f"{self.job_id}:{self.number:08d}"
