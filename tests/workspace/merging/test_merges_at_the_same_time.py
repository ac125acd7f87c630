"""Acts at the same time on the contacts of a merge: one happens first, and the other one has a named answer (IMP-7)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from contactcore import Company, Invalid, Workspace
from support.actors import ROOT

pytestmark = pytest.mark.req("IMP-7")


def both(*acts: Callable[[], Any]) -> list[Any]:
    """The answers of acts that begin together; of a refused one its code."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return act()
        except Invalid as error:
            return error.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def pair(workspace: Workspace) -> list[Any]:
    with workspace.write(ROOT) as session:
        return [session.contacts.add(Company(name)) for name in ("Bois", "Granit")]


def merges(workspace: Workspace, winner: Any, loser: Any) -> Callable[[], str]:
    merging = workspace.merging(ROOT)
    plan = merging.plan(winner, [loser])
    return lambda: merging.apply(plan).state


def test_of_two_merges_in_a_circle_one_is_refused_by_name(workspace: Workspace, pair: list[Any]) -> None:
    one, other = pair
    found = both(merges(workspace, one, other), merges(workspace, other, one))
    assert sorted(found) == ["done", "merged-already"]
    with workspace.read(ROOT) as session:
        assert session.contacts.count() == 1


def test_a_merge_of_a_contact_that_is_deleted_meanwhile_is_refused_by_name(
    workspace: Workspace, pair: list[Any]
) -> None:
    one, other = pair
    merge = merges(workspace, one, other)

    def delete() -> str:
        workspace.run(ROOT, lambda session: session.contacts.delete(other.id))
        return "deleted"

    # A deletion that comes second deletes the contact that stayed.
    assert both(merge, delete) in (["contact-in-trash", "deleted"], ["done", "deleted"])


def test_of_two_undos_of_one_merge_one_is_refused_by_name(workspace: Workspace, pair: list[Any]) -> None:
    merging = workspace.merging(ROOT)
    merge = merging.apply(merging.plan(pair[0], [pair[1]]))
    found = both(lambda: merging.undo(merge).state, lambda: merging.undo(merge).state)
    assert sorted(found) == ["already-undone", "undone"]
