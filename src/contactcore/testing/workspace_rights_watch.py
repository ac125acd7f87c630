"""What several actors are told of authorities, notices and the portal, held against the model."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from contactcore.errors import ContactCoreError
from contactcore.model import MODULES, TOPICS, PortalUser, User
from contactcore.testing.workspace_rights import POWERS, PURPOSES, RightsDriver
from contactcore.workspace.session import Session

__all__ = ["check_portal_users", "check_rights"]

_DAYS = (0, 0, -1, -30, -400, 30)


def check_rights(table: RightsDriver, session: Session, actor: User, random: Random) -> None:
    """Ask some of all questions.

    Args:
        table: What was played.
        session: Of the actor.
        actor: Who asks.
        random: Chooses the questions.
    """
    table.rights.forget()
    seen = table.model.visible(actor)
    crowds = {id: len(table.model.people_of(actor, id)) for id in seen}
    crowded = [id for id in seen if crowds[id]] or seen
    if crowded:
        client = random.choice(crowded) if random.random() < 0.5 else max(crowded, key=lambda id: crowds[id])
        _check_powers(table, session, actor, client, random)
        _check_notices(table, session, actor, client, random)
        _check_logins(table, session, actor, client, random)


def _check_powers(table: RightsDriver, session: Session, actor: User, client: str, random: Random) -> None:
    links = table.model.people_of(actor, client)
    people = [link.person for link in links]
    granted = [(link.person, one.slug) for link in links for one in table.rights.right(link.id).grants]
    for _ in range(3):
        person, authority = random.choice([*people, "nobody", client]), random.choice(POWERS)
        if granted and random.random() < 0.8:
            person, authority = random.choice(granted)
        day = table.model.day + timedelta(days=random.choice(_DAYS))
        together = random.sample(people, min(len(people), random.randrange(3)))
        got = session.people.may(person, authority, client, on=day, together_with=together)
        wanted = table.rights.may(actor, person, authority, client, day, together)
        assert (got.allowed, got.reason, set(got.with_others)) == wanted, f"{person} may {authority} on {day}: {got}"
        assert not got.allowed or (got.authority is not None and got.authority.slug == authority)


def _check_notices(table: RightsDriver, session: Session, actor: User, client: str, random: Random) -> None:
    rights, listed = table.rights, session.people.list(client)
    primary = next((one.id for one in listed if one.primary), None)
    for name in PURPOSES:
        chosen = rights.primary_for(actor, client, name)
        told = session.people.primary_for(client, name)
        assert (None if told is None else told.id) == (chosen or primary), f"another one is primary for {name}"
        current = [one.id for one in listed if name in one.purposes and one.is_current(table.model.day)]
        assert current == ([chosen] if chosen else []), f"not exactly one is primary for {name}"
    purpose = random.choice((None, *PURPOSES))
    for topic in random.sample(TOPICS, 2):
        answer = session.notifications.recipients(client, topic, purpose=purpose)
        wanted = rights.codes(actor, client, topic, purpose, primary)
        codes = {one.person_id: one.code for one in answer.explained}
        assert codes == wanted, f"{actor.name} is told {codes} of {topic} instead of {wanted}"
        mailed = {id for id, code in wanted.items() if code == "preference" or code.startswith("fall-back")}
        by_person = {link.person: rights.address(link) for link in table.model.people_of(actor, client)}
        addresses = {one.person_id: one.email.text for one in answer.chosen}
        assert set(addresses) == mailed, "others are mailed than explained"
        assert all(addresses[id] == by_person[id] for id in mailed if id), "somebody is mailed elsewhere"
    wanting = {id for id, code in wanted.items() if code == "preference"}
    assert set(session.notifications.preselected(client, topic)) == wanting, "others are ticked than want it"
    people = list(by_person)
    selected = random.sample(people, min(len(people), random.randrange(4)))
    links = [link for link in table.model.people_of(actor, client) if link.person in selected]
    reached = {rights.address(link).casefold() for link in links if not rights.hindrance(link)}
    by_hand = session.notifications.by_hand(client, "invoice", selected)
    assert {one.email.text.casefold() for one in by_hand.chosen} == reached, "a choice by hand reaches others"
    assert all(one.reason == "manual" and one.person_id in selected for one in by_hand.chosen)


def _check_logins(table: RightsDriver, session: Session, actor: User, client: str, random: Random) -> None:
    rights = table.rights
    people = dict.fromkeys(link.person for link in table.model.people_of(actor, client))
    wanted = {id for person in people if (id := rights.login_of(person)) is not None}
    assert {one.id for one in session.portal.logins(client)} == wanted, "the logins are others"
    for id in random.sample(sorted(rights.logins), min(3, len(rights.logins))):
        login = rights.logins[id]
        if not table.model.sees(actor, login.person):
            _is_hidden(session, id)
            continue
        opened = {one for one in rights.opens(login) if table.model.sees(actor, one)}
        assert {one.id for one in session.portal.clients(id)} == opened, "the login opens other clients"
        assert session.portal.get(id).state == login.state
        shown = [module.slug for module in session.portal.menu(id, client)]
        assert shown == rights.menu(login, client), f"the menu shows {shown}"
        module = random.choice((*MODULES, "nonsense"))
        answer = session.portal.may_see(id, client, module)
        assert answer.allowed == (module in shown), "hidden and not refused, or shown and refused"
        if not answer.allowed:
            offered = module in MODULES and module not in rights.archived
            reason = "no-permission" if offered else "module-unknown"
            assert answer.reason == (reason if client in rights.opens(login) else "not-open")


def _is_hidden(session: Session, login: str) -> None:
    came = ""
    try:
        session.portal.get(login)
    except ContactCoreError as error:
        came = type(error).__name__
    assert came == "NotFound", "a login of a hidden person is told of"


def check_portal_users(table: RightsDriver, random: Random) -> None:
    """Look through the eyes of a portal user: the own client, and nothing else."""
    table.rights.forget()
    logins, clients = sorted(table.rights.logins), sorted(table.model.contacts)
    if not logins or not clients:
        return
    for id in random.sample(logins, min(3, len(logins))):
        login = table.rights.logins[id]
        opened = table.rights.opens(login)
        for client in (random.choice(sorted(opened) or clients), random.choice(clients)):
            came = ""
            try:
                with table.workspace.read(PortalUser(id, client)) as session:
                    assert client in opened, "somebody is let in who may not be"
                    assert {one.id for one in session.portal.clients(id)} == set(opened)
                    assert [one.slug for one in session.portal.menu(id, client)] == table.rights.menu(login, client)
                    assert session.contacts.get(client).id == client
                    assert {card.id for card in session.contacts.page(role="any")} == {client}, "others are seen"
            except ContactCoreError as error:
                came = type(error).__name__
            assert came == ("" if client in opened else "Forbidden"), f"a portal user gets {came}"
