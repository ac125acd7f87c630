"""The measured operations, in interleaved rounds. Every driver gets the same calls in the same order."""

from __future__ import annotations

import contextlib
import gc
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from benchmarks import names
from benchmarks.agreement import disagreements, few_disagreements, targets
from benchmarks.drivers.protocol import PAGE, TOP, Driver, NewPerson
from benchmarks.truth import Truth
from benchmarks.workload import FEW, READER, Workload, unique_phone

__all__ = ["OPERATIONS", "Bench"]

OPERATIONS = ("import", "get", "page_first", "page_deep", "search", "create", "update", "page_few")
_GETS, _PAGES, _WRITES, _SEARCHES = 300, 100, 60, 40
_FRESH, _CHANGED = 9_000_000, 9_100_000  # serial numbers of phones that no generated row uses
Call = Callable[[], Any]
Plan = Callable[[Driver, int], list[Call]]


def _phone(serial: int) -> str:
    head, tail = unique_phone(serial, mobile=True)
    return f"0{head}{tail}"


def _person(serial: int) -> NewPerson:
    given, family = names.FIRST[serial % len(names.FIRST)], names.stem(serial) + "ov"
    return NewPerson(
        serial=serial,
        given=given,
        family=family,
        emails=(f"new{serial}@mail.example.com", f"new{serial}@post.example.org"),
        phones=(_phone(serial), "+49 302" + unique_phone(serial)[1]),
        street="12 rue de la Paix",
        city="Besançon",
        postal="25000",
        country="FR",
        tags=("vip",),
        note=names.NOTES[serial % len(names.NOTES)],
    )


def _slice(keys: list[Any], round_: int, count: int) -> list[Any]:
    return [keys[(round_ * count + n) % len(keys)] for n in range(count)]


def _writes(round_: int) -> range:
    return range(round_ * _WRITES, (round_ + 1) * _WRITES)


def _new_phone(number: int) -> str:
    return _phone(_CHANGED + number)


def _searches(texts: Sequence[str], driver: Driver, _: int) -> list[Call]:
    return [partial(driver.search, READER, text, TOP) for text in texts]


def _update(driver: Driver, keys: list[Any], number: int) -> Call:
    note = names.NOTES[number % len(names.NOTES)]
    return partial(driver.update, READER, keys[number % len(keys)], _new_phone(number), note)


