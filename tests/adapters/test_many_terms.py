"""A group of many terms finds what its terms find, however a storage reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contactcore.storage import SYSTEM, Storage
from contactcore.testing.fixtures import ACME, KINDS, ask, contact, count, find, put, some

NUMBERS = range(200)
FIFTHS = some(*(f"id:{number}" for number in range(0, 400, 5)))
"""Terms of one record each; those of the second half are missing."""
NEIGHBOURS = FIFTHS | some(*(f"next:{number}" for number in range(0, 400, 5)))
Answers = Callable[[int], bool]


@pytest.fixture
def storage(storage: Storage) -> Storage:
    """A storage with 200 records: each has two terms of its own, and two of three have a common one."""
    storage.install(KINDS)
    own = [some(f"id:{number}", f"next:{number + 1}") for number in NUMBERS]
    put(
        storage,
        *(
            contact(
                f"{number:03}",
                terms=own[number] | some(*(["tag:common"] if number % 3 else [])),
                access=some("visible:*" if number % 2 else "visible:ann"),
                owner=f"o{number // 4}",
            )
            for number in NUMBERS
        ),
    )
    return storage


@pytest.mark.req("DIR-19")
@pytest.mark.parametrize("listed", [1, 9, 60, 1_000])
@pytest.mark.parametrize(
    ("group", "answers"),
    [
        (FIFTHS, lambda number: number % 5 == 0),
        (NEIGHBOURS, lambda number: number % 5 in {0, 4}),
        (NEIGHBOURS | {"tag:common"}, lambda number: number % 3 or number % 5 in {0, 4}),
        (some("tag:common", *(f"id:{number}" for number in range(0, 30, 3))), lambda number: number % 3 or number < 30),
    ],
    ids=["rare", "two of a record", "rare and frequent", "mostly frequent"],
)
def test_a_group_of_many_terms_finds_each_record_once_and_in_order(
    storage: Storage, group: frozenset[str], answers: Answers, listed: int
) -> None:
    ids = [f"{number:03}" for number in NUMBERS if answers(number)]
    for access, seen in ((SYSTEM, ids), (some("visible:*"), [id for id in ids if int(id) % 2])):
        asked: dict[str, Any] = {"access": access, "where": (group,)}
        assert find(storage, limit=listed, **asked) == seen[:listed]
        assert find(storage, limit=listed, descending=True, **asked) == seen[::-1][:listed]
        middle = [id for id in seen if "050" <= id < "150"]
        assert find(storage, limit=listed, start="050", stop="150", **asked) == middle[:listed]
        firsts = {int(id) // 4: id for id in seen[::-1]}
        assert find(storage, limit=listed, distinct_owner=True, **asked) == sorted(firsts.values())[:listed]
        with storage.read(ACME) as reader:
            whole = reader.find_records(ask(limit=listed, **asked))
            assert list(whole.records) == reader.get("contact", seen[:listed])
            assert whole.more == (len(seen) > listed)
        both = [id for id in seen if int(id) % 3]
        assert find(storage, access=access, where=(group, some("tag:common")), limit=listed) == both[:listed]
        assert find(storage, words=("",), limit=listed, **asked) == []
        assert count(storage, **asked) == (len(seen),)


@pytest.mark.req("DIR-19")
def test_pages_of_a_group_of_many_terms_join(storage: Storage) -> None:
    seen, after = [], None
    with storage.read(ACME) as reader:
        while True:
            found = reader.find(ask(where=(NEIGHBOURS,), limit=7, after=after))
            seen += [card.id for card in found.cards]
            after = found.last
            if not found.more:
                break
    assert seen == [f"{number:03}" for number in NUMBERS if number % 5 in {0, 4}]
