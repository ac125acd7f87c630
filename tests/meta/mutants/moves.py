"""Mutants of what is deleted, exchanged and moved within one transaction, and of pages that are picked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import attrs

from contactcore.storage import (
    SYSTEM,
    BrokenReference,
    DuplicateKey,
    Record,
    check_query,
    check_usable,
    declared,
    read_cursor,
)
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutants

MUTANTS = Mutants()

Existing = Literal["refuse", "keep"]


class _Remembering(MemoryWriter):
    """A writer that knows what it has deleted."""

    def delete(self, kind: str, id: str, expected: int) -> None:
        there = self._snapshot.records.get((kind, id))
        super().delete(kind, id, expected)
        self.gone[kind, id] = there

    @property
    def gone(self) -> dict[tuple[str, str], Any]:
        return self.__dict__.setdefault("_gone", {})


@MUTANTS.storage("what_was_deleted_is_free_at_once")
class DeletedIdsAreFreeNextTime(BrokenStorage):
    class Writing(_Remembering):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            if (record.kind, record.id) in self.gone:
                raise DuplicateKey(record.id, record.id)
            return super()._holder(record, keep=keep)


@MUTANTS.storage("what_was_deleted_is_free_at_once")
class DeletedKeysAreFreeNextTime(BrokenStorage):
    class Writing(_Remembering):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            for there in self.gone.values():
                for key in there.keys & record.keys:
                    raise DuplicateKey(key, there.id)
            return super()._holder(record, keep=keep)


@MUTANTS.storage("what_was_deleted_is_free_at_once")
class ReinsertedHasItsOldWords(BrokenStorage):
    class Writing(_Remembering):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            old = {place: there.words for place, there in self.gone.items()}
            both = [attrs.evolve(one, words=one.words | old.get((one.kind, one.id), frozenset())) for one in records]
            return super().insert(both, existing)


@MUTANTS.storage("a_deleted_record_is_no_target")
class DeletedTargetsStayTargets(BrokenStorage):
    class Writing(_Remembering):
        def _check_references(self, records: Iterable[Record]) -> None:
            for record in records:
                try:
                    super()._check_references([record])
                except BrokenReference as error:
                    if (error.kind, error.id) not in self.gone:
                        raise


@MUTANTS.change(MemoryWriter, "replace", "keys_can_be_exchanged")
def keys_cannot_be_exchanged(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    owners: dict[str, str] = writer.__dict__.setdefault("owners", {})
    owners.update((key, record.id) for key in (there.keys if there else ()))
    honest(record, expected)
    for key in record.keys:
        if owners.get(key, record.id) != record.id:
            writer.usable = False
            raise DuplicateKey(key, owners[key])


@MUTANTS.change(MemoryWriter, "set_access", "upkeep_frees_no_target")
def set_access_frees_targets(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids)
    for (id,) in list(writer._snapshot.run("owner", kind, owner).walk()):
        record = writer._current(kind, id)
        writer._put([(record, attrs.evolve(record, references={}))])


@MUTANTS.change(
    MemoryWriter, "set_access", "set_access_reaches_the_ownerless_and_the_hidden", "every_write_keeps_the_limits"
)
def set_access_to_nobody_is_ignored(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids if access else [])


@MUTANTS.change(MemoryWriter, "set_access", "set_access_reaches_the_ownerless_and_the_hidden")
def set_access_of_no_owner_reaches_all(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids)
    for each in {record.owner for record in writer.dump(kind)} if not owner else ():
        honest(kind, each, access, ids)


@MUTANTS.change(MemoryReader, "_answers", "pages_of_any_question_join", "records_are_found_as_cards_are")
def cursor_is_forgotten_with_words(reader, honest, query, wanted):
    list(honest(query, wanted))
    return honest(attrs.evolve(query, after=None) if query.words else query, wanted)


@MUTANTS.change(MemoryReader, "_answers", "pages_of_any_question_join", "records_are_found_as_cards_are")
def cursor_knows_keys_only_in_unions(reader, honest, query, wanted):
    found = honest(query, wanted)
    if query.after is None or query.access is SYSTEM or len(query.access) == 1:
        return found
    key, _ = read_cursor(query.order, query.after)
    return (it for it in found if it[0][0] != key)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "pages_of_any_question_join",
    "no_question_widens_access",
    "pages_reach_the_last_record",
    "records_are_found_as_cards_are",
)
def words_always_ascend(reader, honest, query, wanted):
    found = honest(query, wanted)
    return iter(sorted(found)) if query.words else found


@MUTANTS.change(MemoryReader, "find", "pages_of_any_question_join")
def more_tells_of_the_hidden(reader, honest, query):
    found = honest(query)
    if found.last is None or query.distinct_owner:
        return found
    whole = attrs.evolve(query, access=SYSTEM, where=(), words=(), after=found.last, limit=1)
    return attrs.evolve(found, more=found.more or bool(honest(whole).cards))


@MUTANTS.change(MemoryReader, "count", "a_count_is_what_would_be_found")
def count_refuses_what_does_not_matter(reader, honest, query, boundaries=()):
    check_usable(reader)
    check_query(declared(reader._kinds, query.kind), query)
    return honest(query, boundaries)


@MUTANTS.change(MemoryReader, "count", "boundaries_count_by_ranges")
def counts_descend(reader, honest, query, boundaries=()):
    counted = honest(query, boundaries)
    return counted[::-1] if query.descending else counted


@MUTANTS.change(MemoryReader, "count", "boundaries_count_by_ranges")
def first_cut_lowers_the_start(reader, honest, query, boundaries=()):
    return honest(attrs.evolve(query, start=min([query.start, *boundaries[:1]])), boundaries)


@MUTANTS.change(MemoryWriter, "claim", "a_claim_asks_the_whole_question")
def claim_ignores_terms(writer, honest, query, until):
    return honest(attrs.evolve(query, where=()), until)


@MUTANTS.change(MemoryWriter, "claim", "a_claim_asks_the_whole_question")
def claim_ignores_its_cursor(writer, honest, query, until):
    return honest(attrs.evolve(query, after=None), until)


@MUTANTS.change(MemoryWriter, "claim", "a_claim_asks_the_whole_question")
def claim_ignores_distinct_owner(writer, honest, query, until):
    return honest(attrs.evolve(query, distinct_owner=False), until)


@MUTANTS.storage("dropped_bytes_are_gone")
class DropsWaitForTheCommit(BrokenStorage):
    class Writing(MemoryWriter):
        def drop_blob(self, digest: str) -> None:
            super().drop_blob(digest)
            self.__dict__.setdefault("digests", set()).add(digest)

        def commit(self) -> Any:
            for digest in self.__dict__.get("digests", ()):
                self._snapshot.blobs.drop(digest)
            return super().commit()


@MUTANTS.change(MemoryWriter, "commit", "a_loaded_feed_goes_on")
def loaded_positions_come_as_they_come(writer, honest):
    moment = honest()
    entries = [it for it in writer._events if not hasattr(it, "position")]
    if writer._events[:1] == entries[:1] and len(entries) < len(writer._events):
        moment.events.reverse()
    return moment


@MUTANTS.change(MemoryWriter, "commit", "loaded_references_are_checked_at_the_end")
def loaded_references_are_never_mended(writer, honest):
    if writer.usable:
        writer._check_references(writer._loaded)
    return honest()


@MUTANTS.change(MemoryWriter, "replace", "what_was_handed_over_is_not_shared")
def replacement_is_shared(writer, honest, record, expected):
    honest(record, expected)
    writer._snapshot.records.put((record.kind, record.id), record)
