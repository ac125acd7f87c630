"""The work of a question is counted, not timed: steps of SQLite's virtual machine, FTS5's own statements included.

FTS5 does the rest of its work outside of the virtual machine: how far it reads into its lists is not counted here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing

import attrs
import pytest

from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.reading import SQLiteReader

KINDS = (Kind("contact", (Order("name", terms=("tag:", "few"), words=True), Order("recent", terms=()))),)
SMALL, LARGE = 2_000, 50_000
BOB = frozenset({"visible:*", "visible:bob"})
FEW = frozenset({"visible:few"})
PAGE = Query(kind="contact", order="name", access=SYSTEM, limit=50)


def fill(storage: SQLiteStorage, size: int) -> None:
    chance = random.Random(7)
    storage.install(KINDS)
    with storage.write("acme") as writer:
        for start in range(0, size, 5_000):
            writer.insert([_contact(number, chance, size) for number in range(start, min(start + 5_000, size))])


def _contact(number: int, chance: random.Random, size: int) -> Record:
    # Just 100 of either size, spread evenly.
    few = number % (size // 100) == 0
    access = "visible:few" if few else chance.choice(("visible:*", "visible:bob", "visible:eve"))
    return Record(
        kind="contact",
        id=f"{number:06}",
        orders={"name": f"{chance.random():.9f}"},
        terms=frozenset({f"tag:{chance.randint(0, 3)}", *(["few"] if few else [])}),
        words=frozenset({"all", f"w{chance.randint(0, 9)}", *(["few"] if few else [])}),
        access=frozenset({access}),
    )


@pytest.fixture(scope="module")
def storages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SQLiteStorage, SQLiteStorage]]:
    folder = tmp_path_factory.mktemp("work")
    with closing(SQLiteStorage(folder / "small.db")) as small, closing(SQLiteStorage(folder / "large.db")) as large:
        fill(small, SMALL)
        fill(large, LARGE)
        yield small, large


def steps(storage: SQLiteStorage, query: Query) -> int:
    with storage.read("acme") as reader:
        counted = 0

        def step() -> int:
            nonlocal counted
            counted += 1
            return 0

        connection = reader._link.connection
        connection.set_progress_handler(step, 1)
        try:
            found = reader.find(query)
        finally:
            connection.set_progress_handler(None, 0)
        assert found.cards
        return counted


def some(*terms: str) -> frozenset[str]:
    return frozenset(terms)


SHAPES = {
    "everything": PAGE,
    "one viewer": attrs.evolve(PAGE, access=BOB),
    "few visible of many": attrs.evolve(PAGE, access=FEW),
    "a dense tag": attrs.evolve(PAGE, access=BOB, where=(some("tag:1"),)),
    "two dense tags": attrs.evolve(PAGE, access=BOB, where=(some("tag:1", "tag:2"), some("tag:2", "tag:3"))),
    "a rare term": attrs.evolve(PAGE, access=SYSTEM, where=(some("few"),)),
    "dense and rare": attrs.evolve(PAGE, access=SYSTEM, where=(some("tag:1"), some("few"))),
    "a word of all": attrs.evolve(PAGE, access=BOB, words=("all",)),
    "a word of all, few visible": attrs.evolve(PAGE, access=FEW, words=("all",)),
    "a word of all and a rare term": attrs.evolve(PAGE, access=SYSTEM, words=("a",), where=(some("few"),)),
    "two words": attrs.evolve(PAGE, access=BOB, words=("al", "w")),
}


@pytest.mark.parametrize("descending", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("deep", [False, True], ids=["front", "deep"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_does_not_grow_with_the_directory(
    storages: tuple[SQLiteStorage, SQLiteStorage], shape: str, *, deep: bool, descending: bool
) -> None:
    query = attrs.evolve(SHAPES[shape], descending=descending)
    if deep:
        query = attrs.evolve(query, stop="0.5") if descending else attrs.evolve(query, start="0.5")
    small, large = (steps(storage, query) for storage in storages)
    assert large <= 1.5 * small


def test_a_page_costs_the_same_by_cursor_in_the_depth(storages: tuple[SQLiteStorage, SQLiteStorage]) -> None:
    query = attrs.evolve(PAGE, access=BOB)
    with storages[1].read("acme") as reader:
        assert isinstance(reader, SQLiteReader)
        middle = reader.find(attrs.evolve(query, start="0.8", limit=1)).last
    assert steps(storages[1], attrs.evolve(query, after=middle)) <= 1.1 * steps(storages[1], query)


def test_an_intersection_costs_its_smallest_posting(storages: tuple[SQLiteStorage, SQLiteStorage]) -> None:
    # Whatever stands first: nothing but the rare term keeps this from a walk over everything.
    query = attrs.evolve(PAGE, access=BOB | FEW, where=(some("tag:0", "tag:1", "tag:2", "tag:3"), some("few")))
    assert steps(storages[1], query) < LARGE
