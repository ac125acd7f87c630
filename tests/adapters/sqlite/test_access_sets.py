"""A term is found in every access set that has it, whether or not the set stands for the term."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import combinations
from pathlib import Path

import attrs
import pytest

from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.access_sets import MOST_SETS
from support.sqlite_indexes import check_indexes

KINDS = (
    Kind("contact", (Order("name", words=True), Order("recent", terms=()))),
    Kind("note", (Order("name"),)),
)
USERS = tuple(f"visible:{name}" for name in ("*", "ann", "bob", "cem", "dan"))
SETS = [frozenset(some) for size in range(len(USERS) + 1) for some in combinations(USERS, size)]
"""So many that no term can be stood for by all of them."""


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SQLiteStorage]:
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        storage.install(KINDS)
        yield storage


def _record(number: int, access: frozenset[str], kind: str = "contact") -> Record:
    order = {"name": f"{number:03}"} | ({"recent": f"{999 - number:03}"} if kind == "contact" else {})
    terms = frozenset(
        {USERS[number % 3], f"tag:{number % 2}"}
    )  # a facet with the text of an access term grants nothing
    words = frozenset({"jane"}) if kind == "contact" and number % 2 else frozenset[str]()
    return Record(
        kind=kind, id=f"{number:03}", orders=order, terms=terms, words=words, access=access, card=b"%d" % number
    )


def _check_answers(storage: SQLiteStorage, workspace: str) -> None:
    """Every page, search and count has just the records whose access the query has a term of."""
    queries = [frozenset(some) for size in (1, 2, 5) for some in combinations((*USERS, "visible:nobody"), size)]
    with storage.read(workspace) as reader:
        records = {kind.name: reader.dump(kind.name) for kind in KINDS}
        for access in queries:
            for kind, order, words, where in (
                ("contact", "name", (), ()),
                ("contact", "name", ("ja",), ()),
                ("contact", "recent", (), ()),
                ("contact", "name", ("jane",), (frozenset({"visible:bob", "tag:1"}),)),
                ("note", "name", (), (frozenset({"visible:cem"}),)),
            ):
                query = Query(
                    kind=kind,
                    order=order,
                    access=access,
                    words=words,
                    where=where,
                    limit=1_000,
                )
                expected = [
                    one.id
                    for one in sorted(records[kind], key=lambda one: one.orders[order])
                    if one.access & access
                    and (not words or one.words)
                    and all((one.access | one.terms) & group for group in where)
                ]
                assert [card.id for card in reader.find(query).cards] == expected, query
                assert reader.count(query) == (len(expected),), query
                short = attrs.evolve(query, limit=2, descending=True)
                assert [card.id for card in reader.find(short).cards] == expected[::-1][:2], query
            everyone = Query(kind="note", order="name", access=SYSTEM, where=(access,), limit=1_000)
            expected = [one.id for one in records["note"] if (one.access | one.terms) & access]
            assert [card.id for card in reader.find(everyone).cards] == expected
            assert reader.count(everyone) == (len(expected),)


def _fill(storage: SQLiteStorage) -> None:
    chance = random.Random(3)
    for workspace in ("one", "two"):
        sets = chance.sample(SETS, len(SETS))
        with storage.write(workspace) as writer:
            writer.insert([_record(number, access) for number, access in enumerate(sets)])
        with storage.write(workspace) as writer:
            writer.insert([_record(number, access, "note") for number, access in enumerate(sets[::-1])])
            writer.insert([_record(number + 100, chance.choice(SETS)) for number in range(60)])


def _change(storage: SQLiteStorage) -> None:
    with storage.write("one") as writer:
        for number in range(0, 30, 3):
            (stored,) = writer.get("contact", [f"{number:03}"])
            assert stored is not None
            record = _record(number, SETS[number % 5])
            writer.replace(attrs.evolve(record, version=stored.version + 1, terms=frozenset()), stored.version)
        writer.set_access("note", "", frozenset({"visible:eve", "visible:*"}))
        if writer.get("contact", ["001"]) != [None]:
            writer.delete("contact", "001", 1)


def _restrict(storage: SQLiteStorage) -> None:
    with storage.write("one") as writer:
        for kind in KINDS:
            for record in writer.dump(kind.name):
                writer.set_access(kind.name, record.owner, frozenset({"visible:ann"}), [record.id])
    storage.scrub()


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(
    "steps",
    [(), (_change,), (SQLiteStorage.scrub,), (_restrict, _change, _restrict)],
    ids=["new", "changed", "scrubbed", "restricted"],
)
def test_answers_are_those_of_the_terms(
    storage: SQLiteStorage, steps: tuple[Callable[[SQLiteStorage], None], ...]
) -> None:
    assert len(SETS) > 2 * MOST_SETS
    _fill(storage)
    for step in steps:
        step(storage)
    for workspace in ("one", "two"):
        _check_answers(storage, workspace)
    check_indexes(storage, KINDS)


def test_another_connection_sees_the_sets_that_appeared_and_were_removed(storage: SQLiteStorage) -> None:
    _fill(storage)
    with closing(SQLiteStorage(storage.path)) as other:
        other.install(KINDS)
        _check_answers(other, "one")
        _change(storage)
        _check_answers(other, "one")
        _restrict(storage)
        _change(other)  # numbers of removed sets are given again
        for each in (storage, other):
            _check_answers(each, "one")
    check_indexes(storage, KINDS)


@pytest.mark.req("IMP-8")
def test_a_scrubbed_file_has_no_name_that_only_a_removed_access_had(storage: SQLiteStorage) -> None:
    _fill(storage)
    _restrict(storage)
    storage.drop("two")
    storage.scrub()
    with closing(sqlite3.connect(storage.path)) as file:
        assert {term for (term,) in file.execute("SELECT term FROM access_term")} == {"visible:ann"}
        assert [terms for (terms,) in file.execute("SELECT terms FROM access_set")] == ['["visible:ann"]'] * 2


def test_a_transaction_that_fails_leaves_no_set(storage: SQLiteStorage) -> None:
    with suppress(RuntimeError), storage.write("one") as writer:
        writer.insert([_record(1, frozenset({"visible:ann"}))])
        raise RuntimeError
    with storage.write("one") as writer:
        writer.insert([_record(2, frozenset({"visible:bob"})), _record(3, frozenset({"visible:ann"}))])
    _check_answers(storage, "one")
    check_indexes(storage, KINDS)
