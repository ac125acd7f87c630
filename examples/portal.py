"""A portal: one person who acts for two clients, the view for each client, and the end of one affiliation."""

import re
from datetime import UTC, datetime, timedelta

import attrs

from contactcore import Company, Forbidden, Host, NotFound, Person, User, Workspace
from contactcore_memory import MemoryStorage

now = datetime(2026, 1, 5, 9, tzinfo=UTC)
workspace = Workspace(MemoryStorage(), name="Acme", host=Host(clock=lambda: now))
amelie, root, page = User("amelie"), User("root", admin=True), User("login page")

with workspace.write(root) as session:
    session.settings.change(portal_link="https://portal.example.org/password?token={token}")
    session.settings.add_module("Deliveries")
    session.settings.set_default_permissions(["support"])

with workspace.write(amelie) as session:
    bois, sud = session.contacts.add(Company("Bois & Fils")), session.contacts.add(Company("Sud Énergie"))
    jane = session.people.add(bois, Person("Jane", "Doe", emails=["jane@bois.example"]))
    session.people.add(sud, jane.person_id)
    session.people.save(attrs.evolve(jane, permissions=["invoices", "deliveries"]))
    invitation = session.portal.invite(jane)
print("Invited:", invitation.login.email, "- letter queued:", invitation.sent)
print("The link:", re.sub("token=.*", "token=...", invitation.link), "until", invitation.expires)

now += timedelta(hours=47, minutes=59)
with workspace.write(page) as session:
    session.portal.set_password(invitation.token, "correct horse battery")
print("Wrong password:", workspace.sign_in("jane@bois.example", "guess me!").message)
signed_in = workspace.sign_in("JANE@bois.example", "correct horse battery")
print("Right password:", signed_in.reason, "- may choose", [client.name for client in signed_in.clients])

users = [signed_in.actor(client) for client in signed_in.clients]  # a web application keeps the chosen one
for user in users:
    with workspace.read(user) as session:
        name = session.contacts.get(user.client_id).display_name
        menu = [module.name for module in session.portal.menu(user.login_id, user.client_id)]
        print(f"As {name}: menu {menu},", "directory", [card.name for card in session.contacts.page()])
        print("  invoices:", session.portal.may_see(user.login_id, user.client_id, "invoices").reason)
        try:
            session.contacts.get(jane.person_id)
        except NotFound:
            print("  anything else: hidden")

with workspace.write(amelie) as session:
    session.people.save(attrs.evolve(session.people.get(jane.id), end=(now - timedelta(days=1)).date()))
try:
    with workspace.read(users[0]):
        print("Jane is still in.")
except Forbidden as error:
    print("Jane has left Bois & Fils:", error)
remaining = workspace.sign_in("jane@bois.example", "correct horse battery").clients
print("She may still choose", [client.name for client in remaining])
