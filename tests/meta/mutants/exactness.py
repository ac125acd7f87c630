"""Mutants of names that look alike, of limits, and of what is scrubbed, dropped and due."""

from __future__ import annotations

import threading
import unicodedata
from contextlib import contextmanager

import attrs

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, MissingRecord, check_text, check_usable
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader, Snapshot
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutant, Mutants, broken

MUTANTS = Mutants()


@MUTANTS.change(MemoryReader, "get", "ids_are_compared_exactly")
def ids_ignore_case(reader, honest, kind, ids):
    alike = honest(kind, [id.lower() for id in ids])
    return [mine or its for mine, its in zip(honest(kind, ids), alike, strict=True)]


@MUTANTS.change(MemoryWriter, "_check_references", "ids_are_compared_exactly")
def references_ignore_blanks(writer, honest, records):
    for record in records:
        try:
            honest([record])
        except BrokenReference as error:
            if writer._snapshot.records.get((error.kind, error.id.rstrip())) is None:
                raise


@MUTANTS.change(MemoryWriter, "set_access", "owners_are_compared_exactly")
def set_access_is_a_like(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids)
    alike = {record.owner for record in writer.dump(kind)} if owner == "%" else set()
    for one in alike:
        honest(kind, one, access, ids)


@MUTANTS.change(MemoryReader, "_answers", "a_limit_is_between_1_and_1_000", "owners_are_compared_exactly")
def distinct_owner_ignores_case(reader, honest, query, wanted):
    seen: set[str] = set()
    for it in honest(query, wanted):
        if not query.distinct_owner or it[1].owner.lower() not in seen:
            yield it
        seen.add(it[1].owner.lower())


@MUTANTS.change(MemoryReader, "blob", "digests_are_compared_exactly")
def digests_ignore_case(reader, honest, digest):
    found = honest(digest)
    return honest(digest.lower()) if found is None else found


@MUTANTS.change(MemoryReader, "_answers", "variants_are_compared_exactly")
def empty_variant_is_the_order_itself(reader, honest, query, wanted):
    list(honest(query, wanted))
    return honest(attrs.evolve(query, order=query.order.rstrip(":")), wanted)


def _folds(name, fold):
    @contextmanager
    def read(storage, workspace):
        with MemoryStorage.read(storage, workspace) as reader:
            alike = min((name for name in storage._snapshots if fold(name) == fold(workspace)), default=workspace)
            reader._snapshot = storage._snapshots.get(alike, reader._snapshot)
            yield reader

    return Mutant(name, ("workspaces_are_kept_apart_by_exact_names",), broken(MemoryStorage, {"read": read}))


MUTANTS += (
    _folds("workspaces_ignore_case", str.lower),
    _folds("workspaces_ignore_blanks", lambda name: name.rstrip() or name),
    _folds("workspaces_are_composed", lambda name: unicodedata.normalize("NFC", name)),
)


@MUTANTS.change(MemoryStorage, "drop", "workspaces_are_kept_apart_by_exact_names")
def drop_takes_longer_names(storage, honest, workspace):
    dropped = honest(workspace)
    storage._snapshots = {
        name: it for name, it in storage._snapshots.items() if not (dropped and name.startswith(workspace))
    }
    return dropped


@MUTANTS.change(MemoryStorage, "drop", "workspaces_are_kept_apart_by_exact_names")
def drop_takes_blobs_of_others(storage, honest, workspace):
    there = workspace in storage._snapshots
    for moment in storage._snapshots.values() if there else ():
        moment.blobs = Snapshot().blobs
    return honest(workspace)


@MUTANTS.change(MemoryStorage, "create", "many_create_one_workspace", races=True)
def create_is_a_race(storage, honest, workspace):
    there = workspace in storage._snapshots
    threading.Event().wait(0.01)  # lets another one in
    return honest(workspace) or not there


