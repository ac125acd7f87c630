"""After an erasure a workspace answers others as if the person had never been there (IMP-8).

The same acts run in two workspaces, one of them without those about the person. Versions, the history and the empty
records of letters may differ, because they say that something was; nothing else does.
"""

from __future__ import annotations

import re
from contextlib import suppress
from hashlib import sha256
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore import (
    BulkAct,
    Company,
    ContactCoreError,
    Form,
    Host,
    Interaction,
    Item,
    Person,
    PortalUser,
    Site,
    User,
    Workspace,
)
from contactcore.model.portal import SignedIn
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.session import Session
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock
from support.pictures import corners, saved
from support.seeds import examples

pytestmark = pytest.mark.req("IMP-8")

COMPANIES = ("Bois", "Acme")
OTHERS = ("Ann", "Ben")
ACTS = (
    *(
        "act for",
        "act for",
        "leave",
        "make primary",
        "note",
        "role",
        "delete",
        "restore",
        "give item",
        "submit",
        "restrict",
    ),
    *("tag", "consent", "describe", "letter", "share", "note"),
    *("picture", "same picture", "invite", "import", "mark different", "submit from house"),
    *("import with others", "import with others", "undo the import", "undo the import"),
    *("enter the portal", "enter the portal", "write down"),
)
_HEADER = "First name,Last name,E-mail,E-mail 2,Company,Description,Phone\n"
_PASSWORD = "correct horse battery"
VIEWERS = (AMELIE, User("bob"), ROOT)
PICTURES = {name: saved(corners(40 + number, 40), "PNG") for number, name in enumerate(("Jane", *OTHERS, "all"))}
QUERIES = ("jane", "doe", "ann", "house", "bois", "rex", "workshop", "3314455")


