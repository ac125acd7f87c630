"""Notices about items: who gets them, and how they are asked for (NOT-4, NOT-6)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Invalid, Item, NotFound, Person, PortalUser, to_plain

pytestmark = pytest.mark.req("NOT-4")


class School:
    """A firm with two items: Tom's owner is Jane, and Bus belongs to a company; Joan is Tom's guardian."""

    def __init__(self, workspace: Any, amelie: Any) -> None:
        with workspace.write(amelie) as session:
            self.jane = session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"]), items=[Item("Tom")])
            self.joan = session.contacts.add(Person("Joan", "Roe", emails=["joan@roe.org"]))
            self.firm = session.contacts.add(Company("Firm", emails=["office@firm.fr"]), items=[Item("Bus")])
            self.eve = session.people.add(self.firm, Person("Eve", emails=["eve@firm.fr"]), notifications=[])
            self.tim = session.people.add(self.firm, Person("Tim", emails=["tim@firm.fr"]), notifications=["invoice"])
            (self.tom,), (self.bus,) = session.items.of(self.jane), session.items.of(self.firm)
            self.guardian = session.items.assign(self.tom, self.joan, "guardian")


@pytest.fixture
def school(workspace: Any, amelie: Any) -> School:
    return School(workspace, amelie)


def chosen(answer: Any) -> list[tuple[str, str]]:
    return [(str(one.email), one.reason) for one in answer.chosen]


def test_a_notice_goes_to_the_owner_and_to_the_roles_that_get_its_topic(
    workspace: Any, amelie: Any, root: Any, school: School
) -> None:
    with workspace.read(amelie) as session:
        ask = session.notifications.recipients
        assert chosen(ask(school.jane, "booking", item=school.tom)) == [
            ("jane@doe.org", "owner"),
            ("joan@roe.org", "role"),
        ]
        payment = ask(school.jane, "payment-request", item=school.tom.id)
        assert chosen(payment) == [("jane@doe.org", "owner")]
        assert [one.message for one in payment.explained] == [
            "Jane Doe is the owner of the item.",
            "Joan Roe has no role for the item that gets these notices.",
        ]
        assert chosen(ask(school.firm, "reminder", item=school.bus)) == [("eve@firm.fr", "owner-primary")]
        assert to_plain(payment)["item_id"] == school.tom.id
    with workspace.write(root) as session:
        session.settings.item_roles.set_topics("guardian", ["payment-request"])
    with workspace.read(amelie) as session:
        assert chosen(session.notifications.recipients(school.jane, "booking", item=school.tom))[1:] == []
        assert len(session.notifications.recipients(school.jane, "payment-request", item=school.tom).chosen) == 2


def test_the_role_of_the_owner_doubles_nothing(workspace: Any, amelie: Any, school: School) -> None:
    with workspace.write(amelie) as session:
        session.items.assign(school.tom, school.jane, "payer")
        session.items.assign(school.tom, school.joan, "payer")
        answer = session.notifications.recipients(school.jane, "payment-request", item=school.tom)
        assert chosen(answer) == [("jane@doe.org", "owner"), ("joan@roe.org", "role")]
        assert [one.name for one in answer.explained] == ["Jane Doe", "Joan Roe"]


def test_a_topic_of_the_workspace_s_own_may_be_about_items(
    workspace: Any, amelie: Any, root: Any, school: School
) -> None:
    with workspace.write(root) as session:
        session.settings.notices.add_topic("report", for_items=True)
        session.settings.notices.add_topic("vaccination")
        session.settings.notices.set_for_items("vaccination", on=True)
        session.settings.item_roles.set_topics("guardian", ["report"])
    with workspace.read(amelie) as session:
        for topic, number in (("report", 2), ("vaccination", 1)):
            assert len(session.notifications.recipients(school.jane, topic, item=school.tom).chosen) == number


@pytest.mark.req("DIR-17")
def test_an_item_is_named_exactly_where_it_is_meant(
    workspace: Any, amelie: Any, root: Any, bob: Any, school: School
) -> None:
    with workspace.write(root) as session:
        session.items.delete(session.items.add(school.jane, Item("Old")))
    with workspace.read(amelie) as session:
        ask = session.notifications
        for act in (
            lambda: ask.recipients(school.jane, "booking"),
            lambda: ask.recipients(school.jane, "booking", about="project"),
            lambda: ask.preselected(school.jane, "booking"),
            lambda: ask.by_hand(school.jane, "booking", [school.jane]),
        ):
            with pytest.raises(Invalid, match="Name the item") as refusal:
                act()
            assert (refusal.value.code, refusal.value.path) == ("about-missing", "item")
        for act in (
            lambda: ask.recipients(school.jane, "invoice", item=school.tom),
            lambda: ask.preselected(school.jane, "invoice", item=school.tom),
            lambda: ask.by_hand(school.jane, "invoice", [], item=school.tom),
        ):
            with pytest.raises(Invalid, match="booking, payment-request, reminder") as refusal:
                act()
            assert (refusal.value.code, refusal.value.path) == ("topic-not-for-items", "topic")
        with pytest.raises(Invalid) as refusal:
            ask.recipients(school.firm, "booking", item=school.tom)
        assert (refusal.value.code, refusal.value.path) == ("item-of-another", "item")
        with pytest.raises(NotFound) as missing:
            ask.recipients(school.jane, "booking", item="nothing")
        assert missing.value.path == "item"
        with pytest.raises(Invalid) as refusal:
            ask.by_hand(school.jane, "booking", [school.joan, school.eve], item=school.tom)
        assert (refusal.value.code, refusal.value.path) == ("person-unknown", "people[1]")
    with workspace.write(amelie) as session:
        session.contacts.share(school.firm, "shared-read")
    with workspace.read(bob) as session, pytest.raises(NotFound):
        # An item of another contact is not found either, if the contact is hidden.
        session.notifications.recipients(school.firm.id, "booking", item=school.tom)


@pytest.mark.req("NOT-1")
def test_nobody_wants_or_refuses_a_topic_about_items(workspace: Any, amelie: Any, root: Any, school: School) -> None:
    with workspace.write(root) as session:
        for act in (
            lambda: session.people.save(attrs.evolve(session.people.get(school.eve), notifications=["booking"])),
            lambda: session.contacts.save(attrs.evolve(school.jane, notifications=["booking"])),
            lambda: session.settings.notices.set_default(["booking"]),
        ):
            with pytest.raises(Invalid, match="Topics are invoice") as refusal:
                act()
            assert refusal.value.code == "topic-unknown"
            assert "booking" not in str(refusal.value).split("got")[0]
        for act, path in (
            (lambda: session.settings.notices.set_fall_back("booking", ["client"]), "steps"),
            (lambda: session.settings.notices.set_for_items("invoice", on=True), "topic"),
        ):
            session.settings.notices.set_fall_back("invoice", ["client"])
            with pytest.raises(Invalid) as refusal:
                act()
            assert (refusal.value.code, refusal.value.path) == ("fall-back-fixed", path)


@pytest.mark.req("NOT-3")
def test_preselected_people_and_companies_can_be_selected_by_hand(workspace: Any, amelie: Any, school: School) -> None:
    with workspace.write(amelie) as session:
        ask, firm = session.notifications, school.firm
        assert ask.preselected(school.jane, "booking", item=school.tom) == (school.jane.id, school.joan.id)
        assert ask.preselected(firm, "booking", item=school.bus) == (school.eve.person_id,)
        for one in (school.eve, school.tim):
            session.people.save(attrs.evolve(session.people.get(one), active=False))
        assert ask.preselected(firm, "booking", item=school.bus) == (firm.id,)
        by_hand = ask.by_hand(firm, "booking", ask.preselected(firm, "booking", item=school.bus), item=school.bus)
        assert chosen(by_hand) == [("office@firm.fr", "manual")]
        assert chosen(ask.by_hand(school.jane, "payment-request", [school.joan], item=school.tom)) == [
            ("joan@roe.org", "manual")
        ]


@pytest.mark.req("ACC-3")
def test_a_hidden_responsible_contact_is_no_candidate(
    workspace: Any, amelie: Any, bob: Any, root: Any, school: School
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(school.jane, "shared-write")
        # The address that both have must not be missing in Bob's answer.
        twin = session.contacts.add(Person("Twin", emails=["twin@x.org"]))
        session.items.assign(school.tom, twin, "guardian")
    with workspace.write(bob) as session:
        other = session.contacts.add(Person("Other", emails=["twin@x.org"]))
        session.items.assign(school.tom, other, "guardian")
        answer = session.notifications.recipients(school.jane.id, "booking", item=school.tom)
        assert chosen(answer) == [("jane@doe.org", "owner"), ("twin@x.org", "role")]
        assert [one.name for one in answer.explained] == ["Jane Doe", "Other"]
        with pytest.raises(Invalid) as refusal:
            session.notifications.by_hand(school.jane.id, "booking", [twin.id], item=school.tom)
        assert refusal.value.code == "person-unknown"
    with workspace.read(root) as session:
        answer = session.notifications.recipients(school.jane.id, "booking", item=school.tom)
        assert [one.code for one in answer.explained] == ["owner", "role", "role", "same-address"]


@pytest.mark.req("NOT-7")
def test_a_notice_about_each_item_is_queued_once(workspace: Any, amelie: Any, root: Any, school: School) -> None:
    with workspace.write(amelie) as session:
        mia = session.items.add(school.jane, Item("Mia"))
        answers = []
        for item in (school.tom, mia, school.tom):
            who = session.notifications.recipients(school.jane, "reminder", item=item)
            text = f"Bring {item.name}."
            answers += session.notifications.send(school.jane, who, subject="Tomorrow", text=text, key="2026-03-02")
    assert [(str(one.to), one.repeated) for one in answers] == [
        ("jane@doe.org", False),
        ("joan@roe.org", False),
        ("jane@doe.org", False),
        ("jane@doe.org", True),
        ("joan@roe.org", True),
    ]
    with workspace.read(root) as session:
        message = session.outbox.get(answers[1].id)
        assert set(message.about) == {school.jane.id, school.joan.id, school.tom.id}
        assert (message.grounds.item_id, message.grounds.holder_id) == (school.tom.id, school.joan.id)


@pytest.mark.req("POR-8")
def test_a_portal_user_asks_for_no_recipients(workspace: Any, root: Any, school: School) -> None:
    secret = "correct horse"
    with workspace.write(root) as session:
        session.portal.invite(school.jane.id, password=secret, send=False)
        login = session.portal.authenticate("jane@doe.org", secret).login
    with workspace.read(PortalUser(login.id, school.jane.id, login.epoch)) as session, pytest.raises(Forbidden):
        session.notifications.recipients(school.jane.id, "booking", item=school.tom.id)
