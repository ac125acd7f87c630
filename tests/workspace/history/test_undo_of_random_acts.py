"""Undo of any act of a history, not only of the latest: a plain model says which are possible and what they lead to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Invalid, NotFound, Person, Site, Workspace
from contactcore_memory import MemoryStorage
from support.actors import ROOT
from support.seeds import NIGHTLY

SEEDS = range(60 if NIGHTLY else 6)
STEPS = 50
COMPANIES = 16
FIELDS = ("division", "description", "external_id")


@attrs.frozen
class Record:
    """A record of the model: a company, a site or a link (an affiliation).

    Attributes:
        kind: `"company"`, `"site"` or `"link"`.
        owner: The id of the company that a site or a link belongs to; that of a company is its own.
        person: The id of the person of a link.
        state: `"live"`, `"trash"` or `"gone"`.
        root: The id of the record with which it went to the trash.
        values: Field -> value.
    """

    kind: str
    owner: str
    person: str = ""
    state: str = "live"
    root: str = ""
    values: Mapping[str, str] = attrs.field(factory=dict)


World = dict[str, Record]
Diff = dict[str, tuple[Record | None, Record]]
"""Id -> the record before (None if it was not there) and after an act."""


def difference(before: World, after: World) -> Diff:
    return {id: (before.get(id), one) for id, one in after.items() if before.get(id) != one}


def is_there(one: Record | None) -> bool:
    return one is not None and one.state != "gone"


def kind_of_change(before: Record | None, after: Record) -> str:
    if before is None or not is_there(before):
        return "add"
    if after.state == "gone":
        return "remove"
    return {("live", "trash"): "delete", ("trash", "live"): "restore"}.get((before.state, after.state), "change")


def allows(world: World, diff: Diff, touched: Mapping[str, set[str]], added: set[str]) -> bool:
    """Whether what an act did can be changed back: all of it is as the act left it, and nothing depends on it.

    Args:
        world: The present records.
        diff: What the act did.
        touched: Id -> the fields that were changed after the act.
        added: The ids of what was added after the act.
    """
    return all(_allows_one(world, diff, id, touched.get(id, set()), added) for id in diff)


def _allows_one(world: World, diff: Diff, id: str, touched: set[str], added: set[str]) -> bool:
    before, after = diff[id]
    now, what = world[id], kind_of_change(before, after)
    if what == "remove":
        same = [one for one in links(world) if (one.owner, one.person, one.state) == (now.owner, now.person, "live")]
        return not is_there(now) and not same and (world[now.owner].state == "live" or _returns(diff, now.owner))
    if now.state != after.state or (what == "delete" and not _can_return(world, diff, id)):
        return False
    fields = {name for name in after.values if before is None or before.values.get(name) != after.values[name]}
    fields |= touched if what in {"add", "restore"} else set()
    if any(now.values[name] != after.values[name] for name in fields):
        return False
    under = {other for other, one in world.items() if one.owner == id != other and one.state == "live"} - diff.keys()
    return not {"add": under, "restore": under & added}.get(what)


def _returns(diff: Diff, id: str) -> bool:
    return id in diff and kind_of_change(*diff[id]) == "delete"


def _can_return(world: World, diff: Diff, id: str) -> bool:
    """Whether a record comes back from the trash: alone if its company is there, or with what it went with."""
    now = world[id]
    if now.kind == "link":
        return True
    if now.root != id:
        return _returns(diff, now.root)
    return now.owner == id or world[now.owner].state == "live" or _returns(diff, now.owner)


def links(world: World) -> Iterator[Record]:
    return (one for one in world.values() if one.kind == "link")


def undone(world: World, diff: Diff) -> World:
    """The world after the undo of an act."""
    found = dict(world)
    for id, (before, after) in diff.items():
        what = kind_of_change(before, after)
        if what in {"delete", "remove"}:
            found = restored(found, id) if what == "delete" else {**found, id: attrs.evolve(found[id], state="live")}
    for id, (before, after) in diff.items():
        if before is not None and is_there(before):
            values = {
                **found[id].values,
                **{name: value for name, value in before.values.items() if after.values.get(name) != value},
            }
            found[id] = attrs.evolve(found[id], values=values)
    taken = [id for id, pair in diff.items() if kind_of_change(*pair) in {"add", "restore"}]
    for id in sorted(taken, key=lambda id: found[id].kind != "company"):
        if found[id].state == "live" and found[id].kind == "link":
            found[id] = attrs.evolve(found[id], state="gone")
        elif found[id].state == "live":
            found = deleted(found, id)
    return found


def deleted(world: World, id: str) -> World:
    along = {other for other, one in world.items() if one.owner == id and one.state == "live"} | {id}
    return {other: attrs.evolve(one, state="trash", root=id) if other in along else one for other, one in world.items()}


def restored(world: World, id: str) -> World:
    return {
        other: attrs.evolve(one, state="live", root="") if one.state == "trash" and one.root == id else one
        for other, one in world.items()
    }


class History:
    """A workspace with its model, and the acts so far.

    Args:
        storage: A fresh storage.
        random: The source of chance.
    """

    def __init__(self, storage: Any, random: Random) -> None:
        self.workspace = Workspace(storage, "acme")
        self.random = random
        with self.workspace.write(ROOT) as session:
            self.people = [session.contacts.add(Person(name)).id for name in ("Ann", "Bob", "Cid", "Dan")]
        self.world: World = {}
        self.acts: list[tuple[str, Diff]] = []
        self.undoes: dict[str, str] = {}
        with self.workspace.write(ROOT) as session:
            for _ in range(COMPANIES):
                self._add(session)
            for _ in range(2 * COMPANIES):
                self._site(session, set())
                self._link(session, set())
        for _ in range(4):
            self.act(2)

    def act(self, steps: int) -> None:
        """One session with some changes."""
        before, fresh = dict(self.world), set[str]()
        with self.workspace.write(ROOT) as session:
            for _ in range(steps):
                known = {*self.world}
                self._step(session, fresh)
                fresh |= {*self.world} - known
        self._done(before)

    def _done(self, before: World) -> str:
        diff = difference(before, self.world)
        if not diff:
            return ""
        id = next(
            (id for id, (_, after) in diff.items() if after.kind == "company"), next(iter(diff.values()))[1].owner
        )
        with self.workspace.read(ROOT) as session:
            act = session.history.of(id).items[0].id
        self.acts.append((act, diff))
        return act

    def _live(self, kind: str, but: Collection[str] = ()) -> list[str]:
        return [id for id, one in self.world.items() if one.kind == kind and one.state == "live" and id not in but]

    def _step(self, session: Any, fresh: set[str]) -> None:
        """One change; what the same session added is not deleted again."""
        steps = [self._edit] * 5 + [self._site, self._place, self._link, self._position, self._unlink]
        self.random.choice([*steps, self._delete, self._restore])(session, fresh)

    def _value(self) -> str:
        return self.random.choice("abcdefgh")

    def _edit(self, session: Any, fresh: set[str]) -> None:
        companies, name, value = self._live("company"), self.random.choice(FIELDS), self._value()
        if not companies:
            self._add(session)
            return
        id = self.random.choice(companies)
        session.contacts.save(attrs.evolve(session.contacts.get(id), **{name: value}))
        self._set(id, name, value)

    def _site(self, session: Any, fresh: set[str]) -> None:
        if companies := self._live("company"):
            owner, value = self.random.choice(companies), self._value()
            site = session.sites.add(owner, Site(value))
            self.world[site.id] = Record("site", owner, values={"name": value})

    def _place(self, session: Any, fresh: set[str]) -> None:
        if sites := self._live("site"):
            id, value = self.random.choice(sites), self._value()
            session.sites.save(attrs.evolve(session.sites.get(id), name=value))
            self._set(id, "name", value)

    def _link(self, session: Any, fresh: set[str]) -> None:
        if companies := self._live("company"):
            owner, person, value = self.random.choice(companies), self.random.choice(self.people), self._value()
            if not any((one.owner, one.person, one.state) == (owner, person, "live") for one in links(self.world)):
                link: Affiliation = session.people.add(owner, person, position=value)
                self.world[link.id] = Record("link", owner, person, values={"position": value})

    def _position(self, session: Any, fresh: set[str]) -> None:
        if positions := self._live("link"):
            id, value = self.random.choice(positions), self._value()
            session.people.save(attrs.evolve(session.people.get(id), position=value))
            self._set(id, "position", value)

    def _unlink(self, session: Any, fresh: set[str]) -> None:
        if old := self._live("link", fresh):
            id = self.random.choice(old)
            session.people.remove(id)
            self.world[id] = attrs.evolve(self.world[id], state="gone")

    def _delete(self, session: Any, fresh: set[str]) -> None:
        if old := [*self._live("site", fresh), *self._live("company", fresh)]:
            id = self.random.choice(old)
            if fresh.isdisjoint(other for other, one in self.world.items() if one.owner == id):
                (session.sites if self.world[id].kind == "site" else session.contacts).delete(id)
                self.world = deleted(self.world, id)

    def _restore(self, session: Any, fresh: set[str]) -> None:
        if trash := [id for id, one in self.world.items() if one.state == "trash" and one.root == id]:
            id = self.random.choice(trash)
            if self.world[id].kind == "company" or self.world[self.world[id].owner].state == "live":
                session.trash.restore(id)
                self.world = restored(self.world, id)

    def _add(self, session: Any) -> None:
        one = session.contacts.add(Company(f"Client {len(self.world)}", access="shared-write"))
        self.world[one.id] = Record("company", one.id, values=dict.fromkeys(FIELDS, ""))

    def _set(self, id: str, name: str, value: str) -> None:
        self.world[id] = attrs.evolve(self.world[id], values={**self.world[id].values, name: value})

    def undo_any(self) -> bool:
        """Try to undo any act that is not undone, and return whether the model allows it."""
        open_acts = [number for number, (act, _) in enumerate(self.acts) if not self._is_undone(act)]
        number = self.random.choice(open_acts)
        act, diff = self.acts[number]
        touched: dict[str, set[str]] = {}
        added: set[str] = set()
        for _, later in self.acts[number + 1 :]:
            for id, (before, after) in later.items():
                had = {} if before is None else before.values
                touched.setdefault(id, set()).update(
                    name for name in after.values if had.get(name) != after.values[name]
                )
                added |= {id} if before is None else set()
        allowed, before = allows(self.world, diff, touched, added), dict(self.world)
        with self.workspace.write(ROOT) as session:
            if allowed:
                session.history.undo(act)
            else:
                with pytest.raises(Invalid):
                    session.history.undo(act)
        if allowed:
            self.world = undone(self.world, diff)
            self.undoes[act] = self._done(before)
        self.compare()
        return allowed

    def _is_undone(self, act: str) -> bool:
        return act in self.undoes and not self._is_undone(self.undoes[act])

    def compare(self) -> None:
        """Everything that is stored is as in the model."""
        with self.workspace.read(ROOT) as session:
            get = {"company": session.contacts.get, "site": session.sites.get, "link": session.people.get}
            for id, one in self.world.items():
                try:
                    stored = get[one.kind](id)
                except NotFound:
                    assert one.state != "live", one
                else:
                    assert one.state == "live", one
                    assert {name: getattr(stored, name) for name in one.values} == one.values
            roots = {id for id, one in self.world.items() if one.state == "trash" and one.root == id}
            assert {card.id for card in session.trash.list()} == roots


def _attempts(storage: Any, seed: int, steps: int = STEPS) -> list[bool]:
    """Make a history, and tell of each attempt of an undo whether the model allowed it."""
    random, attempts = Random(seed), list[bool]()
    history = History(storage, random)
    for _ in range(steps):
        if random.random() < 0.7:
            history.act(random.choice([1, 1, 1, 2, 3]))
        else:
            attempts.append(history.undo_any())
    return attempts


@pytest.mark.req("DIR-14")
def test_every_undo_that_the_model_allows_succeeds_and_no_other() -> None:
    attempts = [allowed for seed in SEEDS for allowed in _attempts(MemoryStorage(), seed)]
    assert len(attempts) > 12 * len(SEEDS)
    assert sum(attempts) >= 0.7 * len(attempts), (sum(attempts), len(attempts))


@pytest.mark.req("DIR-14")
def test_undo_agrees_with_the_model_on_every_storage(open_storage: Any) -> None:
    with open_storage() as storage:
        assert any(_attempts(storage, 100, steps=STEPS if NIGHTLY else 20))
