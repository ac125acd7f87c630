"""Mutants that show what access hides, that change bytes, and that give other answers than the port has chosen."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.storage import SYSTEM, DuplicateKey
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutant, Mutants, broken

MUTANTS = Mutants()


def _unguarded(name, when):
    """A storage that ignores access in some questions."""

    def answers(reader, query, wanted):
        found = MemoryReader._answers(reader, query, wanted)  # refuses what cannot be asked
        open_ = query.access is not SYSTEM and query.access and when(query)
        return MemoryReader._answers(reader, attrs.evolve(query, access=SYSTEM), wanted) if open_ else found

    MUTANTS.append(Mutant(name, (), broken(MemoryReader, {"_answers": answers})))


def _names_access(query):
    return any(term.startswith("visible:") for group in query.where for term in group)


_unguarded("where_replaces_access", _names_access)
_unguarded("where_replaces_access_in_other_orders", lambda query: _names_access(query) and query.order == "recent")
_unguarded("words_of_a_variant_ignore_access", lambda query: query.words and ":" in query.order)
_unguarded("variants_ignore_access", lambda query: query.order == "name:pl")
_unguarded("words_and_terms_ignore_access", lambda query: query.words and query.where)
_unguarded("ranges_ignore_access", lambda query: query.stop is not None and query.start)
_unguarded("distinct_owner_ignores_access", lambda query: query.distinct_owner)
_unguarded("backwards_ignores_access", lambda query: query.descending)


@MUTANTS.change(MemoryWriter, "claim")
def claims_ignore_access(writer, honest, query, until):
    return honest(attrs.evolve(query, access=SYSTEM), until)


@MUTANTS.change(MemoryReader, "count")
def counts_by_ranges_ignore_access(reader, honest, query, boundaries=()):
    return honest(attrs.evolve(query, access=SYSTEM) if boundaries and query.access else query, boundaries)


@MUTANTS.change(MemoryReader, "_answers")
def a_hidden_record_hides_its_owner(reader, honest, query, wanted):
    if not query.distinct_owner or query.access is SYSTEM or query.after:
        return honest(query, wanted)
    firsts = {it[1].id for it in honest(attrs.evolve(query, access=SYSTEM), 2**31)}
    return (it for it in honest(query, 2**31) if it[1].id in firsts)


def _keeps_access(name, method):
    """A storage that adds access terms where it should replace them."""

    def put(writer, changes):
        adding = vars(writer).get("adding")
        mixed = [
            (old, new and attrs.evolve(new, access=new.access | old.access) if adding and old else new)
            for old, new in changes
        ]
        MemoryWriter._put(writer, mixed)

    def call(writer, *arguments, **options):
        vars(writer)["adding"] = True
        try:
            return getattr(MemoryWriter, method)(writer, *arguments, **options)
        finally:
            vars(writer)["adding"] = False

    MUTANTS.append(Mutant(name, (), broken(MemoryWriter, {"_put": put, method: call})))


_keeps_access("replacing_keeps_the_old_access", "replace")
_keeps_access("reindexing_keeps_the_old_access", "reindex")


def _stale_postings(name, stays):
    """A storage that leaves some index entries of a replaced record behind."""

    def put(writer, changes):
        before = {
            (index, entry)
            for old, new in changes
            if old is not None and new is not None and old.access != new.access
            for term in old.access - new.access
            for order, key in old.orders.items()
            if stays(order) and new.orders.get(order) == key
            for index, entry in [(("term", old.kind, order, term), (key, old.id))]
        }
        MemoryWriter._put(writer, changes)
        for index, entry in before:
            writer._snapshot.runs.put(index, writer._snapshot.run(*index).changed([entry]).chunks)

    def answers(reader, query, wanted):
        if query.access is SYSTEM or not stays(query.order):
            return MemoryReader._answers(reader, query, wanted)
        stale = {
            id for term in query.access for _, id in reader._snapshot.run("term", query.kind, query.order, term).walk()
        }
        found = MemoryReader._answers(reader, attrs.evolve(query, access=SYSTEM), wanted)
        return (it for it in found if it[1].id in stale)

    class Storage(broken(MemoryReader, {"_answers": answers})):  # type: ignore[misc] # made at run time
        Writing = type("Writing", (MemoryWriter,), {"_put": put})

    MUTANTS.append(Mutant(name, (), Storage))


_stale_postings("old_access_stays_in_variants", lambda order: ":" in order)
_stale_postings("old_access_stays_in_other_orders", lambda order: order == "recent")


def _changes_bytes(name, field, change):
    def put(writer, changes):
        MemoryWriter._put(
            writer, [(old, new and attrs.evolve(new, **{field: change(getattr(new, field))})) for old, new in changes]
        )

    MUTANTS.append(Mutant(name, (), broken(MemoryWriter, {"_put": put})))


_changes_bytes("bodies_have_unix_line_ends", "body", lambda data: data.replace(b"\r\n", b"\n"))
_changes_bytes("bodies_are_utf_8", "body", lambda data: data.decode(errors="replace").encode())
_changes_bytes("bodies_end_at_nul", "body", lambda data: data.split(b"\x00")[0])
_changes_bytes("bodies_are_stripped", "body", bytes.rstrip)
_changes_bytes("cards_are_utf_8", "card", lambda data: data.decode(errors="surrogateescape").encode(errors="replace"))
_changes_bytes("cards_have_unix_line_ends", "card", lambda data: data.replace(b"\r\n", b"\n"))
_changes_bytes("empty_bodies_are_objects", "body", lambda data: data or b"{}")


@MUTANTS.change(MemoryWriter, "publish")
def data_of_events_is_utf_8(writer, honest, events):
    honest([attrs.evolve(event, data=event.data.decode(errors="replace").encode()) for event in events])


@MUTANTS.change(MemoryWriter, "publish")
def data_of_events_is_stripped(writer, honest, events):
    honest([attrs.evolve(event, data=event.data.strip(b"\r\n")) for event in events])


@MUTANTS.change(MemoryWriter, "keep_blob")
def blobs_have_unix_line_ends(writer, honest, digest, data):
    honest(digest, data.replace(b"\r\n", b"\n"))


@MUTANTS.change(MemoryWriter, "keep_blob")
def blobs_are_unlimited(writer, honest, digest, data):
    honest(digest, data[:16_000_000])


@MUTANTS.change(MemoryWriter, "keep_blob")
def blobs_are_cut(writer, honest, digest, data):
    if len(data) > 16_000_000:
        honest(digest, data)
    honest(digest, data[:10_000_000])


@MUTANTS.change(MemoryWriter, "_holder")
def keep_prefers_the_key(writer, honest, record, *, keep):
    found = honest(record, keep=keep)
    holders = [
        holder[1]
        for key in record.keys
        if (holder := writer._snapshot.keys.get(key)) is not None and holder[0] == record.kind
    ]
    return min(holders) if keep and found and holders else found


@MUTANTS.change(MemoryWriter, "_holder")
def keep_answers_the_largest_id(writer, honest, record, *, keep):
    found = honest(record, keep=keep)
    holders = [holder[1] for key in record.keys if (holder := writer._snapshot.keys.get(key)) is not None]
    return max(holders) if keep and found and found != record.id else found


@MUTANTS.change(MemoryWriter, "_holder")
def keep_refuses_keys_of_others(writer, honest, record, *, keep):
    for key in sorted(record.keys) if keep else ():
        holder = writer._snapshot.keys.get(key)
        if holder is not None and holder[0] != record.kind:
            raise DuplicateKey(key, holder[1])
    return honest(record, keep=keep)


@MUTANTS.change(MemoryStorage, "install")
def kinds_are_redeclared(storage, honest, kinds, views=()):
    try:
        honest(kinds, views)
    except Invalid:
        storage._kinds = storage._kinds | {kind.name: kind for kind in kinds if kind.name not in storage._kinds}


@MUTANTS.change(MemoryStorage, "install")
def a_refused_kind_installs_the_others(storage, honest, kinds, views=()):
    try:
        honest(kinds, views)
    except Invalid:
        storage._kinds = storage._kinds | {kind.name: kind for kind in kinds if kind.name not in storage._kinds}
        raise


@MUTANTS.change(MemoryStorage, "install")
def kinds_do_not_grow(storage, honest, kinds, views=()):
    before = storage._kinds
    honest(kinds, views)
    storage._kinds = storage._kinds | before
