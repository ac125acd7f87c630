"""The transactions that are open on one storage, for adapters: who may open another one, and who may close it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from contactcore.errors import StorageError

__all__ = ["OpenTransactions"]


class OpenTransactions:
    """The readers and writers of one storage in this process.

    A forked child starts without any: it can end none of its parent's transactions.

    >>> from contactcore.errors import StorageError
    >>> open_transactions = OpenTransactions()
    >>> with open_transactions.reading():
    ...     open_transactions.close()
    Traceback (most recent call last):
    contactcore.errors.StorageError: This storage has 1 open transaction: end them first, then close the storage.
    >>> open_transactions.close()
    """

    def __init__(self) -> None:
        self._closed = False
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._guard = threading.RLock()  # the garbage collector may end an abandoned reader while this thread holds it
        self._number = 0
        self._writing_threads: set[int] = set()

    def reading(self) -> AbstractContextManager[None]:
        """Count a call or reader as open until the context ends.

        Raises:
            StorageError: `storage-closed`.
        """
        return self._counted(None)

    def writing(self) -> AbstractContextManager[None]:
        """Count a call or writer as open until the context ends, the only one of its thread.

        A second one would wait for the first, which cannot end meanwhile, because both need this thread.

        Raises:
            StorageError: `writer-open`, `storage-closed`.
        """
        return self._counted(threading.get_ident())

    @property
    def closed(self) -> bool:
        """Whether the storage was closed."""
        return self._closed

    def check_open(self) -> None:
        """Refuse calls on a closed storage.

        Raises:
            StorageError: `storage-closed`.
        """
        if self._closed:
            raise StorageError("This storage was closed: open another one.", "storage-closed")

    def close(self) -> None:
        """Refuse every further transaction. A second call does nothing.

        Raises:
            StorageError: `storage-in-use`.
        """
        if self._process != os.getpid():
            self._reset()
        with self._guard:
            if self._number:
                transactions = "1 open transaction" if self._number == 1 else f"{self._number} open transactions"
                raise StorageError(
                    f"This storage has {transactions}: end them first, then close the storage.", "storage-in-use"
                )
            self._closed = True

    @contextmanager
    def _counted(self, writing_thread: int | None) -> Iterator[None]:
        if self._process != os.getpid():
            self._reset()
        with self._guard:
            self.check_open()
            if writing_thread in self._writing_threads:
                raise StorageError(
                    "This thread has an open writer already: write with that one, or end it first.", "writer-open"
                )
            if writing_thread is not None:
                self._writing_threads.add(writing_thread)
            self._number += 1
        process = self._process
        try:
            yield
        finally:
            if process == os.getpid():
                with self._guard:
                    self._number -= 1
                    self._writing_threads.discard(writing_thread)
