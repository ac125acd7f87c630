"""Mutants of access, derived fields, claims, limits, and of what is put in order."""

from __future__ import annotations

from contextlib import contextmanager
from operator import attrgetter

import attrs

from contactcore.errors import Invalid
from contactcore.storage import (
    Event,
)
from contactcore_memory import MemoryStorage
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutant, Mutants, broken

MUTANTS = Mutants()


@contextmanager
def _kept(writer, *indexes):
    """Leaves the entries of some indexes as they are."""
    runs = writer._snapshot.runs
    before = {index: runs.get(index) for index in indexes}
    yield
    for index, entries in before.items():
        if entries is None:
            runs.drop(index)
        else:
            runs.put(index, entries)


@MUTANTS.change(MemoryWriter, "replace", "a_record_follows_its_new_owner")
def replaced_records_keep_the_entry_of_their_owner(writer, honest, record, expected):
    there = writer._snapshot.records.get((record.kind, record.id))
    owners = {record.owner} if there is None else {record.owner, there.owner}
    with _kept(writer, *(("owner", record.kind, owner) for owner in owners)):
        honest(record, expected)


@MUTANTS.change(MemoryWriter, "replace", "work_is_due_as_it_was_last_written")
def replaced_work_is_due_as_before(writer, honest, record, expected):
    with _kept(writer, ("due",)):
        honest(record, expected)


@MUTANTS.change(MemoryWriter, "reindex", "work_is_due_as_it_was_last_written")
def reindexed_work_is_due_as_before(writer, honest, records):
    with _kept(writer, ("due",)):
        honest(records)


@MUTANTS.change(MemoryWriter, "claim", "a_claim_takes_what_answers")
def claimed_work_stands_by_id(writer, honest, query, until):
    return sorted(honest(query, until), key=attrgetter("id"))


def _bump(writer, kind, ids):
    records = [writer._current(kind, id) for id in ids]
    writer._put([(record, attrs.evolve(record, version=record.version + 1)) for record in records])


@MUTANTS.change(
    MemoryWriter,
    "set_access",
    "set_access_touches_neither_body_nor_version",
    "a_kind_may_grow",
    "a_dump_shows_the_present",
)
def set_access_counts_versions(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids)
    _bump(writer, kind, [id for (id,) in writer._snapshot.run("owner", kind, owner).walk() if ids is None or id in ids])


@MUTANTS.change(MemoryWriter, "set_access", "set_access_can_pick_records")
def set_access_ignores_ids(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids or None)


@MUTANTS.change(MemoryWriter, "set_access", "set_access_can_pick_records", "a_record_follows_its_new_owner")
def set_access_ignores_the_owner_of_ids(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, ids)
    for record in [writer._snapshot.records.get((kind, id)) for id in ids or ()]:
        if record is not None:
            writer._put([(record, attrs.evolve(record, access=access))])


@MUTANTS.change(
    MemoryWriter,
    "set_access",
    "a_kind_must_be_installed",
    "set_access_sets_the_access_of_an_owner",
    "one_call_changes_any_number_of_records",
)
def set_access_reaches_every_kind(writer, honest, kind, owner, access, ids=None):
    for each in ("contact", "note"):
        honest(each, owner, access, ids)


@MUTANTS.change(
    MemoryWriter,
    "set_access",
    "set_access_sets_the_access_of_an_owner",
    "set_access_touches_neither_body_nor_version",
    "set_access_can_pick_records",
    "set_access_reaches_the_ownerless_and_the_hidden",
    "a_dump_shows_the_present",
    "owners_are_compared_exactly",
    "one_call_changes_any_number_of_records",
    "an_announced_question_changes_no_answer",
)
def set_access_adds(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access | {"visible:*"}, ids)


@MUTANTS.change(
    MemoryWriter,
    "reindex",
    "reindex_sets_what_is_derived",
    "a_question_asked_again_answers_the_present",
    "a_kind_may_grow",
    "a_dump_shows_the_present",
)
def reindex_counts_versions(writer, honest, records):
    honest(records)
    for record in records:
        _bump(writer, record.kind, [record.id])


@MUTANTS.change(MemoryWriter, "reindex", "reindex_needs_the_stored_version", "a_refused_write_voids_its_transaction")
def reindex_of_any_version(writer, honest, records):
    there = [writer._snapshot.records.get((record.kind, record.id)) or record for record in records]
    pairs = zip(records, there, strict=True)
    honest([attrs.evolve(record, version=one.version) for record, one in pairs])


@MUTANTS.change(MemoryWriter, "reindex", "a_kind_must_be_installed", "reindex_needs_the_stored_version")
def reindex_skips_the_missing(writer, honest, records):
    honest([one for one in records if writer._snapshot.records.get((one.kind, one.id)) or not writer.usable])


@MUTANTS.change(
    MemoryWriter,
    "reindex",
    "reindex_sets_what_is_derived",
    "a_dump_shows_the_present",
    "every_write_keeps_the_limits",
    "one_call_changes_any_number_of_records",
)
def reindex_forgets_the_card(writer, honest, records):
    honest([attrs.evolve(record, card=b"{}") for record in records])


