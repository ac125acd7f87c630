"""Releases: a place that a newer release has made."""

from __future__ import annotations

from contactcore.testing.fixtures import OpenStorage
from contactcore.testing.hooks import HookedLaw, Hooks
from contactcore.testing.other_release import expect_left_alone

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("reopen", "newer_release")


def a_newer_release_is_left_alone(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A place that a newer release made is refused as `storage-newer` by `install`, and nothing in it is changed."""
    expect_left_alone(open_storage, hooks, hooks.newer_release, "storage-newer")


LAWS: tuple[HookedLaw, ...] = (a_newer_release_is_left_alone,)
