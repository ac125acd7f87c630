"""The specification on another kind of store: a journal of JSON lines. Every hook is defined, so all is judged."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from contactcore.storage import Reader, Storage
from contactcore.testing import StorageSpecification, fixtures
from support.journal_storage import OLDEST, RELEASE, JournalStorage
from support.memory_walks import records_walked
from support.report_views import view_rows

SIZES = {"MANY": 2_000, "LARGE": 1_600, "LISTED": 1_200, "TEXTS": 300}


class TestJournalStorage(StorageSpecification):
    own_files = True
    opener: type[JournalStorage] = JournalStorage

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _small_sizes(cls) -> Iterator[None]:
        # The indexes are those of the memory adapter, which is judged with all sizes.
        with pytest.MonkeyPatch.context() as patch:
            for name, size in SIZES.items():
                patch.setattr(fixtures, name, size)
            yield

    @contextmanager
    def fresh_storage(self) -> Iterator[Storage]:
        with tempfile.TemporaryDirectory() as folder, closing(self.opener(f"{folder}/journal")) as storage:
            yield storage

    def reopen(self, storage: Storage) -> Storage:
        storage.close()
        return type(storage)(str(_path(storage)))  # type: ignore[call-arg] # the storages of this class

    def files(self, storage: Storage) -> Iterable[Path]:
        return [_path(storage).parent]

    def in_another_process(self, storage: Storage) -> Callable[[], Storage]:
        return partial(type(storage), str(_path(storage)))  # type: ignore[call-arg] # see above

    def records_walked(self, storage: Storage, workspace: str, call: Callable[[Reader], object]) -> int:
        return records_walked(storage, workspace, call)

    def newer_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_release(_path(storage), RELEASE + 1)

    def outdated_release(self, storage: Storage) -> AbstractContextManager[None]:
        return _as_release(_path(storage), OLDEST - 1)

    @contextmanager
    def impatient_storage(self) -> Iterator[Storage]:
        with tempfile.TemporaryDirectory() as folder, closing(self.opener(f"{folder}/journal", 0.05)) as storage:
            yield storage

    def view_rows(self, storage: Storage, workspace: str, name: str) -> list[tuple[str | None, ...]]:
        assert isinstance(storage, JournalStorage)
        return view_rows(storage, storage.views[name], workspace)


@contextmanager
def _as_release(path: Path, number: int) -> Iterator[None]:
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps({"release": number}).encode() + b"\n" + rest)
    try:
        yield
    finally:
        now = path.read_bytes().split(b"\n", 1)[1]
        path.write_bytes(first + b"\n" + now)


def _path(storage: Storage) -> Path:
    assert isinstance(storage, JournalStorage)
    return storage.path
