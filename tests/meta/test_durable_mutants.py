"""The laws that need hooks are tested by storages that lose data, or break in files, in processes or in cost."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import attrs
import pytest
from hypothesis import settings

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Kind, Storage, View, merged_kinds
from contactcore.testing import HOOKED_LAWS, HookedLaw, Hooks, OpenStorage, fixtures, with_kinds
from contactcore.testing.laws import HOOKED, cost, durability, patience, views
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.tables import Table
from laws.test_journal_storage import TestJournalStorage as Journal
from meta.mutants.mutant import BrokenStorage, broken
from support import broken_journals
from support.journal_storage import JournalStorage
from support.memory_walks import records_walked
from support.report_views import view_rows

NIGHTLY = settings.get_current_profile_name() == "nightly"


@pytest.fixture(autouse=True)
def _small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixtures, "DIRECTORY", 200)
    monkeypatch.setattr(fixtures, "_PATIENCE", 10.0)


def _caught_by(laws: tuple[HookedLaw, ...], open_storage: OpenStorage, hooks: Hooks) -> set[str]:
    caught = set()
    for law in laws:
        try:
            law(open_storage, hooks)
        except Exception:  # noqa: BLE001 - a broken storage may fail in any way
            caught.add(law.__name__)
    return caught


# Reopening ------------------------------------------------------------------------------------------------------------


class Kept(MemoryStorage):
    """Honest memory that survives a reopening."""

    def install(self, kinds: Any, views: Any = ()) -> None:
        known = merged_kinds(self.declared(), kinds)
        super().install(kinds, views)
        vars(self)["known"] = known

    def declared(self) -> dict[str, Kind]:
        return dict(vars(self).get("known", {}))

    def handed_on(self) -> MemoryStorage:
        again = type(self)()
        vars(again)["known"] = self.declared()
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


class EmptyWorkspacesAreLost(Kept):
    def remembered(self) -> dict[str, Snapshot]:
        return {
            name: moment for name, moment in self._snapshots.items() if moment.length or any(moment.records._buckets)
        }


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


class FeedIsLost(Kept):
    def kept(self, name: str, moment: Snapshot) -> Snapshot:
        moment.events, moment.length = [], 0
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


def _without_index(*names: str) -> type[Kept]:
    """Loses some indexes: those whose name begins so."""

    class Without(Kept):
        def kept(self, name: str, moment: Snapshot) -> Snapshot:
            runs: Table[Any, Any] = Table()
            for box in moment.runs._buckets:
                for index, chunks in box.items():
                    if index[: len(names)] != names:
                        runs.put(index, chunks)
            moment.runs = runs
            return moment

    return Without


class KeysAreLost(Kept):
    def kept(self, name: str, moment: Snapshot) -> Snapshot:
        moment.keys = Table()
        return moment


class KindsAreRemembered(Kept):
    def handed_on(self) -> MemoryStorage:
        kinds = self._kinds
        again = super().handed_on()
        again._kinds = kinds
        return again


class FirstKindsAreRemembered(Kept):
    def handed_on(self) -> MemoryStorage:
        kinds = self._kinds
        again = super().handed_on()
        vars(again)["first"] = kinds
        return again

    def install(self, kinds: Any, views: Any = ()) -> None:
        super().install(kinds, views)
        self._kinds = self._kinds | vars(self).get("first", {})


class DeclarationsAreLost(Kept):
    def declared(self) -> dict[str, Kind]:
        return {}


class LastDeclarationsAreKept(Kept):
    """Keeps the kinds of the last `install` only."""

    def install(self, kinds: Any, views: Any = ()) -> None:
        super().install(kinds, views)
        vars(self)["known"] = {kind.name: kind for kind in kinds}


class RefusedDeclarationsAreKept(Kept):
    def install(self, kinds: Any, views: Any = ()) -> None:
        known = self.declared()
        for kind in kinds:
            vars(self)["known"] = known = merged_kinds(known, [kind])
        super().install(kinds, views)


def _records_changed(**changes: Any) -> type[Kept]:
    """Stores other values than it shows: they are seen when it was reopened."""

    class Changed(Kept):
        def kept(self, name: str, moment: Snapshot) -> Snapshot:
            for box in list(moment.records._buckets):
                for identity, record in list(box.items()):
                    if record.version == 1 and record.kind == "contact":
                        moment.records.put(identity, attrs.evolve(record, **changes))
            return moment

    return Changed


COMMITTED = "what_was_committed_is_there_again"
CHANGED = "what_was_changed_is_there_as_it_became"
UNDONE = "what_was_undone_is_not_there_again"
WRITTEN = "what_was_stored_before_can_be_written"
RESPECTED = "what_was_stored_before_is_respected"
GROWN = "a_kind_may_grow_over_a_reopening"
DECLARED = "a_kind_keeps_its_orders_over_a_reopening"

REOPENED: dict[str, tuple[type[Kept], set[str]]] = {
    "nothing is kept": (NothingIsKept, {GROWN, DECLARED, CHANGED, COMMITTED, WRITTEN, RESPECTED, UNDONE}),
    "empty workspaces are lost": (EmptyWorkspacesAreLost, {COMMITTED}),
    "dropped workspaces come back": (DroppedComeBack, {CHANGED}),
    "the feed counts anew": (FeedCountsAnew, {CHANGED, RESPECTED}),
    "the feed is lost": (FeedIsLost, {CHANGED, COMMITTED, RESPECTED}),
    "dropped blobs come back": (DroppedBlobsComeBack, {CHANGED}),
    "what was undone comes back": (UndoneComesBack, {UNDONE}),
    "keys are lost": (KeysAreLost, {COMMITTED, WRITTEN, RESPECTED}),
    "words are lost": (_without_index("word"), {GROWN, CHANGED, COMMITTED, WRITTEN}),
    "owners are lost": (_without_index("owner"), {WRITTEN}),
    "referring records are lost": (_without_index("to"), {RESPECTED}),
    "due work is lost": (_without_index("due"), {COMMITTED, WRITTEN}),
    "access is lost": (_without_index("term", "contact", "name", "visible:*"), {COMMITTED, WRITTEN}),
    "terms are lost": (_without_index("term", "contact", "name", "tag:a"), {COMMITTED, WRITTEN}),
    "variants are lost": (_without_index("all", "contact", "name:pl"), {WRITTEN}),
    "kinds are remembered": (KindsAreRemembered, {RESPECTED}),
    "the first kinds are remembered": (FirstKindsAreRemembered, {GROWN}),
    "declarations are lost": (DeclarationsAreLost, {DECLARED}),
    "only the last declarations are kept": (LastDeclarationsAreKept, {DECLARED}),
    "refused declarations are kept": (RefusedDeclarationsAreKept, {DECLARED}),
    "old words stay in records": (_records_changed(words=frozenset()), {COMMITTED}),
    "versions are lost": (_records_changed(version=9), {CHANGED, COMMITTED, WRITTEN, RESPECTED}),
    "bodies are lost": (_records_changed(body=b"{}"), {COMMITTED}),
}


def _judged(storage: type[Kept]) -> set[str]:
    hooks = Hooks.of(_Reopening())
    return _caught_by(durability.LAWS, with_kinds(storage), hooks)


class _Reopening:
    def reopen(self, storage: Storage) -> Storage:
        assert isinstance(storage, Kept)
        return storage.handed_on()


@pytest.mark.parametrize("name", REOPENED)
def test_a_mutant_is_caught_by_the_laws_of_durability(name: str) -> None:
    mutant, breaks = REOPENED[name]
    assert breaks
    assert _judged(mutant) == breaks


def test_an_honest_storage_breaks_no_law_of_durability() -> None:
    assert _judged(Kept) == set()


# Cost -----------------------------------------------------------------------------------------------------------------


def _walks(method: str, walk: Callable[..., object], when: Callable[..., object] = lambda *_, **__: True) -> Any:
    """Walks more than it needs in one method."""

    def call(reader: MemoryReader, *arguments: Any, **options: Any) -> Any:
        if when(*arguments, **options):
            walk(reader, *arguments)
        return getattr(MemoryReader, method)(reader, *arguments, **options)

    return broken(MemoryReader, {method: call})


def _everything(reader: MemoryReader, *_: object) -> None:
    list(reader._snapshot.run("id", "contact").walk())


BUSY = "a_writer_that_waits_too_long_is_refused"
PAGE = "a_page_costs_the_same_in_a_large_directory"
DEPTH = "a_page_behind_a_cursor_costs_a_page"
GROUPS = "a_question_costs_its_smallest_posting"
LOOKUP = "a_lookup_costs_the_same_in_a_large_workspace"

WALKING: dict[str, tuple[type[BrokenStorage], set[str]]] = {
    "pages look at everything": (_walks("find", _everything), {PAGE, GROUPS}),
    "pages of terms look at everything": (_walks("find", _everything, lambda query: query.where), {PAGE, GROUPS}),
    "pages from the end look at everything": (_walks("find", _everything, lambda query: query.descending), {PAGE}),
    "pages of owners look at everything": (_walks("find", _everything, lambda query: query.distinct_owner), {PAGE}),
    "words look at everything": (_walks("find", _everything, lambda query: query.words), {PAGE, GROUPS}),
    "cursors count from the front": (
        _walks(
            "find",
            lambda reader, query: list(
                reader._answers(attrs.evolve(query, after=None, stop=reader.find(query).cards[0].key), 2**31)
            ),
            lambda query: query.after,
        ),
        {DEPTH},
    ),
    "rare groups walk the frequent ones": (
        _walks("find", _everything, lambda query: query.access is not SYSTEM and "visible:rare" in query.access),
        {GROUPS},
    ),
    "what is in no record is looked for everywhere": (
        _walks("find", _everything, lambda query: any("none" in str(part) for part in (query.where, query.words))),
        {GROUPS},
    ),
    "counts look at everything": (_walks("count", _everything), {GROUPS}),
    "get looks at everything": (_walks("get", _everything), {LOOKUP}),
    "holders look at everything": (_walks("holders", _everything), {LOOKUP}),
    "feeds look at everything": (_walks("feed", _everything), {LOOKUP}),
    "blobs look at everything": (_walks("blob", _everything), {LOOKUP}),
    "dumps begin at the front": (_walks("dump", _everything), {LOOKUP}),
}


class _Counting:
    records_walked = staticmethod(records_walked)


@pytest.mark.parametrize("name", WALKING)
def test_a_mutant_is_caught_by_the_laws_of_cost(name: str) -> None:
    mutant, breaks = WALKING[name]
    assert _caught_by(cost.LAWS, with_kinds(mutant), Hooks.of(_Counting())) == breaks


# Patience -------------------------------------------------------------------------------------------------------------


class PatienceIsIgnored(MemoryStorage):
    def __init__(self, patience: float) -> None:
        super().__init__(100 * patience)


class TheWaiterGetsIn(MemoryStorage):
    @contextmanager
    def _locked(self, workspace: str) -> Iterator[None]:
        held = ExitStack()
        with held:
            try:
                held.enter_context(super()._locked(workspace))
            except StorageError as error:
                if error.code != "storage-busy":
                    raise
            yield


class TheDriversErrorLeaves(MemoryStorage):
    @contextmanager
    def _locked(self, workspace: str) -> Iterator[None]:
        try:
            with super()._locked(workspace):
                yield
        except StorageError as error:
            if error.code == "storage-busy":
                raise TimeoutError from error
            raise


class TheWaiterKeepsTheLock(MemoryStorage):
    """A writer that gives up leaves a lock behind that nobody releases."""

    @contextmanager
    def _locked(self, workspace: str) -> Iterator[None]:
        try:
            with super()._locked(workspace):
                yield
        except StorageError as error:
            if error.code == "storage-busy":
                self._locks[workspace] = threading.Lock()
                self._locks[workspace].acquire()
            raise


class _Impatient:
    def __init__(self, storage: Callable[[float], MemoryStorage]) -> None:
        self.storage = storage

    def impatient_storage(self) -> Storage:
        return self.storage(0.01)


def _patient(storage: Callable[[float], MemoryStorage], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setattr(fixtures, "_PATIENCE", 0.3)
    return _caught_by(patience.LAWS, with_kinds(MemoryStorage), Hooks.of(_Impatient(storage)))


@pytest.mark.parametrize("mutant", [PatienceIsIgnored, TheWaiterGetsIn, TheDriversErrorLeaves, TheWaiterKeepsTheLock])
def test_a_mutant_is_caught_by_the_law_of_patience(
    mutant: Callable[[float], MemoryStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _patient(mutant, monkeypatch) == {BUSY}


def test_an_honest_storage_breaks_no_law_of_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _patient(MemoryStorage, monkeypatch) == set()


# Report views ---------------------------------------------------------------------------------------------------------


class Viewed(MemoryStorage):
    """Memory with report views."""

    def install(self, kinds: Any, views: Any = ()) -> None:
        super().install(kinds, views)
        vars(self)["views"] = self.defined(vars(self).get("views", {}), {view.name: view for view in views})

    def defined(self, before: dict[str, View], now: dict[str, View]) -> dict[str, View]:
        return before | now

    def rows(self, workspace: str, name: str) -> list[tuple[str | None, ...]]:
        return view_rows(self, vars(self)["views"][name], workspace)


def _rows(change: Callable[..., Any]) -> type[Viewed]:
    return type("Changed", (Viewed,), {"rows": change})


def _with_broken_bodies(storage: Viewed, workspace: str, name: str) -> list[Any]:
    view, rows = vars(storage)["views"][name], Viewed.rows(storage, workspace, name)
    if view.each is None and any(id == "4" for _, id, *_ in rows):
        rows.append((workspace, "3", *[None] * len(view.columns)))
    return rows


def _of_all_kinds(storage: Viewed, workspace: str, name: str) -> list[Any]:
    view = vars(storage)["views"][name]
    kinds = ("contact", "bare") if "given" in view.columns and name == "law_named" else (view.kind,)
    return [row for kind in kinds for row in view_rows(storage, attrs.evolve(view, kind=kind), workspace)]


def _lists_alone(storage: Viewed, workspace: str, name: str) -> list[Any]:
    rows = Viewed.rows(storage, workspace, name)
    return [row for row in rows if vars(storage)["views"][name].each is None or row[-1] is not None]


def _first_elements(storage: Viewed, workspace: str, name: str) -> list[Any]:
    rows = Viewed.rows(storage, workspace, name)
    return rows if vars(storage)["views"][name].each is None else list({row[1]: row for row in rows}.values())


SHOWS, LISTS = "a_view_shows_the_bodies_of_its_kind", "a_view_of_a_list_has_a_row_for_each_element"
DEFINED = "the_last_definition_of_a_view_counts"

VIEWING: dict[str, tuple[type[Viewed], set[str]]] = {
    "bodies that are no JSON have rows": (_rows(_with_broken_bodies), {SHOWS}),
    "other kinds have rows": (_rows(_of_all_kinds), {SHOWS}),
    "elements without the column have no rows": (_rows(_lists_alone), {LISTS}),
    "only one element has a row": (_rows(_first_elements), {LISTS}),
    "the first definition counts": (type("First", (Viewed,), {"defined": lambda _, old, new: new | old}), {DEFINED}),
    "other views are forgotten": (type("Others", (Viewed,), {"defined": lambda _, old, new: new or old}), {DEFINED}),
}


class _Showing:
    def view_rows(self, storage: Any, workspace: str, name: str) -> list[tuple[str | None, ...]]:
        return storage.rows(workspace, name)


@pytest.mark.parametrize("name", VIEWING)
def test_a_mutant_is_caught_by_the_laws_of_report_views(name: str) -> None:
    mutant, breaks = VIEWING[name]
    assert _caught_by(views.LAWS, with_kinds(mutant), Hooks.of(_Showing())) == breaks


def test_an_honest_storage_breaks_no_law_of_report_views() -> None:
    assert _caught_by(views.LAWS, with_kinds(Viewed), Hooks.of(_Showing())) == set()


# Files and processes --------------------------------------------------------------------------------------------------

SCRUBBED, DROPPED = "deleted_bytes_are_scrubbed", "a_dropped_workspace_leaves_no_bytes"
SEES, WAITS = "a_process_sees_what_another_committed", "a_process_waits_for_the_lock_of_another"
ACKNOWLEDGED = "a_killed_process_leaves_what_it_acknowledged"
APART = "workspaces_of_several_processes_stay_apart"
COMPARED = "a_process_compares_the_kinds_of_another"
KILLED, NEWER = "a_killed_writer_leaves_nothing", "a_newer_release_is_left_alone"
OUTDATED, FULL = "an_outdated_release_is_left_alone", "a_full_disk_is_refused"
DISK = "a_commit_that_the_disk_does_not_confirm_is_not_acknowledged"

JOURNALS: dict[type[JournalStorage], tuple[set[str], set[str]]] = {
    broken_journals.NoSync: ({"The disk"}, {DISK}),
    broken_journals.NoLockBetweenProcesses: ({"Processes"}, {WAITS}),
    broken_journals.NewProcessesSeeOnly: ({"Processes"}, {SEES}),
    broken_journals.NoScrub: ({"Files"}, {SCRUBBED, DROPPED}),
    broken_journals.ScrubKeepsACopy: ({"Files"}, {SCRUBBED, DROPPED}),
    broken_journals.ScrubKeepsBlobs: ({"Files"}, {SCRUBBED}),
    broken_journals.DropLeaves: ({"Files"}, {DROPPED}),
    broken_journals.BlobsAreSpilled: ({"Files"}, {SCRUBBED, DROPPED}),
    broken_journals.AcknowledgesFirst: ({"Processes"}, {SEES, ACKNOWLEDGED}),
    broken_journals.TornCommits: ({"Processes"}, {ACKNOWLEDGED}),
    broken_journals.LockOutlivesItsProcess: ({"Processes"}, {KILLED}),
    broken_journals.NumbersWorkspacesAlone: ({"Processes"}, {APART}),
    broken_journals.DeclarationsAreReadOnce: ({"Processes"}, {COMPARED}),
    broken_journals.FullIsAcknowledged: ({"The disk"}, {FULL}),
    broken_journals.FullIsNamedLost: ({"The disk"}, {FULL}),
    broken_journals.FullIsSeen: ({"The disk"}, {FULL}),
    broken_journals.IgnoresOldReleases: ({"Outdated releases"}, {OUTDATED}),
    broken_journals.CallsOldReleasesNewer: ({"Outdated releases"}, {OUTDATED}),
    broken_journals.MendsOldReleases: ({"Outdated releases"}, {OUTDATED}),
    broken_journals.IgnoresReleases: ({"Releases"}, {NEWER}),
    broken_journals.MendsReleases: ({"Releases"}, {NEWER}),
    broken_journals.UnknownReleaseIsEmpty: ({"Releases"}, {NEWER}),
}
"""Mutant -> the subjects whose laws are run, and the laws that must catch it, perhaps with others."""


def _opener(storage: type[JournalStorage]) -> OpenStorage:
    @contextmanager
    def fresh() -> Iterator[Storage]:
        with tempfile.TemporaryDirectory() as folder, closing(storage(f"{folder}/journal")) as opened:
            yield opened

    return with_kinds(fresh)


@pytest.mark.parametrize("mutant", JOURNALS, ids=lambda mutant: mutant.__name__)
def test_a_mutant_is_caught_by_the_laws_of_files_and_processes(mutant: type[JournalStorage]) -> None:
    subjects, breaks = JOURNALS[mutant]
    laws = tuple(law for subject in subjects for law in HOOKED[subject][1] if NIGHTLY or law.__name__ in breaks)
    assert breaks <= _caught_by(laws, _opener(mutant), Hooks.of(Journal()))


def test_the_laws_of_releases_are_kept_by_a_journal_that_looks_at_them_when_kinds_are_installed() -> None:
    right = broken_journals.LooksAtReleasesInInstall
    laws = tuple(law for subject in ("Releases", "Outdated releases") for law in HOOKED[subject][1])
    assert _caught_by(laws, _opener(right), Hooks.of(Journal())) == set()


def test_every_hooked_law_catches_a_mutant_or_says_why_it_is_kept() -> None:
    caught = set[str]().union(*(breaks for _, breaks in REOPENED.values()), *(breaks for _, breaks in WALKING.values()))
    caught = caught.union(*(breaks for _, breaks in (*JOURNALS.values(), *VIEWING.values())), {BUSY})
    for law in HOOKED_LAWS:
        kept = (law.__doc__ or "").partition("\n\n")[2].strip().startswith("Kept ")
        assert kept != (law.__name__ in caught), law.__name__
