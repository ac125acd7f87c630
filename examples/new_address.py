"""A portal user changes the address of the login: two letters, one link, and a new session afterwards."""

import re
from email import message_from_bytes
from email.policy import default

from contactcore import Company, Forbidden, Person, User, Workspace
from contactcore.delivery import Deliverer, Envelope, Outcome
from contactcore_memory import MemoryStorage

storage, amelie, page = MemoryStorage(), User("amelie"), User("address page")
phrase = "correct horse battery"
workspace = Workspace(storage, name="Acme")
with workspace.write(User("root", admin=True)) as session:
    session.settings.change(email_link="https://portal.example.org/address?token={token}")
with workspace.write(amelie) as session:
    client = session.contacts.add(Company("Bois & Fils"))
    jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.example"]))
    login = session.portal.invite(jane, password=phrase, send=False).login
visitor = workspace.sign_in("jane@bois.example", phrase).actor(client)


class Mailboxes:
    """Keeps the letters instead of sending them."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def send(self, envelope: Envelope) -> Outcome:
        body = message_from_bytes(envelope.data, policy=default).get_body(("plain",))
        self.letters[envelope.recipient] = "" if body is None else body.get_content()
        return Outcome("sent")

    def close(self) -> None:
        pass


with workspace.write(visitor) as session:
    print("Wrong password:", session.portal.request_email("jane@doe.example", "guess me!").reason)
    print("Right password:", session.portal.request_email("jane@doe.example", phrase).reason)
mailboxes = Mailboxes()
with Deliverer(storage, mailboxes, sender="post@acme.example") as deliverer:
    deliverer.run_once()
for mailbox, letter in sorted(mailboxes.letters.items()):
    print(f"To {mailbox}:", "a link" if "token" in letter else "a notice")
(token,) = re.findall(r"token=([\w-]+)", mailboxes.letters["jane@doe.example"])

with workspace.write(page) as session:
    print("Confirmed:", session.portal.confirm_email(token).email)
try:
    with workspace.read(visitor):
        print("The old session goes on.")
except Forbidden as error:
    print("The old session:", error)
print("Sign in as before:", workspace.sign_in("jane@bois.example", phrase).reason)
print("Sign in by the new address:", workspace.sign_in("jane@doe.example", phrase).reason)
