"""The viewer's calls of contact persons, and of documents about them."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import Affiliation, Authority
from contactcore.workspace.session import Session
from model_based.paired_workspaces import EMAILS, PairedWorkspace
from model_based.viewer_calls.arguments import Arguments, Choice, Generator, always, fixed, one_name, people_of
from support.clock import TODAY

__all__ = ["PEOPLE_CALLS", "PURPOSES"]

PURPOSES: Final = ("billing", "billing", "technical", "nothing")
_AUTHORITIES: Final = ("contact", "collect-mail", "represent", "nothing")
_TEMPLATES: Final = (
    "{{ client.name }}, {{ primary.name }}",
    "{% for one in representatives %}{{ one.name }} {% endfor %}",
    "{{ nothing }}",
)


def _stored_link(random: Random, names: list[str], **change: Any) -> Choice:
    name = random.choice(names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.people.get(workspace.id(name)), **change),), {}
        except ContactCoreError:
            return (Affiliation(id=workspace.id(name), version=1),), {}

    return arguments


def _added(random: Random, names: list[str]) -> Choice:
    client, person = random.choice(names), random.choice((*names, *EMAILS))
    more = {"primary": random.random() < 0.5, "authorities": random.sample(_AUTHORITIES[:3], random.randrange(2))}
    site = random.choice((None, None, *names))
    return lambda workspace, _: (
        (workspace.id(client), workspace.id(person)),
        {**more, "site": None if site is None else workspace.id(site)},
    )


def _listed_at(random: Random, names: list[str]) -> Choice:
    client, site = random.choice(names), random.choice((None, None, *names))
    return lambda workspace, _: ((workspace.id(client),), {"site": None if site is None else workspace.id(site)})


def _with_heir(random: Random, names: list[str]) -> Choice:
    one, other = random.choice(names), random.choice(names)
    return lambda workspace, _: ((workspace.id(one),), {"successor": workspace.id(other)})


def _rows(random: Random, names: list[str]) -> Choice:
    client, place = random.choice(names), random.randrange(3)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        people = people_of(session, workspace.id(client))
        rows = [attrs.evolve(one, position="new", primary=place == number) for number, one in enumerate(people)]
        return (workspace.id(client), rows), {}

    return arguments


def _may(random: Random, names: list[str]) -> Choice:
    client, authority, other = random.choice(names), random.choice(_AUTHORITIES), random.choice(names)
    one, place, on = random.choice(names), random.randrange(4), random.choice((None, TODAY.replace(year=2020)))

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        people = [one.person_id for one in people_of(session, workspace.id(client))]
        person = people[place] if place < len(people) else workspace.id(one)
        return (person, authority, workspace.id(client)), {
            "on": on,
            "together_with": [workspace.id(other), *people[:1]],
        }

    return arguments


def _grant(random: Random, names: list[str]) -> Choice:
    name, authority, joint = random.choice(names), random.choice(_AUTHORITIES), random.random() < 0.5
    return lambda workspace, _: ((workspace.id(name), Authority(slug=authority, joint=joint)), {})


def _withdraw(random: Random, names: list[str]) -> Choice:
    name, authority, on = (
        random.choice(names),
        random.choice(_AUTHORITIES),
        random.choice((None, TODAY.replace(year=2027))),
    )
    return lambda workspace, _: ((workspace.id(name), authority), {"on": on})


def _purpose(random: Random, names: list[str], **more: Any) -> Choice:
    name, purpose = random.choice(names), random.choice(PURPOSES)
    return lambda workspace, _: ((workspace.id(name), purpose), more)


def _moves(random: Random, names: list[str]) -> Choice:
    link, to, retired = random.choice(names), random.choice(names), random.sample(EMAILS, random.randrange(2))
    return lambda workspace, _: ((workspace.id(link), workspace.id(to)), {"retire": retired, "position": "new"})


def _template(random: Random, names: list[str]) -> Choice:
    name, template = random.choice(names), random.choice(_TEMPLATES)
    return lambda workspace, _: ((template, workspace.id(name)), {})


PEOPLE_CALLS: Final[dict[str, Generator]] = {
    "documents.missing": _template,
    "documents.render": _template,
    "documents.values": one_name,
    "documents.variables": always(),
    "people.add": _added,
    "people.change_employer": _moves,
    "people.get": one_name,
    "people.grant": _grant,
    "people.list": _listed_at,
    "people.make_primary": one_name,
    "people.make_primary_for": lambda random, names: _purpose(random, names, on=random.random() < 0.7),
    "people.may": _may,
    "people.of": one_name,
    "people.primary": one_name,
    "people.primary_for": _purpose,
    "people.recognise": lambda random, _: fixed(random.choice(EMAILS)),
    "people.remove": _with_heir,
    "people.save": lambda random, names: _stored_link(random, names, position="new", primary=random.random() < 0.5),
    "people.save_all": _rows,
    "people.withdraw": _withdraw,
}