@MUTANTS.change(
    MemoryWriter,
    "claim",
    "a_claim_takes_what_answers",
    "a_claim_moves_what_it_takes",
    "a_claim_changes_nothing_else",
    "a_claim_keeps_words_and_terms",
    "a_claim_asks_the_whole_question",
    "work_is_claimed_once",
    "due_work_is_listed_by_workspace",
    "a_dump_shows_the_present",
    "the_largest_texts_can_be_asked_for",
)
def claim_does_not_move(writer, honest, query, until):
    before = [writer._current(query.kind, card.id) for card in writer.find(query).cards]
    taken = honest(query, until)
    writer._put([(writer._current(one.kind, one.id), one) for one in before])
    return taken


@MUTANTS.change(
    MemoryWriter,
    "claim",
    "a_question_asked_again_answers_the_present",
    "a_claim_changes_nothing_else",
    "a_claim_asks_the_whole_question",
    "a_dump_shows_the_present",
    "records_are_found_as_they_are_stored",
)
def claim_counts_versions(writer, honest, query, until):
    taken = honest(query, until)
    _bump(writer, query.kind, [one.id for one in taken])
    return taken


@MUTANTS.change(MemoryWriter, "claim", "a_claim_takes_what_answers", "a_claim_asks_the_whole_question")
def claim_ignores_the_limit(writer, honest, query, until):
    return honest(attrs.evolve(query, limit=1_000), until)


@MUTANTS.change(MemoryWriter, "claim", "a_claim_keeps_words_and_terms")
def claim_ignores_words(writer, honest, query, until):
    return honest(attrs.evolve(query, words=()), until)


@MUTANTS.change(
    MemoryWriter,
    "claim",
    "a_claim_moves_what_it_takes",
    "a_claim_changes_nothing_else",
    "a_claim_asks_the_whole_question",
)
def claim_moves_every_order(writer, honest, query, until):
    taken = honest(query, until)
    for record in [writer._current(one.kind, one.id) for one in taken]:
        writer._put([(record, attrs.evolve(record, orders=dict.fromkeys(record.orders, until)))])
    return taken


def _tolerates(name, code, *breaks):
    def check(writer, records):
        try:
            MemoryWriter._check(writer, records)
        except Invalid as error:
            if error.code != code:
                raise

    def publish(writer, events):
        try:
            MemoryWriter.publish(writer, events)
        except Invalid as error:
            writer.usable = error.code == code
            if not writer.usable:
                raise

    return Mutant(name, breaks, broken(MemoryWriter, {"_check": check, "publish": publish}))


MUTANTS += (
    _tolerates(
        "texts_are_unlimited",
        "text-too-long",
        "texts_are_limited",
        "every_write_keeps_the_limits",
        "events_are_limited",
    ),
    _tolerates(
        "nul_is_stored",
        "text-nul",
        "a_refused_write_voids_its_transaction",
        "unstorable_text_is_refused",
        "every_write_keeps_the_limits",
        "events_are_limited",
    ),
    _tolerates("bodies_are_unlimited", "record-too-large", "bodies_are_limited", "every_write_keeps_the_limits"),
    _tolerates("events_are_unlimited", "event-too-large", "events_are_limited"),
    _tolerates("ids_may_be_empty", "id-empty", "ids_and_versions_are_real"),
    _tolerates("words_need_no_folding", "word-not-folded", "words_are_folded_before", "every_write_keeps_the_limits"),
)


@MUTANTS.change(MemoryWriter, "_put", "texts_are_limited", "long_texts_differ_to_their_end")
def texts_are_cut(writer, honest, changes):
    cut = [(old, new and attrs.evolve(new, words=frozenset(w[:100] for w in new.words))) for old, new in changes]
    honest(cut)


@MUTANTS.change(MemoryWriter, "_put", "hostile_text_is_stored_unchanged", "owners_are_compared_exactly")
def control_characters_are_stripped(writer, honest, changes):
    strip = [(old, new and attrs.evolve(new, owner=new.owner.strip())) for old, new in changes]
    honest(strip)


@MUTANTS.change(MemoryWriter, "lock", "lock_answers_the_record")
def lock_ignores_the_version(writer, honest, kind, id, version=None):
    return honest(kind, id)


@MUTANTS.change(MemoryWriter, "lock", "a_kind_must_be_installed", "lock_answers_the_record")
def lock_finds_every_kind(writer, honest, kind, id, version=None):
    there = writer._snapshot.records.get((kind, id)) is not None
    return honest(kind if there else "contact", id, version)


@MUTANTS.change(MemoryStorage, "tidy", "tidying_changes_no_answer")
def tidy_forgets_words(storage, honest, *, whole=False):
    honest(whole=whole)
    for name in list(storage._snapshots):
        with storage.write(name) as writer:
            writer.reindex([attrs.evolve(one, words=frozenset()) for one in writer.dump("contact")[:1]])


@MUTANTS.change(MemoryStorage, "tidy", "tidying_changes_no_answer")
def tidy_tells_of_itself(storage, honest, *, whole=False):
    honest(whole=whole)
    for name in list(storage._snapshots):
        with storage.write(name) as writer:
            writer.publish([Event(name="tidied", subject=name, at="2026-01-31T00:00:00Z")])
