"""Generated imports: a directory and a file for it, how to import it, and views of all that comes of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from random import Random
from typing import Any, Final

import attrs
import pytest

from contactcore import Host, Invalid, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.repositories.jobs import JobRepository
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.native_rows import native_table, with_ids

__all__ = ["Killed", "Scenario", "contact_ids", "directory", "killing", "new_space", "said", "scenario", "table"]

CLEAR: Final = "(clear)"
CELLS: Final[dict[str, tuple[str, ...]]] = {
    "Full name": ("", "Zoe Lee", "Ann Lee", "A. Lee", "Lee", "Ann Ray", "Bois", "Lee, Ann"),
    "Email": ("", "zoe@x.org", "s@x.org", "S@X.org, ann@x.org", "info@bois.fr", "bad@", CLEAR),
    "Phone": ("", "01 44 55 66 77", "+48 601 000 001", "01 44 55 66 77, 01 44 55 66 78", "call me", CLEAR),
    "Company": ("", "", "Bois", "bois", "Süd", "Süd, Nord", "Ann Lee", "Lune; Bois"),
    "Kind": ("", "person", "company"),
    "Department": ("", "Nord", "Ost"),
    "Position": ("", "CEO", "CFO", CLEAR),
    "Tags": ("", "vip", "VIP, secret", "Secret", "new, Vip", CLEAR),
    "Type": ("", "supplier", "nonsense", CLEAR),
    "City": ("", "Lyon", CLEAR),
    "Notes": ("", "x", "y", CLEAR),
    "Size": ("", "S", "M", CLEAR),
    "Since": ("", "2024-05-06", "05/06/2024", "soon"),
    "Count": ("", "1,234", "1 234", "x", CLEAR),
    "Colours": ("", "red", "red; blue", "pink"),
    "Member": ("", "oui", "no", "maybe"),
    "Hobby": ("", "chess"),
    "Responsible": ("", "bob", "amelie, bob", "nobody"),
    "Site name": ("", "Mill", "mill", "Quarry"),
    "Item": ("", "Saw", "Van"),
}
OWN: Final = {"id", "source", "added", "changed", "since", "version", "revision", "contact_id", "person_id", "site_id"}
"""What differs from run to run, or refers to records by their ids."""
_numbers = count()


class Killed(Exception):
    """Ends an import as a kill does."""


@attrs.frozen
class Scenario:
    """A directory, a file, and how it is imported."""

    stored: list[tuple[User, str, str]]
    rows: int
    text: str
    policy: str
    options: dict[str, Any]
    required: bool


def table(random: Random, most: int) -> tuple[int, str]:
    """The number of rows that are not empty, and a file."""
    core = ["Full name", "Email", "Phone", "Company"]
    headers = [*core, *random.sample(sorted(CELLS.keys() - {*core}), random.choice((0, 1, 3, 5)))]
    blank = random.choice((0, 0.3, 0.6))
    rows = [
        ["" if random.random() < blank else random.choice(CELLS[header]) for header in headers]
        for _ in range(random.randint(1, most))
    ]
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return sum(any(row) for row in rows), out.getvalue()


def scenario(random: Random, *, native: bool) -> Scenario:
    policy = random.choice(("skip", "update", "create", "overwrite"))

    def file(most: int) -> tuple[int, str]:
        return native_table(random, most, clears=policy == "overwrite") if native else table(random, most)

    options: dict[str, Any] = {"strict": random.random() < 0.25}
    # The rows of an export decide about access and responsible users, unless the caller does.
    if random.random() < (0.3 if native else 0.6):
        options["access"] = random.choice(("private", "shared-read", "shared-write"))
    if random.random() < (0.2 if native else 0.3):
        options["responsibles"] = random.choice((["bob"], ["amelie", "bob"]))
    if random.random() < 0.2:
        options["tags"] = ["VIP"]
    stored = [
        (random.choice((AMELIE, AMELIE, BOB)), with_ids(file(4)[1], []), random.choice(("private", "shared-read")))
        for _ in range(random.choice((0, 1, 2)))
    ]
    return Scenario(stored, *file(12), policy, options, random.random() < 0.15)


def new_space(storage: Storage, given: Scenario) -> Workspace:
    host = Host(clock=Clock(tick=TICK))
    space = Workspace(storage, f"generated {next(_numbers)}", language="fr", country="FR", host=host)
    with space.write(ROOT) as session:
        session.settings.define_field("Size", required=given.required)
        session.settings.define_field("Since", "date")
        session.settings.define_field("Count", "number")
        session.settings.define_field("Colours", "choices", choices=["red", "blue"])
        session.settings.define_field("Member", "yes-no")
        session.settings.notices.add_purpose("Logistics")
    for actor, text, access in given.stored:
        imports = space.imports(actor)
        with suppress(Invalid):  # a file without any text
            imports.apply(imports.plan(text, policy="create", access=access))
    return space


@contextmanager
def killing(random: Random, times: int) -> Iterator[Any]:
    """Kills an import some times before a commit, and by the returned callback behind one."""
    left, save = [times], JobRepository.save

    def die() -> None:
        if left[0] and random.random() < 0.4:
            left[0] -= 1
            raise Killed

    def saved(jobs: JobRepository, job: Any) -> Any:
        if job.cursor:
            die()
        return save(jobs, job)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobRepository, "save", saved)
        yield die


def contact_ids(space: Workspace) -> list[str]:
    """The ids of the contacts, the first one that was added first."""
    with space.storage.read(space.name) as reader:
        return sorted(record.id for record in reader.dump("contact"))


def said(report: Any, stored: list[str]) -> list[Any]:
    """All that a report says; the contact of an earlier row has a line in one batch, and an id in the next.

    Args:
        report: The report.
        stored: The ids of the contacts that were stored before, which differ between workspaces.
    """

    def without_ids(text: str) -> str:
        for place, id in enumerate(stored):
            text = text.replace(id, f"#{place}")
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "#", text)
        return re.sub(r"the contact of line \d+|contact #\d*", "a contact", text)

    rejects = io.BytesIO()
    report.write_rejects(rejects)
    problems = [
        (one.line, one.column, without_ids(one.value), one.code, one.kind, without_ids(one.reason))
        for one in report.problems
    ]
    changes = [
        (one.line, one.name, one.field, without_ids(one.before), without_ids(one.after)) for one in report.changes
    ]
    return [attrs.asdict(report.counts), problems, changes, without_ids(rejects.getvalue().decode())]


def directory(space: Workspace, *, live: bool = False) -> Counter[str]:
    """Each contact with its rights, and with all that belongs to it; `live` leaves out the trash."""
    with space.storage.read(space.name) as reader:
        records = [record for kind in ("contact", "affiliation", "site", "item") for record in reader.dump(kind)]
    records = [record for record in records if not (live and b'"trashed"' in record.body)]
    bodies = {record.id: json.loads(record.body) for record in records}
    shown = {id: {name: one for name, one in body.items() if name not in OWN} for id, body in bodies.items()}
    found: dict[str, list[str]] = {}
    for record in records:
        if record.kind == "contact":
            rights = sorted(term for term in record.access if not term.startswith("import:"))
            found[record.id] = [json.dumps([shown[record.id], rights])]
    for record in records:
        body = bodies[record.id]
        ends = [id for id in (body.get("contact_id"), body.get("person_id")) if id]
        # How often the flag has moved depends on batches, who has it does not.
        own = {name: one for name, one in shown[record.id].items() if name != "primary_sequence"}
        for id in ends:
            others = [shown[other] for other in (*ends, body.get("site_id")) if other and other != id]
            found[id].append(json.dumps([record.kind, own, others]))
    return Counter(json.dumps([lines[0], *sorted(lines[1:])]) for lines in found.values())
