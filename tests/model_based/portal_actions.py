"""Actions of the portal: invitations, links, passwords, signing in and the state of logins."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, Final

from contactcore.model import User
from model_based.rights_model import LoginModel, RightsModel
from model_based.workspace_driver import Action, WorkspaceDriver
from model_based.workspace_model import AffiliationModel

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
    login = rights.logins[known] if known is not None else None
    wanted, follows = _invited_at(rights, affiliation, email, login)
    if not expected and login is not None:
        other = bool(login.password) and email is not None and email.casefold() != login.email.casefold()
        expected = "Invalid" if other or password or login.state == "suspended" else ""
    if not expected:
        expected = "" if wanted else "Invalid"
    if not expected and (login is None or wanted.casefold() != login.email.casefold()):
        expected = "Duplicate" if rights.taken(wanted) else ""
    left = login is not None and bool(login.password) and rights.has_left(login)
    expected = expected or _refused_as_left(left=left, send=send, actor=actor)
    made: Any = None
    with driver.expecting(actor, expected) as session:
        made = session.portal.invite(affiliation.id, email, password, send=send)
    if expected:
        return
    openable = rights.openable(actor, affiliation.person)
    if login is None:
        login = LoginModel(wanted, affiliation.person, actor, follows, password=password or "", opened=openable)
        rights.logins[made.login.id] = login
    elif wanted.casefold() != login.email.casefold():
        rights.moved(actor, login, wanted)
        login.follows = follows
    login.opened |= openable
    assert made.login.email.text == login.email, "the invitation goes to another address"
    given = actor.admin and not left if known is not None else send or password is None
    assert bool(made.token) == given, "the link was given to an actor who may not have it, or was not given"
    if given or send:
        login.token, login.mailed = made.token, driver.clock.now if send else None


def _refused_as_left(*, left: bool, send: bool, actor: User) -> str:
    """The refusal of a letter to an address that the person has no more, of which only admins are told."""
    return "Invalid" if left and send and actor.admin else ""


def _invited_at(
    rights: RightsModel, affiliation: AffiliationModel, email: str | None, login: LoginModel | None
) -> tuple[str, str]:
    """The address to which an affiliation is invited, and the id of what a login at this address follows."""
    own = rights.address(affiliation)
    if login is None or (email and not login.password):
        address = email or own
        return address, affiliation.id if own and address.casefold() == own.casefold() else ""
    if login.password or not login.follows:
        return login.email, login.follows
    there = rights.base.affiliations.get(login.follows)
    source = there if there is not None and not there.trash else None
    if rights.right(affiliation.id).email and (source is None or not rights.right(source.id).email):
        source = affiliation
    if source is None:
        return rights.own_address(login.person), login.person
    return rights.own_address(login.person, source.id), source.id


def set_password(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Set a password by link, perhaps by a link that was used, replaced or withdrawn."""
    driver.rights.forget()
    kept = {login.token: login for login in driver.rights.logins.values() if login.token}
    driver.tokens_seen |= set(kept)
    alive = {token: login for token, login in kept.items() if driver.rights.is_at_its_address(login)}
    token, word = random.choice([*sorted(driver.tokens_seen), "no token"]), random.choice(_WORDS)
    if alive and random.random() < 0.5:
        token = random.choice(sorted(alive))
    with driver.expecting(actor, "" if token in alive else "Invalid") as session:
        session.portal.set_password(token, word)
    if token in alive:
        login = alive[token]
        login.password, login.token, login.mailed, login.failures, login.locked = word, "", None, 0, None


def ask_for_link(driver: WorkspaceDriver, random: Random, actor: User) -> None:
    """Ask for a new link by letter, which invalidates the older link."""
    driver.rights.forget()
    email = random.choice(_LOGINS)
    with driver.expecting(actor, "") as session:
        session.portal.request_password(email)
    for login in driver.rights.logins.values():
        rights = driver.rights
        named = login.email.casefold() == email.casefold() and login.state != "closed"
        if named and rights.opens(login) and rights.is_at_its_address(login) and not _was_just_mailed(driver, login):
            login.token, login.mailed = "", driver.clock.now


def _was_just_mailed(driver: WorkspaceDriver, login: LoginModel) -> bool:
    """Whether a link that is valid still was mailed in the last five minutes."""
    return login.mailed is not None and driver.clock.now - login.mailed < timedelta(minutes=5)


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
        login.token, login.mailed = "", None
    if act == "close":
        login.token, login.password, login.mailed = "", "", None
    login.state = {"suspend": "suspended", "reopen": "active", "close": "closed"}[act]


PORTAL_ACTIONS: Final[tuple[Action, ...]] = (
    *(invite,) * 3,
    *(set_password,) * 2,
    ask_for_link,
    *(sign_in,) * 3,
    change_login,
)
"""Actions of the portal; some are more likely."""
