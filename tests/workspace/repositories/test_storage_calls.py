"""The calls of the storage that the main acts make: upper bounds, whatever the storage is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs
import pytest

from contactcore import Affiliation, Company, Host, Person, User, Workspace
from contactcore.mapping.messages import message_record
from contactcore.model.message import Message
from contactcore.model.portal import Invitation
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock
from support.counting_storage import CountingStorage
from support.firm import GOOD, CountedPasswords

pytestmark = pytest.mark.cases_in_memory

PEOPLE: Final = 5
"""Contact persons of the client."""


class CountedFirm:
    """A firm whose storage counts: a client with five people, and a known person who acts for nobody.

    Args:
        storage: Fresh storage.
    """

    def __init__(self, storage: Storage) -> None:
        counting = CountingStorage(storage)
        self.calls = counting.calls
        self.clock = Clock(tick=TICK)
        host = Host(clock=self.clock, passwords=CountedPasswords())
        self.workspace = Workspace(counting, "acme", language="fr", country="FR", host=host)
        self.opened: list[Any] = []
        with self.workspace.write(ROOT) as session:
            session.settings.change(portal_link="https://x.fr/?token={token}")
        with self.workspace.write(AMELIE) as session:
            self.client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"], tags=["vip"]))
            self.people = [
                session.people.add(self.client, Person(f"P{n}", "Doe", emails=[f"p{n}@bois.fr"])) for n in range(PEOPLE)
            ]
            self.ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))

    @property
    def jane(self) -> Affiliation:
        """The primary contact person."""
        return self.people[0]

    def count(self, act: Callable[[CountedFirm, Session], object], actor: User = AMELIE, *, writes: bool = True) -> Any:
        """Do an act in a session of its own, and count its calls without those that open the session."""
        with (self.workspace.write if writes else self.workspace.read)(actor) as session:
            self.calls.restart()
            return act(self, session)

    def invite(self) -> Invitation:
        with self.workspace.write(ROOT) as session:
            return session.portal.invite(self.jane.id)


@pytest.fixture
def firm(storage: Storage) -> CountedFirm:
    return CountedFirm(storage)


Act: TypeAlias = Callable[[CountedFirm, Session], object]
Bounds: TypeAlias = dict[str, int]

NEW_PERSON: Final = Person("Zoé", "Roe", emails=["zoe@bois.fr"])

# The name of an act, the act, and the most calls that it may make. A call that is not named is not made at all. In a
# session that only reads, one `get` is that of the settings; a session that writes has read them as it was opened.
# Each act that changes contacts or their records inserts one entry of the history.
# Recipients cost one `find_records` more: that of the messages that came back from their addresses.
# An act on all records of a contact makes one for each type of them: affiliations, sites, items and so on.
READING: Final[list[tuple[str, Act, Bounds]]] = [
    ("contacts.get", lambda f, s: s.contacts.get(f.client.id), {"get": 2}),
    ("contacts.page", lambda f, s: s.contacts.page(), {"find": 1, "find_records": 1, "get": 1}),
    ("contacts.count", lambda f, s: s.contacts.count(), {"count": 1, "get": 1}),
    ("contacts.search by name", lambda f, s: s.contacts.search("bois"), {"find": 5, "find_records": 1, "get": 1}),
    ("contacts.search by person", lambda f, s: s.contacts.search("p3 doe"), {"find": 4, "find_records": 1, "get": 2}),
    ("people.list", lambda f, s: s.people.list(f.client), {"find_records": 1, "get": 3}),
    ("people.get", lambda f, s: s.people.get(f.jane), {"find_records": 1, "get": 3}),
    ("recipients", lambda f, s: s.notifications.recipients(f.client, "invoice"), {"find_records": 2, "get": 3}),
    ("pictures.get", lambda f, s: s.pictures.get(f.client), {"get": 2, "holders": 1}),
    ("pictures.thumbnails", lambda f, s: s.pictures.thumbnails([f.client, f.ann]), {"get": 3, "holders": 1}),
    ("contacts.get_many", lambda f, s: s.contacts.get_many([f.client.id, f.ann.id]), {"find_records": 1, "get": 2}),
]
WRITING: Final[list[tuple[str, Act, Bounds]]] = [
    (
        "contacts.add",
        lambda f, s: s.contacts.add(Company("Lune", tags=["new"])),
        {"find": 1, "get": 2, "insert": 3, "publish": 1},
    ),
    (
        "contacts.save of one field",
        lambda f, s: s.contacts.save(attrs.evolve(f.client, description="changed")),
        {"get": 1, "lock": 1, "replace": 1, "publish": 1, "insert": 1},
    ),
    ("contacts.save of nothing", lambda f, s: s.contacts.save(f.client), {"get": 1, "lock": 1}),
    (
        "contacts.save of the name",
        lambda f, s: s.contacts.save(attrs.evolve(f.client, name="Lune")),
        {"find_records": 3, "get": 2, "lock": 1, "replace": 1, "publish": 1, "reindex": 1, "insert": 1},
    ),
    (
        "contacts.save of the phones of a company",
        lambda f, s: s.contacts.save(attrs.evolve(f.client, phones=["01 44 55 66 77"])),
        {"get": 1, "lock": 1, "replace": 1, "publish": 1, "insert": 1},
    ),
    (
        "contacts.save of the phones of a person",
        lambda f, s: s.contacts.save(attrs.evolve(s.contacts.get(f.people[2].person_id), phones=["01 44 55 66 77"])),
        {"find_records": 1, "get": 2, "lock": 1, "replace": 1, "publish": 1, "reindex": 1, "insert": 1},
    ),
    (
        "contacts.share",
        lambda f, s: s.contacts.share(f.client, "shared-read"),
        {"find_records": 6, "get": 2, "lock": 1, "replace": 1, "publish": 1, "reindex": 1, "insert": 1},
    ),
    (
        "people.add of a new person",
        lambda f, s: s.people.add(f.client, NEW_PERSON),
        {"find_records": 2, "get": 2, "holders": 1, "lock": 1, "insert": 3, "publish": 2},
    ),
    (
        "people.add of a known person",
        lambda f, s: s.people.add(f.client, f.ann),
        # Two copies are compared before the first lock, and one of the records is read again after it.
        {"find_records": 3, "get": 3, "holders": 1, "lock": 2, "insert": 2, "publish": 1},
    ),
    (
        "people.save of a position",
        lambda f, s: s.people.save(attrs.evolve(f.people[1], position="CEO")),
        {"find_records": 3, "get": 6, "lock": 1, "replace": 1, "publish": 1, "insert": 1},
    ),
    (
        "people.make_primary",
        lambda f, s: s.people.make_primary(f.people[1]),
        {"find_records": 2, "get": 6, "lock": 1, "replace": 2, "publish": 3, "insert": 1},
    ),
    (
        "people.remove",
        lambda f, s: s.people.remove(f.people[1]),
        {"find_records": 1, "get": 3, "lock": 1, "delete": 1, "publish": 1, "insert": 1},
    ),
    (
        "notifications.send to five people",
        lambda f, s: s.notifications.send(
            f.client, s.notifications.by_hand(f.client, "invoice", [one.person_id for one in f.people]),
            subject="Invoice", text="Enclosed.", key="7",
        ),
        # One of each looks for contacts that were merged or removed since the recipients were asked for.
        {"find_records": 3, "get": 5, "holders": 1, "insert": 5, "publish": 6},
    ),
    (
        "portal.invite",
        lambda f, s: s.portal.invite(f.jane.id),
        {
            "find_records": 6, "get": 4, "holders": 2, "lock": 3, "insert": 3,
            "replace": 1, "publish": 3, "set_access": 1,
        },
    ),
    (
        "contacts.delete with five people",
        lambda f, s: s.contacts.delete(f.client.id),
        {"find_records": 24, "get": 1, "lock": 6, "replace": 11, "publish": 6, "insert": 1},
    ),
]  # fmt: skip


def check(firm: CountedFirm, bounds: Bounds) -> None:
    """Refuse calls above their bounds."""
    above = {name: number for name, number in firm.calls.by_name.items() if number > bounds.get(name, 0)}
    assert not above, f"{above} calls were made, {bounds} are allowed"


def _ids(table: list[tuple[str, Act, Bounds]]) -> list[str]:
    return [name for name, _, _ in table]


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(("name", "act", "bounds"), READING, ids=_ids(READING))
def test_reading_acts_make_no_more_calls_than_allowed(firm: CountedFirm, name: str, act: Act, bounds: Bounds) -> None:
    firm.count(act, writes=False)
    check(firm, bounds)


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize(("name", "act", "bounds"), WRITING, ids=_ids(WRITING))
def test_writing_acts_make_no_more_calls_than_allowed(firm: CountedFirm, name: str, act: Act, bounds: Bounds) -> None:
    firm.count(act)
    check(firm, bounds)


@pytest.mark.req("ACC-4")
def test_opening_a_session_reads_nothing_or_the_settings(firm: CountedFirm) -> None:
    firm.calls.restart()
    with firm.workspace.read(AMELIE):
        check(firm, {})
    with firm.workspace.write(AMELIE):
        check(firm, {"get": 1})


@pytest.mark.req("POR-4")
def test_acts_on_a_login_make_no_more_calls_than_allowed(firm: CountedFirm) -> None:
    invited = firm.invite()
    firm.count(lambda f, s: s.portal.set_password(invited.token, GOOD))
    check(firm, {"find_records": 2, "get": 5, "holders": 1, "lock": 2, "replace": 3, "publish": 2})
    firm.count(lambda f, s: s.portal.suspend(invited.login))
    check(firm, {"find_records": 1, "get": 5, "lock": 1, "replace": 1, "publish": 1})
    firm.count(lambda f, s: s.portal.reopen(invited.login))
    check(firm, {"find_records": 1, "get": 5, "lock": 1, "replace": 1, "publish": 1})
    firm.count(lambda f, s: s.portal.close(invited.login))
    check(firm, {"find_records": 1, "get": 5, "lock": 1, "replace": 1, "publish": 1, "delete": 1})


@pytest.mark.req("DIR-11")
def test_restoring_makes_no_more_calls_than_allowed(firm: CountedFirm) -> None:
    with firm.workspace.write(AMELIE) as session:
        session.contacts.delete(firm.client.id)
    firm.count(lambda f, s: s.trash.restore(f.client.id))
    check(firm, {"find_records": 16, "get": 7, "lock": 1, "replace": 11, "publish": 6, "insert": 1})


@pytest.mark.req("NOT-2")
@pytest.mark.parametrize("act", [READING[5][1], READING[7][1]], ids=["people.list", "recipients"])
def test_the_client_and_each_of_its_people_is_read_once(firm: CountedFirm, act: Act) -> None:
    firm.count(act, writes=False)
    contacts = {id: number for (kind, id), number in firm.calls.ids.items() if kind == "contact"}
    assert contacts == dict.fromkeys([firm.client.id, *(one.person_id for one in firm.people)], 1)
    assert set(firm.calls.ids.values()) == {1}


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize("name", ["contacts.save of one field", "contacts.share", "contacts.save of the name"])
def test_a_contact_that_is_changed_is_read_once_and_locked_once(firm: CountedFirm, name: str) -> None:
    (act,) = [act for known, act, _ in WRITING if known == name]
    firm.count(act)
    assert firm.calls.ids["contact", firm.client.id] == 2


@pytest.mark.req("PER-1")
def test_more_people_of_a_client_make_adding_one_no_dearer(firm: CountedFirm) -> None:
    firm.count(lambda f, s: s.people.add(f.client, NEW_PERSON))
    few = firm.calls.records
    with firm.workspace.write(AMELIE) as session:
        for number in range(20):
            session.people.add(firm.client, Person(f"Q{number}", "Doe"))
    firm.count(lambda f, s: s.people.add(f.client, Person("Last", "Roe")))
    assert firm.calls.records == few


def mail(firm: CountedFirm, letters: int) -> None:
    """Fill the outbox with letters about the primary person that were sent."""
    sent = Message(
        to="p0@bois.fr", subject="Welcome", text="Hello", template="welcome", state="sent", about=[firm.jane.person_id]
    )
    numbered = [attrs.evolve(sent, id=f"{n:06}", version=1, key=f"sent {n}") for n in range(letters)]
    with firm.workspace.storage.write("acme") as writer:
        writer.insert([message_record(one) for one in numbered])


@pytest.mark.req("POR-4")
def test_letters_that_were_sent_make_no_act_on_a_login_dearer(storage: Storage) -> None:
    def costs(firm: CountedFirm) -> dict[str, int]:
        def act(name: str, act: Act, actor: User = ROOT) -> Any:
            answer = firm.count(act, actor)
            found[name] = firm.calls.records
            return answer

        found: dict[str, int] = {}
        invited = act("invite", lambda f, s: s.portal.invite(f.jane.id))
        invited = act("invite again", lambda f, s: s.portal.invite(f.jane.id))
        # A link that was mailed a moment ago is not replaced.
        firm.clock.forward(minutes=5)
        act("request", lambda f, s: s.portal.request_password("p0@bois.fr"))
        with firm.workspace.write(ROOT) as session:
            invited = session.portal.invite(firm.jane.id)
        act("set_password", lambda f, s: s.portal.set_password(invited.token, GOOD))
        firm.clock.forward(minutes=5)
        with firm.workspace.write(ROOT) as session:
            session.portal.request_password("p0@bois.fr")
        act("suspend", lambda f, s: s.portal.suspend(invited.login))
        with firm.workspace.write(ROOT) as session:
            session.portal.reopen(invited.login)
            session.portal.request_password("p0@bois.fr")
        act("close", lambda f, s: s.portal.close(invited.login))
        return found

    firm = CountedFirm(storage)
    fresh = costs(firm)
    mail(firm, 300)
    firm.clock.forward(hours=1)
    assert costs(firm) == fresh
