"""Twin worlds: the same history with and without what one actor may not see (ACC-3).

Two workspaces live through the same acts of two users. In the first, the second user also keeps contacts of his own
that the first user may not see: with people, tags and affiliations among themselves and to contacts that both see. Then
every public method of every service, found by introspection, must answer the first user alike in both worlds: results,
errors, counts and cursors, ids and times aside.
"""

from __future__ import annotations

import base64
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from random import Random
from typing import Any, Final

import attrs

from contactcore.errors import ContactCoreError
from contactcore.model import AccessPolicy, Affiliation, Company, Person, User
from contactcore.storage import Storage
from contactcore.testing.workspace_acts import TODAY, Ticking
from contactcore.workspace import Workspace
from contactcore.workspace.session import Session

__all__ = ["GENERATORS", "KEEPER", "VIEWER", "World", "check_twin_worlds", "public_calls"]

VIEWER: Final = User("viewer")
KEEPER: Final = User("keeper")
_ADMIN: Final = User("root", admin=True)

_NAMES: Final = ("Doe", "Élan", "Zoé", "Bois", "Acme", "doe", "3M", "Łoś")
_TAGS: Final = ("VIP", "vip", "secret", "Été")
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
_QUERIES: Final = (
    *("d", "doe", "bois doe", "zoe", "3", "acme", "elan", "los", "secret", "vip", "hidden", "33144", "@bois", "nobody"),
)


class World:
    """One of the two workspaces.

    Attributes:
        workspace: Where it all happens.
        ids: Name that both worlds share -> id of the contact or affiliation in this one.
    """

    def __init__(self, storage: Storage) -> None:
        self.workspace = Workspace(storage, "twin", language="fr", country="FR", clock=Ticking())
        self.ids: dict[str, str] = {}
        with self.workspace.write(_ADMIN) as session:
            session.settings.add_category("Known")
            session.settings.define_field("Note")

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


def _live(random: Random, worlds: tuple[World, World]) -> None:
    """One act in both worlds, or one of the keeper's own in the first."""
    full, bare = worlds
    number = next(_numbers)
    everybody = [name for name in bare.ids if not name.startswith("link")]
    links = [name for name in bare.ids if name.startswith("link")]
    hidden = [name for name in full.ids if name not in bare.ids and not name.startswith("hidden link")]
    hidden_links = [name for name in full.ids if name.startswith("hidden link")]
    if random.random() < 0.45:
        act, name = _kept_act(random, everybody, hidden, hidden_links, number)
        full.act(lambda session: act(session, full), KEEPER, name)
        return
    actor = random.choice((VIEWER, VIEWER, KEEPER))
    act, name = _shared_act(random, everybody, links, number, deletes=actor is VIEWER)
    refusals = [world.act(lambda session, world=world: act(session, world), actor, name) for world in worlds]  # type: ignore[misc] # mypy knows no default here
    if actor is VIEWER:
        assert refusals[0] == refusals[1], f"{name or 'an act'} was refused otherwise: {refusals}"


_numbers = itertools.count(1)


def _contact(random: Random, **more: Any) -> Person | Company:
    details: dict[str, Any] = {"tags": random.sample(_TAGS, random.randrange(3)), "emails": [], **more}
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
        made = _contact(random, **private, description="hidden")
        return lambda session, _: session.contacts.add(made), f"hidden {number}"
    one, other = random.choice(hidden), random.choice([*hidden[:2], *(shared[:3] or hidden)])
    primary, start = random.random() < 0.4, random.choice((None, TODAY.replace(year=2020)))
    person = Person(random.choice(_NAMES), "Hidden", **private)
    link = random.choice(links) if links else one
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(other), person, primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(other), w.id(one), primary=primary, start=start), f"hidden link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"hidden link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), active=False)), ""),
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
        made = _contact(random, **_open(random))
        return lambda session, _: session.contacts.add(made), f"contact {number}"
    # Much must happen to the same few contacts, or nothing meets.
    one, other = random.sample(shared[:3] if random.random() < 0.7 else shared, 2)
    link = random.choice(links) if links else one
    primary, start = random.random() < 0.3, random.choice((None, TODAY.replace(year=2019), TODAY.replace(year=2021)))
    person = Person(random.choice(_NAMES), random.choice(_NAMES), tags=random.sample(_TAGS, 1))
    end = random.choice((None, TODAY.replace(year=2025)))
    acts: tuple[tuple[Call, str], ...] = (
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), person, primary=primary, start=start), f"link {number}"),
        (lambda s, w: s.people.add(w.id(one), w.id(other), primary=primary), f"link {number}"),
        (lambda s, w: s.people.make_primary(w.id(link)), ""),
        (lambda s, w: s.people.remove(w.id(link)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), end=end)), ""),
        (lambda s, w: s.people.save(attrs.evolve(s.people.get(w.id(link)), position=f"p{number}")), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), tags=["vip"])), ""),
        (lambda s, w: s.contacts.save(attrs.evolve(s.contacts.get(w.id(one)), description=f"d{number}")), ""),
        (lambda s, w: s.trash.restore(w.id(one)), ""),
        (lambda s, w: s.contacts.delete(w.id(one)), ""),
    )
    return random.choice(acts if deletes else acts[:-1])


