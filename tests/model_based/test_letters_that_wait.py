"""Random small firms: who is mailed is who the requirements name, and what waits leaves only while it is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Host, Invalid, Item, Person, Workspace
from contactcore.model.message import Message
from contactcore.rules.recipients import Recipients
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from model_based.letters_model import (
    ROLE_TOPICS,
    LetterModel,
    LettersModel,
    ModelAffiliation,
    ModelContact,
    ModelItem,
    ModelRole,
)
from support.actors import ROOT
from support.clock import TICK, TODAY, Clock
from support.queued_mail import Takes, deliverer
from support.seeds import check_seeds, seeds_on

ADDRESSES = ("ann@x.example", "ANN@x.example", "bob@x.example", "cy@y.example", "office@z.example")
TOPICS, ITEM_TOPICS = ("invoice", "ticket"), ("booking", "payment-request")
WISHES = (None, (), ("invoice",), ("invoice", "ticket"))
REVIVED = {"in-trash", "item-in-trash", "restricted"}


class SmallFirm:
    """A workspace, its model, and acts that change both.

    Args:
        storage: Fresh storage.
        seed: The seed of everything that is chosen.
    """

    def __init__(self, storage: Storage, seed: int) -> None:
        self.storage, self.random, self.clock = storage, Random(seed), Clock(tick=TICK)
        self.workspace = Workspace(storage, "acme", host=Host(clock=self.clock))
        self.model = LettersModel(day=TODAY)
        self.letters: dict[str, LetterModel] = {}
        with self.workspace.write(ROOT) as session:
            for number in range(self.random.randint(1, 2)):
                emails = self.emails()
                added = session.contacts.add(Company(f"Company {number}", emails=emails))
                self.model.contacts[added.id] = ModelContact(is_person=False, emails=emails)
            for number in range(self.random.randint(2, 4)):
                emails, wish = self.emails(), self.random.choice(WISHES)
                person = session.contacts.add(Person(f"Person {number}", emails=emails, notifications=wish))
                self.model.contacts[person.id] = ModelContact(is_person=True, emails=emails, topics=wish)
            for act in (self.join, self.join, self.join, self.join, self.own_item, self.assign, self.settings):
                act(session)

    def emails(self) -> list[str]:
        return self.random.sample(ADDRESSES[1:], self.random.choice((0, 1, 1, 2)))

    def day(self) -> date:
        return self.model.day + timedelta(days=self.random.randint(-1, 1))

    def one_of(self, *, person: bool = False, in_trash: bool = False) -> str:
        found = [
            id for id, one in self.model.contacts.items() if one.in_trash is in_trash and (one.is_person or not person)
        ]
        return self.random.choice(found) if found else ""

    def one_affiliation(self) -> str:
        there = [id for id, one in self.model.affiliations.items() if not self.is_gone(one.client, one.person)]
        return self.random.choice(there) if there else ""

    def one_item(self) -> str:
        there = [id for id, one in self.model.items.items() if not one.in_trash and not self.is_gone(one.owner)]
        return self.random.choice(there) if there else ""

    def is_gone(self, *ids: str) -> bool:
        return any(self.model.contacts[id].in_trash for id in ids)

    # Acts

    def join(self, session: Session) -> None:
        client, person = self.one_of(), self.one_of(person=True)
        pairs = {(one.client, one.person) for one in self.model.affiliations.values()}
        if not client or client == person or not person or (client, person) in pairs:
            return
        new = ModelAffiliation(
            client,
            person,
            email=self.random.choice((None, None, *ADDRESSES)),
            topics=self.random.choice(WISHES),
            start=self.random.choice((None, None, self.model.day + timedelta(days=1))),
        )
        details: dict[str, Any] = {"email": new.email, "notifications": new.topics, "start": new.start}
        self.model.affiliations[session.people.add(client, person, **details).id] = new

    def edit(self, session: Session) -> None:
        id = self.one_affiliation()
        if not id:
            return
        name = self.random.choice(("email", "topics", "active", "end"))
        choices: dict[str, tuple[Any, ...]] = {
            "email": (None, *ADDRESSES),
            "topics": WISHES,
            "active": (True, False),
            "end": (None, max(self.day(), self.model.affiliations[id].start or date.min)),
        }
        value = self.random.choice(choices[name])
        shown = attrs.evolve(session.people.get(id), **{{"topics": "notifications"}.get(name, name): value})
        session.people.save(shown)
        setattr(self.model.affiliations[id], name, value)

    def remove(self, session: Session) -> None:
        id = self.one_affiliation()
        if id:
            session.people.remove(id)
            del self.model.affiliations[id]

    def readdress(self, session: Session) -> None:
        id, emails = self.one_of(), self.emails()
        if id:
            session.contacts.save(attrs.evolve(session.contacts.get(id), emails=emails))
            self.model.contacts[id].emails = emails

    def make_primary(self, session: Session) -> None:
        id = self.one_affiliation()
        if id:
            session.people.make_primary(id)

    def delete(self, session: Session) -> None:
        id = self.one_of()
        if id:
            session.contacts.delete(id)
            self.model.contacts[id].in_trash = True

    def restore(self, session: Session) -> None:
        id = self.one_of(in_trash=True)
        if id:
            session.trash.restore(id)
            self.model.contacts[id].in_trash = False

    def restrict(self, session: Session) -> None:
        id = self.one_of(person=True)
        if id:
            on = not self.model.contacts[id].restricted
            (session.privacy.restrict if on else session.privacy.unrestrict)(id)
            self.model.contacts[id].restricted = on

    def agree(self, session: Session) -> None:
        id = self.one_of(person=True)
        if not id:
            return
        on = not self.model.contacts[id].agrees
        if on:
            session.privacy.give_consent(id, "news", source="phone", wording_version="1")
        else:
            session.privacy.withdraw_consent(id, "news")
        self.model.contacts[id].agrees = on

    def settings(self, session: Session) -> None:
        notices, topic = session.settings.notices, self.random.choice(TOPICS)
        match self.random.randrange(3):
            case 0:
                self.model.defaults = self.random.choice(((), ("invoice",)))
                notices.set_default(self.model.defaults)
            case 1:
                steps = self.random.choice(((), ("primary",), ("client",), ("primary", "client")))
                notices.set_fall_back(topic, steps)
                self.model.fall_backs[topic] = steps
            case _:
                topic = self.random.choice((*TOPICS, *ITEM_TOPICS))
                self.model.consents ^= {topic}
                notices.need_consent(topic, "news" if topic in self.model.consents else "")

    def own_item(self, session: Session) -> None:
        owner = self.one_of()
        if owner:
            self.model.items[session.items.add(owner, Item("Thing")).id] = ModelItem(owner)

    def change_item(self, session: Session) -> None:
        id, owner = self.one_item(), self.one_of()
        if not id:
            return
        if self.random.random() < 0.5:
            session.items.delete(id)
            self.model.items[id].in_trash = True
        else:
            session.items.move(id, owner)
            self.model.items[id].owner = owner

    def assign(self, session: Session) -> None:
        new = ModelRole(self.one_item(), self.one_of(), self.random.choice(sorted(ROLE_TOPICS)))
        if new.item and new.holder and new not in self.model.roles.values():
            self.model.roles[session.items.assign(new.item, new.holder, new.role).id] = new

    def unassign(self, session: Session) -> None:
        item = self.one_item()
        held = [id for id, one in self.model.roles.items() if one.item == item and not self.is_gone(one.holder)]
        if held:
            id = self.random.choice(held)
            session.items.unassign(id)
            del self.model.roles[id]

    def bounce(self, session: Session) -> None:
        sent = [one.id for one in session.outbox.list(state="sent")]
        if sent and (not self.model.bounced or self.random.random() < 0.5):
            marked = session.outbox.mark_bounced(self.random.choice(sent))
            self.model.bounced.add(marked.to.key.casefold())
        elif self.model.bounced:
            address = min(self.model.bounced)
            session.outbox.confirm_address(address)
            self.model.bounced.remove(address)

    def next_day(self, _session: Session) -> None:
        self.clock.forward(days=1)
        self.model.day += timedelta(days=1)

    def queue(self, session: Session) -> None:
        item = self.one_item() if self.random.random() < 0.4 else ""
        client = self.model.items[item].owner if item else self.one_of()
        if not client:
            return
        topic = self.random.choice(ITEM_TOPICS if item else TOPICS)
        who = session.notifications.recipients(client, topic, item=item or None)
        if self.random.random() < 0.3:
            ids = [one.person_id or one.contact_id for one in who.explained if one.person_id or one.contact_id]
            chosen = [id for id in ids if self.random.random() < 0.6]
            who = session.notifications.by_hand(client, topic, chosen, item=item or None)
        for one, queued in zip(
            who.chosen, session.notifications.send(client, who, subject="About", text="Text."), strict=True
        ):
            self.letters[queued.id] = LetterModel(
                client=client,
                person=one.person_id,
                to=one.email.key.casefold(),
                choice=one.reason,
                topic=topic,
                item=item,
                holder=one.contact_id if one.contact_id != client else "",
            )

    # Checks

    def look(self) -> None:
        """Compare the recipients of all notices, and the letters that must not be lost, with the model."""
        with self.workspace.read(ROOT) as session:
            self.read_primaries(session)
            for client in (id for id, one in self.model.contacts.items() if not one.in_trash):
                for topic in TOPICS:
                    self.compare(session, client, topic)
            for item in (
                id for id, one in self.model.items.items() if not one.in_trash and not self.is_gone(one.owner)
            ):
                for topic in ITEM_TOPICS:
                    answer = session.notifications.recipients(self.model.items[item].owner, topic, item=item)
                    assert addresses(answer) == self.model.item_recipients(item, topic)
            for message in session.outbox.list(state="dead", limit=1_000):
                assert message.withdrawn not in REVIVED or self.still(message), f"{message} is lost"

    def read_primaries(self, session: Session) -> None:
        listed: list[Affiliation] = []
        for client in (id for id, one in self.model.contacts.items() if not one.in_trash):
            listed += session.people.list(client)
        self.model.primaries = {one.id for one in listed if one.primary}

    def compare(self, session: Session, client: str, topic: str) -> None:
        answer = session.notifications.recipients(client, topic)
        expected, reason = self.model.recipients(client, topic)
        assert addresses(answer) == expected, f"{topic} goes to others"
        assert {one.reason for one in answer.chosen} == ({reason} if reason else set())
        codes = {one.person_id: one.code for one in answer.explained}
        assert len(codes) == len(answer.explained), "somebody has two reasons"
        assert {id for id, one in codes.items() if one == reason} == {one.person_id for one in answer.chosen}
        for person, (address, code) in self.model.candidates(client, topic).items():
            told = codes[person]
            if told == "same-address":
                assert code == "preference"
                assert address in expected
            elif not told.startswith("fall-back"):
                assert told == code

    def still(self, message: Message) -> bool:
        """Whether the passing reason for which a letter was withdrawn still holds."""
        letter = self.letters[message.id]
        named = [self.model.contacts[id] for id in (letter.client, letter.person, letter.holder) if id]
        match message.withdrawn:
            case "in-trash":
                return any(one.in_trash for one in named)
            case "restricted":
                return any(one.restricted for one in named)
            case _:
                item = self.model.items[letter.item]
                return item.in_trash or item.owner != letter.client

    def deliver(self) -> None:
        """Send what is due, and compare what left with the model."""
        with self.workspace.read(ROOT) as session:
            self.read_primaries(session)
            waiting = [one.id for one in session.outbox.list(state="waiting", limit=1_000)]
        expected = {id: self.model.withdrawal(self.letters[id]) for id in waiting}
        transport = Takes()
        with deliverer(self.storage, transport, self.clock) as one:
            one.run_once()
        with self.workspace.read(ROOT) as session:
            for id, code in expected.items():
                message = session.outbox.get(id)
                assert (message.state, message.withdrawn) == (("dead", code) if code else ("sent", "")), (
                    f"{self.letters[id]} is {message.state}"
                )
        sent = [self.letters[id].to for id, code in expected.items() if not code]
        assert sorted(one.casefold() for one in transport.sent) == sorted(sent)


def addresses(answer: Recipients) -> set[str]:
    """The folded addresses of an answer, of which none and nobody is there twice."""
    found = [one.email.key.casefold() for one in answer.chosen]
    people = [one.person_id for one in answer.chosen if one.person_id]
    assert len(set(found)) == len(found)
    assert len(set(people)) == len(people)
    return set(found)


ACTS: tuple[Callable[[SmallFirm, Session], None], ...] = (
    *(SmallFirm.edit,) * 5,
    *(SmallFirm.restore,) * 3,
    *(SmallFirm.settings, SmallFirm.bounce, SmallFirm.make_primary) * 2,
    *(SmallFirm.join, SmallFirm.remove, SmallFirm.readdress, SmallFirm.delete, SmallFirm.restrict, SmallFirm.agree),
    *(SmallFirm.own_item, SmallFirm.change_item, SmallFirm.assign, SmallFirm.unassign, SmallFirm.next_day),
)


def play(storage: Storage, seed: int, rounds: int = 8) -> None:
    """Queue notices, change something, and send what is right, several times."""
    firm = SmallFirm(storage, seed)
    for _ in range(rounds):
        with firm.workspace.write(ROOT) as session:
            for _ in range(4):
                firm.queue(session)
        for _ in range(firm.random.randint(1, 3)):
            act = firm.random.choice(ACTS)
            try:
                with firm.workspace.write(ROOT) as session:
                    act(firm, session)
            except Invalid:
                # Somebody who does not act today cannot become primary. Nothing else is refused.
                assert act is SmallFirm.make_primary
            firm.look()
        if firm.random.random() < 0.8:
            firm.deliver()


@pytest.mark.req("NOT-2")
@pytest.mark.req("NOT-3")
@pytest.mark.req("NOT-4")
@pytest.mark.req("NOT-6")
@pytest.mark.req("NOT-8")
def test_letters_go_to_those_whom_the_requirements_name_and_leave_only_while_they_are_right(
    request: Any, open_storage: Any
) -> None:
    def check(seed: int) -> None:
        with open_storage() as storage:
            play(storage, seed)

    check_seeds(check, seeds_on(request.node.name, 40, 2), nightly=2_000)
