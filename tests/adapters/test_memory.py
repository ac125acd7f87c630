"""The specification of storages, in memory, and what only this adapter promises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.storage import Reader, Storage
from contactcore.testing import StorageSpecification, with_kinds
from contactcore.testing.fixtures import ACME, contact, expect_same, find, in_threads, put, some
from contactcore_memory import MemoryStorage
from contactcore_memory.sorted_runs import Entry, SortedRun, prefix_end
from contactcore_memory.tables import Table
from support.memory_walks import records_walked


class TestMemoryStorage(StorageSpecification):
    def fresh_storage(self) -> Storage:
        return MemoryStorage()

    def impatient_storage(self) -> Storage:
        return MemoryStorage(patience=0.05)

    def records_walked(self, storage: Storage, workspace: str, call: Callable[[Reader], object]) -> int:
        return records_walked(storage, workspace, call)


def test_writers_of_different_workspaces_do_not_wait_for_each_other() -> None:
    with with_kinds(MemoryStorage)() as storage, storage.write(ACME):
        in_threads(lambda: put(storage, contact("1"), workspace="other"))
        assert find(storage, workspace="other") == ["1"]


def test_a_waiting_writer_goes_on_when_the_first_one_ends() -> None:
    with with_kinds(MemoryStorage)() as storage:
        waiting = threading.Event()

        def second() -> None:
            waiting.set()
            put(storage, contact("2"))

        other = threading.Thread(target=second)
        with storage.write(ACME) as writer:
            other.start()
            assert waiting.wait(60)
            writer.insert([contact("1")])
        other.join(60)
        assert find(storage) == ["1", "2"]


_PLACES = st.frozensets(st.tuples(st.text("abz\U0001f980", max_size=2), st.sampled_from("12")), max_size=40)


@given(st.lists(st.tuples(_PLACES, _PLACES), max_size=4), st.tuples(st.text("abz", max_size=2)))
def test_a_run_is_a_sorted_set(changes: list[tuple[frozenset[Entry], frozenset[Entry]]], low: Entry) -> None:
    run, expected = SortedRun(), frozenset[Entry]()
    for places, removed in changes:
        run = run.changed(places - expected - removed, removed)
        expected = (expected | places) - removed
        assert list(run.walk()) == sorted(expected)
        assert list(run.walk(low, ("b",))) == sorted(place for place in expected if low <= place < ("b",))
        assert list(run.walk(low, descending=True)) == sorted((p for p in expected if p >= low), reverse=True)
        assert run.size(low, ("b",)) == sum(low <= place < ("b",) for place in expected)


def test_a_long_run_is_split_and_an_old_one_stays_as_it_was() -> None:
    places = [(f"{number:05}", "1") for number in range(3_000)]
    half = SortedRun().changed(places[::2])
    whole = half.changed(places[1::2])
    expect_same(list(whole.walk()), places)
    expect_same(list(half.walk()), places[::2])
    assert len(whole.chunks) > 2
    expect_same(list(whole.changed([], places[100:2_900]).walk()), places[:100] + places[2_900:])


@given(st.text(max_size=3), st.text(max_size=4))
def test_the_end_of_a_prefix_parts_what_begins_with_it_from_what_follows(prefix: str, text: str) -> None:
    end = prefix_end(prefix)
    assert text.startswith(prefix) == (prefix <= text and (end is None or text < end))


@pytest.mark.parametrize(
    ("question", "most"),
    [
        ({"limit": 20}, 21),
        ({"limit": 20, "start": "01500"}, 21),
        ({"limit": 20, "descending": True}, 21),
        ({"limit": 20, "access": some("visible:me")}, 3),
        ({"limit": 20, "access": some("visible:*"), "where": (some("tag:rare"),)}, 3),
        ({"limit": 20, "words": ("rare",)}, 3),
        ({"limit": 20, "words": ("common",), "access": some("visible:*")}, 22),
    ],
)
def test_a_page_looks_at_what_it_shows_and_not_at_the_directory(
    question: dict[str, Any], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    get = Table.get

    def counted(table: Table[Any, Any], key: object) -> object:
        if isinstance(key, tuple) and len(key) == 2:
            looked.append(key)
        return get(table, key)

    with with_kinds(MemoryStorage)() as storage:
        put(
            storage,
            *(
                contact(
                    f"{number:05}",
                    terms=some("tag:rare") if number % 1_000 == 0 else some(),
                    words=some("rare" if number % 1_000 == 0 else "common"),
                    access=some("visible:*", "visible:me") if number % 1_000 == 0 else some("visible:*"),
                )
                for number in range(3_000)
            ),
        )
        monkeypatch.setattr(Table, "get", counted)
        found = find(storage, **question)
        monkeypatch.undo()
    assert len(found) == (3 if most == 3 else 20)
    assert len(looked) <= most
