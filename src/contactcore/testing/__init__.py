"""The executable specification of a storage. These five lines test an adapter when pytest runs them.

    from contactcore.testing import StorageSpecification

    class TestMyStorage(StorageSpecification):
        def fresh_storage(self):
            return MyStorage(...)  # or a context manager that gives one and clears it away

A durable storage also defines `reopen(self, storage)`: it closes the storage and opens another one at the same place.
`python -m contactcore.testing` prints every clause. Needs `pip install "contactcore[testing]"`.
"""

import pytest

# Before the import of the laws: pytest then shows the values that differ when a clause is broken.
pytest.register_assert_rewrite("contactcore.testing.laws", "contactcore.testing.machine")

from contactcore.testing.fixtures import KINDS, Law, OpenStorage, with_kinds  # noqa: E402 - see above
from contactcore.testing.laws import DURABLE_LAWS, LAWS, SUBJECTS, DurableLaw, Reopen, clauses  # noqa: E402 - see above
from contactcore.testing.machine import check_histories, drive  # noqa: E402 - see above
from contactcore.testing.specification import StorageSpecification  # noqa: E402 - see above

__all__ = [
    "DURABLE_LAWS",
    "KINDS",
    "LAWS",
    "SUBJECTS",
    "DurableLaw",
    "Law",
    "OpenStorage",
    "Reopen",
    "StorageSpecification",
    "check_histories",
    "clauses",
    "drive",
    "with_kinds",
]
