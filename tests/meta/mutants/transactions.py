"""Mutants of transactions and of concurrency."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sabotage import Mutant

from contactcore.errors import Invalid, StorageError
from contactcore.storage import Query, Refused
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter


class RollbackIsLost(Mutant):
    breaks = (
        "an_error_undoes_every_write",
        "an_error_undoes_blobs_and_events",
        "a_claim_asks_the_whole_question",
        "an_undone_claim_leaves_the_work",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        there = workspace in self._snapshots
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError:
            if there:
                self._snapshots[workspace] = writer._snapshot
            raise


class RollbackKeepsBlobs(Mutant):
    breaks = ("an_error_undoes_blobs_and_events",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError:
            if workspace in self._snapshots:
                self._snapshots[workspace].blobs = writer._snapshot.blobs
            raise


class RollbackTakesPositions(Mutant):
    breaks = ("a_rollback_leaves_no_gap",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            self.__dict__.setdefault("gaps", [])
            vars(writer)["gap"] = sum(self.__dict__["gaps"])
            try:
                yield writer
            except ZeroDivisionError:
                self.__dict__["gaps"].append(len(writer._events))
                raise

    class Writing(MemoryWriter):
        def _position(self) -> int:
            return super()._position() + int(vars(self)["gap"])


class RollbackCreatesTheWorkspace(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "writing_creates_a_workspace",
        "loaded_references_are_checked_at_the_end",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            self._snapshots.setdefault(workspace, Snapshot())
            yield writer


class ErrorsAreWrapped(Mutant):
    breaks = ("an_error_leaves_as_it_was_raised",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError as error:
            raise ZeroDivisionError("the transaction was undone") from error


class RefusalIsForgotten(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "a_void_transaction_answers_nothing",
    )

    class Writing(MemoryWriter):
        def __setattr__(self, name: str, value: Any) -> None:
            stack = __import__("sys").exc_info()[0]
            if name != "usable" or value or stack is None or not issubclass(stack, Refused | Invalid):
                super().__setattr__(name, value)


class VoidEndsSilently(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "a_void_transaction_answers_nothing",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        ended = False
        try:
            with super().write(workspace) as writer:
                yield writer
                ended = True
        except StorageError as error:
            if not ended or error.code != "transaction-void":
                raise


class InvalidVoidsNothing(Mutant):
    breaks = ("a_refused_write_voids_its_transaction",)

    class Writing(MemoryWriter):
        def _check(self, records: Any) -> None:
            try:
                super()._check(records)
            except Invalid:
                self._forgiven = True
                raise

        def __setattr__(self, name: str, value: Any) -> None:
            if not (name == "usable" and self.__dict__.pop("_forgiven", False)):
                super().__setattr__(name, value)


class VoidStillAnswers(Mutant):
    breaks = ("a_void_transaction_answers_nothing",)

    class Writing(MemoryWriter):
        def find(self, query: Query) -> Any:
            return MemoryReader(self._kinds, self._snapshot).find(query)


class QuestionVoids(Mutant):
    breaks = ("a_refused_question_voids_nothing",)

    class Writing(MemoryWriter):
        def find(self, query: Query) -> Any:
            try:
                return super().find(query)
            except Invalid:
                self.usable = False
                raise


class WriterOutlivesItsContext(Mutant):
    breaks = ("a_writer_ends_with_its_context",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
        writer.usable = True


class ReaderSeesLaterCommits(Mutant):
    breaks = (
        "a_reader_sees_one_moment",
        "the_first_look_fixes_the_moment",
        "a_reader_outlives_its_workspace",
    )

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            moments, first = self._snapshots, reader._snapshot
            newest = property(lambda _: moments.get(workspace, first), lambda _, value: None)
            yield type("Reading", (self.reader_class,), {"_snapshot": newest})(self._kinds, first)


class ReaderSeesWhatIsNotCommitted(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "readers_do_not_wait",
        "a_thread_may_read_while_it_writes",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            before = self._snapshots.get(workspace)
            if before is not None:
                self._snapshots[workspace] = writer._snapshot
            try:
                yield writer
            except BaseException:
                if before is not None:
                    self._snapshots[workspace] = before
                raise


class WriterDoesNotSeeItsWrites(Mutant):
    breaks = (
        "a_writer_sees_its_own_writes",
        "what_was_deleted_is_free_at_once",
    )

    class Writing(MemoryWriter):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            found = super().holders(keys)
            fresh = {record.id for record in self._fresh}
            return [None if it and it[1] in fresh else it for it in found]

        def _add(self, records: Any, *, keep: bool) -> Any:
            self._fresh = list(records)
            return super()._add(records, keep=keep)

        _fresh: list[Any] = []  # noqa: RUF012 - never changed in place


class NobodyWaits(Mutant):
    breaks = (
        "lock_holds_the_record",
        "versions_let_no_change_be_lost",
        "no_event_appears_behind_a_reader",
        "many_writers_make_one_feed",
        "work_is_claimed_once",
        "many_create_one_workspace",
    )
    races = True

    def _locked(self, workspace: str) -> Any:
        return nullcontext()

    class Writing(MemoryWriter):
        def commit(self) -> Snapshot:
            threading.Event().wait(0.001)  # lets another one in
            return super().commit()


class ClaimedTwice(Mutant):
    breaks = ("work_is_claimed_once",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> Any:
            if threading.current_thread() is threading.main_thread() or query.limit != 4:
                return super().claim(query, until)
            first = super().claim(query, until)
            return [*first, first[0]]
