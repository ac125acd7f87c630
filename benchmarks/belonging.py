"""What belongs to contacts: pages of the directory, of items and of timelines in a small and in a large workspace.

python -m benchmarks.belonging [--in-batches] [CONTACTS ...]

Each contact has 2 sites, 3 items and 20 interactions. A page costs the same in every workspace if an index answers it.
The records are added one by one with the calls that applications use; `--in-batches` stores them as an import does,
which builds a workspace of 100,000 contacts in a tenth of the time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from contactcore import Company, Interaction, Item, Person, Site, User, Workspace
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model.restoring import altered
from contactcore.rules.belonging import prepare_interaction, prepare_item, prepare_site
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository, first_stamps
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from contactcore_sqlite import SQLiteStorage

__all__ = ["CALLS", "fill", "fill_in_batches", "measure", "table"]

CALLS = ("directory page", "items page", "timeline page", "timeline tabs", "search by item", "contact by its site")
_AMELIE = User("amelie")
_AT_ONCE = 100
_BATCH = 1_000
_START = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FAMILY = ("Roe", "Doe", "Élan", "Łoś", "Müller", "Nowak", "Rossi", "García")
_PETS = ("Rex", "Mia", "Luna", "Max", "Ada", "Bella", "Filou", "Nero")


Figures = dict[str, float]
"""Name of a call -> its seconds."""


def fill(workspace: Workspace, contacts: int, random: Random) -> list[str]:
    """Store contacts with all that belongs to them, one by one, and return their ids."""
    ids = []
    for first in range(0, contacts, _AT_ONCE):
        with workspace.write(_AMELIE) as session:
            ids += [_add(session, number, random) for number in range(first, min(first + _AT_ONCE, contacts))]
    return ids


def _add(session: Session, number: int, random: Random) -> str:
    contact, sites, items = _client(number, random)
    stored = session.contacts.add(contact, sites=sites, items=items)
    for interaction in _calls(session.items.of(stored), random):
        session.timeline.add(stored, interaction)
    return stored.id


def _client(number: int, random: Random) -> tuple[Person | Company, list[Site], list[Item]]:
    name = f"{random.choice(_FAMILY)} {number}"
    contact: Person | Company = Person(f"Jo{number % 97}", name) if number % 3 else Company(name)
    sites = [Site(f"Workshop {number}"), Site(f"Depot {random.randrange(999)}")]
    return contact, sites, [Item(f"{random.choice(_PETS)} {number}-{place}") for place in range(3)]


def _calls(items: Sequence[Item], random: Random) -> Iterator[Interaction]:
    for place in range(20):
        yield Interaction(
            f"Call {place}",
            type=random.choice(("note", "appointment", "message")),
            item_id=items[place % 3].id if place % 2 else "",
            start=_START + timedelta(hours=place),
        )


def fill_in_batches(workspace: Workspace, contacts: int, random: Random) -> list[str]:
    """Store the same records as `fill` in batches, without the checks and events of single calls; return the ids."""
    ids: list[str] = []
    for first in range(0, contacts, _BATCH):
        with workspace.write(_AMELIE) as session:
            transaction = session._transaction  # noqa: SLF001 - an import shares the transaction in the same way
            ids += _add_batch(transaction, range(first, min(first + _BATCH, contacts)), random)
    return ids


def _add_batch(transaction: Transaction, numbers: range, random: Random) -> list[str]:
    repository = ContactRepository(transaction)
    stamps = first_stamps(transaction, "hand")
    settings, now = transaction.settings, transaction.now
    contacts: list[Any] = []
    sites: list[Site] = []
    items: list[Item] = []
    interactions: list[Interaction] = []

    def new(owner: str) -> dict[str, Any]:
        return {"id": transaction.new_id(), "version": 1, "contact_id": owner, "since": now}

    for number in numbers:
        contact, of_it, its_items = _client(number, random)
        ready = repository.prepare(contact, None)
        stored: Any = altered(ready, {"id": transaction.new_id(), "version": 1, **stamps})
        contacts.append(stored)
        sites += [altered(prepare_site(site, settings, stored)[0], new(stored.id)) for site in of_it]
        own = [altered(prepare_item(item, settings, stored)[0], new(stored.id)) for item in its_items]
        items += own
        interactions += [
            altered(prepare_interaction(one, settings, now)[0], {**new(stored.id), "actor": _AMELIE.name})
            for one in _calls(own, random)
        ]
    repository.add_many(contacts)
    owners = repository.get_many(one.id for one in contacts)
    Repository(transaction, SITES).add_many(sites, owners=owners)
    Repository(transaction, ITEMS).add_many(items, owners=owners)
    Repository(transaction, INTERACTIONS).add_many(interactions, owners=owners)
    return [one.id for one in contacts]


def measure(contacts: int, calls: int = 200, fill: Callable[[Workspace, int, Random], list[str]] = fill) -> Figures:
    """The median seconds of each call in a fresh SQLite file with so many contacts, and of storing one contact."""
    random = Random(7)
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStorage(Path(folder) / "crm.db")) as storage:
        workspace = Workspace(storage, "acme", country="FR")
        begin = time.perf_counter()
        ids = fill(workspace, contacts, random)
        figures = {"stored, each": (time.perf_counter() - begin) / contacts}
        storage.tidy(whole=True)
        asked: tuple[Callable[[Session], Any], ...] = (
            lambda session: session.contacts.page(letter=random.choice("DEGMNR")),
            lambda session: session.items.page(letter=random.choice("ABFLMNR")),
            lambda session: session.timeline.page(random.choice(ids), limit=10),
            lambda session: session.timeline.counts(random.choice(ids)),
            lambda session: session.items.search(f"{random.choice(_PETS)} {random.randrange(contacts)}"),
            lambda session: session.contacts.search(f"workshop {random.randrange(contacts)}"),
        )
        for name, ask in zip(CALLS, asked, strict=True):
            figures[name] = median(_timed(workspace, ask) for _ in range(calls))
    return figures


def _timed(workspace: Workspace, ask: Callable[[Session], Any]) -> float:
    with workspace.read(_AMELIE) as session:
        begin = time.perf_counter()
        ask(session)
        return time.perf_counter() - begin


def table(figures: Mapping[int, Mapping[str, float]]) -> str:
    """Format the figures, one line a call, with the ratio of the last workspace to the first."""
    sizes = list(figures)
    lines = ["".join([f"{'ms':24}", *(f"{size:>12,}" for size in sizes), f"{'ratio':>8}"])]
    for name in ("stored, each", *CALLS):
        taken = [figures[size][name] for size in sizes]
        lines.append("".join([f"{name:24}", *(f"{one * 1e3:12.2f}" for one in taken), f"{taken[-1] / taken[0]:8.2f}"]))
    return "\n".join(lines)


if __name__ == "__main__":
    given = [text for text in sys.argv[1:] if text != "--in-batches"]
    filling = fill if len(given) == len(sys.argv) - 1 else fill_in_batches
    wanted = [int(text) for text in given] or [1_000, 20_000]
    print(table({size: measure(size, fill=filling) for size in wanted}))
