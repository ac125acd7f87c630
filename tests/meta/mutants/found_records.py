"""Mutants of `find_records`: adapters that override it wrongly, while `find` and `get` are right."""

from __future__ import annotations

from contextlib import contextmanager

import attrs

from contactcore.errors import Invalid
from contactcore.storage import SYSTEM, FoundRecords
from contactcore_memory import MemoryStorage
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter
from meta.mutants.mutant import BrokenStorage, Mutant, Mutants

MUTANTS = Mutants()


def _each(found, **changes):
    """The answer with other fields of each record."""
    records = [attrs.evolve(one, **{name: new(one) for name, new in changes.items()}) for one in found.records]
    return attrs.evolve(found, records=tuple(records))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_have_their_card_as_body(reader, honest, query):
    return _each(honest(query), body=lambda one: one.card)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_lose_their_card(reader, honest, query):
    return _each(honest(query), card=lambda one: b"{}")


@MUTANTS.change(MemoryReader, "find_records")
def found_records_are_utf_8(reader, honest, query):
    return _each(honest(query), body=lambda one: one.body.decode(errors="replace").encode())


@MUTANTS.change(MemoryReader, "find_records")
def found_records_belong_to_themselves(reader, honest, query):
    return _each(honest(query), owner=lambda one: one.owner or one.id)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_show_the_access_of_the_actor(reader, honest, query):
    seen = frozenset() if query.access is SYSTEM else query.access
    return _each(honest(query), access=lambda one: one.access & seen if seen else one.access)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_are_all_of_version_1(reader, honest, query):
    return _each(honest(query), version=lambda one: 1)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_ignore_access(reader, honest, query):
    return honest(attrs.evolve(query, access=SYSTEM) if query.access else query)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_ignore_distinct_owner(reader, honest, query):
    return honest(attrs.evolve(query, distinct_owner=False))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_always_ascend(reader, honest, query):
    return honest(attrs.evolve(query, descending=False))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_forget_the_cursor(reader, honest, query):
    honest(query)
    return honest(attrs.evolve(query, after=None))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_ignore_words(reader, honest, query):
    return honest(attrs.evolve(query, words=()))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_stand_by_id(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, records=tuple(sorted(found.records, key=lambda one: one.id)))


@MUTANTS.change(MemoryReader, "find_records")
def more_found_records_are_never_told(reader, honest, query):
    return attrs.evolve(honest(query), more=False)


@MUTANTS.change(MemoryReader, "find_records")
def more_found_records_when_the_page_is_full(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, more=len(found.records) == query.limit)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_have_one_cursor(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, first=found.last)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_stop(reader, honest, query):
    return honest(attrs.evolve(query, limit=min(query.limit, 500)) if query.limit > 0 else query)


@MUTANTS.change(MemoryReader, "find_records")
def too_many_found_records_are_clipped(reader, honest, query):
    return honest(attrs.evolve(query, limit=min(max(query.limit, 1), 1_000)))


@MUTANTS.change(MemoryReader, "find_records")
def found_records_of_an_unknown_kind_are_none(reader, honest, query):
    return honest(query) if query.kind in reader._kinds else FoundRecords((), None, None, more=False)


@MUTANTS.change(MemoryReader, "find_records")
def found_records_of_unstorable_text_are_none(reader, honest, query):
    try:
        return honest(query)
    except Invalid as error:
        if not error.code.startswith("text-"):
            raise
        return FoundRecords((), None, None, more=False)


@MUTANTS.change(MemoryReader, "find_records")
def void_writers_find_records(reader, honest, query):
    usable, reader.usable = reader.usable, True
    try:
        return honest(query)
    finally:
        reader.usable = usable


@MUTANTS.storage()
class WritersFindTheRecordsOfBefore(BrokenStorage):
    class Writing(MemoryWriter):
        def __init__(self, kinds, snapshot):
            super().__init__(kinds, snapshot)
            self._before = MemoryReader(kinds, snapshot.fork())

        def find_records(self, query):
            super().find_records(query)  # refuses what cannot be asked
            return self._before.find_records(query)


@MUTANTS.storage()
class ReadersFindTheNewestRecords(BrokenStorage):
    @contextmanager
    def read(self, workspace):
        with super().read(workspace) as reader:
            vars(reader)["opened"] = (self, workspace)
            yield reader

    class Reading(MemoryReader):
        def find_records(self, query):
            storage, workspace = vars(self).get("opened", (None, ""))
            if storage is None or not self.usable:
                return super().find_records(query)
            with MemoryStorage.read(storage, workspace) as newest:
                return MemoryReader.find_records(newest, query)


def _remembers(name, *forgets):
    """A storage that remembers the records of a question for all readers, and forgets them at some writes only."""

    class Remembering(BrokenStorage):
        @contextmanager
        def read(self, workspace):
            with super().read(workspace) as reader:
                vars(reader)["known"] = self.known(workspace)
                yield reader

        @contextmanager
        def write(self, workspace):
            with super().write(workspace) as writer:
                vars(writer)["known"] = {}
                yield writer
                vars(writer)["known"] = None
            if forgets == ("commit",):
                self.known(workspace).clear()

        def known(self, workspace):
            return self.__dict__.setdefault("everything", {}).setdefault(workspace, {})

    def remembered(reader, query):
        known = vars(reader).get("known")
        if known is None:
            return MemoryReader.find_records(reader, query)
        asked = repr(query)
        if asked not in known:
            known[asked] = MemoryReader.find_records(reader, query)
        return known[asked]

    def forgetting(write):
        def call(writer, *arguments, **options):
            answer = getattr(MemoryWriter, write)(writer, *arguments, **options)
            (vars(writer).get("known") or {}).clear()
            return answer

        return call

    class Mine(Remembering):
        Reading = type("Reading", (MemoryReader,), {"find_records": remembered})
        Writing = type("Writing", (MemoryWriter,), {write: forgetting(write) for write in forgets if write != "commit"})

    MUTANTS.append(Mutant(name, (), Mine))


_WRITES = ("insert", "insert_fresh", "replace", "delete", "set_access", "reindex", "claim", "load")

_remembers("found_records_are_remembered")
for _left in _WRITES[2:]:
    _remembers(f"found_records_survive_{_left}", *(write for write in _WRITES if write != _left))
