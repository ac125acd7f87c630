"""The disk: an acknowledged commit is on it. Judged on Linux, where the kernel can refuse a write."""

from __future__ import annotations

from contextlib import closing

from contactcore.testing.fixtures import ACME, KINDS, OpenStorage, contact, feed, find, put
from contactcore.testing.hooks import HookedLaw, Hooks, NotJudgedError
from contactcore.testing.other_process import other_process

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("in_another_process", "own_files")


def a_commit_that_the_disk_does_not_confirm_is_not_acknowledged(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A commit ends without an error only after the disk has confirmed it (`fsync`); otherwise it is an error."""
    with open_storage() as storage:
        put(storage)
        opener = hooks.in_another_process(storage)
        with other_process(opener, "commit_without_disk") as process:
            said = process.end()
        if "impossible" in said:
            raise NotJudgedError("this system cannot make fsync fail")
        assert said[0] == "acknowledged"
        assert "acknowledged" not in said[1:], "a commit was acknowledged that the disk had not confirmed"
        with closing(opener()) as again:
            again.install(KINDS)
            there = find(again, workspace=ACME)
            assert there[:1] == ["a0"]
            numbers = {id[1:] for id in there}
            assert there == sorted(f"{letter}{number}" for letter in "ab" for number in numbers)
            assert {one.event.name for one in feed(again)} == numbers


def a_full_disk_is_refused(open_storage: OpenStorage, hooks: Hooks) -> None:
    """A commit that the disk has no room for is `storage-full`, nothing of it is there, and others write on later."""
    with open_storage() as storage:
        put(storage)
        opener = hooks.in_another_process(storage)
        with other_process(opener, "commit_on_a_full_disk") as process:
            said = process.end()
        if "impossible" in said:
            raise NotJudgedError("this system cannot make a disk look full")
        assert said == ["acknowledged", "storage-full", "storage-full", "2"]
        put(storage, contact("c"))
        with closing(opener()) as again:
            again.install(KINDS)
            for place in (storage, again):
                assert find(place) == ["a0", "b0", "c"]
                assert [one.event.name for one in feed(place)] == ["0"]
                with place.read(ACME) as reader:
                    assert reader.holders(["k0", "k1", "k2"]) == [("contact", "a0"), None, None]
                    assert [reader.blob(f"d{number}") is None for number in range(3)] == [False, True, True]


LAWS: tuple[HookedLaw, ...] = (a_commit_that_the_disk_does_not_confirm_is_not_acknowledged, a_full_disk_is_refused)
