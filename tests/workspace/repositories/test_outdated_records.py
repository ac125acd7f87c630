"""The records that belong to a contact follow each change of it, and no record is written that does not change."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from contactcore import Address, Company, Item, Person, Site, SocialProfile, User, Workspace
from contactcore.mapping.entities import OWNED
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.req("DIR-9")

OF_BOTH: Final[dict[str, Any]] = {
    "emails": ["new@x.fr"],
    "phones": ["01 44 55 66 88"],
    "websites": ["https://x.fr"],
    "socials": [SocialProfile("Mastodon", "@jo@social.example")],
    "addresses": [Address(street="1 rue Haute", city="Lyon")],
    "type": "partner",
    "categories": ["press"],
    "tags": ["vip"],
    "description": "met in Lyon",
    "currency": "CHF",
    "language": "hu",
    "fields": {"shoe": "44"},
    "external_id": "4711",
    "unmapped": {"X-SHOE": "44"},
}
OF_PERSON: Final[dict[str, Any]] = {
    "given_name": "Ann",
    "family_name": "Roe",
    "middle_name": "Q",
    "prefix": "Dr",
    "suffix": "Jr",
    "nickname": "Jojo",
    "phonetic_given_name": "jo",
    "phonetic_family_name": "do",
    "full_name": "Jo of Doe",
    "birthday": "1980-01-02",
    "gender": "f",
    "permissions": ["invoices"],
    "notifications": ["invoice"],
}
OF_COMPANY: Final[dict[str, Any]] = {"name": "Lune", "division": "North"}
NOT_BY_HAND: Final = {
    *("id", "version", "source", "restricted", "added_at", "added_by", "changed_at", "changed_by"),
    *("access", "responsibles"),
    "listed",
}
"""The fields that the library or `share` sets, and one that says nothing about the records of a contact."""


class Firm:
    """A client and its contact person, each with a site, an item and further contacts that they belong to.

    Args:
        workspace: An empty workspace.
        client: The client.
        person: The contact person.
    """

    def __init__(self, workspace: Workspace, client: Company, person: Person) -> None:
        self.workspace = workspace
        with workspace.write(ROOT) as session:
            session.settings.define_field("Shoe", "text")
            session.settings.add_type("Partner")
            session.settings.add_category("Press")
        with workspace.write(AMELIE) as session:
            self.client = session.contacts.add(client)
            self.person = session.contacts.add(person)
            for owner in (self.client, self.person):
                session.sites.add(owner, Site("Mill", phones=["01 44 55 66 11"]))
                session.items.add(owner, Item("Boat"))
            session.people.add(self.client, self.person, position="CFO")
            session.people.add(self.client, Person("Bea", "Lee", phones=["01 44 55 66 12"]))
            session.people.add(session.contacts.add(Company("Soleil")), self.person)

    def check(self) -> None:
        """Everything that belongs to a contact is indexed as its body, the settings and its owners say."""
        with self.workspace._transaction(ROOT) as transaction:
            for entity_type in OWNED:
                repository = Repository(transaction, entity_type)
                for record in transaction.reader.dump(entity_type.name):
                    (derived,) = repository.derived([record.stored()])
                    assert attrs.evolve(derived, references=record.references) == record


def _fields(kind: type) -> set[str]:
    return {field.name for field in attrs.fields(kind)} - NOT_BY_HAND


PEOPLE: Final = {
    "with a name": Person("Jo", "Doe", emails=["jo@x.fr"], phones=["01 44 55 66 77"]),
    "with a number alone": Person(phones=["01 44 55 66 77"]),
    "with an address alone": Person(emails=["jo@x.fr"]),
}
COMPANIES: Final = {
    "with a name": Company("Bois & Fils", emails=["office@bois.fr"], phones=["01 44 55 66 70"]),
    "with a number alone": Company(phones=["01 44 55 66 70"]),
    "with an address alone": Company(emails=["office@bois.fr"]),
}


def test_each_field_that_can_be_changed_is_changed_here() -> None:
    assert _fields(Person) == OF_BOTH.keys() | OF_PERSON.keys()
    assert _fields(Company) == OF_BOTH.keys() | OF_COMPANY.keys()


@pytest.mark.parametrize("called", PEOPLE)
def test_what_belongs_to_a_person_follows_each_change_of_the_person(workspace: Workspace, called: str) -> None:
    firm = Firm(workspace, COMPANIES["with a name"], PEOPLE[called])
    for field, value in (OF_BOTH | OF_PERSON).items():
        with workspace.write(ROOT) as session:
            before = session.contacts.get(firm.person.id)
            session.contacts.save(attrs.evolve(before, **{field: value}))
        firm.check()


@pytest.mark.parametrize("called", COMPANIES)
def test_what_belongs_to_a_company_follows_each_change_of_the_company(workspace: Workspace, called: str) -> None:
    firm = Firm(workspace, COMPANIES[called], PEOPLE["with a name"])
    for field, value in (OF_BOTH | OF_COMPANY).items():
        with workspace.write(ROOT) as session:
            before = session.contacts.get(firm.client.id)
            session.contacts.save(attrs.evolve(before, **{field: value}))
        firm.check()


def _found(session: Session, text: str) -> list[str]:
    return [hit.id for hit in session.contacts.search(text)]


def test_a_client_is_found_by_the_new_number_of_its_person_and_not_by_the_former_one(
    workspace: Workspace,
) -> None:
    firm = Firm(workspace, COMPANIES["with a name"], PEOPLE["with a name"])
    with workspace.write(AMELIE) as session:
        assert firm.client.id in _found(session, "01 44 55 66 77")
        session.contacts.save(attrs.evolve(firm.person, phones=["01 44 55 66 99"]))
        assert firm.client.id in _found(session, "01 44 55 66 99")
        assert firm.client.id not in _found(session, "01 44 55 66 77")


def test_a_session_reads_a_contact_again_after_the_settings_changed(workspace: Workspace) -> None:
    with workspace.write(User("root", admin=True)) as session:
        session.settings.add_type("Partner")
        session.settings.add_type("Client")
        added = session.contacts.add(Company("Bois", type="partner"))
        assert session.contacts.get(added.id).type == "partner"
        session.settings.remove_type("partner", "client")
        assert session.contacts.get(added.id).type == "client"