def _open_when_closed(method):
    def call(storage, *args):
        return True if storage._open.closed else getattr(MemoryStorage, method)(storage, *args)

    return Mutant(f"closed_storages_{method}", ("a_closed_storage_is_closed",), broken(MemoryStorage, {method: call}))


MUTANTS += map(_open_when_closed, ("create", "drop", "install", "scrub"))


@MUTANTS.change(MemoryStorage, "install", "installing_again_changes_nothing")
def install_forgets_others(storage, honest, kinds, views=()):
    honest(kinds, views)
    storage._kinds = {kind.name: kind for kind in kinds}


@MUTANTS.change(MemoryStorage, "scrub", "scrubbing_changes_nothing")
def scrub_forgets_the_feed(storage, honest):
    honest()
    for moment in storage._snapshots.values():
        moment.events, moment.length = [], 0


@MUTANTS.change(MemoryStorage, "scrub", "scrubbing_changes_nothing")
def scrub_forgets_trash(storage, honest):
    honest()
    for name in list(storage._snapshots):
        with storage.write(name) as writer:
            for record in writer.dump("contact"):
                if not record.access:
                    writer.delete("contact", record.id, record.version)


@MUTANTS.change(MemoryStorage, "workspaces", "due_work_is_listed_by_workspace")
def due_is_looked_for_in_a_limited_list(storage, honest, after="", limit=1000, due_before=None):
    due = honest(after, 1_000 if limit > 0 else limit, due_before)
    return [name for name in honest(after, limit) if name in due]


@MUTANTS.change(MemoryStorage, "workspaces", "due_work_is_listed_by_workspace")
def due_before_nothing_lists_all(storage, honest, after="", limit=1000, due_before=None):
    return honest(after, limit, due_before or None)


@MUTANTS.change(MemoryStorage, "workspaces", "the_largest_texts_can_be_asked_for")
def listing_is_not_checked(storage, honest, after="", limit=1000, due_before=None):
    try:
        return honest(after, limit, due_before)
    except Invalid as error:
        if error.code == "limit-out-of-range":
            raise
        return []


@MUTANTS.change(MemoryWriter, "claim", "the_largest_texts_can_be_asked_for")
def until_is_a_term(writer, honest, query, until):
    check_usable(writer)
    if len(until) > 128 and until.startswith("🦀"):
        check_text("until", until, 128)
    return honest(query, until)


@MUTANTS.change(MemoryReader, "count", "long_texts_differ_to_their_end", "the_largest_texts_can_be_asked_for")
def boundaries_are_terms(reader, honest, query, boundaries=()):
    for cut in boundaries:
        check_text("boundaries", cut, 128)
    return honest(query, boundaries)


@MUTANTS.change(MemoryWriter, "delete", "every_write_keeps_the_limits")
def deleting_is_not_checked(writer, honest, kind, id, expected):
    if "\x00" in id:
        writer.usable = False
        raise MissingRecord(kind, id)
    honest(kind, id, expected)


@MUTANTS.change(MemoryWriter, "_current", "a_kind_must_be_installed")
def strangers_are_missing(writer, honest, kind, id, expected=None):
    if kind not in writer._kinds:
        raise MissingRecord(kind, id)
    return honest(kind, id, expected)


@MUTANTS.change(MemoryWriter, "_check", "ids_and_versions_are_real")
def versions_are_unlimited(writer, honest, records):
    honest([attrs.evolve(record, version=min(record.version, 9)) for record in records])


@MUTANTS.change(MemoryWriter, "load", "loading_over_something_is_refused")
def load_takes_twins(writer, honest, records, events=()):
    honest(list({(record.kind, record.id): record for record in records}.values()), events)


@MUTANTS.change(MemoryWriter, "load", "what_was_dumped_can_be_loaded")
def loaded_work_is_not_due(writer, honest, records, events=()):
    honest(records, events)
    writer._snapshot.runs.drop(("due",))
