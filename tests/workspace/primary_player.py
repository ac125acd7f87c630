"""Somebody who adds, moves, ends and removes contact persons of one client, alone in a process or a thread.

As a script, `primary_player.py SORT ADDRESS CLIENT SEED ACTS`, it says `ready`, waits for a line, and prints what was
acknowledged to it as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import attrs

from contactcore import Invalid, NotFound, Person, User, Workspace
from contactcore.mapping.affiliations import affiliation_of
from contactcore.storage import Storage
from contactcore.workspace.session import Session

ACTORS = (User("amelie"), User("bob"), User("root", admin=True))
ACTS = ("add", "add", "add", "move", "move", "end", "remove")


def marks(session: Session, client: str) -> Mapping[str, bool]:
    """Who acts for the client as it is stored, hidden people included, and who has the mark."""
    stored = [affiliation_of(record) for record in session._transaction.reader.dump("affiliation")]
    return {one.id: one.primary for one in stored if one.contact_id == client}


def is_right(found: Mapping[str, bool]) -> bool:
    """Whether just one has the mark, or there is nobody."""
    return sum(found.values()) == min(1, len(found))


def act(session: Session, client: str, random: Random) -> tuple[str, str]:
    """One act upon whoever is there, the primary one more often; what was done and to whom."""
    people = session.people.list(client)
    what = random.choice(ACTS)
    if not people or what == "add":
        hidden = {"access": "private", "responsibles": ["amelie"]} if random.random() < 0.3 else {}
        person = Person(f"P{random.randrange(1_000)}", **hidden)
        return "add", session.people.add(client, person, primary=random.random() < 0.3).id
    one = people[0] if random.random() < 0.6 else random.choice(people)
    if what == "move":
        current = [each for each in people if each.active]
        if current:
            session.people.make_primary(random.choice(current))
        return "", ""
    if what == "end":
        session.people.save(attrs.evolve(one, active=False))
    else:
        session.people.remove(one)
    return what, one.id


def play(storage: Storage, client: str, seed: int, acts: int) -> dict[str, list[str]]:
    """Act, look at what is stored after each act, and give what was acknowledged."""
    random = Random(seed)
    workspace = Workspace(storage, "acme")
    told: dict[str, list[str]] = {"add": [], "end": [], "remove": [], "": []}
    for _ in range(acts):
        chosen, actor = random.randrange(1 << 30), random.choice(ACTORS)
        # A repeat begins with the same dice: what was tried in vain must not count.
        try:
            what, id = workspace.run(actor, lambda session, chosen=chosen: act(session, client, Random(chosen)), 100)
        except (NotFound, Invalid) as error:
            # Somebody else was faster between the look and the act: an ordinary answer, and nothing was done.
            assert isinstance(error, NotFound) or error.code == "primary-not-current"  # noqa: PT017 - it may not come
            continue
        told[what].append(id)
        with workspace.read(ACTORS[-1]) as session:
            found = marks(session, client)
        assert is_right(found), f"{sum(found.values())} primary marks after {what or 'move'}"
    return told


def opened(sort: str, address: str) -> Any:
    """The storage of a process."""
    if sort == "sqlite":
        from contactcore_sqlite import SQLiteStorage

        return closing(SQLiteStorage(Path(address), patience=60))
    from contactcore_postgres import PostgresStorage

    return closing(PostgresStorage(address))


def main(sort: str, address: str, client: str, seed: str, acts: str) -> None:
    """Play for the test that started this."""
    with opened(sort, address) as storage:
        print("ready", flush=True)  # noqa: T201 - the test reads it
        sys.stdin.readline()
        print(json.dumps(play(storage, client, int(seed), int(acts))))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