# What the viewer may ask: a generator for each public method, which gives the arguments in a world.

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Generator = Callable[[Random, list[str]], Callable[[World, Session], Arguments]]


def _one(random: Random, names: list[str]) -> Callable[[World, Session], Arguments]:
    name = random.choice(names)
    return lambda world, _: ((world.id(name),), {})


def _fixed(*args: Any, **kwargs: Any) -> Callable[[World, Session], Arguments]:
    return lambda _world, _session: (args, kwargs)


def _always(*args: Any, **kwargs: Any) -> Generator:
    return lambda _random, _names: _fixed(*args, **kwargs)


def _filters(random: Random) -> dict[str, Any]:
    return random.choice(
        (
            {},
            {"role": "any"},
            {"kind": "person", "role": "any"},
            {"tag": random.choice(_TAGS)},
            {"responsible": random.choice(("keeper", "viewer"))},
            {"access": random.choice(tuple(AccessPolicy))},
            {"category": "known"},
        )
    )


def _stored_contact(random: Random, names: list[str], **change: Any) -> Callable[[World, Session], Arguments]:
    name = random.choice(names)

    def arguments(world: World, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.contacts.get(world.id(name)), **change),), {}
        except ContactCoreError:
            return (Company("Nobody", id=world.id(name), version=1),), {}

    return arguments


def _stored_link(random: Random, names: list[str], **change: Any) -> Callable[[World, Session], Arguments]:
    name = random.choice(names)

    def arguments(world: World, session: Session) -> Arguments:
        try:
            return (attrs.evolve(session.people.get(world.id(name)), **change),), {}
        except ContactCoreError:
            return (Affiliation(id=world.id(name), version=1),), {}

    return arguments


def _page(random: Random, _names: list[str]) -> Callable[[World, Session], Arguments]:
    limit, filters, depth = random.randint(1, 5), _filters(random), random.randrange(3)
    letter = random.choice((None, "D", "A", "#"))

    def arguments(_world: World, session: Session) -> Arguments:
        after = None
        for _ in range(depth):
            after = session.contacts.page(limit=limit, after=after, letter=letter, **filters).next or after
        return (), {"limit": limit, "after": after, "letter": letter, **filters}

    return arguments


def _two(random: Random, names: list[str], **more: Any) -> Callable[[World, Session], Arguments]:
    one, other = random.choice(names), random.choice(names)
    return lambda world, _: ((world.id(one), world.id(other)), more)


def _with_heir(random: Random, names: list[str]) -> Callable[[World, Session], Arguments]:
    one, other = random.choice(names), random.choice(names)
    return lambda world, _: ((world.id(one),), {"successor": world.id(other)})


def _delete(random: Random, names: list[str]) -> Callable[[World, Session], Arguments]:
    one, client, link = (random.choice(names) for _ in range(3))
    heirs = random.random() < 0.3
    return lambda world, _: ((world.id(one),), {"successors": {world.id(client): world.id(link)} if heirs else None})


def _share(random: Random, names: list[str]) -> Callable[[World, Session], Arguments]:
    one, along = random.choice(names), random.random() < 0.5
    return lambda world, _: ((world.id(one),), {"with_people": along})


GENERATORS: Final[dict[str, Generator]] = {
    "contacts.add": lambda random, _: _fixed(_contact(random)),
    "contacts.another": _stored_contact,
    "contacts.count": lambda random, _: _fixed(letter=random.choice((None, "D")), **_filters(random)),
    "contacts.delete": _delete,
    "contacts.get": _one,
    "contacts.letters": lambda random, _: _fixed(**_filters(random)),
    "contacts.page": _page,
    "contacts.save": lambda random, names: _stored_contact(random, names, description="new", tags=["SECRET", "Vip"]),
    "contacts.search": lambda random, _: _fixed(
        random.choice(_QUERIES), limit=random.randint(1, 9), **_filters(random)
    ),
    "contacts.share": _share,
    "feed": _always(),
    "people.add": lambda random, names: _two(random, names, primary=random.random() < 0.5),
    "people.get": _one,
    "people.list": _one,
    "people.make_primary": _one,
    "people.of": _one,
    "people.primary": _one,
    "people.remove": _with_heir,
    "people.save": lambda random, names: _stored_link(random, names, position="new", primary=random.random() < 0.5),
    "settings.add_category": _always("New"),
    "settings.add_type": _always("New"),
    "settings.archive_category": _always("known"),
    "settings.categories": _always(),
    "settings.change": _always(country="PL"),
    "settings.change_field": _always("note", name="N"),
    "settings.country": _always(),
    "settings.currency": _always(),
    "settings.current": _always(),
    "settings.define_field": _always("Other"),
    "settings.fields": _always(),
    "settings.language": _always(),
    "settings.remove_category": _always("known"),
    "settings.remove_type": _always("supplier"),
    "settings.rename_category": _always("known", "K"),
    "settings.rename_type": _always("supplier", "S"),
    "settings.reorder_categories": _always(["known"]),
    "settings.reorder_types": _always(["supplier"]),
    "settings.tags": _always(),
    "settings.types": _always(),
    "trash.list": _always(),
    "trash.purge": _one,
    "trash.restore": _one,
}
"""`service.method` -> what makes its arguments; whoever adds a public method to a service adds its generator here."""


