"""Contents that several records need: kept once, and dropped with the last record that needs them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from contactcore.mapping.entity_type import Placement
from contactcore.mapping.kinds import FILE_REFERENCES
from contactcore.mapping.pictures import PICTURE_FILES, PICTURES, picture_blob
from contactcore.model.picture import PictureFile
from contactcore.storage import SYSTEM, MissingRecord, Query, Reader
from contactcore.workspace.kernel.transaction import Transaction, removed_meanwhile

__all__ = ["drop_unused", "keep_files"]


def keep_files(transaction: Transaction, contents: Iterable[bytes]) -> dict[bytes, str]:
    """Keep contents, each once in the workspace, and lock their records.

    The caller stores a record that refers to them in the same transaction.

    Args:
        transaction: The transaction.
        contents: The contents.

    Returns:
        The id of the file of each content. It depends on the content alone, and not on what is kept already.
    """
    ids = {data: sha256(data).hexdigest() for data in contents}
    # All transactions lock files in one sequence.
    for data, id in sorted(ids.items(), key=lambda pair: pair[1]):
        record = PICTURE_FILES.record(PictureFile(id), Placement(context=transaction.index_context))
        with transaction.refusals(None):
            transaction.writer.insert([record], existing="keep")
        _lock(transaction, id)
        transaction.writer.keep_blob(picture_blob(id), data)
    return ids


def drop_unused(transaction: Transaction, ids: Iterable[str]) -> None:
    """Drop those of the files that no record needs any more, in the trash or outside.

    Args:
        transaction: The transaction that removed a record.
        ids: The ids of its files.
    """
    for id in sorted(set(ids)):
        # A transaction that needs the file waits here for one that drops it, and the other way round.
        version = _lock(transaction, id)
        if not _is_needed(transaction.reader, id):
            with transaction.refusals(None):
                transaction.writer.delete(PICTURE_FILES.name, id, version)
            transaction.writer.drop_blob(picture_blob(id))


def _lock(transaction: Transaction, id: str) -> int:
    try:
        return transaction.writer.lock(PICTURE_FILES.name, id).version
    except MissingRecord:
        raise removed_meanwhile() from None


def _is_needed(reader: Reader, id: str) -> bool:
    for order, prefix in (("added", ""), ("trash", "was:")):
        group = frozenset(f"{prefix}{name}:{id}" for name in FILE_REFERENCES)
        if reader.find(Query(kind=PICTURES.name, order=order, access=SYSTEM, where=(group,), limit=1)).cards:
            return True
    return False
