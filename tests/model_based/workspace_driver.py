"""A workspace beside its model: what actions change in both, and which refusal the model expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeVar

from contactcore.errors import ContactCoreError
from contactcore.mapping.entities import ENTITIES
from contactcore.model import AccessPolicy, Affiliation, Company, Person, Settings, User
from contactcore.storage import Record, Storage
from contactcore.values import Tag
from contactcore.workspace import Host, Workspace
from contactcore.workspace.kernel.ids import TimeOrderedIds
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.session import Session
from model_based.rights_model import RightsModel
from model_based.workspace_model import AffiliationModel, WorkspaceModel
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, TODAY, Clock
from support.firm import Unlimited

__all__ = ["ACTORS", "COMPANIES", "DAYS", "EMAILS", "LANGUAGES", "TAGS", "Action", "WorkspaceDriver"]

ACTORS: Final = (AMELIE, BOB, ROOT)

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


class WorkspaceDriver:
    """A workspace and its model. Actions change both; the driver checks that the expected refusal is raised.

    Args:
        storage: Fresh storage of any kind.

    Attributes:
        workspace: The workspace that is tested.
        model: Its contacts, affiliations and lists.
        rights: Its authorities, notifications and logins.
        clock: Clock of the workspace; it ticks and stays within `TODAY`.
        read_before: Contacts as earlier actions read them.
        affiliations_before: Affiliations as earlier actions read them.
        tokens_seen: Links that were ever given out.
        chosen: Id of the affiliation that the last action chose as primary, `""` for none.
        regranted: Whether the last action changed who sees a contact.
        touched: Ids of the contacts whose access ever changed.
    """

    def __init__(self, storage: Storage) -> None:
        # With random bits of their own, ids are the same each time that a seed is run.
        ids = TimeOrderedIds(Random(0).getrandbits)
        cheap = Passwords(memory=8, iterations=1)
        self.clock = Clock(tick=TICK)
        host = Host(clock=self.clock, ids=ids, passwords=cheap, limiter=Unlimited())
        self.workspace = Workspace(storage, "play", language="en", country="FR", host=host)
        self.model = WorkspaceModel(day=TODAY, types={one.slug: one.slug for one in Settings().types})
        self.rights = RightsModel(self.model)
        self.read_before: list[Person | Company] = []
        self.affiliations_before: list[Affiliation] = []
        self.tokens_seen: set[str] = set()
        self.chosen: str = ""
        self.regranted = False
        self.touched: set[str] = set()
        self._refusals = 0
        with self.workspace.write(ROOT) as session:
            session.settings.change(portal_link="https://portal.example/password?token={token}")

    @contextmanager
    def expecting(self, actor: User, expected: str) -> Iterator[Session]:
        """Open a session in which the expected refusal must be raised, and must leave nothing behind.

        The session catches the refusal and commits, as a careless caller does.

        Args:
            actor: Who acts.
            expected: Name of the error; `""` for none.
        """
        self._refusals += bool(expected)
        looks = bool(expected) and self._refusals % 3 == 1
        before = self.dump() if looks else None
        secrets = self._secrets() if expected else []
        with self.workspace.write(actor) as session:
            try:
                yield session
                raised = ""
            except ContactCoreError as error:
                raised = type(error).__name__
                if raised != expected:
                    raise
        assert raised == expected, f"{actor.name} expected {expected or 'no refusal'} and got {raised or 'none'}"
        if looks:
            assert self.dump() == before, f"a refused action ({expected}) left something behind"
        assert not expected or self._secrets() == secrets, f"a refused action ({expected}) changed the portal"

    def dump(self) -> list[Record]:
        """All stored contacts, affiliations and settings."""
        with self.workspace.storage.read("play") as reader:
            kinds = (*(entity_type.name for entity_type in ENTITIES if entity_type.order), "settings")
            return [record for kind in kinds for record in _whole(reader.dump, kind)]

    def _secrets(self) -> list[Record]:
        with self.workspace.storage.read("play") as reader:
            return [record for kind in ("login", "credential", "message") for record in reader.dump(kind)]

    # Choosing

    def some_contact(self, random: Random) -> str:
        """The id of a contact, or rarely an id of nothing."""
        if not self.model.contacts or random.random() < 0.05:
            return "nobody"
        return _one_of([*self.model.contacts], random)

    def some_affiliation(self, random: Random) -> AffiliationModel | None:
        """An affiliation, perhaps in the trash; None if there is none."""
        return _one_of(list(self.model.affiliations.values()), random) if self.model.affiliations else None

    def some_live_affiliation(self, random: Random) -> AffiliationModel | None:
        """An affiliation that is mostly not in the trash; None if there is none."""
        live = [affiliation for affiliation in self.model.affiliations.values() if not affiliation.trash]
        return random.choice(live[-8:]) if live and random.random() < 0.9 else self.some_affiliation(random)

    def random_details(self, random: Random) -> dict[str, Any]:
        """Fields of a contact."""
        return {
            "emails": random.sample(EMAILS, random.choice((0, 0, 1, 2))),
            "phones": random.sample(_PHONES, random.choice((0, 0, 1))),
            "tags": random.sample(TAGS, random.choice((0, 0, 1, 2))),
            "type": random.choice(["", *(slug for slug, counts in self.model.types.items() if slug == counts)]),
            "categories": [s for s, counts in self.model.categories.items() if s == counts and random.random() < 0.5],
            "access": random.choice([None, *AccessPolicy]),
            "responsibles": random.choice([(), (), *((name,) for name in _USERS), _USERS]),
        }

    def random_person(self, random: Random) -> Person:
        """A person with a name and details."""
        given, family = random.choice(_GIVEN), random.choice(_FAMILIES)
        return Person(given, family or ("" if given else "Doe"), **self.random_details(random))

    # Expected refusals

    def refusal(self, actor: User, id: str) -> str:
        """The refusal of a change of a contact; `""` for none."""
        if not self.model.sees(actor, id):
            return "NotFound"
        return "" if self.model.changes(actor, id) else "Forbidden"

    def sees_affiliation(self, actor: User, affiliation: AffiliationModel) -> bool:
        """Whether an actor sees an affiliation."""
        return (
            not affiliation.trash
            and self.model.sees(actor, affiliation.client)
            and self.model.sees(actor, affiliation.person)
        )

    def affiliation_refusal(self, actor: User, affiliation: AffiliationModel) -> str:
        """The refusal of a change of an affiliation; `""` for none."""
        return self.refusal(actor, affiliation.client) if self.sees_affiliation(actor, affiliation) else "NotFound"

    # Results

    def added(self, actor: User, wanted: Person | Company, got: Person | Company, **defaults: Any) -> None:
        """Check a contact that was added, and add it to the model.

        Args:
            actor: Who added it.
            wanted: The contact as it was given.
            got: The contact as it was stored.
            **defaults: Access and responsible users if none were given.
        """
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


Action = Callable[[WorkspaceDriver, Random, User], None]
"""An action of an actor on a workspace and its model."""


def _one_of(everything: list[_T], random: Random) -> _T:
    """Any of them, but often one of the first three: actions must meet on the same contacts."""
    return random.choice(everything[:3] if random.random() < 0.5 else everything)


def _whole(dump: Callable[[str, str], list[Record]], kind: str) -> Iterator[Record]:
    after = ""
    while records := dump(kind, after):
        yield from records
        after = records[-1].id
