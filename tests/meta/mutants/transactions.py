"""Mutants of transactions and of concurrency."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from contactcore.errors import Invalid, StorageError
from contactcore.storage import Refused
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutants

MUTANTS = Mutants()


@MUTANTS.change(MemoryWriter, "is_awaited", "a_writer_knows_who_waits")
def nobody_is_known_to_wait(writer, honest):
    return False


@MUTANTS.change(
    MemoryStorage,
    "write",
    "an_undone_answer_is_forgotten",
    "an_error_undoes_every_write",
    "an_error_undoes_blobs_and_events",
    "a_claim_asks_the_whole_question",
    "an_undone_claim_leaves_the_work",
)
@contextmanager
def rollback_is_lost(storage, honest, workspace):
    there = workspace in storage._snapshots
    try:
        with honest(workspace) as writer:
            yield writer
    except ZeroDivisionError:
        if there:
            storage._snapshots[workspace] = writer._snapshot
        raise


@MUTANTS.change(MemoryStorage, "write", "an_undone_answer_is_forgotten", "an_error_undoes_blobs_and_events")
@contextmanager
def rollback_keeps_blobs(storage, honest, workspace):
    try:
        with honest(workspace) as writer:
            yield writer
    except ZeroDivisionError:
        if workspace in storage._snapshots:
            storage._snapshots[workspace].blobs = writer._snapshot.blobs
        raise


@MUTANTS.storage("a_rollback_leaves_no_gap")
class RollbackTakesPositions(BrokenStorage):
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


@MUTANTS.change(
    MemoryStorage,
    "write",
    "a_refused_write_voids_its_transaction",
    "writing_creates_a_workspace",
    "loaded_references_are_checked_at_the_end",
)
@contextmanager
def rollback_creates_the_workspace(storage, honest, workspace):
    with honest(workspace) as writer:
        storage._snapshots.setdefault(workspace, Snapshot())
        yield writer


@MUTANTS.change(MemoryStorage, "write", "an_error_leaves_as_it_was_raised")
@contextmanager
def errors_are_wrapped(storage, honest, workspace):
    try:
        with honest(workspace) as writer:
            yield writer
    except ZeroDivisionError as error:
        raise ZeroDivisionError("the transaction was undone") from error


@MUTANTS.storage("a_refused_write_voids_its_transaction", "a_void_transaction_answers_nothing")
class RefusalIsForgotten(BrokenStorage):
    class Writing(MemoryWriter):
        def __setattr__(self, name: str, value: Any) -> None:
            stack = __import__("sys").exc_info()[0]
            if name != "usable" or value or stack is None or not issubclass(stack, Refused | Invalid):
                super().__setattr__(name, value)


@MUTANTS.change(MemoryStorage, "write", "a_refused_write_voids_its_transaction", "a_void_transaction_answers_nothing")
@contextmanager
def void_ends_silently(storage, honest, workspace):
    ended = False
    try:
        with honest(workspace) as writer:
            yield writer
            ended = True
    except StorageError as error:
        if not ended or error.code != "transaction-void":
            raise


@MUTANTS.storage("a_refused_write_voids_its_transaction")
class InvalidVoidsNothing(BrokenStorage):
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


@MUTANTS.change(MemoryWriter, "find", "a_void_transaction_answers_nothing")
def void_still_answers(writer, honest, query):
    return MemoryReader(writer._kinds, writer._snapshot).find(query)


@MUTANTS.change(MemoryWriter, "find", "a_refused_question_voids_nothing")
def question_voids(writer, honest, query):
    try:
        return honest(query)
    except Invalid:
        writer.usable = False
        raise


@MUTANTS.change(MemoryStorage, "write", "a_writer_ends_with_its_context")
@contextmanager
def writer_outlives_its_context(storage, honest, workspace):
    with honest(workspace) as writer:
        yield writer
    writer.usable = True


@MUTANTS.change(
    MemoryStorage,
    "read",
    "a_reader_sees_one_moment",
    "the_first_look_fixes_the_moment",
    "a_reader_outlives_its_workspace",
    "an_announced_question_changes_no_answer",
)
@contextmanager
def reader_sees_later_commits(storage, honest, workspace):
    with honest(workspace) as reader:
        moments, first = storage._snapshots, reader._snapshot
        newest = property(lambda _: moments.get(workspace, first), lambda _, value: None)
        yield type("Reading", (storage.reader_class,), {"_snapshot": newest})(storage._kinds, first)


@MUTANTS.change(
    MemoryStorage,
    "write",
    "a_transaction_takes_any_number_of_calls",
    "a_refused_write_voids_its_transaction",
    "readers_do_not_wait",
    "a_second_writer_of_a_thread_is_refused",
    "a_thread_may_read_while_it_writes",
)
@contextmanager
def reader_sees_what_is_not_committed(storage, honest, workspace):
    with honest(workspace) as writer:
        before = storage._snapshots.get(workspace)
        if before is not None:
            storage._snapshots[workspace] = writer._snapshot
        try:
            yield writer
        except BaseException:
            if before is not None:
                storage._snapshots[workspace] = before
            raise


@MUTANTS.storage("a_writer_sees_its_own_writes", "what_was_deleted_is_free_at_once", "an_undone_answer_is_forgotten")
class WriterDoesNotSeeItsWrites(BrokenStorage):
    class Writing(MemoryWriter):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            found = super().holders(keys)
            fresh = {record.id for record in self._fresh}
            return [None if it and it[1] in fresh else it for it in found]

        def _add(self, records: Any, *, keep: bool) -> Any:
            self._fresh = list(records)
            return super()._add(records, keep=keep)

        _fresh: list[Any] = []  # noqa: RUF012 - never changed in place


@MUTANTS.storage(
    "a_closed_storage_is_closed",
    "lock_holds_the_record",
    "versions_let_no_change_be_lost",
    "a_second_writer_of_a_thread_is_refused",
    "an_open_transaction_keeps_a_storage_open",
    "no_event_appears_behind_a_reader",
    "many_writers_make_one_feed",
    "work_is_claimed_once",
    "many_create_one_workspace",
    races=True,
)
class NobodyWaits(BrokenStorage):
    def _locked(self, workspace: str) -> Any:
        return nullcontext()

    class Writing(MemoryWriter):
        def commit(self) -> Snapshot:
            threading.Event().wait(0.001)  # lets another one in
            return super().commit()


@MUTANTS.change(MemoryWriter, "claim", "work_is_claimed_once")
def claimed_twice(writer, honest, query, until):
    if threading.current_thread() is threading.main_thread() or query.limit != 4:
        return honest(query, until)
    first = honest(query, until)
    return [*first, first[0]]


@MUTANTS.change(MemoryStorage, "write", "a_second_writer_of_a_thread_is_refused")
@contextmanager
def a_second_writer_is_busy(storage, honest, workspace):
    mine = honest(workspace)
    try:
        writer = mine.__enter__()
    except StorageError as error:
        code = "storage-busy" if error.code == "writer-open" else error.code
        raise StorageError(str(error), code) from error
    with ExitStack() as stack:
        stack.push(mine)
        yield writer


@MUTANTS.change(MemoryStorage, "close", "an_open_transaction_keeps_a_storage_open")
def close_ends_what_is_open(storage, honest):
    storage._open._number = 0
    honest()
