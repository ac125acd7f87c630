"""A person whom a workspace knows in every way: with all kinds of records, letters, imports and forms."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import attrs

from contactcore import (
    AccountEntry,
    Address,
    Affiliation,
    Attachment,
    Company,
    Form,
    Interaction,
    Item,
    Money,
    PaymentMethod,
    Person,
    Site,
    Workspace,
)
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from support.actors import ROOT
from support.pictures import corners, saved

__all__ = ["TRACES", "KnownPerson", "known_person", "left_in"]

TRACES: Final = (
    *("quixote", "quixóte", "quix\\u00f3te", "34911223344", "911 22 33 44", "911 223 344", "911223344", "sancho"),
    *("34922334455", "922334455", "922 33 44 55", "windmill", "rosinante", "mancha", "squire-of", "dulcinea"),
)
"""Texts of the person and of the person's records, in lower case, as they are written and as they are folded."""


@attrs.frozen
class KnownPerson:
    """The person, and the people and companies around.

    Attributes:
        person, company, namesake, sharer: A person who is a client and acts for the company; somebody with the same
            first name; somebody who shares an address.
        acting: The affiliation of the person with the company.
        import_id: The id of an import whose report names the person.
        letters: The ids of the letters about the person.
        call: The id of an interaction of the company that names the person.
    """

    person: Person
    company: Company
    namesake: Person
    sharer: Person
    acting: Affiliation
    import_id: str
    letters: tuple[str, ...]
    call: str


def known_person(workspace: Workspace) -> KnownPerson:
    """Make the person in an empty workspace.

    Args:
        workspace: The workspace.
    """
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://acme.example/{token}")
        form = session.forms.add(
            Form(
                "Contact",
                fields=["given_name", "family_name", "email"],
                consent={"": "You may write to me."},
                consent_version="2026-03",
                min_seconds=0,
            )
        )
        company = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
        namesake = session.people.add(company, Person("Zoltán", "Nagy", emails=["nagy@bois.fr"]))
        sharer = session.contacts.add(Person("Panza", "Squire", emails=["house@farm.es"]))
        person = session.contacts.add(
            Person(
                "Zoltán",
                "Quixóte",
                emails=["zoltan@quixote.es", "house@farm.es"],
                phones=["+34 911 22 33 44"],
                addresses=[Address("1 La Mancha", city="Toledo", country="ES")],
                description="Knight of La Mancha",
                external_id="squire-of-1605",
            )
        )
        acting = session.people.add(
            company,
            person,
            position="Knight of Dulcinea",
            primary=True,
            email="knight@dulcinea.es",
            phone="+34922334455",
        )
        site = session.sites.add(person, Site("Windmill"))
        horse = session.items.add(person, Item("Rosinante"))
        session.items.assign(horse, sharer, "payer")
        session.timeline.add(person, Interaction(body="Fights Windmill", item_id=horse.id, site_id=site.id))
        call = session.timeline.add(
            company,
            Interaction(title="Call with Zoltán Quixóte", body="Ask +34 911 223 344.", person_id=person.id),
        )
        session.pictures.set(person, saved(corners(), "PNG"))
        entry = AccountEntry("invoice", Money("10", "EUR"), date=date(2026, 1, 5), key="q-7", text="Lance of Sancho")
        session.account.post(person, entry)
        session.account.save_method(person, PaymentMethod(reference="tok_sancho", brand="visa", last_four="4242"))
        session.privacy.give_consent(person, "newsletter", wording="I, Quixote, agree.", source="phone")
        session.portal.invite(acting)
        to = session.notifications.by_hand(company, "invoice", [person.id])
        letters = session.notifications.send(
            company,
            to,
            subject="For Quixote",
            text="Dear Sancho",
            attachments=[Attachment("mancha.txt", b"windmill of sancho")],
        )
    with workspace.write(ROOT) as session:
        changed = session.contacts.get(person.id, Person)
        session.contacts.save(attrs.evolve(changed, description="Knight of La Mancha and of Dulcinea"))
    imports = workspace.imports(ROOT)
    report = imports.apply(
        imports.plan(
            "First name,Last name,E-mail,Phone\n"
            "Zoltan,Quixote,zoltan@quixote.es,call Zoltan Quixote\n"
            "Jo,Doe,jo@doe.fr,nothing\n"
            ",,Knight@Dulcinea.es but wrong,\n"
        )
    )
    overwriting = imports.apply(
        imports.plan(
            "First name,Last name,E-mail,Company,Position,Description\n"
            "Zoltán,Quixóte,zoltan@quixote.es,Bois & Fils,Squire of Dulcinea,Rides Rosinante\n",
            policy="overwrite",
        )
    )
    assert list(overwriting.changes)
    _submit(workspace, form)
    with workspace.read(ROOT) as session:
        known = session.contacts.get(person.id, Person)
        current = session.people.get(acting.id)
    return KnownPerson(
        known,
        company,
        namesake.person or Person("?"),
        sharer,
        current,
        report.id,
        tuple(one.id for one in letters),
        call.id,
    )


def _submit(workspace: Workspace, form: Form) -> None:
    (token,) = re.findall(r'name="cc_token" value="([^"]*)"', workspace.forms.render(form))
    fields = {
        "cc_token": token,
        "given_name": "Zoltan",
        "family_name": "Quixote",
        "email": "zoltan@quixote.es",
        "cc_consent": "yes",
    }
    assert workspace.forms.submit(form, fields).reason == "form-received"


def left_in(storage: Storage, workspace: str) -> list[tuple[str, str, str]]:
    """Every record of a workspace that has a trace of the person, with the trace.

    Args:
        storage: The storage.
        workspace: The name of the workspace.
    """
    found = []
    with storage.read(workspace) as reader:
        for kind in KINDS:
            after = ""
            while records := reader.dump(kind.name, after, 500):
                after = records[-1].id
                for record in records:
                    parts = [record.id, record.body.decode(), record.card.decode()]
                    parts += [repr((sorted(record.terms), sorted(record.words), sorted(record.keys)))]
                    parts += [repr(sorted(record.orders.items()))]
                    text = " ".join(parts).lower()
                    found += [(kind.name, record.id, trace) for trace in TRACES if trace in text]
        after_event = 0
        while events := reader.feed(after_event, 500):
            after_event = events[-1].position
            for event in events:
                text = event.event.data.decode().lower()
                found += [("feed", event.event.subject, trace) for trace in TRACES if trace in text]
    return found
