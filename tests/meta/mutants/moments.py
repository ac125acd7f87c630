"""Mutants of what is void, of readers' moments, and of many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid, StorageError
from contactcore.storage import DuplicateKey, Found, Query, Record, Stored, check_usable
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter

Existing = Literal["refuse", "keep"]


def _forgives(*names: str) -> type[MemoryWriter]:
    def forgiving(honest: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: MemoryWriter, *args: Any, **more: Any) -> Any:
            try:
                return honest(self, *args, **more)
            except Invalid:
                self.usable = True
                raise

        return call

    return type("Writing", (MemoryWriter,), {name: forgiving(getattr(MemoryWriter, name)) for name in names})


class WrongEventsVoidNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("publish")


class WrongAccessVoidsNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("set_access")


class WrongClaimsVoidNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("claim")


class WrongDigestsVoidNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("keep_blob", "drop_blob")


class WrongPositionsVoidNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("load")


class WrongVersionsVoidNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)
    Writing = _forgives("replace")


class EndedWriterSaysNothing(Mutant):
    breaks = ("a_writer_ends_with_its_context",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
        vars(writer)["ended"] = True

    class Writing(MemoryWriter):
        def publish(self, events: Iterable[Any]) -> None:
            if "ended" not in vars(self):
                super().publish(events)


class VoidEventsArePublishedNext(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        left = self.__dict__.setdefault("left", [])
        with super().write(workspace) as writer:
            writer._events, left[:] = list(left), []
            yield writer
            if not writer.usable:
                left += writer._events


class VoidCreatesTheWorkspace(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
            if not writer.usable:
                self._snapshots.setdefault(workspace, Snapshot())


class InterruptCommits(Mutant):
    breaks = ("an_interrupt_undoes_as_an_error_does",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        interrupt: BaseException | None = None
        with super().write(workspace) as writer:
            try:
                yield writer
            except Exception:
                raise
            except BaseException as error:  # noqa: BLE001 - forgetting these is what is wrong here
                interrupt = error
        if interrupt is not None:
            raise interrupt


class UndoneKeysStayTaken(Mutant):
    breaks = ("an_error_undoes_every_write",)

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


class ReadingSwallowsErrors(Mutant):
    breaks = ("an_error_leaves_a_reader_too",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            try:
                yield reader
            except ZeroDivisionError:
                return


class OneReaderPerThread(Mutant):
    breaks = ("a_thread_may_read_while_it_writes",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        busy, me = self.__dict__.setdefault("busy", set()), threading.get_ident()
        if me in busy:
            raise StorageError("cannot start a transaction within a transaction")
        with super().read(workspace) as reader:
            busy.add(me)
            try:
                yield reader
            finally:
                busy.discard(me)


class ThreadReadsByItsWriter(Mutant):
    breaks = ("a_thread_may_read_while_it_writes",)

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


class EveryWayHasItsOwnMoment(Mutant):
    breaks = ("the_first_look_fixes_the_moment",)

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


class ReaderLosesADroppedWorkspace(Mutant):
    breaks = ("a_reader_outlives_its_workspace",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            moments, first, there = self._snapshots, reader._snapshot, workspace in self._snapshots
            kept = property(lambda _: first if not there or workspace in moments else Snapshot(), lambda _, value: None)
            yield type("Reading", (MemoryReader,), {"_snapshot": kept})(self._kinds, first)


class ReaderFindsItsWorkspaceLater(Mutant):
    breaks = ("a_reader_outlives_its_workspace",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            moments, first, there = self._snapshots, reader._snapshot, workspace in self._snapshots
            late = property(lambda _: first if there else moments.get(workspace, first), lambda _, value: None)
            yield type("Reading", (MemoryReader,), {"_snapshot": late})(self._kinds, first)


class FullPageKnowsNoMore(Mutant):
    breaks = ("the_largest_page_is_a_page",)

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            return attrs.evolve(found, more=found.more and query.limit < 1_000)


class DumpIsCutAtAThousand(Mutant):
    breaks = ("the_largest_page_is_a_page",)

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            return super().dump(kind, after_id, limit)[:1_000]


class InsertTakesAThousand(Mutant):
    breaks = ("the_largest_page_is_a_page",)

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            if len(records) > 1_000:
                raise StorageError("too many SQL variables")
            return super().insert(records, existing)


class GetForgetsBeyondAThousand(Mutant):
    breaks = (
        "the_largest_page_is_a_page",
        "any_number_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            return super().get(kind, ids[:1_000]) + [None] * (len(ids) - 1_000)


class HoldersTakeAThousand(Mutant):
    breaks = ("any_number_can_be_asked_for",)

    class Reading(MemoryReader):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            if len(keys) > 1_000:
                raise StorageError("too many SQL variables")
            return super().holders(keys)
