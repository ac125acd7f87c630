"""Saboteurs of names that look alike, of limits, and of what is scrubbed, dropped and due."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
from sabotage import Saboteur

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, Kind, MissingRecord, Published, Query, Record, Stored, View, check_text
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Moment
from contactcore_memory.runs import Place
from contactcore_memory.writing import MemoryWriter

Answers = Iterator[tuple[Place, Record]]
Ids = Sequence[str] | None


class IdsIgnoreCase(Saboteur):
    breaks = ("ids_are_compared_exactly",)

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            alike = super().get(kind, [id.lower() for id in ids])
            return [mine or its for mine, its in zip(super().get(kind, ids), alike, strict=True)]


class ReferencesIgnoreBlanks(Saboteur):
    breaks = ("ids_are_compared_exactly",)

    class Writing(MemoryWriter):
        def _check_references(self, records: Iterable[Record]) -> None:
            for record in records:
                try:
                    super()._check_references([record])
                except BrokenReference as error:
                    if self._moment.records.get((error.kind, error.id.rstrip())) is None:
                        raise


class RegrantIsALike(Saboteur):
    breaks = ("scopes_are_compared_exactly",)

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            super().regrant(kind, scope, access, ids)
            alike = {record.scope for record in self.dump(kind)} if scope == "%" else set()
            for one in alike:
                super().regrant(kind, one, access, ids)


class CollapseIgnoresCase(Saboteur):
    breaks = (
        "a_limit_is_between_1_and_1_000",
        "scopes_are_compared_exactly",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            seen: set[str] = set()
            for it in super()._answers(query, wanted):
                if not query.collapse or it[1].scope.lower() not in seen:
                    yield it
                seen.add(it[1].scope.lower())


class DigestsIgnoreCase(Saboteur):
    breaks = ("digests_are_compared_exactly",)

    class Reading(MemoryReader):
        def blob(self, digest: str) -> bytes | None:
            found = super().blob(digest)
            return super().blob(digest.lower()) if found is None else found


class EmptyVariantIsTheOrderItself(Saboteur):
    breaks = ("variants_are_compared_exactly",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            return super()._answers(attrs.evolve(query, order=query.order.rstrip(":")), wanted)


def _folds(fold: Callable[[str], str]) -> Callable[..., Any]:
    @contextmanager
    def read(self: Any, workspace: str) -> Iterator[MemoryReader]:
        with super(Saboteur, self).read(workspace) as reader:
            alike = min((name for name in self._moments if fold(name) == fold(workspace)), default=workspace)
            reader._moment = self._moments.get(alike, reader._moment)
            yield reader

    return read


class WorkspacesIgnoreCase(Saboteur):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(str.lower)


class WorkspacesIgnoreBlanks(Saboteur):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(lambda name: name.rstrip() or name)


class WorkspacesAreComposed(Saboteur):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)
    read = _folds(lambda name: unicodedata.normalize("NFC", name))


class DropTakesLongerNames(Saboteur):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)

    def drop(self, workspace: str) -> bool:
        dropped = super().drop(workspace)
        self._moments = {name: it for name, it in self._moments.items() if not (dropped and name.startswith(workspace))}
        return dropped


class DropTakesBlobsOfOthers(Saboteur):
    breaks = ("workspaces_are_kept_apart_by_exact_names",)

    def drop(self, workspace: str) -> bool:
        there = workspace in self._moments
        for moment in self._moments.values() if there else ():
            moment.blobs = Moment().blobs
        return super().drop(workspace)


class CreateIsARace(Saboteur):
    breaks = ("many_create_one_workspace",)
    races = True

    def create(self, workspace: str) -> bool:
        there = workspace in self._moments
        threading.Event().wait(0.01)  # lets another one in
        return super().create(workspace) or not there


def _open_when_closed(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any) -> Any:
        return True if self._closed else getattr(MemoryStorage, name)(self, *args)

    return call


class ClosedCreates(Saboteur):
    breaks = ("a_closed_storage_is_closed",)
    create = _open_when_closed("create")


class ClosedDrops(Saboteur):
    breaks = ("a_closed_storage_is_closed",)
    drop = _open_when_closed("drop")


class ClosedInstalls(Saboteur):
    breaks = ("a_closed_storage_is_closed",)
    install = _open_when_closed("install")


class ClosedScrubs(Saboteur):
    breaks = ("a_closed_storage_is_closed",)
    scrub = _open_when_closed("scrub")


class InstallForgetsOthers(Saboteur):
    breaks = ("installing_again_changes_nothing",)

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        super().install(kinds, views)
        self._kinds = {kind.name: kind for kind in kinds}


class ScrubForgetsTheFeed(Saboteur):
    breaks = ("scrubbing_changes_nothing",)

    def scrub(self) -> None:
        super().scrub()
        for moment in self._moments.values():
            moment.events, moment.length = [], 0


class ScrubForgetsTrash(Saboteur):
    breaks = ("scrubbing_changes_nothing",)

    def scrub(self) -> None:
        super().scrub()
        for name in list(self._moments):
            with self.write(name) as writer:
                for record in writer.dump("contact"):
                    if not record.access:
                        writer.delete("contact", record.id, record.version)


class DueIsLookedForInALimitedList(Saboteur):
    breaks = ("due_work_is_listed_by_workspace",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        due = super().workspaces(after, 1_000 if limit > 0 else limit, due_before)
        return [name for name in super().workspaces(after, limit) if name in due]


class DueBeforeNothingListsAll(Saboteur):
    breaks = ("due_work_is_listed_by_workspace",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        return super().workspaces(after, limit, due_before or None)


class ListingIsNotChecked(Saboteur):
    breaks = ("the_largest_texts_can_be_asked_for",)

    def workspaces(self, after: str = "", limit: int = 1_000, due_before: str | None = None) -> list[str]:
        try:
            return super().workspaces(after, limit, due_before)
        except Invalid as error:
            if error.code == "limit-out-of-range":
                raise
            return []


class UntilIsATerm(Saboteur):
    breaks = ("the_largest_texts_can_be_asked_for",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            self._usable()
            if len(until) > 128 and until.startswith("🦀"):
                check_text("until", until, 128)
            return super().claim(query, until)


class CutsAreTerms(Saboteur):
    breaks = ("the_largest_texts_can_be_asked_for",)

    class Reading(MemoryReader):
        def count(self, query: Query, cuts: Sequence[str] = ()) -> tuple[int, ...]:
            for cut in cuts:
                check_text("cuts", cut, 128)
            return super().count(query, cuts)


class DeletingIsNotChecked(Saboteur):
    breaks = ("every_write_keeps_the_limits",)

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            if "\x00" in id:
                self.usable = False
                raise MissingRecord(kind, id)
            super().delete(kind, id, expected)


class StrangersAreMissing(Saboteur):
    breaks = ("a_kind_must_be_installed",)

    class Writing(MemoryWriter):
        def _current(self, kind: str, id: str, expected: int | None = None) -> Record:
            if kind not in self._kinds:
                raise MissingRecord(kind, id)
            return super()._current(kind, id, expected)


class VersionsAreUnlimited(Saboteur):
    breaks = ("ids_and_versions_are_real",)

    class Writing(MemoryWriter):
        def _check(self, records: Sequence[Record]) -> None:
            super()._check([attrs.evolve(record, version=min(record.version, 9)) for record in records])


class LoadTakesTwins(Saboteur):
    breaks = ("loading_over_something_is_refused",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(list({(record.kind, record.id): record for record in records}.values()), events)


class LoadedWorkIsNotDue(Saboteur):
    breaks = ("what_was_dumped_can_be_loaded",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(records, events)
            self._moment.runs.drop(("due",))