def public_calls(session: Session) -> Iterator[str]:
    """The public methods and properties of a session's services, as `service.method`."""
    for name in _public(type(session)):
        member = inspect.getattr_static(type(session), name)
        if name == "actor":
            continue
        if inspect.isfunction(member):
            yield name
        else:
            yield from (f"{name}.{inner}" for inner in _public(type(getattr(session, name))))


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


def _asked(world: World, path: str, make: Callable[[World, Session], Arguments], *, keep: bool) -> Any:
    """The answer to one call as the viewer may compare it; what it changed is undone unless it is kept."""
    names = world.names()
    try:
        with world.workspace.write(VIEWER) as session:
            args, kwargs = make(world, session)
            target: Any = session
            for part in path.split("."):
                target = getattr(target, part)
            answer = _comparable(target(*args, **kwargs) if callable(target) else target, names)
            if not keep:
                raise _Undone(answer)  # noqa: TRY301 - leaving the session is what undoes it
    except _Undone as undone:
        return undone.args[0]
    except ContactCoreError as error:
        facts = (getattr(error, "code", ""), getattr(error, "mine", None), getattr(error, "stored", None))
        return _comparable((type(error).__name__, str(error), *facts), names)
    return answer


class _Undone(Exception):
    """It ends a session on purpose."""


def _comparable(answer: Any, names: Mapping[str, str]) -> Any:
    """An answer without the ids and times in it; cursors are opened."""
    if isinstance(answer, str):
        return _masked(_opened(answer), names)
    if attrs.has(type(answer)):
        fields = [field.name for field in attrs.fields(type(answer)) if field.name != "since"]
        return (type(answer).__name__, *(_comparable(getattr(answer, name), names) for name in fields))
    if isinstance(answer, Mapping):
        return {_comparable(key, names): _comparable(value, names) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [_comparable(one, names) for one in answer]
    return answer


def _opened(text: str) -> str:
    if not text.startswith("Wy"):
        return text
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return text


def _masked(text: str, names: Mapping[str, str]) -> str:
    return _MOMENT.sub("(time)", _ID.sub(lambda found: names.get(found[0], "(id)"), text))


def _view(world: World) -> Any:
    """All contacts that the viewer sees, with their people."""
    with world.workspace.read(VIEWER) as session:
        page = session.contacts.page(role="any", limit=1_000)
        shown = [(card, session.people.list(card.id)) for card in page]
        return _comparable(shown, world.names())


def check_twin_worlds(
    open_storage: Callable[[], AbstractContextManager[Storage]], seed: int, acts: int = 40, calls: int = 60
) -> None:
    """Live through one random history in both worlds and ask everything.

    Args:
        open_storage: Opens a fresh storage.
        seed: Tells one history from another.
        acts: Of the history.
        calls: How many random calls are compared, besides one of each method.

    Raises:
        AssertionError: the viewer can tell the worlds apart.
    """
    random = Random(seed)  # noqa: S311 - a history to be repeated, no secret
    with open_storage() as first, open_storage() as second:
        full, bare = World(first), World(second)
        with bare.workspace.read(VIEWER) as session:
            paths = sorted(set(public_calls(session)) & set(GENERATORS))
        for number in range(acts):
            _live(random, (full, bare))
            if number % 4 == 3:
                views = [_view(world) for world in (full, bare)]
                assert views[0] == views[1], f"the worlds look different:\n{views[0]}\n{views[1]}"
        names = [*bare.ids, *(name for name in full.ids if name.startswith("hidden")), "nobody"]
        # What only one world has must look like an id of nothing in the other.
        for name in full.ids:
            bare.ids.setdefault(name, f"00000000-0000-7000-8000-{next(_numbers):012d}")
        for path in [*paths, *random.choices(paths, k=calls)]:
            make = GENERATORS[path](random, names)
            keep = random.random() < 0.3
            answers = [_asked(world, path, make, keep=keep) for world in (full, bare)]
            assert answers[0] == answers[1], f"{path} tells the worlds apart:\n{answers[0]}\n{answers[1]}"
