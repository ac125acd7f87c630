"""A function is run again after errors that may pass, and after no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contactcore import Conflict, Forbidden, NotFound, StorageError, User, Workspace
from contactcore.workspace.kernel.retry import JOB_RETRY, Retry
from contactcore.workspace.kernel.transaction import Transaction

pytestmark = pytest.mark.req("IMP-3")

BUSY = StorageError("Others were faster.", "storage-retry")
FULL = StorageError("The disk is full.", "storage-full")
STALE = Conflict(None, None)
GONE = NotFound("contact", "1")


def failing(*errors: BaseException) -> Callable[[], int]:
    """A function that raises these errors, one each time, and then returns the number of its runs."""
    left = list(errors)

    def run() -> int:
        if left:
            raise left.pop(0)
        return len(errors) + 1

    return run


def test_a_function_that_succeeds_is_run_once() -> None:
    assert JOB_RETRY(failing()) == 1


def test_a_function_is_run_again_until_it_succeeds() -> None:
    assert JOB_RETRY(failing(*[BUSY] * 19)) == 20


def test_the_error_of_the_last_attempt_is_raised() -> None:
    last = StorageError("At last.", "storage-retry")
    with pytest.raises(StorageError) as raised:
        Retry(attempts=3)(failing(BUSY, BUSY, last))
    assert raised.value is last


@pytest.mark.parametrize("attempts", [1, 2])
def test_no_more_attempts_are_made_than_allowed(attempts: int) -> None:
    runs: list[int] = []

    def fail() -> None:
        runs.append(1)
        raise BUSY

    with pytest.raises(StorageError):
        Retry(attempts=attempts)(fail)
    assert len(runs) == attempts


@pytest.mark.parametrize("error", [FULL, STALE, GONE, Forbidden("No.", "admin-only"), ValueError("no error of ours")])
def test_an_error_that_does_not_pass_is_raised_at_once(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        JOB_RETRY(failing(error))
    assert raised.value is error


def test_errors_that_are_named_pass_too() -> None:
    assert Retry(errors=(Conflict, NotFound))(failing(STALE, GONE, BUSY)) == 4
    with pytest.raises(NotFound):
        Retry(errors=(Conflict,))(failing(STALE, GONE))


def test_a_storage_error_passes_by_its_code_alone() -> None:
    assert Retry(codes=frozenset({"storage-full"}))(failing(FULL)) == 2
    with pytest.raises(StorageError):
        Retry(codes=frozenset({"storage-full"}), errors=(StorageError,))(failing(BUSY))


def test_each_attempt_of_a_job_has_a_transaction_of_its_own(workspace: Workspace, amelie: User) -> None:
    seen: list[Transaction] = []

    def step(transaction: Transaction) -> int:
        transaction.publish("contact.changed", "1")
        seen.append(transaction)
        if len(seen) < 3:
            raise BUSY
        return len(seen)

    assert workspace._transactions(amelie).run(step) == 3
    assert len({id(one) for one in seen}) == 3
    with workspace.storage.read(workspace.name) as reader:
        assert [one.event.name for one in reader.feed()].count("contact.changed") == 1
