"""Taking over records and events as they are, for copying a workspace."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.storage import Published, Record, Storage
from contactcore.workspace.kernel.retry import JOB_RETRY

__all__ = ["load"]


def load(storage: Storage, workspace: str, records: Sequence[Record] = (), events: Sequence[Published] = ()) -> None:
    """Store records and events with their ids, versions and feed positions, in one transaction.

    Args:
        storage: The storage that they are copied to.
        workspace: The name of the workspace there.
        records: Records that it does not have.
        events: Events behind all that it has.

    Raises:
        StorageError: the storage cannot be written.
        DuplicateKey: an id or a key is taken there.
    """

    def attempt() -> None:
        with storage.write(workspace) as writer:
            writer.load(records, events)

    JOB_RETRY(attempt)
