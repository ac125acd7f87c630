"""The rows of a report view, in plain Python: for storages without SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from contactcore.storage import Record, Storage, View

__all__ = ["at", "elements", "rows_of", "view_rows"]


def view_rows(storage: Storage, view: View, workspace: str) -> list[tuple[str | None, ...]]:
    """The rows of a view of a workspace."""
    with storage.read(workspace) as reader:
        return [(workspace, *row) for record in reader.dump(view.kind) for row in rows_of(view, record)]


def rows_of(view: View, record: Record) -> Iterator[tuple[str | None, ...]]:
    """The rows that a record has in a view: its id, and the values of the columns."""
    try:
        body = json.loads(record.body)
    except ValueError:
        return
    for element in elements(view, body):
        yield (record.id, *(at(element, path) for path in view.columns.values()))


def elements(view: View, body: Any) -> list[Any]:
    """The parts of a body that are a row each."""
    if view.each is None:
        return [body]
    found = at(body, view.each)
    return found if isinstance(found, list) else []


def at(value: Any, path: Sequence[str]) -> Any:
    """The value at a path; None if there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
