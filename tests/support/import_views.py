"""Views of a workspace around an import."""

from __future__ import annotations

from typing import Any

import attrs

from contactcore.mapping.affiliations import affiliation_of
from contactcore.model import Company, Person, User
from contactcore.testing.oracle import stored
from contactcore.workspace import Workspace
from support.actors import AMELIE, BOB, ROOT

__all__ = ["HEAD", "codes", "imported", "named", "primary_flags", "seen"]

HEAD = "First name,Last name,Company,Job title,E-mail,Phone,Tags\n"


def seen(workspace: Workspace, *actors: User) -> list[Any]:
    """All that actors see of a directory, without versions."""
    found: list[Any] = []
    for actor in actors or (AMELIE, BOB, ROOT):
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


def primary_flags(workspace: Workspace) -> dict[str, int]:
    """Id of a contact -> number of its stored primary affiliations."""
    counts: dict[str, int] = {}
    with workspace.storage.read(workspace.name) as reader:
        for record in reader.dump("affiliation"):
            one = affiliation_of(stored(record))
            if b'"trashed"' not in record.body:
                counts[one.contact_id] = counts.get(one.contact_id, 0) + one.primary
    return counts


def imported(workspace: Workspace, actor: User, text: str, **options: Any) -> Any:
    """The report of an import of rows under `HEAD`."""
    imports = workspace.imports(actor)
    return imports.apply(imports.plan(HEAD + text, **options))


def named(workspace: Workspace, name: str, actor: User = ROOT) -> Person | Company:
    """The only contact of a name."""
    with workspace.read(actor) as session:
        (card,) = [card for card in session.contacts.page(role="any", limit=1_000).items if card.name == name]
        return session.contacts.get(card.id)


def codes(report: Any) -> list[tuple[str, str]]:
    """Name and code of each contact that an undo kept."""
    return sorted((one.name, one.code) for one in report.kept)
