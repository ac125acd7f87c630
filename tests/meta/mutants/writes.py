"""Mutants of reading by id, of replacing and of versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
from sabotage import Mutant

from contactcore.storage import MissingRecord, Record, StaleRecord, Stored
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter

Existing = Literal["refuse", "keep"]


class GetIsASet(Mutant):
    breaks = (
        "get_answers_in_the_sequence_asked_for",
        "ids_are_compared_exactly",
        "any_number_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            return super().get(kind, sorted(set(ids)))


class GetLeavesOutTheMissing(Mutant):
    breaks = (
        "get_answers_in_the_sequence_asked_for",
        "ids_are_compared_exactly",
        "any_number_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            return [found for found in super().get(kind, ids) if found] or [None] * len(ids)


class GetSearchesEveryKind(Mutant):
    breaks = ("ids_belong_to_a_kind",)

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            other = {"note": "contact", "contact": "note"}.get(kind, kind)
            return [mine or its for mine, its in zip(super().get(kind, ids), super().get(other, ids), strict=True)]


class HoldersAreASet(Mutant):
    breaks = (
        "holders_tell_who_has_a_key",
        "replace_leaves_nothing_of_the_old_record",
        "keys_are_compared_exactly",
        "hostile_text_is_stored_unchanged",
        "any_number_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            return super().holders(sorted(keys))


class HoldersAreContacts(Mutant):
    breaks = (
        "holders_tell_who_has_a_key",
        "what_was_deleted_is_free_at_once",
    )

    class Reading(MemoryReader):
        def holders(self, keys: Sequence[str]) -> list[tuple[str, str] | None]:
            return [("contact", it[1]) if it else None for it in super().holders(keys)]


class BodiesAreParsed(Mutant):
    breaks = (
        "a_record_comes_back_as_it_was_written",
        "keep_leaves_the_stored_record_alone",
        "records_stay_in_their_workspace",
        "ids_are_compared_exactly",
        "workspaces_are_kept_apart_by_exact_names",
    )

    class Reading(MemoryReader):
        def get(self, kind: str, ids: Sequence[str]) -> list[Stored | None]:
            return [
                it and attrs.evolve(it, body=json.dumps(json.loads(it.body)).encode()) for it in super().get(kind, ids)
            ]


class InsertAnswersSorted(Mutant):
    breaks = (
        "insert_answers_the_ids",
        "keep_leaves_the_stored_record_alone",
    )

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            return sorted(super().insert(records, existing))


class StaleReplaceAccepted(Mutant):
    breaks = (
        "a_stale_replace_is_refused",
        "a_refused_write_voids_its_transaction",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            super().replace(record, there.version if there and there.version < record.version else expected)


class StaleDeleteAccepted(Mutant):
    breaks = ("a_stale_delete_is_refused",)

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            there = self._snapshot.records.get((kind, id))
            super().delete(kind, id, there.version if there else expected)


class FutureVersionsAreFresh(Mutant):
    breaks = (
        "a_stale_replace_is_refused",
        "a_stale_delete_is_refused",
        "a_refused_write_voids_its_transaction",
    )

    class Writing(MemoryWriter):
        def _current(self, kind: str, id: str, expected: int | None = None) -> Record:
            there = super()._current(kind, id)
            return there if expected is not None and expected > there.version else super()._current(kind, id, expected)


class StaleCarriesNothing(Mutant):
    breaks = (
        "a_stale_replace_is_refused",
        "a_stale_delete_is_refused",
        "lock_answers_the_record",
    )

    class Writing(MemoryWriter):
        def _current(self, kind: str, id: str, expected: int | None = None) -> Record:
            try:
                return super()._current(kind, id, expected)
            except StaleRecord as error:
                raise StaleRecord(attrs.evolve(error.current, body=b"{}", owner="")) from error


class CountsVersionsItself(Mutant):
    breaks = (
        "versions_count_up",
        "a_refused_write_voids_its_transaction",
        "ids_and_versions_are_real",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            super().replace(attrs.evolve(record, version=expected + 1), expected)


class ReplaceInsertsToo(Mutant):
    breaks = (
        "replacing_or_deleting_nothing_is_refused",
        "writes_stay_in_their_workspace",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            try:
                super().replace(record, expected)
            except MissingRecord:
                self.usable = True
                self.insert([record])


class DeletingNothingIsFine(Mutant):
    breaks = (
        "a_kind_must_be_installed",
        "replacing_or_deleting_nothing_is_refused",
        "an_error_leaves_as_it_was_raised",
        "a_refused_write_voids_its_transaction",
        "writes_stay_in_their_workspace",
        "every_write_keeps_the_limits",
    )

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            if self._snapshot.records.get((kind, id)) is not None or not self.usable:
                super().delete(kind, id, expected)


def _keeps(*fields: str) -> type[MemoryWriter]:
    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            kept: dict[str, Any] = {field: getattr(there, field) for field in fields if there}
            super().replace(attrs.evolve(record, **kept), expected)

    return Writing


class WordsAreNotUpdated(Mutant):
    breaks = (
        "replace_leaves_nothing_of_the_old_record",
        "words_follow_their_record",
        "every_write_keeps_the_limits",
    )
    Writing = _keeps("words")


class TermsAreNotUpdated(Mutant):
    breaks = (
        "replace_leaves_nothing_of_the_old_record",
        "every_write_keeps_the_limits",
    )
    Writing = _keeps("terms")


class OwnerIsNotUpdated(Mutant):
    breaks = ("replace_sets_the_owner_and_access_too",)
    Writing = _keeps("owner")


class AccessIsNotUpdated(Mutant):
    breaks = ("replace_sets_the_owner_and_access_too",)
    Writing = _keeps("access")


class OldOrdersStay(Mutant):
    breaks = ("a_replacement_may_leave_an_order",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            orders: Mapping[str, str] = there.orders if there else {}
            super().replace(attrs.evolve(record, orders={**orders, **record.orders}), expected)


class WordsStayAtTheirPlace(Mutant):
    breaks = ("words_move_with_the_place",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            moved = there is not None and there.orders != record.orders and there.words == record.words
            super().replace(attrs.evolve(record, words=frozenset()) if moved else record, expected)


class MappingsAreShared(Mutant):
    breaks = ("what_was_handed_over_is_not_shared",)

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            found = super().dump(kind, after_id, limit)
            return [self._snapshot.records.get((one.kind, one.id)) or one for one in found]
