"""A process of an application, for the tests that need real ones: `child.py DSN COMMAND ARGUMENTS...`.

It prints a line for each thing that was acknowledged, and reads its standard input where it has to wait.
"""

from __future__ import annotations

import sys

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, DuplicateKey, Event, Kind, MissingRecord, Order, Query, Record
from contactcore_postgres import PostgresStorage

KINDS = (
    Kind("contact", (Order("name", words=True), Order("due", due=True))),
    Kind("person", (Order("name"),), {"contact": "contact"}),
)
ACME = "acme"
BATCH = 40


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def heard() -> str:
    return sys.stdin.readline().strip()


def contact(id: str, **more: object) -> Record:
    fields: dict[str, object] = {"orders": {"name": id}, "access": frozenset({"visible:*"}), **more}
    return Record(kind="contact", id=id, **fields)  # type: ignore[arg-type] # any field by name


def install(storage: PostgresStorage) -> None:
    """Install when told to, and say so."""
    say("ready")
    heard()
    storage.install(KINDS)
    with storage.write(ACME) as writer:
        writer.publish([Event(name="installed", subject="1", at="now")])
    say("installed")


def publish(storage: PostgresStorage, name: str, times: str) -> None:
    """Publish one to three events a transaction, with more or less work before each commit."""
    say("ready")
    heard()
    for number in range(int(times)):
        with storage.write(ACME) as writer:
            events = [Event(name=name, subject=f"{number}.{part}", at="now") for part in range(number % 3 + 1)]
            writer.publish(events)
            writer.insert([contact(f"{name}-{number}-{part}") for part in range(number % 7 * 5)])
        say(f"{len(events)}")


def follow(storage: PostgresStorage, last: str) -> None:
    """Read the feed behind a cursor until an event was seen so often, and say every position."""
    after, seen = 0, 0
    say("ready")
    while seen < int(last):
        with storage.read(ACME) as reader:
            events = reader.feed(after, 7)
        for published in events:
            say(f"{published.position} {published.event.name} {published.event.subject}")
        seen += len(events)
        after = events[-1].position if events else after


def first_person(storage: PostgresStorage, id: str) -> None:
    """Add a person to the contact 1 and make it primary if it is the first."""
    say("ready")
    heard()
    with storage.write(ACME) as writer:
        writer.lock("contact", "1")
        (there,) = writer.count(Query(kind="person", order="name", access=SYSTEM))
        body = b'{"primary": false}' if there else b'{"primary": true}'
        writer.insert([Record(kind="person", id=id, body=body, orders={"name": id}, references={"contact": "1"})])
    say("done")


def bulk(storage: PostgresStorage, first: str) -> None:
    """Import batches for ever; after a lost connection wait for a word and go on."""
    number = int(first)
    while True:
        records = [contact(f"{number:06}-{part:02}", keys=frozenset({f"{number}/{part}"})) for part in range(BATCH)]
        try:
            with storage.write(ACME) as writer:
                writer.insert(records[: BATCH // 2])
                writer.publish([Event(name="batch", subject=str(number), at="now")])
                writer.insert(records[BATCH // 2 :])
        except DuplicateKey:
            say(f"kept {number}")  # the lost answer of a commit that was kept
        except StorageError as error:
            say(f"failed {error.code}")
            heard()
            continue
        say(f"batch {number}")
        number += 1


def tag(storage: PostgresStorage, id: str, times: str) -> None:
    """Make tags that other processes make at the same time, keeping what is there."""
    say("ready")
    heard()
    for number in range(int(times)):
        with storage.write(ACME) as writer:
            (kept,) = writer.insert([contact(f"{id}-{number}", keys=frozenset({f"tag/{number}"}))], existing="keep")
        say(kept)


def claim(storage: PostgresStorage) -> None:
    """Claim what is due, three at a time, until there is nothing more."""
    say("ready")
    heard()
    while True:
        with storage.write(ACME) as writer:
            claimed = writer.claim(Query(kind="contact", order="due", access=SYSTEM, stop="5", limit=3), "9")
        if not claimed:
            return
        for record in claimed:
            say(record.id)


def change(storage: PostgresStorage, times: str) -> None:
    """Count up the version of two records, in a sequence that invites deadlocks; repeat what was refused."""
    say("ready")
    heard()
    done = 0
    while done < int(times):
        try:
            with storage.write(ACME) as writer:
                for id in ("1", "2") if done % 2 else ("2", "1"):
                    stored = writer.lock("contact", id)
                    writer.replace(contact(id, version=stored.version + 1), stored.version)
        except (StorageError, MissingRecord) as error:
            if error.code != "storage-retry":
                raise
            continue
        done += 1
    say("done")


COMMANDS = {command.__name__: command for command in (install, publish, follow, first_person, bulk, tag, claim, change)}

if __name__ == "__main__":
    _, dsn, command, *arguments = sys.argv
    opened = PostgresStorage(dsn, patience=30.0)
    if command != "install":
        opened.install(KINDS)
    COMMANDS[command](opened, *arguments)
    opened.close()
