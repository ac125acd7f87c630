"""The laws of durability are tested by storages that are opened again with something lost or come back."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore.testing import DURABLE_LAWS, on_stage
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import Snapshot


class Kept(MemoryStorage):
    """Memory that is handed on to whoever opens it again; honest."""

    def handed_on(self) -> MemoryStorage:
        again = type(self)()
        again._snapshots = {name: self.kept(name, snapshot) for name, snapshot in self.remembered().items()}
        self.close()
        return again

    def remembered(self) -> dict[str, Snapshot]:
        return dict(self._snapshots)

    def kept(self, name: str, snapshot: Snapshot) -> Snapshot:
        return snapshot


class NothingIsKept(Kept):
    def remembered(self) -> dict[str, Snapshot]:
        return {}


class DroppedComeBack(Kept):
    def drop(self, workspace: str) -> bool:
        self.dropped = {workspace: self._snapshots.get(workspace) or Snapshot()}
        return super().drop(workspace)

    def remembered(self) -> dict[str, Snapshot]:
        return {**self.__dict__.get("dropped", {}), **self._snapshots}


class FeedCountsAnew(Kept):
    def kept(self, name: str, snapshot: Snapshot) -> Snapshot:
        snapshot.events = [type(it)(number, it.event) for number, it in enumerate(snapshot.events, 1)]
        return snapshot


class DroppedBlobsComeBack(Kept):
    def write(self, workspace: str) -> Any:
        if workspace in self._snapshots:
            self.__dict__["before"] = self._snapshots[workspace].blobs
        return super().write(workspace)

    def kept(self, name: str, snapshot: Snapshot) -> Snapshot:
        for bucket in self.__dict__.get("before", snapshot.blobs)._buckets:
            for digest, data in bucket.items():
                snapshot.blobs.put(digest, data)
        return snapshot


class UndoneComesBack(Kept):
    def write(self, workspace: str) -> Any:
        context = super().write(workspace)
        return _Watched(self, workspace, context)

    def remembered(self) -> dict[str, Snapshot]:
        return {**self._snapshots, **self.__dict__.get("undone", {})}


class _Watched:
    def __init__(self, storage: UndoneComesBack, workspace: str, context: Any) -> None:
        self.storage, self.workspace, self.context = storage, workspace, context

    def __enter__(self) -> Any:
        self.writer = self.context.__enter__()
        return self.writer

    def __exit__(self, *error: object) -> Any:
        if error[0] is not None:
            self.storage.__dict__["undone"] = {self.workspace: self.writer._snapshot}
        return self.context.__exit__(*error)


def _caught_by(storage: type[Kept]) -> set[str]:
    caught = set()
    for law in DURABLE_LAWS:
        try:
            law(on_stage(storage), lambda old: old.handed_on())  # type: ignore[attr-defined] # only these are opened
        except Exception:  # noqa: BLE001 - a broken storage may fail in any way
            caught.add(law.__name__)
    return caught


@pytest.mark.parametrize(
    ("mutant", "breaks"),
    [
        (NothingIsKept, {"what_was_committed_is_there_again", "what_was_changed_is_there_as_it_became",
                         "what_was_undone_is_not_there_again"}),
        (DroppedComeBack, {"what_was_changed_is_there_as_it_became"}),
        (FeedCountsAnew, {"what_was_changed_is_there_as_it_became"}),
        (DroppedBlobsComeBack, {"what_was_changed_is_there_as_it_became"}),
        (UndoneComesBack, {"what_was_undone_is_not_there_again"}),
    ],
)  # fmt: skip
def test_a_saboteur_is_caught_by_the_laws_of_durability(mutant: type[Kept], breaks: set[str]) -> None:
    assert _caught_by(mutant) == breaks


def test_an_honest_storage_breaks_no_law_of_durability() -> None:
    assert _caught_by(Kept) == set()
