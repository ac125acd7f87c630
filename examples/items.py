"""A clinic for animals: several patients under one owner, found by the owner's address, each with its own history."""

from datetime import UTC, datetime

from contactcore import Company, Host, Interaction, Item, Person, User, Workspace
from contactcore_memory import MemoryStorage

host = Host(clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
workspace = Workspace(MemoryStorage(), "Clinic", language="pl", country="PL", host=host)
root, amelie, bob = User("root", admin=True), User("amelie"), User("bob")

with workspace.write(root) as session:
    for name in ("Pies", "Kot"):
        session.settings.item_types.add(name)
    session.settings.define_field("Chip", on=["item"], types=["pies"])
    term = session.settings.set_term("patients")
    print("The clinic calls its items", term.plural, "-", [f"{count} {term.of(count)}" for count in (1, 3, 5)])

with workspace.write(amelie) as session:
    jane = session.contacts.add(
        Person("Janina", "Łoś", emails=["janina@example.pl"]),
        items=[Item("Rex", type="pies", fields={"chip": "616 093"}), Item("Mia", type="kot")],
    )
    rex, mia = session.items.of(jane)

with workspace.write(amelie) as session:
    print("Somebody calls and gives an address:")
    (owner,) = session.items.owners_at("Janina@example.pl")
    filou = session.items.add(owner, Item("Filou", type="kot"))
    print(
        "  ", filou.name, "belongs to", owner.display_name, "- items:", [item.name for item in session.items.of(owner)]
    )

with workspace.write(amelie) as session:
    noon = datetime(2026, 3, 9, 11, tzinfo=UTC)
    session.timeline.add(jane, Interaction("Vaccination", type="appointment", item_id=rex.id, start=noon))
    session.timeline.add(jane, Interaction("Called about opening hours"))
    for item in (None, rex, mia):
        counts = session.timeline.counts(jane, item=item)
        shown = {name: count for name, count in counts.items() if count}
        print("Timeline of", item.name if item else "the owner:", shown)

with workspace.read(amelie) as session:
    print("The directory of items:", [(card.name, card.contact) for card in session.items.page()])
    print("The picker:", [card.name for card in session.items.search("fil łoś")])
    print(
        "A contact is found by its item:", [(hit.name, hit.matched[-1].text) for hit in session.contacts.search("rex")]
    )
with workspace.read(bob) as session:
    print("Bob, who may not see the owner, finds", list(session.items.page()), session.contacts.search("rex"))

with workspace.write(amelie) as session:
    shelter = session.contacts.add(Company("Schronisko", access="shared-read"))
    session.items.move(filou, shelter)
    session.items.delete(mia)
    print(
        "Moved and deleted:",
        [item.name for item in session.items.of(jane)],
        "and",
        [item.name for item in session.items.of(shelter)],
    )
    session.items.delete(rex.id)
    print("The last item goes without its owner:", session.contacts.get(jane.id).display_name)
    print(
        "It comes back with its history:",
        session.trash.restore(rex).name,
        session.timeline.counts(jane, item=rex)["appointment"],
    )
with workspace.read(bob) as session:
    print("Bob sees the item of the shelter:", [card.name for card in session.items.page()])
