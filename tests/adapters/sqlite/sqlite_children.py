"""What the tests run in processes of their own."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue

from contactcore.errors import StorageError
from contactcore.storage import SYSTEM, Event, Kind, Order, Query, Record
from contactcore_sqlite import SQLiteStorage

KINDS = (Kind("contact", (Order("name", words=True),)),)
BY_NAME = Query(kind="contact", order="name", access=SYSTEM, limit=1_000)


def contact(id: str) -> Record:
    return Record(
        kind="contact",
        id=id,
        orders={"name": id[::-1]},
        terms=frozenset({"tag:a"}),
        words=frozenset({f"w{id}", "all"}),
        keys=frozenset({f"key:{id}"}),
        access=frozenset({"visible:*"}),
    )


def add_some(path: str, name: str, count: int) -> None:
    """Install and write, a transaction each, as one of several processes that start at once."""
    with closing(SQLiteStorage(path, patience=60)) as storage:
        storage.install(KINDS)
        for number in range(count):
            with storage.write("acme") as writer:
                writer.insert([contact(f"{name}-{number}")])
                writer.publish([Event(name="added", subject=f"{name}-{number}", at="2026-01-01")])


def add_in_fork(storage: SQLiteStorage, queue: Queue[list[str]]) -> None:
    """Use a storage that was opened before the fork."""
    with storage.write("acme") as writer:
        writer.insert([contact("child")])
    with storage.read("acme") as reader:
        queue.put([record.id for record in reader.dump("contact")])


def add_in_fork_when_told(storage: SQLiteStorage, told: Connection) -> None:
    """Write, and write again when told to; tell each time what the storage refuses."""
    for name in ("first", "second"):
        told.recv()
        try:
            with storage.write("acme") as writer:
                writer.insert([contact(name)])
            told.send("")
        except StorageError as error:
            told.send(str(error))
    # As if killed: nothing is closed in order.
    os._exit(0)


def add_for_ever(path: str) -> None:
    """Write pairs until killed; print each pair's number once its transaction has ended."""
    with closing(SQLiteStorage(path)) as storage:
        storage.install(KINDS)
        number = 0
        while True:
            with storage.write("acme") as writer:
                writer.insert([contact(f"{number}-left"), contact(f"{number}-right")])
                writer.publish([Event(name="added", subject=str(number), at="2026-01-01")])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    add_for_ever(sys.argv[1])
