"""The laws of the port, by subject. Each law is a function whose docstring is the clause that it proves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from contactcore.testing.fixtures import LargeLaw, Law
from contactcore.testing.hooks import HookedLaw
from contactcore.testing.laws import (
    blobs,
    claiming,
    copying,
    cost,
    counting,
    cursors,
    disk,
    durability,
    exactness,
    feeding,
    files,
    filters,
    found_records,
    keys,
    large,
    limits,
    moments,
    order,
    outdated,
    patience,
    processes,
    reading,
    references,
    releases,
    second_times,
    sizes,
    transactions,
    upkeep,
    views,
    words,
    workspaces,
    writing,
)

__all__ = [
    "HOOKED",
    "HOOKED_LAWS",
    "LARGE_LAWS",
    "LAWS",
    "SUBJECTS",
    "clause_of",
    "clauses",
    "hooks_of",
    "subject_of",
]

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
        "Whole records": found_records.LAWS,
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
LARGE_LAWS: tuple[LargeLaw, ...] = large.LAWS
HOOKED: Mapping[str, tuple[tuple[str, ...], tuple[HookedLaw, ...]]] = MappingProxyType(
    {
        "Durability": (durability.NEEDS, durability.LAWS),
        "Releases": (releases.NEEDS, releases.LAWS),
        "Outdated releases": (outdated.NEEDS, outdated.LAWS),
        "Patience": (patience.NEEDS, patience.LAWS),
        "Files": (files.NEEDS, files.LAWS),
        "Processes": (processes.NEEDS, processes.LAWS),
        "The disk": (disk.NEEDS, disk.LAWS),
        "Report views": (views.NEEDS, views.LAWS),
        "Cost": (cost.NEEDS, cost.LAWS),
    }
)
"""Subject -> the hooks that its laws need, and the laws."""
HOOKED_LAWS: tuple[HookedLaw, ...] = tuple(law for _, laws in HOOKED.values() for law in laws)


def clause_of(law: Callable[..., None]) -> str:
    """The sentence of a law: the first paragraph of its docstring. A second one says why the law is kept."""
    return (law.__doc__ or "").strip().partition("\n\n")[0]


def subject_of(law: HookedLaw) -> str:
    """The subject of a law that needs hooks."""
    return next(subject for subject, (_, laws) in HOOKED.items() if law in laws)


def hooks_of(law: HookedLaw) -> tuple[str, ...]:
    """Names of the hooks that a law needs."""
    return HOOKED[subject_of(law)][0]


def clauses() -> Iterator[tuple[str, str]]:
    """Subject and sentence of every clause, in the order of the specification."""
    for subject, laws in SUBJECTS.items():
        for law in laws:
            yield subject, clause_of(law)
    for large_law in LARGE_LAWS:
        yield "Large workspaces", clause_of(large_law)
    for subject, (_, hooked_laws) in HOOKED.items():
        for hooked_law in hooked_laws:
            yield subject, clause_of(hooked_law)
