"""The viewer's calls of contacts and duplicates."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import AccessPolicy, Affiliation, Company, Item, Person, Site
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, TAGS, PairedWorkspace, new_contact
from model_based.viewer_calls.arguments import (
    QUERIES,
    Arguments,
    Choice,
    Generator,
    earlier,
    fixed,
    one_name,
    several_names,
    two_names,
)

__all__ = ["CONTACT_CALLS"]


def _filters(random: Random) -> dict[str, Any]:
    return random.choice(
        (
            {},
            {"role": "any"},
            {"kind": "person", "role": "any"},
            {"tag": random.choice(TAGS)},
            {"responsible": random.choice(("keeper", "viewer"))},
            {"access": random.choice(tuple(AccessPolicy))},
            {"category": "known"},
            {"source": random.choice(("hand", "import"))},
            {"without": random.choice(("tag", "type")), "role": "any"},
        )
    )


def _stored_contact(random: Random, names: list[str], **change: Any) -> Choice:
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.contacts.get(workspace.id(name)), **change),), {}
        except ContactCoreError:
            return (Company("Nobody", id=workspace.id(name), version=1),), {}

    return arguments


def _page(random: Random, _names: list[str]) -> Choice:
    limit, filters, depth = random.randint(1, 5), _filters(random), random.randrange(3)
    letter = random.choice((None, "D", "A", "#"))

    def arguments(_workspace: PairedWorkspace, session: Session) -> Arguments:
        after = None
        for _ in range(depth):
            after = session.contacts.page(limit=limit, after=after, letter=letter, **filters).next or after
        return (), {"limit": limit, "after": after, "letter": letter, **filters}

    return arguments


def _add_contact(random: Random, names: list[str]) -> Choice:
    contact, people = new_contact(random), random.sample((*names, *EMAILS), random.randrange(3))
    new = Affiliation(position="CFO", person=Person("Zoe"), primary=random.random() < 0.5)
    return lambda workspace, _: (
        (contact,),
        {"people": [*(workspace.id(one) for one in people), new], "sites": [Site("Workshop")], "items": [Item("Rex")]},
    )


def _draft(random: Random, names: list[str]) -> Choice:
    contact, name, minimum = new_contact(random), random.choice((None, None, *names)), random.choice((0.0, 0.5))
    return lambda workspace, _: (
        (contact if name is None else attrs.evolve(contact, id=workspace.id(name)),),
        {"minimum": minimum, "limit": 50},
    )


def _similar(random: Random, names: list[str]) -> Choice:
    name, minimum, limit = random.choice(names), random.choice((0.0, 0.5)), random.choice((2, 50))
    return lambda workspace, _: ((workspace.id(name),), {"minimum": minimum, "limit": limit})


def _converted(random: Random, names: list[str]) -> Choice:
    name, kind = random.choice(names), random.choice(("person", "company"))
    return lambda workspace, _: ((workspace.id(name), kind), {})


def _checked(random: Random, names: list[str]) -> Choice:
    name, contact, tag = random.choice(names), new_contact(random), random.choice(TAGS)
    person = random.choice((*names, *EMAILS))
    if random.random() < 0.5:
        return lambda workspace, _: ((attrs.evolve(contact, tags=[tag]),), {"people": [workspace.id(person)]})
    return lambda workspace, _: (
        ({"kind": "company", "id": workspace.id(name), "name": "X", "tags": [tag]},),
        {"people": [workspace.id(person)]},
    )


def _delete(random: Random, names: list[str]) -> Choice:
    one, client, link = (random.choice(names) for _ in range(3))
    heirs = random.random() < 0.3
    return lambda workspace, _: (
        (workspace.id(one),),
        {"successors": {workspace.id(client): workspace.id(link)} if heirs else None},
    )


def _share(random: Random, names: list[str]) -> Choice:
    one, along = random.choice(names), random.choice((True, False, None, None))
    access = random.choice(tuple(AccessPolicy))
    return lambda workspace, _: ((workspace.id(one), access), {"with_people": along})


def _got(random: Random, names: list[str]) -> Choice:
    choose, now = earlier(random, names), random.random() < 0.7

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (contact, moment), _ = choose(workspace, session)
        return (contact,), {} if now else {"as_of": moment}

    return arguments


CONTACT_CALLS: Final[dict[str, Generator]] = {
    "contacts.add": _add_contact,
    "contacts.another": _stored_contact,
    "contacts.check": _checked,
    "contacts.convert": _converted,
    "contacts.count": lambda random, _: fixed(letter=random.choice((None, "D")), **_filters(random)),
    "contacts.delete": _delete,
    "contacts.get": _got,
    "contacts.get_many": several_names,
    "contacts.iterate": lambda random, _: fixed(**_filters(random)),
    "contacts.letters": lambda random, _: fixed(**_filters(random)),
    "contacts.may_change": one_name,
    "contacts.page": _page,
    "contacts.prefill": one_name,
    "contacts.save": lambda random, names: _stored_contact(random, names, description="new", tags=["SECRET", "Vip"]),
    "contacts.search": lambda random, _: fixed(random.choice(QUERIES), limit=random.randint(1, 9), **_filters(random)),
    "contacts.share": _share,
    "duplicates.check": _draft,
    "duplicates.compare": two_names,
    "duplicates.mark_different": two_names,
    "duplicates.marked_different": one_name,
    "duplicates.of": _similar,
    "duplicates.unmark": two_names,
}
