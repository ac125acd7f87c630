"""No value that a form lays over a stored record is dropped: it is stored, or refused by its field."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Interaction, Invalid, Item, Person, Site, Workspace, from_plain, to_plain
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import ROOT

pytestmark = pytest.mark.cases_in_memory

CONTACT = {
    "emails": ["zoe@bois.fr"],
    "phones": ["+33 1 98 76 54 32"],
    "websites": ["https://bois.fr"],
    "socials": [{"service": "mastodon", "handle": "@zoe@example.org"}],
    "addresses": [{"city": "Lyon"}],
    "type": "supplier",
    "categories": ["wood"],
    "tags": ["new"],
    "description": "New",
    "currency": "PLN",
    "language": "pl",
    "fields": {"size": 5},
    "listed": False,
    "external_id": "X1",
    "unmapped": {"Colour": "red"},
}
SET_BY_LIBRARY = {
    "source": "import",
    "restricted": True,
    "added_at": "2001-01-01T00:00:00+00:00",
    "added_by": "mallory",
    "changed_at": "2001-01-01T00:00:00+00:00",
    "changed_by": "mallory",
    "display_name": "Mallory",
}
NAMED = {"name": "Nord", "display_name": "Mallory", "fields": {"size": 5}}
FORMS: dict[type[Any], dict[str, Any]] = {
    Company: {**CONTACT, **SET_BY_LIBRARY, "name": "Nord", "division": "North"},
    Person: {
        **CONTACT,
        **SET_BY_LIBRARY,
        **dict.fromkeys(("given_name", "family_name", "middle_name", "prefix", "suffix", "nickname"), "Zoe"),
        **dict.fromkeys(("phonetic_given_name", "phonetic_family_name", "full_name", "gender"), "Zoe"),
        "listed": True,
        "birthday": "1990-05-20",
        "permissions": ["invoices"],
        "notifications": ["invoice"],
    },
    Site: {
        **NAMED,
        "address": {"city": "Lyon"},
        "from_billing": True,
        "emails": ["mill@bois.fr"],
        "phones": ["+33 1 98 76 54 32"],
        "access_notes": "Ring twice",
    },
    Item: {
        **NAMED,
        "type": "vehicle",
        "description": "New",
        "status": "closed",
        "of_themself": True,
        "external_id": "X1",
    },
    Interaction: {
        "title": "Visit",
        "display_name": "Mallory",
        "type": "appointment",
        "item_id": "",
        "site_id": "",
        "person_id": "",
        "start": "2026-01-05T09:00:00+00:00",
        "end": "2026-01-05T10:00:00+00:00",
        "timezone": "Europe/Paris",
        "body": "New",
        "state": "cancelled",
        "payload": {"size": 5},
        "attachments": [{"reference": "f1", "name": "A"}],
    },
    Affiliation: {
        "person": {"given_name": "Zoe"},
        "site_id": "",
        **dict.fromkeys(("position", "department", "information"), "New"),
        "email": "zoe@bois.fr",
        "phone": "+33 1 98 76 54 32",
        "retired": ["old@bois.fr"],
        "purposes": ["billing"],
        "authorities": [{"slug": "represent"}],
        "permissions": ["invoices"],
        "notifications": ["invoice"],
        "primary": True,
        "start": "2026-01-05",
        "end": "2099-01-05",
        "active": False,
        "display_name": "Mallory",
    },
}
"""Class -> a new value for each field that a form can have, and for each that the library makes."""
PROTECTED = {"id", "version", "access", "responsibles", "contact_id", "person_id", "since", "actor"}
READ = {"primary_when_read", "purposes_when_read", "site_when_read", "person_when_read", "revision", "primary_sequence"}


class Records:
    """A workspace with one record of each class."""

    def __init__(self, storage: Storage) -> None:
        self.workspace = Workspace(storage, "acme")
        with self.workspace.write(ROOT) as session:
            session.settings.add_category("Wood")
            session.settings.define_field("Size", "number", on=["person", "company", "site", "item"])
            session.settings.item_types.add("Vehicle")
            bois = session.contacts.add(Company("Bois"))
            self.mill = session.sites.add(bois, Site("Mill"))
            self.van = session.items.add(bois, Item("Van"))
            session.people.add(bois, Person("Joan", "Roe"))
            self.jane = session.people.add(bois, Person("Jane", "Doe"), site=self.mill)
            call = Interaction("Call", item_id=self.van.id, site_id=self.mill.id, person_id=self.jane.person_id)
            self.call = session.timeline.add(bois, call)
            self.bois = bois

    def read(self, session: Session, kind: type[Any]) -> Any:
        return {
            Company: lambda: session.contacts.get(self.bois.id),
            Person: lambda: session.contacts.get(self.jane.person_id),
            Site: lambda: session.sites.get(self.mill.id),
            Item: lambda: session.items.get(self.van.id),
            Interaction: lambda: session.timeline.get(self.call.id),
            Affiliation: lambda: session.people.get(self.jane.id),
        }[kind]()

    def save(self, session: Session, kind: type[Any], laid: Any) -> None:
        {
            Company: session.contacts.save,
            Person: session.contacts.save,
            Site: session.sites.save,
            Item: session.items.save,
            Interaction: session.timeline.save,
            Affiliation: session.people.save,
        }[kind](laid)


@pytest.mark.req("DIR-17")
@pytest.mark.req("DIR-18")
@pytest.mark.parametrize("kind", FORMS)
def test_each_field_that_is_laid_over_a_record_is_stored_or_refused_by_its_name(
    storage: Storage, kind: type[Any]
) -> None:
    form = FORMS[kind]
    assert {*attrs.fields_dict(kind)} == {*form} - {"display_name"} | PROTECTED & {*attrs.fields_dict(kind)} | (
        READ & {*attrs.fields_dict(kind)}
    )
    records = Records(storage)
    outcomes = {}
    for name, value in form.items():
        with records.workspace.write(ROOT) as session:
            before = records.read(session, kind)
            try:
                laid = from_plain({name: value}, onto=before, also=["version"])
                records.save(session, kind, laid)
            except Invalid as error:
                outcomes[name] = (error.path, error.code)
                continue
        if name == "display_name":
            outcomes[name] = ("", "dropped")
            continue
        with records.workspace.read(ROOT) as session:
            seen = [getattr(one, name) for one in (before, laid, records.read(session, kind))]
        was, wanted, after = (to_plain(one.given_name if name == "person" else one) for one in seen)
        if after == was or after != wanted:
            outcomes[name] = ("", "dropped")
    assert outcomes == {name: (name, outcomes[name][1]) for name in outcomes}
    expected = {*SET_BY_LIBRARY} - {"source"} if kind in {Company, Person} else {"display_name"}
    assert {name for name, (_, code) in outcomes.items() if code in {"field-read-only", "field-unknown"}} == expected
