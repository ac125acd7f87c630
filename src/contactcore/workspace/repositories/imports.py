"""The record of an import: how far it is, and what its parts made.

An import is a job of many short transactions. Each commits its rows together with the cursor, so that whoever repeats a
killed import goes on behind the last row that is safe. While it runs, what tells it from any other import is its unique
key; when it is done, the same file may be imported anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.mapping import json
from contactcore.mapping.contacts import body_of
from contactcore.model import AccessPolicy, Person
from contactcore.rules.access import contact_access
from contactcore.storage import LARGEST_PAGE, SYSTEM, Query, Reader, Record, Stored
from contactcore.workspace.imports.planning import BatchPlan
from contactcore.workspace.imports.staged_contacts import CompactHashMap

__all__ = [
    "Counts",
    "Job",
    "Undoing",
    "job_of",
    "part_id",
    "part_record",
    "parts_of",
    "previous_run",
    "read_parts",
    "remember_placeholders",
    "running_key",
]

_PART_BYTES = 400_000


def running_key(fingerprint: str) -> str:
    """The unique key of an import that is not finished."""
    return f"import:{fingerprint}"


@attrs.frozen(kw_only=True)
class Counts:
    """The numbers of an import.

    Attributes:
        rows: All rows that were looked at; the sum of the next four.
        problems: Faults and notes.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    people_created: int = 0
    companies_created: int = 0
    problems: int = 0

    def plus(self, decisions: BatchPlan) -> Counts:
        """The numbers with those of one more batch."""
        return Counts(
            rows=self.rows + decisions.rows,
            created=self.created + decisions.created,
            updated=self.updated + decisions.updated,
            skipped=self.skipped + decisions.skipped,
            rejected=self.rejected + decisions.rejected,
            people_created=self.people_created + decisions.people_created,
            companies_created=self.companies_created + decisions.companies_created,
            problems=self.problems + len(decisions.problems),
        )


@attrs.frozen(kw_only=True)
class Undoing:
    """How far undoing an import is.

    Attributes:
        parts: How many parts the import has; those behind them tell what was kept.
        size: How many entries are undone in one transaction.
        done: How many such transactions are done.
        removed, restored, affiliations: What they took back.
    """

    parts: int = 0
    size: int = 0
    done: int = 0
    removed: int = 0
    restored: int = 0
    affiliations: int = 0


@attrs.frozen(kw_only=True)
class Job:
    """An import as it is stored.

    Attributes:
        id, version: Of its record.
        actor: The user who imports.
        fingerprint: Of the file and the decisions.
        state: `"running"`, `"done"`, `"undoing"` or `"undone"`.
        position: Where the next row begins; `""` at the start.
        parts: How many part records there are.
        started: ISO 8601 in UTC.
        resumed: How many rows were done when this run began.
        undoing: How far it is undone.
        repeats: The id of the run of the same import that was done before it; `""` for the first.
    """

    id: str
    version: int
    actor: str
    fingerprint: str
    state: str = "running"
    position: str = ""
    parts: int = 0
    counts: Counts = Counts()
    started: str = ""
    resumed: int = 0
    undoing: Undoing = Undoing()
    repeats: str = ""

    def record(self) -> Record:
        """The record to be stored."""
        body = attrs.asdict(self, filter=lambda field, _: field.name not in {"id", "version", "resumed"})
        return Record(
            kind="import",
            id=self.id,
            version=self.version,
            body=json.dump(body),
            orders={"added": ""},
            terms=frozenset({f"state:{self.state}", *([f"done:{self.fingerprint}"] if self.state == "done" else ())}),
            keys=frozenset({running_key(self.fingerprint)} if self.state == "running" else ()),
            access=_access(self.actor),
        )


def _access(actor: str) -> frozenset[str]:
    return contact_access(AccessPolicy.PRIVATE, (actor,), listed=False)


def job_of(stored: Stored) -> Job:
    """The import of a stored record."""
    body = json.load(stored.body)
    counts, undoing = Counts(**body.pop("counts")), Undoing(**body.pop("undoing", {}))
    return Job(id=stored.id, version=stored.version, counts=counts, resumed=counts.rows, undoing=undoing, **body)


def previous_run(reader: Reader, fingerprint: str, access: frozenset[str]) -> str:
    """The id of the last run of an import that is done and not undone; `""` if there is none.

    Args:
        reader: Of the directory.
        fingerprint: Of the file and the decisions.
        access: Of who asks.
    """
    query = Query(
        kind="import",
        order="added",
        access=access,
        where=(frozenset({f"done:{fingerprint}"}),),
        descending=True,
        limit=1,
    )
    return next((card.id for card in reader.find(query).cards), "")


def parts_of(job: Job, decisions: BatchPlan, written: Iterable[tuple[str, Any]] = ()) -> Iterator[Record]:
    """What is to be remembered of one batch, in as many records as it takes.

    Contacts that were updated are kept as they were before, so that the import can be undone.

    Args:
        job: The import.
        decisions: What the rows of the batch come to.
        written: What `write_decisions` gave.
    """
    entries: list[tuple[str, Any]] = [("problems", problem.as_list()) for problem in decisions.problems]
    entries += [("rejects", list(reject)) for reject in decisions.rejects]
    entries += [("people" if isinstance(entry.contact, Person) else "companies", entry.id) for entry in decisions.made]
    entries += [("stubs", id) for id in decisions.stubs]
    entries += [("filled", id) for id in decisions.filled]
    entries += [("bare", list(bare)) for bare in decisions.bare]
    for entry in decisions.changed.values():
        if entry.before is not None and entry.before is not entry.contact:
            entries.append(("changed", [entry.id, entry.before.version, body_of(entry.before).decode()]))
    entries += written
    body: dict[str, list[Any]] = {}
    size = 0
    number = job.parts
    for name, value in entries:
        body.setdefault(name, []).append(value)
        size += len(value) + 4 if isinstance(value, str) else len(json.dump(value)) + 1
        if size > _PART_BYTES:
            yield part_record(job, number, body)
            body, size, number = {}, 0, number + 1
    if body:
        yield part_record(job, number, body)


def part_id(id: str, number: int) -> str:
    """The id of a part of an import."""
    return f"{id}:{number:08d}"


def part_record(job: Job, number: int, body: Mapping[str, Sequence[Any]]) -> Record:
    """The record of a part."""
    return Record(
        kind="import-part",
        id=part_id(job.id, number),
        body=json.dump(body),
        orders={"added": f"{number:08d}"},
        terms=frozenset({f"import:{job.id}"}),
        references={"import": job.id},
        access=_access(job.actor),
    )


def read_parts(reader: Reader, id: str, after: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
    """Some parts of an import, in order, and the cursor behind them; None at the end."""
    query = Query(
        kind="import-part",
        order="added",
        access=SYSTEM,
        where=(frozenset({f"import:{id}"}),),
        after=after,
        limit=LARGEST_PAGE // 100,
    )
    found = reader.find(query)
    stored = reader.get("import-part", [card.id for card in found.cards])
    return [json.load(one.body) for one in stored if one is not None], found.last if found.more else None


def remember_placeholders(stubs: CompactHashMap, made: list[str], filled: list[str]) -> None:
    """Note which companies an import made that nothing else is known of, and which it came to know."""
    for id in made:
        stubs.put(id, 1)
    for id in filled:
        stubs.put(id, 0)
