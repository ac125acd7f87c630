"""A custom storage that passes the specification of `contactcore[testing]`: memory that is saved at each commit."""

import pickle
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from contactcore.storage import Kind, View, merged_kinds
from contactcore.testing import StorageSpecification
from contactcore_memory import MemoryStorage


class SavedStorage(MemoryStorage):
    """For small workspaces, because every commit writes all of them to the file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self._saving = path, threading.Lock()
        saved = pickle.loads(path.read_bytes()) if path.exists() else ({}, {})  # noqa: S301 - a file of our own
        self._snapshots, self._declared = saved

    def install(self, kinds: Sequence[Kind], views: Sequence[View] = ()) -> None:
        declared = merged_kinds(self._declared, kinds)  # also after the storage was opened again
        super().install(kinds, views)
        self._declared = declared
        self._save()

    @contextmanager
    def _locked(self, workspace: str) -> Iterator[None]:
        with super()._locked(workspace):  # of a writer, `create` and `drop`
            yield
            self._save()

    def _save(self) -> None:
        with self._saving:
            self.path.with_suffix(".new").write_bytes(pickle.dumps((self._snapshots, self._declared)))
            self.path.with_suffix(".new").replace(self.path)  # atomic, even if the process is killed


class TestSavedStorage(StorageSpecification):
    """Runs the whole specification. The author of a storage writes nothing but this class."""

    @contextmanager
    def fresh_storage(self) -> Iterator[SavedStorage]:
        with tempfile.TemporaryDirectory() as folder:
            yield SavedStorage(Path(folder, "workspaces"))

    def reopen(self, storage: SavedStorage) -> SavedStorage:
        storage.close()
        return SavedStorage(storage.path)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-W", "default", __file__]))
