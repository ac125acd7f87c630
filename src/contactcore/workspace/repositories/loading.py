"""Storing copied records and events without changing them, for copying a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contactcore.storage import Published, Record, Storage
from contactcore.workspace.kernel.retry import JOB_RETRY

__all__ = ["load"]


def load(
    storage: Storage,
    workspace: str,
    records: Sequence[Record] = (),
    events: Sequence[Published] = (),
    blobs: Mapping[str, bytes] | None = None,
) -> None:
    """Store records and events with their ids, versions and feed positions, and blobs, in one transaction.

    Args:
        storage: The storage to copy to.
        workspace: The name of the workspace in that storage.
        records: Records that the workspace does not have.
        events: Events with later positions than all events of the workspace.
        blobs: Contents by their keys; none by default.

    Raises:
        StorageError: the storage cannot be written.
        DuplicateKey: an id or a unique key is taken.
    """

    def attempt() -> None:
        with storage.write(workspace) as writer:
            writer.load(records, events)
            for key, data in (blobs or {}).items():
                writer.keep_blob(key, data)

    JOB_RETRY(attempt)
