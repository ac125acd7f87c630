"""Mutants of workspaces: what seals, makes, lists and drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import Kind, View
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter


class ReadingCreates(Mutant):
    breaks = ("an_unknown_workspace_is_empty",)

    @contextmanager
    def read(self, workspace: str) -> Iterator[MemoryReader]:
        with super().read(workspace) as reader:
            self._snapshots.setdefault(workspace, reader._snapshot)
            yield reader


def _shares(part: str) -> Callable[..., Any]:
    @contextmanager
    def read(self: Any, workspace: str) -> Iterator[MemoryReader]:
        with super(Mutant, self).read(workspace) as reader:
            others = [moment for moment in self._snapshots.values() if moment is not reader._snapshot]
            reader._snapshot = reader._snapshot.fork()
            for other in others:
                setattr(reader._snapshot, part, getattr(other, part))
            yield reader

    return read


class KeysLeak(Mutant):
    breaks = (
        "records_stay_in_their_workspace",
        "scrubbing_changes_nothing",
    )
    read = _shares("keys")


class BlobsLeak(Mutant):
    breaks = (
        "feeds_and_blobs_stay_in_their_workspace",
        "scrubbing_changes_nothing",
    )
    read = _shares("blobs")


class PostingsLeak(Mutant):
    breaks = (
        "a_thread_may_read_while_it_writes",
        "records_stay_in_their_workspace",
        "writes_stay_in_their_workspace",
        "many_create_one_workspace",
        "scrubbing_changes_nothing",
    )
    read = _shares("runs")


class CreateAlwaysSaysTrue(Mutant):
    breaks = (
        "a_workspace_is_created_once",
        "many_create_one_workspace",
    )

    def create(self, workspace: str) -> bool:
        super().create(workspace)
        return True


class CreateEmpties(Mutant):
    breaks = ("a_workspace_is_created_once",)

    def create(self, workspace: str) -> bool:
        fresh = super().create(workspace)
        self._snapshots[workspace] = Snapshot()
        return fresh


class WorkspacesByUTF16(Mutant):
    breaks = ("workspaces_are_listed_by_code_point",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        found = super().workspaces(after, limit, due_before)
        return sorted(found, key=lambda name: name.encode("utf-16-be"))


class WorkspacesFromAfterOn(Mutant):
    breaks = (
        "workspaces_are_listed_by_code_point",
        "due_work_is_listed_by_workspace",
    )

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        found = super().workspaces(after, limit, due_before)
        return [after, *found][:limit] if after in super().workspaces() else found


class DueIncludesItsBound(Mutant):
    breaks = (
        "due_work_is_listed_by_workspace",
        "the_largest_texts_can_be_asked_for",
    )

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit, due_before + "\x01" if due_before else due_before)


class DueListsAll(Mutant):
    breaks = (
        "due_work_is_listed_by_workspace",
        "a_dropped_workspace_is_gone",
        "the_largest_texts_can_be_asked_for",
    )

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit)


class DropKeepsTheFeed(Mutant):
    breaks = ("a_dropped_workspace_is_gone",)

    def drop(self, workspace: str) -> bool:
        there = self._snapshots.get(workspace)
        dropped = super().drop(workspace)
        if there is not None:
            self._feeds = {workspace: there}
        return dropped

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            old = getattr(self, "_feeds", {}).pop(workspace, None)
            if old is not None:
                writer._snapshot.events, writer._snapshot.length = old.events, old.length
            yield writer


class DropTellsNothing(Mutant):
    breaks = ("a_dropped_workspace_is_gone",)

    def drop(self, workspace: str) -> bool:
        super().drop(workspace)
        return True


class InstallStartsAnew(Mutant):
    breaks = ("installing_again_changes_nothing",)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        super().install(kinds, views)
        self._snapshots = {}


class CloseIsForgotten(Mutant):
    breaks = ("a_closed_storage_is_closed",)

    def close(self) -> None:
        """Do nothing."""


class NamesAreUnlimited(Mutant):
    breaks = ("names_of_workspaces_are_limited",)

    def create(self, workspace: str) -> bool:
        try:
            return super().create(workspace)
        except Invalid:
            return True
