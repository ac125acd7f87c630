"""Conversion between the counters of limits and records."""

from __future__ import annotations

from datetime import datetime

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.kinds import KIND_OF
from contactcore.rules.limits import Counter
from contactcore.storage import Record, Stored

__all__ = ["COUNTERS"]


def counter_record(counter: Counter, _placement: Placement) -> Record:
    """The record of a counter; it is ordered by the end of its period, so that old counters are found and removed."""
    ends = counter.ends.isoformat(timespec="microseconds")
    return Record(
        kind="counter",
        id=counter.id,
        version=counter.version,
        body=json.dump({"count": counter.count, "ends": ends}),
        orders={"ends": ends},
    )


def counter_of(stored: Stored) -> Counter:
    """The counter of a stored record."""
    body = json.load(stored.body)
    return Counter(id=stored.id, version=stored.version, count=body["count"], ends=datetime.fromisoformat(body["ends"]))


COUNTERS: EntityType[Counter] = EntityType(
    personal="none",
    kind=KIND_OF["counter"],
    load=lambda stored, _: counter_of(stored),
    record=counter_record,
)
