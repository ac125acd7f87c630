"""Own ids: the ids of a file, and the ids of the records that its rows created or found under them (IMP-9)."""

from __future__ import annotations

import zlib
from uuid import UUID

from contactcore.workspace.imports.compact_hash_map import CompactHashMap

__all__ = ["OwnIds"]


class OwnIds:
    """The ids of the records of a file by the ids that the file gives them, in some sixty bytes for each.

    A record that has the same id in the workspace and in the file needs no entry.

    >>> ids = OwnIds()
    >>> ids.put("7", "0199a2f0-0000-7000-8000-000000000001")
    >>> ids.get("7"), ids.is_of_another("0199a2f0-0000-7000-8000-000000000001", "8")
    ('0199a2f0-0000-7000-8000-000000000001', True)
    """

    def __init__(self) -> None:
        self._places = CompactHashMap()
        self._claims = CompactHashMap()
        self._ids = bytearray()
        self._odd: dict[int, str] = {}

    def put(self, own: str, id: str, *, found: bool = False) -> None:
        """Set the id of the record that the file calls otherwise.

        Args:
            own: The id in the file.
            id: The id in the workspace.
            found: Whether the row has found the record; False, the default, for one that it created.
        """
        place = len(self._ids) // 16
        try:
            packed = UUID(id).bytes if str(UUID(id)) == id else b""
        except ValueError:
            packed = b""
        if not packed:  # an id of the application's own source of ids
            self._odd[place] = id
        self._ids += packed or bytes(16)
        self._places.put(own, place)
        if not found:
            self._claims.put(id, _claim(own))

    def get(self, own: str) -> str | None:
        """The id of the record that the file calls otherwise; None for none.

        Args:
            own: The id in the file.
        """
        place = self._places.get(own)
        if place is None:
            return None
        return self._odd.get(place) or str(UUID(bytes=bytes(self._ids[place * 16 : place * 16 + 16])))

    def has(self, id: str) -> bool:
        """Whether a row with an id in the file created a record.

        Args:
            id: The id in the workspace.
        """
        return self._claims.get(id) is not None

    def is_of_another(self, id: str, own: str) -> bool:
        """Whether a row with another id in the file created a record.

        Args:
            id: The id in the workspace.
            own: The id in the file.
        """
        claim = self._claims.get(id)
        return claim is not None and claim != _claim(own)


def _claim(own: str) -> int:
    return zlib.crc32(own.encode("utf-8", "surrogatepass"))
