"""A question with words gives what a plain filter over all records gives, however it is answered."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore.storage import SYSTEM, Access, Kind, Order, Query, Record, cursor_of, matches, sort_key
from contactcore_sqlite import SQLiteStorage
from support.seeds import examples

KIND = Kind("contact", (Order("name", terms=("tag:",), words=True), Order("recent")))
SIZE = 1_500
# Beginnings that are shared by dense and by rare words, up to the length that FTS5 lists and behind it.
DENSE = ("maria", "marianne", "marion", "mari", "perso", "personal")
SOME = ("mariana", "marius", "persona", "perm", "łucja", "łucjana", '"quoted"', "d'arc", "^mariaperson")
RARE = ("marianka", "personality", "mariannelle", "żółć")
TERMS = tuple(f"visible:user{number}" for number in range(12))


def _contact(number: int, chance: random.Random) -> Record:
    words = set(chance.sample(DENSE, chance.randint(0, 3)))
    if chance.random() < 0.15:
        words.add(chance.choice(SOME))
    if number % 173 == 0:
        words.add(chance.choice(RARE))
    # One half of the directory is full of a word and of what one user sees, the other is without them.
    front = number < SIZE // 2
    if front:
        words.add("frontal")
    access = {"visible:front" if front else "visible:back"} if chance.random() < 0.9 else set()
    if chance.random() < 0.3:
        access.add(chance.choice(TERMS))
    if number % 211 == 0:
        access.add("visible:few")
    return Record(
        kind="contact",
        id=f"{number:06}",
        orders={"name": f"{number // 3:05}"},
        owner=f"{number // 4}",
        card=str(number).encode(),
        terms=frozenset(chance.sample(("tag:a", "tag:b", "tag:c"), 2)),
        words=frozenset(words),
        access=frozenset(access),
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SQLiteStorage, list[Record]]]:
    chance = random.Random(11)
    records = [_contact(number, chance) for number in range(SIZE)]
    with closing(SQLiteStorage(tmp_path_factory.mktemp("words") / "crm.db")) as storage:
        storage.install((KIND,))
        for workspace in ("other", "acme"):
            with storage.write(workspace) as writer:
                writer.insert(records)
        yield storage, sorted(records, key=lambda record: (record.orders["name"], record.id))


def plain(query: Query, records: list[Record]) -> tuple[list[bytes], bool]:
    """The cards of the answer, and whether there are more."""
    found: list[Record] = []
    owners = set()
    for record in reversed(records) if query.descending else records:
        if not matches(KIND, query, record) or (query.distinct_owner and record.owner in owners):
            continue
        owners.add(record.owner)
        found.append(record)
    return [record.card for record in found[: query.limit]], len(found) > query.limit


WORDS = sorted({word[:length] for word in (*DENSE, *SOME, *RARE, "frontal", "none") for length in range(len(word) + 1)})
ACCESS: st.SearchStrategy[Access] = st.one_of(
    st.just(SYSTEM),
    st.sets(st.sampled_from(["visible:front", "visible:back", "visible:few", *TERMS, "nobody"])).map(frozenset),
)
KEYS = st.integers(0, SIZE // 3).map(lambda number: f"{number:05}")
QUERIES = st.builds(
    Query,
    kind=st.just("contact"),
    order=st.just("name"),
    access=ACCESS,
    where=st.lists(st.sets(st.sampled_from(["tag:a", "tag:b", "visible:few", "no"])).map(frozenset), max_size=2).map(
        tuple
    ),
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(tuple),
    start=st.one_of(st.just(""), KEYS),
    stop=st.one_of(st.none(), KEYS),
    limit=st.sampled_from([1, 2, 20, 300, 1_000]),
    descending=st.booleans(),
    distinct_owner=st.booleans(),
)


@settings(max_examples=examples(150))
@given(query=QUERIES)
def test_words_find_what_a_plain_filter_finds(filled: tuple[SQLiteStorage, list[Record]], query: Query) -> None:
    storage, records = filled
    with storage.read("acme") as reader:
        found = reader.find(query)
        (count,) = reader.count(query)
    assert ([card.card for card in found.cards], found.more) == plain(query, records)
    assert count == sum(matches(KIND, query, record) for record in records)


@settings(max_examples=examples(30))
@given(query=QUERIES, number=st.integers(0, SIZE))
def test_a_cursor_goes_on_where_it_stands(
    filled: tuple[SQLiteStorage, list[Record]], query: Query, number: int
) -> None:
    storage, records = filled
    cursor = (f"{number // 3:05}", f"{number:06}")
    query = attrs.evolve(query, after=cursor_of("name", *cursor))
    behind = [
        one for one in records if (sort_key(query, one) < cursor if query.descending else sort_key(query, one) > cursor)
    ]
    with storage.read("acme") as reader:
        found = reader.find(query)
    assert ([card.card for card in found.cards], found.more) == plain(query, behind)


@pytest.mark.parametrize("word", ["frontal", "mariana", "personality"])
@pytest.mark.parametrize("user", ["visible:front", "visible:back", "visible:few"])
@pytest.mark.parametrize("descending", [False, True], ids=["forward", "backward"])
def test_pages_join_without_gap_or_overlap(
    filled: tuple[SQLiteStorage, list[Record]], word: str, user: str, *, descending: bool
) -> None:
    storage, records = filled
    query = Query(
        kind="contact",
        order="name",
        access=frozenset({user}),
        words=(word[:-1],),
        limit=7,
        descending=descending,
    )
    got: list[bytes] = []
    with storage.read("acme") as reader:
        while True:
            found = reader.find(query)
            got += [card.card for card in found.cards]
            if not found.more:
                break
            query = attrs.evolve(query, after=found.last)
    assert got == plain(attrs.evolve(query, after=None, limit=1_000), records)[0]


@pytest.mark.parametrize("descending", [False, True], ids=["forward", "backward"])
def test_every_answer_comes_once_wherever_a_glance_ends(tmp_path: Path, *, descending: bool) -> None:
    # Every other one answers, so of adaptive_word_search of all lengths every other one ends at an answer.
    records = [
        Record(
            kind="contact",
            id=f"{number:03}",
            orders={"name": f"{number:03}"},
            words=frozenset({"personal" if number % 2 else "person"}),
            card=b"%d" % number,
        )
        for number in range(300)
    ]
    with closing(SQLiteStorage(tmp_path / "adaptive_word_search.db")) as storage:
        storage.install((KIND,))
        with storage.write("acme") as writer:
            writer.insert(records)
        with storage.read("acme") as reader:
            for limit in range(1, 120):
                query = Query(
                    kind="contact", order="name", access=SYSTEM, words=("persona",), limit=limit, descending=descending
                )
                assert [card.card for card in reader.find(query).cards] == plain(query, records)[0]


def test_a_search_that_was_left_early_does_not_hinder_the_writer(filled: tuple[SQLiteStorage, list[Record]]) -> None:
    storage, records = filled
    query = Query(kind="contact", order="name", access=SYSTEM, words=("mari",), limit=1)
    with storage.write("left") as writer:
        writer.insert(records[:200])
        found = writer.find(query).cards[0]
        writer.delete("contact", found.id, found.version)
        assert writer.find(query).cards[0].id != found.id
