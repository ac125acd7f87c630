"""Whether a notice about an item leaves is decided when it is sent, and the outbox says why it did not (NOT-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import Company, Host, Item, Person, Workspace
from contactcore.delivery import Tally
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import ROOT
from support.clock import Clock
from support.queued_mail import Takes, deliverer

pytestmark = [pytest.mark.req("NOT-4"), pytest.mark.req("NOT-8"), pytest.mark.cases_in_memory]

Act = Callable[["School", Session], object]


class School:
    """Two items: Tom, with the owner Jane and the guardian Joan; and the bus of a firm, with a club as its payer.

    The primary persons of the firm and the club are Eve and Ann.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self.storage, self.clock = storage, clock
        self.workspace = Workspace(storage, "acme", host=Host(clock=clock))
        with self.workspace.write(ROOT) as session:
            add = session.contacts.add
            self.jane = add(Person("Jane", "Doe", emails=["jane@doe.org"]), items=[Item("Tom")])
            self.joan = add(Person("Joan", "Roe", emails=["joan@roe.org"]))
            self.firm = add(Company("Firm", emails=["office@firm.fr"]), items=[Item("Bus")])
            self.club = add(Company("Club", emails=["office@club.fr"]))
            self.eve = session.people.add(self.firm, Person("Eve", emails=["eve@firm.fr"]))
            self.tim = session.people.add(self.firm, Person("Tim", emails=["tim@firm.fr"]))
            self.ann = session.people.add(self.club, Person("Ann", emails=["ann@club.fr"]))
            self.bob = session.people.add(self.club, Person("Bob", emails=["bob@club.fr"]))
            (self.tom,), (self.bus,) = session.items.of(self.jane), session.items.of(self.firm)
            self.guardian = session.items.assign(self.tom, self.joan, "guardian")
            self.payer = session.items.assign(self.bus, self.club, "payer")

    def notice(self, item: Item, topic: str, by_hand: Any = None) -> dict[str, str]:
        """Queue a notice, and return the ids of the messages by their addresses."""
        with self.workspace.write(ROOT) as session:
            owner = item.contact_id
            if by_hand is None:
                who = session.notifications.recipients(owner, topic, item=item)
            else:
                who = session.notifications.by_hand(owner, topic, [by_hand], item=item)
            queued = session.notifications.send(owner, who, subject="Hello", text="See you.")
            return {str(one.to): one.id for one in queued}

    def change(self, act: Act) -> None:
        with self.workspace.write(ROOT) as session:
            act(self, session)

    def deliver(self) -> tuple[Tally, list[str]]:
        transport = Takes()
        with deliverer(self.storage, transport, self.clock) as one:
            return one.run_once(), transport.sent

    def withdrawn(self, id: str) -> tuple[str, str]:
        with self.workspace.read(ROOT) as session:
            message = session.outbox.get(id)
            return message.withdrawn, message.last_error


@pytest.fixture
def school(storage: Storage, clock: Clock) -> School:
    return School(storage, clock)


def alter(name: str, **changes: Any) -> Act:
    def act(school: School, session: Session) -> object:
        return session.contacts.save(attrs.evolve(session.contacts.get(getattr(school, name).id), **changes))

    return act


def purge(record: str) -> Act:
    return lambda f, s: s.trash.purge(getattr(f, record).id)


def delete_item(school: School, session: Session) -> None:
    session.items.delete(school.tom.id)


def purge_item(school: School, session: Session) -> None:
    session.items.delete(school.tom.id)
    session.trash.purge(school.tom.id)


ITEM = [
    ("deleted", delete_item, "item-in-trash", "The item that it is about is in the trash."),
    ("purged", purge_item, "item-purged", "The item that it is about was removed for good."),
    (
        "moved",
        lambda f, s: s.items.move(f.tom.id, f.firm),
        "item-moved",
        "The item that it is about belongs to another contact now.",
    ),
]


@pytest.mark.parametrize("by_hand", [False, True], ids=["by role", "by hand"])
@pytest.mark.parametrize(("act", "code", "reason"), [one[1:] for one in ITEM], ids=[one[0] for one in ITEM])
def test_notices_about_an_item_that_is_gone_are_withdrawn(
    school: School, act: Any, code: str, reason: str, by_hand: bool
) -> None:
    queued = school.notice(school.tom, "booking", school.joan if by_hand else None)
    assert set(queued) == ({"joan@roe.org"} if by_hand else {"jane@doe.org", "joan@roe.org"})
    school.change(act)
    assert school.deliver() == (Tally(withdrawn=len(queued)), [])
    assert {school.withdrawn(id) for id in queued.values()} == {(code, reason)}


OWNER = [
    ("another address", alter("jane", emails=["new@doe.org"]), "address-changed"),
    ("no address", alter("jane", emails=[], phones=["+33144556677"]), "no-email"),
    ("deleted", lambda f, s: s.contacts.delete(f.jane.id), "in-trash"),
]


@pytest.mark.parametrize(("act", "code"), [one[1:] for one in OWNER], ids=[one[0] for one in OWNER])
def test_a_notice_to_an_owner_who_is_reached_otherwise_now_is_withdrawn(school: School, act: Any, code: str) -> None:
    id = school.notice(school.tom, "booking", school.jane)["jane@doe.org"]
    school.change(act)
    assert school.deliver() == (Tally(withdrawn=1), [])
    assert school.withdrawn(id)[0] == code


def leave(name: str, **changes: Any) -> Act:
    return lambda f, s: s.people.save(attrs.evolve(s.people.get(getattr(f, name).id), **changes))