class World:
    """One of the two workspaces.

    Args:
        with_jane: Whether Jane is there.
    """

    def __init__(self, *, with_jane: bool) -> None:
        self.with_jane = with_jane
        host = Host(clock=Clock(tick=TICK), passwords=Passwords(memory=8, iterations=1))
        self.space = Workspace(MemoryStorage(), "acme", country="FR", host=host)
        self.ids: dict[str, str] = {}
        self.portal: dict[str, PortalUser] = {}
        self.imported: list[str] = []
        with self.space.write(ROOT) as session:
            session.settings.change(portal_link="https://acme.example/{token}")
            fields = ["given_name", "family_name", "email"]
            self.form = session.forms.add(Form("Contact", fields=fields, min_seconds=0))
            for name in COMPANIES:
                self.ids[name] = session.contacts.add(Company(name, access="shared-write")).id
            for name in OTHERS:
                other = Person(name, "Doe", emails=[f"{name.lower()}@doe.org", "house@doe.org"], access="shared-write")
                self.ids[name] = session.contacts.add(other, items=[Item("Rex")]).id
            if with_jane:
                jane = Person(
                    "Jane",
                    "Doe",
                    emails=["jane@doe.org", "house@doe.org"],
                    phones=["01 44 55 66 77"],
                    access="shared-write",
                )
                self.ids["Jane"] = session.contacts.add(jane, sites=[Site("Workshop")], items=[Item("Rex")]).id
            cleo = session.people.add(self.ids["Acme"], Person("Cleo", "Roe", emails=["cleo@roe.org"]))
            self._enter(session, "Cleo", cleo.id)

    def _enter(self, session: Session, name: str, affiliation: str) -> None:
        """Let somebody into the portal, for the client of an affiliation."""
        login = session.portal.invite(affiliation, password=_PASSWORD, send=False).login
        signed = session.portal.authenticate(login.email, _PASSWORD)
        assert isinstance(signed, SignedIn)
        client = session.people.get(affiliation).contact_id
        self.portal[name] = session.portal.choose(signed.login, client)

    def act(self, name: str, act: str, company: str) -> None:
        """Do something with a person; nothing if the person is not there, or if it is refused."""
        if act == "write down":
            self._write_down(name, self.ids[company])
            return
        if act in {"import with others", "undo the import"}:
            with suppress(ContactCoreError):
                self._import(name, company) if act == "import with others" else self._undo_import()
            return
        if name not in self.ids:
            return
        with suppress(ContactCoreError):
            if act in {"submit", "submit from house", "import"}:
                # Somebody in the trash would come a second time, as another contact.
                with self.space.read(ROOT) as session:
                    session.contacts.get(self.ids[name])
            if act in {"submit", "submit from house"}:
                self._submit(name, "house" if act != "submit" else name.lower())
            elif act == "import":
                imports = self.space.imports(ROOT)
                imports.apply(imports.plan(_HEADER + _row(name, company, f"Of {name}"), policy="overwrite"))
            else:
                with self.space.write(ROOT) as session:
                    self._act(session, self.ids[name], act, self.ids[company])

    def _write_down(self, name: str, company: str) -> None:
        """Note that a company met somebody; of Jane, if she is not there, only what an erasure leaves of her."""
        if name in self.ids:
            meeting = Interaction(f"A meeting with {name} Doe", payload={"who": [{"name": f"{name} Doe"}]})
            with suppress(ContactCoreError), self.space.write(ROOT) as session:
                session.timeline.add(company, attrs.evolve(meeting, person_id=self.ids[name]))
                return
        if name == "Jane":
            with self.space.write(ROOT) as session:
                session.timeline.add(company, Interaction("A meeting with …", payload={"who": [{"name": "…"}]}))

    def _import(self, name: str, company: str) -> None:
        """Import one file with a row about a person, if the person is there, and a row about Ann."""
        with self.space.read(ROOT) as session:
            there = [one for one in dict.fromkeys((name, "Ann")) if one in self.ids]
            for one in there:
                session.contacts.get(self.ids[one])
        rows = "".join(_row(one, company, f"Of {name}") for one in there)
        imports = self.space.imports(ROOT)
        self.imported.append(imports.apply(imports.plan(_HEADER + rows, policy="overwrite")).id)

    def _undo_import(self) -> None:
        if self.imported:
            self.space.imports(ROOT).undo(self.imported.pop())

    def _submit(self, name: str, mailbox: str) -> None:
        (token,) = re.findall(r'name="cc_token" value="([^"]*)"', self.space.forms.render(self.form))
        sent = {"cc_token": token, "given_name": name, "family_name": "Doe", "email": f"{mailbox}@doe.org"}
        assert self.space.forms.submit(self.form, sent).reason == "form-received"

    def _act(self, session: Session, id: str, act: str, company: str) -> None:  # noqa: C901, PLR0912 - one for each act
        mine = [one for one in session.people.list(company) if one.person_id == id]
        if act == "act for":
            session.people.add(company, id, position="CFO")
        elif act == "leave" and mine:
            session.people.remove(mine[0])
        elif act == "make primary" and mine:
            session.people.make_primary(mine[0])
        elif act == "note" and mine:
            session.timeline.add(id, Interaction("A note of their own"))
        elif act == "role":
            item = session.items.of(self.ids["Ann"])[0]
            session.items.assign(item, id, "payer")
        elif act == "give item":
            session.items.add(id, Item("Max"))
        elif act == "delete":
            session.contacts.delete(id)
        elif act == "restore":
            session.trash.restore(id)
        elif act == "restrict":
            session.privacy.restrict(id)
        elif act == "tag":
            session.contacts.save(attrs.evolve(session.contacts.get(id), tags=["VIP"]))
        elif act == "consent":
            session.privacy.give_consent(id, "news")
        elif act == "describe":
            session.contacts.save(attrs.evolve(session.contacts.get(id), description="Tall"))
        elif act == "share":
            session.contacts.share(id, "private", responsibles=["amelie"])
        elif act in {"picture", "same picture"}:
            session.pictures.set(id, PICTURES["all" if act != "picture" else self._name_of(id)])
        elif act == "enter the portal":
            acting = mine[0] if mine else session.people.add(company, id, position="CFO")
            self._enter(session, self._name_of(id), acting.id)
        elif act == "invite" and mine:
            session.portal.invite(mine[0])
        elif act == "mark different":
            session.duplicates.mark_different(id, self.ids["Ben" if id == self.ids["Ann"] else "Ann"])
        elif act == "letter":
            to = session.notifications.by_hand(id, "invoice", [id])
            session.notifications.send(id, to, subject="Invoice", text="Enclosed.")

    def _name_of(self, id: str) -> str:
        return next(name for name, one in self.ids.items() if one == id)

    def answers(self) -> list[Any]:
        """What each viewer reads about others, by names and without versions."""
        # Jane herself is refused; what she sees is no answer to others.
        portal = [self._portal_answers(user) for name, user in sorted(self.portal.items()) if name != "Jane"]
        return [*(self._answers_of(viewer) for viewer in VIEWERS), *portal]

    def _portal_answers(self, user: PortalUser) -> Any:
        """What somebody in the portal reads, by names."""
        try:
            with self.space.read(user) as session:
                client = session.contacts.get(user.client_id)
                return (
                    client.display_name,
                    [one.person.display_name if one.person else "" for one in session.people.list(client)],
                    session.portal.profile().name,
                    [item.name for item in session.items.of(client)],
                    [site.name for site in session.sites.of(client)],
                    [hit.name for query in QUERIES for hit in _found(session, query)],
                )
        except ContactCoreError as error:
            return error.code

    def _answers_of(self, viewer: User) -> list[Any]:
        with self.space.read(viewer) as session:
            found: list[Any] = [
                [card.name for card in session.contacts.page(role=role)] for role in ("listed", "person", "any")
            ]
            found.append([session.contacts.count(tag="VIP"), session.contacts.count()])
            found.append([[hit.name for hit in session.contacts.search(query)] for query in QUERIES])
            found.append([(card.name, card.kind) for card in session.trash.list()])
            found.append([(one.email, one.state) for one in session.forms.submissions.page()])
            found.extend(self._of(session, self.ids[name]) for name in (*COMPANIES, *OTHERS))
            return found

    def _of(self, session: Session, id: str) -> Any:
        try:
            contact = session.contacts.get(id)
        except ContactCoreError as error:
            return error.code
        topics = [session.notifications.recipients(id, "invoice").note, session.notifications.preselected(id, "ticket")]
        return (
            contact.display_name,
            contact.restricted,
            [
                (one.person.display_name if one.person else "", one.primary, one.position)
                for one in session.people.list(id)
            ],
            [(one.title, repr(one.payload)) for one in session.timeline.page(id)],
            [(item.name, len(session.items.roles(item))) for item in session.items.of(id)],
            topics if not contact.restricted else [],
            self._beside(session, contact),
        )

    @staticmethod
    def _beside(session: Session, contact: Any) -> Any:
        """Duplicates, pictures, the variables of documents, submissions and consents."""
        picture = session.pictures.get(contact.id)
        consents = session.privacy.consents(contact) if isinstance(contact, Person) else ()
        return (
            [one.name for one in session.duplicates.of(contact)],
            "" if picture is None else sha256(picture.data).hexdigest(),
            {name: text for name, text in session.documents.values(contact).texts.items() if "date" not in name},
            [one.display_name for one in session.forms.submissions.of(contact)],
            [one.purpose for one in consents],
            len(session.duplicates.marked_different(contact)),
        )


