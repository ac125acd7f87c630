"""Mutants of reading by id, of replacing and of versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

import attrs

from contactcore.storage import MissingRecord, Query, Refused, StaleRecord
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutant, Mutants, broken

MUTANTS = Mutants()


@MUTANTS.change(MemoryWriter, "insert_fresh", "a_fresh_record_is_added_or_refused_by_the_end")
def fresh_records_are_never_refused(writer, honest, records):
    with suppress(Refused):
        honest([record for record in records if writer.get(record.kind, [record.id]) == [None]])


@MUTANTS.change(MemoryReader, "announce", "an_announced_question_changes_no_answer")
def announcing_asks_at_once(reader, honest, *questions):
    for question in questions:
        if isinstance(question, Query):
            reader.find(question)


@MUTANTS.change(
    MemoryReader,
    "get",
    "get_answers_in_the_sequence_asked_for",
    "long_texts_differ_to_their_end",
    "ids_are_compared_exactly",
    "any_number_can_be_asked_for",
    "an_announced_question_changes_no_answer",
)
def get_is_a_set(reader, honest, kind, ids):
    return honest(kind, sorted(set(ids)))


@MUTANTS.change(
    MemoryReader,
    "get",
    "get_answers_in_the_sequence_asked_for",
    "ids_are_compared_exactly",
    "any_number_can_be_asked_for",
)
def get_leaves_out_the_missing(reader, honest, kind, ids):
    return [found for found in honest(kind, ids) if found] or [None] * len(ids)


@MUTANTS.change(MemoryReader, "get", "ids_belong_to_a_kind")
def get_searches_every_kind(reader, honest, kind, ids):
    other = {"note": "contact", "contact": "note"}.get(kind, kind)
    return [mine or its for mine, its in zip(honest(kind, ids), honest(other, ids), strict=True)]


@MUTANTS.change(
    MemoryReader,
    "holders",
    "holders_tell_who_has_a_key",
    "replace_leaves_nothing_of_the_old_record",
    "keys_are_compared_exactly",
    "hostile_text_is_stored_unchanged",
    "any_number_can_be_asked_for",
    "many_records_are_read_at_once",
)
def holders_are_a_set(reader, honest, keys):
    return honest(sorted(keys))


@MUTANTS.change(
    MemoryReader,
    "holders",
    "holders_tell_who_has_a_key",
    "what_was_deleted_is_free_at_once",
    "keep_answers_one_stored_record",
    "many_records_are_read_at_once",
)
def holders_are_contacts(reader, honest, keys):
    return [("contact", it[1]) if it else None for it in honest(keys)]


@MUTANTS.change(
    MemoryReader,
    "get",
    "a_record_comes_back_as_it_was_written",
    "any_bytes_come_back",
    "keep_leaves_the_stored_record_alone",
    "records_stay_in_their_workspace",
    "ids_are_compared_exactly",
    "workspaces_are_kept_apart_by_exact_names",
)
def bodies_are_parsed(reader, honest, kind, ids):
    return [it and attrs.evolve(it, body=json.dumps(json.loads(it.body)).encode()) for it in honest(kind, ids)]


@MUTANTS.change(
    MemoryWriter,
    "insert",
    "insert_answers_the_ids",
    "keep_leaves_the_stored_record_alone",
    "keep_answers_one_stored_record",
)
def insert_answers_sorted(writer, honest, records, existing="refuse"):
    return sorted(honest(records, existing))


@MUTANTS.change(MemoryWriter, "replace", "a_stale_replace_is_refused", "a_refused_write_voids_its_transaction")
def stale_replace_accepted(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    honest(record, there.version if there and there.version < record.version else expected)


@MUTANTS.change(MemoryWriter, "delete", "a_stale_delete_is_refused")
def stale_delete_accepted(writer, honest, kind, id, expected):
    there = writer._snapshot.records.get((kind, id))
    honest(kind, id, there.version if there else expected)


@MUTANTS.change(
    MemoryWriter,
    "_current",
    "a_stale_replace_is_refused",
    "a_stale_delete_is_refused",
    "a_refused_write_voids_its_transaction",
)
def future_versions_are_fresh(writer, honest, kind, id, expected=None):
    there = honest(kind, id)
    return there if expected is not None and expected > there.version else honest(kind, id, expected)


@MUTANTS.change(
    MemoryWriter, "_current", "a_stale_replace_is_refused", "a_stale_delete_is_refused", "lock_answers_the_record"
)
def stale_carries_nothing(writer, honest, kind, id, expected=None):
    try:
        return honest(kind, id, expected)
    except StaleRecord as error:
        raise StaleRecord(attrs.evolve(error.current, body=b"{}", owner="")) from error


@MUTANTS.change(
    MemoryWriter, "replace", "versions_count_up", "a_refused_write_voids_its_transaction", "ids_and_versions_are_real"
)
def counts_versions_itself(writer, honest, record, expected):
    honest(attrs.evolve(record, version=expected + 1), expected)


@MUTANTS.change(MemoryWriter, "replace", "replacing_or_deleting_nothing_is_refused", "writes_stay_in_their_workspace")
def replace_inserts_too(writer, honest, record, expected):
    try:
        honest(record, expected)
    except MissingRecord:
        writer.usable = True
        writer.insert([record])


@MUTANTS.change(
    MemoryWriter,
    "delete",
    "a_kind_must_be_installed",
    "replacing_or_deleting_nothing_is_refused",
    "an_error_leaves_as_it_was_raised",
    "a_refused_write_voids_its_transaction",
    "writes_stay_in_their_workspace",
    "every_write_keeps_the_limits",
)
def deleting_nothing_is_fine(writer, honest, kind, id, expected):
    if writer._snapshot.records.get((kind, id)) is not None or not writer.usable:
        honest(kind, id, expected)


def _keeps(name, field, *breaks):
    def replace(writer, record, expected):
        there = writer._snapshot.records.get((record.kind, record.id))
        kept = {field: getattr(there, field)} if there else {}
        MemoryWriter.replace(writer, attrs.evolve(record, **kept), expected)

    return Mutant(name, breaks, broken(MemoryWriter, {"replace": replace}))


MUTANTS += (
    _keeps(
        "words_are_not_updated",
        "words",
        "replace_leaves_nothing_of_the_old_record",
        "words_follow_their_record",
        "many_transactions_make_one_history",
        "a_record_takes_any_number_of_texts",
        "every_write_keeps_the_limits",
    ),
    _keeps(
        "terms_are_not_updated",
        "terms",
        "replace_leaves_nothing_of_the_old_record",
        "a_record_takes_any_number_of_texts",
        "every_write_keeps_the_limits",
    ),
    _keeps("owner_is_not_updated", "owner", "replace_sets_the_owner_and_access_too", "a_record_follows_its_new_owner"),
    _keeps(
        "access_is_not_updated",
        "access",
        "replace_sets_the_owner_and_access_too",
        "a_change_of_access_takes_the_old_one_back",
        "a_record_takes_any_number_of_texts",
    ),
)


@MUTANTS.change(MemoryWriter, "replace", "a_replacement_may_leave_an_order", "work_is_due_as_it_was_last_written")
def old_orders_stay(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    orders: Mapping[str, str] = there.orders if there else {}
    honest(attrs.evolve(record, orders={**orders, **record.orders}), expected)


@MUTANTS.change(MemoryWriter, "replace", "words_move_with_the_place", "a_kind_may_grow")
def words_stay_at_their_place(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    moved = there is not None and there.orders != record.orders and there.words == record.words
    honest(attrs.evolve(record, words=frozenset()) if moved else record, expected)


@MUTANTS.change(MemoryReader, "dump", "what_was_handed_over_is_not_shared")
def mappings_are_shared(reader, honest, kind, after_id="", limit=1000):
    found = honest(kind, after_id, limit)
    return [reader._snapshot.records.get((one.kind, one.id)) or one for one in found]


@MUTANTS.change(MemoryWriter, "insert", "ids_and_versions_are_real")
def versions_are_floats(writer, honest, records, existing="refuse"):
    rounded = [attrs.evolve(record, version=min(int(float(record.version)), 2**63)) for record in records]
    return honest(rounded, existing)
