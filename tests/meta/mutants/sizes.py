"""Mutants of sizes: a part beyond some number is lost, ignored or cut. The tests set the sizes of the laws to it."""

from __future__ import annotations

from contextlib import contextmanager

import attrs

from contactcore.storage import SYSTEM
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import Mutant, Mutants, broken

MUTANTS = Mutants()

CAP = 100
"""Records, events, ids or calls."""
TEXTS = 200
"""Texts of one record."""
GROUPS = 10
"""Groups or words of one question."""


@MUTANTS.change(MemoryWriter, "insert")
def inserts_stop(writer, honest, records, existing="refuse"):
    honest(records[:CAP], existing)
    return [record.id for record in records]


@MUTANTS.change(MemoryWriter, "insert")
def kept_inserts_stop(writer, honest, records, existing="refuse"):
    if existing != "keep":
        return honest(records, existing)
    return honest(records[:CAP], existing) + [record.id for record in records[CAP:]]


@MUTANTS.change(MemoryWriter, "_check_references")
def references_are_checked_up_to_a_number(writer, honest, records):
    honest(list(records)[:CAP])


@MUTANTS.change(MemoryWriter, "reindex")
def reindexing_stops(writer, honest, records):
    honest(records[: CAP // 5])


@MUTANTS.change(MemoryWriter, "set_access")
def set_access_stops(writer, honest, kind, owner, access, ids=None):
    few = [id for (id,) in writer._snapshot.run("owner", kind, owner).walk()][:CAP]
    honest(kind, owner, access, few if ids is None else ids)


@MUTANTS.change(MemoryWriter, "set_access")
def set_access_takes_some_ids(writer, honest, kind, owner, access, ids=None):
    honest(kind, owner, access, None if ids is None else ids[:CAP])


@MUTANTS.change(MemoryWriter, "load")
def loading_stops(writer, honest, records, events=()):
    honest(records[:CAP], events)


@MUTANTS.change(MemoryWriter, "load")
def loading_of_events_stops(writer, honest, records, events=()):
    honest(records, events[:CAP])


@MUTANTS.change(MemoryWriter, "publish")
def publishing_stops(writer, honest, events):
    honest(list(events)[:CAP])


@MUTANTS.change(MemoryWriter, "publish")
def a_transaction_publishes_so_many(writer, honest, events):
    honest(list(events)[: max(CAP - len(writer._events), 0)])


@MUTANTS.change(MemoryReader, "get")
def get_stops(reader, honest, kind, ids):
    return honest(kind, ids[:CAP]) + [None] * len(ids[CAP:])


@MUTANTS.change(MemoryReader, "holders")
def holders_stop(reader, honest, keys):
    return honest(keys[:CAP]) + [None] * len(keys[CAP:])


def _capped(name, when, cap=CAP):
    def count(reader, query, boundaries=()):
        found = MemoryReader.count(reader, query, boundaries)
        return tuple(min(number, cap) for number in found) if when(query, boundaries) else found

    MUTANTS.append(Mutant(name, (), broken(MemoryReader, {"count": count})))


_capped("counts_stop", lambda query, boundaries: not query.words and not query.where and query.access is SYSTEM)
_capped("counts_of_words_stop", lambda query, boundaries: query.words)
_capped("counts_of_terms_stop", lambda query, boundaries: query.where)
_capped("counts_of_access_stop", lambda query, boundaries: query.access is not SYSTEM, CAP // 2)
_capped("counts_by_ranges_stop", lambda query, boundaries: boundaries)
_capped("counts_of_other_orders_stop", lambda query, boundaries: query.order != "name")


@MUTANTS.change(MemoryReader, "count")
def boundaries_stop(reader, honest, query, boundaries=()):
    return honest(query, boundaries[:CAP]) + (0,) * len(boundaries[CAP:])


@MUTANTS.change(MemoryReader, "feed")
def feeds_stop(reader, honest, after=0, limit=1_000):
    return honest(after, min(limit, CAP) if limit > 0 else limit)


@MUTANTS.change(MemoryReader, "feed")
def feeds_end(reader, honest, after=0, limit=1_000):
    return [one for one in honest(after, limit) if one.position <= CAP or one.position != reader._snapshot.length]


@MUTANTS.change(MemoryReader, "dump")
def dumps_stop(reader, honest, kind, after_id="", limit=1_000):
    return honest(kind, after_id, min(limit, CAP))


@MUTANTS.change(MemoryReader, "dump")
def dumps_begin_near_the_front(reader, honest, kind, after_id="", limit=1_000):
    found = honest(kind, "", 2**31 - 1) if limit > 0 else honest(kind, after_id, limit)
    return [one for one in found[: CAP + 5] if one.id > after_id][:limit] or honest(kind, after_id, limit)[:0]


@MUTANTS.change(MemoryReader, "_answers")
def walks_end(reader, honest, query, wanted):
    far = {it[1].id for it in list(honest(attrs.evolve(query, after=None), 2**31))[CAP:]}
    return (it for it in honest(query, wanted) if query.limit < CAP or it[1].id not in far)


@MUTANTS.change(MemoryReader, "_answers")
def the_last_cannot_be_reached(reader, honest, query, wanted):
    number = reader._snapshot.run("all", query.kind, query.order).size((), None)
    return (it for n, it in enumerate(honest(query, wanted)) if number < CAP or it[0][0] != f"{number - 1:05}")


@MUTANTS.change(MemoryReader, "_answers")
def groups_of_a_question_stop(reader, honest, query, wanted):
    return honest(attrs.evolve(query, where=query.where[:GROUPS]), wanted)


@MUTANTS.change(MemoryReader, "_answers")
def words_of_a_question_stop(reader, honest, query, wanted):
    return honest(attrs.evolve(query, words=query.words[:GROUPS]), wanted)


@MUTANTS.change(MemoryReader, "_answers")
def access_of_a_question_stops(reader, honest, query, wanted):
    access = query.access if query.access is SYSTEM else frozenset(sorted(query.access)[:GROUPS])
    return honest(attrs.evolve(query, access=access), wanted)


@MUTANTS.change(MemoryReader, "_answers")
def terms_of_a_group_stop(reader, honest, query, wanted):
    where = tuple(frozenset(sorted(group)[:CAP]) for group in query.where)
    return honest(attrs.evolve(query, where=where), wanted)


def _indexes(name, change):
    """A storage that indexes another record than it stores."""

    def put(writer, changes):
        MemoryWriter._put(writer, [(old, new and change(new)) for old, new in changes])
        for _, new in changes:
            if new is not None:
                copy = attrs.evolve(new, orders=dict(new.orders), references=dict(new.references))
                writer._snapshot.records.put((new.kind, new.id), copy)

    MUTANTS.append(Mutant(name, (), broken(MemoryWriter, {"_put": put})))


def _some_of(field, cap=TEXTS):
    return lambda record: attrs.evolve(record, **{field: frozenset(sorted(getattr(record, field))[:cap])})


_indexes("words_of_a_record_stop", _some_of("words"))
_indexes("terms_of_a_record_stop", _some_of("terms"))
_indexes("access_of_a_record_stops", _some_of("access"))


@MUTANTS.change(MemoryWriter, "_take_keys")
def keys_of_a_record_stop(writer, honest, record):
    honest(_some_of("keys")(record))


def _cut(field, longest=127):
    return lambda record: attrs.evolve(record, **{field: frozenset(text[:longest] for text in getattr(record, field))})


_indexes("terms_are_cut", _cut("terms"))
_indexes("words_are_cut", _cut("words"))
_indexes("access_is_cut", _cut("access"))


@MUTANTS.change(MemoryWriter, "_take_keys")
def keys_are_cut(writer, honest, record):
    honest(_cut("keys")(record))


_indexes("owners_are_cut", lambda record: attrs.evolve(record, owner=record.owner[:127]))
_indexes(
    "variants_are_cut",
    lambda record: attrs.evolve(record, orders={name[:127]: key for name, key in record.orders.items()}),
)
_indexes(
    "targets_are_cut",
    lambda record: attrs.evolve(record, references={name: id[:127] for name, id in record.references.items()}),
)


@MUTANTS.change(MemoryReader, "_answers")
def keys_are_sorted_by_their_beginning(reader, honest, query, wanted):
    found = sorted(honest(query, 2**31), key=lambda it: (it[0][0][:255], it[0][1]), reverse=query.descending)
    return iter(found)


@MUTANTS.change(MemoryReader, "_answers")
def ranges_begin_and_end_at_cut_keys(reader, honest, query, wanted):
    stop = query.stop and query.stop[:255]
    return honest(attrs.evolve(query, start=query.start[:255], stop=stop), wanted)


@MUTANTS.change(MemoryReader, "get")
def ids_are_cut(reader, honest, kind, ids):
    found = honest(kind, ids)
    dumped = {one.id[:127]: one for one in reader.dump(kind)}
    return [
        it or (one.stored() if len(id) == 128 and (one := dumped.get(id[:127])) else None)
        for id, it in zip(ids, found, strict=True)
    ]


@MUTANTS.change(MemoryReader, "holders")
def keys_are_looked_up_by_their_beginning(reader, honest, keys):
    first = {}
    for key in sorted(keys, reverse=True):
        first[key[:127]] = key
    return honest([first[key[:127]] for key in keys])


@MUTANTS.change(MemoryReader, "blob")
def digests_are_cut(reader, honest, digest):
    return honest(digest) or next((it for end in "yx" if (it := honest(digest[:127] + end))), None)


@MUTANTS.change(MemoryReader, "_answers")
def distinct_owner_compares_beginnings(reader, honest, query, wanted):
    seen: set[str] = set()
    for it in honest(query, wanted):
        if not query.distinct_owner or it[1].owner[:127] not in seen:
            yield it
        seen.add(it[1].owner[:127])


def _cut_names(*methods):
    def cutting(method):
        return lambda storage, workspace: getattr(MemoryStorage, method)(storage, workspace[:127])

    return broken(MemoryStorage, {method: cutting(method) for method in methods})


MUTANTS += (
    Mutant("names_of_workspaces_are_cut", (), _cut_names("read", "write", "create", "drop")),
    Mutant("names_are_cut_when_read", (), _cut_names("read")),
    Mutant("names_are_cut_when_dropped", (), _cut_names("drop")),
)


@MUTANTS.change(MemoryStorage, "write")
@contextmanager
def a_long_transaction_commits_by_itself(storage, honest, workspace):
    with honest(workspace) as writer:
        insert, calls = writer.insert, 0

        def counted(*arguments, **options):
            nonlocal calls
            calls += 1
            ids = insert(*arguments, **options)
            if calls == CAP:
                storage._snapshots[workspace] = writer._snapshot.fork()
            return ids

        writer.insert = counted
        yield writer


@MUTANTS.change(MemoryStorage, "write")
@contextmanager
def a_long_transaction_forgets_its_beginning(storage, honest, workspace):
    with honest(workspace) as writer:
        first = writer._snapshot
        yield writer
        if len(writer._events) > CAP and writer.usable:
            first.keys.drop("k1")
