"""The previous run of an import: the contacts that its rows created or found, so that a repetition finds them (IMP-3).

A caller that was killed at the end of an import does not know that it is complete, and repeats it. The repetition must
not create anything twice. Most rows find their contacts by their match keys. Two kinds of rows cannot:

- An unkeyed row finds its contact by the number of the row. So does every row of an update, and the companies that it
  names, because the rows of an update give contacts keys by which other rows have found others before.
- The actor of an import for others does not see the contacts that it made. Match keys find nothing there, and must not:
  whether they find something would reveal what the owners did with the contacts since. The row itself is therefore
  noted as imported, and its repetition is skipped whatever became of the contact. The policy `create` makes the contact
  and its employers anew. A row is identified by the key of its import (a SHA-256 of the file, the decisions and the
  actor) and its number, from which nothing of the row can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from contactcore.frozen import frozen

__all__ = ["ROW", "PreviousRows", "PreviousRun", "Unseen"]

ROW = -1
"""The place of the contact of the row itself."""


class Unseen(NamedTuple):
    """A contact that a row made or found, and that the actor of the import did not see.

    Attributes:
        number: The number of the row.
        place: `ROW` for the contact of the row; else the index of the employer in the row.
        id: The id of the contact.
        import_id: The id of the import that made the contact.
    """

    number: int
    place: int
    id: str
    import_id: str


@frozen
class PreviousRows:
    """The contacts of a range of rows.

    Attributes:
        unkeyed: The ids of the contacts of unkeyed rows, by the number of the row.
        companies: The ids of the companies in which the people of these rows have places, by the number of the row and
            the place of the company in it.
        unseen: The contacts that the actor did not see, by the number of the row and their place in it.
    """

    unkeyed: Mapping[int, str] = attrs.field(factory=dict)
    companies: Mapping[tuple[int, int], str] = attrs.field(factory=dict)
    unseen: Mapping[tuple[int, int], Unseen] = attrs.field(factory=dict)


class PreviousRun:
    """The completed run of the same import, read together with the file.

    Args:
        parts: A function that yields the parts of the completed run, in their sequence.
        was_undone: Whether an import was undone. The rows of an undone import are imported again.

    >>> parts = [{"unkeyed": [[2, "a"], [5, "b", "d"]]}, {"unkeyed": [[9, "c"]], "unseen": [[2, -1, "a", "7"]]}]
    >>> previous = PreviousRun(lambda: iter(parts), lambda import_id: False)
    >>> previous.rows(1, 4).unkeyed, previous.rows(5, 9).unkeyed
    ({2: 'a'}, {5: 'b', 9: 'c'})
    """

    def __init__(self, parts: Callable[[], Iterator[Mapping[str, Any]]], was_undone: Callable[[str], bool]) -> None:
        self._was_undone = was_undone
        self._unkeyed = _Entries(parts, "unkeyed")
        self._unseen = _Entries(parts, "unseen")

    def rows(self, first: int, last: int) -> PreviousRows:
        """The contacts of a range of rows, which is behind the range of an earlier call.

        Args:
            first, last: The numbers of the first and the last row.
        """
        unkeyed = [*self._unkeyed.rows(first, last)]
        unseen = (Unseen(*entry) for entry in self._unseen.rows(first, last))
        return PreviousRows(
            {number: id for number, id, *_ in unkeyed},
            {(number, place): id for number, _, *companies in unkeyed for place, id in enumerate(companies) if id},
            {(one.number, one.place): one for one in unseen if not self._was_undone(one.import_id)},
        )


class _Entries:
    """The entries of one list of the parts, which begin with the numbers of their rows."""

    def __init__(self, parts: Callable[[], Iterator[Mapping[str, Any]]], name: str) -> None:
        self._rest = (entry for part in parts() for entry in part.get(name, ()))
        self._next: list[Any] | None = None

    def rows(self, first: int, last: int) -> Iterator[list[Any]]:
        self._next = self._next or next(self._rest, None)
        while self._next is not None and self._next[0] <= last:
            if self._next[0] >= first:
                yield self._next
            self._next = next(self._rest, None)
