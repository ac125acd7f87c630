"""Files: bytes of deleted data, and of data that was never kept, are in no file after `scrub`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from contactcore.storage import Record, Storage
from contactcore.testing.fixtures import (
    ACME,
    OpenStorage,
    changed,
    contact,
    event,
    find,
    get,
    put,
    refused,
    some,
)
from contactcore.testing.hooks import HookedLaw, Hooks

__all__ = ["LAWS", "NEEDS"]

NEEDS = ("files",)


def _marked(mark: str, id: str) -> Record:
    """A record with a mark in every text."""
    return contact(
        f"{mark}id{id}",
        orders={"name": f"{mark}key{id}", "name:pl": f"{mark}key"},
        terms=some(f"tag:{mark}term"),
        words=some(f"{mark}word{id}"),
        keys=some(f"{mark}key{id}"),
        owner=f"{mark}owner",
        body=f'"{mark}body"'.encode() * 50,
        card=f'"{mark}card"'.encode(),
        access=some("visible:*", f"visible:{mark}"),
    )


def _held(hooks: Hooks, storage: Storage, *marks: str) -> dict[str, list[str]]:
    """Mark -> names of the files that hold it."""
    files = list(_files(hooks, storage))
    texts = {path: path.read_bytes() for path in files}
    return {
        mark: found
        for mark in marks
        if (found := [path.name for path, text in texts.items() if mark.encode() in text or mark in path.name])
    }


def _files(hooks: Hooks, storage: Storage) -> Iterator[Path]:
    for path in hooks.files(storage):
        yield from (inside for inside in [path, *path.rglob("*")] if inside.is_file())


def deleted_bytes_are_scrubbed(open_storage: OpenStorage, hooks: Hooks) -> None:
    """After `scrub` no file holds what was deleted, replaced, reindexed, dropped as a blob, or undone."""
    with open_storage() as storage:
        put(storage, contact("stays", words=some("doe"), body=b'"staying"'))
        put(storage, *(_marked("deletedmark", f"{number}") for number in range(40)))
        old = attrs.evolve(_marked("replacedmark", "1"), id="replaced")
        put(storage, old, attrs.evolve(_marked("reindexedmark", "1"), id="reindexed", body=b"{}", owner=""))
        with storage.write(ACME) as writer:
            writer.keep_blob("d", b"blobmark" * 2_000)
        with refused(ZeroDivisionError), storage.write(ACME) as writer:
            writer.insert([_marked("undonemark", "1")])
            writer.keep_blob("undone", b"undonemark" * 2_000)
            writer.publish([event("undonemark")])
            raise ZeroDivisionError
        with storage.write(ACME) as writer:
            for number in range(40):
                writer.delete("contact", f"deletedmarkid{number}", 1)
            writer.replace(contact("replaced", version=2), 1)
            writer.reindex([contact("reindexed")])
            writer.drop_blob("d")
        storage.scrub()
        assert _held(hooks, storage, "deletedmark", "replacedmark", "reindexedmark", "blobmark", "undonemark") == {}
        put(storage, contact("new"))
        assert find(storage) == ["new", "reindexed", "replaced", "stays"]
        assert find(storage, words=("d",)) == ["stays"]


def a_dropped_workspace_leaves_no_bytes(open_storage: OpenStorage, hooks: Hooks) -> None:
    """After `drop` and `scrub` no file holds the records, blobs, events or the name of the workspace."""
    dropped = "workspacemark"
    with open_storage() as storage:
        put(storage, contact("stays", body=b'"staying"'))
        put(storage, *(_marked("droppedmark", f"{number}") for number in range(40)), workspace=dropped)
        with storage.write(dropped) as writer:
            writer.keep_blob("droppedmark", b"droppedmark" * 2_000)
            writer.publish([attrs.evolve(event("droppedmark"), data=b'"droppedmark"')])
            writer.replace(changed(_marked("droppedmark", "1"), words=some("droppedmark")), 1)
        assert storage.drop(dropped) is True
        storage.scrub()
        assert _held(hooks, storage, "droppedmark", dropped) == {}
        assert storage.workspaces() == [ACME]
        assert get(storage, "contact", "stays") is not None


def what_is_stored_is_in_the_files(open_storage: OpenStorage, hooks: Hooks) -> None:
    """The files hold the storage: they are there after a commit, and grow with what is stored.

    Kept because the two laws above would hold for a hook that names the wrong files.
    """
    with open_storage() as storage:
        put(storage, contact("1"))
        storage.scrub()
        before = sum(path.stat().st_size for path in _files(hooks, storage))
        with storage.write(ACME) as writer:
            for number in range(20):
                # Bytes that no compression makes smaller.
                data = b"".join((number * 99_991 + n).__hash__().to_bytes(8, "big")[-3:] for n in range(40_000))
                writer.keep_blob(f"d{number}", data)
        storage.scrub()
        assert sum(path.stat().st_size for path in _files(hooks, storage)) > before


LAWS: tuple[HookedLaw, ...] = (
    deleted_bytes_are_scrubbed,
    a_dropped_workspace_leaves_no_bytes,
    what_is_stored_is_in_the_files,
)
