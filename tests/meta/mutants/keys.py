"""Mutants of ids, keys and references."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey, Record
from contactcore_memory.writing import MemoryWriter

Existing = Literal["refuse", "keep"]


class TakenIdIsOverwritten(Mutant):
    breaks = (
        "a_taken_id_is_refused",
        "an_id_is_taken_within_one_insert",
        "a_refused_write_voids_its_transaction",
        "a_void_transaction_answers_nothing",
        "loading_over_something_is_refused",
    )

    class Writing(MemoryWriter):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            there = self._snapshot.records.get((record.kind, record.id))
            if there is not None and not keep:
                self._put([(there, None)])
            return super()._holder(record, keep=keep)


class LastOfTwinsWins(Mutant):
    breaks = ("an_id_is_taken_within_one_insert",)

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            unique = {(record.kind, record.id): record for record in records}
            return super().insert(list(unique.values()) if existing == "refuse" else records, existing)


class KeepOverwrites(Mutant):
    breaks = ("keep_leaves_the_stored_record_alone",)

    class Writing(MemoryWriter):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            there = self._snapshot.records.get((record.kind, record.id))
            if keep and there is not None:
                self._put([(there, attrs.evolve(there, body=record.body))])
            return super()._holder(record, keep=keep)


class KeepAnswersTheNewId(Mutant):
    breaks = (
        "keep_leaves_the_stored_record_alone",
        "keep_knows_doubles_of_one_insert",
    )

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            super().insert(records, existing)
            return [record.id for record in records]


class KeepRefusesTwins(Mutant):
    breaks = ("keep_knows_doubles_of_one_insert",)

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            if len({(record.kind, record.id) for record in records}) < len(records):
                existing = "refuse"
            return super().insert(records, existing)


class KeepAnswersAnyKind(Mutant):
    breaks = (
        "keep_leaves_the_stored_record_alone",
        "keep_is_for_records_of_the_same_kind",
    )

    class Writing(MemoryWriter):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            holders = filter(None, map(self._snapshot.keys.get, record.keys))
            return next((id for _, id in holders), None) if keep and record.keys else super()._holder(record, keep=keep)


class WhatIsNotKeptIsRefused(Mutant):
    breaks = ("what_exists_is_refused_or_kept",)

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            return super().insert(records, "keep" if existing == "keep" else "refuse")


class LeftOutIsATarget(Mutant):
    breaks = ("a_left_out_record_is_no_target",)

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            if existing == "keep":
                ids = {record.id for record in records}
                records = [attrs.evolve(r, references={}) if ids & set(r.references.values()) else r for r in records]
            return super().insert(records, existing)


class WrongKeyNamed(Mutant):
    breaks = ("a_taken_key_is_refused_by_name",)

    class Writing(MemoryWriter):
        def _holder(self, record: Record, *, keep: bool) -> str | None:
            try:
                return super()._holder(record, keep=keep)
            except DuplicateKey as error:
                if error.key == record.id:
                    raise
                raise DuplicateKey(min(record.keys), error.existing) from error


class WrongHolderNamed(Mutant):
    breaks = (
        "a_taken_key_is_refused_by_name",
        "reindex_needs_the_stored_version",
    )

    class Writing(MemoryWriter):
        def _take_keys(self, record: Record) -> None:
            try:
                super()._take_keys(record)
            except DuplicateKey as error:
                raise DuplicateKey(error.key, record.id) from error


class KeysAreUniquePerKind(Mutant):
    breaks = (
        "keys_are_unique_across_kinds",
        "keep_is_for_records_of_the_same_kind",
    )

    class Writing(MemoryWriter):
        def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Record]]:
            free = [
                attrs.evolve(
                    r, keys=frozenset(k for k in r.keys if (self._snapshot.keys.get(k) or (r.kind,))[0] == r.kind)
                )
                for r in records
            ]
            return super()._add(free, keep=keep)


class KeysMayTwinInOneInsert(Mutant):
    breaks = ("keys_are_unique_within_one_insert",)

    class Writing(MemoryWriter):
        def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Record]]:
            if not keep:
                first = {key: r.id for r in reversed(records) for key in r.keys}
                records = [attrs.evolve(r, keys=frozenset(k for k in r.keys if first[k] == r.id)) for r in records]
            return super()._add(records, keep=keep)


class OwnKeyIsTaken(Mutant):
    breaks = (
        "a_taken_key_is_refused_by_name",
        "a_record_keeps_its_own_key",
        "set_access_touches_neither_body_nor_version",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            for key in record.keys:
                if self._snapshot.keys.get(key) == (record.kind, record.id):
                    raise DuplicateKey(key, record.id)
            super().replace(record, expected)


class KeysAreNeverGivenUp(Mutant):
    breaks = (
        "replace_leaves_nothing_of_the_old_record",
        "a_record_keeps_its_own_key",
        "a_key_given_up_is_free",
        "keys_can_be_exchanged",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            super().replace(record, expected)
            for key in there.keys - record.keys if there else ():
                self._snapshot.keys.put(key, (record.kind, record.id))


class DeletedKeysStay(Mutant):
    breaks = (
        "a_deleted_record_is_gone",
        "what_was_deleted_is_free_at_once",
    )

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            there = self._snapshot.records.get((kind, id))
            super().delete(kind, id, expected)
            for key in there.keys if there else ():
                self._snapshot.keys.put(key, (kind, id))


class KeysAreTrimmed(Mutant):
    breaks = ("keys_are_compared_exactly",)

    class Writing(MemoryWriter):
        def _add(self, records: Sequence[Record], *, keep: bool) -> tuple[list[str], list[Record]]:
            trimmed = [
                attrs.evolve(r, keys=frozenset(k if k.isspace() else k.rstrip(" ") for k in r.keys)) for r in records
            ]
            return super()._add(trimmed, keep=keep)


class DanglingInsertAccepted(Mutant):
    breaks = (
        "a_reference_to_nothing_is_refused",
        "a_reference_points_to_a_kind",
        "a_deleted_record_is_no_target",
        "a_refused_write_voids_its_transaction",
        "writes_stay_in_their_workspace",
        "unstorable_text_is_refused",
        "ids_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            there = {(r.kind, r.id) for r in records}
            for record in records:
                for id in record.references.values():
                    if ("contact", id) not in there and not self.get("contact", [id])[0]:
                        records = [attrs.evolve(r, references={}) if r is record else r for r in records]
            return super().insert(records, existing)


class DanglingReplaceAccepted(Mutant):
    breaks = (
        "a_reference_to_nothing_is_refused",
        "a_deleted_record_is_no_target",
    )

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            references = {name: id for name, id in record.references.items() if self.get("contact", [id])[0]}
            super().replace(attrs.evolve(record, references=references), expected)


class ReferencesAreCheckedOneByOne(Mutant):
    breaks = (
        "records_of_one_insert_may_refer_to_each_other",
        "a_refused_write_voids_its_transaction",
        "unstorable_text_is_refused",
    )

    class Writing(MemoryWriter):
        def insert(self, records: Sequence[Record], existing: Existing = "refuse") -> list[str]:
            seen: set[str] = set()
            for record in records:
                seen.add(record.id)
                for id in record.references.values():
                    if id not in seen and self._snapshot.records.get(("contact", id)) is None:
                        raise BrokenReference("contact", id, record.id)
            return super().insert(records, existing)


class ReferenceFindsAnyKind(Mutant):
    breaks = ("a_reference_points_to_a_kind",)

    class Writing(MemoryWriter):
        def _check_references(self, records: Iterable[Record]) -> None:
            for record in records:
                try:
                    super()._check_references([record])
                except BrokenReference as error:
                    if self._snapshot.records.get(("note", error.id)) is None:
                        raise


class TargetsCanBeDeleted(Mutant):
    breaks = (
        "what_is_referred_to_cannot_be_deleted",
        "the_last_reference_frees_its_target",
        "a_replaced_target_stays_a_target",
        "upkeep_frees_no_target",
        "a_refused_write_voids_its_transaction",
        "a_void_transaction_answers_nothing",
        "a_writer_ends_with_its_context",
        "what_was_dumped_can_be_loaded",
    )

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            there = self._current(kind, id, expected)
            self._put([(there, None)])


class OnceATargetAlwaysATarget(Mutant):
    breaks = ("the_last_reference_frees_its_target",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            there = self._snapshot.records.get((record.kind, record.id))
            super().replace(record, expected)
            gone = set(there.references.values()) - set(record.references.values()) if there else set()
            for id in gone:
                self._snapshot.runs.put(("to", "contact", id), (((record.kind, record.id, "about"),),))


class HoldsItself(Mutant):
    breaks = (
        "a_record_does_not_hold_itself",
        "loaded_references_are_checked_at_the_end",
    )

    class Writing(MemoryWriter):
        def delete(self, kind: str, id: str, expected: int) -> None:
            there = self._snapshot.records.get((kind, id))
            if there is not None and id in there.references.values():
                raise BrokenReference(kind, id, id)
            super().delete(kind, id, expected)


class ReplacedTargetIsFree(Mutant):
    breaks = ("a_replaced_target_stays_a_target",)

    class Writing(MemoryWriter):
        def replace(self, record: Record, expected: int) -> None:
            super().replace(record, expected)
            self._snapshot.runs.drop(("to", record.kind, record.id))


class StrangeReferencesAreDropped(Mutant):
    breaks = ("references_are_declared",)

    class Writing(MemoryWriter):
        def _check(self, records: Sequence[Record]) -> None:
            try:
                super()._check(records)
            except Invalid as error:
                if error.code != "reference-unknown":
                    raise
