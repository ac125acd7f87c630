"""Actions of the portal: invitations, links, passwords, signing in and the state of logins."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from contactcore.model import User
from model_based.rights_model import LoginModel
from model_based.workspace_driver import Action, WorkspaceDriver

__all__ = ["PORTAL_ACTIONS"]

_LOGINS: Final = ("l1@portal.example", "L1@portal.example", "l2@portal.example", "l3@portal.example", "l4@p.example")
_WORDS: Final = ("correct horse", "battery staple")


def invite(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Give a contact person a login or a new link."""
    affiliation, rights = driver.some_live_affiliation(random), driver.rights
    if affiliation is None:
        return
    rights.forget()
    email = random.choice((None, *_LOGINS))
    password, send = random.choice((None, None, *_WORDS)), random.random() < 0.3
    known = rights.login_of(affiliation.person)
    expected = driver.affiliation_refusal(actor, affiliation)
    if not expected and rights.hindrance(affiliation) in {"inactive", "past"}:
        expected = "Invalid"
    wanted = email or rights.address(affiliation)
    if not expected and known is not None:
        login = rights.logins[known]
        other = email is not None and email.casefold() != login.email.casefold()
        expected = "Invalid" if other or password or login.state == "suspended" else ""
    elif not expected and not wanted:
        expected = "Invalid"
    elif not expected:
        names = {one.email.casefold() for one in rights.logins.values() if one.state != "closed"}
        expected = "Duplicate" if wanted.casefold() in names else ""
    made: Any = None
    with driver.expecting(actor, expected) as session:
        made = session.portal.invite(affiliation.id, email, password, send=send)
    if expected:
        return
    if known is None:
        kept_back = rights.kept_back(actor, affiliation.person)
        rights.logins[made.login.id] = LoginModel(
            wanted, affiliation.person, password=password or "", withheld=kept_back
        )
    else:
        rights.logins[known].withheld &= rights.kept_back(actor, affiliation.person)
    given = actor.admin if known is not None else send or password is None
    assert bool(made.token) == given, "the link was given to an actor who may not have it, or was not given"
    if given or send:
        rights.logins[made.login.id].token = made.token
    rights.logins[made.login.id].email = wanted if known is None else rights.logins[made.login.id].email


def set_password(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Set a password by link, perhaps by a link that was used, replaced or withdrawn."""
    driver.rights.forget()
    alive = {login.token: login for login in driver.rights.logins.values() if login.token}
    driver.tokens_seen |= set(alive)
    token, word = random.choice([*sorted(driver.tokens_seen), "no token"]), random.choice(_WORDS)
    if alive and random.random() < 0.5:
        token = random.choice(sorted(alive))
    with driver.expecting(actor, "" if token in alive else "Invalid") as session:
        session.portal.set_password(token, word)
    if token in alive:
        login = alive[token]
        login.password, login.token, login.failures, login.locked = word, "", 0, None


def ask_for_link(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Ask for a new link by letter, which invalidates the older link."""
    driver.rights.forget()
    email = random.choice(_LOGINS)
    with driver.expecting(actor, "") as session:
        session.portal.request_password(email)
    for login in driver.rights.logins.values():
        if login.email.casefold() == email.casefold() and driver.rights.opens(login):
            login.token = ""


def sign_in(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Try to sign in, sometimes six times with a wrong password."""
    rights = driver.rights
    rights.forget()
    email = random.choice((*_LOGINS, "nobody@example.org", *(login.email for login in rights.logins.values())))
    times = 6 if random.random() < 0.1 else 1
    known = [login.password for login in rights.logins.values() if login.email.casefold() == email.casefold()]
    word = random.choice((*_WORDS, *(one for one in known if one), *(one for one in known if one)))
    for _ in range(times):
        tried = "wrong horse" if times > 1 else word
        with driver.expecting(actor, "") as session:
            answer = session.portal.authenticate(email, tried)
        wanted = rights.sign_in(email, tried, driver.clock.now)
        assert answer.reason == wanted, f"signing in gives {answer.reason} instead of {wanted}"
        if answer.login is not None:
            opened = set(rights.opens(rights.logins[answer.login.id]))
            assert {client.id for client in answer.clients} == opened, "the login opens other clients"
    if random.random() < 0.1:
        _skip_minutes(driver)


def _skip_minutes(driver: WorkspaceDriver) -> None:
    """Move the clock by two minutes, unless the day is nearly over."""
    if driver.clock.now.hour < 20:
        driver.clock.forward(minutes=2)


def change_login(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Suspend, reopen or close a login."""
    rights = driver.rights
    rights.forget()
    if not rights.logins:
        return
    id, act = (
        random.choice(sorted(rights.logins)),
        random.choice(("suspend", "reopen", "suspend", "reopen", "close")),
    )
    login = rights.logins[id]
    expected = rights.handles(actor, login)
    if not expected and login.state == "closed" and act != "close":
        expected = "Invalid"
    with driver.expecting(actor, expected) as session:
        getattr(session.portal, act)(id)
    if expected:
        return
    if act == "suspend" and login.state != "suspended":
        login.token = ""
    if act == "close":
        login.token = login.password = ""
    login.state = {"suspend": "suspended", "reopen": "active", "close": "closed"}[act]


PORTAL_ACTIONS: Final[tuple[Action, ...]] = (
    *(invite,) * 3,
    *(set_password,) * 2,
    ask_for_link,
    *(sign_in,) * 3,
    change_login,
)
"""Actions of the portal; some are more likely."""
