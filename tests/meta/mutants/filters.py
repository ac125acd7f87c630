"""Mutants of terms, access, words and counts."""

from __future__ import annotations

import re
from itertools import chain

import attrs

from contactcore.errors import Invalid
from contactcore.storage import SYSTEM
from contactcore_memory.reading import MemoryReader
from meta.mutants.mutant import Mutants

MUTANTS = Mutants()


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "groups_are_joined_by_and_terms_by_or",
    "no_question_widens_access",
    "everything_holds_at_once",
    "a_question_takes_any_number_of_groups",
    "a_count_has_no_ceiling",
    "pages_reach_the_last_record",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def groups_are_joined_by_or(reader, honest, query, wanted):
    joined = (frozenset().union(*query.where),) if all(query.where) and query.where else query.where
    return honest(attrs.evolve(query, where=joined), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "an_empty_group_never_holds",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def empty_group_holds(reader, honest, query, wanted):
    return honest(attrs.evolve(query, where=tuple(filter(None, query.where))), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "an_empty_group_never_holds",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def no_access_is_all_access(reader, honest, query, wanted):
    return honest(attrs.evolve(query, access=query.access or SYSTEM), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_change_of_access_takes_the_old_one_back",
    "pages_of_any_question_join",
    "a_record_answers_once",
    "no_question_widens_access",
    "boundaries_respect_the_question",
    "a_record_takes_any_number_of_texts",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def finds_once_per_access_term(reader, honest, query, wanted):
    found = list(honest(query, wanted))
    if query.access is SYSTEM:
        return iter(found)
    return (it for it in found for _ in query.access & it[1].access)


@MUTANTS.change(
    MemoryReader,
    "count",
    "a_change_of_access_takes_the_old_one_back",
    "a_record_answers_once",
    "no_question_widens_access",
    "boundaries_respect_the_question",
    "a_record_takes_any_number_of_texts",
)
def counts_once_per_access_term(reader, honest, query, boundaries=()):
    terms = [] if query.access is SYSTEM or len(query.access) < 2 else query.access
    counts = [reader.count(attrs.evolve(query, access=frozenset({term})), boundaries) for term in terms]
    return tuple(map(sum, zip(*counts, strict=True))) or honest(query, boundaries)


@MUTANTS.change(
    MemoryReader,
    "count",
    "a_change_of_access_takes_the_old_one_back",
    "access_hides",
    "access_terms_count_as_terms",
    "no_question_widens_access",
    "boundaries_respect_the_question",
    "set_access_sets_the_access_of_an_owner",
    "a_question_asked_again_answers_the_present",
    "a_count_has_no_ceiling",
)
def count_ignores_access(reader, honest, query, boundaries=()):
    return honest(attrs.evolve(query, access=query.access and SYSTEM), boundaries)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "replace_sets_the_owner_and_access_too",
    "a_change_of_access_takes_the_old_one_back",
    "pages_of_any_question_join",
    "no_question_widens_access",
    "everything_holds_at_once",
    "boundaries_respect_the_question",
    "pages_reach_the_last_record",
    "records_are_found_as_they_are_stored",
)
def search_ignores_access(reader, honest, query, wanted):
    return honest(attrs.evolve(query, access=SYSTEM) if query.words else query, wanted)


@MUTANTS.change(MemoryReader, "_answers", "access_terms_count_as_terms", "no_question_widens_access")
def access_reads_terms(reader, honest, query, wanted):
    if query.access is SYSTEM:
        return honest(query, wanted)
    return honest(attrs.evolve(query, access=SYSTEM, where=(*query.where, query.access)), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_change_of_access_takes_the_old_one_back",
    "access_terms_count_as_terms",
    "no_question_widens_access",
)
def where_ignores_access_terms(reader, honest, query, wanted):
    found = honest(query, wanted)
    return (it for it in found if all(group & it[1].terms for group in query.where))


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "an_order_posts_its_declared_terms",
    "no_question_widens_access",
    "distinct_owner_shows_the_first_that_answers",
    "unstorable_text_cannot_be_asked_for",
    "the_largest_texts_can_be_asked_for",
    "records_are_found_as_cards_are",
)
def order_posts_everything(reader, honest, query, wanted):
    found = honest(attrs.evolve(query, where=()), wanted)
    return (it for it in found if all(group & (it[1].terms | it[1].access) for group in query.where))


@MUTANTS.change(MemoryReader, "_answers", "terms_are_compared_exactly")
def terms_ignore_case(reader, honest, query, wanted):
    every = {term for record in reader.dump(query.kind) for term in record.terms | record.access}
    where = tuple(group | {term for term in every if term.lower() in map(str.lower, group)} for group in query.where)
    return honest(attrs.evolve(query, where=where), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "everything_holds_at_once",
    "distinct_owner_shows_each_owner_once",
    "distinct_owner_shows_the_first_that_answers",
    "a_transaction_takes_any_number_of_calls",
    "the_largest_page_is_a_page",
    "a_count_has_no_ceiling",
    "a_count_takes_any_number_of_boundaries",
    "pages_reach_the_last_record",
    "the_last_of_many_are_found",
    "records_are_found_as_cards_are",
)
def stops_at_the_first_hundred(reader, honest, query, wanted):
    every = honest(attrs.evolve(query, where=(), words=()), wanted)
    looked = {it[0] for it, _ in zip(every, range(60), strict=False)}
    return (it for it in honest(query, wanted) if it[0] in looked)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_prefix_is_no_infix",
    "a_mark_of_a_beginning_is_a_part_of_the_word",
    "no_character_of_a_word_is_special",
    "a_prefix_may_end_at_the_last_code_point",
    "distinct_owner_shows_each_owner_once",
    "records_are_found_as_cards_are",
)
def prefix_is_infix(reader, honest, query, wanted):
    list(honest(query, wanted))
    found = honest(attrs.evolve(query, words=()), wanted)
    return (it for it in found if all(any(word in own for own in it[1].words) for word in query.words))


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_writer_sees_its_own_writes",
    "a_change_of_access_takes_the_old_one_back",
    "no_question_widens_access",
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
    "a_question_asked_again_answers_the_present",
    "an_undone_answer_is_forgotten",
    "a_dropped_workspace_asked_again_is_empty",
    "a_claim_keeps_words_and_terms",
    "scrubbing_changes_nothing",
    "installing_again_changes_nothing",
    "a_kind_may_grow",
    "a_kind_keeps_its_orders",
    "what_was_dumped_can_be_loaded",
    "a_record_takes_any_number_of_texts",
    "a_count_has_no_ceiling",
    "pages_reach_the_last_record",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def prefix_is_the_whole_word(reader, honest, query, wanted):
    return (it for it in honest(query, wanted) if it[1].words >= set(query.words))


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "everything_holds_at_once",
    "each_word_is_a_prefix_of_some_word",
    "distinct_owner_shows_each_owner_once",
    "a_question_takes_any_number_of_groups",
    "records_are_found_as_cards_are",
    "records_are_found_as_they_are_stored",
)
def any_word_will_do(reader, honest, query, wanted):
    list(honest(query, wanted))
    found = honest(attrs.evolve(query, words=()), wanted)
    return (it for it in found if not query.words or any(w.startswith(query.words) for w in it[1].words))


