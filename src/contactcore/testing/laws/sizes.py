"""Sizes: numbers of records, ids and terms at which databases fail or answer less."""

from __future__ import annotations

from typing import Any

from contactcore.storage import LARGEST_PAGE, SYSTEM
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    Law,
    OpenStorage,
    ask,
    contact,
    count,
    event,
    expect_same,
    find,
    put,
    some,
)

__all__ = ["LAWS"]


def the_largest_page_is_a_page(open_storage: OpenStorage) -> None:
    """A page of 1,000 says whether more follows; counts, dumps and feeds go beyond 1,000 on request."""
    ids = [f"{number:04}" for number in range(LARGEST_PAGE + 2)]
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            expect_same(writer.insert([contact(id) for id in ids]), ids)
            writer.publish(event(id) for id in ids)
        with storage.read(ACME) as reader:
            for descending in (False, True):
                walk = ids[::-1] if descending else ids
                found = reader.find(ask(limit=LARGEST_PAGE, descending=descending))
                expect_same([card.id for card in found.cards], walk[:LARGEST_PAGE])
                rest = reader.find(ask(limit=LARGEST_PAGE, descending=descending, after=found.last))
                assert ([card.id for card in rest.cards], found.more, rest.more) == (walk[LARGEST_PAGE:], True, False)
                whole = reader.find_records(ask(limit=LARGEST_PAGE, descending=descending))
                expect_same([record.id for record in whole.records], walk[:LARGEST_PAGE])
                assert (whole.last, whole.more) == (found.last, True)
            expect_same([record.id for record in reader.dump("contact", limit=len(ids))], ids)
            expect_same([published.event.name for published in reader.feed(limit=len(ids))], ids)
            assert len(reader.get("contact", ids)) - reader.get("contact", ids).count(None) == len(ids)
        assert count(storage) == (len(ids),)


def any_number_can_be_asked_for(open_storage: OpenStorage) -> None:
    """`get`, `holders`, `set_access` take any number of names; a question takes 1,000 terms and 100 words."""
    names = [f"{number}" for number in range(fixtures.MANY)]
    last = names[-1]
    words = some(*(f"w{number}" for number in range(100)))
    with open_storage() as storage:
        put(storage, contact(last, keys=some(last), words=words, terms=some("tag:999"), access=some("visible:none")))
        with storage.write(ACME) as writer:
            found = writer.get("contact", names)
            assert (len(found), found[-1] is not None) == (fixtures.MANY, True)
            holders = writer.holders(names)
            assert (len(holders), holders[-1]) == (fixtures.MANY, ("contact", last))
            writer.set_access("contact", "", some("visible:999"), names)
        terms = some(*(f"tag:{number}" for number in range(1_000)))
        access = some(*(f"visible:{number}" for number in range(1_000)))
        assert find(storage, words=tuple(words), where=(terms,), access=access) == [last]


def a_record_takes_any_number_of_texts(open_storage: OpenStorage) -> None:
    """A record takes any number of words, terms, keys and access terms, is found by each, and can lose them all."""
    numbers = range(fixtures.TEXTS)
    question: dict[str, Any]
    full = contact(
        "1",
        words=some(*(f"w{number:04}" for number in numbers)),
        terms=some(*(f"tag:{number:04}" for number in numbers)),
        keys=some(*(f"k{number}" for number in numbers)),
        access=some(*(f"visible:{number:04}" for number in numbers)),
    )
    with open_storage() as storage:
        put(storage, full, contact("2"))
        with storage.read(ACME) as reader:
            expect_same(reader.dump("contact"), [full, contact("2")])
            expect_same(reader.holders([f"k{number}" for number in numbers]), [("contact", "1")] * len(numbers))
            for number in (*numbers[::17], *numbers[-10:]):
                for question in (
                    {"words": (f"w{number:04}",)},
                    {"where": (some(f"tag:{number:04}"),)},
                    {"access": some(f"visible:{number:04}")},
                ):
                    assert [card.id for card in reader.find(ask(**question)).cards] == ["1"], f"{question}"
            assert reader.count(ask(words=("w",), access=full.access)) == (1,)
        with storage.write(ACME) as writer:
            writer.replace(contact("1", version=2), 1)
        for question in ({"words": ("w",)}, {"where": (full.terms,)}, {"access": full.access}):
            assert find(storage, **question) == []
        put(storage, contact("3", keys=some(f"k{fixtures.TEXTS - 1}")))


def a_question_takes_any_number_of_groups(open_storage: OpenStorage) -> None:
    """A question takes any number of groups, words and access terms, and asks all of them."""
    numbers = range(fixtures.GROUPS)
    terms, words = [f"tag:{number}" for number in numbers], [f"w{number:03}" for number in numbers]
    groups = tuple(some(term, f"other:{number}") for number, term in enumerate(terms))
    with open_storage() as storage:
        put(storage, contact("0", terms=some(*terms), words=some(*words)))
        put(storage, *(contact(f"t{n:03}", terms=some(*terms) - {terms[n]}, words=some(*words)) for n in numbers))
        put(storage, *(contact(f"w{n:03}", terms=some(*terms), words=some(*words) - {words[n]}) for n in numbers))
        access = some("visible:*", *(f"visible:{number}" for number in numbers))
        for seen in (SYSTEM, access):
            assert find(storage, where=groups, words=tuple(words), access=seen) == ["0"]
            assert count(storage, where=groups, words=tuple(words), access=seen) == (1,)
        assert find(storage, where=groups, limit=1_000) == ["0", *(f"w{n:03}" for n in numbers)]
        assert find(storage, words=tuple(words), limit=1_000) == ["0", *(f"t{n:03}" for n in numbers)]


LAWS: tuple[Law, ...] = (
    the_largest_page_is_a_page,
    any_number_can_be_asked_for,
    a_record_takes_any_number_of_texts,
    a_question_takes_any_number_of_groups,
)
