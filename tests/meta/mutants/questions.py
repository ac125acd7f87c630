"""Mutants of order, ranges and cursors."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.storage import cursor_of, read_cursor
from contactcore_memory.reading import MemoryReader
from meta.mutants.mutant import Mutants

MUTANTS = Mutants()


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "keys_stand_by_code_point",
    "equal_keys_stand_by_id",
    "a_range_includes_its_start_and_not_its_stop",
    "pages_join_to_the_whole",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def sorts_by_utf16(reader, honest, query, wanted):
    found = list(honest(query, wanted))
    found.sort(key=lambda it: [part.encode("utf-16-be") for part in it[0]], reverse=query.descending)
    return iter(found)


@MUTANTS.change(MemoryReader, "_answers", "keys_stand_by_code_point")
def ignores_case_in_order(reader, honest, query, wanted):
    found = list(honest(query, wanted))
    found.sort(key=lambda it: [part.lower() for part in it[0]], reverse=query.descending)
    return iter(found)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "equal_keys_stand_by_id",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "a_walk_can_turn_back",
    "no_question_widens_access",
    "records_are_found_as_cards_are",
)
def ties_always_ascend(reader, honest, query, wanted):
    found = sorted(honest(query, wanted), key=lambda it: it[0][1])
    found.sort(key=lambda it: it[0][0], reverse=query.descending)
    return iter(found)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "keys_stand_by_code_point",
    "equal_keys_stand_by_id",
    "a_range_includes_its_start_and_not_its_stop",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "a_walk_can_turn_back",
    "a_cursor_outlives_its_record",
    "a_cursor_stays_within_the_range",
    "a_record_answers_once",
    "no_question_widens_access",
    "distinct_owner_shows_each_owner_once",
    "distinct_owner_shows_the_first_that_answers",
    "a_claim_takes_what_answers",
    "a_claim_asks_the_whole_question",
    "long_texts_differ_to_their_end",
    "the_largest_page_is_a_page",
    "pages_reach_the_last_record",
    "the_last_of_many_are_found",
    "records_are_found_as_cards_are",
)
def ignores_direction(reader, honest, query, wanted):
    return honest(attrs.evolve(query, descending=False), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "a_walk_can_turn_back",
    "a_page_knows_its_ends",
    "a_cursor_stays_within_the_range",
    "a_cursor_starts_distinct_owner_anew",
    "a_claim_asks_the_whole_question",
    "long_texts_differ_to_their_end",
    "the_largest_page_is_a_page",
    "records_are_found_as_cards_are",
)
def cursor_is_inclusive(reader, honest, query, wanted):
    if query.after is None:
        return honest(query, wanted)
    here = read_cursor(query.order, query.after)
    found = list(honest(attrs.evolve(query, after=None), wanted))
    return iter([it for it in found if (it[0] <= here if query.descending else it[0] >= here)])


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "a_walk_can_turn_back",
    "a_page_knows_its_ends",
    "a_cursor_outlives_its_record",
    "a_cursor_stays_within_the_range",
    "a_cursor_starts_distinct_owner_anew",
    "a_claim_asks_the_whole_question",
    "long_texts_differ_to_their_end",
    "the_largest_page_is_a_page",
    "records_are_found_as_cards_are",
)
def cursor_is_forgotten(reader, honest, query, wanted):
    list(honest(query, wanted))
    return honest(attrs.evolve(query, after=None), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "a_walk_can_turn_back",
    "records_are_found_as_cards_are",
)
def cursor_knows_keys_only(reader, honest, query, wanted):
    found = honest(query, wanted)
    if query.after is None:
        return found
    key, _ = read_cursor(query.order, query.after)
    return (it for it in found if it[0][0] != key)


@MUTANTS.change(MemoryReader, "_answers", "a_cursor_outlives_its_record")
def cursor_needs_its_record(reader, honest, query, wanted):
    found = honest(query, wanted)
    if query.after is not None:
        _, id = read_cursor(query.order, query.after)
        record = reader._snapshot.records.get((query.kind, id))
        if record is None or cursor_of(query.order, record.orders[query.order], id) != query.after:
            return iter(())
    return found


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_cursor_stays_within_the_range",
    "a_claim_asks_the_whole_question",
    "records_are_found_as_cards_are",
)
def cursor_forgets_the_range(reader, honest, query, wanted):
    if query.after is not None:
        query = attrs.evolve(query, start="", stop=None)
    return honest(query, wanted)


@MUTANTS.change(MemoryReader, "_answers", "a_cursor_belongs_to_its_order")
def cursor_of_any_order(reader, honest, query, wanted):
    try:
        return honest(query, wanted)
    except Invalid as error:
        if error.code != "cursor-outdated":
            raise
        return honest(attrs.evolve(query, after=None), wanted)


@MUTANTS.change(MemoryReader, "_answers", "what_is_no_cursor_is_refused")
def no_cursor_is_the_first_page(reader, honest, query, wanted):
    try:
        return honest(query, wanted)
    except Invalid as error:
        if error.code != "cursor-unreadable":
            raise
        return honest(attrs.evolve(query, after=None), wanted)


@MUTANTS.change(MemoryReader, "find", "a_walk_can_turn_back", "a_page_knows_its_ends")
def first_is_last(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, first=found.last)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_range_includes_its_start_and_not_its_stop",
    "a_page_stops_at_its_limit",
    "a_cursor_stays_within_the_range",
    "everything_holds_at_once",
    "a_count_is_what_would_be_found",
    "boundaries_count_by_ranges",
    "a_claim_moves_what_it_takes",
    "a_claim_asks_the_whole_question",
    "long_texts_differ_to_their_end",
    "the_largest_texts_can_be_asked_for",
)
def stop_is_included(reader, honest, query, wanted):
    if query.stop is not None:
        query = attrs.evolve(query, stop=query.stop + "\x01")
    return honest(query, wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "replace_leaves_nothing_of_the_old_record",
    "a_range_includes_its_start_and_not_its_stop",
    "a_walk_can_turn_back",
    "a_cursor_outlives_its_record",
    "a_cursor_stays_within_the_range",
    "no_question_widens_access",
    "everything_holds_at_once",
    "a_count_is_what_would_be_found",
    "boundaries_count_by_ranges",
    "a_question_asked_again_answers_the_present",
    "many_transactions_make_one_history",
    "a_claim_moves_what_it_takes",
    "a_claim_keeps_words_and_terms",
    "a_claim_asks_the_whole_question",
    "a_dump_shows_the_present",
    "long_texts_differ_to_their_end",
    "the_largest_texts_can_be_asked_for",
    "hostile_text_is_stored_unchanged",
    "the_last_of_many_are_found",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def start_is_excluded(reader, honest, query, wanted):
    return (it for it in honest(query, wanted) if not query.start or it[0][0] != query.start)


@MUTANTS.change(
    MemoryReader,
    "find",
    "a_page_stops_at_its_limit",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "distinct_owner_fills_its_page",
)
def more_when_full(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, more=len(found.cards) == query.limit)


@MUTANTS.change(
    MemoryReader,
    "find",
    "a_page_stops_at_its_limit",
    "pages_join_to_the_whole",
    "pages_of_any_question_join",
    "distinct_owner_fills_its_page",
    "the_largest_page_is_a_page",
)
def more_is_never_told(reader, honest, query):
    return attrs.evolve(honest(query), more=False)


@MUTANTS.change(
    MemoryReader,
    "find",
    "a_limit_is_between_1_and_1_000",
    "a_refused_question_voids_nothing",
    "an_announced_question_changes_no_answer",
)
def limit_is_clipped(reader, honest, query):
    return honest(attrs.evolve(query, limit=min(max(query.limit, 1), 1_000)))


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "keys_stand_by_code_point",
    "only_records_with_a_key_are_found",
    "boundaries_count_by_ranges",
)
def empty_key_is_no_key(reader, honest, query, wanted):
    return (it for it in honest(query, wanted) if it[0][0])


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "variants_are_orders_of_their_own",
    "a_question_asked_again_answers_the_present",
    "variants_are_compared_exactly",
    "records_are_found_as_they_are_stored",
)
def variants_fall_back(reader, honest, query, wanted):
    found = list(honest(query, wanted))
    if not found and query.order.startswith("name:") and query.after is None:
        return honest(attrs.evolve(query, order="name"), wanted)
    return iter(found)


@MUTANTS.change(MemoryReader, "_answers", "orders_are_declared", "a_refused_question_voids_nothing")
def unknown_order_is_empty(reader, honest, query, wanted):
    try:
        return honest(query, wanted)
    except Invalid as error:
        if error.code != "order-unknown":
            raise
        return iter(())


@MUTANTS.change(MemoryReader, "_answers", "a_kind_must_be_installed")
def unknown_kind_is_empty(reader, honest, query, wanted):
    return honest(query, wanted) if query.kind in reader._kinds else iter(())


@MUTANTS.change(MemoryReader, "find", "a_card_shows_what_lists_need")
def card_loses_its_owner(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, cards=tuple(attrs.evolve(card, owner="") for card in found.cards))


@MUTANTS.change(MemoryReader, "find", "a_card_shows_what_lists_need", "long_texts_differ_to_their_end")
def card_loses_its_key(reader, honest, query):
    found = honest(query)
    return attrs.evolve(found, cards=tuple(attrs.evolve(card, key="") for card in found.cards))
