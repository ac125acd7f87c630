"""Who changed what: the history of a contact, the contact as it was, undo, and two people who edit the same form."""

import attrs

from contactcore import Company, Conflict, Invalid, Person, User, Workspace
from contactcore_memory import MemoryStorage

workspace = Workspace(MemoryStorage(), "Firm", country="FR")
amelie, bob = User("amelie"), User("bob")

with workspace.write(amelie) as session:
    bois = session.contacts.add(Company("Bois & Fils", phones=["01 44 55 66 77"], access="shared-write"))
with workspace.write(bob) as session:
    session.contacts.save(attrs.evolve(bois, name="Boys & Fils", tags=["VIP"]))
with workspace.write(amelie) as session:
    session.people.add(bois, Person("Jane", "Doe", access="shared-write"), position="CFO")

with workspace.read(amelie) as session:
    history = session.history.of(bois)
    for entry in history:
        for change in entry.changes:
            fields = ", ".join(f"{one.field}: {one.before!r} -> {one.after!r}" for one in change.fields)
            print(f"{entry.by} {change.what} {change.kind} {change.name} {fields}".rstrip())
    print("At first it was", session.contacts.get(bois.id, as_of=history.items[-1].at).display_name)

with workspace.write(amelie) as session:
    renamed = history.items[1]
    session.history.undo(renamed)
    print("After the undo it is", session.contacts.get(bois.id).display_name)
    try:
        session.history.undo(renamed)
    except Invalid as error:
        print("Again:", error.problems[0].message)

with workspace.read(amelie) as session:
    form = session.contacts.get(bois.id, Company)
with workspace.write(bob) as session:
    session.contacts.save(attrs.evolve(form, description="Called on Monday."))
with workspace.write(amelie) as session:
    saved = session.contacts.save(attrs.evolve(form, division="North"), merge_changes=True)
    print("Merged:", saved.merged, "-", saved.record.division, "-", saved.record.description)
with workspace.write(amelie) as session:
    try:
        session.contacts.save(attrs.evolve(form, description="Called on Tuesday."), merge_changes=True)
    except Conflict as conflict:
        print("In conflict:", conflict.fields, "-", conflict.stored.description)

with workspace.write(amelie) as session:
    restored = session.history.restore(bois, version=1)
    print("Restored:", restored.display_name, restored.tags, "as version", restored.version)
