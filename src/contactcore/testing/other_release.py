"""The check of both laws of releases: a place that this release cannot use is refused and left as it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from contactcore.errors import ContactCoreError, StorageError
from contactcore.storage import Storage
from contactcore.testing.fixtures import ACME, KINDS, OpenStorage, contact, feed, find, publish, put, refused, some
from contactcore.testing.hooks import Hooks

__all__ = ["expect_left_alone"]


def expect_left_alone(
    open_storage: OpenStorage, hooks: Hooks, release: Callable[[Storage], AbstractContextManager[None]], code: str
) -> None:
    """Fail unless a place that looks as if another release had made it is refused, and holds the same afterwards.

    Args:
        open_storage: Opens a fresh storage.
        hooks: The hooks of the author.
        release: The hook that makes the place look so.
        code: The code of the refusal.
    """
    with open_storage() as storage:
        put(storage, contact("1", words=some("doe"), keys=some("k")))
        publish(storage, "a")
        with release(storage):
            other = hooks.reopen(storage)
            for _ in range(2):
                with refused(StorageError, code=code):
                    other.install(KINDS)
            # Nothing is installed: a storage may refuse the place when it is opened, or the record for its kind.
            with refused(ContactCoreError), other.write(ACME) as writer:
                writer.insert([contact("2")])
            other.close()
        again = hooks.reopen(other)
        try:
            again.install(KINDS)
            assert find(again, words=("d",)) == find(again) == ["1"]
            assert [one.event.name for one in feed(again)] == ["a"]
        finally:
            again.close()
