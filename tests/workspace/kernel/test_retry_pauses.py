"""Attempts that lose to a faster writer: the pauses between them, and the locks of the next one."""

from __future__ import annotations

import threading
from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, NotFound, Person, StorageError
from contactcore.workspace.kernel.retry import Pauses, Retry
from contactcore.workspace.session import Session


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", description="0", access="shared-write"))


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_each_attempt_but_the_last_is_followed_by_a_pause(attempts: int) -> None:
    waited: list[float] = []
    pauses = Pauses(first=1.0, longest=4.0, jitter=lambda: 0.5, sleep=waited.append)

    def fail() -> None:
        raise StorageError("Others were faster.", "storage-retry")

    with pytest.raises(StorageError):
        Retry(attempts=attempts, pauses=pauses)(fail)
    assert waited == [0.5, 1.0, 2.0, 2.0][: attempts - 1]


@pytest.mark.parametrize("code", ["storage-busy", "storage-lost", "writer-open", "storage-in-use"])
def test_an_error_that_does_not_pass_is_raised_without_a_pause(code: str) -> None:
    waited: list[float] = []

    def fail() -> None:
        raise StorageError("No.", code)

    with pytest.raises(StorageError):
        Retry(pauses=Pauses(sleep=waited.append))(fail)
    assert waited == []


def test_pauses_differ_from_each_other_and_are_never_longer_than_the_longest() -> None:
    waited: list[float] = []
    pauses = Pauses(sleep=waited.append)
    for attempt in range(1, 101):
        pauses.wait(attempt)
    assert len(set(waited)) > 90
    assert all(0 <= pause < 0.064 for pause in waited)
    assert waited[0] < 0.002


def test_no_increment_of_many_threads_is_lost_or_given_up(workspace: Any, amelie: Any, client: Any) -> None:
    def increment(session: Session) -> None:
        now = session.contacts.get(client.id)
        session.contacts.save(attrs.evolve(now, description=str(int(now.description) + 1)))

    failed: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(3):
                workspace.run(amelie, increment)
        except Exception as error:  # noqa: BLE001 - the test shows it
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    with workspace.read(amelie) as session:
        assert session.contacts.get(client.id).description == "24"


def attempts_of(workspace: Any, actor: Any, function: Any) -> list[set[str]]:
    """Runs a function that loses its first attempt, and returns the ids that each attempt holds when it begins."""
    held: list[set[str]] = []

    def observed(session: Session) -> None:
        transaction = session.contacts._transaction
        held.append({id for _, id in transaction.locked})
        function(session, len(held))

    workspace.run(actor, observed)
    return held


def test_the_second_attempt_begins_with_the_lock_of_what_the_first_one_lost(
    workspace: Any, amelie: Any, client: Any
) -> None:
    def save_an_old_version(session: Session, attempt: int) -> None:
        now = session.contacts.get(client.id)
        session.contacts.save(attrs.evolve(now, description="x", version=now.version - (attempt == 1)))

    assert attempts_of(workspace, amelie, save_an_old_version) == [set(), {client.id}]


def test_the_second_attempt_locks_the_client_of_a_person_too(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))

    def save_an_old_version(session: Session, attempt: int) -> None:
        now = session.people.get(jane.id)
        session.people.save(attrs.evolve(now, position="CFO", version=now.version - (attempt == 1)))

    first, second = attempts_of(workspace, amelie, save_an_old_version)
    assert first == set()
    assert client.id in second


def test_what_is_gone_before_the_second_attempt_is_not_locked(workspace: Any, amelie: Any, client: Any) -> None:
    def add_and_lose(session: Session, attempt: int) -> None:
        session.contacts.get(client.id)
        added = session.contacts.add(Company("New"))
        if attempt == 1:
            raise Conflict(added, None)

    assert attempts_of(workspace, amelie, add_and_lose) == [set(), set()]


def test_a_record_that_vanishes_for_good_ends_the_attempts(workspace: Any, amelie: Any, root: Any, client: Any) -> None:
    calls: list[int] = []

    def save(session: Session) -> None:
        calls.append(1)
        now = session.contacts.get(client.id)
        session.contacts.save(attrs.evolve(now, version=now.version - 1))

    def purge(_seconds: float) -> None:
        with workspace.write(root) as session:
            session.contacts.delete(client.id)
            session.trash.purge(client.id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "contactcore.workspace.kernel.retry.Retry", lambda **more: Retry(pauses=Pauses(sleep=purge), **more)
        )
        with pytest.raises(NotFound):
            workspace.run(amelie, save)
    assert len(calls) == 2
