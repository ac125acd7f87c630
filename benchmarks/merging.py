"""The time of a merge with very many interactions, and of its undo.

python -m benchmarks.merging [INTERACTIONS ...]

The loser has the interactions, 10 sites, 10 items and 10 contact persons. The time of one page of the winner's timeline
tells whether readers pay for a merge.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from contactcore import Company, Interaction, Item, Person, Site, User, Workspace
from contactcore_sqlite import SQLiteStorage

__all__ = ["measure", "table"]

_AMELIE = User("amelie")
_AT_ONCE = 500


def measure(interactions: int) -> dict[str, float]:
    """Merge two companies, undo the merge, and return the seconds of each step."""
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStorage(str(Path(folder) / "crm.db"))) as storage:
        workspace = Workspace(storage, "acme")
        with workspace.write(_AMELIE) as session:
            winner, loser = (session.contacts.add(Company(name)) for name in ("Bois", "BOIS"))
            for number in range(10):
                session.sites.add(loser, Site(f"Site {number}"))
                session.items.add(loser, Item(f"Item {number}"))
                session.people.add(loser, Person("Jane", f"Doe {number}"))
        for first in range(0, interactions, _AT_ONCE):
            with workspace.write(_AMELIE) as session:
                for number in range(first, min(first + _AT_ONCE, interactions)):
                    session.timeline.add(loser, Interaction(f"Call {number}"))
        merging = workspace.merging(_AMELIE)
        found: dict[str, float] = {}

        def timed(name: str, act: Callable[[], object]) -> None:
            started = time.perf_counter()
            act()
            found[name] = time.perf_counter() - started

        def page() -> None:
            with workspace.read(_AMELIE) as session:
                assert len(session.timeline.page(winner).items) > 0

        timed("plan", lambda: merging.plan(winner.id, [loser.id]))
        plan = merging.plan(winner.id, [loser.id])
        timed("merge", lambda: merging.apply(plan))
        timed("page", page)
        timed("undo", lambda: merging.undo(merging.list()[0]))
        return found


def table(rows: dict[int, dict[str, float]]) -> str:
    """The figures as a table."""
    names = [*next(iter(rows.values()))]
    lines = ["interactions".ljust(14) + "".join(f"{name:>10}" for name in names)]
    lines += [f"{size:<14,}" + "".join(f"{one[name]:>9.2f}s" for name in names) for size, one in rows.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [5_000]
    print(table({size: measure(size) for size in sizes}))
