"""A process that adds a contact with its parts, and waits to be killed before one of the ids is given out."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime

from contactcore import Company, Host, Item, Person, Site, Workspace
from contactcore.workspace.kernel.ids import TimeOrderedIds
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE


def wait() -> None:
    sys.stdout.write("half\n")
    sys.stdout.flush()
    sys.stdin.readline()


def add_until_killed(path: str, last: int) -> None:
    """Add a company with its parts; wait before the last id, or at the end of the act if the last one is 0."""
    source, given = TimeOrderedIds(), 0

    def ids(now: datetime) -> str:
        nonlocal given
        given += 1
        if given == last:
            wait()
        return source(now)

    with closing(SQLiteStorage(path)) as storage:
        workspace = Workspace(storage, "acme", host=Host(ids=ids))
        with workspace.write(AMELIE) as session:
            people: list[str | Person] = [Person("Jane", "Doe", emails=["jane@bois.fr"]), "new@bois.fr"]
            session.contacts.add(Company("Bois"), sites=[Site("Mill")], items=[Item("Rex")], people=people)
            if last == 0:
                wait()


if __name__ == "__main__":
    add_until_killed(sys.argv[1], int(sys.argv[2]))
