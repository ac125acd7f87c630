"""Mutants of ids, keys and references."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.storage import BrokenReference, DuplicateKey
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutants

MUTANTS = Mutants()


@MUTANTS.change(
    MemoryWriter,
    "_holder",
    "a_taken_id_is_refused",
    "an_id_is_taken_within_one_insert",
    "a_refused_write_voids_its_transaction",
    "a_void_transaction_answers_nothing",
    "loading_over_something_is_refused",
    "the_last_of_many_is_judged",
)
def taken_id_is_overwritten(writer, honest, record, *, keep):
    there = writer._snapshot.records.get((record.kind, record.id))
    if there is not None and not keep:
        writer._put([(there, None)])
    return honest(record, keep=keep)


@MUTANTS.change(MemoryWriter, "insert", "an_id_is_taken_within_one_insert")
def last_of_twins_wins(writer, honest, records, existing="refuse"):
    unique = {(record.kind, record.id): record for record in records}
    return honest(list(unique.values()) if existing == "refuse" else records, existing)


@MUTANTS.change(MemoryWriter, "_holder", "keep_leaves_the_stored_record_alone")
def keep_overwrites(writer, honest, record, *, keep):
    there = writer._snapshot.records.get((record.kind, record.id))
    if keep and there is not None:
        writer._put([(there, attrs.evolve(there, body=record.body))])
    return honest(record, keep=keep)


@MUTANTS.change(
    MemoryWriter,
    "insert",
    "keep_leaves_the_stored_record_alone",
    "keep_answers_one_stored_record",
    "keep_knows_doubles_of_one_insert",
    "the_last_of_many_is_judged",
)
def keep_answers_the_new_id(writer, honest, records, existing="refuse"):
    honest(records, existing)
    return [record.id for record in records]


@MUTANTS.change(MemoryWriter, "insert", "keep_knows_doubles_of_one_insert")
def keep_refuses_twins(writer, honest, records, existing="refuse"):
    if len({(record.kind, record.id) for record in records}) < len(records):
        existing = "refuse"
    return honest(records, existing)


@MUTANTS.change(
    MemoryWriter,
    "_holder",
    "keep_leaves_the_stored_record_alone",
    "keep_answers_one_stored_record",
    "keep_is_for_records_of_the_same_kind",
)
def keep_answers_any_kind(writer, honest, record, *, keep):
    holders = filter(None, map(writer._snapshot.keys.get, record.keys))
    return next((id for _, id in holders), None) if keep and record.keys else honest(record, keep=keep)


@MUTANTS.change(MemoryWriter, "insert", "what_exists_is_refused_or_kept")
def what_is_not_kept_is_refused(writer, honest, records, existing="refuse"):
    return honest(records, "keep" if existing == "keep" else "refuse")


@MUTANTS.change(MemoryWriter, "insert", "a_left_out_record_is_no_target")
def left_out_is_a_target(writer, honest, records, existing="refuse"):
    if existing == "keep":
        ids = {record.id for record in records}
        records = [attrs.evolve(r, references={}) if ids & set(r.references.values()) else r for r in records]
    return honest(records, existing)


@MUTANTS.change(MemoryWriter, "_holder", "a_taken_key_is_refused_by_name")
def wrong_key_named(writer, honest, record, *, keep):
    try:
        return honest(record, keep=keep)
    except DuplicateKey as error:
        if error.key == record.id:
            raise
        raise DuplicateKey(min(record.keys), error.existing) from error


@MUTANTS.change(MemoryWriter, "_take_keys", "a_taken_key_is_refused_by_name", "reindex_needs_the_stored_version")
def wrong_holder_named(writer, honest, record):
    try:
        honest(record)
    except DuplicateKey as error:
        raise DuplicateKey(error.key, record.id) from error


@MUTANTS.change(
    MemoryWriter,
    "_add",
    "keys_are_unique_across_kinds",
    "keep_answers_one_stored_record",
    "keep_is_for_records_of_the_same_kind",
)
def keys_are_unique_per_kind(writer, honest, records, *, keep):
    free = [
        attrs.evolve(r, keys=frozenset(k for k in r.keys if (writer._snapshot.keys.get(k) or (r.kind,))[0] == r.kind))
        for r in records
    ]
    return honest(free, keep=keep)


@MUTANTS.change(MemoryWriter, "_add", "keys_are_unique_within_one_insert")
def keys_may_twin_in_one_insert(writer, honest, records, *, keep):
    if not keep:
        first = {key: r.id for r in reversed(records) for key in r.keys}
        records = [attrs.evolve(r, keys=frozenset(k for k in r.keys if first[k] == r.id)) for r in records]
    return honest(records, keep=keep)


@MUTANTS.change(
    MemoryWriter,
    "replace",
    "a_taken_key_is_refused_by_name",
    "a_record_keeps_its_own_key",
    "set_access_touches_neither_body_nor_version",
    "a_lookup_asked_again_answers_the_present",
)
def own_key_is_taken(writer, honest, record, expected):
    for key in record.keys:
        if writer._snapshot.keys.get(key) == (record.kind, record.id):
            raise DuplicateKey(key, record.id)
    honest(record, expected)


@MUTANTS.change(
    MemoryWriter,
    "replace",
    "replace_leaves_nothing_of_the_old_record",
    "a_record_keeps_its_own_key",
    "a_key_given_up_is_free",
    "keys_can_be_exchanged",
    "a_record_takes_any_number_of_texts",
)
def keys_are_never_given_up(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    honest(record, expected)
    for key in there.keys - record.keys if there else ():
        writer._snapshot.keys.put(key, (record.kind, record.id))


@MUTANTS.change(
    MemoryWriter,
    "delete",
    "a_deleted_record_is_gone",
    "what_was_deleted_is_free_at_once",
    "a_lookup_asked_again_answers_the_present",
)
def deleted_keys_stay(writer, honest, kind, id, expected):
    there = writer._snapshot.records.get((kind, id))
    honest(kind, id, expected)
    for key in there.keys if there else ():
        writer._snapshot.keys.put(key, (kind, id))


@MUTANTS.change(MemoryWriter, "_add", "keys_are_compared_exactly")
def keys_are_trimmed(writer, honest, records, *, keep):
    trimmed = [attrs.evolve(r, keys=frozenset(k if k.isspace() else k.rstrip(" ") for k in r.keys)) for r in records]
    return honest(trimmed, keep=keep)


@MUTANTS.change(
    MemoryWriter,
    "insert",
    "a_reference_to_nothing_is_refused",
    "a_reference_points_to_a_kind",
    "a_deleted_record_is_no_target",
    "a_refused_write_voids_its_transaction",
    "writes_stay_in_their_workspace",
    "long_names_differ_to_their_end",
    "unstorable_text_is_refused",
    "ids_are_compared_exactly",
    "the_last_of_many_is_judged",
)
def dangling_insert_accepted(writer, honest, records, existing="refuse"):
    there = {(r.kind, r.id) for r in records}
    for record in records:
        for id in record.references.values():
            if ("contact", id) not in there and not writer.get("contact", [id])[0]:
                records = [attrs.evolve(r, references={}) if r is record else r for r in records]
    return honest(records, existing)


@MUTANTS.change(MemoryWriter, "replace", "a_reference_to_nothing_is_refused", "a_deleted_record_is_no_target")
def dangling_replace_accepted(writer, honest, record, expected):
    references = {name: id for name, id in record.references.items() if writer.get("contact", [id])[0]}
    honest(attrs.evolve(record, references=references), expected)


@MUTANTS.change(
    MemoryWriter,
    "insert",
    "records_of_one_insert_may_refer_to_each_other",
    "a_left_out_record_refers_to_nothing",
    "a_refused_write_voids_its_transaction",
    "unstorable_text_is_refused",
)
def references_are_checked_one_by_one(writer, honest, records, existing="refuse"):
    seen: set[str] = set()
    for record in records:
        seen.add(record.id)
        for id in record.references.values():
            if id not in seen and writer._snapshot.records.get(("contact", id)) is None:
                raise BrokenReference("contact", id, record.id)
    return honest(records, existing)


@MUTANTS.change(MemoryWriter, "_check_references", "a_reference_points_to_a_kind")
def reference_finds_any_kind(writer, honest, records):
    for record in records:
        try:
            honest([record])
        except BrokenReference as error:
            if writer._snapshot.records.get(("note", error.id)) is None:
                raise


@MUTANTS.change(
    MemoryWriter,
    "delete",
    "what_is_referred_to_cannot_be_deleted",
    "the_last_reference_frees_its_target",
    "a_replaced_target_stays_a_target",
    "upkeep_frees_no_target",
    "a_refused_write_voids_its_transaction",
    "a_void_transaction_answers_nothing",
    "a_writer_ends_with_its_context",
    "what_was_dumped_can_be_loaded",
    "long_names_differ_to_their_end",
)
def targets_can_be_deleted(writer, honest, kind, id, expected):
    there = writer._current(kind, id, expected)
    writer._put([(there, None)])


@MUTANTS.change(MemoryWriter, "replace", "the_last_reference_frees_its_target")
def once_a_target_always_a_target(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    honest(record, expected)
    gone = set(there.references.values()) - set(record.references.values()) if there else set()
    for id in gone:
        writer._snapshot.runs.put(("to", "contact", id), (((record.kind, record.id, "about"),),))


@MUTANTS.change(MemoryWriter, "delete", "a_record_does_not_hold_itself", "loaded_references_are_checked_at_the_end")
def holds_itself(writer, honest, kind, id, expected):
    there = writer._snapshot.records.get((kind, id))
    if there is not None and id in there.references.values():
        raise BrokenReference(kind, id, id)
    honest(kind, id, expected)


@MUTANTS.change(MemoryWriter, "replace", "a_replaced_target_stays_a_target")
def replaced_target_is_free(writer, honest, record, expected):
    honest(record, expected)
    writer._snapshot.runs.drop(("to", record.kind, record.id))


@MUTANTS.change(MemoryWriter, "_check", "references_are_declared")
def strange_references_are_dropped(writer, honest, records):
    try:
        honest(records)
    except Invalid as error:
        if error.code != "reference-unknown":
            raise


@MUTANTS.change(MemoryWriter, "insert", "a_left_out_record_refers_to_nothing")
def references_of_left_out_records_are_judged(writer, honest, records, existing="refuse"):
    ids = honest(records, existing)
    try:
        writer._check_references(records)
    except BrokenReference:
        writer.usable = False
        raise
    return ids


def _takes_keys_of_its_id(writer, record):
    """Frees the keys of a record of another kind with the same id, without a word."""
    for key in record.keys:
        holder = writer._snapshot.keys.get(key)
        if holder is not None and holder[0] != record.kind and holder[1] == record.id:
            writer._snapshot.keys.drop(key)


@MUTANTS.change(MemoryWriter, "replace", "a_key_of_another_kind_is_not_taken_over")
def replace_compares_holders_by_id(writer, honest, record, expected):
    _takes_keys_of_its_id(writer, record)
    honest(record, expected)


@MUTANTS.change(MemoryWriter, "reindex", "a_key_of_another_kind_is_not_taken_over")
def reindex_compares_holders_by_id(writer, honest, records):
    for record in records:
        _takes_keys_of_its_id(writer, record)
    honest(records)
