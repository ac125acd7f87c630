"""Mutants of `distinct_owner`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import attrs
from sabotage import Mutant

from contactcore.storage import Found, Query, Record
from contactcore_memory.reading import MemoryReader
from contactcore_memory.sorted_runs import Entry

Answers = Iterator[tuple[Entry, Record]]


class DistinctOwnerIsOff(Mutant):
    breaks = (
        "pages_of_any_question_join",
        "distinct_owner_shows_each_owner_once",
        "distinct_owner_fills_its_page",
        "a_cursor_starts_distinct_owner_anew",
        "no_owner_is_one_owner",
        "a_claim_asks_the_whole_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, distinct_owner=False), wanted)


class DistinctOwnerComesBeforeTheWords(Mutant):
    breaks = ("distinct_owner_shows_each_owner_once",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if not query.distinct_owner:
                return found
            ids = {it[0] for it in super()._answers(attrs.evolve(query, words=()), wanted)}
            return (it for it in found if it[0] in ids)


class DistinctOwnerComesAfterTheLimit(Mutant):
    breaks = (
        "pages_of_any_question_join",
        "distinct_owner_fills_its_page",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            page = [it[0] for it in islice(self._answers(attrs.evolve(query, distinct_owner=False), 50), query.limit)]
            found = super().find(query)
            return attrs.evolve(found, cards=tuple(card for card in found.cards if card.id in [it[-1] for it in page]))


class DistinctOwnerLooksBehindTheCursor(Mutant):
    breaks = ("a_cursor_starts_distinct_owner_anew",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if not query.distinct_owner:
                return found
            firsts = {it[0] for it in super()._answers(attrs.evolve(query, after=None), wanted)}
            return (it for it in found if it[0] in firsts)


class NoOwnerIsNeverDistinct(Mutant):
    breaks = ("no_owner_is_one_owner",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            firsts = {it[0] for it in super()._answers(query, wanted)}
            found = super()._answers(attrs.evolve(query, distinct_owner=False), wanted)
            return (it for it in found if it[0] in firsts or not it[1].owner)


class DistinctOwnerKeepsTheLast(Mutant):
    breaks = (
        "distinct_owner_shows_each_owner_once",
        "distinct_owner_fills_its_page",
        "a_cursor_starts_distinct_owner_anew",
        "no_owner_is_one_owner",
        "a_claim_asks_the_whole_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(attrs.evolve(query, distinct_owner=False), wanted))
            last = {it[1].owner: it for it in found}
            return iter([it for it in found if not query.distinct_owner or last[it[1].owner] is it])
