"""Follows the feed: a host keeps a table of its own beside the contacts, and misses no change."""

from __future__ import annotations

import json
import sqlite3

from contactcore import Company, Person, User, Workspace
from contactcore.storage import Event
from contactcore_memory import MemoryStorage

ROOT = User("root", admin=True)


def contacts_of(event: Event) -> list[str]:
    """The contacts that an event is about; an import names all of them."""
    if event.name == "contacts.imported":
        data = json.loads(event.data)
        return [*data["added"], *data["changed"]]
    return [event.subject] if event.name.startswith("contact.") else []


def follow(workspace: Workspace, own: sqlite3.Connection, limit: int = 100) -> int:
    """Read what is new, and store the own rows and the position in one transaction of the own database."""
    (position,) = own.execute("SELECT position FROM followed").fetchone()
    with workspace.read(ROOT) as session:
        found = session.feed(after=position, limit=limit)
        touched = {id for one in found for id in contacts_of(one.event)}
        # An event says which contact changed. Whatever happened, the contact is read as it is now.
        cards = {card.id: card for card in session.contacts.get_many(sorted(touched))}
    with own:
        for id in touched:
            own.execute("DELETE FROM client WHERE id = ?", (id,))
            if id in cards:
                own.execute("INSERT INTO client VALUES (?, ?)", (id, cards[id].name))
        if found:
            own.execute("UPDATE followed SET position = ?", (found[-1].position,))
    return len(found)


def main() -> None:
    own = sqlite3.connect(":memory:")
    own.executescript("CREATE TABLE client (id TEXT, name TEXT); CREATE TABLE followed AS SELECT 0 AS position")
    workspace = Workspace(MemoryStorage(), name="acme")
    with workspace.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois & Fils"))
        jane = session.contacts.add(Person("Jane", "Doe"))
    follow(workspace, own)
    print("own table:", [name for (name,) in own.execute("SELECT name FROM client ORDER BY name")])
    with workspace.write(ROOT) as session:
        session.contacts.delete(bois)
    workspace.privacy(ROOT).erase(jane)
    workspace.imports(ROOT).apply(workspace.imports(ROOT).plan("First name,Last name\nJoe,Roe\n"))
    follow(workspace, own)
    print("later:", [name for (name,) in own.execute("SELECT name FROM client")])


if __name__ == "__main__":
    main()
