"""Work is counted, not timed: what a question reads does not grow with the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import psycopg
import pytest

from contactcore.storage import SYSTEM, Kind, Order, Query, Reader, Record
from contactcore_postgres import PostgresStorage
from contactcore_postgres.connections import Transaction
from contactcore_postgres.schema import TABLES

KINDS = (Kind("contact", (Order("name", terms=("tag:", "email:"), words=True), Order("due", due=True))),)
SMALL, LARGE = 2_000, 20_000
ME = frozenset({"visible:*", "visible:me"})
SYLLABLES = ("ma", "ri", "jo", "de", "la", "be", "to", "ka", "sen", "ler", "du", "pon", "mar", "tin", "ro", "sa")


def record(number: int, size: int) -> Record:
    """The number-th contact of a workspace: the same mixture in each size, ten of whatever is rare."""
    mixed = number * 2654435761 % 2**32
    name = "".join(SYLLABLES[mixed >> shift & 15] for shift in (0, 4, 8))
    rare = number % (size // 10) == 0
    terms = {f"email:{number}@x.fr", "tag:dense" if number % 2 else "tag:other"} | ({"tag:rare"} if rare else set())
    return Record(
        kind="contact",
        id=f"{mixed:08x}",
        orders={"name": name, **({"due": "1"} if rare else {})},
        terms=frozenset(terms),
        words=frozenset({name, "dense", *(["rare"] if rare else [])}),
        access=frozenset({"visible:me" if rare else "visible:*" if number % 3 else "visible:others"}),
        card=b'{"name": "%s"}' % name.encode(),
        body=b'{"name": "%s", "more": "%s"}' % (name.encode(), b"x" * 300),
    )


QUESTIONS: dict[str, dict[str, Any]] = {
    "front": {},
    "depth": {"start": "m"},
    "end": {"descending": True},
    "everything": {"access": SYSTEM, "start": "m"},
    "one viewer": {"access": frozenset({"visible:me"})},
    "nobody": {"access": frozenset({"visible:nobody"})},
    "dense tag": {"where": (frozenset({"tag:dense"}),)},
    "dense tag in the depth": {"where": (frozenset({"tag:dense"}),), "start": "m"},
    "rare tag": {"where": (frozenset({"tag:rare"}),)},
    "either tag": {"where": (frozenset({"tag:rare", "tag:dense"}),)},
    "one address": {"where": (frozenset({"email:7@x.fr"}),)},
    "dense and rare": {"where": (frozenset({"tag:dense"}), frozenset({"tag:rare"}))},
    "dense word": {"words": ("den",), "limit": 20},
    "dense word in the depth": {"words": ("den",), "limit": 20, "start": "s"},
    "rare word": {"words": ("rar",), "limit": 20},
    "rare word of all": {"words": ("rar",), "limit": 20, "access": SYSTEM},
    "dense and rare word": {"words": ("den", "rar"), "limit": 20},
    "no such word": {"words": ("zzz",), "limit": 20},
    "many addresses": {"where": (frozenset(f"email:{number}@x.fr" for number in range(100)),)},
}
SHAPES = {
    name: Query(**{"kind": "contact", "order": "name", "access": ME, **question})
    for name, question in QUESTIONS.items()
}


@pytest.fixture(scope="module", params=["with statistics", "before the first statistics"])
def buffers(server: Any, request: pytest.FixtureRequest) -> Iterator[Callable[[str, Callable[[Reader], object]], int]]:
    """Counts the shared buffers that a call on a workspace reads, as a role that row-level security binds."""
    address = server.database()
    with closing(PostgresStorage(address)) as storage:
        storage.install(KINDS)
        with psycopg.connect(address, autocommit=True) as connection:
            for table in TABLES:
                connection.execute(f"ALTER TABLE contactcore.{table} SET (autovacuum_enabled = off)".encode())
        for size in (SMALL, LARGE):
            for first in range(0, size, 2_000):
                with storage.write(str(size)) as writer:
                    writer.insert([record(number, size) for number in range(first, first + 2_000)])
        role = f"app_{psycopg.conninfo.conninfo_to_dict(address)['dbname']}"
        with psycopg.connect(address, autocommit=True) as connection:
            # Without any VACUUM each place read is a look at the table too, and those lie farther apart in a large one.
            connection.execute("VACUUM ANALYZE" if request.param == "with statistics" else "VACUUM")
            connection.execute(f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA contactcore TO {role}".encode())
            connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA contactcore TO {role}".encode())
        run = Transaction.run

        def counted(size: str, call: Callable[[Reader], object]) -> int:
            total = 0

            def explained(self: Transaction, statement: str, **values: Any) -> Any:
                nonlocal total
                asked = {"ws": self.workspace, **values}
                plan = self.connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}".encode(), asked)
                ((found,),) = plan.fetchall()
                outer = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
                total += outer["Shared Hit Blocks"] + outer["Shared Read Blocks"]
                return run(self, statement, **values)

            with storage.read(size) as reader, pytest.MonkeyPatch.context() as patch:
                reader._transaction.connection.execute(f"SET LOCAL ROLE {role}".encode())
                patch.setattr(Transaction, "run", explained)
                call(reader)
            return total

        yield counted
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())
    server.drop(address)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_costs_the_same_in_a_small_and_in_a_large_workspace(
    buffers: Callable[[str, Callable[[Reader], object]], int], shape: str
) -> None:
    small, large = (buffers(str(size), lambda reader: reader.find(SHAPES[shape])) for size in (SMALL, LARGE))
    assert small > 0
    assert large <= max(small * 1.5, small + 12)
    assert large < 2_500


def test_single_records_cost_the_same_in_a_large_workspace(
    buffers: Callable[[str, Callable[[Reader], object]], int],
) -> None:
    calls: tuple[Callable[[Reader], object], ...] = (
        lambda reader: reader.get("contact", [f"{2654435761 * 77 % 2**32:08x}"]),
        lambda reader: reader.dump("contact", "8", 10),
        lambda reader: reader.holders(["nobody"]),
    )
    for call in calls:
        small, large = (buffers(str(size), call) for size in (SMALL, LARGE))
        assert large <= max(small * 1.5, small + 12)  # ten rows may lie on ten pages


def test_a_count_of_the_few_does_not_read_the_many(
    buffers: Callable[[str, Callable[[Reader], object]], int],
) -> None:
    for shape in ("rare tag", "one viewer", "rare word", "dense and rare word", "dense and rare"):
        call = partial(_count, SHAPES[shape])
        small, large = (buffers(str(size), call) for size in (SMALL, LARGE))
        assert large <= max(small * 1.5, small + 12)


def _count(query: Query, reader: Reader) -> tuple[int, ...]:
    return reader.count(query)
