"""Outdated releases: a place that was made by a release too old to be upgraded."""

from __future__ import annotations

from contactcore.testing.fixtures import OpenStorage
from contactcore.testing.hooks import HookedLaw, Hooks
from contactcore.testing.other_release import expect_left_alone

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("reopen", "outdated_release")


def an_outdated_release_is_left_alone(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A place that an outdated release made is refused as `storage-outdated`, and nothing in it is changed."""
    expect_left_alone(open_storage, hooks, hooks.outdated_release, "storage-outdated")


LAWS: tuple[HookedLaw, ...] = (an_outdated_release_is_left_alone,)
