"""Actions on authorities, notifications, permissions and purposes."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

import attrs

from contactcore.model import MODULES, TOPICS, Affiliation, Authority, Person, User
from model_based.rights_model import Grant
from model_based.workspace_driver import ACTORS, Action, WorkspaceDriver
from model_based.workspace_model import AffiliationModel

__all__ = ["AUTHORITIES", "PURPOSES", "RIGHTS_ACTIONS"]

AUTHORITIES: Final = ("contact", "collect-mail", "represent")
PURPOSES: Final = ("billing", "technical")
_WORK: Final = ("work1@firm.example", "Work2@firm.example", "work3@firm.example", "jane.doe@bois.fr")
_NEAR: Final = (None, None, -400, -30, -1, 0, 1, 30)


def _some(random: Random, all_of: tuple[str, ...]) -> set[str]:
    return {one for one in all_of if random.random() < 0.5}


def _maybe(random: Random, all_of: tuple[str, ...]) -> set[str] | None:
    return None if random.random() < 0.3 else _some(random, all_of)


def _near(driver: WorkspaceDriver, random: Random) -> date | None:
    days = random.choice(_NEAR)
    return None if days is None else driver.model.day + timedelta(days=days)


def _take_over(driver: WorkspaceDriver, affiliation: AffiliationModel) -> None:
    """Copy the stored affiliation, whose version the model does not know."""
    with driver.workspace.read(ACTORS[-1]) as session:
        affiliation.stored = session.people.get(affiliation.id)
    driver.affiliations_before.append(affiliation.stored)


def _join_refusal(driver: WorkspaceDriver, actor: User, client: str, person: str) -> str:
    if not driver.model.sees(actor, person):
        return "NotFound"
    if not isinstance(driver.model.contacts[person], Person) or person == client:
        return "Invalid"
    pairs = [
        (affiliation.client, affiliation.person)
        for affiliation in driver.model.affiliations.values()
        if not affiliation.trash
    ]
    return "Duplicate" if (client, person) in pairs else ""


def grant(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Grant an authority."""
    affiliation, first, last = driver.some_live_affiliation(random), _near(driver, random), _near(driver, random)
    if affiliation is None or (first and last and last < first):
        return
    wanted = Grant(random.choice(AUTHORITIES), first, last, random.random() < 0.4)
    expected = driver.affiliation_refusal(actor, affiliation)
    with driver.expecting(actor, expected) as session:
        session.people.grant(affiliation.id, Authority(**attrs.asdict(wanted)))
    if not expected:
        driver.rights.right(affiliation.id).grants.append(wanted)
        _take_over(driver, affiliation)


