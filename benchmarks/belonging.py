"""What belongs to contacts: pages of the directory, of items and of timelines in a small and in a large workspace.

python -m benchmarks.belonging [CONTACTS ...]

Each contact has 2 sites, 3 items and 20 interactions. A page costs the same in every workspace if an index answers it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from contactcore import Company, Interaction, Item, Person, Site, User, Workspace
from contactcore.workspace.session import Session
from contactcore_sqlite import SQLiteStorage

__all__ = ["CALLS", "fill", "measure", "table"]

CALLS = ("directory page", "items page", "timeline page", "timeline tabs", "search by item", "contact by its site")
_AMELIE = User("amelie")
_AT_ONCE = 100
_START = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FAMILY = ("Roe", "Doe", "Élan", "Łoś", "Müller", "Nowak", "Rossi", "García")
_PETS = ("Rex", "Mia", "Luna", "Max", "Ada", "Bella", "Filou", "Nero")


def fill(workspace: Workspace, contacts: int, random: Random) -> list[str]:
    """Store contacts with all that belongs to them, and return their ids."""
    ids = []
    for first in range(0, contacts, _AT_ONCE):
        with workspace.write(_AMELIE) as session:
            ids += [_add(session, number, random) for number in range(first, min(first + _AT_ONCE, contacts))]
    return ids


def _add(session: Session, number: int, random: Random) -> str:
    name = f"{random.choice(_FAMILY)} {number}"
    contact: Person | Company = Person(f"Jo{number % 97}", name) if number % 3 else Company(name)
    stored = session.contacts.add(
        contact,
        sites=[Site(f"Workshop {number}"), Site(f"Depot {random.randrange(999)}")],
        items=[Item(f"{random.choice(_PETS)} {number}-{place}") for place in range(3)],
    )
    items = session.items.of(stored)
    for place in range(20):
        session.timeline.add(
            stored,
            Interaction(
                f"Call {place}",
                type=random.choice(("note", "appointment", "message")),
                item_id=items[place % 3].id if place % 2 else "",
                start=_START + timedelta(hours=place),
            ),
        )
    return stored.id


def measure(contacts: int, calls: int = 200) -> Mapping[str, float]:
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
    wanted = [int(text) for text in sys.argv[1:]] or [1_000, 20_000]
    print(table({size: measure(size) for size in wanted}))
