"""The comparison of a driver's answers with the expected answers, because a fast wrong answer is worthless."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.drivers.protocol import PAGE, TOP, Driver, Seen
from benchmarks.folding import fold
from benchmarks.truth import Truth
from benchmarks.workload import FEW, READER, Entry

__all__ = ["disagreements", "few_disagreements", "targets"]


_WALKED = 50_000  # contacts at most of a directory that is read whole


def targets(truth: Truth, count: int, seed: int) -> list[Entry]:
    """Choose random contacts that the reader may see and that have a unique name."""
    fit = [entry for entry in truth.visible(READER) if fold(entry.name) in truth.unique]
    return random.Random(seed).sample(fit, min(count, len(fit)))


def _folded(texts: Sequence[str]) -> Counter[str]:
    return Counter(fold(text) for text in texts)


def _differs(entry: Entry, seen: Seen) -> list[str]:
    wrong = []
    if (seen.kind, seen.name) != (entry.kind, entry.name):
        wrong.append("name")
    if _folded(seen.emails) != _folded(entry.emails):
        wrong.append("emails")
    if sorted(seen.phones) != sorted(entry.phones):
        wrong.append("phones")
    if "".join(seen.cities) != entry.city:
        wrong.append("city")
    if _folded(seen.tags) != _folded(entry.tags):
        wrong.append("tags")
    if _folded(seen.people) != _folded([person.name for person in entry.people]):
        wrong.append("people")
    if dict(seen.fields) != entry.fields:
        wrong.append("fields")
    return wrong


def _gets(driver: Driver, truth: Truth) -> Iterator[str]:
    wanted = targets(truth, 40, seed=1)
    for entry, key in zip(wanted, driver.keys([(e.kind, e.name) for e in wanted]), strict=True):
        seen = driver.seen(driver.get(READER, key))
        yield from (f"get {entry.name!r}: {part} {getattr(seen, part, seen)!r}" for part in _differs(entry, seen))


def _page(driver: Driver, names: list[str], visible: list[str], place: int) -> Iterator[str]:
    expected = visible[place : place + PAGE]
    if driver.same_order and names != expected:
        yield f"page at {place}: {names[:3]} instead of {expected[:3]}"
    elif len(names) != len(expected) or Counter(names) - Counter(visible):
        yield f"page at {place}: {len(names)} names, hidden ones {list(Counter(names) - Counter(visible))[:3]}"


def _pages(driver: Driver, truth: Truth) -> Iterator[str]:
    visible = [entry.name for entry in truth.visible(READER)]
    last = max(0, len(visible) - 1)
    for place in sorted({min(place, last) for place in (0, 1, 50, len(visible) // 2, max(0, len(visible) - 20))}):
        after = driver.cursor_at(READER, place)
        yield from _page(driver, driver.names(driver.page(READER, after, PAGE)), visible, place)
    if len(visible) <= _WALKED:
        yield from _whole(driver, visible)


def _whole(driver: Driver, visible: list[str]) -> Iterator[str]:
    walked: list[str] = []
    after = None
    while len(walked) <= len(visible):
        page = driver.page(READER, after, 200)
        walked += driver.names(page)
        after = driver.cursor(page)
        if after is None:
            break
    missing, extra = Counter(visible) - Counter(walked), Counter(walked) - Counter(visible)
    if missing or extra:
        yield f"all pages: {missing.total()} missing {list(missing)[:3]}, {extra.total()} too many {list(extra)[:3]}"


def _searches(driver: Driver, truth: Truth, searches: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for shape, queries in searches.items():
        for query in queries:
            right = Counter(truth.search(READER, query))
            got = Counter(driver.names(driver.search(READER, query, TOP)))
            if got - right or got.total() != min(TOP, right.total()):
                yield (
                    f"search {query!r} ({shape}): {got.total()} of {right.total()}, "
                    f"missing {list(right - got)[:3] if right.total() <= TOP else '-'}, wrong {list(got - right)[:3]}"
                )


def disagreements(driver: Driver, truth: Truth, searches: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return the differences between the driver's answers and the expected ones: gets, pages and searches.

    Without `searches`, the searches are those that `Truth.queries` chooses.
    """
    asked = truth.queries(READER) if searches is None else searches
    return [*_gets(driver, truth), *_pages(driver, truth), *_searches(driver, truth, asked)]


def few_disagreements(driver: Driver, truth: Truth) -> list[str]:
    """Return the differences for the user who may see few contacts of many."""
    visible = [entry.name for entry in truth.entries if entry.owner == FEW]
    return list(_page(driver, driver.names(driver.page(FEW, None, PAGE)), visible, 0))
