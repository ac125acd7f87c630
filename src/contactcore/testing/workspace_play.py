"""A workspace with a model of it, who acts there, and what the model says must come of an act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

from contactcore.errors import ContactCoreError
from contactcore.model import STARTING_TYPES, AccessPolicy, Affiliation, Company, Person, User
from contactcore.storage import Record, Storage
from contactcore.testing.workspace_model import Link, WorkspaceModel
from contactcore.values import Tag
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.ids import TimeOrderedIds
from contactcore.workspace.session import Session

__all__ = ["ACTORS", "COMPANIES", "DAYS", "EMAILS", "LANGUAGES", "TAGS", "TODAY", "Table", "Ticking"]

TODAY: Final = date(2026, 3, 1)
ACTORS: Final = (User("amelie"), User("bob"), User("root", admin=True))

_FAMILIES: Final = ("Doe", "doe", "Élan", "Łoś", "Zoé", "O'Neil", "山田", "Петров", "Csaba", "de la Cruz", "")
_GIVEN: Final = ("Jane", "Émile", "太郎", "Иван", "Jo", "")
COMPANIES: Final = ("Bois & Fils", "3M", "Élan SA", "Żubr", "ACME", "acme", "华为", "Österreich AG", "100% _done_")
EMAILS: Final = ("jane.doe@bois.fr", "INFO@acme.example", "x_y@mail.example.org")
_PHONES: Final = ("+33144556677", "+48225551234", "01 44 55 66 78")
TAGS: Final = ("VIP", "vip", "Été", "100%")
_USERS: Final = ("amelie", "bob")
LANGUAGES: Final = ("en", "fr", "pl", "hu", "ru")
DAYS: Final = (None, None, TODAY - timedelta(days=400), TODAY - timedelta(days=1), TODAY + timedelta(days=30))

_T = TypeVar("_T")


class Ticking:
    """A clock that goes on by a millisecond whenever it is looked at, and never leaves the day."""

    def __init__(self) -> None:
        self._now = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The next moment."""
        self._now += timedelta(milliseconds=1)
        return self._now


class Table:
    """A workspace and its model, and what the model says is to come of an act.

    Args:
        storage: Fresh; any.
    """

    def __init__(self, storage: Storage) -> None:
        # Ids of its own kind of chance, so that a seed plays the same history again.
        ids = TimeOrderedIds(Random(0).getrandbits)  # noqa: S311 - the same chance each time is what is wanted
        self.workspace = Workspace(storage, "play", language="en", country="FR", host=Host(clock=Ticking(), ids=ids))
        self.model = WorkspaceModel(day=TODAY, types={one.slug: one.slug for one in STARTING_TYPES})
        self.read_before: list[Person | Company] = []
        self.links_before: list[Affiliation] = []
        self.chosen: str = ""
        self.regranted = False
        self.touched: set[str] = set()
        self._refusals = 0
        with self.workspace.write(ACTORS[-1]):
            pass

    @contextmanager
    def _expecting(self, actor: User, expected: str) -> Iterator[Session]:
        """A session in which just this refusal comes, or none (`""`); what was refused must leave nothing behind.

        The refusal is caught inside, so that the transaction ends well, as a careless caller may have it.
        """
        self._refusals += bool(expected)
        looks = bool(expected) and self._refusals % 3 == 1
        before = self.dump() if looks else None
        with self.workspace.write(actor) as session:
            try:
                yield session
                came = ""
            except ContactCoreError as error:
                came = type(error).__name__
                if came != expected:
                    raise
        assert came == expected, f"{actor.name} expected {expected or 'no refusal'} and got {came or 'none'}"
        if looks:
            assert self.dump() == before, f"a refused act ({expected}) left something behind"

    def dump(self) -> list[Record]:
        """Everything that is stored, but the notes of which tags exist."""
        with self.workspace.storage.read("play") as reader:
            return [record for kind in ("contact", "affiliation", "settings") for record in _whole(reader.dump, kind)]

    # Choosing

    def _contact(self, random: Random) -> str:
        if not self.model.contacts or random.random() < 0.05:
            return "nobody"
        return self._one_of([*self.model.contacts], random)

    def _link(self, random: Random) -> Link | None:
        return self._one_of(list(self.model.links.values()), random) if self.model.links else None

    @staticmethod
    def _one_of(everything: list[_T], random: Random) -> _T:
        """Much must happen to the same few, or nothing meets."""
        return random.choice(everything[:3] if random.random() < 0.5 else everything)

    def _details(self, random: Random) -> dict[str, Any]:
        return {
            "emails": random.sample(EMAILS, random.choice((0, 0, 1, 2))),
            "phones": random.sample(_PHONES, random.choice((0, 0, 1))),
            "tags": random.sample(TAGS, random.choice((0, 0, 1, 2))),
            "type": random.choice(["", *(slug for slug, counts in self.model.types.items() if slug == counts)]),
            "categories": [s for s, counts in self.model.categories.items() if s == counts and random.random() < 0.5],
            "access": random.choice([None, *AccessPolicy]),
            "responsibles": random.choice([(), (), *((name,) for name in _USERS), _USERS]),
        }

    def _person(self, random: Random) -> Person:
        given, family = random.choice(_GIVEN), random.choice(_FAMILIES)
        return Person(given, family or ("" if given else "Doe"), **self._details(random))

    # What is expected

    def _refusal(self, actor: User, id: str) -> str:
        if not self.model.sees(actor, id):
            return "NotFound"
        return "" if self.model.changes(actor, id) else "Forbidden"

    def _sees_link(self, actor: User, link: Link) -> bool:
        return not link.trash and self.model.sees(actor, link.client) and self.model.sees(actor, link.person)

    def _link_refusal(self, actor: User, link: Link) -> str:
        return self._refusal(actor, link.client) if self._sees_link(actor, link) else "NotFound"

    def _spelled(self, actor: User, new: Person | Company, tags: tuple[Tag, ...]) -> list[str]:
        spelled = []
        for tag in tags:
            known = [
                id
                for id in sorted(self.model.visible(actor), key=self.model.place)
                if self.model.audience_within(new, self.model.contacts[id])
            ]
            seen = [one for id in known for one in self.model.contacts[id].tags]
            spelled.append(next((one.text for one in seen if one.text.casefold() == tag.text.casefold()), tag.text))
        return spelled

    def _added(self, actor: User, wanted: Person | Company, got: Person | Company, **defaults: Any) -> None:
        assert got.id not in self.model.contacts
        assert got.version == 1
        assert got.access == (wanted.access or defaults.get("access") or AccessPolicy.PRIVATE)
        named = wanted.responsibles or defaults.get("responsibles") or (actor.name,)
        assert set(got.responsibles) == set(named)
        assert [tag.text for tag in got.tags] == self._spelled(actor, got, wanted.tags)
        assert (got.emails, got.type, got.categories) == (wanted.emails, wanted.type, wanted.categories)
        assert self.model.sorted_name(got) == self.model.sorted_name(wanted) or not (wanted.emails or wanted.phones)
        self.model.contacts[got.id] = got
        self.read_before.append(got)


def _whole(dump: Callable[[str, str], list[Record]], kind: str) -> Iterator[Record]:
    after = ""
    while records := dump(kind, after):
        yield from records
        after = records[-1].id
