"""How much random tests try: seeds of histories and numbers of examples, as the profile says."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Final

from hypothesis import settings

__all__ = ["FRESH", "NIGHTLY", "check_seeds", "examples", "seeds_on"]

_PROFILE: Final = os.environ.get("CONTACTCORE_PROFILE")
NIGHTLY: Final = _PROFILE == "nightly"
FRESH: Final = _PROFILE == "fresh"
"""Whether a few seeds are tried that nobody knows, of which none may lead to what a test is about."""


def seeds_on(test: str, memory: int, database: int) -> int:
    """The number of seeds for a rule that does not depend on the storage: most run where they are quick.

    Args:
        test: The name of the test, with its storage.
        memory: The number of seeds on `MemoryStorage`.
        database: The number of seeds on each other storage.
    """
    return memory if "memory" in test else database


def examples(number: int) -> int:
    """The number of examples of a property that is too costly for the number of the profile, in proportion to it.

    Args:
        number: The number in the profiles `ci` and `fresh`; `nightly` tries ten times as many, `dev` a fifth.
    """
    return max(1, number * settings().max_examples // 100)


def check_seeds(check: Callable[[int], object], number: int, nightly: int, known: tuple[int, ...] = ()) -> None:
    """Run a check with seeds. A failure names its seed, which then belongs to the known ones.

    Args:
        check: Takes a seed and raises an error if a rule is broken.
        number: The number of seeds, from 0. The profile `fresh` tries as many fresh ones, at least one, instead.
        nightly: The number of fresh seeds that the profile `nightly` tries as well.
        known: Seeds that once failed.
    """
    fresh = {"nightly": nightly, "fresh": max(number, 1)}.get(_PROFILE or "", 0)
    same = () if FRESH else (*range(number), *known)
    for seed in (*same, *(secrets.randbits(32) for _ in range(fresh))):
        try:
            check(seed)
        except Exception as error:
            error.add_note(f"The seed is {seed}.")
            raise
