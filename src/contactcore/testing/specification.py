"""The specification as one class to inherit from; `contactcore.testing` shows how."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from contactcore.storage import Storage
from contactcore.testing.fixtures import Law, OpenStorage, with_kinds
from contactcore.testing.laws import DURABLE_LAWS, LAWS, DurableLaw
from contactcore.testing.machine import check_histories, drive

__all__ = ["StorageSpecification"]


class StorageSpecification:
    """Tests the storages of `fresh_storage` with every law, random histories against the oracle, and one long history.

    Durable storages also define `reopen(storage)`, which closes a storage and opens another one at the same place.
    """

    def fresh_storage(self) -> Storage | AbstractContextManager[Storage]:
        """A storage without workspaces, or a context manager that gives one and clears it away."""
        raise NotImplementedError("Define `fresh_storage` in the class that inherits the specification.")

    @property
    def open_storage(self) -> OpenStorage:
        """Opens a fresh storage with the kinds of the laws."""
        return with_kinds(self.fresh_storage)

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    def test_law(self, law: Law) -> None:
        """Each law holds."""
        law(self.open_storage)

    @pytest.mark.parametrize("law", DURABLE_LAWS, ids=lambda law: law.__name__)
    def test_durable_law(self, law: DurableLaw) -> None:
        """Each law of durable storages holds."""
        reopen = getattr(self, "reopen", None)
        if reopen is None:
            pytest.skip("this storage is not durable: it defines no `reopen`")
        law(self.open_storage, reopen)

    def test_histories(self) -> None:
        """Storage and oracle are equal after random histories."""
        check_histories(self.open_storage)

    def test_long_history(self) -> None:
        """Storage and oracle are equal after one long seeded history."""
        drive(self.open_storage)
