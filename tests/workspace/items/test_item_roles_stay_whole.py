"""Whatever is deleted, restored, moved, shared or purged: a role lives exactly if its item and both contacts do."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from contactcore import Company, Item, Person, User
from contactcore.errors import ContactCoreError
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.trash import trashed_of
from contactcore.rules.access import intersection, trash_access
from contactcore.workspace import Workspace
from contactcore_memory import MemoryStorage

pytestmark = [pytest.mark.req("SIT-2"), pytest.mark.req("DIR-11")]

ROOT = User("root", admin=True)


def check(workspace: Workspace, storage: Any) -> int:
    """Check all stored roles, and return their number."""
    with storage.read(workspace.name) as reader:
        contacts, items, roles = (
            {one.id: one for one in reader.dump(kind)} for kind in ("contact", "item", "item-role")
        )
    context, number = IndexContext.of(workspace_settings(workspace)), 0
    for stored in roles.values():
        role = ENTITY_OF["item-role"].load(stored, context)
        item = ENTITY_OF["item"].load(items[role.item_id], context)
        owner, holder = contacts[role.contact_id], contacts[role.holder_id]
        assert role.contact_id == item.contact_id
        needed = (owner, holder, items[role.item_id])
        trashed = trashed_of(stored)
        assert (trashed is None) == all(trashed_of(one) is None for one in needed)
        if trashed is None:
            assert stored.access == intersection(owner.access, holder.access)
        else:
            assert trashed.root in {trashed_of(one).root for one in needed if trashed_of(one) is not None}
            assert stored.access == trash_access(frozenset(trashed.access))
        number += 1
    return number


def workspace_settings(workspace: Workspace) -> Any:
    with workspace.read(ROOT) as session:
        return session.settings.current


def actions(random: Random, contacts: list[str], items: list[str], roles: list[str]) -> list[Callable[[Any], Any]]:
    one, other = random.choice(contacts), random.choice(contacts)
    item, role = random.choice(items), random.choice(roles or ["nothing"])
    access = random.choice(("private", "shared-read"))
    return [
        *[lambda s: roles.append(s.items.assign(item, one, random.choice(("guardian", "payer"))).id)] * 4,
        lambda s: s.items.unassign(role),
        lambda s: s.items.move(item, other),
        lambda s: s.items.delete(item),
        lambda s: s.contacts.delete(one),
        lambda s: s.contacts.share(one, access),
        *[lambda s: s.trash.restore(random.choice((one, item)))] * 3,
        lambda s: s.trash.purge(random.choice((one, item))) if random.random() < 0.3 else None,
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_role_lives_exactly_as_long_as_its_item_and_both_contacts(seed: int) -> None:
    random, storage = Random(seed), MemoryStorage()
    workspace = Workspace(storage, "acme")
    roles: list[str] = []
    with workspace.write(ROOT) as session:
        contacts = [
            session.contacts.add(made).id
            for made in (Person("Jane", "Doe"), Person("Joan", "Roe"), Company("Firm"), Company("Club"))
        ]
        items = [session.items.add(contact, Item(f"of {contact}")).id for contact in contacts[:3] * 2]
    most = 0
    for _ in range(80):
        act = random.choice(actions(random, contacts, items, roles))
        try:
            with workspace.write(ROOT) as session:
                act(session)
        except ContactCoreError:
            pass
        most = max(most, check(workspace, storage))
    assert most > 1
