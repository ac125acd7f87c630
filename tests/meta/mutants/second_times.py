"""Mutants of second times: answers that are remembered too long, and feeds that are read from a wrong place."""

from __future__ import annotations

from contextlib import contextmanager

import attrs

from contactcore.storage import Published
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutant, Mutants

MUTANTS = Mutants()

_WRITES = ("insert", "replace", "delete", "set_access", "reindex", "claim", "load", "keep_blob", "drop_blob")


def _remembers(name, method, *, forgets=(), writers=True, keep_misses_only=False, forget_on_commit=False):
    """A storage that remembers answers, and forgets them at some writes only.

    Args:
        name: Name of the mutant.
        method: The reading method whose answers are remembered.
        forgets: The writes that make it forget.
        writers: Whether writers remember and ask too.
        keep_misses_only: Whether only answers without anything are remembered.
        forget_on_commit: Whether each commit makes it forget.
    """

    class Remembering(BrokenStorage):
        @contextmanager
        def read(self, workspace):
            with super().read(workspace) as reader:
                vars(reader)["known"] = self.known(workspace)
                yield reader

        @contextmanager
        def write(self, workspace):
            with super().write(workspace) as writer:
                vars(writer)["known"] = self.known(workspace) if writers else {}
                yield writer
            if forget_on_commit:
                self.known(workspace).clear()

        def known(self, workspace):
            return self.__dict__.setdefault("everything", {}).setdefault(workspace, {})

    def remembered(reader, *arguments, **options):
        asked = repr((arguments, options))
        known = vars(reader).get("known", {})
        if asked not in known:
            answer = getattr(MemoryReader, method)(reader, *arguments, **options)
            missing = not answer or (isinstance(answer, list) and not any(answer))
            if keep_misses_only and not missing:
                return answer
            known[asked] = answer
        return known[asked]

    def forgetting(write):
        def call(writer, *arguments, **options):
            answer = getattr(MemoryWriter, write)(writer, *arguments, **options)
            vars(writer).get("known", {}).clear()
            return answer

        return call

    class Mine(Remembering):
        Reading = type("Reading", (MemoryReader,), {method: remembered})
        Writing = type("Writing", (MemoryWriter,), {write: forgetting(write) for write in forgets})

    MUTANTS.append(Mutant(name, (), Mine))


def _but(*writes):
    return [write for write in _WRITES if write not in writes]


_remembers("counts_are_remembered", "count")
_remembers("counts_are_remembered_until_an_insert", "count", forgets=["insert"])
_remembers("counts_survive_set_access", "count", forgets=_but("set_access"))
_remembers("counts_survive_a_replacement", "count", forgets=_but("replace"))
_remembers("counts_survive_a_deletion", "count", forgets=_but("delete"))
_remembers("counts_survive_reindexing", "count", forgets=_but("reindex"))
_remembers("counts_survive_a_claim", "count", forgets=_but("claim"))
_remembers("counts_survive_loading", "count", forgets=_but("load"))
_remembers("counts_of_writers_are_remembered", "count", writers=True, forget_on_commit=True)
_remembers("pages_are_remembered", "find")
_remembers("pages_survive_set_access", "find", forgets=_but("set_access"))
_remembers("pages_survive_a_deletion", "find", forgets=_but("delete"))
_remembers("pages_of_writers_are_remembered", "find", writers=True, forget_on_commit=True)
_remembers("answers_of_undone_writers_are_remembered", "count", forgets=_WRITES)
_remembers("missing_records_stay_missing", "get", keep_misses_only=True)
_remembers("records_are_remembered", "get", forgets=["delete", "insert"])
_remembers("free_keys_stay_free", "holders", keep_misses_only=True)
_remembers("keys_are_remembered", "holders", forgets=_but("delete"))
_remembers("missing_blobs_stay_missing", "blob", keep_misses_only=True)
_remembers("blobs_are_remembered", "blob", forgets=_but("drop_blob"))
_remembers("dumps_are_remembered", "dump", forgets=_but("replace"))
_remembers("feeds_are_remembered", "feed")


@MUTANTS.change(MemoryStorage, "workspaces")
def due_work_is_remembered(storage, honest, after="", limit=1_000, due_before=None):
    if due_before is None or not storage._snapshots:
        return honest(after, limit, due_before)
    known = storage.__dict__.setdefault("known_due", {})
    asked = (after, limit, due_before)
    if asked not in known:
        known[asked] = honest(after, limit, due_before)
    return known[asked]


@MUTANTS.change(MemoryReader, "feed")
def a_gap_is_the_end(reader, honest, after=0, limit=1_000):
    found = honest(after, limit)
    positions = [one.position for one in reader._snapshot.events[: reader._snapshot.length]]
    return found if after in positions or after <= 0 or after > 10 else []


@MUTANTS.change(MemoryReader, "feed")
def positions_are_places(reader, honest, after=0, limit=1_000):
    found = honest(-1, 2**31 - 1) if limit > 0 else honest(after, limit)
    return found[max(after, 0) :][:limit]


@MUTANTS.change(MemoryReader, "feed")
def a_gap_takes_of_the_limit(reader, honest, after=0, limit=1_000):
    return [one for one in honest(after, limit) if one.position <= max(after, -1) + limit]


def _sorted_events(name, key):
    def commit(writer):
        fresh = sorted((it for it in writer._events if not isinstance(it, Published)), key=key)
        writer._events = [it for it in writer._events if isinstance(it, Published)] + fresh
        return MemoryWriter.commit(writer)

    storage = type("Broken", (BrokenStorage,), {"Writing": type("Writing", (MemoryWriter,), {"commit": commit})})
    MUTANTS.append(Mutant(name, (), storage))


_sorted_events("events_are_sorted_by_time", lambda event: event.at)
_sorted_events("events_are_sorted_by_name", lambda event: event.name)
_sorted_events("events_are_sorted_by_subject", lambda event: event.subject)


@MUTANTS.change(MemoryWriter, "load")
def loaded_events_are_seen_at_once(writer, honest, records, events=()):
    honest(records, events)
    seen = writer.feed
    more = list(events)
    writer.feed = lambda after=0, limit=1_000: [*seen(after, limit), *(one for one in more if one.position > after)]


@MUTANTS.change(MemoryStorage, "write")
@contextmanager
def many_commits_lose_one(storage, honest, workspace):
    number = storage.__dict__["commits"] = storage.__dict__.get("commits", 0) + 1
    before = storage._snapshots.get(workspace)
    with honest(workspace) as writer:
        yield writer
    if number == 25 and before is not None:
        storage._snapshots[workspace] = attrs.evolve(storage._snapshots[workspace], length=before.length)
