"""Acts of authorities, notices and preferences, to which the same happens as to their model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

import attrs

from contactcore.model import MODULES, TOPICS, Affiliation, Authority, Person, User
from contactcore.storage import Record, Storage
from contactcore.testing.workspace_model import Link
from contactcore.testing.workspace_play import ACTORS, Table, Ticking
from contactcore.testing.workspace_rights_model import Grant, RightsModel
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.ids import TimeOrderedIds
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.session import Session

__all__ = ["POWERS", "PURPOSES", "RIGHTS_ACTS", "RightsDriver"]

POWERS: Final = ("contact", "collect-mail", "represent")
PURPOSES: Final = ("billing", "technical")
_WORK: Final = ("work1@firm.example", "Work2@firm.example", "work3@firm.example", "jane.doe@bois.fr")
_NEAR: Final = (None, None, -400, -30, -1, 0, 1, 30)


class _Clock(Ticking):
    """Tells the time without going on, and goes on by minutes as long as the day lasts."""

    @property
    def now(self) -> datetime:
        """The moment that was told last."""
        return self._now

    def skip(self, *, minutes: int) -> None:
        """Go on, unless the day is nearly over."""
        if self._now.hour < 20:
            self._now += timedelta(minutes=minutes)


def _some(random: Random, all_of: tuple[str, ...]) -> set[str]:
    return {one for one in all_of if random.random() < 0.5}


def _maybe(random: Random, all_of: tuple[str, ...]) -> set[str] | None:
    return None if random.random() < 0.3 else _some(random, all_of)


class RightsDriver(Table):
    """A workspace with a model of who may, wants and opens what.

    Args:
        storage: Fresh; any.
    """

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self.clock = _Clock()
        cheap = Passwords(memory=8, iterations=1)
        ids = TimeOrderedIds(Random(0).getrandbits)  # noqa: S311 - the same chance each time is what is wanted
        self.workspace = Workspace(storage, "play", host=Host(clock=self.clock, ids=ids, passwords=cheap))
        self.rights = RightsModel(self.model)

    @contextmanager
    def _expecting(self, actor: User, expected: str) -> Iterator[Session]:
        before = self._secrets() if expected else []
        with super()._expecting(actor, expected) as session:
            yield session
        assert not expected or self._secrets() == before, f"a refused act ({expected}) left something in the portal"

    def _secrets(self) -> list[Record]:
        with self.workspace.storage.read("play") as reader:
            return [record for kind in ("login", "credential", "message") for record in reader.dump(kind)]

    def _near(self, random: Random) -> date | None:
        days = random.choice(_NEAR)
        return None if days is None else self.model.day + timedelta(days=days)

    def _live_link(self, random: Random) -> Link | None:
        """An affiliation; one that is there more often."""
        live = [link for link in self.model.links.values() if not link.trash]
        return random.choice(live[-8:]) if live and random.random() < 0.9 else self._link(random)

    def _take_over(self, link: Link) -> None:
        """What only the library says: the version."""
        with self.workspace.read(ACTORS[-1]) as session:
            link.stored = session.people.get(link.id)
        self.links_before.append(link.stored)

    def _join_refusal(self, actor: User, client: str, person: str) -> str:
        if not self.model.sees(actor, person):
            return "NotFound"
        if not isinstance(self.model.contacts[person], Person) or person == client:
            return "Invalid"
        pairs = [(link.client, link.person) for link in self.model.links.values() if not link.trash]
        return "Duplicate" if (client, person) in pairs else ""

    # Authorities, permissions, preferences, purposes

    def grant(self, random: Random, actor: User) -> None:
        """Somebody gives an authority."""
        link, first, last = self._live_link(random), self._near(random), self._near(random)
        if link is None or (first and last and last < first):
            return
        wanted = Grant(random.choice(POWERS), first, last, random.random() < 0.4)
        expected = self._link_refusal(actor, link)
        with self._expecting(actor, expected) as session:
            session.people.grant(link.id, Authority(**attrs.asdict(wanted)))
        if not expected:
            self.rights.right(link.id).grants.append(wanted)
            self._take_over(link)

    def withdraw(self, random: Random, actor: User) -> None:
        """Somebody takes an authority back, from some day on."""
        link, authority, day = self._live_link(random), random.choice(POWERS), self._near(random)
        if link is None:
            return
        expected = self._link_refusal(actor, link)
        with self._expecting(actor, expected) as session:
            session.people.withdraw(link.id, authority, on=day)
        if expected:
            return
        right, last_day = self.rights.right(link.id), (day or self.model.day) - timedelta(days=1)
        kept = []
        for one in right.grants:
            if one.slug != authority or (one.end and one.end <= last_day):
                kept.append(one)
            elif one.start is None or one.start <= last_day:
                kept.append(attrs.evolve(one, end=last_day))
        right.grants = kept
        self._take_over(link)

    def set_rights(self, random: Random, actor: User) -> None:
        """Somebody decides what a contact person sees, wants, and where they are written to."""
        link = self._live_link(random)
        if link is None:
            return
        modules, topics, email = _maybe(random, MODULES), _maybe(random, TOPICS), random.choice(("", *_WORK))
        expected = self._link_refusal(actor, link)
        with self._expecting(actor, expected) as session:
            changes: dict[str, Any] = {"permissions": modules, "notifications": topics, "email": email or None}
            session.people.save(attrs.evolve(session.people.get(link.id), **changes))
        if not expected:
            right = self.rights.right(link.id)
            right.modules, right.topics, right.email = modules, topics, email
            self._take_over(link)

    def choose_for_purpose(self, random: Random, actor: User) -> None:
        """Somebody makes a person primary for a purpose, or takes that back."""
        link, purpose, on = self._live_link(random), random.choice(PURPOSES), random.random() < 0.8
        if link is None:
            return
        expected = self._link_refusal(actor, link)
        if not expected and on and not link.current(self.model.day):
            expected = "Invalid"
        with self._expecting(actor, expected) as session:
            session.people.make_primary_for(link.id, purpose, on=on)
        if expected:
            return
        if on:
            self.rights.choose(link, purpose)
        else:
            self.rights.right(link.id).purposes.discard(purpose)

    def decide(self, random: Random, actor: User) -> None:
        """An admin changes what holds for everybody; others are refused."""
        rights, topic, chosen = self.rights, random.choice(TOPICS), random.random() < 0.5
        steps = [step for step in ("purpose", "primary", "client") if random.random() < 0.5]
        topics, modules = _some(random, TOPICS), _some(random, MODULES)
        module = random.choice(MODULES)
        what = random.randrange(5)
        with self._expecting(actor, "" if actor.admin else "Forbidden") as session:
            notices, settings = session.settings.notices, session.settings
            if what == 0:
                notices.need_permission(on=chosen)
            elif what == 1:
                notices.set_default(topics)
            elif what == 2:
                notices.set_fall_back(topic, random.sample(steps, len(steps)))
            elif what == 3:
                settings.set_default_permissions(modules)
            else:
                settings.archive_module(module, archived=chosen)
        if not actor.admin:
            return
        if what == 0:
            rights.needs_permission = chosen
        elif what == 1:
            rights.topics = topics
        elif what == 2:
            rights.fall_backs[topic] = steps
        elif what == 3:
            rights.modules = modules
        else:
            (rights.archived.add if chosen else rights.archived.discard)(module)

    # People who come and go

    def add_by_email(self, random: Random, actor: User) -> None:
        """Somebody adds a contact person by an address: who has or had it is found first."""
        client, email = self._contact(random), random.choice((*_WORK, "INFO@acme.example", "new@firm.example"))
        holders = self.rights.holders(actor, email)
        expected = self._refusal(actor, client)
        if not expected and holders:
            expected = "Invalid" if len(holders) > 1 else self._join_refusal(actor, client, next(iter(holders)))
        got: Affiliation | None = None
        with self._expecting(actor, expected) as session:
            got = session.people.add(client, email)
        if expected or got is None or got.person is None:
            return
        if holders:
            assert holders == {got.person_id}, "another person was found"
        else:
            stored = self.model.contacts[client]
            defaults = {"access": stored.access, "responsibles": stored.responsibles}
            self._added(actor, Person(emails=[email]), got.person, **defaults)
        self.model.links[got.id] = Link(got.id, client, got.person_id, got)
        self.links_before.append(got)

    def change_employer(self, random: Random, actor: User) -> None:
        """A person goes from one contact to another."""
        link, client = self._live_link(random), self._contact(random)
        if link is None:
            return
        model, right = self.model, self.rights.right(link.id)
        first = model.day + timedelta(days=random.choice((0, 0, 0, 10, -100)))
        person = model.contacts[link.person]
        retire = [email.text.upper() for email in person.emails if random.random() < 0.5]
        keys = {email.casefold() for email in (*retire, right.email) if email}
        leaving = [email for email in person.emails if email.text.casefold() in keys]
        last = first - timedelta(days=1)
        expected = self._link_refusal(actor, link)
        if not expected and link.stored.start and min(link.stored.end or last, last) < link.stored.start:
            expected = "Invalid"
        if not expected and leaving:
            expected = "" if model.changes(actor, person.id) else "Forbidden"
            bare = isinstance(person, Person) and not (person.given_name or person.family_name or person.phones)
            if not expected and bare and len(leaving) == len(person.emails):
                expected = "Invalid"
        expected = expected or self._refusal(actor, client) or self._join_refusal(actor, client, link.person)
        got: Affiliation | None = None
        with self._expecting(actor, expected) as session:
            got = session.people.change_employer(link.id, client, on=first, retire=retire)
        if expected or got is None:
            return
        model.links[got.id] = Link(got.id, client, link.person, got)
        if not right.email and leaving:
            right.email = leaving[0].text
        right.retired |= {email.text.casefold() for email in leaving}
        with self.workspace.read(ACTORS[-1]) as session:
            now = session.contacts.get(person.id)
            assert now.emails == tuple(email for email in person.emails if email not in leaving), "others were retired"
            assert (now.version > person.version) == bool(leaving)
        model.contacts[person.id] = now
        self.read_before.append(now)
        self.links_before.append(got)
        self._take_over(link)
        assert link.stored.end is not None
        assert link.stored.end <= last

    def delete_somebody(self, random: Random, actor: User) -> None:
        """Somebody deletes a person who is primary, has a login, or is the only one there."""
        held = {login.person for login in self.rights.logins.values()}
        live = [link.person for link in self.model.links.values() if not link.trash]
        chosen = [person for person in live if person in held or live.count(person) > 1] or live
        if not chosen:
            return
        id = random.choice(chosen)
        expected = self._refusal(actor, id)
        with self._expecting(actor, expected) as session:
            session.contacts.delete(id)
        if not expected:
            self.model.delete(actor, id)


RIGHTS_ACTS: Final[tuple[Callable[[RightsDriver, Random, User], None], ...]] = (
    *(RightsDriver.grant,) * 2,
    RightsDriver.withdraw,
    *(RightsDriver.set_rights,) * 2,
    *(RightsDriver.choose_for_purpose,) * 2,
    RightsDriver.decide,
    RightsDriver.add_by_email,
    RightsDriver.change_employer,
    RightsDriver.delete_somebody,
)
"""What may happen, some of it more often."""
