"""Mutants of order, ranges and cursors."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import Found, Query, Record, cursor_of, read_cursor
from contactcore_memory.reading import MemoryReader
from contactcore_memory.sorted_runs import Entry

Answers = Iterator[tuple[Entry, Record]]


class SortsByUTF16(Mutant):
    breaks = (
        "keys_stand_by_code_point",
        "equal_keys_stand_by_id",
        "a_range_includes_its_start_and_not_its_stop",
        "pages_join_to_the_whole",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(query, wanted))
            found.sort(key=lambda it: [part.encode("utf-16-be") for part in it[0]], reverse=query.descending)
            return iter(found)


class IgnoresCaseInOrder(Mutant):
    breaks = ("keys_stand_by_code_point",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(query, wanted))
            found.sort(key=lambda it: [part.lower() for part in it[0]], reverse=query.descending)
            return iter(found)


class TiesAlwaysAscend(Mutant):
    breaks = (
        "equal_keys_stand_by_id",
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "a_walk_can_turn_back",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = sorted(super()._answers(query, wanted), key=lambda it: it[0][1])
            found.sort(key=lambda it: it[0][0], reverse=query.descending)
            return iter(found)


class IgnoresDirection(Mutant):
    breaks = (
        "keys_stand_by_code_point",
        "equal_keys_stand_by_id",
        "a_range_includes_its_start_and_not_its_stop",
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "a_walk_can_turn_back",
        "a_cursor_outlives_its_record",
        "a_cursor_stays_within_the_range",
        "a_record_answers_once",
        "distinct_owner_shows_each_owner_once",
        "a_claim_takes_what_answers",
        "a_claim_asks_the_whole_question",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, descending=False), wanted)


class CursorIsInclusive(Mutant):
    breaks = (
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "a_walk_can_turn_back",
        "a_page_knows_its_ends",
        "a_cursor_stays_within_the_range",
        "a_cursor_starts_distinct_owner_anew",
        "a_claim_asks_the_whole_question",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            if query.after is None:
                return super()._answers(query, wanted)
            here = read_cursor(query.order, query.after)
            found = list(super()._answers(attrs.evolve(query, after=None), wanted))
            return iter([it for it in found if (it[0] <= here if query.descending else it[0] >= here)])


class CursorIsForgotten(Mutant):
    breaks = (
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "a_walk_can_turn_back",
        "a_page_knows_its_ends",
        "a_cursor_outlives_its_record",
        "a_cursor_stays_within_the_range",
        "a_cursor_starts_distinct_owner_anew",
        "a_claim_asks_the_whole_question",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            return super()._answers(attrs.evolve(query, after=None), wanted)


class CursorKnowsKeysOnly(Mutant):
    breaks = (
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "a_walk_can_turn_back",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if query.after is None:
                return found
            key, _ = read_cursor(query.order, query.after)
            return (it for it in found if it[0][0] != key)


class CursorNeedsItsRecord(Mutant):
    breaks = ("a_cursor_outlives_its_record",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            if query.after is not None:
                _, id = read_cursor(query.order, query.after)
                record = self._snapshot.records.get((query.kind, id))
                if record is None or cursor_of(query.order, record.orders[query.order], id) != query.after:
                    return iter(())
            return found


class CursorForgetsTheRange(Mutant):
    breaks = (
        "a_cursor_stays_within_the_range",
        "a_claim_asks_the_whole_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            if query.after is not None:
                query = attrs.evolve(query, start="", stop=None)
            return super()._answers(query, wanted)


class CursorOfAnyOrder(Mutant):
    breaks = ("a_cursor_belongs_to_its_order",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            try:
                return super()._answers(query, wanted)
            except Invalid as error:
                if error.code != "cursor-outdated":
                    raise
                return super()._answers(attrs.evolve(query, after=None), wanted)


class NoCursorIsTheFirstPage(Mutant):
    breaks = ("what_is_no_cursor_is_refused",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            try:
                return super()._answers(query, wanted)
            except Invalid as error:
                if error.code != "cursor-unreadable":
                    raise
                return super()._answers(attrs.evolve(query, after=None), wanted)


class FirstIsLast(Mutant):
    breaks = (
        "a_walk_can_turn_back",
        "a_page_knows_its_ends",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            return attrs.evolve(found, first=found.last)


class StopIsIncluded(Mutant):
    breaks = (
        "a_range_includes_its_start_and_not_its_stop",
        "a_page_stops_at_its_limit",
        "a_cursor_stays_within_the_range",
        "everything_holds_at_once",
        "a_count_is_what_would_be_found",
        "boundaries_count_by_ranges",
        "a_claim_moves_what_it_takes",
        "a_claim_asks_the_whole_question",
        "the_largest_texts_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            if query.stop is not None:
                query = attrs.evolve(query, stop=query.stop + "\x01")
            return super()._answers(query, wanted)


class StartIsExcluded(Mutant):
    breaks = (
        "replace_leaves_nothing_of_the_old_record",
        "a_range_includes_its_start_and_not_its_stop",
        "a_walk_can_turn_back",
        "a_cursor_outlives_its_record",
        "a_cursor_stays_within_the_range",
        "everything_holds_at_once",
        "a_count_is_what_would_be_found",
        "boundaries_count_by_ranges",
        "a_claim_moves_what_it_takes",
        "a_claim_keeps_words_and_terms",
        "a_claim_asks_the_whole_question",
        "a_dump_shows_the_present",
        "the_largest_texts_can_be_asked_for",
        "hostile_text_is_stored_unchanged",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return (it for it in super()._answers(query, wanted) if not query.start or it[0][0] != query.start)


class MoreWhenFull(Mutant):
    breaks = (
        "a_page_stops_at_its_limit",
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "distinct_owner_fills_its_page",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            return attrs.evolve(found, more=len(found.cards) == query.limit)


class MoreIsNeverTold(Mutant):
    breaks = (
        "a_page_stops_at_its_limit",
        "pages_join_to_the_whole",
        "pages_of_any_question_join",
        "distinct_owner_fills_its_page",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            return attrs.evolve(super().find(query), more=False)


class LimitIsClipped(Mutant):
    breaks = (
        "a_limit_is_between_1_and_1_000",
        "a_refused_question_voids_nothing",
    )

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            return super().find(attrs.evolve(query, limit=min(max(query.limit, 1), 1_000)))


class EmptyKeyIsNoKey(Mutant):
    breaks = (
        "keys_stand_by_code_point",
        "only_records_with_a_key_are_found",
        "boundaries_count_by_ranges",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return (it for it in super()._answers(query, wanted) if it[0][0])


class VariantsFallBack(Mutant):
    breaks = (
        "variants_are_orders_of_their_own",
        "variants_are_compared_exactly",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(query, wanted))
            if not found and query.order.startswith("name:") and query.after is None:
                return super()._answers(attrs.evolve(query, order="name"), wanted)
            return iter(found)


class UnknownOrderIsEmpty(Mutant):
    breaks = (
        "orders_are_declared",
        "a_refused_question_voids_nothing",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            try:
                return super()._answers(query, wanted)
            except Invalid as error:
                if error.code != "order-unknown":
                    raise
                return iter(())


class UnknownKindIsEmpty(Mutant):
    breaks = ("a_kind_must_be_installed",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(query, wanted) if query.kind in self._kinds else iter(())


class CardLosesItsOwner(Mutant):
    breaks = ("a_card_shows_what_lists_need",)

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            return attrs.evolve(found, cards=tuple(attrs.evolve(card, owner="") for card in found.cards))


class CardLosesItsKey(Mutant):
    breaks = ("a_card_shows_what_lists_need",)

    class Reading(MemoryReader):
        def find(self, query: Query) -> Found:
            found = super().find(query)
            return attrs.evolve(found, cards=tuple(attrs.evolve(card, key="") for card in found.cards))
