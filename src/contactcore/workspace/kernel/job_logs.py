"""The lines on the progress of jobs that an operator reads in the logs; see `contactcore.workspace.kernel.logs`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import monotonic
from typing import Any, ParamSpec, TypeVar

import attrs

from contactcore.errors import ContactCoreError
from contactcore.frozen import frozen
from contactcore.model.job import Job
from contactcore.workspace.kernel.logs import logger_of

__all__ = ["JobLog", "SavedJob", "follows_jobs"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_UNDO = frozenset({"undoing", "undone"})


@frozen
class SavedJob:
    """A job as a transaction stored it.

    Attributes:
        job: The job.
        before: The state in which it was stored before; `""` for a new job.
    """

    job: Job
    before: str


@attrs.define
class JobLog:
    """The lines on the jobs that one service runs.

    Attributes:
        begun: Id of a job that runs here -> the job, and the moment in which its run began.
        method: The name of the method that runs a job; `""` for none.
    """

    begun: dict[str, tuple[Job, float]] = attrs.field(factory=dict)
    method: str = ""

    def committed(self, saved: Iterable[SavedJob]) -> None:
        """Log what a committed transaction did to jobs.

        Args:
            saved: The jobs that the transaction stored, in their sequence.
        """
        first: dict[str, str] = {}
        last: dict[str, Job] = {}
        for one in saved:
            first.setdefault(one.job.id, one.before)
            last[one.job.id] = one.job
        for id, job in last.items():
            self._tell(job, first[id])

    def _tell(self, job: Job, before: str) -> None:
        is_known = job.id in self.begun
        started = self.begun[job.id][1] if is_known else monotonic()
        self.begun[job.id] = job, started
        if not is_known:
            is_undo_new = job.state in _UNDO and before not in _UNDO
            what = "undo begins" if is_undo_new else "resumed" if before else "begins"
            _line(logging.INFO, what, job, started)
        elif job.state in {"running", "undoing"}:
            _line(logging.INFO, "batch", job, started)
        if job.state in {"done", "undone"}:
            del self.begun[job.id]
            _line(logging.INFO, "undone" if job.state == "undone" else "ends", job, started)

    @contextmanager
    def following(self, method: str) -> Iterator[None]:
        """Log the jobs that an error stops inside the context; the next call resumes them.

        Args:
            method: The name of the method that runs them, such as `"Imports.apply"`.
        """
        self.method = method
        try:
            yield
        except BaseException as error:
            code = error.code if isinstance(error, ContactCoreError) else type(error).__name__
            for job, started in self.begun.values():
                _line(logging.WARNING, "failed", job, started, code)
            raise
        finally:
            self.begun.clear()
            self.method = ""


def follows_jobs(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a method of a service log the jobs that an error stops in it.

    Args:
        method: A method of a service whose `_transactions` run the job.
    """

    @wraps(method)
    def followed(*args: _P.args, **named: _P.kwargs) -> _R:
        service: Any = args[0]
        with service._transactions.log.following(method.__qualname__):  # noqa: SLF001 - of a service
            return method(*args, **named)

    return followed


def _line(level: int, what: str, job: Job, started: float, code: str = "") -> None:
    seconds = round(monotonic() - started, 3)
    counts = dict(job.undone if job.state in _UNDO else job.counts)
    told = "".join(f", {name} {number}" for name, number in counts.items())
    logger_of("contactcore.jobs").log(
        level,
        "%s %s %s%s after %.3f s%s",
        job.name,
        job.id,
        what,
        f" ({code})" if code else "",
        seconds,
        told,
        extra={
            "job_kind": job.name,
            "job_id": job.id,
            "job_event": what,
            "job_counts": counts,
            "job_seconds": seconds,
            "job_code": code,
        },
    )
