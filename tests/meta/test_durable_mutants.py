"""The laws of durability are tested by storages that lose or bring back data when they are reopened."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore.testing import DURABLE_LAWS, with_kinds
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import Snapshot


class Kept(MemoryStorage):
    """Honest memory that survives a reopening."""

    def handed_on(self) -> MemoryStorage:
        again = type(self)()
        again._snapshots = {name: self.kept(name, moment) for name, moment in self.remembered().items()}
        self.close()
        return again

    def remembered(self) -> dict[str, Snapshot]:
        return dict(self._snapshots)

    def kept(self, name: str, moment: Snapshot) -> Snapshot:
        return moment


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
    def kept(self, name: str, moment: Snapshot) -> Snapshot:
        moment.events = [type(it)(number, it.event) for number, it in enumerate(moment.events, 1)]
        return moment


class DroppedBlobsComeBack(Kept):
    def write(self, workspace: str) -> Any:
        if workspace in self._snapshots:
            self.__dict__["before"] = self._snapshots[workspace].blobs
        return super().write(workspace)

    def kept(self, name: str, moment: Snapshot) -> Snapshot:
        for box in self.__dict__.get("before", moment.blobs)._buckets:
            for digest, data in box.items():
                moment.blobs.put(digest, data)
        return moment


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
            law(with_kinds(storage), lambda old: old.handed_on())  # type: ignore[attr-defined] # only these are opened
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
def test_a_mutant_is_caught_by_the_laws_of_durability(mutant: type[Kept], breaks: set[str]) -> None:
    assert _caught_by(mutant) == breaks


def test_an_honest_storage_breaks_no_law_of_durability() -> None:
    assert _caught_by(Kept) == set()