def withdraw(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Withdraw an authority from a day on."""
    affiliation, authority, day = (
        driver.some_live_affiliation(random),
        random.choice(AUTHORITIES),
        _near(driver, random),
    )
    if affiliation is None:
        return
    expected = driver.affiliation_refusal(actor, affiliation)
    if expected != "NotFound" and all(one.slug != authority for one in driver.rights.right(affiliation.id).grants):
        expected = "Invalid"
    with driver.expecting(actor, expected) as session:
        session.people.withdraw(affiliation.id, authority, on=day)
    if expected:
        return
    right, last_day = driver.rights.right(affiliation.id), (day or driver.model.day) - timedelta(days=1)
    kept = []
    for one in right.grants:
        if one.slug != authority or (one.end and one.end <= last_day):
            kept.append(one)
        elif one.start is None or one.start <= last_day:
            kept.append(attrs.evolve(one, end=last_day))
    right.grants = kept
    _take_over(driver, affiliation)


def set_rights(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Set permissions, notification preferences and e-mail address of an affiliation."""
    affiliation = driver.some_live_affiliation(random)
    if affiliation is None:
        return
    modules, topics, email = _maybe(random, MODULES), _maybe(random, TOPICS), random.choice(("", *_WORK))
    expected = driver.affiliation_refusal(actor, affiliation)
    with driver.expecting(actor, expected) as session:
        changes: dict[str, Any] = {"permissions": modules, "notifications": topics, "email": email or None}
        session.people.save(attrs.evolve(session.people.get(affiliation.id), **changes))
    if not expected:
        right = driver.rights.right(affiliation.id)
        lost = {right.email.casefold()} if right.email else set()
        right.modules, right.topics, changed = modules, topics, email.casefold() != right.email.casefold()
        right.email = email
        if changed:
            driver.rights.corrected(actor, affiliation.person, lost, affiliation.id)
        _take_over(driver, affiliation)


def choose_for_purpose(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Choose the primary person of a purpose, or withdraw the choice."""
    affiliation, purpose, on = driver.some_live_affiliation(random), random.choice(PURPOSES), random.random() < 0.8
    if affiliation is None:
        return
    expected = driver.affiliation_refusal(actor, affiliation)
    if not expected and on and not affiliation.current(driver.model.day):
        expected = "Invalid"
    with driver.expecting(actor, expected) as session:
        session.people.make_primary_for(affiliation.id, purpose, on=on)
    if expected:
        return
    if on:
        driver.rights.choose(affiliation, purpose)
    else:
        driver.rights.right(affiliation.id).purposes.discard(purpose)


def decide(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Change a setting of the workspace; only admins may."""
    rights, topic, chosen = driver.rights, random.choice(TOPICS), random.random() < 0.5
    steps = [step for step in ("purpose", "primary", "client") if random.random() < 0.5]
    topics, modules = _some(random, TOPICS), _some(random, MODULES)
    module = random.choice(MODULES)
    what = random.randrange(5)
    with driver.expecting(actor, "" if actor.admin else "Forbidden") as session:
        notices, settings = session.settings.notices, session.settings
        if what == 0:
            notices.need_permission(on=chosen)
        elif what == 1:
            notices.set_default(topics)
        elif what == 2:
            notices.set_fall_back(topic, random.sample(steps, len(steps)))
        elif what == 3:
            settings.set_default_permissions(modules)
        else:
            settings.archive_module(module, archived=chosen)
    if not actor.admin:
        return
    if what == 0:
        rights.needs_permission = chosen
    elif what == 1:
        rights.topics = topics
    elif what == 2:
        rights.fall_backs[topic] = steps
    elif what == 3:
        rights.modules = modules
    else:
        (rights.archived.add if chosen else rights.archived.discard)(module)


def add_by_email(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Add a contact person by e-mail address: a person who has or had the address is found first."""
    client, email = driver.some_contact(random), random.choice((*_WORK, "INFO@acme.example", "new@firm.example"))
    holders = driver.rights.holders(actor, email)
    expected = driver.refusal(actor, client)
    if not expected and holders:
        expected = "Invalid" if len(holders) > 1 else _join_refusal(driver, actor, client, next(iter(holders)))
    got: Affiliation | None = None
    with driver.expecting(actor, expected) as session:
        got = session.people.add(client, email)
    if expected or got is None or got.person is None:
        return
    if holders:
        assert holders == {got.person_id}, "another person was found"
    else:
        stored = driver.model.contacts[client]
        defaults = {"access": stored.access, "responsibles": stored.responsibles}
        driver.added(actor, Person(emails=[email]), got.person, **defaults)
    driver.model.affiliations[got.id] = AffiliationModel(got.id, client, got.person_id, got)
    driver.rights.joined(driver.model.affiliations[got.id])
    driver.affiliations_before.append(got)


def change_employer(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Move a person from one contact to another."""
    affiliation, client = driver.some_live_affiliation(random), driver.some_contact(random)
    if affiliation is None:
        return
    model, right = driver.model, driver.rights.right(affiliation.id)
    first = model.day + timedelta(days=random.choice((0, 0, 0, 10, -100)))
    person = model.contacts[affiliation.person]
    retire = [email.text.upper() for email in person.emails if random.random() < 0.5]
    keys = {email.casefold() for email in (*retire, right.email) if email}
    leaving = [email for email in person.emails if email.text.casefold() in keys]
    last = first - timedelta(days=1)
    expected = driver.affiliation_refusal(actor, affiliation)
    if (
        not expected
        and affiliation.stored.start
        and min(affiliation.stored.end or last, last) < affiliation.stored.start
    ):
        expected = "Invalid"
    if not expected and leaving:
        expected = "" if model.changes(actor, person.id) else "Forbidden"
        bare = isinstance(person, Person) and not (person.given_name or person.family_name or person.phones)
        if not expected and bare and len(leaving) == len(person.emails):
            expected = "Invalid"
    expected = expected or driver.refusal(actor, client) or _join_refusal(driver, actor, client, affiliation.person)
    got: Affiliation | None = None
    with driver.expecting(actor, expected) as session:
        got = session.people.change_employer(affiliation.id, client, on=first, retire=retire)
    if expected or got is None:
        return
    model.affiliations[got.id] = AffiliationModel(got.id, client, affiliation.person, got)
    driver.rights.joined(model.affiliations[got.id])
    if not right.email and leaving:
        right.email = leaving[0].text
        driver.rights.corrected(actor, person.id, set(), affiliation.id)
    right.retired |= {email.text.casefold() for email in leaving}
    with driver.workspace.read(ACTORS[-1]) as session:
        now = session.contacts.get(person.id)
        assert now.emails == tuple(email for email in person.emails if email not in leaving), "others were retired"
        assert (now.version > person.version) == bool(leaving)
    model.contacts[person.id] = now
    if leaving:
        driver.rights.corrected(actor, person.id, keys)
    driver.read_before.append(now)
    driver.affiliations_before.append(got)
    _take_over(driver, affiliation)
    assert affiliation.stored.end is not None
    assert affiliation.stored.end <= last


def delete_person(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Delete a person, mostly a person with a login or with several affiliations."""
    held = {login.person for login in driver.rights.logins.values()}
    live = [affiliation.person for affiliation in driver.model.affiliations.values() if not affiliation.trash]
    chosen = [person for person in live if person in held or live.count(person) > 1] or live
    if not chosen:
        return
    id = random.choice(chosen)
    expected = driver.refusal(actor, id)
    with driver.expecting(actor, expected) as session:
        session.contacts.delete(id)
    if not expected:
        driver.model.delete(actor, id)


RIGHTS_ACTIONS: Final[tuple[Action, ...]] = (
    *(grant,) * 2,
    withdraw,
    *(set_rights,) * 2,
    *(choose_for_purpose,) * 2,
    decide,
    add_by_email,
    change_employer,
    delete_person,
)
"""Actions on what contact persons may do, see and receive; some are more likely."""