PRIMARY = [
    ("another primary", {"eve": "tim", "ann": "bob"}, "not-primary"),
    ("ended", {"end": "2026-02-28"}, "past"),
    ("inactive", {"active": False}, "inactive"),
    ("another work address", {"email": "new@x.fr"}, "address-changed"),
    ("removed", None, "not-affiliated"),
]


@pytest.mark.parametrize("name", ["eve", "ann"], ids=["of the owner", "of a responsible contact"])
@pytest.mark.parametrize(("change", "code"), [one[1:] for one in PRIMARY], ids=[one[0] for one in PRIMARY])
def test_a_notice_to_a_primary_person_who_is_not_the_one_now_is_withdrawn(
    school: School, name: str, change: Any, code: str
) -> None:
    id = school.notice(school.bus, "payment-request")[f"{name}@{'firm' if name == 'eve' else 'club'}.fr"]
    if change is None:
        school.change(lambda f, s: s.people.remove(getattr(f, name).id))
    elif name in change:
        school.change(lambda f, s: s.people.make_primary(getattr(f, change[name]).id))
    else:
        school.change(leave(name, **change))
    assert school.deliver()[0] == Tally(sent=1, withdrawn=1)
    assert school.withdrawn(id)[0] == code


ROLE = [
    ("unassigned", lambda f, s: s.items.unassign(f.guardian.id), "role-removed", True),
    (
        "another role",
        lambda f, s: s.items.save_role(attrs.evolve(f.guardian, role="emergency")),
        "role-without-topic",
        False,
    ),
    ("topics of the role", lambda f, s: s.settings.item_roles.set_topics("guardian", []), "role-without-topic", False),
    ("role taken off the list", lambda f, s: s.settings.item_roles.remove("guardian"), "role-without-topic", False),
    ("topic", lambda f, s: s.settings.notices.set_for_items("booking", on=False), "topic-not-for-this", False),
    ("deleted", lambda f, s: s.contacts.delete(f.joan.id), "in-trash", True),
    ("another address", alter("joan", emails=["new@roe.org"]), "address-changed", True),
]


@pytest.mark.parametrize(("act", "code", "by_hand"), [one[1:] for one in ROLE], ids=[one[0] for one in ROLE])
def test_a_notice_for_a_role_that_gets_it_no_more_is_withdrawn_and_a_choice_by_hand_needs_any_role(
    school: School, act: Any, code: str, by_hand: bool
) -> None:
    by_role = school.notice(school.tom, "booking")["joan@roe.org"]
    chosen = school.notice(school.tom, "booking", school.joan)["joan@roe.org"]
    school.change(act)
    school.deliver()
    assert school.withdrawn(by_role)[0] == code
    assert school.withdrawn(chosen)[0] == (code if by_hand else "")


def same_role_again(school: School, session: Session) -> None:
    session.items.unassign(school.guardian.id)
    session.items.assign(school.tom.id, school.joan.id, "guardian")


SENT = [
    ("nothing", lambda f, s: None),
    ("another name of the item", lambda f, s: s.items.save(attrs.evolve(f.tom, name="Tommy"))),
    ("the same role again", same_role_again),
    ("a replaced role", lambda f, s: replace_guardian(s)),
    ("deleted and restored", lambda f, s: (s.items.delete(f.tom.id), s.trash.restore(f.tom.id))),
    ("moved and back", lambda f, s: (s.items.move(f.tom.id, f.firm), s.items.move(f.tom.id, f.jane))),
    ("closed", lambda f, s: s.items.save(attrs.evolve(f.tom, status="closed"))),
    ("shared", lambda f, s: s.contacts.share(f.jane.id, "shared-read")),
    ("topics of the person", alter("joan", notifications=["invoice"])),
]


def replace_guardian(session: Session) -> None:
    session.settings.item_roles.add("Parent")
    session.settings.item_roles.set_topics("parent", ["booking"])
    session.settings.item_roles.remove("guardian", replacement="parent")


@pytest.mark.parametrize("act", [one[1] for one in SENT], ids=[one[0] for one in SENT])
def test_a_notice_that_is_still_right_leaves(school: School, act: Any) -> None:
    school.notice(school.tom, "booking")
    school.change(act)
    assert school.deliver() == (Tally(sent=2), ["jane@doe.org", "joan@roe.org"])


def test_a_notice_to_a_company_itself_is_sent_although_it_has_a_primary_person_now(school: School) -> None:
    for name in ("eve", "tim"):
        school.change(leave(name, active=False))
    assert set(school.notice(school.bus, "booking")) == {"office@firm.fr"}
    school.change(leave("eve", active=True))
    assert school.deliver() == (Tally(sent=1), ["office@firm.fr"])


def test_a_restored_item_brings_its_notices_back(school: School) -> None:
    queued = school.notice(school.tom, "booking")
    school.change(delete_item)
    assert school.deliver() == (Tally(withdrawn=2), [])
    school.change(lambda f, s: s.trash.restore(f.tom.id))
    assert school.deliver() == (Tally(sent=2), [*queued])


def test_a_purged_responsible_contact_takes_its_notices_along_and_no_others(school: School) -> None:
    queued = school.notice(school.tom, "booking")
    school.change(lambda f, s: s.contacts.delete(f.joan.id))
    school.change(purge("joan"))
    with school.workspace.read(ROOT) as session:
        assert [one.id for one in session.outbox.list().items] == [queued["jane@doe.org"]]
    assert school.deliver() == (Tally(sent=1), ["jane@doe.org"])
