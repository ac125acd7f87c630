"""Search words and their prefixes."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    changed,
    contact,
    count,
    find,
    note,
    put,
    refused,
    some,
)

__all__ = ["LAWS"]

_ODD = (
    "^jane", "jo@bois.fr", "bois.fr", "+33144", "rock-n-roll", "-x", "--", "o'neil", '"quoted"', '"', "'", "a*", "*",
    "50%", "%", "a_b", "_", "\\", "(", ")", "a:b", "name:x", "near/3", "{}", ";", "#", "é", "zoë", "łódź", "ß",
    "и\u0306", "й", "中村", "村", "אב", "🦀", "\U0010ffff", "a\U0010ffff", "|", "&", "<b>", "=", "~",
)  # fmt: skip


def each_word_is_a_prefix_of_some_word(open_storage: OpenStorage) -> None:
    """A record answers when each word of the question is the prefix of one of its words.

    Kept because it states the meaning of words with few records that can be read.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", words=some("jane", "doe")),
            contact("2", words=some("jane", "roe")),
            contact("3", words=some("doe")),
            contact("4"),
        )
        assert find(storage, words=("jane",)) == ["1", "2"]
        assert find(storage, words=("d",)) == ["1", "3"]
        assert find(storage, words=("ja", "d")) == ["1"]
        assert find(storage, words=("doe", "doe", "do")) == ["1", "3"]
        assert find(storage, words=("janet",)) == []
        assert count(storage, words=("ja", "d")) == (1,)


def a_prefix_is_no_infix(open_storage: OpenStorage) -> None:
    """A word is found by its beginning only.

    Kept because it has words with signs inside, at which tokenizers split.
    """
    with open_storage() as storage:
        put(storage, contact("1", words=some("anna", "rock-n-roll", "a.b")))
        for inside in ("nna", "na", "n", "roll", "-n", "b", ".b"):
            assert find(storage, words=(inside,)) == []


def words_are_compared_exactly(open_storage: OpenStorage) -> None:
    """Words are compared by code point: case, accents and composition count, because words are folded before."""
    with open_storage() as storage:
        put(
            storage,
            contact("1", words=some("zoë")),
            contact("2", words=some("zoe")),
            contact("3", words=some("zoe\u0308")),
        )
        assert find(storage, words=("zoë",)) == ["1"]
        assert find(storage, words=("zoe",)) == ["2", "3"]
        assert find(storage, words=("zoe\u0308",)) == ["3"]
        assert find(storage, words=("Zoe",)) == []
        assert find(storage, words=("zo e",)) == []


def a_mark_of_a_beginning_is_a_part_of_the_word(open_storage: OpenStorage) -> None:
    """`^jane` finds the words that begin so and not `jane`; `jane` does not find `^jane`.

    Kept because the mark is how the library ranks names, and search engines give it a meaning of their own.
    """
    with open_storage() as storage:
        put(storage, contact("1", words=some("^jane", "doe")), contact("2", words=some("jane", "^doe")))
        assert find(storage, words=("^ja",)) == ["1"]
        assert find(storage, words=("ja",)) == ["2"]
        assert find(storage, words=("^",)) == ["1", "2"]


def no_character_of_a_word_is_special(open_storage: OpenStorage) -> None:
    """Signs, quotes, wildcards, operators of search languages and all scripts are ordinary characters of words.

    Kept because it tries the operators of the search languages of all databases that we know.
    """
    with open_storage() as storage:
        put(storage, *(contact(f"{number:02}", words=some(word)) for number, word in enumerate(_ODD)))
        for word in _ODD:
            for prefix in {word, word[:1], word[:2]}:
                expected = [f"{number:02}" for number, other in enumerate(_ODD) if other.startswith(prefix)]
                assert find(storage, words=(prefix,)) == expected, f"searching {prefix!r}"
        for stranger in ("a b", "x*", "jane OR doe", "NOT", '" OR "', "%%", "__", "jan?"):
            assert find(storage, words=(stranger,)) == []


