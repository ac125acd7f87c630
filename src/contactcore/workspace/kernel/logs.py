"""The lines that an operator reads in the logs: progress of jobs, and slow work. No line has personal data.

A line of `contactcore.jobs` has the kind, the id, the counts and the seconds of a job. A line of `contactcore.slow` has
the names of methods. Neither has names of users, texts, values or ids of contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import attrs

from contactcore.errors import ContactCoreError
from contactcore.frozen import frozen

if TYPE_CHECKING:  # loaded by the first job, and the first line
    from logging import Logger

    from contactcore.model.job import Job

__all__ = ["Called", "JobLog", "SavedJob", "follows_jobs", "timed_transaction"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_UNDO = frozenset({"undoing", "undone"})
_INFO, _WARNING = 20, 30
"""The levels of `logging`, which a program without a line to log need not load."""
_MOST_NAMES = 10
"""The most methods that a line names."""


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
            _line(_INFO, what, job, started)
        elif job.state in {"running", "undoing"}:
            _line(_INFO, "batch", job, started)
        if job.state in {"done", "undone"}:
            del self.begun[job.id]
            _line(_INFO, "undone" if job.state == "undone" else "ends", job, started)

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
                _line(_WARNING, "failed", job, started, code)
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
    _logger("contactcore.jobs").log(
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


@attrs.define
class Called:
    """The methods that are called in one transaction.

    Attributes:
        limit: The seconds after which a call is slow; None for never.
        names: The names of the methods that were called by the program, each once.
        depth: The number of calls inside each other at this moment.
    """

    limit: float | None
    names: dict[str, None] = attrs.field(factory=dict)
    depth: int = 0

    def begin(self, name: str) -> float:
        """Remember a call of the program, and return the moment.

        Args:
            name: The name of the method, such as `"Contacts.find"`.
        """
        self.names[name] = None
        self.depth += 1
        return monotonic()

    def end(self, name: str, started: float) -> None:
        """Log a call that took long. What a method calls itself is a part of its call.

        Args:
            name: The name of the method.
            started: The moment in which it began.
        """
        self.depth -= 1
        seconds = monotonic() - started
        if self.limit is not None and seconds > self.limit:
            _line_of_slow(name, seconds, "")


@contextmanager
def timed_transaction(kind: str, limit: float | None, method: str = "") -> Iterator[Called]:
    """Log a transaction that takes long, with its commit.

    Args:
        kind: `"read"` or `"write"`.
        limit: The seconds after which it is slow; None for never.
        method: The name of the method that opened the transaction; `""` (the default) for the program itself.
    """
    calls = Called(limit, {method: None} if method else {})
    started = monotonic()
    try:
        yield calls
    finally:
        seconds = monotonic() - started
        if limit is not None and seconds > limit:
            named = ", ".join([*calls.names][:_MOST_NAMES])
            more = ", ..." if len(calls.names) > _MOST_NAMES else ""
            _line_of_slow(f"transaction ({kind})", seconds, f": {named}{more}" if named else "")


def _line_of_slow(name: str, seconds: float, more: str) -> None:
    extra = {"slow_name": name, "slow_seconds": round(seconds, 3)}
    _logger("contactcore.slow").log(_WARNING, "%s took %.3f s%s", name, seconds, more, extra=extra)


@cache
def _logger(name: str) -> Logger:
    import logging

    logger = logging.getLogger(name)
    # Python prints warnings where nobody has set up logging, into the output of programs that did not ask.
    logger.addHandler(logging.NullHandler())
    return logger
