"""What a call on the indexes of the memory adapter touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contactcore.storage import Reader, Storage
from contactcore_memory.sorted_runs import Entry, SortedRun
from contactcore_memory.tables import Table

__all__ = ["records_walked"]


def records_walked(storage: Storage, workspace: str, call: Callable[[Reader], object]) -> int:
    """Count the records that a call on a reader looks up, and the index entries that it walks."""
    counted = 1  # for what is found without either: an event, by bisection
    get, walk = Table.get, SortedRun.walk

    def counted_get(table: Table[Any, Any], key: object) -> object:
        nonlocal counted
        counted += 1
        return get(table, key)

    def counted_walk(run: SortedRun, *bounds: Any, **options: Any) -> Iterator[Entry]:
        nonlocal counted
        for entry in walk(run, *bounds, **options):
            counted += 1
            yield entry

    with storage.read(workspace) as reader, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "get", counted_get)
        patch.setattr(SortedRun, "walk", counted_walk)
        call(reader)
    return counted
