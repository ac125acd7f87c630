"""The directory: order and index letters of a language, pages, filters, search as you type.

python examples/directory.py
"""

from contactcore import Company, Person, User, Workspace
from contactcore_memory import MemoryStorage

amelie, admin = User("amelie"), User("root", admin=True)
workspace = Workspace(MemoryStorage(), name="acme", language="pl", country="PL")

people = [
    ("Łucja", "Wójcik"),
    ("Maria", "Łabędź"),
    ("Jan", "Lis"),
    ("Zoë", "Müller"),
    ("Çelik", "Ölçer"),
    ("Béla", "Bartók"),
    ("Anna", "van der Berg"),
    ("Ольга", "Иванова"),
]
with workspace.write(amelie) as session:
    for given, family in people:
        session.contacts.add(Person(given, family, emails=[f"{len(family)}.{len(given)}@example.org"], tags=["Klient"]))
    company = session.contacts.add(Company("Żabka Polska Sp. z o.o.", phones=["22 123 45 67"], tags=["Dostawca"]))
    session.people.add(company, Person("小龍", "李"), position="Kupiec")

with workspace.read(amelie) as session:
    print("In Polish order:", " | ".join(card.name for card in session.contacts.page().items))
    print("Letters in use:", {letter: count for letter, count in session.contacts.letters().items() if count})
    print("Under Ł:", [card.name for card in session.contacts.page(letter="Ł").items])

    print("Page by page:")
    page = session.contacts.page(limit=4)
    while True:
        print("  ", [card.name for card in page.items])
        if page.next is None:
            break
        page = session.contacts.page(limit=4, after=page.next)
    page = session.contacts.page(limit=4, before=page.previous)
    print("   and back:", [card.name for card in page.items])

    print("Tagged:", [card.name for card in session.contacts.page(tag="dostawca").items], session.settings.tags)
    for typed in ("zab", "mull", "lucja w", "22 123", "+48 22", "龍", "dost"):
        hits = session.contacts.search(typed)
        print(f"Search {typed!r}:", [(hit.name, [why.by for why in hit.matched]) for hit in hits])

workspace.change_language(admin, "sv")
with workspace.read(amelie) as session:
    print("In Swedish order:", " | ".join(card.name for card in session.contacts.page().items))
