"""Very many records of one person are erased in short transactions, whatever happens between two of them (IMP-8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from contactcore import AccountEntry, Host, Interaction, Item, Money, Person, Retention, Site, Workspace
from contactcore.mapping import json
from contactcore.storage import Storage
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.privacy import erasure_plan
from contactcore.workspace.repositories.repository import Repository
from support.actors import ROOT
from support.clock import TICK, Clock
from support.known_person import left_in

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]

_MANY = 23
_AT_ONCE = 5


class _Killed(Exception):
    pass


@pytest.fixture
def duties() -> list[Retention]:
    return []


@pytest.fixture
def space(storage: Storage, duties: list[Retention], monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(erasure_plan, "BATCH", _AT_ONCE)
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK), retention=lambda *_: duties))


def _jane(space: Workspace) -> Person:
    """Jane, with many interactions and entries of her account; some interactions are in the trash."""
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]), items=[Item("Rosinante")])
        (horse,) = session.items.of(jane)
        for number in range(_MANY):
            session.timeline.add(jane, Interaction(f"Windmill {number}", item_id=horse.id if number % 2 else ""))
            entry = AccountEntry("invoice", Money("10", "EUR"), date=date(2026, 1, 5), key=f"{number}", text="Sancho")
            session.account.post(jane, entry)
    with space.write(ROOT) as session:
        for one in session.timeline.page(jane, limit=7):
            session.timeline.delete(one)
    return jane


@contextmanager
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The number of interactions and entries that each transaction removes."""
    found: list[int] = []
    removed: list[Transaction] = []
    remove = Repository.remove

    def counting(self: Any, *args: Any, **more: Any) -> None:
        if self.type.name in {"interaction", "account-entry"}:
            removed.append(self.transaction)
        remove(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Repository, "remove", counting)
        yield found
    found += [sum(one is other for other in removed) for one in {id(one): one for one in removed}.values()]


@pytest.mark.parametrize("trashed", [False, True])
def test_no_transaction_of_an_erasure_removes_more_than_a_batch_of_interactions(
    space: Workspace, storage: Storage, monkeypatch: pytest.MonkeyPatch, trashed: bool
) -> None:
    jane = _jane(space)
    if trashed:
        with space.write(ROOT) as session:
            session.contacts.delete(jane)
    with _counted(monkeypatch) as sizes:
        receipt = space.privacy(ROOT).erase(jane.id)
    assert (max(sizes), sum(sizes)) == (_AT_ONCE, 2 * _MANY)
    assert (receipt.erased["interaction"], receipt.erased["account-entry"]) == (_MANY, _MANY)
    assert left_in(storage, "acme") == []


@pytest.mark.parametrize("steps", range(1, 17, 3))
def test_an_erasure_that_was_stopped_among_many_records_resumes(space: Workspace, storage: Storage, steps: int) -> None:
    jane, calls = _jane(space), []

    def progress(_: int) -> None:
        calls.append(1)
        if len(calls) == steps:
            raise _Killed

    with pytest.raises(_Killed):
        space.privacy(ROOT).erase(jane, progress=progress)
    with space.read(ROOT) as session:
        assert session.trash.list() == ()
    receipt = space.privacy(ROOT).erase(jane.id)
    assert (receipt.erased["interaction"], receipt.erased["account-entry"]) == (_MANY, _MANY)
    assert left_in(storage, "acme") == []


@pytest.mark.parametrize("trashed", [False, True])
def test_many_records_that_must_be_kept_stay_with_the_person(
    space: Workspace, storage: Storage, duties: list[Retention], trashed: bool
) -> None:
    duties.append(Retention(reason="invoices", until=date(2999, 1, 1), records=["account-entry"]))
    jane = _jane(space)
    if trashed:
        with space.write(ROOT) as session:
            session.contacts.delete(jane)
    receipt = space.privacy(ROOT).erase(jane.id)
    assert (receipt.state, receipt.erased["interaction"]) == ("reduced", _MANY)
    assert "account-entry" not in receipt.erased
    with space.read(ROOT) as session:
        assert len(session.account.history(jane.id, limit=100).items) == _MANY
    duties.clear()
    assert space.privacy(ROOT).erase(jane.id).erased["account-entry"] == _MANY
    assert left_in(storage, "acme") == []


def test_a_duty_that_ends_while_an_erasure_runs_keeps_nothing(
    space: Workspace, storage: Storage, duties: list[Retention]
) -> None:
    duties.append(Retention(reason="invoices", until=date(2999, 1, 1), records=["account-entry"]))
    jane = _jane(space)

    def progress(_: int) -> None:
        # The records are kept by now, and the last transaction comes next.
        if _is_before_last(space):
            duties.clear()

    receipt = space.privacy(ROOT).erase(jane.id, progress=progress)
    assert not duties
    assert (receipt.state, receipt.erased["account-entry"]) == ("erased", _MANY)
    assert left_in(storage, "acme") == []


def _is_before_last(space: Workspace) -> bool:
    with space.storage.read("acme") as reader:
        cursors = [json.load(one.body).get("cursor", "") for one in reader.dump("job")]
    return f"{erasure_plan.OWN + len(erasure_plan.MANY)}|" in cursors


def test_records_that_were_deleted_alone_are_in_no_list_once_an_erasure_has_begun(space: Workspace) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote"), sites=[Site("Windmill")], items=[Item("Rosinante")])
        session.sites.delete(session.sites.of(jane)[0])
        session.items.delete(session.items.of(jane)[0])
        session.timeline.delete(session.timeline.add(jane, Interaction("Call")))
        assert len(session.trash.list()) == 3

    def stop(_: int) -> None:
        raise _Killed

    with pytest.raises(_Killed):
        space.privacy(ROOT).erase(jane, progress=stop)
    with space.read(ROOT) as session:
        assert session.trash.list() == ()
