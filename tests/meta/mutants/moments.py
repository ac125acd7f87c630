"""Mutants of what is void, of readers' moments, and of many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from contactcore.errors import Invalid, StorageError
from contactcore.storage import DuplicateKey, Record, check_usable
from contactcore.testing import fixtures
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutant, Mutants, broken

MUTANTS = Mutants()


def _forgiving(honest):
    def call(self, *args, **options):
        try:
            return honest(self, *args, **options)
        except Invalid:
            self.usable = True
            raise

    return call


def _forgives(name, *methods):
    changed = {method: _forgiving(getattr(MemoryWriter, method)) for method in methods}
    return Mutant(name, ("a_refused_write_voids_its_transaction",), broken(MemoryWriter, changed))


MUTANTS += (
    _forgives("wrong_events_void_nothing", "publish"),
    _forgives("wrong_access_voids_nothing", "set_access"),
    _forgives("wrong_claims_void_nothing", "claim"),
    _forgives("wrong_digests_void_nothing", "keep_blob", "drop_blob"),
    _forgives("wrong_positions_void_nothing", "load"),
    _forgives("wrong_versions_void_nothing", "replace"),
)


@MUTANTS.storage("a_writer_ends_with_its_context")
class EndedWriterSaysNothing(BrokenStorage):
    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
        vars(writer)["ended"] = True

    class Writing(MemoryWriter):
        def publish(self, events: Iterable[Any]) -> None:
            if "ended" not in vars(self):
                super().publish(events)


@MUTANTS.change(MemoryStorage, "write", "a_refused_write_voids_its_transaction")
@contextmanager
def void_events_are_published_next(storage, honest, workspace):
    left = storage.__dict__.setdefault("left", [])
    with honest(workspace) as writer:
        writer._events, left[:] = list(left), []
        yield writer
        if not writer.usable:
            left += writer._events


@MUTANTS.change(MemoryStorage, "write", "a_refused_write_voids_its_transaction")
@contextmanager
def void_creates_the_workspace(storage, honest, workspace):
    with honest(workspace) as writer:
        yield writer
        if not writer.usable:
            storage._snapshots.setdefault(workspace, Snapshot())


@MUTANTS.change(MemoryStorage, "write", "an_interrupt_undoes_as_an_error_does")
@contextmanager
def interrupt_commits(storage, honest, workspace):
    interrupt: BaseException | None = None
    with honest(workspace) as writer:
        try:
            yield writer
        except Exception:
            raise
        except BaseException as error:  # noqa: BLE001 - forgetting these is what is wrong here
            interrupt = error
    if interrupt is not None:
        raise interrupt


@MUTANTS.storage("an_error_undoes_every_write")
class UndoneKeysStayTaken(BrokenStorage):
    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        lost = self.__dict__.setdefault("lost", set())
        with super().write(workspace) as writer:
            vars(writer).update(lost=lost, taken=set())
            try:
                yield writer
            except ZeroDivisionError:
                lost |= vars(writer)["taken"]
                raise

    class Writing(MemoryWriter):
        def _take_keys(self, record: Record) -> None:
            for key in record.keys & vars(self)["lost"]:
                raise DuplicateKey(key, record.id)
            vars(self)["taken"] |= {key for key in record.keys if self._snapshot.keys.get(key) is None}
            super()._take_keys(record)


@MUTANTS.change(MemoryStorage, "read", "an_error_leaves_a_reader_too")
@contextmanager
def reading_swallows_errors(storage, honest, workspace):
    with honest(workspace) as reader:
        try:
            yield reader
        except ZeroDivisionError:
            return


@MUTANTS.change(MemoryStorage, "read", "a_thread_may_read_while_it_writes")
@contextmanager
def one_reader_per_thread(storage, honest, workspace):
    busy, me = storage.__dict__.setdefault("busy", set()), threading.get_ident()
    if me in busy:
        raise StorageError("cannot start a transaction within a transaction")
    with honest(workspace) as reader:
        busy.add(me)
        try:
            yield reader
        finally:
            busy.discard(me)


@MUTANTS.storage(
    "a_transaction_takes_any_number_of_calls",
    "a_second_writer_of_a_thread_is_refused",
    "a_thread_may_read_while_it_writes",
)
class ThreadReadsByItsWriter(BrokenStorage):
    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            self.__dict__.setdefault("writers", {})[threading.get_ident(), workspace] = writer
            try:
                yield writer
            finally:
                del self.__dict__["writers"][threading.get_ident(), workspace]

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            writer = self.__dict__.get("writers", {}).get((threading.get_ident(), workspace))
            reader._snapshot = writer._snapshot if writer else reader._snapshot
            yield reader


@MUTANTS.storage("the_first_look_fixes_the_moment")
class EveryWayHasItsOwnMoment(BrokenStorage):
    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            vars(reader).update(newest=lambda: self._snapshots.get(workspace) or Snapshot(), feeds=[])
            yield reader

    class Reading(MemoryReader):
        def feed(self, after: int = 0, limit: int = 1_000) -> list[Any]:
            check_usable(self)
            moments = vars(self).get("feeds", [self._snapshot])
            if not moments:
                moments.append(vars(self)["newest"]())
            return MemoryReader(self._kinds, moments[0]).feed(after, limit)


@MUTANTS.change(MemoryStorage, "read", "a_reader_outlives_its_workspace")
@contextmanager
def reader_loses_a_dropped_workspace(storage, honest, workspace):
    with honest(workspace) as reader:
        moments, first, there = storage._snapshots, reader._snapshot, workspace in storage._snapshots
        kept = property(lambda _: first if not there or workspace in moments else Snapshot(), lambda _, value: None)
        yield type("Reading", (MemoryReader,), {"_snapshot": kept})(storage._kinds, first)


@MUTANTS.change(MemoryStorage, "read", "a_reader_outlives_its_workspace")
@contextmanager
def reader_finds_its_workspace_later(storage, honest, workspace):
    with honest(workspace) as reader:
        moments, first, there = storage._snapshots, reader._snapshot, workspace in storage._snapshots
        late = property(lambda _: first if there else moments.get(workspace, first), lambda _, value: None)
        yield type("Reading", (MemoryReader,), {"_snapshot": late})(storage._kinds, first)


@MUTANTS.change(MemoryReader, "find", "the_largest_page_is_a_page")
def full_page_knows_no_more(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, more=found.more and query.limit < 1_000)


@MUTANTS.change(MemoryReader, "dump", "the_largest_page_is_a_page")
def dump_is_cut_at_a_thousand(reader, honest, kind, after_id="", limit=1000):
    return honest(kind, after_id, limit)[:1_000]


@MUTANTS.change(MemoryWriter, "insert", "the_largest_page_is_a_page")
def insert_takes_a_thousand(writer, honest, records, existing="refuse"):
    if len(records) > 1_000:
        raise StorageError("too many SQL variables")
    return honest(records, existing)


@MUTANTS.change(MemoryReader, "get", "the_largest_page_is_a_page", "any_number_can_be_asked_for")
def get_forgets_beyond_a_thousand(reader, honest, kind, ids):
    return honest(kind, ids[:1_000]) + [None] * (len(ids) - 1_000)


@MUTANTS.change(MemoryReader, "holders", "any_number_can_be_asked_for")
def holders_take_a_thousand(reader, honest, keys):
    if len(keys) > 1_000:
        raise StorageError("too many SQL variables")
    return honest(keys)


class _CommitsInTwo(BrokenStorage):
    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
            events, writer._events = writer._events, []
        if events:
            time.sleep(fixtures.MOMENT)
            with super().write(workspace) as second:
                second._events = events


MUTANTS.append(Mutant("events_are_committed_after_the_records", ("a_commit_appears_whole",), _CommitsInTwo))
