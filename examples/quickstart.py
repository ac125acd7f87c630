"""The first ten minutes: a client, its contact persons, and access.

python examples/quickstart.py
"""

import attrs

from contactcore import Company, Conflict, Invalid, Person, User, Workspace
from contactcore_memory import MemoryStorage

workspace = Workspace(MemoryStorage(), name="acme", language="fr", country="FR", currency="EUR")
amelie, bob = User("amelie"), User("bob")

with workspace.write(amelie) as session:
    client = session.contacts.add(
        Company("Bois & Fils", emails=["office@bois.fr"], phones=["01 44 55 66 77"], tags=["VIP"])
    )
    jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), position="CFO")
    karl = session.people.add(client, Person("Karl", "Roe"), position="Buyer")
    print(f"{client.display_name}: {client.phones[0]}, responsible: {', '.join(client.responsibles)}")
    for one in session.people.list(client):
        print(f"  {one.person.display_name if one.person else ''}, {one.position}{' (primary)' if one.primary else ''}")

with workspace.write(amelie) as session:
    session.people.remove(jane)  # the contact person with the greatest seniority becomes primary
    primary = session.people.primary(client)
    print("After Jane left, the primary contact person is", primary and primary.person and primary.person.display_name)

try:
    Person("Jo", "Doe", emails=["jo@", "jo@example.org"], websites=["javascript:alert(1)"])
except Invalid as error:
    for problem in error.problems:
        print(f"Refused: {problem.path}: {problem.message} [{problem.code}]")

with workspace.write(amelie) as session:
    session.contacts.save(attrs.evolve(client, division="North"))
try:
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(client, division="South"))
except Conflict as conflict:
    print("Conflict: stored meanwhile:", conflict.stored)

with workspace.read(bob) as session:
    print("Bob sees", session.contacts.count(), "contacts before they are shared")
with workspace.write(amelie) as session:
    session.contacts.share(client.id, "shared-read")
with workspace.read(bob) as session:
    print("and afterwards", [card.name for card in session.contacts.page().items])
