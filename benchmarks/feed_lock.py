"""The cost of the feed lock on PostgreSQL: concurrent writer processes, with and without events.

A transaction that publishes events numbers them immediately before its commit, and locks the counter of its workspace
until the commit has ended. The benchmark inserts one record per transaction with 1, 2, 4 and 8 processes: without an
event, with an event in one workspace, and with an event in a separate workspace for each process.

python -m benchmarks.feed_lock [DSN] [SECONDS]
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from typing import Final

from benchmarks import postgres
from contactcore.storage import Event, Kind, Order, Record
from contactcore_postgres import PostgresStorage

__all__ = ["measure"]

_KINDS: Final = (Kind("contact", (Order("name"),)),)
_SHAPES: Final = ("no events", "one workspace", "each its own")


def _write(dsn: str, shape: str, number: str, seconds: str) -> None:
    """Run transactions of one record in this process until the time is over, and print their number."""
    workspace = f"w{number}" if shape == "each its own" else "w"
    with closing(PostgresStorage(dsn)) as storage:
        storage.install(_KINDS)
        storage.create(workspace)
        print("ready", flush=True)
        sys.stdin.readline()
        done, end = 0, time.monotonic() + float(seconds)
        while time.monotonic() < end:
            name = f"{number}-{done:07}"
            with storage.write(workspace) as writer:
                record = Record(
                    kind="contact", id=name, orders={"name": name}, body=b"x" * 500, access=frozenset({"visible:*"})
                )
                writer.insert([record])
                if shape != "no events":
                    writer.publish([Event(name="contact.added", subject=name, at="now")])
            done += 1
    print(done, flush=True)


def measure(shape: str, writers: int, seconds: float) -> float:
    """Measure the transactions per second of all writers together, in a new database."""
    dsn = postgres.new_database()
    try:
        with closing(PostgresStorage(dsn)) as storage:
            storage.install(_KINDS)
        children = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.feed_lock", "write", dsn, shape, str(number), str(seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(writers)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        return sum(int(child.communicate()[0]) for child in children) / seconds
    finally:
        postgres.drop(dsn)


def _main(dsn: str = "", seconds: str = "5") -> None:
    postgres.start(dsn)
    print("writers", *(f"{shape:>14}" for shape in _SHAPES))
    for writers in (1, 2, 4, 8):
        # The median of three interleaved rounds.
        rounds = [[measure(shape, writers, float(seconds)) for shape in _SHAPES] for _ in range(3)]
        medians = [sorted(column)[1] for column in zip(*rounds, strict=True)]
        print(f"{writers:7}", *(f"{speed:12,.0f}/s" for speed in medians), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        _write(*sys.argv[2:6])
    else:
        _main(*sys.argv[1:3])
