"""The number of rows that a transaction of an import stores."""

from __future__ import annotations

import attrs

__all__ = ["BatchSize"]

_LONG_IMPORT = 20_000
"""The number of rows of this run from which larger batches pay."""
_FACTOR = 3
_SECONDS = 2.0
"""The longest time that a larger batch may be expected to take. A writer that comes meanwhile waits so long once."""


@attrs.define(eq=False)
class BatchSize:
    """The size of the next batch, by what the last one took.

    In a large directory a batch changes pages all over the indexes, and a larger one changes each of them more often
    before it is written. Other writers wait for as long as a batch takes, though, so batches are larger only in a long
    import, while nobody waits.

    Attributes:
        usual: The number of rows of a usual batch.
        rows: The maximum number of rows of the next batch.

    >>> size = BatchSize(1_000)
    >>> size.note(1_000, seconds=0.5, awaited=False)
    >>> size.rows
    1000
    >>> for _ in range(19):
    ...     size.note(1_000, seconds=0.5, awaited=False)
    >>> size.rows
    3000
    >>> size.note(3_000, seconds=2.5, awaited=False)
    >>> size.rows
    2400
    >>> size.note(2_400, seconds=2.0, awaited=True)
    >>> size.rows
    1000
    """

    usual: int
    rows: int = attrs.field(init=False)
    _stored: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.rows = self.usual

    def note(self, rows: int, *, seconds: float, awaited: bool) -> None:
        """Note a batch that was stored.

        Args:
            rows: Its number of rows.
            seconds: The time that its transaction took, waiting for the beginning of it included.
            awaited: Whether another writer waited for its end, or may have.
        """
        self._stored += rows
        self.rows = self.usual
        if self._stored >= _LONG_IMPORT and not awaited:
            affordable = int(rows * _SECONDS / max(seconds, 0.001))
            self.rows = max(self.usual, min(self.usual * _FACTOR, affordable))
