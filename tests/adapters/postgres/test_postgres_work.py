"""Work is counted, not timed: what a call reads does not grow with the table, before any statistics are collected too.

The server itself reports the plans that it has run. EXPLAIN would plan a statement for its values, which the adapter
switches off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any, TypeAlias

import attrs
import psycopg
import pytest

from contactcore.storage import SYSTEM, Event, Kind, Order, Query, Record
from contactcore_postgres import PostgresStorage
from contactcore_postgres.schema import TABLES

KINDS = (
    Kind("contact", (Order("name", terms=("tag:", "email:"), words=True), Order("due", due=True)), {"of": "contact"}),
)
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
        keys=frozenset({f"login:{number}"}),
        owner="the owner" if rare else "",
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


Call: TypeAlias = Callable[[Any], object]
Buffers: TypeAlias = Callable[[str, Call], int]

REPORT = """
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_analyze = on;
SET auto_explain.log_buffers = on;
SET auto_explain.log_timing = off;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_format = json;
SET auto_explain.log_level = notice;
SET client_min_messages = notice;
DROP TABLE IF EXISTS incoming;
"""


class Undone(Exception):
    """Ends a transaction that leaves nothing."""


@pytest.fixture(scope="module")
def filled(server: Any) -> Iterator[tuple[str, str]]:
    """The address of a database with a small and a large workspace, and a role that row-level security binds."""
    address = server.database()
    with closing(PostgresStorage(address)) as storage:
        storage.install(KINDS)
        with psycopg.connect(address, autocommit=True) as connection:
            for table in TABLES:
                connection.execute(f"ALTER TABLE contactcore.{table} SET (autovacuum_enabled = off)".encode())
        for size in (SMALL, LARGE):
            # As many batches for both sizes, because a row that was never vacuumed is looked up in the table too, and
            # the rows of a batch lie together there.
            batch = size // 10
            for first in range(0, size, batch):
                with storage.write(str(size)) as writer:
                    writer.insert([record(number, size) for number in range(first, first + batch)])
                    writer.publish([Event(name="added", subject=str(number), at="now") for number in range(batch)])
    role = f"app_{psycopg.conninfo.conninfo_to_dict(address)['dbname']}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA contactcore TO {role}".encode())
        connection.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA contactcore TO {role}".encode()
        )
    yield address, role
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())
    server.drop(address)


STATES = ("freshly filled", "before the first statistics", "with statistics", "with many smaller workspaces")


# In this sequence, because each state comes out of the one before it.
@pytest.fixture(scope="module", params=STATES)
def buffers(filled: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Buffers]:
    """Counts the shared buffers that a call on a workspace reads."""
    address, role = filled
    if request.param != "freshly filled":
        with psycopg.connect(address, autocommit=True) as connection:
            if request.param == STATES[-1]:  # the server expects a workspace to have two rows
                for table in TABLES:
                    connection.execute(
                        f"ALTER TABLE contactcore.{table} ALTER workspace SET (n_distinct = -0.5)".encode()
                    )
            connection.execute("VACUUM" if request.param == "before the first statistics" else "VACUUM ANALYZE")
    with closing(PostgresStorage(address)) as storage:
        storage.install(KINDS)

        def counted(size: str, call: Call) -> int:
            total = 0

            def add(notice: psycopg.errors.Diagnostic) -> None:
                nonlocal total
                _, found, plan = (notice.message_primary or "").partition("plan:\n")
                if found:
                    outer = json.loads(plan)["Plan"]
                    total += outer["Shared Hit Blocks"] + outer["Shared Read Blocks"]

            with pytest.raises(Undone), storage.write(size) as writer:  # noqa: PT012 - the block is undone as a whole
                writer._transaction.run_waiting()  # which begins it
                connection = writer._transaction.connection
                connection.execute(REPORT)
                connection.execute(f"SET LOCAL ROLE {role}".encode())
                for _ in range(2):  # the first time a statement is planned, which reads more
                    connection.execute("SAVEPOINT before")
                    total = 0
                    connection.add_notice_handler(add)
                    writer._locked.clear()  # which the savepoint takes back
                    call(writer)
                    writer._transaction.run_waiting()
                    # The server ends a statement, and reports on it, when the next one begins.
                    connection.execute("ROLLBACK TO SAVEPOINT before")
                    connection.remove_notice_handler(add)
                raise Undone
            return total

        yield counted


def id_of(number: int) -> str:
    return f"{number * 2654435761 % 2**32:08x}"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_costs_the_same_in_a_small_and_in_a_large_workspace(buffers: Buffers, shape: str) -> None:
    small, large = (buffers(str(size), lambda reader: reader.find(SHAPES[shape])) for size in (SMALL, LARGE))
    assert small > 0
    assert large <= max(small * 1.5, small + 12)
    assert large < 2_500


def _replace(writer: Any) -> None:
    before = record(77, SMALL)
    name = {"name": "another name"}
    writer.replace(attrs.evolve(before, version=2, orders=name, terms=frozenset({"tag:dense", "tag:new"})), 1)


def _reindex(writer: Any) -> None:
    writer.reindex([attrs.evolve(record(number, SMALL), orders={"name": "x"}) for number in range(70, 90)])


def _add(number: int, writer: Any) -> None:
    records = [attrs.evolve(record(one, SMALL), id=f"new{one}", keys=frozenset()) for one in range(70, 70 + number)]
    writer.insert([attrs.evolve(one, references={"of": id_of(77)}) for one in records])


def _keep(writer: Any) -> None:
    writer.insert([record(number, SMALL) for number in range(70, 90)], existing="keep")


def _publish(writer: Any) -> None:
    writer.publish([Event(name="x", subject=str(number), at="now") for number in range(10)])
    writer.finish()


OWNED = [number for number in range(SMALL) if number % (SMALL // 10) == 0]
CALLS: dict[str, Call] = {
    "get": lambda reader: reader.get("contact", [id_of(77)]),
    "get many": lambda reader: reader.get("contact", [id_of(number) for number in range(100)]),
    "dump": lambda reader: reader.dump("contact", "8", 10),
    "holders": lambda reader: reader.holders(["nobody", "login:7"]),
    "feed": lambda reader: reader.feed(1_000, 10),
    "blob": lambda reader: reader.blob("none"),
    "lock": lambda writer: writer.lock("contact", id_of(77)),
    "replace": _replace,
    "delete": lambda writer: writer.delete("contact", id_of(77), 1),
    "set access": lambda writer: writer.set_access("contact", "the owner", frozenset({"visible:me", "visible:you"})),
    "set access of one": lambda writer: writer.set_access("contact", "", frozenset({"visible:you"}), [id_of(77)]),
    "reindex": _reindex,
    "insert few": partial(_add, 3),
    "insert many": partial(_add, 100),
    "keep what exists": _keep,
    "claim": lambda writer: writer.claim(Query(kind="contact", order="due", access=SYSTEM, stop="2", limit=5), "3"),
    "publish": _publish,
    "keep a blob": lambda writer: writer.keep_blob("digest", b"x"),
    "drop a blob": lambda writer: writer.drop_blob("digest"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_on_some_records_costs_the_same_in_a_large_workspace(buffers: Buffers, call: str) -> None:
    small, large = (buffers(str(size), CALLS[call]) for size in (SMALL, LARGE))
    assert small > 0
    assert large <= max(small * 1.5, small + 12)  # ten rows may lie on ten pages


def test_a_count_of_the_few_does_not_read_the_many(buffers: Buffers) -> None:
    for shape in ("rare tag", "one viewer", "rare word", "dense and rare word", "dense and rare"):
        small, large = (buffers(str(size), partial(_count, SHAPES[shape])) for size in (SMALL, LARGE))
        # By the chance of the hashes the few lie on more pages or on fewer; the many lie on ten times as many.
        assert large <= max(small * 2, small + 12)


@pytest.mark.parametrize("shape", ["front", "either tag", "dense tag", "dense word", "everything"])
def test_a_count_of_the_many_grows_no_faster_than_the_workspace(buffers: Buffers, shape: str) -> None:
    small, large = (buffers(str(size), partial(_count, SHAPES[shape])) for size in (SMALL, LARGE))
    assert large <= LARGE // SMALL * small * 1.5
    assert large <= LARGE * 25  # some looks at an index of three levels for each record


def _count(query: Query, reader: Any) -> tuple[int, ...]:
    found: tuple[int, ...] = reader.count(query, ["k", "r"])
    return found
