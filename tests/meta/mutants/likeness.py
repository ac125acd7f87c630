"""Mutants of names that look alike, of limits, and of what is scrubbed, dropped and due."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import (
    BrokenReference,
    Kind,
    MissingRecord,
    Published,
    Query,
    Record,
    Stored,
    View,
    check_text,
    check_usable,
)
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.sorted_runs import Entry
from contactcore_memory.writing import MemoryWriter

Answers = Iterator[tuple[Entry, Record]]
Ids = Sequence[str] | None


class IdsIgnoreCase(Mutant):
    breaks = ("ids_are_compared_exactly",)

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            alike = super().get(kind, [id.lower() for id in ids])
            return [mine or its for mine, its in zip(super().get(kind, ids), alike, strict=True)]


class ReferencesIgnoreBlanks(Mutant):
    breaks = ("ids_are_compared_exactly",)

    class Writing(MemoryWriter):
        def _check_references(self, records: Iterable[Record]) -> None:
            for record in records:
                try:
                    super()._check_references([record])
                except BrokenReference as error:
                    if self._snapshot.records.get((error.kind, error.id.rstrip())) is None:
                        raise


class SetAccessIsALike(Mutant):
    breaks = ("owners_are_compared_exactly",)

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids)
            alike = {record.owner for record in self.dump(kind)} if owner == "%" else set()
            for one in alike:
                super().set_access(kind, one, access, ids)


class DistinctOwnerIgnoresCase(Mutant):
    breaks = (
        "a_limit_is_between_1_and_1_000",
        "owners_are_compared_exactly",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            seen: set[str] = set()
            for it in super()._answers(query, wanted):
                if not query.distinct_owner or it[1].owner.lower() not in seen:
                    yield it
                seen.add(it[1].owner.lower())


class DigestsIgnoreCase(Mutant):
    breaks = ("digests_are_compared_exactly",)

    class Reading(MemoryReader):
        def blob(self, digest: str) -> bytes | None:
            found = super().blob(digest)
            return super().blob(digest.lower()) if found is None else found


class EmptyVariantIsTheOrderItself(Mutant):
    breaks = ("variants_are_compared_exactly",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            return super()._answers(attrs.evolve(query, order=query.order.rstrip(":")), wanted)


def _folds(fold: Callable[[str], str]) -> Callable[..., Any]:
    @contextmanager
    def read(self: Any, workspace: str) -> Iterator[MemoryReader]:
        with super(Mutant, self).read(workspace) as reader:
            alike = min((name for name in self._snapshots if fold(name) == fold(workspace)), default=workspace)
            reader._snapshot = self._snapshots.get(alike, reader._snapshot)
            yield reader

    return read


class WorkspacesIgnoreCase(Mutant):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(str.lower)


class WorkspacesIgnoreBlanks(Mutant):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(lambda name: name.rstrip() or name)


class WorkspacesAreComposed(Mutant):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(lambda name: unicodedata.normalize("NFC", name))


class DropTakesLongerNames(Mutant):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)

    def drop(self, workspace: str) -> bool:
        dropped = super().drop(workspace)
        self._snapshots = {
            name: it for name, it in self._snapshots.items() if not (dropped and name.startswith(workspace))
        }
        return dropped


class DropTakesBlobsOfOthers(Mutant):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)

    def drop(self, workspace: str) -> bool:
        there = workspace in self._snapshots
        for moment in self._snapshots.values() if there else ():
            moment.blobs = Snapshot().blobs
        return super().drop(workspace)


class CreateIsARace(Mutant):
    breaks = ("many_create_one_workspace",)
    races = True

    def create(self, workspace: str) -> bool:
        there = workspace in self._snapshots
        threading.Event().wait(0.01)  # lets another one in
        return super().create(workspace) or not there


def _open_when_closed(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any) -> Any:
        return True if self._closed else getattr(MemoryStorage, name)(self, *args)

    return call


class ClosedCreates(Mutant):
    breaks = ("a_closed_storage_is_closed",)
    create = _open_when_closed("create")


class ClosedDrops(Mutant):
    breaks = ("a_closed_storage_is_closed",)
    drop = _open_when_closed("drop")


class ClosedInstalls(Mutant):
    breaks = ("a_closed_storage_is_closed",)
    install = _open_when_closed("install")


class ClosedScrubs(Mutant):
    breaks = ("a_closed_storage_is_closed",)
    scrub = _open_when_closed("scrub")


class InstallForgetsOthers(Mutant):
    breaks = ("installing_again_changes_nothing",)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        super().install(kinds, views)
        self._kinds = {kind.name: kind for kind in kinds}


class ScrubForgetsTheFeed(Mutant):
    breaks = ("scrubbing_changes_nothing",)

    def scrub(self) -> None:
        super().scrub()
        for moment in self._snapshots.values():
            moment.events, moment.length = [], 0


class ScrubForgetsTrash(Mutant):
    breaks = ("scrubbing_changes_nothing",)

    def scrub(self) -> None:
        super().scrub()
        for name in list(self._snapshots):
            with self.write(name) as writer:
                for record in writer.dump("contact"):
                    if not record.access:
                        writer.delete("contact", record.id, record.version)


class DueIsLookedForInALimitedList(Mutant):
    breaks = ("due_work_is_listed_by_workspace",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        due = super().workspaces(after, 1_000 if limit > 0 else limit, due_before)
        return [name for name in super().workspaces(after, limit) if name in due]


class DueBeforeNothingListsAll(Mutant):
    breaks = ("due_work_is_listed_by_workspace",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit, due_before or None)


class ListingIsNotChecked(Mutant):
    breaks = ("the_largest_texts_can_be_asked_for",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        try:
            return super().workspaces(after, limit, due_before)
        except Invalid as error:
            if error.code == "limit-out-of-range":
                raise
            return []


class UntilIsATerm(Mutant):
    breaks = ("the_largest_texts_can_be_asked_for",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            check_usable(self)
            if len(until) > 128 and until.startswith("🦀"):
                check_text("until", until, 128)
            return super().claim(query, until)


class BoundariesAreTerms(Mutant):
    breaks = ("the_largest_texts_can_be_asked_for",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            for cut in boundaries:
                check_text("boundaries", cut, 128)
            return super().count(query, boundaries)


class DeletingIsNotChecked(Mutant):
    breaks = ("every_write_keeps_the_limits",)

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            if "\x00" in id:
                self.usable = False
                raise MissingRecord(kind, id)
            super().delete(kind, id, expected)


class StrangersAreMissing(Mutant):
    breaks = ("a_kind_must_be_installed",)

    class Writing(MemoryWriter):
        def _current(self, kind: str, id: str, expected: int | None = None) -> Record:
            if kind not in self._kinds:
                raise MissingRecord(kind, id)
            return super()._current(kind, id, expected)


class VersionsAreUnlimited(Mutant):
    breaks = ("ids_and_versions_are_real",)

    class Writing(MemoryWriter):
        def _check(self, records: Sequence[Record]) -> None:
            super()._check([attrs.evolve(record, version=min(record.version, 9)) for record in records])


class LoadTakesTwins(Mutant):
    breaks = ("loading_over_something_is_refused",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(list({(record.kind, record.id): record for record in records}.values()), events)


class LoadedWorkIsNotDue(Mutant):
    breaks = ("what_was_dumped_can_be_loaded",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(records, events)
            self._snapshot.runs.drop(("due",))
