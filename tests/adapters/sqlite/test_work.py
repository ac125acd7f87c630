"""The work of a question is counted, not timed: steps of SQLite's virtual machine, FTS5's own statements included.

FTS5 does the rest of its work outside of the virtual machine: how far it reads into its lists is not counted here. What
makes it read a whole list is a beginning longer than those that it keeps lists of: where such a one is asked for is
told by the statements.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
import pytest

from contactcore.storage import SYSTEM, Access, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.reading import SQLiteReader

KINDS = (Kind("contact", (Order("name", terms=("tag:", "few"), words=True), Order("recent", terms=()))),)
SMALL, LARGE = 2_000, 50_000
MANY = 1_500
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
        words=frozenset(_words(chance, few=few)),
        access=frozenset({access}),
    )


def _words(chance: random.Random, *, few: bool) -> Iterator[str]:
    yield from ("all", "everyone", f"w{chance.randint(0, 9)}")
    if chance.random() < 0.5:
        yield "weekends"
    if few:
        yield from ("few", "everybody")


@pytest.fixture(scope="module")
def storages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SQLiteStorage, SQLiteStorage]]:
    folder = tmp_path_factory.mktemp("work")
    with closing(SQLiteStorage(folder / "small.db")) as small, closing(SQLiteStorage(folder / "large.db")) as large:
        fill(small, SMALL)
        fill(large, LARGE)
        yield small, large


def steps(storage: SQLiteStorage, query: Query) -> int:
    with storage.read("acme") as reader, counted_steps(reader) as counted:
        found = reader.find(query)
    assert bool(found.cards) != ("everynone" in query.words)
    return len(counted)


@contextmanager
def counted_steps(reader: SQLiteReader) -> Iterator[list[None]]:
    """Give a list that is as long as the number of steps."""
    counted: list[None] = []
    connection = reader._connection.driver_connection
    connection.set_progress_handler(lambda: counted.append(None) or 0, 1)
    try:
        yield counted
    finally:
        connection.set_progress_handler(None, 0)


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
    "a long word of all": attrs.evolve(PAGE, access=BOB, words=("everyon",)),
    "a long word of all, few visible": attrs.evolve(PAGE, access=FEW, words=("everyon",)),
    "a long word of half": attrs.evolve(PAGE, access=BOB, words=("weekend",)),
    "a long word of half, few visible": attrs.evolve(PAGE, access=FEW, words=("weekend",)),
    "a rare word among many that begin alike": attrs.evolve(PAGE, access=BOB | FEW, words=("everybo",)),
    "no word among many that begin alike": attrs.evolve(PAGE, access=BOB, words=("everynone",)),
    "a rare long word and a dense one": attrs.evolve(PAGE, access=SYSTEM, words=("everybo", "weekend")),
    "two dense long words": attrs.evolve(PAGE, access=BOB, words=("everyon", "weekend")),
    "a dense long word and a rare term": attrs.evolve(PAGE, access=SYSTEM, words=("weekend",), where=(some("few"),)),
    "a rare long word and a dense tag": attrs.evolve(PAGE, access=SYSTEM, words=("everybo",), where=(some("tag:1"),)),
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


@pytest.mark.parametrize(
    ("words", "gathered"),
    [
        (("everyon",), False),
        (("weekend",), False),
        (("everyon", "weekend"), False),
        (("everybo",), True),
        (("everynone", "weekend"), True),
    ],
)
@pytest.mark.parametrize("access", [SYSTEM, BOB, FEW], ids=["all", "bob", "few"])
def test_only_rare_long_words_are_gathered(
    storages: tuple[SQLiteStorage, SQLiteStorage], words: tuple[str, ...], access: Access, *, gathered: bool
) -> None:
    asked: list[str] = []
    with storages[1].read("acme") as reader:
        connection = reader._connection.driver_connection
        connection.set_trace_callback(asked.append)
        try:
            reader.find(attrs.evolve(PAGE, access=access, words=words))
        finally:
            connection.set_trace_callback(None)
    matched = [statement for statement in asked if " MATCH " in statement]
    assert matched
    for word in words:
        full = any(f'"{word}"*' in statement for statement in matched)
        assert full == (gathered and word != "weekend")


@pytest.mark.parametrize("descending", [False, True], ids=["forward", "backward"])
def test_hits_that_end_where_the_visible_begin_are_not_looked_for_one_by_one(
    tmp_path: Path, *, descending: bool
) -> None:
    query = attrs.evolve(PAGE, access=BOB, words=("word",), descending=descending)
    counted = []
    for size in (3_000, 12_000):
        with closing(SQLiteStorage(tmp_path / f"{size}.db")) as storage:
            storage.install(KINDS)
            with storage.write("acme") as writer:
                writer.insert([_halved(number, size) for number in range(size)])
            counted.append(steps(storage, query))
    assert counted[1] <= 1.5 * counted[0]


def _halved(number: int, size: int) -> Record:
    """Words stand in the front half, what Bob sees stands in the back half; of both there are ten in the midst."""
    middle = size // 2
    word, visible = number < middle + 5, number >= middle - 5
    return Record(
        kind="contact",
        id=f"{number:06}",
        orders={"name": f"{number:06}"},
        words=frozenset({"words"} if word else {"other"}),
        access=frozenset({"visible:bob"} if visible else {"visible:eve"}),
    )


def test_an_intersection_costs_its_smallest_posting(storages: tuple[SQLiteStorage, SQLiteStorage]) -> None:
    # Whatever stands first: nothing but the rare term keeps this from a walk over everything.
    query = attrs.evolve(PAGE, access=BOB | FEW, where=(some("tag:0", "tag:1", "tag:2", "tag:3"), some("few")))
    assert steps(storages[1], query) < LARGE


def test_two_dense_words_that_exclude_each_other_are_not_tested_one_record_after_the_other(
    storages: tuple[SQLiteStorage, SQLiteStorage],
) -> None:
    with storages[1].read("acme") as reader:
        counted = 0

        def step() -> int:
            nonlocal counted
            counted += 1
            return 0

        connection = reader._connection.driver_connection
        connection.set_progress_handler(step, 1)
        try:
            assert not reader.find(attrs.evolve(PAGE, words=("weekends", "weekenders"))).cards
        finally:
            connection.set_progress_handler(None, 0)
    assert counted < LARGE


def test_a_long_word_that_half_of_the_directory_has_is_tested_on_the_rows_of_a_rare_one(tmp_path: Path) -> None:
    # The first rows of the rare beginning have none of the words: nothing in them tells that most other rows have one.
    asked: list[str] = []
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            writer.insert([_of_a_family(number) for number in range(4_000)])
        query = attrs.evolve(PAGE, words=("kathe", "vandenberghe", "^kathevandenberghe"), limit=20)
        with storage.read("acme") as reader:
            connection = reader._connection.driver_connection
            connection.set_trace_callback(asked.append)
            try:
                found = reader.find(query).cards
            finally:
                connection.set_trace_callback(None)
    assert [card.id for card in found] == [f"{number:06}" for number in range(60, 80)]
    assert not [statement for statement in asked if '"vandenberghe"*' in statement]


def _of_a_family(number: int) -> Record:
    """The first 120 are called Kathe, and of all others and half of these the family is the same."""
    given = "kathe" if number < 120 else "maria"
    family = "adam" if number < 60 else "vandenberghe"
    return Record(
        kind="contact",
        id=f"{number:06}",
        orders={"name": f"{number:06}"},
        words=frozenset({given, family, f"^{given}{family}"}),
    )


@pytest.mark.parametrize("several", [300, 1_200])
def test_as_many_terms_as_records_that_are_seen_are_walked_and_not_tested(tmp_path: Path, several: int) -> None:
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            writer.insert(
                [
                    Record(
                        kind="contact",
                        id=f"{number:06}",
                        orders={"name": f"{number:06}"},
                        terms=frozenset({f"tag:{number}"}),
                        access=BOB,
                    )
                    for number in range(several)
                ]
            )
        query = attrs.evolve(
            PAGE, access=BOB, where=(some(*(f"tag:{number}" for number in range(several))),), limit=1_000
        )
        assert steps(storage, query) < 300 * several


@pytest.mark.parametrize("terms", [1, 8, 30, 200])
def test_a_count_does_not_grow_with_the_number_of_terms_and_sets(tmp_path: Path, terms: int) -> None:
    chance = random.Random(9)
    names = [f"visible:{number}" for number in range(terms)]
    others = [f"other:{number}" for number in range(50)]
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        storage.install(KINDS)
        with storage.write("acme") as writer:
            writer.insert(
                [
                    Record(
                        kind="contact",
                        id=str(number),
                        orders={"name": f"{chance.random():.9f}"},
                        terms=frozenset({"tag:a"} if number % 2 else ()),
                        access=frozenset({chance.choice(names), *chance.sample(others, 2)}),
                    )
                    for number in range(MANY)
                ]
            )
        for query in (
            attrs.evolve(PAGE, access=frozenset(names)),
            attrs.evolve(PAGE, access=SYSTEM, where=(frozenset({*names, "tag:a"}),)),
        ):
            with storage.read("acme") as reader, counted_steps(reader) as counted:
                assert reader.count(query) == (MANY,)
            # Some for each record that is counted, and for each of the terms and sets.
            assert len(counted) < 100 * MANY + 300 * terms