@MUTANTS.change(MemoryReader, "_answers", "words_are_compared_exactly")
def question_is_folded(reader, honest, query, wanted):
    words = tuple(word.lower() for word in query.words)
    return honest(attrs.evolve(query, words=words), wanted)


@MUTANTS.change(MemoryReader, "_answers", "words_are_compared_exactly")
def accents_are_dropped(reader, honest, query, wanted):
    if query.words != ("zoë",):
        return honest(query, wanted)
    return honest(attrs.evolve(query, words=("zo",)), wanted)


@MUTANTS.change(
    MemoryReader, "_answers", "a_mark_of_a_beginning_is_a_part_of_the_word", "no_character_of_a_word_is_special"
)
def mark_is_dropped(reader, honest, query, wanted):
    words = tuple(word.removeprefix("^") for word in query.words)
    return honest(attrs.evolve(query, words=words), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "no_character_of_a_word_is_special",
    "distinct_owner_shows_each_owner_once",
    "records_are_found_as_cards_are",
)
def words_are_wildcards(reader, honest, query, wanted):
    list(honest(query, wanted))
    found = honest(attrs.evolve(query, words=()), wanted)
    likes = [re.compile(re.escape(w).replace("%", ".*").replace("_", "."), re.DOTALL) for w in query.words]
    return (it for it in found if all(any(map(like.match, it[1].words)) for like in likes))


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_limit_is_between_1_and_1_000",
    "no_character_of_a_word_is_special",
    "a_prefix_may_end_at_the_last_code_point",
)
def prefix_ends_with_the_bmp(reader, honest, query, wanted):
    for it in honest(query, wanted):
        if all(any(w <= own < w + "\uffff" for own in it[1].words) for w in query.words):
            yield it


