"""What the tests of undoing look at, shared by them."""

from __future__ import annotations

import attrs

from contactcore import User
from contactcore.mapping.affiliations import affiliation_of
from model_based.workspace_driver import ACTORS

BOB = User("bob")
ROOT = User("root", admin=True)
HEAD = "First name,Last name,Company,Job title,E-mail,Phone,Tags\n"


def seen(workspace, *actors):
    """All that can be seen of a directory, versions aside."""
    found = []
    for actor in actors or ACTORS:
        with workspace.read(actor) as session:
            cards = session.contacts.page(role="any", limit=1_000).items
            for card in cards:
                contact = session.contacts.get(card.id)
                people = [
                    attrs.evolve(one, version=0, person=None, primary_when_read=None)
                    for one in session.people.list(card.id)
                ]
                clients = [one.id for one in session.people.of(card.id)] if contact.kind == "person" else []
                found.append((actor.name, attrs.evolve(contact, version=0), people, clients))
            found.append([tag.text for tag in session.settings.tags])
            found.append(session.contacts.letters())
    return found


def marks(workspace):
    """Id of a contact -> how many of its stored affiliations have the mark."""
    counts = {}
    with workspace.storage.read(workspace.name) as reader:
        for record in reader.dump("affiliation"):
            one = affiliation_of(record)
            if b'"trashed"' not in record.body:
                counts[one.contact_id] = counts.get(one.contact_id, 0) + one.primary
    return counts


def imported(workspace, actor, text, **options):
    imports = workspace.imports(actor)
    return imports.apply(imports.plan(HEAD + text, **options))


def named(workspace, name, actor=ROOT):
    with workspace.read(actor) as session:
        (card,) = [card for card in session.contacts.page(role="any", limit=1_000).items if card.name == name]
        return session.contacts.get(card.id)


def codes(report):
    return sorted((one.name, one.code) for one in report.kept)
