"""What the timeline of a contact costs, counted in records: a page costs a page, however long the timeline is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
import pytest

from contactcore import Interaction, Item, Person, Site, Workspace
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.model import Settings
from contactcore.storage import Reader, Storage
from contactcore.workspace import Host
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.timeline import Timeline
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.counting_storage import CountingStorage
from support.memory_walks import records_walked

SHORT, LONG = 200, 20_000
TYPES: Final = ("note", "appointment", "message", "action")
START: Final = datetime(2026, 3, 1, tzinfo=UTC)


@attrs.frozen
class Filled:
    """A contact with a timeline of some length.

    Attributes:
        size: The number of interactions; one in a hundred names the item, the site and the person.
        storage: The storage.
        contact, item, site, person: The ids that the interactions name.
    """

    size: int
    storage: Storage
    contact: str
    item: str
    site: str
    person: str

    def walked(self, ask: Callable[[Timeline, Filled], object]) -> int:
        """Count the records that a question about the timeline looks up and walks."""

        def call(reader: Reader) -> object:
            transaction = Transaction(reader, ROOT, Settings(), Host(), workspace="acme", writable=False)
            return ask(Timeline(transaction), self)

        return records_walked(self.storage, "acme", call)


def filled(storage: Storage, size: int) -> Filled:
    with Workspace(storage, "acme").write(ROOT) as session:
        contact, person = (session.contacts.add(Person(name)) for name in ("Jane", "Joan"))
        item, site = session.items.add(contact, Item("Rex")), session.sites.add(contact, Site("Home"))
        transaction = session._transaction
        rare = {"item_id": item.id, "site_id": site.id, "person_id": person.id}
        made = [
            Interaction(
                f"{number}",
                id=transaction.new_id(),
                version=1,
                contact_id=contact.id,
                type=TYPES[number % 4],
                state="planned" if number % 5 == 0 else "done",
                start=START + timedelta(minutes=number),
                timezone="UTC",
                **(rare if number % 100 == 0 else {}),
            )
            for number in range(size)
        ]
        Repository(transaction, INTERACTIONS).add_many(made)
    return Filled(size, storage, contact.id, item.id, site.id, person.id)


@pytest.fixture(scope="module")
def timelines() -> Iterator[tuple[Filled, Filled]]:
    with closing(MemoryStorage()) as short, closing(MemoryStorage()) as long:
        yield filled(short, SHORT), filled(long, LONG)


def after(page: int, **filters: Any) -> Callable[[Timeline, Filled], object]:
    """A page behind a cursor, which lies at the same part of each timeline."""
    from contactcore.mapping.interactions import time_key
    from contactcore.storage import cursor_of

    return lambda timeline, one: timeline.page(
        one.contact, after=cursor_of("time", time_key(START + timedelta(minutes=one.size * page // 10)), ""), **filters
    )


QUESTIONS: Final[dict[str, Callable[[Timeline, Filled], object]]] = {
    "the first page": lambda timeline, one: timeline.page(one.contact, limit=20),
    "what comes": lambda timeline, one: timeline.page(one.contact, limit=20, upcoming=True),
    "one tab": lambda timeline, one: timeline.page(one.contact, types=["message"], limit=20),
    "two tabs": lambda timeline, one: timeline.page(one.contact, types=["message", "note"], limit=20),
    "what is planned of a tab": lambda timeline, one: timeline.page(
        one.contact, types=["note"], state="planned", limit=5
    ),
    "one item": lambda timeline, one: timeline.page(one.contact, item=one.item, limit=1),
    "one item's tab": lambda timeline, one: timeline.page(one.contact, item=one.item, types=["note"], limit=1),
    "one site": lambda timeline, one: timeline.page(one.contact, site=one.site, limit=1),
    "one person": lambda timeline, one: timeline.page(one.contact, person=one.person, limit=1),
    "a page in the depth": after(5, limit=20),
    "a page of a tab in the depth": after(5, types=["action"], limit=5),
    "the counts": lambda timeline, one: timeline.counts(one.contact),
    "the counts of an item": lambda timeline, one: timeline.counts(one.contact, item=one.item),
}


@pytest.mark.req("SIT-6")
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_walks_no_more_on_a_long_timeline_than_on_a_short_one(
    timelines: tuple[Filled, Filled], question: Callable[[Timeline, Filled], object]
) -> None:
    short, long = (one.walked(question) for one in timelines)
    assert 0 < long <= short + 3, f"{short} records on a timeline of {SHORT}, {long} on one of {LONG}"


@pytest.mark.req("SIT-6")
def test_the_counts_of_a_long_timeline_are_exact(timelines: tuple[Filled, Filled]) -> None:
    _, long = timelines
    with Workspace(long.storage, "acme").read(ROOT) as session:
        counts, of_item = session.timeline.counts(long.contact), session.timeline.counts(long.contact, item=long.item)
    assert {type: number for type, number in counts.items() if number} == dict.fromkeys(TYPES, LONG // 4)
    assert sum(of_item.values()) == of_item["note"] == LONG // 100


@pytest.mark.req("SIT-6")
def test_a_page_and_the_counts_are_one_question_each(storage: Storage) -> None:
    counting = CountingStorage(storage)
    one = filled(counting, SHORT)
    with Workspace(counting, "acme").read(ROOT) as session:
        counting.calls.restart()
        page = session.timeline.page(one.contact, limit=150)
        # The settings, the contact, the interactions, and the site and the person of all of them.
        assert counting.calls.by_name == {"get": 4, "find_records": 1}
        assert [bool(shown.site_id and shown.person_id) for shown in page].count(True) == 1
        counting.calls.restart()
        counts = session.timeline.counts(one.contact)
        assert counting.calls.by_name == {"get": 1, "count": 1}
        assert sum(counts.values()) == SHORT


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize(
    ("act", "calls"),
    [
        (lambda timeline, one: timeline.add(one.contact_id, Interaction("New")), {"get": 1, "insert": 1}),
        (
            lambda timeline, one: timeline.add(one.contact_id, attrs.evolve(one, id="", version=0)),
            {"get": 4, "insert": 1},
        ),
        (lambda timeline, one: timeline.save(attrs.evolve(one, title="New")), {"get": 5, "replace": 1}),
        (lambda timeline, one: timeline.delete(one), {"get": 3, "replace": 1}),
    ],
    ids=["add", "add with item, site and person", "save", "delete"],
)
def test_a_change_makes_no_more_calls_than_allowed(
    storage: Storage, act: Callable[[Timeline, Interaction], object], calls: dict[str, int]
) -> None:
    counting = CountingStorage(storage)
    one = filled(counting, SHORT)
    with Workspace(counting, "acme").read(ROOT) as session:
        (*_, interaction) = session.timeline.page(one.contact, item=one.item)
    with Workspace(counting, "acme").write(ROOT) as session:
        counting.calls.restart()
        act(session.timeline, interaction)
        made = {name: number for name, number in counting.calls.by_name.items() if name not in {"lock", "publish"}}
        assert made == calls
        assert counting.calls.by_name["publish"] == 1
        assert counting.calls.by_name["lock"] <= 2
