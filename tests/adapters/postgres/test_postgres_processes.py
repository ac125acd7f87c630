"""Several processes on one server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import psycopg
import pytest

from contactcore.storage import SYSTEM, Kind, Order, Query, Record
from contactcore_postgres import PostgresStorage

KINDS = (
    Kind("contact", (Order("name", words=True), Order("due", due=True))),
    Kind("person", (Order("name"),), {"contact": "contact"}),
)
ACME = "acme"


# With no threads of a test run beside it. The parent's transaction is under way while the child has its own.
FORK = """
import os, signal, sys
from contactcore.storage import Kind, Order, Record
from contactcore_postgres import PostgresStorage

def contact(id):
    return Record(kind="contact", id=id, orders={"name": id})

storage = PostgresStorage(sys.argv[1])
storage.install([Kind("contact", (Order("name", words=True), Order("due", due=True)))])
with storage.write("acme") as writer:
    writer.insert([contact("before")])
signal.alarm(60)
child = 0
with storage.write("acme") as writer:
    writer.insert([contact("parent")])
    child = os.fork()
    if child:
        ended = os.waitpid(child, 0)[1]
        writer.insert([contact("parent too")])
    else:
        signal.alarm(20)
        with storage.write("acme") as mine:
            mine.insert([contact("child")])
        sys.exit(0)
