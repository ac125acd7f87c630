"""Mutants of blobs, the feed, dumping and loading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from sabotage import Mutant

from contactcore.storage import (
    Event,
    Published,
    Record,
    check_usable,
)
from contactcore_memory.reading import MemoryReader
from contactcore_memory.writing import MemoryWriter


class EmptyBlobIsNone(Mutant):
    breaks = (
        "bytes_come_back_whole",
        "the_same_digest_changes_nothing",
    )

    class Reading(MemoryReader):
        def blob(self, digest: str) -> bytes | None:
            return super().blob(digest) or None


class LastBlobWins(Mutant):
    breaks = ("the_same_digest_changes_nothing",)

    class Writing(MemoryWriter):
        def keep_blob(self, digest: str, data: bytes) -> None:
            if self.usable and not {"\x00", "\ud800"} & set(digest):
                self.drop_blob(digest)
            super().keep_blob(digest, data)


class BlobsAreNeverDropped(Mutant):
    breaks = (
        "dropped_bytes_are_gone",
        "every_write_keeps_the_limits",
        "digests_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def drop_blob(self, digest: str) -> None:
            check_usable(self)


class FeedStartsAtItsPosition(Mutant):
    breaks = ("the_feed_is_read_in_pieces",)

    class Reading(MemoryReader):
        def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
            return super().feed(after - 1, limit)


class FeedIgnoresItsLimit(Mutant):
    breaks = ("the_feed_is_read_in_pieces",)

    class Reading(MemoryReader):
        def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
            return super().feed(after, max(limit, 1_000) if limit > 0 else limit)


class FeedForgetsData(Mutant):
    breaks = (
        "an_event_comes_back_as_published",
        "events_are_limited",
    )

    class Writing(MemoryWriter):
        def publish(self, events: Iterable[Event]) -> None:
            super().publish(attrs.evolve(event, data=b"{}") for event in events)


class FeedSwallowsTwins(Mutant):
    breaks = ("an_event_comes_back_as_published",)

    class Writing(MemoryWriter):
        def publish(self, events: Iterable[Event]) -> None:
            super().publish(dict.fromkeys(events))


class FeedIsSortedByName(Mutant):
    breaks = ("positions_count_from_1",)

    class Writing(MemoryWriter):
        def publish(self, events: Iterable[Event]) -> None:
            super().publish(sorted(events, key=lambda event: event.name))


class FeedShowsWhatIsNotCommitted(Mutant):
    breaks = ("events_appear_with_the_commit",)

    class Writing(MemoryWriter):
        def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
            own = [Published(9, event) for event in self._events if isinstance(event, Event)]
            return super().feed(after, limit) + own


class DumpHidesTrash(Mutant):
    breaks = (
        "scrubbing_changes_nothing",
        "a_dump_holds_whole_records",
    )

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            return [one for one in super().dump(kind, after_id, limit) if one.access]


class DumpForgetsWords(Mutant):
    breaks = (
        "replace_leaves_nothing_of_the_old_record",
        "what_was_deleted_is_free_at_once",
        "set_access_touches_neither_body_nor_version",
        "reindex_sets_what_is_derived",
        "a_dump_holds_whole_records",
        "what_was_dumped_can_be_loaded",
        "texts_are_limited",
    )

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            return [attrs.evolve(one, words=frozenset()) for one in super().dump(kind, after_id, limit)]


class DumpStartsAtItsId(Mutant):
    breaks = ("a_dump_goes_by_id",)

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            there = self._snapshot.records.get((kind, after_id))
            return ([there] if there else []) + super().dump(kind, after_id, limit)


class DumpGoesByUTF16(Mutant):
    breaks = ("a_dump_goes_by_id",)

    class Reading(MemoryReader):
        def dump(self, kind: str, after_id: str = "", limit: int = 1_000) -> list[Record]:
            return sorted(super().dump(kind, after_id, limit), key=lambda one: one.id.encode("utf-16-be"))


class LoadCountsFromOne(Mutant):
    breaks = ("what_was_dumped_can_be_loaded",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load([attrs.evolve(record, version=1) for record in records], events)


class LoadNumbersEventsAnew(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "scrubbing_changes_nothing",
        "a_loaded_feed_goes_on",
        "a_taken_position_is_refused",
    )

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(records)
            self.publish(published.event for published in events)


class LoadKeepsWhatIsThere(Mutant):
    breaks = ("loading_over_something_is_refused",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            fresh = [one for one in records if self._snapshot.records.get((one.kind, one.id)) is None]
            super().load(fresh, events)


class LoadChecksReferencesAtOnce(Mutant):
    breaks = (
        "what_was_dumped_can_be_loaded",
        "loaded_references_are_checked_at_the_end",
    )

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(records, events)
            self._check_references(records)


class LoadNeverChecksReferences(Mutant):
    breaks = ("loaded_references_are_checked_at_the_end",)

    class Writing(MemoryWriter):
        def load(self, records: Sequence[Record], events: Sequence[Published] = ()) -> None:
            super().load(records, events)
            self._loaded.clear()