def a_prefix_may_end_at_the_last_code_point(open_storage: OpenStorage) -> None:
    """A prefix finds exactly the words that begin with it, even if its last character is the last of all or the BMP.

    Kept because the end of a range of prefixes is computed, and wrong only there.
    """
    words = ["a", "a\uffff", "a\uffffz", "a\U00010000", "a\U0010ffff", "a\U0010ffff\U0010ffff", "b"]
    with open_storage() as storage:
        put(storage, *(contact(f"{number}", words=some(word)) for number, word in enumerate(words)))
        assert find(storage, words=("a",)) == ["0", "1", "2", "3", "4", "5"]
        assert find(storage, words=("a\uffff",)) == ["1", "2"]
        assert find(storage, words=("a\U0010ffff",)) == ["4", "5"]
        assert find(storage, words=("\U0010ffff",)) == []


def an_empty_word_asks_for_any_word(open_storage: OpenStorage) -> None:
    """An empty word is the prefix of every word: it finds the records that have words."""
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe")), contact("2"))
        assert find(storage, words=("",)) == ["1"]
        assert find(storage, words=("", "d")) == ["1"]


def words_follow_their_record(open_storage: OpenStorage) -> None:
    """A replaced record is found by its new words only, also if it kept its place in the order, and among others.

    Kept because it has a record that keeps its place, for which a storage may skip the index.
    """
    record = contact("1", "same", words=some("jane", "doe"))
    with open_storage() as storage:
        put(storage, record, contact("2", "same", words=some("jane", "roe")))
        with storage.write(ACME) as writer:
            writer.replace(changed(record, words=some("joan", "doe")), 1)
        assert find(storage, words=("jane",)) == ["2"]
        assert find(storage, words=("joan",)) == ["1"]
        assert find(storage, words=("doe",)) == ["1"]
        assert find(storage, words=("jo", "do")) == ["1"]


def words_move_with_the_place(open_storage: OpenStorage) -> None:
    """A record that moves in the order keeps its words, and leaves none to the record that takes its place.

    Kept because it has a record that takes the place of another one.
    """
    record = contact("1", "b", words=some("jane"))
    with open_storage() as storage:
        put(storage, contact("0", "a"), record, contact("2", "c", words=some("jack")))
        with storage.write(ACME) as writer:
            writer.replace(changed(record, orders={"name": "d"}), 1)
            writer.insert([contact("3", "b")])
        assert find(storage, words=("ja",)) == ["2", "1"]
        assert find(storage, words=("jane",)) == ["1"]


def words_serve_every_variant(open_storage: OpenStorage) -> None:
    """Words are searched in each variant of the order that has them.

    Kept because it asks for the order of the variant, where others ask for membership only.
    """
    with open_storage() as storage:
        put(
            storage,
            contact("1", orders={"name:pl": "b", "name:fr": "a"}, words=some("doe")),
            contact("2", orders={"name:pl": "a", "name:fr": "b"}, words=some("dot")),
            contact("3", orders={"name:pl": "c"}, words=some("do")),
        )
        assert find(storage, order="name:pl", words=("do",)) == ["2", "1", "3"]
        assert find(storage, order="name:fr", words=("do",)) == ["1", "2"]


def some_orders_have_no_words(open_storage: OpenStorage) -> None:
    """A question by words in an order without words is refused as `order-without-words`; records may have words."""
    with open_storage() as storage:
        put(storage, note("1", words=some("doe")))
        assert find(storage, kind="note", order="time") == ["1"]
        with storage.read(ACME) as reader:
            with refused(Invalid, code="order-without-words"):
                reader.find(ask(order="recent", words=("doe",)))
            with refused(Invalid, code="order-without-words"):
                reader.count(ask(kind="note", order="time", words=("doe",)))


def words_are_folded_before(open_storage: OpenStorage) -> None:
    """A word with white space, a control character or an ASCII capital is refused as `word-not-folded`.

    Kept because it tries each class of characters that is refused.
    """
    with open_storage() as storage:
        for word in ("jane doe", "Jane", "a\tb", "a\u00a0b", "a\u2003b", "a\x1fb", "a\x7f"):
            with refused(Invalid, code="word-not-folded"), storage.write(ACME) as writer:
                writer.insert([contact("1", words=some("fine", word))])


LAWS: tuple[Law, ...] = (
    each_word_is_a_prefix_of_some_word,
    a_prefix_is_no_infix,
    words_are_compared_exactly,
    a_mark_of_a_beginning_is_a_part_of_the_word,
    no_character_of_a_word_is_special,
    a_prefix_may_end_at_the_last_code_point,
    an_empty_word_asks_for_any_word,
    words_follow_their_record,
    words_move_with_the_place,
    words_serve_every_variant,
    some_orders_have_no_words,
    words_are_folded_before,
)
