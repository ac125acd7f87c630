"""The viewer's calls of the timeline."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from contactcore.errors import ContactCoreError
from contactcore.model import Interaction
from contactcore.workspace.session import Session
from model_based.paired_workspaces import PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, one_name, stored_part

__all__ = ["TIMELINE_CALLS"]


def _interaction(random: Random, names: list[str]) -> Choice:
    client, person, item = (random.choice(names) for _ in range(3))
    some = random.choice(({}, {"person_id": person}, {"item_id": item}, {"site_id": item}))

    def arguments(workspace: PairedWorkspace, _session: Session) -> Arguments:
        named: dict[str, Any] = {name: workspace.id(id) for name, id in some.items()}
        return (workspace.id(client), Interaction("New", **named)), {}

    return arguments


def _timeline(random: Random, names: list[str]) -> Choice:
    client, other, limit = random.choice(names), random.choice(names), random.randint(1, 3)
    scope = random.choice((None, None, "item", "site", "person"))
    some = {"types": random.sample(("note", "action"), random.randrange(2)), "state": random.choice((None, "done"))}

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        named = {scope: workspace.id(other)} if scope else {}
        options: dict[str, Any] = {"limit": limit, "upcoming": limit == 1, **some, **named}
        try:
            after = session.timeline.page(workspace.id(client), **options).next
        except ContactCoreError:
            after = None
        return (workspace.id(client),), {**options, "after": after}

    return arguments


def _counts(random: Random, names: list[str]) -> Choice:
    client, item = random.choice(names), random.choice((None, random.choice(names)))
    return lambda workspace, _: ((workspace.id(client),), {"item": item and workspace.id(item)})


TIMELINE_CALLS: Final[dict[str, Generator]] = {
    "timeline.add": _interaction,
    "timeline.counts": _counts,
    "timeline.delete": one_name,
    "timeline.get": one_name,
    "timeline.page": _timeline,
    "timeline.save": stored_part("timeline", title="Other"),
}