@attrs.define
class Bench:
    """One run: the duration of every call of every driver in seconds, and the wrong answers.

    `clock` is that of the wall, or `time.process_time`, which leaves out other processes and waiting for the disk.
    """

    workload: Workload
    drivers: list[Driver]
    rounds: int
    folder: Path
    log: Callable[[str], None]
    clock: Callable[[], float] = time.perf_counter
    times: dict[str, dict[str, list[float]]] = attrs.field(factory=dict)
    problems: dict[str, list[str]] = attrs.field(factory=dict)
    _stores: dict[str, Path] = attrs.field(factory=dict)

    def run(self, wanted: Sequence[str]) -> None:
        """Run the wanted operations in their fixed order. The stores are filled in any case."""
        truth = Truth(self.workload)
        if "import" not in wanted:
            self._leave_out_alike()
        self._imports(self.rounds if "import" in wanted else 1, keep="import" in wanted)
        for driver in [*self.drivers]:
            self._guarded(driver, "agreement", partial(self._compare, driver, truth))
        self._leave_out_alike()
        places = len(truth.visible(READER)) // 2
        keys: dict[str, list[Any]] = {}
        middle: dict[str, Any] = {}
        wanted_keys = [(entry.kind, entry.name) for entry in targets(truth, _GETS * self.rounds, seed=2)]
        for driver in self.drivers:
            keys[driver.name] = driver.keys(wanted_keys)
            middle[driver.name] = driver.cursor_at(READER, places)
        questions = [query for queries in truth.queries(READER).values() for query in queries] * 2
        plan: dict[str, Plan] = {
            "get": lambda d, r: [partial(d.get, READER, key) for key in _slice(keys[d.name], r, _GETS)],
            "page_first": lambda d, _: [partial(d.page, READER, None, PAGE)] * _PAGES,
            "page_deep": lambda d, _: [partial(d.page, READER, middle[d.name], PAGE)] * _PAGES,
            "search": lambda d, _: [partial(d.search, READER, query, TOP) for query in questions],
            "create": lambda d, r: [partial(d.create, READER, _person(_FRESH + n)) for n in _writes(r)],
            "update": lambda d, r: [_update(d, keys[d.name], n) for n in _writes(r)],
        }
        for operation, calls in plan.items():
            if operation in wanted:
                self._rounds(operation, calls)
        for driver in [*self.drivers] if "update" in wanted else []:
            self._guarded(driver, "update", partial(self._check_update, driver, keys[driver.name]))
        if "page_few" in wanted:
            for driver in [*self.drivers]:
                self._guarded(driver, "few", partial(self._few, driver, truth))
            self._rounds("page_few", lambda d, _: [partial(d.page, FEW, None, PAGE)] * _PAGES)

    def run_searches(self, truth: Truth, searches: Mapping[str, Sequence[str]], place: int) -> None:
        """Run the import, the searches, and the pages at the beginning and at a place, and check all answers."""
        self._imports(self.rounds, keep=True)
        for driver in [*self.drivers]:
            self._guarded(driver, "agreement", partial(self._compare, driver, truth, searches))
        self._leave_out_alike()
        wanted = [(entry.kind, entry.name) for entry in targets(truth, _PAGES, seed=2)]
        keys = {driver.name: driver.keys(wanted) for driver in self.drivers}
        after = {driver.name: driver.cursor_at(READER, place) for driver in self.drivers}
        if wanted:
            self._rounds("get", lambda d, _: [partial(d.get, READER, key) for key in keys[d.name]])
        self._rounds("page_first", lambda d, _: [partial(d.page, READER, None, PAGE)] * _PAGES)
        if place:
            self._rounds("page_deep", lambda d, _: [partial(d.page, READER, after[d.name], PAGE)] * _PAGES)
        for shape, queries in searches.items():
            self._rounds(f"search: {shape}", partial(_searches, [*queries] * -(-_SEARCHES // len(queries))))

    def close(self) -> None:
        """Close all stores."""
        for driver in self.drivers:
            driver.close()

    def _rotated(self, round_: int) -> list[Driver]:
        """Return all drivers, beginning with another one in each round."""
        first = round_ % max(1, len(self.drivers))
        return self.drivers[first:] + self.drivers[:first]

    def _guarded(self, driver: Driver, what: str, work: Callable[[], None]) -> None:
        """Report a driver that fails and remove it from the run. The other drivers continue."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the run continues after any error of a stack
            self.problems.setdefault(driver.name, []).append(f"{what}: {type(error).__name__}: {error}")
            self.log(f"{driver.name} fails in {what}: {type(error).__name__}: {error}")
            self.drivers.remove(driver)
            with contextlib.suppress(Exception):
                driver.close()

    def _leave_out_alike(self) -> None:
        """Remove the drivers that differ from another one of the run only in their import."""
        names_ = {driver.name for driver in self.drivers}
        for driver in [*self.drivers]:
            if driver.like in names_:
                self.drivers.remove(driver)
                if driver.name in self._stores:
                    driver.close()

    def _compare(self, driver: Driver, truth: Truth, searches: Mapping[str, Sequence[str]] | None = None) -> None:
        self.problems.setdefault(driver.name, []).extend(disagreements(driver, truth, searches))

    def _check_update(self, driver: Driver, keys: list[Any]) -> None:
        """Check that the last update is stored and that a search finds it."""
        last = self.rounds * _WRITES - 1
        typed = _new_phone(last)
        seen = driver.seen(driver.get(READER, keys[last % len(keys)]))
        if seen.phones != ("+33" + typed[1:],):
            self.problems[driver.name].append(f"update: {seen.phones} instead of {typed}")
        if seen.name not in driver.names(driver.search(READER, typed, TOP)):
            self.problems[driver.name].append(f"update: not found by {typed}")

    def _few(self, driver: Driver, truth: Truth) -> None:
        driver.few()
        self.problems[driver.name] += few_disagreements(driver, truth)

    def _imports(self, rounds: int, *, keep: bool) -> None:
        for round_ in range(rounds):
            for driver in self._rotated(round_):
                self._guarded(driver, "import", partial(self._import, driver, round_, keep=keep))

    def _import(self, driver: Driver, round_: int, *, keep: bool) -> None:
        old = self._stores.get(driver.name)
        if old:
            driver.close()
            shutil.rmtree(old)
        store = self._stores[driver.name] = self.folder / f"{driver.name}-{round_}"
        store.mkdir()
        driver.open(store / "contacts.db")
        driver.define(self.workload.fields)
        gc.collect()
        begin = self.clock()
        counts = driver.import_parts(self.workload.parts)
        took = self.clock() - begin
        self.log(f"import {driver.name}: {self.workload.rows / took:,.0f} rows/s")
        if keep:
            self.times.setdefault("import", {}).setdefault(driver.name, []).append(took)
        if counts != self.workload.counts:
            self.problems.setdefault(driver.name, []).append(f"import: {counts} instead of {self.workload.counts}")

    def _rounds(self, operation: str, plan: Plan) -> None:
        self.log(operation)
        times = self.times.setdefault(operation, {})
        for round_ in range(self.rounds):
            for driver in self._rotated(round_):
                taken = times.setdefault(driver.name, [])
                warm = operation not in {"create", "update"}
                self._guarded(driver, operation, partial(_timed, plan(driver, round_), taken, self.clock, warm=warm))


def _timed(work: list[Call], taken: list[float], clock: Callable[[], float], *, warm: bool) -> None:
    """Measure the seconds of each call, after a few calls that are not measured."""
    for call in work[:10] if warm else ():
        call()
    gc.collect()
    for call in work:
        begin = clock()
        call()
        taken.append(clock() - begin)
