"""The specification as one class to inherit from; `contactcore.testing` shows how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from contactcore.storage import Storage
from contactcore.testing.fixtures import LargeLaw, Law, OpenStorage, with_kinds
from contactcore.testing.hooks import HOOKS, HookedLaw, Hooks, NotJudgedError
from contactcore.testing.laws import HOOKED_LAWS, LARGE_LAWS, LAWS, hooks_of, large, subject_of
from contactcore.testing.machine import check_histories, drive
from contactcore.testing.not_judged import note

__all__ = ["StorageSpecification"]


class StorageSpecification:
    """Tests the storages of `fresh_storage` with every law, random histories against the oracle, and one long history.

    Each hook of `contactcore.testing.HOOKS` that the class defines has more promises judged. The last line of the run
    names the promises that were not judged.
    """

    def fresh_storage(self) -> Storage | AbstractContextManager[Storage]:
        """A storage without workspaces, or a context manager that gives one and clears it away.

        A second one may be asked for while the first one is open; they share nothing.
        """
        raise NotImplementedError("Define `fresh_storage` in the class that inherits the specification.")

    @property
    def open_storage(self) -> OpenStorage:
        """Opens a fresh storage with the kinds of the laws."""
        return with_kinds(self.fresh_storage)

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _large_workspaces(cls) -> Iterator[None]:
        # The first law of large workspaces fills one, and this closes it.
        with ExitStack() as stack:
            cls._stack, cls._large = stack, None
            yield

    _stack: ExitStack
    _large: Storage | None

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    def test_law(self, law: Law) -> None:
        """Each law holds."""
        law(self.open_storage)

    @pytest.mark.parametrize("law", LARGE_LAWS, ids=lambda law: law.__name__)
    def test_large_law(self, law: LargeLaw) -> None:
        """Each law of large workspaces holds. They share one workspace."""
        cls = type(self)
        if cls._large is None:
            storage = cls._stack.enter_context(self.open_storage())
            large.fill(storage)
            cls._large = storage
        law(cls._large)

    @pytest.mark.parametrize("law", HOOKED_LAWS, ids=lambda law: law.__name__)
    def test_hooked_law(self, law: HookedLaw, request: pytest.FixtureRequest) -> None:
        """Each law that needs hooks holds, where the class defines them."""
        subject = subject_of(law)
        missing = [hook for hook in hooks_of(law) if not getattr(self, hook, None)]
        reason = self._lacks(missing) if missing else ""
        if not missing:
            try:
                law(self.open_storage, Hooks.of(self))
            except NotJudgedError as error:
                reason = str(error)
        if reason:
            note(request.config, type(self).__name__, subject, reason)
            pytest.skip(f"not judged: {subject} ({reason}). " + " ".join(f"{HOOKS[hook]}." for hook in missing))

    def _lacks(self, missing: list[str]) -> str:
        if missing == ["own_files"] and getattr(self, "own_files", None) is False:
            return "a server writes the files"
        return f"no {', no '.join(missing)}"

    def test_histories(self) -> None:
        """Storage and oracle are equal after random histories."""
        check_histories(self.open_storage, getattr(self, "reopen", None))

    def test_long_history(self) -> None:
        """Storage and oracle are equal after one long seeded history."""
        drive(self.open_storage, reopen=getattr(self, "reopen", None))
