"""Saboteurs of access, derived fields, claims, limits, and of what is put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from sabotage import Saboteur

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


class RegrantCountsVersions(Saboteur):
    breaks = (
        "regrant_touches_neither_body_nor_version",
        "a_dump_shows_the_present",
    )

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            super().regrant(kind, scope, access, ids)
            _bump(
                self, kind, [id for (id,) in self._moment.run("scope", kind, scope).walk() if ids is None or id in ids]
            )


class RegrantIgnoresIds(Saboteur):
    breaks = ("regrant_can_pick_records",)

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            super().regrant(kind, scope, access, ids or None)


class RegrantIgnoresTheScopeOfIds(Saboteur):
    breaks = ("regrant_can_pick_records",)

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            super().regrant(kind, scope, access, ids)
            for record in [self._moment.records.get((kind, id)) for id in ids or ()]:
                if record is not None:
                    self._put([(record, attrs.evolve(record, access=access))])


class RegrantReachesEveryKind(Saboteur):
    breaks = (
        "a_kind_must_be_installed",
        "regrant_sets_the_access_of_a_scope",
    )

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            for each in ("contact", "note"):
                super().regrant(each, scope, access, ids)


class RegrantAdds(Saboteur):
    breaks = (
        "regrant_sets_the_access_of_a_scope",
        "regrant_touches_neither_body_nor_version",
        "regrant_can_pick_records",
        "regrant_reaches_the_scopeless_and_the_hidden",
        "a_dump_shows_the_present",
        "scopes_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def regrant(self, kind: str, scope: str, access: frozenset[str], ids: Ids = None) -> None:
            super().regrant(kind, scope, access | {"visible:*"}, ids)


class RederiveCountsVersions(Saboteur):
    breaks = (
        "rederive_sets_what_is_derived",
        "a_dump_shows_the_present",
    )

    class Writing(MemoryWriter):
        def rederive(self, records: Sequence[Record]) -> None:
            super().rederive(records)
            for record in records:
                _bump(self, record.kind, [record.id])


class RederiveOfAnyVersion(Saboteur):
    breaks = (
        "rederive_needs_the_stored_version",
        "a_refused_write_voids_its_transaction",
    )

    class Writing(MemoryWriter):
        def rederive(self, records: Sequence[Record]) -> None:
            there = [self._moment.records.get((record.kind, record.id)) or record for record in records]
            pairs = zip(records, there, strict=True)
            super().rederive([attrs.evolve(record, version=one.version) for record, one in pairs])


class RederiveSkipsTheMissing(Saboteur):
    breaks = (
        "a_kind_must_be_installed",
        "rederive_needs_the_stored_version",
    )

    class Writing(MemoryWriter):
        def rederive(self, records: Sequence[Record]) -> None:
            super().rederive(
                [one for one in records if self._moment.records.get((one.kind, one.id)) or not self.usable]
            )


class RederiveForgetsTheCard(Saboteur):
    breaks = (
        "rederive_sets_what_is_derived",
        "a_dump_shows_the_present",
        "every_write_keeps_the_limits",
    )

    class Writing(MemoryWriter):
        def rederive(self, records: Sequence[Record]) -> None:
            super().rederive([attrs.evolve(record, card=b"{}") for record in records])


class ClaimDoesNotMove(Saboteur):
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


class ClaimCountsVersions(Saboteur):
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


class ClaimIgnoresTheLimit(Saboteur):
    breaks = (
        "a_claim_takes_what_answers",
        "a_claim_asks_the_whole_question",
    )

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, limit=1_000), until)


class ClaimIgnoresWords(Saboteur):
    breaks = ("a_claim_keeps_words_and_terms",)

    class Writing(MemoryWriter):
        def claim(self, query: Query, until: str) -> list[Stored]:
            return super().claim(attrs.evolve(query, words=()), until)


class ClaimMovesEveryOrder(Saboteur):
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


class TextsAreUnlimited(Saboteur):
    breaks = (
        "texts_are_limited",
        "every_write_keeps_the_limits",
        "events_are_limited",
    )
    Writing = _tolerates("text-too-long")


class NulIsStored(Saboteur):
    breaks = (
        "a_refused_write_voids_its_transaction",
        "unstorable_text_is_refused",
        "every_write_keeps_the_limits",
        "events_are_limited",
    )
    Writing = _tolerates("text-nul")


class BodiesAreUnlimited(Saboteur):
    breaks = (
        "bodies_are_limited",
        "every_write_keeps_the_limits",
    )
    Writing = _tolerates("record-too-large")


class EventsAreUnlimited(Saboteur):
    breaks = ("events_are_limited",)
    Writing = _tolerates("event-too-large")


class IdsMayBeEmpty(Saboteur):
    breaks = ("ids_and_versions_are_real",)
    Writing = _tolerates("id-empty")


class WordsNeedNoFolding(Saboteur):
    breaks = (
        "words_are_folded_before",
        "every_write_keeps_the_limits",
    )
    Writing = _tolerates("word-not-folded")


class TextsAreCut(Saboteur):
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


class ControlCharactersAreStripped(Saboteur):
    breaks = (
        "hostile_text_is_stored_unchanged",
        "scopes_are_compared_exactly",
    )

    class Writing(MemoryWriter):
        def _put(self, changes: Sequence[tuple[Record | None, Record | None]]) -> None:
            strip = [(old, new and attrs.evolve(new, scope=new.scope.strip())) for old, new in changes]
            super()._put(strip)


class RequireIgnoresTheVersion(Saboteur):
    breaks = ("require_answers_the_record",)

    class Writing(MemoryWriter):
        def require(self, kind: str, id: str, version: int | None = None) -> Stored:
            return super().require(kind, id)


class RequireFindsEveryKind(Saboteur):
    breaks = (
        "a_kind_must_be_installed",
        "require_answers_the_record",
    )

    class Writing(MemoryWriter):
        def require(self, kind: str, id: str, version: int | None = None) -> Stored:
            there = self._moment.records.get((kind, id)) is not None
            return super().require(kind if there else "contact", id, version)


class TidyForgetsWords(Saboteur):
    breaks = ("tidying_changes_no_answer",)

    def tidy(self, *, whole: bool = False) -> None:
        super().tidy(whole=whole)
        for name in list(self._moments):
            with self.write(name) as writer:
                writer.rederive([attrs.evolve(one, words=frozenset()) for one in writer.dump("contact")[:1]])


class TidyTellsOfItself(Saboteur):
    breaks = ("tidying_changes_no_answer",)

    def tidy(self, *, whole: bool = False) -> None:
        super().tidy(whole=whole)
        for name in list(self._moments):
            with self.write(name) as writer:
                writer.publish([Event(name="tidied", subject=name, at="2026-01-31T00:00:00Z")])
