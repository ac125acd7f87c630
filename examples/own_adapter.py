"""A custom storage that passes the specification of `contactcore[testing]`: memory that is saved at each commit."""

import pickle
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contactcore.testing import StorageSpecification
from contactcore_memory import MemoryStorage
from contactcore_memory.writing import MemoryWriter


class SavedStorage(MemoryStorage):
    """For small workspaces, because every commit writes all of them to the file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self._saving = path, threading.Lock()
        self._snapshots = pickle.loads(path.read_bytes()) if path.exists() else {}  # noqa: S301 - a file of our own

    @contextmanager
    def write(self, workspace: str) -> Iterator[MemoryWriter]:
        with super().write(workspace) as writer:
            yield writer
        self._save()

    def create(self, workspace: str) -> bool:
        return super().create(workspace) and self._save()

    def drop(self, workspace: str) -> bool:
        return super().drop(workspace) and self._save()

    def _save(self) -> bool:
        with self._saving:
            self.path.with_suffix(".new").write_bytes(pickle.dumps(self._snapshots))
            self.path.with_suffix(".new").replace(self.path)  # atomic, even if the process is killed
        return True


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
