"""Checks what authorities, notifications and the portal answer to an actor, against the model."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from contactcore.errors import ContactCoreError
from contactcore.model import MODULES, TOPICS, Person, PortalUser, User
from contactcore.workspace.session import Session
from model_based.rights_actions import AUTHORITIES, PURPOSES
from model_based.workspace_driver import WorkspaceDriver
from support.actors import ROOT

__all__ = ["check_portal_users", "check_rights"]

_DAYS = (0, 0, -1, -30, -400, 30)


def check_rights(driver: WorkspaceDriver, session: Session, actor: User, random: Random) -> None:
    """Ask a random choice of questions about one contact.

    Args:
        driver: The workspace and its model.
        session: Session of the actor.
        actor: Who asks.
        random: Chooses the questions.
    """
    driver.rights.forget()
    seen = driver.model.visible(actor)
    crowds = {id: len(driver.model.people_of(actor, id)) for id in seen}
    crowded = [id for id in seen if crowds[id]] or seen
    if crowded:
        client = random.choice(crowded) if random.random() < 0.5 else max(crowded, key=lambda id: crowds[id])
        _check_authorities(driver, session, actor, client, random)
        _check_notifications(driver, session, actor, client, random)
        _check_logins(driver, session, actor, client, random)


def _check_authorities(driver: WorkspaceDriver, session: Session, actor: User, client: str, random: Random) -> None:
    affiliations = driver.model.people_of(actor, client)
    people = [affiliation.person for affiliation in affiliations]
    granted = [
        (affiliation.person, one.slug)
        for affiliation in affiliations
        for one in driver.rights.right(affiliation.id).grants
    ]
    strangers = [id for id in driver.model.visible(actor) if driver.model.contacts[id].kind == "person"]
    asked = [*people, *random.sample(strangers, min(len(strangers), 2))]
    for _ in range(3 if asked else 0):
        person, authority = random.choice(asked), random.choice(AUTHORITIES)
        if granted and random.random() < 0.8:
            person, authority = random.choice(granted)
        day = driver.model.day + timedelta(days=random.choice(_DAYS))
        together = random.sample(people, min(len(people), random.randrange(3)))
        got = session.people.may(person, authority, client, on=day, together_with=together)
        wanted = driver.rights.may(actor, person, authority, client, day, together)
        assert (got.allowed, got.reason, set(got.with_others)) == wanted, f"{person} may {authority} on {day}: {got}"
        assert (
            not got.allowed or got.reason == "self" or (got.authority is not None and got.authority.slug == authority)
        )


def _check_notifications(driver: WorkspaceDriver, session: Session, actor: User, client: str, random: Random) -> None:
    rights, listed = driver.rights, session.people.list(client)
    primary = next((one.id for one in listed if one.primary), None)
    for name in PURPOSES:
        chosen = rights.primary_for(actor, client, name)
        got = session.people.primary_for(client, name)
        assert (None if got is None else got.id) == (chosen or primary), f"another person is primary for {name}"
        current = [one.id for one in listed if name in one.purposes and one.is_current(driver.model.day)]
        assert current == ([chosen] if chosen else []), f"not exactly one person is primary for {name}"
    purpose = random.choice((None, *PURPOSES))
    for topic in random.sample(TOPICS, 2):
        answer = session.notifications.recipients(client, topic, purpose=purpose, about="project")
        wanted = rights.codes(actor, client, topic, purpose, primary)
        codes = {one.person_id: one.code for one in answer.explained}
        assert codes == wanted, f"{actor.name} gets {codes} for {topic} instead of {wanted}"
        mailed = {id for id, code in wanted.items() if code == "preference" or code.startswith("fall-back")}
        by_person = {
            affiliation.person: rights.address(affiliation) for affiliation in driver.model.people_of(actor, client)
        }
        addresses = {one.person_id: one.email.text for one in answer.chosen}
        assert set(addresses) == mailed, "the chosen recipients differ from the explained ones"
        own = driver.model.contacts[client].emails
        reached_at = ({client: own[0].text} if own else {}) | by_person
        assert all(addresses[id] == reached_at[id] for id in mailed if id), "a recipient is mailed at another address"
    wanting = {id for id, code in wanted.items() if code == "preference"}
    assert set(session.notifications.preselected(client, topic, about="project")) == wanting, (
        "the preselected persons differ from those with the preference"
    )
    people = list(by_person)
    selected = random.sample(people, min(len(people), random.randrange(4)))
    affiliations = [
        affiliation for affiliation in driver.model.people_of(actor, client) if affiliation.person in selected
    ]
    reached = {
        rights.address(affiliation).casefold() for affiliation in affiliations if not rights.hindrance(affiliation)
    }
    by_hand = session.notifications.by_hand(client, "invoice", selected)
    assert {one.email.text.casefold() for one in by_hand.chosen} == reached, "a choice by hand reaches other addresses"
    assert all(one.reason == "manual" and one.person_id in selected for one in by_hand.chosen)


def _check_logins(driver: WorkspaceDriver, session: Session, actor: User, client: str, random: Random) -> None:
    rights = driver.rights
    people = dict.fromkeys(affiliation.person for affiliation in driver.model.people_of(actor, client))
    if isinstance(driver.model.contacts[client], Person):
        people[client] = None
    wanted = {id for person in people if (id := rights.login_of(person)) is not None}
    assert {one.id for one in session.portal.logins(client)} == wanted, "the logins differ"
    for id in random.sample(sorted(rights.logins), min(3, len(rights.logins))):
        login = rights.logins[id]
        if not driver.model.sees(actor, login.person):
            _is_hidden(session, id)
            continue
        opened = {one for one in rights.opens(login) if driver.model.sees(actor, one)}
        assert {one.id for one in session.portal.clients(id)} == opened, "the login opens other clients"
        assert session.portal.get(id).state == login.state
        shown = [module.slug for module in session.portal.menu(id, client)]
        assert shown == rights.menu(login, client), f"the menu shows {shown}"
        module = random.choice((*MODULES, "nonsense"))
        answer = session.portal.may_see(id, client, module)
        assert answer.allowed == (module in shown), "a hidden module is allowed, or a shown one refused"
        if not answer.allowed:
            offered = module in MODULES and module not in rights.archived
            reason = "no-permission" if offered else "module-unknown"
            assert answer.reason == (reason if client in rights.opens(login) else "not-open")


def _is_hidden(session: Session, login: str) -> None:
    raised = ""
    try:
        session.portal.get(login)
    except ContactCoreError as error:
        raised = type(error).__name__
    assert raised == "NotFound", "the login of a hidden person is shown"


def check_portal_users(driver: WorkspaceDriver, random: Random) -> None:
    """Check that portal users see their client and nothing else.

    Args:
        driver: The workspace and its model.
        random: Chooses logins and clients.
    """
    driver.rights.forget()
    logins, clients = sorted(driver.rights.logins), sorted(driver.model.contacts)
    if not logins or not clients:
        return
    for id in random.sample(logins, min(3, len(logins))):
        login = driver.rights.logins[id]
        opened = driver.rights.opens(login)
        with driver.workspace.read(ROOT) as session:
            epoch = session.portal.get(id).epoch if driver.model.sees(ROOT, login.person) else 0
        for client in (random.choice(sorted(opened) or clients), random.choice(clients)):
            raised = ""
            try:
                with driver.workspace.read(PortalUser(id, client, epoch)) as session:
                    assert client in opened, "the login opens a client that it may not open"
                    assert {one.id for one in session.portal.clients(id)} == set(opened)
                    assert [one.slug for one in session.portal.menu(id, client)] == driver.rights.menu(login, client)
                    assert session.contacts.get(client).id == client
                    assert {card.id for card in session.contacts.page(role="any")} == {client}, (
                        "other contacts are shown"
                    )
            except ContactCoreError as error:
                raised = type(error).__name__
            assert raised == ("" if client in opened else "Forbidden"), f"a portal user gets {raised}"