@MUTANTS.change(MemoryReader, "_answers", "an_empty_word_asks_for_any_word")
def empty_word_asks_for_nothing(reader, honest, query, wanted):
    return honest(attrs.evolve(query, words=tuple(filter(None, query.words))), wanted)


@MUTANTS.change(
    MemoryReader,
    "_answers",
    "a_change_of_access_takes_the_old_one_back",
    "no_question_widens_access",
    "words_serve_every_variant",
    "a_question_asked_again_answers_the_present",
)
def words_serve_one_variant(reader, honest, query, wanted):
    found = honest(query, wanted)
    return (it for it in found if not query.words or min(it[1].orders) == query.order)


@MUTANTS.change(MemoryReader, "_answers", "some_orders_have_no_words")
def every_order_has_words(reader, honest, query, wanted):
    try:
        return honest(query, wanted)
    except Invalid as error:
        if error.code != "order-without-words":
            raise
        return honest(attrs.evolve(query, words=()), wanted)


@MUTANTS.change(
    MemoryReader,
    "count",
    "a_count_is_what_would_be_found",
    "a_transaction_takes_any_number_of_calls",
    "the_largest_page_is_a_page",
    "a_count_has_no_ceiling",
)
def count_stops_at_the_limit(reader, honest, query, boundaries=()):
    return tuple(min(number, query.limit) for number in honest(query, boundaries))


@MUTANTS.change(
    MemoryReader,
    "count",
    "no_question_widens_access",
    "boundaries_count_by_ranges",
    "boundaries_respect_the_question",
    "long_texts_differ_to_their_end",
    "the_largest_texts_can_be_asked_for",
    "a_count_has_no_ceiling",
    "a_count_takes_any_number_of_boundaries",
)
def boundaries_belong_to_the_range_below(reader, honest, query, boundaries=()):
    moved = [cut + "\x01" for cut in boundaries]
    return honest(query, moved)


@MUTANTS.change(MemoryReader, "count", "boundaries_respect_the_question")
def boundaries_ignore_words(reader, honest, query, boundaries=()):
    return honest(attrs.evolve(query, words=()) if boundaries else query, boundaries)


@MUTANTS.change(MemoryReader, "count", "boundaries_ascend")
def boundaries_are_sorted(reader, honest, query, boundaries=()):
    return honest(query, sorted(boundaries))


@MUTANTS.change(MemoryReader, "_answers", "unstorable_text_cannot_be_asked_for")
def questions_are_not_checked(reader, honest, query, wanted):
    terms = chain(*query.where, () if query.access is SYSTEM else query.access)
    if any("\x00" in text for text in (*terms, *query.words, query.start, query.stop or "")):
        return iter(())
    return honest(query, wanted)
