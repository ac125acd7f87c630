"""A contact of the wrong kind is mended and keeps its record (DIR-1)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import (
    Affiliation,
    Company,
    Conflict,
    Forbidden,
    Host,
    Invalid,
    Item,
    NotFound,
    Person,
    Site,
    User,
    Workspace,
)
from contactcore.rules.redelivery import Outcome
from contactcore.storage import Storage
from support.actors import AMELIE
from support.clock import Clock
from support.queued_mail import deliverer

pytestmark = [pytest.mark.req("DIR-1"), pytest.mark.cases_in_memory]


def found(refusal: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person("Bois", "& Fils"), "Bois & Fils"),
        (Person("Jane", "Doe", prefix="Dr", middle_name="A.", suffix="Jr"), "Dr Jane A. Doe Jr"),
        (Person(full_name="Bois & Fils"), "Bois & Fils"),
        (Person(nickname="Bois"), "Bois"),
        (Person("Jane", "Doe", full_name="Jane B. Doe", nickname="Jane"), "Jane B. Doe"),
        (Person("Béla", "Bartók", language="hu"), "Bartók Béla"),
        (Person(emails=["a@b.fr"]), ""),
    ],
)
def test_the_full_name_of_a_person_names_the_company(workspace: Any, amelie: Any, person: Any, name: str) -> None:
    with workspace.write(amelie) as session:
        company = session.contacts.convert(session.contacts.add(person), "company")
        assert (company.kind, company.name, company.version) == ("company", name, 2)
        assert session.contacts.get(company.id, Company) == company
        assert company.emails == person.emails


@pytest.mark.parametrize(
    ("name", "given", "family"), [("Jane Doe", "Jane", "Doe"), ("Doe, Jane", "Jane", "Doe"), ("Bois", "Bois", "")]
)
def test_the_name_of_a_company_is_read_as_a_full_name(
    workspace: Any, amelie: Any, name: str, given: str, family: str
) -> None:
    with workspace.write(amelie) as session:
        person = session.contacts.convert(session.contacts.add(Company(name)), "person")
        assert (person.given_name, person.family_name) == (given, family)
        assert session.contacts.get(person.id, Person) == person
        again = session.contacts.convert(person, "company")
        assert (again.id, again.version) == (person.id, 3)


def test_everything_of_the_contact_stays(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        bois = session.contacts.add(
            Person("Bois", emails=["a@b.fr"], tags=["VIP"], type="supplier", external_id="7", access="shared-read"),
            sites=[Site("Mill"), Site("Shop")],
            items=[Item("Rex")],
            people=[Affiliation(position="CFO", person=Person("Jane", "Doe"))],
        )
        shop = session.sites.of(bois)[1]
        session.sites.delete(shop)
        company = session.contacts.convert(bois, "company", name="Bois & Fils")
        assert attrs.evolve(company, version=0, name="Bois").emails == bois.emails
        for name in ("tags", "type", "external_id", "access", "responsibles", "listed"):
            assert getattr(company, name) == getattr(bois, name)
        assert [site.name for site in session.sites.of(bois.id)] == ["Mill"]
        assert [item.name for item in session.items.of(bois.id)] == ["Rex"]
        assert [one.position for one in session.people.list(bois.id)] == ["CFO"]
        assert session.trash.restore(shop.id).contact_id == bois.id
    with workspace.read(bob) as session:
        assert [card.kind for card in session.contacts.page()] == ["company"]
        assert [hit.id for text in ("fils", "jane", "rex", "mill bois") for hit in session.contacts.search(text)] == [
            bois.id
        ] * 4
        assert session.contacts.count(kind="person") == 0


@pytest.mark.req("DIR-9")
def test_the_directory_and_the_search_follow(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        wrong = session.contacts.add(Person("Zoé", "Abel"), sites=[Site("Mill")])
        assert session.contacts.letters()["A"] == 1
        session.contacts.convert(wrong, "company")
        assert (session.contacts.letters()["A"], session.contacts.letters()["Z"]) == (0, 1)
        session.contacts.add(Company("Mill Nord"))
        assert [hit.name for hit in session.contacts.search("mill")] == ["Mill Nord", "Zoé Abel"]


def test_what_stands_in_the_way_is_said_at_once(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        jane = session.contacts.add(Person("Jane", "Doe", birthday="1980-01-02", nickname="J", emails=["j@x.fr"]))
        bois = session.contacts.add(Company("Bois", division="North"), people=[jane])
        session.settings.change(portal_link="https://x.fr/?token={token}")
        session.portal.invite(session.people.list(bois)[0])
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(jane, "company")
        assert found(refusal) == [
            ("nickname", "conversion-loses"),
            ("birthday", "conversion-loses"),
            ("contact", "acts-for-contacts"),
            ("contact", "has-login"),
        ]
        assert "Bois" in str(refusal.value)
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(bois, "person")
        assert found(refusal) == [("division", "conversion-loses")]
        assert session.contacts.get(jane.id) == jane
        for id, kind, details, code in (
            (jane, "firm", {}, "kind-unknown"),
            (jane, "person", {}, "kind-same"),
            (bois, "person", {"shoe": "7"}, "detail-unknown"),
            (bois, "person", {"id": "7"}, "detail-unknown"),
            (bois, "person", {"type": "partner"}, "type-unknown"),
        ):
            with pytest.raises(Invalid) as refusal:
                session.contacts.convert(id.id, kind, **details)
            assert code in [problem.code for problem in refusal.value.problems]


@pytest.mark.req("IMP-8")
def test_a_restricted_person_stays_a_person(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        lee = session.contacts.add(Company("Marc Lee"))
    with workspace.write(root) as session:
        session.contacts.convert(lee.id, "person")
    with workspace.write(root) as session:
        session.privacy.restrict(lee.id)
        conversion = session.history.of(lee.id).items[0]
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(lee.id, "company")
        assert found(refusal) == [("contact", "contact-restricted")]
        with pytest.raises(Invalid) as refusal:
            session.history.undo(conversion)
        assert [one.code for one in refusal.value.problems] == ["contact-restricted"]
        session.privacy.unrestrict(lee.id)
        assert session.contacts.convert(lee.id, "company").name == "Marc Lee"


@pytest.mark.req("DIR-11")
def test_an_affiliation_in_the_trash_stands_in_the_way_too(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        bois = session.contacts.add(Company("Bois"), people=[jane])
        session.contacts.delete(bois)
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(jane, "company")
        assert found(refusal) == [("contact", "acts-for-contacts")]
        assert session.trash.restore(bois.id).display_name == "Bois"


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("trashed", [False, True])
def test_a_hidden_client_keeps_its_contact_person_and_is_not_revealed(
    workspace: Any, amelie: Any, bob: Any, trashed: bool
) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", access="shared-write"))
    with workspace.write(bob) as session:
        hidden = session.contacts.add(Company("Hidden"), people=[Affiliation(position="CFO", person_id=jane.id)])
        if trashed:
            session.contacts.delete(hidden)
    with workspace.write(amelie) as session:
        company = session.contacts.convert(jane, "company")
        assert [card.id for card in session.contacts.page(role="any")] == [company.id]
    with workspace.write(bob) as session:
        if trashed:
            session.trash.restore(hidden.id)
        (cfo,) = session.people.list(hidden.id)
        assert (cfo.person.display_name, cfo.position, cfo.primary) == ("Jane Doe", "CFO", True)
        assert cfo.person_id != company.id
        assert [hit.id for hit in session.contacts.search("jane hidden")] == [hidden.id]


@pytest.mark.req("DIR-8")
def test_custom_fields_that_the_other_kind_lacks_stay_readable(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        session.settings.define_field("Size", on=["person"])
        session.settings.define_field("Staff", on=["company"], required=True)
        jane = session.contacts.add(Person("Jane", "Doe", fields={"size": "L"}))
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(jane, "company")
        assert found(refusal) == [("fields.staff", "field-required")]
        company = session.contacts.convert(jane, "company", fields={**jane.fields, "staff": "7"})
        assert dict(company.fields) == {"size": "L", "staff": "7"}
        assert dict(session.contacts.save(attrs.evolve(company, name="X")).fields) == {"size": "L", "staff": "7"}


@pytest.mark.req("NOT-8")
@pytest.mark.parametrize(
    ("contact", "people", "kind"),
    [
        (Person("Bois", emails=["office@bois.fr"]), [], "company"),
        (Company("Bois", emails=["office@bois.fr"]), [Person("Jane", emails=["office@bois.fr"])], "person"),
    ],
)
def test_a_waiting_message_is_sent(
    storage: Storage, clock: Clock, contact: Any, people: list[Person], kind: str
) -> None:
    workspace = Workspace(storage, "acme", host=Host(clock=clock))
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(contact, people=people)
        chosen = [one.person_id for one in session.people.list(bois)] or [bois.id]
        who = session.notifications.by_hand(bois, "invoice", chosen)
        session.notifications.send(bois, who, subject="Invoice", text="Enclosed.")
        session.contacts.convert(bois, kind)
    with deliverer(storage, Takes(), clock) as mail:
        assert mail.run_once().sent == 1


class Takes:
    """A transport that takes everything."""

    def send(self, _envelope: Any) -> Outcome:
        return Outcome("sent")

    def close(self) -> None:
        pass


@pytest.mark.req("DIR-15")
@pytest.mark.req("ACC-2")
def test_a_conversion_is_a_change(workspace: Any, amelie: Any, bob: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane"))
        shown = session.contacts.add(Person("Joan", access="shared-read"))
        session.contacts.save(attrs.evolve(jane, family_name="Doe"))
        with pytest.raises(Conflict):
            session.contacts.convert(jane, "company")
        with pytest.raises(Invalid) as refusal:
            session.contacts.convert(attrs.evolve(shown, nickname="J"), "company")
        assert refusal.value.code == "edit-not-stored"
    with workspace.write(bob) as session:
        with pytest.raises(Forbidden):
            session.contacts.convert(shown, "company")
        with pytest.raises(NotFound):
            session.contacts.convert(jane.id, "company")
    with workspace.write(User("root", admin=True)) as session:
        session.contacts.convert(jane.id, "company")
    with workspace.read(User("root", admin=True)) as session:
        names = [one.event.name for one in session.feed()]
        assert names[-2:] == ["contact.changed", "contact.converted"]
