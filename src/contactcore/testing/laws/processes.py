"""Processes: several of them use one place, and any of them may be killed at any moment."""

from __future__ import annotations

import threading
from contextlib import closing

from contactcore.errors import Invalid
from contactcore.storage import Kind, Order, Storage
from contactcore.testing import fixtures
from contactcore.testing.fixtures import (
    ACME,
    KINDS,
    OpenStorage,
    ask,
    contact,
    count,
    feed,
    find,
    get,
    in_threads,
    put,
    refused,
)
from contactcore.testing.hooks import HookedLaw, Hooks
from contactcore.testing.other_process import make_workspace, other_process

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("in_another_process",)


def a_process_sees_what_another_committed(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A process sees what another one committed, also where it had asked before, and nothing that is uncommitted."""
    with open_storage() as storage:
        put(storage, contact("root"))
        opener = hooks.in_another_process(storage)
        with other_process(opener, "answer", 3) as process:
            assert process.line() == "1"
            put(storage, contact("2"), contact("3"))
            process.go_on()
            assert process.line() == "3"
            with storage.write(ACME) as writer:
                writer.delete("contact", "2", 1)
                process.go_on()
                assert process.line() == "3"
            process.go_on()
            process.end()
        assert find(storage, kind="note", order="time") == []
        with other_process(opener, "hold") as process:
            assert process.line() == "held"
            assert (find(storage, kind="note", order="time"), feed(storage)) == ([], [])
            process.go_on()
            assert process.line() == "done"
        assert find(storage, kind="note", order="time") == ["n0"]
        assert [one.event.name for one in feed(storage)] == ["held"]
        with closing(opener()) as other:
            other.install(KINDS)
            assert count(other) == (2,)
            assert storage.drop(ACME) is True
            assert (count(other), other.workspaces()) == ((0,), [])


def a_process_waits_for_the_lock_of_another(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A lock of a record keeps the writers of other processes out until the commit, and they then see its result."""
    with open_storage() as storage:
        put(storage, contact("root"))
        with other_process(hooks.in_another_process(storage), "hold") as process:
            assert process.line() == "held"
            got_it = threading.Event()
            seen: list[int] = []

            def second() -> None:
                with storage.write(ACME) as writer:
                    writer.lock("contact", "root")
                    got_it.set()
                    seen.append(len(writer.dump("note")))

            waiting = threading.Thread(target=in_threads, args=(second,), daemon=True)
            waiting.start()
            try:
                assert not got_it.wait(fixtures.MOMENT), "two processes hold one record"
                process.go_on()
                assert process.line() == "done"
            finally:
                waiting.join(60)  # it must not outlive the storage
        assert seen == [1]


def processes_lose_no_change(open_storage: OpenStorage, hooks: Hooks) -> None:
    """Processes that read, change and write the same record under its lock lose no change, and make one feed.

    Kept because it states the promise for many writes; without a lock, two processes meet by chance only.
    """
    with open_storage() as storage:
        put(storage, contact("root", body=b"0"))
        opener = hooks.in_another_process(storage)
        with other_process(opener, "raise_counter", 15) as one, other_process(opener, "raise_counter", 15) as two:
            assert (one.line(), two.line()) == ("ready", "ready")
            one.go_on()
            two.go_on()
            one.end()
            two.end()
        stored = get(storage, "contact", "root")
        assert stored is not None
        assert (stored.version, stored.body) == (31, b"30")
        events = feed(storage)
        assert [published.position for published in events] == list(range(1, 61))
        expected = [f"{version}.{part}" for version in range(1, 31) for part in (1, 2)]
        assert [published.event.name for published in events] == expected


def workspaces_of_several_processes_stay_apart(open_storage: OpenStorage, hooks: Hooks) -> None:
    """Workspaces that processes make in turn are sealed from each other, whichever process is asked."""
    names = ["mine0", "mine1", "other0", "other1"]
    with open_storage() as storage:
        opener = hooks.in_another_process(storage)
        with other_process(opener, "make_workspaces", 2) as process:
            for name in names[:2]:
                assert process.line() == "ready"
                make_workspace(storage, name)
                process.go_on()
                assert process.line() == "made"
            process.end()
        with closing(opener()) as again:
            again.install(KINDS)
            for place in (storage, again):
                assert place.workspaces() == names
                for name in names:
                    with place.read(name) as reader:
                        found = [card.id for card in reader.find(ask()).cards]
                        events = [one.event.name for one in reader.feed()]
                        held = (reader.holders(["key"]), reader.blob("digest"))
                    assert (found, events) == ([name], [name]), f"the workspace {name} has what belongs to another"
                    assert held == ([("contact", name)], name.encode())


def a_killed_process_leaves_what_it_acknowledged(open_storage: OpenStorage, hooks: Hooks) -> None:
    """After `kill -9` all that was acknowledged is there, of each transaction all or nothing, and others write on."""
    with open_storage() as storage:
        storage.create(ACME)
        opener = hooks.in_another_process(storage)
        acknowledged: list[int] = []
        for round_number in range(3):
            first = 1_000 * round_number
            with other_process(opener, "write_for_ever", first) as process:
                said = [int(process.line()) for _ in range(4 + 3 * round_number)]
                acknowledged += [*said, *map(int, process.kill())]
            with closing(opener()) as again:
                again.install(KINDS)
                for place in (again, storage):
                    _check_pairs(place, acknowledged)
                put(again, contact(f"c{round_number}"))
            assert get(storage, "contact", f"c{round_number}") is not None


def _check_pairs(storage: Storage, acknowledged: list[int]) -> None:
    with storage.read(ACME) as reader:
        ids = [card.id for card in reader.find(ask(limit=1_000)).cards]
        numbers = [int(id[1:]) for id in ids if id[0] == "a"]
        assert [id for id in ids if id[0] == "b"] == [f"b{number:06}" for number in numbers]
        assert set(acknowledged) <= set(numbers), "something was acknowledged and is lost"
        assert [int(published.event.name) for published in reader.feed()] == numbers
        assert [published.position for published in reader.feed()] == list(range(1, len(numbers) + 1))
        holders = reader.holders([f"k{number}" for number in numbers])
        assert holders == [("contact", f"a{number:06}") for number in numbers]
        assert all(reader.blob(f"d{number}") == b"x" * 5_000 for number in numbers)


def a_killed_writer_leaves_nothing(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A process that is killed within a transaction leaves nothing of it, and keeps no lock."""
    with open_storage() as storage:
        put(storage, contact("root"))
        with other_process(hooks.in_another_process(storage), "hold") as process:
            assert process.line() == "held"
            process.kill()
        with storage.write(ACME) as writer:
            writer.lock("contact", "root")
            assert (writer.dump("note"), writer.blob("held"), writer.feed()) == ([], None, [])
            writer.replace(contact("root", version=2), 1)
        assert storage.drop(ACME) is True


def a_process_compares_the_kinds_of_another(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A process refuses a kind that lacks or changes what another one has installed meanwhile as `kind-redeclared`."""
    grown = Kind("thing", (Order("name"), Order("extra", due=True)))
    with open_storage() as storage:
        storage.install([Kind("thing", grown.orders[:1])])
        with closing(hooks.in_another_process(storage)()) as other:
            other.install([grown, Kind("stranger", (Order("a"),))])
        for kind in (Kind("thing", grown.orders[:1]), Kind("thing"), Kind("stranger", (Order("b"),))):
            with refused(Invalid, code="kind-redeclared"):
                storage.install([kind])
        storage.install([grown])
        with closing(hooks.in_another_process(storage)()) as other, refused(Invalid, code="kind-redeclared"):
            other.install([Kind("contact")])


LAWS: tuple[HookedLaw, ...] = (
    a_process_compares_the_kinds_of_another,
    a_process_sees_what_another_committed,
    a_process_waits_for_the_lock_of_another,
    processes_lose_no_change,
    workspaces_of_several_processes_stay_apart,
    a_killed_process_leaves_what_it_acknowledged,
    a_killed_writer_leaves_nothing,
)
