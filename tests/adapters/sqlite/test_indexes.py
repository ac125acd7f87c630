from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress

import attrs
import pytest

from contactcore.storage import SYSTEM, Kind, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.writing import SQLiteWriter
from support.sqlite_indexes import check_indexes

ALL = Query(kind="contact", order="name", access=SYSTEM, limit=1_000)


def person(number: int, name: str, chance: random.Random) -> Record:
    return Record(
        kind="contact",
        id=f"{number:06}",
        orders={"name": name, "recent": f"{chance.random():.2f}"},
        terms=frozenset(chance.sample(("tag:a", "tag:b", "type:x"), 2)),
        words=frozenset(chance.sample(("jane", "jan", "doe", "^jane", "d'oe", '"', "ł"), 3)),
        access=frozenset(chance.sample(("visible:*", "visible:ann"), chance.randint(0, 2))),
    )


@pytest.mark.parametrize("seed", range(3))
def test_indexes_follow_every_kind_of_write(storage: SQLiteStorage, kinds: tuple[Kind, ...], seed: int) -> None:
    chance = random.Random(seed)
    for workspace in ("one", "two"):
        with storage.write(workspace) as writer:
            writer.insert([person(number, chance.choice("abcx"), chance) for number in range(80)])
        with storage.write(workspace) as writer:
            for number in chance.sample(range(80), 30):
                new = attrs.evolve(person(number, chance.choice("abcx"), chance), version=2)
                writer.replace(new, expected=1)
            for number in chance.sample(range(80), 10):
                (stored,) = writer.get("contact", [f"{number:06}"])
                assert stored is not None
                writer.delete("contact", stored.id, stored.version)
            writer.set_access("contact", "", frozenset({"visible:bob"}), [f"{number:06}" for number in range(20)])
        with storage.write(workspace) as writer:
            there = writer.dump("contact")
            writer.reindex([attrs.evolve(one, orders={"name:pl": one.id[::-1]}) for one in there[::3]])
            writer.claim(attrs.evolve(ALL, limit=5), until="zz")
    check_indexes(storage, kinds)
    assert storage.drop("one")
    check_indexes(storage, kinds)
    assert storage.drop("two")
    with closing(sqlite3.connect(storage.path)) as file:
        for table in (
            "order_index",
            "record",
            "entry",
            "ordering",
            "posting",
            "access_set",
            "access_term",
            "unique_key",
            "reference",
            "event",
            "blob",
        ):
            assert file.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


@pytest.mark.parametrize("batches", [1, 3])
def test_the_words_of_a_large_transaction_are_written_as_one_segment(storage: SQLiteStorage, batches: int) -> None:
    # Merging segments takes longer than all the rest of an insert: all must be gathered as a whole.
    people = [
        attrs.evolve(
            person(number, "m", random.Random(number)),
            words=frozenset(f"{chance}{number:05}" for chance in range(10, 40)),
        )
        for number in range(1_500)
    ]
    with storage.write("acme") as writer:
        size = len(people) // batches
        for begin in range(0, len(people), size):
            writer.insert(people[begin : begin + size])
    with closing(sqlite3.connect(storage.path)) as file:
        assert file.execute("SELECT count(DISTINCT segid) FROM word_idx").fetchone() == (1,)


@pytest.mark.parametrize("searched", [False, True])
def test_words_that_come_and_go_in_one_transaction_leave_nothing(
    storage: SQLiteStorage, kinds: tuple[Kind, ...], *, searched: bool
) -> None:
    chance = random.Random(7)
    stays, changes, goes = (attrs.evolve(person(n, "m", chance), words=frozenset({f"before{n}"})) for n in range(3))
    with storage.write("acme") as writer:
        writer.insert([changes])
    with storage.write("acme") as writer:
        writer.insert([stays, goes])
        for version, word in ((1, "middle"), (2, "after")):
            if searched:
                assert writer.count(attrs.evolve(ALL, words=("before",))) == (3 if version == 1 else 1,)
            for one in (changes, goes):
                writer.replace(attrs.evolve(one, words=frozenset({word}), version=version + 1), version)
        writer.delete("contact", goes.id, 3)
        assert writer.count(attrs.evolve(ALL, words=("after",))) == (1,)
    with storage.read("acme") as reader:
        assert reader.count(attrs.evolve(ALL, words=("before",))) == (1,)
        assert reader.count(attrs.evolve(ALL, words=("middle",))) == (0,)
    check_indexes(storage, kinds)


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize(
    ("numbers", "fills_the_gap"),
    [
        pytest.param([*range(1, 400)], False, id="rising"),
        pytest.param([*range(399, 0, -1)], False, id="falling"),
        pytest.param([half + step for step in range(1, 200) for half in (0, 400 - 2 * step)], True, id="inwards"),
    ],
)
def test_a_full_gap_is_made_roomy_and_order_and_indexes_hold(
    storage: SQLiteStorage, kinds: tuple[Kind, ...], size: int, numbers: list[int], *, fills_the_gap: bool
) -> None:
    chance = random.Random(5)
    with storage.write("acme") as writer:
        _insert_and_place(writer, [person(0, "a", chance), person(999_999, "z", chance)])
        moves = 0
        for start in range(0, len(numbers), size):
            before = _positions(writer)
            _insert_and_place(writer, [person(number, "m", chance) for number in numbers[start : start + size]])
            after = _positions(writer)
            moves += sum(after[id] != at for id, at in before.items())
        ids = [card.id for card in writer.find(ALL).cards]
        assert ids == sorted(ids)
        assert len(ids) == 2 + len(numbers)
    # Records that come in sequence use up a gap slowly.
    assert (0 if fills_the_gap else -1) < moves < 400 * 20
    check_indexes(storage, kinds)


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("change", ["replaced", "shared", "reindexed", "deleted"])
def test_a_record_that_changes_while_its_place_is_renumbered_leaves_nothing_at_its_old_place(
    storage: SQLiteStorage, kinds: tuple[Kind, ...], change: str
) -> None:
    chance = random.Random(8)
    inwards = [half + step for step in range(1, 60) for half in (0, 400 - 2 * step)]
    there: dict[str, Record] = {}
    with storage.write("acme") as writer:
        _insert_and_place(writer, [person(0, "m", chance), person(400, "m", chance)])
        for number in inwards:
            # The newcomer gets its place when the change of its neighbours is indexed, and may move just these.
            new = person(number, "m", chance)
            writer.insert([new])
            for id in [*there][-2:]:
                old = there[id]
                other = attrs.evolve(person(int(id), "m", chance), version=old.version)
                if change == "replaced":
                    there[id] = attrs.evolve(other, version=old.version + 1)
                    writer.replace(there[id], old.version)
                elif change == "shared":
                    there[id] = attrs.evolve(old, access=other.access)
                    writer.set_access("contact", "", other.access, [id])
                elif change == "reindexed":
                    there[id] = other
                    writer.reindex([other])
                else:
                    writer.delete("contact", id, there.pop(id).version)
                    break
            there[new.id] = new
        assert {one.id: one for one in writer.dump("contact") if one.id in there} == there
    check_indexes(storage, kinds)


