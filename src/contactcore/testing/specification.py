"""The specification as one class to inherit from: what an adapter's author writes is in `contactcore.testing`."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from contactcore.storage import Storage
from contactcore.testing.laws import DURABLE_LAWS, LAWS, DurableLaw
from contactcore.testing.machine import check_histories, drive
from contactcore.testing.stage import Law, OpenStorage, on_stage

__all__ = ["StorageSpecification"]


class StorageSpecification:
    """Every law, histories against the oracle, and one long history, for the storages of `fresh_storage`.

    Durable storages also define `reopen(storage)`, which closes a storage and opens another one at the same place.
    """

    def fresh_storage(self) -> Storage | AbstractContextManager[Storage]:
        """A storage without workspaces; as a context manager where something must be cleared away behind it."""
        raise NotImplementedError("Define `fresh_storage` in the class that inherits the specification.")

    @property
    def open_storage(self) -> OpenStorage:
        """Opens a fresh storage with the kinds that the laws speak of."""
        return on_stage(self.fresh_storage)

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    def test_law(self, law: Law) -> None:
        """Each law holds."""
        law(self.open_storage)

    @pytest.mark.parametrize("law", DURABLE_LAWS, ids=lambda law: law.__name__)
    def test_durable_law(self, law: DurableLaw) -> None:
        """Each law of durable storages holds."""
        reopen = getattr(self, "reopen", None)
        if reopen is None:
            pytest.skip("this storage ends with its process: it defines no `reopen`")
        law(self.open_storage, reopen)

    def test_histories(self) -> None:
        """Random histories leave the storage and the oracle alike."""
        check_histories(self.open_storage)

    def test_long_history(self) -> None:
        """One long seeded history leaves the storage and the oracle alike."""
        drive(self.open_storage)
