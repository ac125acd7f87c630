"""The laws of the port, by subject. Each law is a function whose docstring is the clause that it proves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from contactcore.testing.fixtures import Law
from contactcore.testing.laws import (
    blobs,
    claiming,
    copying,
    counting,
    cursors,
    durability,
    exactness,
    feeding,
    filters,
    keys,
    limits,
    moments,
    order,
    reading,
    references,
    second_times,
    sizes,
    transactions,
    upkeep,
    words,
    workspaces,
    writing,
)
from contactcore.testing.laws.durability import DurableLaw, Reopen

__all__ = ["DURABLE_LAWS", "LAWS", "SUBJECTS", "DurableLaw", "Reopen", "clauses"]

SUBJECTS: Mapping[str, tuple[Law, ...]] = MappingProxyType(
    {
        "Reading": reading.LAWS,
        "Writing": writing.LAWS,
        "Keys": keys.LAWS,
        "References": references.LAWS,
        "Order": order.LAWS,
        "Cursors": cursors.LAWS,
        "Filters and access": filters.LAWS,
        "Words": words.LAWS,
        "Counting and distinct_owner": counting.LAWS,
        "Upkeep": upkeep.LAWS,
        "Second times": second_times.LAWS,
        "Transactions": transactions.LAWS,
        "Moments": moments.LAWS,
        "The feed": feeding.LAWS,
        "Claiming": claiming.LAWS,
        "Blobs": blobs.LAWS,
        "Workspaces": workspaces.LAWS,
        "Copying": copying.LAWS,
        "Limits": limits.LAWS,
        "Exactness": exactness.LAWS,
        "Sizes": sizes.LAWS,
    }
)
LAWS: tuple[Law, ...] = tuple(law for laws in SUBJECTS.values() for law in laws)
DURABLE_LAWS: tuple[DurableLaw, ...] = durability.LAWS


def clauses() -> Iterator[tuple[str, str]]:
    """Subject and sentence of every clause, in the order of the specification."""
    for subject, laws in SUBJECTS.items():
        for law in laws:
            yield subject, (law.__doc__ or "").strip()
    for durable in DURABLE_LAWS:
        yield "Durability", (durable.__doc__ or "").strip()
