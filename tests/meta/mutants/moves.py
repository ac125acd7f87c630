"""Mutants of what is deleted, exchanged and moved within one transaction, and of pages that are picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import attrs
from sabotage import Mutant

from contactcore.storage import (
    SYSTEM,
    BrokenReference,
    DuplicateKey,
    Found,
    Query,
    Record,
    Stored,
    check_query,
    check_usable,
    declared,
    read_cursor,
)
from contactcore_memory.reading import MemoryReader
from contactcore_memory.sorted_runs import Entry
from contactcore_memory.writing import MemoryWriter

Answers = Iterator[tuple[Entry, Record]]
Existing = Literal["refuse", "keep"]
Ids = Sequence[str] | None


class _Remembering(MemoryWriter):
    """A writer that knows what it has deleted."""

    def delete(self, kind: str, id: str, expected: int) -> None:
        there = self._snapshot.records.get((kind, id))
        super().delete(kind, id, expected)
        self.gone[kind, id] = there

    @property
    def gone(self) -> dict[tuple[str, str], Any]:
        return self.__dict__.setdefault("_gone", {})


class DeletedIdsAreFreeNextTime(Mutant):
    breaks = ("what_was_deleted_is_free_at_once",)

    class Writing(_Remembering):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            if (record.kind, record.id) in self.gone:
                raise DuplicateKey(record.id, record.id)
            return super()._holder(record, keep=keep)


class DeletedKeysAreFreeNextTime(Mutant):
    breaks = ("what_was_deleted_is_free_at_once",)

    class Writing(_Remembering):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            for there in self.gone.values():
                for key in there.keys & record.keys:
                    raise DuplicateKey(key, there.id)
            return super()._holder(record, keep=keep)


class ReinsertedHasItsOldWords(Mutant):
    breaks = ("what_was_deleted_is_free_at_once",)

    class Writing(_Remembering):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            old = {place: there.words for place, there in self.gone.items()}
            both = [attrs.evolve(one, words=one.words | old.get((one.kind, one.id), frozenset())) for one in records]
            return super().insert(both, existing)


class DeletedTargetsStayTargets(Mutant):
    breaks = ("a_deleted_record_is_no_target",)

    class Writing(_Remembering):
        def _check_references(self, records: Iterable[Record]) -> None:
            for record in records:
                try:
                    super()._check_references([record])
                except BrokenReference as error:
                    if (error.kind, error.id) not in self.gone:
                        raise


class KeysCannotBeExchanged(Mutant):
    breaks = ("keys_can_be_exchanged",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            owners: dict[str, str] = self.__dict__.setdefault("owners", {})
            owners.update((key, record.id) for key in (there.keys if there else ()))
            super().replace(record, expected)
            for key in record.keys:
                if owners.get(key, record.id) != record.id:
                    self.usable = False
                    raise DuplicateKey(key, owners[key])


class SetAccessFreesTargets(Mutant):
    breaks = ("upkeep_frees_no_target",)

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids)
            for (id,) in list(self._snapshot.run("owner", kind, owner).walk()):
                record = self._current(kind, id)
                self._put([(record, attrs.evolve(record, references={}))])


class SetAccessToNobodyIsIgnored(Mutant):
    breaks = (
        "set_access_reaches_the_ownerless_and_the_hidden",
        "every_write_keeps_the_limits",
    )

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids if access else [])


class SetAccessOfNoOwnerReachesAll(Mutant):
    breaks = ("set_access_reaches_the_ownerless_and_the_hidden",)

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids)
            for each in {record.owner for record in self.dump(kind)} if not owner else ():
                super().set_access(kind, each, access, ids)


class CursorIsForgottenWithWords(Mutant):
    breaks = ("pages_of_any_question_join",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            return super()._answers(attrs.evolve(query, after=None) if query.words else query, wanted)


class CursorKnowsKeysOnlyInUnions(Mutant):
    breaks = ("pages_of_any_question_join",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if query.after is None or query.access is SYSTEM or len(query.access) == 1:
                return found
            key, _ = read_cursor(query.order, query.after)
            return (it for it in found if it[0][0] != key)


class WordsAlwaysAscend(Mutant):
    breaks = ("pages_of_any_question_join",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            return iter(sorted(found)) if query.words else found


class MoreTellsOfTheHidden(Mutant):
    breaks = ("pages_of_any_question_join",)

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            if found.last is None or query.distinct_owner:
                return found
            whole = attrs.evolve(query, access=SYSTEM, where=(), words=(), after=found.last, limit=1)
            return attrs.evolve(found, more=found.more or bool(super().find(whole).cards))


class CountRefusesWhatDoesNotMatter(Mutant):
    breaks = ("a_count_is_what_would_be_found",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            check_usable(self)
            check_query(declared(self._kinds, query.kind), query)
            return super().count(query, boundaries)


class CountsDescend(Mutant):
    breaks = ("boundaries_count_by_ranges",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            counted = super().count(query, boundaries)
            return counted[::-1] if query.descending else counted


class FirstCutLowersTheStart(Mutant):
    breaks = ("boundaries_count_by_ranges",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            return super().count(attrs.evolve(query, start=min([query.start, *boundaries[:1]])), boundaries)


class ClaimIgnoresTerms(Mutant):
    breaks = ("a_claim_asks_the_whole_question",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, where=()), until)


class ClaimIgnoresItsCursor(Mutant):
    breaks = ("a_claim_asks_the_whole_question",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, after=None), until)


class ClaimIgnoresDistinctOwner(Mutant):
    breaks = ("a_claim_asks_the_whole_question",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, distinct_owner=False), until)


class DropsWaitForTheCommit(Mutant):
    breaks = ("dropped_bytes_are_gone",)

    class Writing(MemoryWriter):
        def drop_blob(self, digest: str) -> None:
            super().drop_blob(digest)
            self.__dict__.setdefault("digests", set()).add(digest)

        def commit(self) -> Any:
            for digest in self.__dict__.get("digests", ()):
                self._snapshot.blobs.drop(digest)
            return super().commit()


class LoadedPositionsComeAsTheyCome(Mutant):
    breaks = ("a_loaded_feed_goes_on",)

    class Writing(MemoryWriter):
        def commit(self) -> Any:
            moment = super().commit()
            entries = [it for it in self._events if not hasattr(it, "position")]
            if self._events[:1] == entries[:1] and len(entries) < len(self._events):
                moment.events.reverse()
            return moment


class LoadedReferencesAreNeverMended(Mutant):
    breaks = ("loaded_references_are_checked_at_the_end",)

    class Writing(MemoryWriter):
        def commit(self) -> Any:
            if self.usable:
                self._check_references(self._loaded)
            return super().commit()


class ReplacementIsShared(Mutant):
    breaks = ("what_was_handed_over_is_not_shared",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            super().replace(record, expected)
            self._snapshot.records.put((record.kind, record.id), record)
