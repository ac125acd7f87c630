"""What the generators of the viewer's calls share: their types, and arguments that calls of several services take."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import Affiliation, Interaction, Item, Site
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, NOON, PairedWorkspace, new_contact

__all__ = [
    "QUERIES",
    "Arguments",
    "Choice",
    "Generator",
    "always",
    "any_email",
    "earlier",
    "entries_of",
    "fixed",
    "matched",
    "name_of_item",
    "one_name",
    "people_of",
    "several_names",
    "stored_part",
    "two_names",
    "with_new",
]

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
"""The arguments of a call, by position and by name."""
Choice = Callable[[PairedWorkspace, Session], Arguments]
"""What was drawn for a call, which becomes its arguments in each of the two workspaces."""
Generator = Callable[[Random, list[str]], Choice]
"""Draws a choice from the names of the records."""

QUERIES: Final = (
    *("d", "doe", "bois doe", "zoe", "3", "acme", "elan", "los"),
    *("secret", "vip", "hidden", "33144", "@bois", "rex", "workshop", "nobody"),
)


def one_name(random: Random, names: list[str]) -> Choice:
    name = random.choice(names)
    return lambda workspace, _: ((workspace.id(name),), {})


def two_names(random: Random, names: list[str]) -> Choice:
    one, other = random.choice(names), random.choice(names)
    return lambda workspace, _: ((workspace.id(one), workspace.id(other)), {})


def several_names(random: Random, names: list[str]) -> Choice:
    some = random.choices(names, k=3)
    return lambda workspace, _: (([workspace.id(name) for name in some],), {})


def fixed(*args: Any, **kwargs: Any) -> Choice:
    return lambda _workspace, _session: (args, kwargs)


def always(*args: Any, **kwargs: Any) -> Generator:
    return lambda _random, _names: fixed(*args, **kwargs)


def any_email(random: Random, _names: list[str]) -> Choice:
    return fixed(random.choice(EMAILS))


def matched(random: Random, _names: list[str]) -> Choice:
    return fixed(new_contact(random))


def stored_part(service: str, **change: Any) -> Generator:
    """Makes a site, an item or an interaction, with a change, the argument of a call."""

    def generator(random: Random, names: list[str]) -> Choice:
        name = random.choice(names)

        def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
            try:
                return (attrs.evolve(getattr(session, service).get(workspace.id(name)), **change),), {}
            except ContactCoreError:
                kind = {"sites": Site, "items": Item, "timeline": Interaction}[service]
                return (kind("Nothing", id=workspace.id(name), version=1),), {}

        return arguments

    return generator


def with_new(part: Site | Item | Interaction) -> Generator:
    """Makes a contact and a new record of it the arguments of a call."""

    def generator(random: Random, names: list[str]) -> Choice:
        name = random.choice(names)
        return lambda workspace, _: ((workspace.id(name), part), {})

    return generator


def name_of_item(names: list[str], random: Random) -> str:
    """A name that stands for a site or an item, if there is one."""
    return random.choice([name for name in names if "part" in name] or names)


def people_of(session: Session, client: str) -> tuple[Affiliation, ...]:
    try:
        return session.people.list(client)
    except ContactCoreError:
        return ()


def entries_of(session: Session, record: str) -> tuple[Any, ...]:
    try:
        return session.history.of(record).items
    except ContactCoreError:
        return ()


def earlier(random: Random, names: list[str]) -> Choice:
    """Makes a contact and the time of one of its acts the arguments of a call."""
    name, place = random.choice(names), random.randrange(4)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        entries = entries_of(session, workspace.id(name))
        moment = entries[place].at if place < len(entries) else NOON
        return (workspace.id(name), moment), {}

    return arguments
