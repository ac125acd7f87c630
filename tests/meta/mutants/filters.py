"""Mutants of terms, access, words and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import attrs
from sabotage import Mutant

from contactcore.errors import Invalid
from contactcore.storage import SYSTEM, Query, Record
from contactcore_memory.reading import MemoryReader
from contactcore_memory.sorted_runs import Entry

Answers = Iterator[tuple[Entry, Record]]


class GroupsAreJoinedByOr(Mutant):
    breaks = (
        "groups_are_joined_by_and_terms_by_or",
        "everything_holds_at_once",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            joined = (frozenset().union(*query.where),) if all(query.where) and query.where else query.where
            return super()._answers(attrs.evolve(query, where=joined), wanted)


class EmptyGroupHolds(Mutant):
    breaks = ("an_empty_group_never_holds",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, where=tuple(filter(None, query.where))), wanted)


class NoAccessIsAllAccess(Mutant):
    breaks = ("an_empty_group_never_holds",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, access=query.access or SYSTEM), wanted)


class FindsOncePerAccessTerm(Mutant):
    breaks = (
        "pages_of_any_question_join",
        "a_record_answers_once",
        "boundaries_respect_the_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = list(super()._answers(query, wanted))
            if query.access is SYSTEM:
                return iter(found)
            return (it for it in found for _ in query.access & it[1].access)


class CountsOncePerAccessTerm(Mutant):
    breaks = (
        "a_record_answers_once",
        "boundaries_respect_the_question",
    )

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            terms = [] if query.access is SYSTEM or len(query.access) < 2 else query.access
            counts = [self.count(attrs.evolve(query, access=frozenset({term})), boundaries) for term in terms]
            return tuple(map(sum, zip(*counts, strict=True))) or super().count(query, boundaries)


class CountIgnoresAccess(Mutant):
    breaks = (
        "access_hides",
        "access_terms_count_as_terms",
        "boundaries_respect_the_question",
        "set_access_sets_the_access_of_an_owner",
    )

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            return super().count(attrs.evolve(query, access=query.access and SYSTEM), boundaries)


class SearchIgnoresAccess(Mutant):
    breaks = (
        "replace_sets_the_owner_and_access_too",
        "pages_of_any_question_join",
        "everything_holds_at_once",
        "boundaries_respect_the_question",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, access=SYSTEM) if query.words else query, wanted)


class AccessReadsTerms(Mutant):
    breaks = ("access_terms_count_as_terms",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            if query.access is SYSTEM:
                return super()._answers(query, wanted)
            return super()._answers(attrs.evolve(query, access=SYSTEM, where=(*query.where, query.access)), wanted)


class WhereIgnoresAccessTerms(Mutant):
    breaks = ("access_terms_count_as_terms",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            return (it for it in found if all(group & it[1].terms for group in query.where))


class OrderPostsEverything(Mutant):
    breaks = (
        "an_order_posts_its_declared_terms",
        "unstorable_text_cannot_be_asked_for",
        "the_largest_texts_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(attrs.evolve(query, where=()), wanted)
            return (it for it in found if all(group & (it[1].terms | it[1].access) for group in query.where))


class TermsIgnoreCase(Mutant):
    breaks = ("terms_are_compared_exactly",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            every = {term for record in self.dump(query.kind) for term in record.terms | record.access}
            where = tuple(
                group | {term for term in every if term.lower() in map(str.lower, group)} for group in query.where
            )
            return super()._answers(attrs.evolve(query, where=where), wanted)


class StopsAtTheFirstHundred(Mutant):
    breaks = (
        "everything_holds_at_once",
        "distinct_owner_shows_each_owner_once",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            every = super()._answers(attrs.evolve(query, where=(), words=()), wanted)
            looked = {it[0] for it, _ in zip(every, range(60), strict=False)}
            return (it for it in super()._answers(query, wanted) if it[0] in looked)


class PrefixIsInfix(Mutant):
    breaks = (
        "a_prefix_is_no_infix",
        "a_mark_of_a_beginning_is_a_part_of_the_word",
        "no_character_of_a_word_is_special",
        "a_prefix_may_end_at_the_last_code_point",
        "distinct_owner_shows_each_owner_once",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            found = super()._answers(attrs.evolve(query, words=()), wanted)
            return (it for it in found if all(any(word in own for own in it[1].words) for word in query.words))


class PrefixIsTheWholeWord(Mutant):
    breaks = (
        "a_writer_sees_its_own_writes",
        "everything_holds_at_once",
        "each_word_is_a_prefix_of_some_word",
        "words_are_compared_exactly",
        "a_mark_of_a_beginning_is_a_part_of_the_word",
        "no_character_of_a_word_is_special",
        "a_prefix_may_end_at_the_last_code_point",
        "an_empty_word_asks_for_any_word",
        "words_follow_their_record",
        "words_move_with_the_place",
        "words_serve_every_variant",
        "set_access_sets_the_access_of_an_owner",
        "a_claim_keeps_words_and_terms",
        "scrubbing_changes_nothing",
        "installing_again_changes_nothing",
        "what_was_dumped_can_be_loaded",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return (it for it in super()._answers(query, wanted) if it[1].words >= set(query.words))


class AnyWordWillDo(Mutant):
    breaks = (
        "everything_holds_at_once",
        "each_word_is_a_prefix_of_some_word",
        "distinct_owner_shows_each_owner_once",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            found = super()._answers(attrs.evolve(query, words=()), wanted)
            return (it for it in found if not query.words or any(w.startswith(query.words) for w in it[1].words))


class QuestionIsFolded(Mutant):
    breaks = ("words_are_compared_exactly",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            words = tuple(word.lower() for word in query.words)
            return super()._answers(attrs.evolve(query, words=words), wanted)


class AccentsAreDropped(Mutant):
    breaks = ("words_are_compared_exactly",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            if query.words != ("zoë",):
                return super()._answers(query, wanted)
            return super()._answers(attrs.evolve(query, words=("zo",)), wanted)


class MarkIsDropped(Mutant):
    breaks = (
        "a_mark_of_a_beginning_is_a_part_of_the_word",
        "no_character_of_a_word_is_special",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            words = tuple(word.removeprefix("^") for word in query.words)
            return super()._answers(attrs.evolve(query, words=words), wanted)


class WordsAreWildcards(Mutant):
    breaks = (
        "no_character_of_a_word_is_special",
        "distinct_owner_shows_each_owner_once",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            list(super()._answers(query, wanted))
            found = super()._answers(attrs.evolve(query, words=()), wanted)
            likes = [re.compile(re.escape(w).replace("%", ".*").replace("_", "."), re.DOTALL) for w in query.words]
            return (it for it in found if all(any(map(like.match, it[1].words)) for like in likes))


class PrefixEndsWithTheBMP(Mutant):
    breaks = (
        "a_limit_is_between_1_and_1_000",
        "no_character_of_a_word_is_special",
        "a_prefix_may_end_at_the_last_code_point",
    )

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            for it in super()._answers(query, wanted):
                if all(any(w <= own < w + "\uffff" for own in it[1].words) for w in query.words):
                    yield it


class EmptyWordAsksForNothing(Mutant):
    breaks = ("an_empty_word_asks_for_any_word",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            return super()._answers(attrs.evolve(query, words=tuple(filter(None, query.words))), wanted)


class WordsServeOneVariant(Mutant):
    breaks = ("words_serve_every_variant",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            found = super()._answers(query, wanted)
            return (it for it in found if not query.words or min(it[1].orders) == query.order)


class EveryOrderHasWords(Mutant):
    breaks = ("some_orders_have_no_words",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            try:
                return super()._answers(query, wanted)
            except Invalid as error:
                if error.code != "order-without-words":
                    raise
                return super()._answers(attrs.evolve(query, words=()), wanted)


class CountStopsAtTheLimit(Mutant):
    breaks = (
        "a_count_is_what_would_be_found",
        "the_largest_page_is_a_page",
    )

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            return tuple(min(number, query.limit) for number in super().count(query, boundaries))


class BoundariesBelongToTheRangeBelow(Mutant):
    breaks = (
        "boundaries_count_by_ranges",
        "boundaries_respect_the_question",
        "the_largest_texts_can_be_asked_for",
    )

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            moved = [cut + "\x01" for cut in boundaries]
            return super().count(query, moved)


class BoundariesIgnoreWords(Mutant):
    breaks = ("boundaries_respect_the_question",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            return super().count(attrs.evolve(query, words=()) if boundaries else query, boundaries)


class BoundariesAreSorted(Mutant):
    breaks = ("boundaries_ascend",)

    class Reading(MemoryReader):
        def count(self, query: Query, boundaries: Sequence[str] = ()) -> tuple[int, ...]:
            return super().count(query, sorted(boundaries))


class QuestionsAreNotChecked(Mutant):
    breaks = ("unstorable_text_cannot_be_asked_for",)

    class Reading(MemoryReader):
        def _answers(self, query: Query, wanted: int) -> Answers:
            terms = chain(*query.where, () if query.access is SYSTEM else query.access)
            if any("\x00" in text for text in (*terms, *query.words, query.start, query.stop or "")):
                return iter(())
            return super()._answers(query, wanted)
