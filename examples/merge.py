"""Duplicates: a form finds one, an import brought another, both become one contact, and a wrong merge is undone.

Run it with `python examples/merge.py`; it needs `pip install 'contactcore[dedupe]'`.
"""

from contactcore import Affiliation, Company, Interaction, Person, Site, User, Workspace
from contactcore_memory import MemoryStorage

amelie = User("amelie")
workspace = Workspace(MemoryStorage(), name="acme", country="FR")

with workspace.write(amelie) as session:
    bois = session.contacts.add(
        Company("Bois & Fils", emails=["office@bois.fr"], tags=["VIP"]),
        people=[Affiliation(position="CFO", person=Person("Jane", "Doe", emails=["jane@bois.fr"]))],
    )

    # A colleague fills in a form, and is asked before the contact is there twice.
    for one in session.duplicates.check({"kind": "company", "name": "BOIS ET FILS SARL"}):
        print(f"Perhaps {one.name}: {one.score:.2f}, {one.reasons[0].field} {one.reasons[0].verdict}")

    # An import brought it nevertheless, with a call and a site.
    twice = session.contacts.add(
        Company("Bois et Fils SARL", emails=["office@bois.fr"], phones=["01 44 55 66 77"], tags=["lead"]),
        sites=[Site("Sawmill")],
    )
    session.timeline.add(twice, Interaction("Asked for an offer"))

for pair in workspace.maintenance(amelie).find_duplicates():
    print(f"{pair.name} = {pair.other_name} ({pair.score:.2f})")

merging = workspace.merging(amelie)
plan = merging.plan(bois, [twice], rules={"tags": "winner"})
for difference in plan.differences:
    print(f"  {difference.field}: {difference.rule}")
print(f"  moves {dict(plan.moved)}; more users would see something: {list(plan.widened)}")

merged = merging.apply(plan)
with workspace.read(amelie) as session:
    found = session.contacts.get(twice.id)
    print(f"The old id leads to {found.name}, with {session.sites.of(found)[0].name} and", end=" ")
    print(session.timeline.page(found).items[0].title)

undone = merging.undo(merged)
with workspace.read(amelie) as session:
    print(f"Undone: {session.contacts.get(twice.id).name} has {len(session.sites.of(twice.id))} site")
