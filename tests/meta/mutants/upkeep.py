"""Mutants of access, derived fields, claims, limits, and of what is put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import (
    Event,
    Query,
    Record,
    Stored,
)
from contactcore_memory.writing import MemoryWriter

Ids = Sequence[str] | None


def _bump(writer: MemoryWriter, kind: str, ids: Iterable[str]) -> None:
    records = [writer._current(kind, id) for id in ids]
    writer._put([(record, attrs.evolve(record, version=record.version + 1)) for record in records])


class SetAccessCountsVersions(Mutant):
    breaks = (
        "set_access_touches_neither_body_nor_version",
        "a_dump_shows_the_present",
    )

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids)
            _bump(
                self,
                kind,
                [id for (id,) in self._snapshot.run("owner", kind, owner).walk() if ids is None or id in ids],
            )


class SetAccessIgnoresIds(Mutant):
    breaks = ("set_access_can_pick_records",)

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids or None)


class SetAccessIgnoresTheOwnerOfIds(Mutant):
    breaks = ("set_access_can_pick_records",)

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access, ids)
            for record in [self._snapshot.records.get((kind, id)) for id in ids or ()]:
                if record is not None:
                    self._put([(record, attrs.evolve(record, access=access))])


class SetAccessReachesEveryKind(Mutant):
    breaks = (
        "a_kind_must_be_installed",
        "set_access_sets_the_access_of_an_owner",
    )

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            for each in ("contact", "note"):
                super().set_access(each, owner, access, ids)


class SetAccessAdds(Mutant):
    breaks = (
        "set_access_sets_the_access_of_an_owner",
        "set_access_touches_neither_body_nor_version",
        "set_access_can_pick_records",
        "set_access_reaches_the_ownerless_and_the_hidden",
        "a_dump_shows_the_present",
        "owners_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def set_access(self, kind: str, owner: str, access: frozenset[str], ids: Ids = None) -> None:
            super().set_access(kind, owner, access | {"visible:*"}, ids)


class ReindexCountsVersions(Mutant):
    breaks = (
        "reindex_sets_what_is_derived",
        "a_dump_shows_the_present",
    )

    class Writing(MemoryWriter):
        def reindex(self, records: Sequence[Record]) -> None:
            super().reindex(records)
            for record in records:
                _bump(self, record.kind, [record.id])


class ReindexOfAnyVersion(Mutant):
    breaks = (
        "reindex_needs_the_stored_version",
        "a_refused_write_voids_its_transaction",
    )

    class Writing(MemoryWriter):
        def reindex(self, records: Sequence[Record]) -> None:
            there = [self._snapshot.records.get((record.kind, record.id)) or record for record in records]
            pairs = zip(records, there, strict=True)
            super().reindex([attrs.evolve(record, version=one.version) for record, one in pairs])


class ReindexSkipsTheMissing(Mutant):
    breaks = (
        "a_kind_must_be_installed",
        "reindex_needs_the_stored_version",
    )

    class Writing(MemoryWriter):
        def reindex(self, records: Sequence[Record]) -> None:
            super().reindex(
                [one for one in records if self._snapshot.records.get((one.kind, one.id)) or not self.usable]
            )


class ReindexForgetsTheCard(Mutant):
    breaks = (
        "reindex_sets_what_is_derived",
        "a_dump_shows_the_present",
        "every_write_keeps_the_limits",
    )

    class Writing(MemoryWriter):
        def reindex(self, records: Sequence[Record]) -> None:
            super().reindex([attrs.evolve(record, card=b"{}") for record in records])


class ClaimDoesNotMove(Mutant):
    breaks = (
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

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            before = [self._current(query.kind, card.id) for card in self.find(query).cards]
            taken = super().claim(query, until)
            self._put([(self._current(one.kind, one.id), one) for one in before])
            return taken


class ClaimCountsVersions(Mutant):
    breaks = (
        "a_claim_changes_nothing_else",
        "a_claim_asks_the_whole_question",
        "a_dump_shows_the_present",
    )

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            taken = super().claim(query, until)
            _bump(self, query.kind, [one.id for one in taken])
            return taken


class ClaimIgnoresTheLimit(Mutant):
    breaks = (
        "a_claim_takes_what_answers",
        "a_claim_asks_the_whole_question",
    )

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, limit=1_000), until)


class ClaimIgnoresWords(Mutant):
    breaks = ("a_claim_keeps_words_and_terms",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, words=()), until)


class ClaimMovesEveryOrder(Mutant):
    breaks = (
        "a_claim_moves_what_it_takes",
        "a_claim_changes_nothing_else",
        "a_claim_asks_the_whole_question",
    )

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            taken = super().claim(query, until)
            for record in [self._current(one.kind, one.id) for one in taken]:
                self._put([(record, attrs.evolve(record, orders=dict.fromkeys(record.orders, until)))])
            return taken


def _tolerates(*codes: str) -> type[MemoryWriter]:
    class Writing(MemoryWriter):
        def _check(self, records: Sequence[Record]) -> None:
            try:
                super()._check(records)
            except Invalid as error:
                if error.code not in codes:
                    raise

        def publish(self, events: Iterable[Event]) -> None:
            try:
                super().publish(events)
            except Invalid as error:
                self.usable = error.code in codes
                if not self.usable:
                    raise

    return Writing


class TextsAreUnlimited(Mutant):
    breaks = (
        "texts_are_limited",
        "every_write_keeps_the_limits",
        "events_are_limited",
    )
    Writing = _tolerates("text-too-long")


class NulIsStored(Mutant):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "unstorable_text_is_refused",
        "every_write_keeps_the_limits",
        "events_are_limited",
    )
    Writing = _tolerates("text-nul")


class BodiesAreUnlimited(Mutant):
    breaks = (
        "bodies_are_limited",
        "every_write_keeps_the_limits",
    )
    Writing = _tolerates("record-too-large")


class EventsAreUnlimited(Mutant):
    breaks = ("events_are_limited",)
    Writing = _tolerates("event-too-large")


class IdsMayBeEmpty(Mutant):
    breaks = ("ids_and_versions_are_real",)
    Writing = _tolerates("id-empty")


class WordsNeedNoFolding(Mutant):
    breaks = (
        "words_are_folded_before",
        "every_write_keeps_the_limits",
    )
    Writing = _tolerates("word-not-folded")


class TextsAreCut(Mutant):
    breaks = (
        "texts_are_limited",
        "long_texts_differ_to_their_end",
    )

    class Writing(MemoryWriter):
        def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
            cut = [
                (old, new and attrs.evolve(new, words=frozenset(w[:100] for w in new.words))) for old, new in changes
            ]
            super()._put(cut)


class ControlCharactersAreStripped(Mutant):
    breaks = (
        "hostile_text_is_stored_unchanged",
        "owners_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
            strip = [(old, new and attrs.evolve(new, owner=new.owner.strip())) for old, new in changes]
            super()._put(strip)


class LockIgnoresTheVersion(Mutant):
    breaks = ("lock_answers_the_record",)

    class Writing(MemoryWriter):
        def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
            return super().lock(kind, id)


class LockFindsEveryKind(Mutant):
    breaks = (
        "a_kind_must_be_installed",
        "lock_answers_the_record",
    )

    class Writing(MemoryWriter):
        def lock(self, kind: str, id: str, version: int | None = None) -> Stored:
            there = self._snapshot.records.get((kind, id)) is not None
            return super().lock(kind if there else "contact", id, version)


class TidyForgetsWords(Mutant):
    breaks = ("tidying_changes_no_answer",)

    def tidy(self, *, whole: bool = False) -> None:
        super().tidy(whole=whole)
        for name in list(self._snapshots):
            with self.write(name) as writer:
                writer.reindex([attrs.evolve(one, words=frozenset()) for one in writer.dump("contact")[:1]])


class TidyTellsOfItself(Mutant):
    breaks = ("tidying_changes_no_answer",)

    def tidy(self, *, whole: bool = False) -> None:
        super().tidy(whole=whole)
        for name in list(self._snapshots):
            with self.write(name) as writer:
                writer.publish([Event(name="tidied", subject=name, at="2026-01-31T00:00:00Z")])