storage.close()
print(ended)
"""


def opened(dsn: str) -> PostgresStorage:
    storage = PostgresStorage(dsn)
    storage.install(KINDS)
    return storage


def contact(id: str, **more: Any) -> Record:
    return Record(kind="contact", id=id, **{"orders": {"name": id}, **more})


def all_ready(children: list[Any]) -> None:
    for child in children:
        assert child.line() == "ready"


def test_processes_that_install_at_once_make_one_schema(dsn: str, children: Callable[..., Any]) -> None:
    several = [children(dsn, "install") for _ in range(4)]
    all_ready(several)
    for child in several:
        child.tell()
    assert [child.rest() for child in several] == [["installed"]] * 4
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM contactcore.installed").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM contactcore.event").fetchone() == (4,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_talks_to_the_server_on_connections_of_its_own(dsn: str) -> None:
    opened(dsn).close()
    done = subprocess.run([sys.executable, "-c", FORK, dsn], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr
    storage = opened(dsn)
    with storage.read(ACME) as reader:
        assert [record.id for record in reader.dump("contact")] == ["before", "child", "parent", "parent too"]
    storage.close()


def test_no_reader_of_the_feed_misses_an_event_or_sees_one_twice(dsn: str, children: Callable[..., Any]) -> None:
    opened(dsn).close()
    times = 40
    events = sum(number % 3 + 1 for number in range(times)) * 3
    readers = [children(dsn, "follow", str(events)) for _ in range(2)]
    writers = [children(dsn, "publish", name, str(times)) for name in ("a", "b", "c")]
    all_ready(readers + writers)
    for writer in writers:
        writer.tell()
    seen = [reader.rest() for reader in readers]
    published = [sum(map(int, writer.rest())) for writer in writers]
    assert sum(published) == events
    assert seen[0] == seen[1]
    assert [int(line.split()[0]) for line in seen[0]] == list(range(1, events + 1))
    assert len({line.split(" ", 1)[1] for line in seen[0]}) == events
    # Each writer's own events stand in the sequence in which it published them.
    for name in ("a", "b", "c"):
        subjects = [line.split()[2] for line in seen[0] if line.split()[1] == name]
        assert subjects == sorted(subjects, key=lambda subject: [int(part) for part in subject.split(".")])


def test_only_one_of_two_first_persons_is_primary(dsn: str, children: Callable[..., Any]) -> None:
    storage = opened(dsn)
    for attempt in range(3):
        storage.drop(ACME)
        with storage.write(ACME) as writer:
            writer.insert([contact("1")])
        two = [children(dsn, "first_person", f"{attempt}-{number}") for number in range(2)]
        all_ready(two)
        for child in two:
            child.tell()
        assert [child.rest() for child in two] == [["done"]] * 2
        with storage.read(ACME) as reader:
            bodies = sorted(record.body for record in reader.dump("person"))
        assert bodies == [b'{"primary": false}', b'{"primary": true}']
    storage.close()


def test_tags_that_are_made_at_once_exist_once(dsn: str, children: Callable[..., Any]) -> None:
    storage = opened(dsn)
    three = [children(dsn, "tag", name, "30") for name in "abc"]
    all_ready(three)
    for child in three:
        child.tell()
    kept = [child.rest() for child in three]
    assert kept[0] == kept[1] == kept[2]
    with storage.read(ACME) as reader:
        assert reader.count(Query(kind="contact", order="name", access=SYSTEM)) == (30,)
        assert sorted(record.id for record in reader.dump("contact")) == sorted(kept[0])
    storage.close()


def test_work_is_claimed_by_one_process(dsn: str, children: Callable[..., Any]) -> None:
    storage = opened(dsn)
    with storage.write(ACME) as writer:
        writer.insert([contact(str(number), orders={"due": str(number % 5)}) for number in range(200)])
    three = [children(dsn, "claim") for _ in range(3)]
    all_ready(three)
    for child in three:
        child.tell()
    claimed = [id for child in three for id in child.rest()]
    assert Counter(claimed) == Counter(str(number) for number in range(200))
    storage.close()


def test_no_change_is_lost_when_transactions_cross(dsn: str, children: Callable[..., Any]) -> None:
    storage = opened(dsn)
    with storage.write(ACME) as writer:
        writer.insert([contact("1"), contact("2")])
    three = [children(dsn, "change", "12") for _ in range(3)]
    all_ready(three)
    for child in three:
        child.tell()
    assert [child.rest() for child in three] == [["done"]] * 3
    with storage.read(ACME) as reader:
        assert [record.version for record in reader.dump("contact")] == [37, 37]
    storage.close()


@pytest.mark.parametrize("kills", [1, 4])
def test_what_a_killed_process_had_acknowledged_is_there_whole(
    dsn: str, children: Callable[..., Any], kills: int
) -> None:
    storage = opened(dsn)
    acknowledged: list[str] = []
    first = count()
    for kill in range(kills):
        child = children(dsn, "bulk", str(next(first) * 1000))
        acknowledged += [child.line() for _ in range(3 + kill)]
        acknowledged += child.kill()
    batches = {line.removeprefix("batch ") for line in acknowledged}
    assert len(batches) == len(acknowledged)
    assert_whole_batches(storage, batches)
    storage.close()


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_what_was_acknowledged_survives_the_servers_end(
    own_server: Any, children: Callable[..., Any], mode: str
) -> None:
    dsn = own_server.database()
    storage = opened(dsn)
    child = children(dsn, "bulk", "0")
    said = [child.line() for _ in range(5)]
    own_server.stop(mode)
    while not said[-1].startswith("failed"):
        said.append(child.line())
    assert said[-1] == "failed storage-lost"
    own_server.start()
    child.tell()
    said += [child.line() for _ in range(3)]
    said += child.kill()
    batches = {line.split()[1] for line in said if not line.startswith("failed")}
    # The connections in this pool died too, and the next call works all the same.
    assert_whole_batches(storage, batches)
    storage.close()


def assert_whole_batches(storage: PostgresStorage, batches: set[str]) -> None:
    """All acknowledged batches are there, at most one more that was not acknowledged any more, and each is whole."""
    with storage.read(ACME) as reader:
        records = reader.dump("contact", limit=100_000)
        there = Counter(record.id.partition("-")[0].lstrip("0") or "0" for record in records)
        assert set(there.values()) == {40}
        assert batches <= set(there)
        assert sorted(published.event.subject for published in reader.feed(limit=100_000)) == sorted(there)
        ids = [record.id for record in records]
        query = Query(kind="contact", order="name", access=frozenset({"visible:*"}), limit=1000)
        assert [card.id for card in reader.find(query).cards] == ids[:1000]
        assert reader.count(query) == (len(ids),)
        held = reader.holders([key for record in records for key in record.keys])
        assert held == [("contact", id) for id in ids]