def test_room_that_is_made_for_one_newcomer_holds_for_the_next_ones_of_its_batch(
    storage: SQLiteStorage, kinds: tuple[Kind, ...]
) -> None:
    chance = random.Random(6)
    numbers = range(0, 600, 10)
    with storage.write("acme") as writer:
        _insert_and_place(writer, [person(number, "m", chance) for number in (numbers[0], numbers[-1])])
        # Each pair goes right behind the first one and takes most of what is left of the gap: they get close.
        for start in range(len(numbers) - 3, 0, -2):
            _insert_and_place(writer, [person(number, "m", chance) for number in numbers[start : start + 2]])
        before = _positions(writer)
        for more in (5, 3, 7):
            _insert_and_place(writer, [person(number + more, "m", chance) for number in numbers])
        after = _positions(writer)
        ids = [
            id
            for (id,) in writer._connection.rows(
                "SELECT r.id FROM entry AS e JOIN record AS r ON r.n = e.record WHERE e.key = 'm' ORDER BY e.position"
            )
        ]
    assert ids == sorted(ids)
    assert len(ids) == 4 * len(numbers)
    assert any(after[id] != at for id, at in before.items())
    check_indexes(storage, kinds)


def _insert_and_place(writer: SQLiteWriter, records: list[Record]) -> None:
    writer.insert(records)
    writer.find(ALL)  # otherwise the places of several inserts are chosen together


def _positions(writer: SQLiteWriter) -> dict[str, int]:
    return dict(
        writer._connection.rows(
            "SELECT r.id, e.position FROM entry AS e JOIN record AS r ON r.n = e.record WHERE e.key IN ('a', 'm', 'z')"
        )
    )


class _Failed(Exception):
    """Ends a transaction, which leaves nothing behind."""


@pytest.mark.parametrize("seed", range(6))
def test_the_end_of_an_order_is_known_whoever_writes_there(
    storage: SQLiteStorage, kinds: tuple[Kind, ...], seed: int
) -> None:
    chance, highest = random.Random(seed), 0
    with closing(SQLiteStorage(storage.path)) as other:
        other.install(kinds)
        present: dict[str, Record] = {}
        for number in range(160):
            highest += 1
            last = max((one.orders["recent"] for one in present.values()), default="")
            key = chance.choice((last, last, f"{highest:04}", f"{highest:04}x", f"{chance.randint(0, highest):04}"))
            record = Record(kind="contact", id=f"{chance.randint(0, 999_999):06}{number}", orders={"recent": key})
            act = chance.choice(("insert", "insert", "insert", "delete", "replace", "fail", "two"))
            # The last one of the order, or any other one.
            chosen = max(present, key=lambda id: (present[id].orders["recent"], id), default=None)
            if present and chance.random() < 0.4:
                chosen = chance.choice([*present])
            with suppress(_Failed), chance.choice((storage, storage, other)).write("one") as writer:
                if act in {"insert", "two"} or chosen is None:
                    writer.insert([record])
                    kept = {record.id: record}
                    if act == "two":
                        second = attrs.evolve(record, id=f"{record.id}b")
                        writer.insert([second])
                        kept[second.id] = second
                    present |= kept
                elif act == "delete":
                    writer.delete("contact", chosen, present.pop(chosen).version)
                elif act == "replace":
                    before = present[chosen]
                    present[chosen] = attrs.evolve(before, version=before.version + 1, orders=record.orders)
                    writer.replace(present[chosen], before.version)
                else:
                    writer.insert([record])
                    writer.delete("contact", chosen, present[chosen].version)
                    raise _Failed
            if number % 20 == 0:
                check_indexes(storage, kinds)
        check_indexes(storage, kinds)
        with storage.read("one") as reader:
            found = reader.find(Query(kind="contact", order="recent", access=SYSTEM, limit=1_000))
        wanted = sorted(present.values(), key=lambda one: (one.orders["recent"], one.id))
        assert [card.id for card in found.cards] == [one.id for one in wanted]
