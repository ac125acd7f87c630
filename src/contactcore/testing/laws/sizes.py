"""Sizes: numbers of records, ids and terms at which databases fail or answer less."""

from __future__ import annotations

from contactcore.storage import LARGEST_PAGE
from contactcore.testing import fixtures
from contactcore.testing.fixtures import ACME, Law, OpenStorage, ask, contact, count, event, find, put, some

__all__ = ["LAWS"]


def the_largest_page_is_a_page(open_storage: OpenStorage) -> None:
    """A page of 1,000 says whether more follows; counts, dumps and feeds go beyond 1,000 on request."""
    ids = [f"{number:04}" for number in range(LARGEST_PAGE + 2)]
    with open_storage() as storage:
        with storage.write(ACME) as writer:
            assert writer.insert([contact(id) for id in ids]) == ids
            writer.publish(event(id) for id in ids)
        with storage.read(ACME) as reader:
            for descending in (False, True):
                walk = ids[::-1] if descending else ids
                found = reader.find(ask(limit=LARGEST_PAGE, descending=descending))
                assert ([card.id for card in found.cards], found.more) == (walk[:LARGEST_PAGE], True)
                rest = reader.find(ask(limit=LARGEST_PAGE, descending=descending, after=found.last))
                assert ([card.id for card in rest.cards], rest.more) == (walk[LARGEST_PAGE:], False)
            assert [record.id for record in reader.dump("contact", limit=len(ids))] == ids
            assert [published.event.name for published in reader.feed(limit=len(ids))] == ids
            assert len(reader.get("contact", ids)) - reader.get("contact", ids).count(None) == len(ids)
        assert count(storage) == (len(ids),)


def any_number_can_be_asked_for(open_storage: OpenStorage) -> None:
    """`get`, `holders`, `set_access` take any number of names; a question takes 1,000 terms and 100 words."""
    names = [f"{number}" for number in range(fixtures.MANY)]
    last = names[-1]
    words = some(*(f"w{number}" for number in range(100)))
    with open_storage() as storage:
        put(storage, contact(last, keys=some(last), words=words, terms=some("tag:0"), access=some("visible:0")))
        with storage.write(ACME) as writer:
            found = writer.get("contact", names)
            assert (len(found), found[-1] is not None) == (fixtures.MANY, True)
            holders = writer.holders(names)
            assert (len(holders), holders[-1]) == (fixtures.MANY, ("contact", last))
            writer.set_access("contact", "", some("visible:1"), names)
        terms = some(*(f"tag:{number}" for number in range(1_000)))
        access = some(*(f"visible:{number}" for number in range(1_000)))
        assert find(storage, words=tuple(words), where=(terms,), access=access) == [last]


LAWS: tuple[Law, ...] = (
    the_largest_page_is_a_page,
    any_number_can_be_asked_for,
)
