"""The two search engines of the SQLite storage, each on the queries of both: the reason that there are two.

Both engines share the ranges, the cards and the look ahead of `contactcore_sqlite.card_search`. They differ in their
rounds. `Intersection` looks ahead in every stream and filters positions before it reads a record. `AdaptiveWordSearch`
reads records first, because the test of a word needs the record, and learns from them. Measured: the median times of
both engines, interleaved, in one process. On 20,000 records, on two cores that were busy with other work:

    |                              | Intersection | AdaptiveWordSearch |
    |------------------------------|--------------|--------------------|
    | a page                       |      0.38 ms |            0.43 ms |
    | a page of a tag              |      0.52 ms |            0.70 ms |
    | a page of two groups of tags |      0.87 ms |            1.52 ms |
    | 1,000 cards of two groups    |      23.6 ms |            38.8 ms |
    | a short word                 |      0.19 ms |            0.14 ms |
    | a long word                  |      1.18 ms |            0.20 ms |
    | a long word that all have    |      22.4 ms |            0.24 ms |

python -m benchmarks.search_engines [RECORDS]
"""

# ruff: noqa: SLF001 - it runs each engine on queries that the storage gives to the other one

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Final

import attrs

from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.card_search import sparsest
from contactcore_sqlite.query_plan import QueryPlan

__all__ = ["measure"]

_KINDS: Final = (Kind("contact", (Order("name", terms=("tag:", "role:"), words=True),)),)
_GIVEN: Final = [
    "".join(pair) for pair in product(("mari", "jan", "pier", "cl", "ant", "nor"), ("a", "e", "ette", "ie"))
]
_FAMILY: Final = ["".join(pair) for pair in product(("mart", "dub", "ler", "mor", "bern", "rob"), ("in", "ois", "eau"))]
_REPETITIONS: Final = 100
_ALL: Final = Query(kind="contact", order="name", access=SYSTEM, limit=50)
_AMELIE: Final = attrs.evolve(_ALL, access=frozenset({"visible:*", "visible:=amelie"}))
_LISTED: Final = frozenset({"role:listed"})
_TAGS: Final = (frozenset({"tag:1", "tag:2"}), frozenset({"tag:2", "tag:3"}))

QUERIES: Final = {
    "a page": attrs.evolve(_AMELIE, where=(_LISTED,)),
    "a page of a tag": attrs.evolve(_AMELIE, where=(_LISTED, frozenset({"tag:2"}))),
    "a page of a rare tag": attrs.evolve(_AMELIE, where=(frozenset({"tag:rare"}),)),
    "a page of two groups of tags": attrs.evolve(_AMELIE, where=_TAGS),
    "1,000 cards of two groups": attrs.evolve(_AMELIE, where=_TAGS, limit=1_000),
    "a short word": attrs.evolve(_AMELIE, words=("mar",), limit=20),
    "a long word": attrs.evolve(_AMELIE, words=("martin",), limit=20),
    "two words": attrs.evolve(_AMELIE, words=("mari", "dub"), limit=20),
    "a long word that all have": attrs.evolve(_AMELIE, words=("example",), limit=20),
}


def _records(count: int) -> Iterator[Record]:
    chance = random.Random(7)
    for number in range(count):
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
        terms = {chance.choice(("role:listed", "role:listed", "role:person")), f"tag:{chance.randint(0, 5)}"}
        yield Record(
            kind="contact",
            id=f"{number:07}",
            orders={"name": family + given},
            terms=frozenset(terms | ({"tag:rare"} if chance.random() < 0.005 else set())),
            words=frozenset({given, family, "example.org", f"{given}.{family}{number}"}),
            access=frozenset({chance.choice(("visible:*", "visible:*", "visible:=amelie", "visible:=bob"))}),
            body=b"x" * 500,
        )


def _intersected(plan: QueryPlan, wanted: int) -> Sequence[Any]:
    return plan.intersection().answers(wanted, distinct_owner=False)


def _searched(plan: QueryPlan, wanted: int) -> Sequence[Any]:
    search = plan.word_search()
    if not plan.words:
        # Without words the first stream is chosen as an intersection chooses it.
        stream, _ = sparsest(plan.connection, plan.span, search._postings, 4 * wanted)
        search._driver = 0 if stream is None else search._postings.index(stream)
    return search.answers(wanted, distinct_owner=False)


def measure(storage: SQLiteStorage, query: Query) -> tuple[float, float]:
    """Return the milliseconds of a query by `Intersection` and by `AdaptiveWordSearch`."""
    engines: tuple[Callable[[QueryPlan, int], Sequence[Any]], ...] = (_intersected, _searched)
    times: tuple[list[float], list[float]] = ([], [])
    with storage.read("acme") as reader:
        for _ in range(_REPETITIONS):
            answers = []
            for engine, taken in zip(engines, times, strict=True):
                begun = time.perf_counter()
                plan = reader._plan(query)
                assert plan is not None
                cards = engine(plan, query.limit)
                taken.append(time.perf_counter() - begun)
                answers.append([row[2] for row in cards])
            assert answers[0] == answers[1]
    return median(times[0]) * 1_000, median(times[1]) * 1_000


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStorage(Path(folder) / "crm.db")) as storage:
        storage.install(_KINDS)
        records = list(_records(count))
        for begin in range(0, count, 1_000):
            with storage.write("acme") as writer:
                writer.insert(records[begin : begin + 1_000])
        storage.tidy(whole=True)
        print(f"| {count:,} records | Intersection | AdaptiveWordSearch |\n|---|---|---|")
        for name, query in QUERIES.items():
            by_intersection, by_search = measure(storage, query)
            print(f"| {name} | {by_intersection:.2f} ms | {by_search:.2f} ms |")


if __name__ == "__main__":
    main()
