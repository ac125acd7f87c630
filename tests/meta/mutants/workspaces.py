"""Mutants of workspaces: what seals, makes, lists and drops them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contactcore.errors import Invalid
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import Snapshot
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutant, Mutants, broken

MUTANTS = Mutants()


@MUTANTS.change(MemoryStorage, "read", "an_unknown_workspace_is_empty")
@contextmanager
def reading_creates(storage, honest, workspace):
    with honest(workspace) as reader:
        storage._snapshots.setdefault(workspace, reader._snapshot)
        yield reader


def _shares(name, part, *breaks):
    @contextmanager
    def read(storage, workspace):
        with MemoryStorage.read(storage, workspace) as reader:
            others = [moment for moment in storage._snapshots.values() if moment is not reader._snapshot]
            reader._snapshot = reader._snapshot.fork()
            for other in others:
                setattr(reader._snapshot, part, getattr(other, part))
            yield reader

    return Mutant(name, breaks, broken(MemoryStorage, {"read": read}))


MUTANTS += (
    _shares("keys_leak", "keys", "records_stay_in_their_workspace", "scrubbing_changes_nothing"),
    _shares(
        "blobs_leak",
        "blobs",
        "feeds_and_blobs_stay_in_their_workspace",
        "scrubbing_changes_nothing",
        "long_names_differ_to_their_end",
    ),
    _shares(
        "postings_leak",
        "runs",
        "a_thread_may_read_while_it_writes",
        "records_stay_in_their_workspace",
        "writes_stay_in_their_workspace",
        "many_create_one_workspace",
        "scrubbing_changes_nothing",
        "long_names_differ_to_their_end",
        "a_second_writer_of_a_thread_is_refused",
    ),
)


@MUTANTS.change(MemoryStorage, "create", "a_workspace_is_created_once", "many_create_one_workspace")
def create_always_says_true(storage, honest, workspace):
    honest(workspace)
    return True


@MUTANTS.change(MemoryStorage, "create", "a_workspace_is_created_once")
def create_empties(storage, honest, workspace):
    fresh = honest(workspace)
    storage._snapshots[workspace] = Snapshot()
    return fresh


@MUTANTS.change(MemoryStorage, "workspaces", "workspaces_are_listed_by_code_point")
def workspaces_by_utf16(storage, honest, after="", limit=1000, due_before=None):
    found = honest(after, limit, due_before)
    return sorted(found, key=lambda name: name.encode("utf-16-be"))


@MUTANTS.change(
    MemoryStorage,
    "workspaces",
    "workspaces_are_listed_by_code_point",
    "due_work_is_listed_by_workspace",
    "long_names_differ_to_their_end",
)
def workspaces_from_after_on(storage, honest, after="", limit=1000, due_before=None):
    found = honest(after, limit, due_before)
    return [after, *found][:limit] if after in honest() else found


@MUTANTS.change(MemoryStorage, "workspaces", "due_work_is_listed_by_workspace", "the_largest_texts_can_be_asked_for")
def due_includes_its_bound(storage, honest, after="", limit=1000, due_before=None):
    return honest(after, limit, due_before + "\x01" if due_before else due_before)


@MUTANTS.change(
    MemoryStorage,
    "workspaces",
    "a_lookup_asked_again_answers_the_present",
    "due_work_is_listed_by_workspace",
    "work_is_due_as_it_was_last_written",
    "a_dropped_workspace_is_gone",
    "the_largest_texts_can_be_asked_for",
)
def due_lists_all(storage, honest, after="", limit=1000, due_before=None):
    return honest(after, limit)


@MUTANTS.storage("a_dropped_workspace_asked_again_is_empty", "a_dropped_workspace_is_gone")
class DropKeepsTheFeed(BrokenStorage):
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


@MUTANTS.change(MemoryStorage, "drop", "a_dropped_workspace_is_gone")
def drop_tells_nothing(storage, honest, workspace):
    honest(workspace)
    return True


@MUTANTS.change(MemoryStorage, "install", "installing_again_changes_nothing", "a_kind_may_grow")
def install_starts_anew(storage, honest, kinds, views=()):
    honest(kinds, views)
    storage._snapshots = {}


@MUTANTS.change(MemoryStorage, "close", "an_open_transaction_keeps_a_storage_open", "a_closed_storage_is_closed")
def close_is_forgotten(storage, honest):
    """Do nothing."""


@MUTANTS.change(MemoryStorage, "create", "names_of_workspaces_are_limited")
def names_are_unlimited(storage, honest, workspace):
    try:
        return honest(workspace)
    except Invalid:
        return True
