"""Mutants of `distinct_owner`."""

from __future__ import annotations

from itertools import islice

import attrs

from contactcore_memory.reading import MemoryReader
from meta.mutants.mutant import Mutants

MUTANTS = Mutants()


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "pages_of_any_question_join",
    "no_question_widens_access",
    "distinct_owner_shows_each_owner_once",
    "distinct_owner_shows_the_first_that_answers",
    "distinct_owner_fills_its_page",
    "a_cursor_starts_distinct_owner_anew",
    "no_owner_is_one_owner",
    "a_claim_asks_the_whole_question",
    "the_last_of_many_are_found",
    "records_are_found_as_cards_are",
)
def distinct_owner_is_off(reader, honest, query, wanted):
    return honest(attrs.evolve(query, distinct_owner=False), wanted)


@MUTANTS.change(MemoryReader, "_answers", "distinct_owner_shows_each_owner_once", "records_are_found_as_cards_are")
def distinct_owner_comes_before_the_words(reader, honest, query, wanted):
    found = honest(query, wanted)
    if not query.distinct_owner:
        return found
    ids = {it[0] for it in honest(attrs.evolve(query, words=()), wanted)}
    return (it for it in found if it[0] in ids)


@MUTANTS.change(MemoryReader, "find", "pages_of_any_question_join", "distinct_owner_fills_its_page")
def distinct_owner_comes_after_the_limit(reader, honest, query):
    page = [it[0] for it in islice(reader._answers(attrs.evolve(query, distinct_owner=False), 50), query.limit)]
    found = honest(query)
    return attrs.evolve(found, cards=tuple(card for card in found.cards if card.id in [it[-1] for it in page]))


@MUTANTS.change(MemoryReader, "_answers", "a_cursor_starts_distinct_owner_anew")
def distinct_owner_looks_behind_the_cursor(reader, honest, query, wanted):
    found = honest(query, wanted)
    if not query.distinct_owner:
        return found
    firsts = {it[0] for it in honest(attrs.evolve(query, after=None), wanted)}
    return (it for it in found if it[0] in firsts)


@MUTANTS.change(MemoryReader, "_answers", "no_owner_is_one_owner", "records_are_found_as_cards_are")
def no_owner_is_never_distinct(reader, honest, query, wanted):
    firsts = {it[0] for it in honest(query, wanted)}
    found = honest(attrs.evolve(query, distinct_owner=False), wanted)
    return (it for it in found if it[0] in firsts or not it[1].owner)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "no_question_widens_access",
    "distinct_owner_shows_each_owner_once",
    "distinct_owner_shows_the_first_that_answers",
    "distinct_owner_fills_its_page",
    "a_cursor_starts_distinct_owner_anew",
    "no_owner_is_one_owner",
    "a_claim_asks_the_whole_question",
    "the_last_of_many_are_found",
    "records_are_found_as_cards_are",
)
def distinct_owner_keeps_the_last(reader, honest, query, wanted):
    found = list(honest(attrs.evolve(query, distinct_owner=False), wanted))
    last = {it[1].owner: it for it in found}
    return iter([it for it in found if not query.distinct_owner or last[it[1].owner] is it])
