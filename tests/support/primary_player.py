"""An actor who adds, moves, ends and removes contact persons of one client, in a process or a thread.

`python -m support.primary_player SORT ADDRESS CLIENT SEED ACTIONS` prints `ready`, waits for a line, and prints the ids
of the acknowledged actions as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import attrs

from contactcore import Invalid, NotFound, Person, Workspace
from contactcore.mapping.affiliations import affiliation_of
from contactcore.storage import Storage
from contactcore.testing.oracle import stored
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT

ACTORS = (AMELIE, BOB, ROOT)
ACTIONS = ("add", "add", "add", "move", "move", "end", "remove")


def primary_flags(session: Session, client: str) -> Mapping[str, bool]:
    """Id of each stored affiliation of the client, hidden people included -> whether it is primary."""
    affiliations = [affiliation_of(stored(record)) for record in session._transaction.reader.dump("affiliation")]
    return {one.id: one.primary for one in affiliations if one.contact_id == client}


def is_right(found: Mapping[str, bool]) -> bool:
    """Whether exactly one person is primary, or there is none."""
    return sum(found.values()) == min(1, len(found))


def act(session: Session, client: str, random: Random) -> tuple[str, str]:
    """Do one action on a person of the client, mostly the primary one; return the action and the id."""
    people = session.people.list(client)
    what = random.choice(ACTIONS)
    if not people or what == "add":
        hidden: dict[str, Any] = {"access": "private", "responsibles": ["amelie"]} if random.random() < 0.3 else {}
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


def _act_by(client: str, chosen: int, session: Session) -> tuple[str, str]:
    return act(session, client, Random(chosen))


def play(storage: Storage, client: str, seed: int, actions: int) -> dict[str, list[str]]:
    """Do actions, check the stored primary flags after each, and return the ids of the acknowledged actions."""
    random = Random(seed)
    workspace = Workspace(storage, "acme")
    acknowledged: dict[str, list[str]] = {"add": [], "end": [], "remove": [], "": []}
    for _ in range(actions):
        chosen, actor = random.randrange(1 << 30), random.choice(ACTORS)
        # A repeated transaction draws the same random numbers: a failed attempt must not count.
        try:
            what, id = workspace.run(actor, partial(_act_by, client, chosen), 100)
        except (NotFound, Invalid) as error:
            # Another actor was faster. This is an ordinary answer, and nothing was done.
            if not isinstance(error, NotFound) and error.code != "primary-not-current":
                raise
            continue
        acknowledged[what].append(id)
        with workspace.read(ACTORS[-1]) as session:
            found = primary_flags(session, client)
        assert is_right(found), f"{sum(found.values())} primary persons after {what or 'move'}"
    return acknowledged


def opened(sort: str, address: str) -> Any:
    """The storage of a process."""
    if sort == "sqlite":
        from contactcore_sqlite import SQLiteStorage

        return closing(SQLiteStorage(Path(address), patience=60))
    from contactcore_postgres import PostgresStorage

    return closing(PostgresStorage(address))


def main(sort: str, address: str, client: str, seed: str, actions: str) -> None:
    """Act for the test that started this process."""
    with opened(sort, address) as storage:
        print("ready", flush=True)  # noqa: T201 - the test reads it
        sys.stdin.readline()
        print(json.dumps(play(storage, client, int(seed), int(actions))))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
