"""A writing connection remembers who is first in a list, and answers as if it had looked."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing, suppress

import attrs
import pytest

from contactcore.storage import SYSTEM, Kind, Query, Record, Writer
from contactcore.storage.queries import matches, sort_key
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import Connection

pytestmark = pytest.mark.req("DIR-6")

ANN, BOB = frozenset({"visible:*", "visible:ann"}), frozenset({"visible:bob"})
QUERIES = [
    Query(kind="contact", order="recent", access=access, where=where, limit=1, **more)
    for access in (ANN, BOB, SYSTEM)
    for where in ((), (frozenset({"tag:vip"}),), (frozenset({"tag:vip"}), frozenset({"visible:*"})))
    for more in ({}, {"start": "3"}, {"stop": "7"}, {"descending": True}, {"distinct_owner": True})
]


class _Failed(Exception):
    """Ends a transaction, which leaves nothing behind."""


def _wanted(kind: Kind, query: Query, records: list[Record]) -> tuple[list[str], bool]:
    """The id of the answer, and whether further ones follow, by the definition of the query."""
    found = sorted((one for one in records if matches(kind, query, one)), key=lambda one: sort_key(query, one))
    owners: dict[str, Record] = {}
    for one in found[::-1] if query.descending else found:
        owners.setdefault(one.owner if query.distinct_owner else one.id, one)
    return [one.id for one in owners.values()][:1], len(owners) > 1


def _record(chance: random.Random, id: str, version: int = 1) -> Record:
    return Record(
        kind="contact",
        id=id,
        version=version,
        card=str(chance.random()).encode(),
        orders={"recent": str(chance.randint(0, 9)), "name": id} if chance.random() < 0.9 else {"name": id},
        terms=frozenset({"tag:vip"} if chance.random() < 0.6 else ()),
        owner=chance.choice(("1", "2", "")),
        access=frozenset(chance.sample(("visible:*", "visible:ann", "visible:bob"), chance.randint(0, 2))),
    )


def _insert(writer: Writer, chance: random.Random, records: dict[str, Record]) -> None:
    new = [_record(chance, f"{chance.randint(0, 999_999):06}") for _ in range(chance.choice((1, 1, 1, 3)))]
    new = list({one.id: one for one in new if one.id not in records}.values())
    writer.insert(new)
    records.update((one.id, one) for one in new)


def _replace(writer: Writer, chance: random.Random, records: dict[str, Record]) -> None:
    if records:
        before = records[chance.choice([*records])]
        records[before.id] = _record(chance, before.id, before.version + 1)
        writer.replace(records[before.id], before.version)


def _delete(writer: Writer, chance: random.Random, records: dict[str, Record]) -> None:
    if records:
        gone = records.pop(chance.choice([*records]))
        writer.delete("contact", gone.id, gone.version)


def _reindex(writer: Writer, chance: random.Random, records: dict[str, Record]) -> None:
    if records:
        before = records[chance.choice([*records])]
        records[before.id] = attrs.evolve(_record(chance, before.id, before.version), owner=before.owner)
        writer.reindex([records[before.id]])


def _share(writer: Writer, chance: random.Random, records: dict[str, Record]) -> None:
    owner, access = chance.choice(("1", "2")), frozenset({chance.choice(("visible:*", "visible:bob"))})
    writer.set_access("contact", owner, access)
    for one in records.values():
        if one.owner == owner:
            records[one.id] = attrs.evolve(one, access=access)


ACTS: list[Callable[[Writer, random.Random, dict[str, Record]], None]] = [
    *(_insert,) * 8,
    *(_replace, _delete, _reindex, _share),
]


@pytest.mark.parametrize("seed", range(6))
def test_an_answer_that_is_remembered_is_the_right_one(
    storage: SQLiteStorage, kinds: tuple[Kind, ...], seed: int
) -> None:
    chance = random.Random(seed)
    with closing(SQLiteStorage(storage.path)) as other:
        other.install(kinds)
        records: dict[str, Record] = {}
        for _ in range(60):
            after = dict(records)
            with suppress(_Failed), chance.choice((storage, storage, storage, other)).write("acme") as writer:
                for _ in range(chance.choice((1, 1, 2))):
                    for query in chance.sample(QUERIES, 12):
                        found = writer.find(query)
                        assert ([card.id for card in found.cards], found.more) == _wanted(
                            kinds[0], query, [*after.values()]
                        )
                        assert [card.card for card in found.cards] == [after[card.id].card for card in found.cards]
                    chance.choice(ACTS)(writer, chance, after)
                if chance.random() < 0.1:
                    raise _Failed
                records = after


def test_who_is_first_is_looked_up_once_for_contacts_that_are_added(
    storage: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    query = Query(kind="contact", order="recent", access=SYSTEM, limit=1)
    with storage.write("acme") as writer:
        writer.insert([attrs.evolve(_record(chance, id), orders={"recent": id}) for id in ("1", "2")])
        first = writer.find(query)
    asked: list[str] = []
    rows = Connection.rows
    monkeypatch.setattr(Connection, "rows", lambda self, sql, *values: (asked.append(sql), rows(self, sql, *values))[1])
    for number in range(3, 6):
        with storage.write("acme") as writer:
            assert writer.find(query) == first
            writer.insert([attrs.evolve(_record(chance, str(number)), orders={"recent": str(number)})])
    assert not [sql for sql in asked if "posting" in sql or "card" in sql]
