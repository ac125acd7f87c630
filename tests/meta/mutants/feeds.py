"""Mutants of blobs, the feed, dumping and loading."""

from __future__ import annotations

import attrs

from contactcore.storage import (
    Event,
    Published,
    check_usable,
)
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutants

MUTANTS = Mutants()


@MUTANTS.change(MemoryReader, "blob", "bytes_come_back_whole", "the_same_digest_changes_nothing")
def empty_blob_is_none(reader, honest, digest):
    return honest(digest) or None


@MUTANTS.change(MemoryWriter, "keep_blob", "the_same_digest_changes_nothing")
def last_blob_wins(writer, honest, digest, data):
    if writer.usable and not {"\x00", "\ud800"} & set(digest):
        writer.drop_blob(digest)
    honest(digest, data)


@MUTANTS.change(
    MemoryWriter,
    "drop_blob",
    "a_lookup_asked_again_answers_the_present",
    "dropped_bytes_are_gone",
    "long_names_differ_to_their_end",
    "every_write_keeps_the_limits",
    "digests_are_compared_exactly",
)
def blobs_are_never_dropped(writer, honest, digest):
    check_usable(writer)


@MUTANTS.change(
    MemoryReader,
    "feed",
    "the_feed_is_read_in_pieces",
    "the_feed_is_read_from_behind_a_gap",
    "a_feed_has_no_ceiling",
    "one_load_takes_any_number_of_records",
)
def feed_starts_at_its_position(reader, honest, after=0, limit=1000):
    return honest(after - 1, limit)


@MUTANTS.change(
    MemoryReader, "feed", "the_feed_is_read_in_pieces", "the_feed_is_read_from_behind_a_gap", "a_feed_has_no_ceiling"
)
def feed_ignores_its_limit(reader, honest, after=0, limit=1000):
    return honest(after, max(limit, 1_000) if limit > 0 else limit)


@MUTANTS.change(MemoryWriter, "publish", "an_event_comes_back_as_published", "events_are_limited")
def feed_forgets_data(writer, honest, events):
    honest(attrs.evolve(event, data=b"{}") for event in events)


@MUTANTS.change(MemoryWriter, "publish", "an_event_comes_back_as_published")
def feed_swallows_twins(writer, honest, events):
    honest(dict.fromkeys(events))


@MUTANTS.change(
    MemoryWriter,
    "publish",
    "positions_count_from_1",
    "events_keep_the_sequence_of_their_publishing",
    "a_feed_has_no_ceiling",
)
def feed_is_sorted_by_name(writer, honest, events):
    honest(sorted(events, key=lambda event: event.name))


@MUTANTS.change(MemoryWriter, "feed", "events_appear_with_the_commit")
def feed_shows_what_is_not_committed(writer, honest, after=0, limit=1000):
    own = [Published(9, event) for event in writer._events if isinstance(event, Event)]
    return honest(after, limit) + own


@MUTANTS.change(
    MemoryReader,
    "dump",
    "scrubbing_changes_nothing",
    "a_dump_holds_whole_records",
    "a_dump_has_no_ceiling",
    "one_call_changes_any_number_of_records",
    "one_load_takes_any_number_of_records",
    "the_last_of_many_is_judged",
    "records_are_found_as_they_are_stored",
)
def dump_hides_trash(reader, honest, kind, after_id="", limit=1000):
    return [one for one in honest(kind, after_id, limit) if one.access]


@MUTANTS.change(
    MemoryReader,
    "dump",
    "replace_leaves_nothing_of_the_old_record",
    "what_was_deleted_is_free_at_once",
    "set_access_touches_neither_body_nor_version",
    "reindex_sets_what_is_derived",
    "a_question_asked_again_answers_the_present",
    "a_dump_holds_whole_records",
    "what_was_dumped_can_be_loaded",
    "texts_are_limited",
    "a_record_takes_any_number_of_texts",
    "records_are_found_as_they_are_stored",
)
def dump_forgets_words(reader, honest, kind, after_id="", limit=1000):
    return [attrs.evolve(one, words=frozenset()) for one in honest(kind, after_id, limit)]


@MUTANTS.change(
    MemoryReader,
    "dump",
    "a_dump_goes_by_id",
    "a_dump_has_no_ceiling",
    "one_call_changes_any_number_of_records",
    "one_load_takes_any_number_of_records",
    "the_last_of_many_is_judged",
)
def dump_starts_at_its_id(reader, honest, kind, after_id="", limit=1000):
    there = reader._snapshot.records.get((kind, after_id))
    return ([there] if there else []) + honest(kind, after_id, limit)


@MUTANTS.change(MemoryReader, "dump", "a_dump_goes_by_id")
def dump_goes_by_utf16(reader, honest, kind, after_id="", limit=1000):
    return sorted(honest(kind, after_id, limit), key=lambda one: one.id.encode("utf-16-be"))


@MUTANTS.change(MemoryWriter, "load", "what_was_dumped_can_be_loaded")
def load_counts_from_one(writer, honest, records, events=()):
    honest([attrs.evolve(record, version=1) for record in records], events)


@MUTANTS.change(
    MemoryWriter,
    "load",
    "a_refused_write_voids_its_transaction",
    "the_feed_is_read_from_behind_a_gap",
    "events_appear_with_the_commit",
    "scrubbing_changes_nothing",
    "a_loaded_feed_goes_on",
    "a_taken_position_is_refused",
    "one_load_takes_any_number_of_records",
)
def load_numbers_events_anew(writer, honest, records, events=()):
    honest(records)
    writer.publish(published.event for published in events)


@MUTANTS.change(MemoryWriter, "load", "a_taken_position_is_refused")
def load_forgets_what_was_published(writer, honest, records, events=()):
    published = [entry for entry in writer._events if isinstance(entry, Event)]
    writer._events = [entry for entry in writer._events if not isinstance(entry, Event)]
    honest(records, events)
    writer._events = [*published, *writer._events]


@MUTANTS.change(MemoryWriter, "load", "loading_over_something_is_refused")
def load_keeps_what_is_there(writer, honest, records, events=()):
    fresh = [one for one in records if writer._snapshot.records.get((one.kind, one.id)) is None]
    honest(fresh, events)


@MUTANTS.change(MemoryWriter, "load", "what_was_dumped_can_be_loaded", "loaded_references_are_checked_at_the_end")
def load_checks_references_at_once(writer, honest, records, events=()):
    honest(records, events)
    writer._check_references(records)


@MUTANTS.change(MemoryWriter, "load", "loaded_references_are_checked_at_the_end")
def load_never_checks_references(writer, honest, records, events=()):
    honest(records, events)
    writer._loaded.clear()
