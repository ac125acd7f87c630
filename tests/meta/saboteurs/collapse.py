"""Saboteurs of `collapse`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import attrs
from sabotage import Saboteur

from contactcore.storage import Found, Query, Record
from contactcore_memory.reading import MemoryReader
from contactcore_memory.runs import Place

Answers = Iterator[tuple[Place, Record]]


class CollapseIsOff(Saboteur):
    breaks = (
        "pages_of_any_question_join",
        "collapse_shows_each_scope_once",
        "collapse_fills_its_page",
        "a_cursor_starts_collapse_anew",
        "no_scope_is_one_scope",
        "a_claim_asks_the_whole_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, collapse=False), wanted)


class CollapseComesBeforeTheWords(Saboteur):
    breaks = ("collapse_shows_each_scope_once",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if not query.collapse:
                return found
            ids = {it[0] for it in super()._answers(attrs.evolve(query, words=()), wanted)}
            return (it for it in found if it[0] in ids)


class CollapseComesAfterTheLimit(Saboteur):
    breaks = (
        "pages_of_any_question_join",
        "collapse_fills_its_page",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            page = [it[0] for it in islice(self._answers(attrs.evolve(query, collapse=False), 50), query.limit)]
            found = super().find(query)
            return attrs.evolve(found, cards=tuple(card for card in found.cards if card.id in [it[-1] for it in page]))


class CollapseLooksBehindTheCursor(Saboteur):
    breaks = ("a_cursor_starts_collapse_anew",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if not query.collapse:
                return found
            firsts = {it[0] for it in super()._answers(attrs.evolve(query, after=None), wanted)}
            return (it for it in found if it[0] in firsts)


class NoScopeNeverCollapses(Saboteur):
    breaks = ("no_scope_is_one_scope",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            firsts = {it[0] for it in super()._answers(query, wanted)}
            found = super()._answers(attrs.evolve(query, collapse=False), wanted)
            return (it for it in found if it[0] in firsts or not it[1].scope)


class CollapseKeepsTheLast(Saboteur):
    breaks = (
        "collapse_shows_each_scope_once",
        "collapse_fills_its_page",
        "a_cursor_starts_collapse_anew",
        "no_scope_is_one_scope",
        "a_claim_asks_the_whole_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(attrs.evolve(query, collapse=False), wanted))
            last = {it[1].scope: it for it in found}
            return iter([it for it in found if not query.collapse or last[it[1].scope] is it])
