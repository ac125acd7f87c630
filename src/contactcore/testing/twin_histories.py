"""Histories of twin worlds: what both live through, and what the keeper does in one of them alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError, NotFound
from contactcore.model import AccessPolicy, Affiliation, Authority, Company, Person, User
from contactcore.storage import Storage
from contactcore.testing.workspace_play import TODAY, Ticking
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.session import Session

__all__ = [
    "EMAILS",
    "PASSWORD",
    "TAGS",
    "VIEWER",
    "World",
    "live",
    "new_contact",
    "numbers",
]

VIEWER: Final = User("viewer")
KEEPER: Final = User("keeper")
_ADMIN: Final = User("root", admin=True)

_NAMES: Final = ("Doe", "Élan", "Zoé", "Bois", "Acme", "doe", "3M", "Łoś")
TAGS: Final = ("VIP", "vip", "secret", "Été")
EMAILS: Final = ("jane@bois.fr", "zoe@acme.fr", "office@elan.fr")
PASSWORD: Final = "correct horse"  # noqa: S105 - of nobody

numbers = itertools.count(1)
"""Tell one name from another."""


class World:
    """One of the two workspaces.

    Attributes:
        workspace: Where it all happens.
        ids: Name that both worlds share -> id of the contact or affiliation in this one.
    """

    def __init__(self, storage: Storage, name: str) -> None:
        passwords = Passwords(memory=8, iterations=1)
        self.workspace = Workspace(
            storage, name, language="fr", country="FR", host=Host(clock=Ticking(), passwords=passwords)
        )
        self.ids: dict[str, str] = {}
        with self.workspace.write(_ADMIN) as session:
            session.settings.add_category("Known")
            session.settings.define_field("Note")
            session.settings.notices.set_default(["estimate"])
            session.settings.notices.set_fall_back("invoice", ["purpose", "primary", "client"])

    def act(self, act: Callable[[Session], Any], actor: User, name: str = "") -> str:
        """Do something; give the refusal's name, or keep the id of the result under a shared name."""
        with self.workspace.write(actor) as session:
            try:
                result = act(session)
            except ContactCoreError as error:
                return type(error).__name__
        if name:
            self.ids[name] = result.id
            if isinstance(result, Affiliation) and result.person_id not in self.ids.values():
                self.ids[f"person of {name}"] = result.person_id
        return ""

    def id(self, name: str) -> str:
        """The id behind a shared name; the name itself where this world has none."""
        return self.ids.get(name, name)

    def names(self) -> dict[str, str]:
        """Id -> shared name."""
        return {id: name for name, id in sorted(self.ids.items(), reverse=True)}


Call = Callable[[Session, World], Any]


def live(random: Random, worlds: tuple[World, World]) -> None:
    """One act in both worlds, or one of the keeper's own in the first."""
    full, bare = worlds
    number = next(numbers)
    everybody = [name for name in bare.ids if not name.startswith("link")]
    links = [name for name in bare.ids if name.startswith("link")]
    hidden = [name for name in full.ids if name not in bare.ids and not name.startswith("hidden link")]
    hidden_links = [name for name in full.ids if name.startswith("hidden link")]
    if random.random() < 0.1:
        _make_login(random, worlds)
        return
    if random.random() < 0.45:
        act, name = _kept_act(random, everybody, hidden, hidden_links, number)
        full.act(lambda session: act(session, full), KEEPER, name)
        return
    actor = random.choice((VIEWER, VIEWER, KEEPER))
    act, name = _shared_act(random, everybody, links, number, deletes=actor is VIEWER)
    refusals = [world.act(lambda session, world=world: act(session, world), actor, name) for world in worlds]  # type: ignore[misc] # mypy knows no default here
    if actor is VIEWER:
        assert refusals[0] == refusals[1], f"{name or 'an act'} was refused otherwise: {refusals}"


def _make_login(random: Random, worlds: tuple[World, World]) -> None:
    """The keeper makes a login of what both see, or of what he hides."""
    full, bare = worlds
    if not full.ids:
        return
    name, email = random.choice(list(full.ids)), f"m{next(numbers)}@bois.fr"
    with full.workspace.read(_ADMIN) as session:
        try:
            person = session.people.get(full.id(name)).person_id
        except NotFound:
            person = full.id(name)
    # A login is a fact about its person: made by way of a hidden client, it shows to who sees the person.
    if name not in bare.ids and full.names().get(person) in bare.ids:
        return
    for world in worlds if name in bare.ids else (full,):
        world.act(_inviting(world.id(name), email), KEEPER)


