"""The executable specification of a storage. These five lines test an adapter when pytest runs them.

    from contactcore.testing import StorageSpecification

    class TestMyStorage(StorageSpecification):
        def fresh_storage(self):
            return MyStorage(...)  # or a context manager that gives one and clears it away

Further methods of the class, its hooks (`contactcore.testing.HOOKS`), have more judged: `reopen`, `files`,
`in_another_process`, `records_walked`. The last line of the run names the promises that were not judged.
`python -m contactcore.testing` prints every clause. Needs `pip install "contactcore[testing]"`.
"""

import pytest

# Before the import of the laws: pytest then shows the values that differ when a clause is broken.
pytest.register_assert_rewrite("contactcore.testing.laws", "contactcore.testing.machine")

from contactcore.testing.fixtures import KINDS, LargeLaw, Law, OpenStorage, with_kinds  # noqa: E402 - see above
from contactcore.testing.hooks import HOOKS, HookedLaw, Hooks, NotJudgedError  # noqa: E402 - see above
from contactcore.testing.laws import HOOKED_LAWS, LARGE_LAWS, LAWS, SUBJECTS, clauses  # noqa: E402 - see above
from contactcore.testing.machine import check_histories, drive  # noqa: E402 - see above
from contactcore.testing.specification import StorageSpecification  # noqa: E402 - see above

__all__ = [
    "HOOKED_LAWS",
    "HOOKS",
    "KINDS",
    "LARGE_LAWS",
    "LAWS",
    "SUBJECTS",
    "HookedLaw",
    "Hooks",
    "LargeLaw",
    "Law",
    "NotJudgedError",
    "OpenStorage",
    "StorageSpecification",
    "check_histories",
    "clauses",
    "drive",
    "with_kinds",
]
