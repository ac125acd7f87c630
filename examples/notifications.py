"""The recipients of an invoice, in two cases: one of five contact persons wants it by e-mail, and nobody wants it.

python examples/notifications.py
"""

import attrs

from contactcore import Company, Person, User, Workspace
from contactcore.model import TOPICS
from contactcore_memory import MemoryStorage

workspace = Workspace(MemoryStorage(), name="acme", language="en", country="GB")
admin = User("root", admin=True)


def show(title: str, client_id: str, topic: str = "invoice") -> None:
    with workspace.read(admin) as session:
        answer = session.notifications.recipients(client_id, topic)
    print(f"\n{title}\n  mailed: {', '.join(str(one.email) for one in answer.chosen) or 'nobody'}")
    for each in answer.explained:
        print(f"  {'+' if each.chosen else '-'} {each.message} [{each.code}]")
    print(f"  {answer.note}")


with workspace.write(admin) as session:
    mill = session.contacts.add(Company("Mill & Sons", emails=["office@mill.example"]))
    for given in ("Ann", "Ben", "Cid", "Dora", "Eve"):
        person = Person(given, "Mill", emails=[f"{given.lower()}@mill.example"])
        session.people.add(mill, person, permissions=["invoices", "projects"], notifications=[])
    dora = next(one for one in session.people.list(mill) if one.person and one.person.given_name == "Dora")
    session.people.save(attrs.evolve(dora, notifications=["invoice"]))
show("Five people see the invoices in the portal, one wants them by e-mail:", mill.id)

with workspace.write(admin) as session:
    solo = session.contacts.add(Company("Solo Ltd", emails=["office@solo.example"]))
    only = session.people.add(solo, Person("Flo", "Solo", emails=["flo@solo.example"]), notifications=[])
show("A single contact person, with the notices switched off:", solo.id)

with workspace.write(admin) as session:
    session.settings.notices.set_fall_back("invoice", ["primary", "client"])
show("The same, with a fall-back for invoices in the settings:", solo.id)

with workspace.write(admin) as session:
    session.people.save(attrs.evolve(only, notifications=TOPICS, active=False))
show("An inactive contact person gets nothing, whatever the preferences say:", solo.id, "contract")

with workspace.write(admin) as session:
    print(
        "\nDora is preselected for a manual message:",
        session.notifications.preselected(mill, "invoice") == (dora.person_id,),
    )
    by_hand = session.notifications.by_hand(mill, "invoice", [one.person_id for one in session.people.list(mill)[:2]])
    sent = session.notifications.send(mill, by_hand, subject="Invoice 7", text="Enclosed.", key="invoice-7")
    print("Queued with the change:", [str(message.to) for message in sent], [one.reason for one in by_hand.chosen])
