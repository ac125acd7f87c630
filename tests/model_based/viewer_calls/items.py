"""The viewer's calls of items, their roles, and sites."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import Item, ItemRole, Site
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, PairedWorkspace
from model_based.viewer_calls.arguments import (
    QUERIES,
    Arguments,
    Choice,
    Generator,
    always,
    fixed,
    name_of_item,
    one_name,
    stored_part,
    two_names,
    with_new,
)

__all__ = ["ITEM_CALLS", "roles_of"]

_ROLES: Final = ("guardian", "guardian", "payer", "emergency", "nothing")


def _assigned(random: Random, names: list[str]) -> Choice:
    item, contact, role = name_of_item(names, random), random.choice(names), random.choice(_ROLES)
    return lambda workspace, _: ((workspace.id(item), workspace.id(contact), role), {})


def _a_role(random: Random, names: list[str], **change: Any) -> Choice:
    """Makes a role for an item, with changes, the argument of a call."""
    item, other, place = name_of_item(names, random), random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        found = roles_of(session, workspace.id(item))
        known = found[place].role if place < len(found) else ItemRole(id=workspace.id(other), version=1)
        return (attrs.evolve(known, **change),), {}

    return arguments


def roles_of(session: Session, item: str) -> tuple[Any, ...]:
    try:
        return session.items.roles(item)
    except ContactCoreError:
        return ()


ITEM_CALLS: Final[dict[str, Generator]] = {
    "items.add": with_new(Item("New")),
    "items.assign": _assigned,
    "items.count": lambda random, _: fixed(status=random.choice((None, "open"))),
    "items.delete": one_name,
    "items.get": one_name,
    "items.letters": always(),
    "items.move": two_names,
    "items.of": one_name,
    "items.owners_at": lambda random, _: fixed(random.choice(EMAILS)),
    "items.page": lambda random, _: fixed(limit=random.randint(1, 9), type=random.choice((None, "dog"))),
    "items.responsible_for": one_name,
    "items.roles": lambda random, names: one_name(random, [name_of_item(names, random)]),
    "items.save": stored_part("items", name="Other"),
    "items.save_role": lambda random, names: _a_role(random, names, role=random.choice(_ROLES), information="new"),
    "items.search": lambda random, _: fixed(random.choice(QUERIES), limit=random.randint(1, 9)),
    "items.unassign": _a_role,
    "sites.add": with_new(Site("New")),
    "sites.add_from_billing": one_name,
    "sites.delete": one_name,
    "sites.get": one_name,
    "sites.of": one_name,
    "sites.save": stored_part("sites", name="Other"),
}
