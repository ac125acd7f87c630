"""The viewer's calls of the history, the trash and the feed."""

from __future__ import annotations

from random import Random
from typing import Final

from contactcore.errors import ContactCoreError
from contactcore.workspace.session import Session
from model_based.paired_workspaces import PairedWorkspace
from model_based.viewer_calls.arguments import (
    Arguments,
    Choice,
    Generator,
    always,
    earlier,
    entries_of,
    matched,
    one_name,
)

__all__ = ["HISTORY_CALLS"]


def _of_history(random: Random, names: list[str]) -> Choice:
    name, limit, depth = random.choice(names), random.randint(1, 4), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        after = None
        for _ in range(depth):
            try:
                after = session.history.of(workspace.id(name), limit=limit, after=after).next or after
            except ContactCoreError:
                break
        return (workspace.id(name),), {"limit": limit, "after": after}

    return arguments


def _restored(random: Random, names: list[str]) -> Choice:
    name, version = random.choice(names), random.randint(1, 3)
    return lambda workspace, _: ((workspace.id(name),), {"version": version})


def _undone(random: Random, names: list[str]) -> Choice:
    name, place = random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        entries = entries_of(session, workspace.id(name))
        return (entries[place].id if place < len(entries) else workspace.id(name),), {}

    return arguments


HISTORY_CALLS: Final[dict[str, Generator]] = {
    "feed": always(),
    "history.as_of": earlier,
    "history.of": _of_history,
    "history.restore": _restored,
    "history.undo": _undone,
    "trash.list": always(),
    "trash.matches": matched,
    "trash.preview": one_name,
    "trash.purge": one_name,
    "trash.restore": one_name,
    "trash.restore_with_report": one_name,
}