def _inviting(whom: str, email: str) -> Callable[[Session], Any]:
    return lambda session: session.portal.invite(whom, email, PASSWORD)


def new_contact(random: Random, **more: Any) -> Person | Company:
    """Some contact."""
    emails = random.sample(EMAILS, random.choice((0, 1, 1, 2)))
    details: dict[str, Any] = {"tags": random.sample(TAGS, random.randrange(3)), "emails": emails, **more}
    if random.random() < 0.5:
        return Company(" ".join(random.sample(_NAMES, random.randint(1, 2))), phones=["01 44 55 66 77"], **details)
    return Person(random.choice(_NAMES), random.choice(_NAMES), **details)


def _open(random: Random) -> dict[str, Any]:
    """Access that lets the viewer see: the keeper may change some of it too."""
    return random.choice(
        (
            {"access": AccessPolicy.SHARED_READ, "responsibles": ["viewer"]},
            {"access": AccessPolicy.SHARED_WRITE, "responsibles": ["viewer"]},
            {"access": AccessPolicy.PRIVATE, "responsibles": ["viewer", "keeper"]},
            {"access": AccessPolicy.SHARED_WRITE, "responsibles": ["keeper"]},
        )
    )


def _kept_act(random: Random, shared: list[str], hidden: list[str], links: list[str], number: int) -> tuple[Call, str]:
    private: dict[str, Any] = {"access": AccessPolicy.PRIVATE, "responsibles": ["keeper"]}
    if not hidden or random.random() < 0.3:
        made = new_contact(random, **private, description="hidden")
        return lambda session, _: session.contacts.add(made), f"hidden {number}"
    one, other = random.choice(hidden), random.choice([*hidden[:2], *(shared[:3] or hidden)])
    primary, start = random.random() < 0.4, random.choice((None, TODAY.replace(year=2020)))
    person = Person(random.choice(_NAMES), "Hidden", emails=random.sample(EMAILS, 1), **private)
    link = random.choice(links) if links else one
    power = Authority(slug=random.choice(("collect-mail", "represent")), joint=random.random() < 0.5)
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(other), person, primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(other), w.id(one), primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"hidden link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), active=False)), ""),
        (lambda s, w: s.people.make_primary_for(w.id(link), "billing"), ""),
        (lambda s, w: s.people.grant(w.id(link), power), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), tags=["Secret", "VIP"])), ""),
        (lambda s, w: s.contacts.delete(w.id(one)), ""),
        (lambda s, w: s.trash.restore(w.id(one)), ""),
    )
    return random.choice(acts)


def _shared_act(random: Random, shared: list[str], links: list[str], number: int, *, deletes: bool) -> tuple[Call, str]:
    """What both worlds live through.

    Only the viewer deletes: which contact persons go along when the keeper does is his to see, and his hidden contacts
    rightly hold theirs back then.
    """
    if len(shared) < 3 or random.random() < 0.15:
        made = new_contact(random, **_open(random))
        return lambda session, _: session.contacts.add(made), f"contact {number}"
    # Much must happen to the same few contacts, or nothing meets.
    one, other = random.sample(shared[:3] if random.random() < 0.7 else shared, 2)
    link = random.choice(links) if links else one
    primary, start = random.random() < 0.3, random.choice((None, TODAY.replace(year=2019), TODAY.replace(year=2021)))
    person = Person(random.choice(_NAMES), random.choice(_NAMES), tags=random.sample(TAGS, 1), emails=["zoe@acme.fr"])
    end = random.choice((None, TODAY.replace(year=2025)))
    power = Authority(slug=random.choice(("collect-mail", "represent")), joint=random.random() < 0.5)
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), end=end)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), notifications=["invoice"])), ""),
        (lambda s, w: s.people.make_primary_for(w.id(link), "billing"), ""),
        (lambda s, w: s.people.grant(w.id(link), power), ""),
        (lambda s, w: s.people.withdraw(w.id(link), power.slug), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), position=f"p{number}")), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), tags=["vip"])), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), description=f"d{number}")), ""),
        (lambda s, w: s.trash.restore(w.id(one)), ""),
        (lambda s, w: s.contacts.delete(w.id(one)), ""),
    )
    return random.choice(acts if deletes else acts[:-1])
