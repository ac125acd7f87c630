"""Saboteurs of transactions, of concurrency and of workspaces."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sabotage import Saboteur

from contactcore.errors import Invalid, StorageError
from contactcore.storage import Kind, Query, Refused, View
from contactcore_memory.reading import MemoryReader, Moment
from contactcore_memory.writing import MemoryWriter


class RollbackIsLost(Saboteur):
    breaks = (
        "an_error_undoes_every_write",
        "an_error_undoes_blobs_and_events",
        "an_undone_claim_leaves_the_work",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        there = workspace in self._moments
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError:
            if there:
                self._moments[workspace] = writer._moment
            raise


class RollbackKeepsBlobs(Saboteur):
    breaks = ("an_error_undoes_blobs_and_events",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError:
            if workspace in self._moments:
                self._moments[workspace].blobs = writer._moment.blobs
            raise


class RollbackTakesPositions(Saboteur):
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


class RollbackCreatesTheWorkspace(Saboteur):
    breaks = (
        "writing_creates_a_workspace",
        "loaded_references_are_checked_at_the_end",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            self._moments.setdefault(workspace, Moment())
            yield writer


class ErrorsAreWrapped(Saboteur):
    breaks = ("an_error_leaves_as_it_was_raised",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        try:
            with super().write(workspace) as writer:
                yield writer
        except ZeroDivisionError as error:
            raise ZeroDivisionError("the transaction was undone") from error


class RefusalIsForgotten(Saboteur):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "a_void_transaction_answers_nothing",
    )

    class Writing(MemoryWriter):
        def __setattr__(self, name: str, value: Any) -> None:
            stack = __import__("sys").exc_info()[0]
            if name != "usable" or value or stack is None or not issubclass(stack, Refused | Invalid):
                super().__setattr__(name, value)


class VoidEndsSilently(Saboteur):
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


class InvalidVoidsNothing(Saboteur):
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


class VoidStillAnswers(Saboteur):
    breaks = ("a_void_transaction_answers_nothing",)

    class Writing(MemoryWriter):
        def find(self, query: Query) -> Any:
            return MemoryReader(self._kinds, self._moment).find(query)


class QuestionVoids(Saboteur):
    breaks = ("a_refused_question_voids_nothing",)

    class Writing(MemoryWriter):
        def find(self, query: Query) -> Any:
            try:
                return super().find(query)
            except Invalid:
                self.usable = False
                raise


class WriterOutlivesItsContext(Saboteur):
    breaks = ("a_writer_ends_with_its_context",)

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
        writer.usable = True


class ReaderSeesLaterCommits(Saboteur):
    breaks = ("a_reader_sees_one_moment",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            moments, first = self._moments, reader._moment
            newest = property(lambda _: moments.get(workspace, first), lambda _, value: None)
            yield type("Reading", (self.reader_class,), {"_moment": newest})(self._kinds, first)


class ReaderSeesWhatIsNotCommitted(Saboteur):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "readers_do_not_wait",
    )

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            before = self._moments.get(workspace)
            if before is not None:
                self._moments[workspace] = writer._moment
            try:
                yield writer
            except BaseException:
                if before is not None:
                    self._moments[workspace] = before
                raise


class WriterDoesNotSeeItsWrites(Saboteur):
    breaks = ("a_writer_sees_its_own_writes",)

    class Writing(MemoryWriter):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            found = super().holders(keys)
            fresh = {record.id for record in self._fresh}
            return [None if it and it[1] in fresh else it for it in found]

        def _add(self, records: Any, *, keep: bool) -> Any:
            self._fresh = list(records)
            return super()._add(records, keep=keep)

        _fresh: list[Any] = []  # noqa: RUF012 - never changed in place


class NobodyWaits(Saboteur):
    breaks = (
        "require_holds_the_record",
        "versions_let_no_change_be_lost",
        "no_event_appears_behind_a_reader",
        "many_writers_make_one_feed",
        "work_is_claimed_once",
    )
    races = True

    def _alone(self, workspace: str) -> Any:
        return nullcontext()

    class Writing(MemoryWriter):
        def commit(self) -> Moment:
            threading.Event().wait(0.001)  # lets another one in
            return super().commit()


class ClaimedTwice(Saboteur):
    breaks = ("work_is_claimed_once",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> Any:
            if threading.current_thread() is threading.main_thread() or query.limit != 4:
                return super().claim(query, until)
            first = super().claim(query, until)
            return [*first, first[0]]


class ReadingCreates(Saboteur):
    breaks = ("an_unknown_workspace_is_empty",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            self._moments.setdefault(workspace, reader._moment)
            yield reader


def _shares(part: str) -> Callable[..., Any]:
    @contextmanager
    def read(self: Any, workspace: str) -> Iterator[MemoryReader]:
        with super(Saboteur, self).read(workspace) as reader:
            others = [moment for moment in self._moments.values() if moment is not reader._moment]
            reader._moment = reader._moment.fork()
            for other in others:
                setattr(reader._moment, part, getattr(other, part))
            yield reader

    return read


class KeysLeak(Saboteur):
    breaks = ("records_stay_in_their_workspace",)
    read = _shares("keys")


class BlobsLeak(Saboteur):
    breaks = ("feeds_and_blobs_stay_in_their_workspace",)
    read = _shares("blobs")


class PostingsLeak(Saboteur):
    breaks = (
        "records_stay_in_their_workspace",
        "writes_stay_in_their_workspace",
    )
    read = _shares("runs")


class CreateAlwaysSaysTrue(Saboteur):
    breaks = ("a_workspace_is_created_once",)

    def create(self, workspace: str) -> bool:
        super().create(workspace)
        return True


class CreateEmpties(Saboteur):
    breaks = ("a_workspace_is_created_once",)

    def create(self, workspace: str) -> bool:
        fresh = super().create(workspace)
        self._moments[workspace] = Moment()
        return fresh


class WorkspacesByUTF16(Saboteur):
    breaks = ("workspaces_are_listed_by_code_point",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        found = super().workspaces(after, limit, due_before)
        return sorted(found, key=lambda name: name.encode("utf-16-be"))


class WorkspacesFromAfterOn(Saboteur):
    breaks = (
        "workspaces_are_listed_by_code_point",
        "due_work_is_listed_by_workspace",
    )

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        found = super().workspaces(after, limit, due_before)
        return [after, *found][:limit] if after in super().workspaces() else found


class DueIncludesItsBound(Saboteur):
    breaks = ("due_work_is_listed_by_workspace",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit, due_before + "\x01" if due_before else due_before)


class DueListsAll(Saboteur):
    breaks = (
        "due_work_is_listed_by_workspace",
        "a_dropped_workspace_is_gone",
    )

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit)


class DropKeepsTheFeed(Saboteur):
    breaks = ("a_dropped_workspace_is_gone",)

    def drop(self, workspace: str) -> bool:
        there = self._moments.get(workspace)
        dropped = super().drop(workspace)
        if there is not None:
            self._feeds = {workspace: there}
        return dropped

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            old = getattr(self, "_feeds", {}).pop(workspace, None)
            if old is not None:
                writer._moment.events, writer._moment.length = old.events, old.length
            yield writer


class DropTellsNothing(Saboteur):
    breaks = ("a_dropped_workspace_is_gone",)

    def drop(self, workspace: str) -> bool:
        super().drop(workspace)
        return True


class InstallStartsAnew(Saboteur):
    breaks = ("installing_again_changes_nothing",)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        super().install(kinds, views)
        self._moments = {}


class CloseIsForgotten(Saboteur):
    breaks = ("a_closed_storage_is_closed",)

    def close(self) -> None:
        """Do nothing."""


class NamesAreUnlimited(Saboteur):
    breaks = ("names_of_workspaces_are_limited",)

    def create(self, workspace: str) -> bool:
        try:
            return super().create(workspace)
        except Invalid:
            return True