def _row(name: str, company: str, description: str) -> str:
    """The row of a person in a file, with a cell that names the person and cannot be read.

    It repeats the shared address: an address that only Jane has left would mark whoever uses it later.
    """
    return f"{name},Doe,{name.lower()}@doe.org,house@doe.org,{company},{description},call {name} Doe\n"


def _found(session: Session, query: str) -> list[Any]:
    try:
        return [*session.contacts.search(query)]
    except ContactCoreError:
        return []


_STEPS = st.lists(
    st.tuples(st.sampled_from(("Jane", "Jane", *OTHERS)), st.sampled_from(ACTS), st.sampled_from(COMPANIES)),
    max_size=12,
)


@settings(max_examples=examples(15))
@given(before=_STEPS, after=_STEPS)
def test_a_workspace_answers_as_if_the_person_had_never_been_there(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]]
) -> None:
    once, never = World(with_jane=True), World(with_jane=False)
    for step in before:
        once.act(*step)
        never.act(*step)
    assert once.space.privacy(ROOT).erase(once.ids.pop("Jane"))
    if "Jane" in once.portal:
        assert once._portal_answers(once.portal["Jane"]) in {"portal-refused", "portal-login-off"}
    assert once.answers() == _with_ids_of(never, once)
    # Whatever happens later, nothing comes back.
    for step in after:
        once.act(*step)
        never.act(*step)
    once.space.maintenance(ROOT).bulk(role="listed").apply(BulkAct(add_tags=["all"]))
    never.space.maintenance(ROOT).bulk(role="listed").apply(BulkAct(add_tags=["all"]))
    assert once.answers() == _with_ids_of(never, once)


def _with_ids_of(world: World, other: World) -> list[Any]:
    """The answers of a world with the ids that the other one has for the same contacts."""
    same = {id: other.ids[name] for name, id in world.ids.items()}
    return [_renamed(answer, same) for answer in world.answers()]


def _renamed(value: Any, same: dict[str, str]) -> Any:
    if isinstance(value, str):
        return same.get(value, value)
    if isinstance(value, list | tuple):
        return type(value)(_renamed(one, same) for one in value)
    return value
