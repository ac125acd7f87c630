"""Patience: a writer waits for another one, but not for ever."""

from __future__ import annotations

from contactcore.errors import StorageError
from contactcore.testing.fixtures import ACME, OpenStorage, contact, find, in_threads, put, refused, with_kinds
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("impatient_storage",)

_LIMIT = 8.0
"""Seconds: far more than the fraction of one that an impatient storage waits, and less than patient ones wait."""


def a_writer_that_waits_too_long_is_refused(_: OpenStorage, hooks: Hooks) -> None:
    """A writer or `drop` that waits longer than the storage is patient is `storage-busy`, and all may write on."""
    with with_kinds(hooks.impatient_storage)() as storage:
        put(storage, contact("root"))

        def write() -> None:
            with refused(StorageError, code="storage-busy"), storage.write(ACME) as writer:
                writer.lock("contact", "root")

        def drop() -> None:
            with refused(StorageError, code="storage-busy"):
                storage.drop(ACME)

        with storage.write(ACME) as first:
            first.lock("contact", "root")
            first.insert([contact("1")])
            in_threads(write, drop, within=_LIMIT)
            in_threads(write, within=_LIMIT)
            first.insert([contact("2")])
        in_threads(lambda: put(storage, contact("3")))
        assert find(storage) == ["1", "2", "3", "root"]


LAWS: tuple[HookedLaw, ...] = (a_writer_that_waits_too_long_is_refused,)
