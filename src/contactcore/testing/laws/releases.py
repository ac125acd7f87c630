"""Releases: a place that a newer release has made."""

from __future__ import annotations

from contactcore.errors import StorageError
from contactcore.testing.fixtures import ACME, KINDS, OpenStorage, contact, feed, find, publish, put, refused, some
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("reopen", "newer_release")


def a_newer_release_is_left_alone(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A place that a newer release made is refused as `storage-newer` by `install`, and nothing in it is changed."""
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe"), keys=some("k")))
        publish(storage, "a")
        with hooks.newer_release(storage):
            newer = hooks.reopen(storage)
            for _ in range(2):
                with refused(StorageError, code="storage-newer"):
                    newer.install(KINDS)
            with refused(StorageError), newer.write(ACME) as writer:
                writer.insert([contact("2")])
            newer.close()
        again = hooks.reopen(newer)
        try:
            again.install(KINDS)
            assert find(again, words=("d",)) == find(again) == ["1"]
            assert [one.event.name for one in feed(again)] == ["a"]
        finally:
            again.close()


LAWS: tuple[HookedLaw, ...] = (a_newer_release_is_left_alone,)
