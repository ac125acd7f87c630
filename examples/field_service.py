"""A field-service firm from start to end: entry by type, sites, prefill for a job, the account and its statement."""

from datetime import UTC, date, datetime

import attrs

from contactcore import (
    AccountEntry,
    Address,
    Company,
    Host,
    Interaction,
    Invalid,
    Person,
    PhoneNumber,
    Site,
    User,
    Workspace,
)
from contactcore_memory import MemoryStorage

host = Host(clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
workspace = Workspace(
    MemoryStorage(), "Acme", language="en", country="FR", currency="EUR", timezone="Europe/Paris", host=host
)
root, amelie = User("root", admin=True), User("amelie")

print("1. The admin decides what is asked for: a residential client is asked less than a commercial one.")
with workspace.write(root) as session:
    entry = session.settings.entry
    entry.ask("person", ["type", "given_name", "family_name", "phones"], required=["type"])
    entry.ask("company", ["type", "name", "emails", "billing_address"], required=["type", "billing_address"])
    session.settings.define_field("Gate code", on=["site"])
    for kind in ("person", "company"):
        asked = session.settings.entry.fields(kind, type="residential-client" if kind == "person" else "")
        print(f"   {kind}:", ", ".join(field.name + ("*" if field.required else "") for field in asked))

print("2. A half-filled contact is checked, and nothing is stored.")
with workspace.write(amelie) as session:
    for problem in session.contacts.check(Company("Bois & Fils", type="commercial-client")):
        print(f"   {problem.path}: {problem.message}")

print("3. The contact is stored with its sites and contact persons in one act, or not at all.")
office = Address("1 rue Vauban", city="Lyon", postal_code="69006", billing=True)
bois = Company("Bois & Fils", type="commercial-client", emails=["office@bois.example"], addresses=[office])
mill = Site(
    "Sawmill", address=Address("2 quai du Port", city="Sète"), access_notes="Ring twice.", phones=["0467000000"]
)
with workspace.write(amelie) as session:
    try:
        session.contacts.add(bois, sites=[attrs.evolve(mill, phones=["12"])], people=[Person("Jane", type="nonsense")])
    except Invalid as error:
        print("   refused:", "; ".join(problem.path for problem in error.problems))
    client = session.contacts.add(bois, sites=[mill], people=[Person("Jane", "Doe", emails=["jane@bois.example"])])
    copied = session.sites.add_from_billing(client, "Office")
    print("   sites:", [(site.display_name, site.from_billing) for site in session.sites.of(client)])
    print("   contact persons:", [(one.person.display_name, one.primary) for one in session.people.list(client)])

print("4. The office moves. The billing address stays.")
with workspace.write(amelie) as session:
    session.sites.save(attrs.evolve(copied, address=Address("3 rue Neuve", city="Lyon")))
    billing = session.contacts.get(client.id).billing_address
    assert billing is not None
    print("   billing address:", ", ".join(billing.lines()))

print("5. A job is made: one call gives the other modules all that they copy.")
with workspace.read(amelie) as session:
    known = session.contacts.prefill(client)
    print("  ", known.name, known.currency, [str(email) for email in known.emails])
    print("   on site:", [(site.display_name, site.access_notes) for site in known.sites])

print("6. The visit stands in the timeline of the contact and of the site.")
with workspace.write(amelie) as session:
    at_nine = datetime(2026, 3, 9, 8, tzinfo=UTC)
    sawmill = session.sites.of(client)[0]
    visit = session.timeline.add(
        client, Interaction("Repair the saw", type="appointment", start=at_nine, site_id=sawmill.id)
    )
    print(
        "  ",
        visit.title,
        visit.state,
        f"{visit.local_start:%H:%M}",
        [one.title for one in session.timeline.page(client)],
    )

print("7. The account: an invoice, its amendment, a payment, and the statement of March.")
with workspace.write(amelie) as session:
    day = date(2026, 3, 10)
    for one in (
        AccountEntry("invoice", "480.00 EUR", key="F7", date=day, number="2026/7", text="Saw repaired"),
        AccountEntry(
            "amendment", "-30.00 EUR", key="F7a", date=day.replace(day=12), amends="F7", text="Two hours less"
        ),
        AccountEntry("payment", "200.00 EUR", key="P1", date=day.replace(day=20)),
    ):
        session.account.post(client, one)
    print("   balance:", ", ".join(map(str, session.account.balance(client).values())))
    statement = session.account.statement(client, date(2026, 3, 1), date(2026, 3, 31))
    print("   March:", statement.opening, "->", statement.closing, [entry.type for entry in statement.entries])

print("8. Everything is found, goes to the trash as one, and comes back as one.")
with workspace.write(amelie) as session:
    for text in ("sawmill", "jane", str(PhoneNumber("+33467000000"))):
        (hit,) = session.contacts.search(text)
        print(f"   {text!r} finds {hit.name}")
    session.contacts.delete(client.id)
    session.trash.restore(client.id)
    print(
        "   back:",
        len(session.sites.of(client)),
        "sites,",
        ", ".join(map(str, session.account.balance(client).values())),
    )
