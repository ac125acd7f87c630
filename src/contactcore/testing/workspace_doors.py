"""Acts of the portal, to which the same happens as to their model."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from contactcore.model import User
from contactcore.storage import Storage
from contactcore.testing.workspace_rights import RightsDriver
from contactcore.testing.workspace_rights_model import LoginModel

__all__ = ["PORTAL_ACTS", "PortalTable"]

_LOGINS: Final = ("l1@portal.example", "L1@portal.example", "l2@portal.example", "l3@portal.example", "l4@p.example")
_WORDS: Final = ("correct horse", "battery staple")


class PortalTable(RightsDriver):
    """A workspace with a model of who has a login, and what opens it.

    Args:
        storage: Fresh; any.
    """

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self.tokens_seen: set[str] = set()

    def invite(self, random: Random, actor: User) -> None:
        """Somebody gives a contact person a login, or a new link."""
        link, rights = self._live_link(random), self.rights
        if link is None:
            return
        rights.forget()
        email = random.choice((None, *_LOGINS))
        password, send = random.choice((None, None, *_WORDS)), random.random() < 0.3
        known = rights.login_of(link.person)
        expected = self._link_refusal(actor, link)
        if not expected and rights.hindrance(link) in {"inactive", "past"}:
            expected = "Invalid"
        wanted = email or rights.address(link)
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
        with self._expecting(actor, expected) as session:
            made = session.portal.invite(link.id, email, password, send=send)
        if expected:
            return
        if known is None:
            kept_back = rights.kept_back(actor, link.person)
            rights.logins[made.login.id] = LoginModel(wanted, link.person, password=password or "", withheld=kept_back)
        else:
            rights.logins[known].withheld &= rights.kept_back(actor, link.person)
        told = actor.admin if known is not None else send or password is None
        assert bool(made.token) == told, "a link was told to who may not know it, or kept back"
        if told or send:
            rights.logins[made.login.id].token = made.token
        rights.logins[made.login.id].email = wanted if known is None else rights.logins[made.login.id].email

    def set_password(self, random: Random, actor: User) -> None:
        """Somebody uses a link, perhaps one that was used, replaced or withdrawn."""
        self.rights.forget()
        alive = {login.token: login for login in self.rights.logins.values() if login.token}
        self.tokens_seen |= set(alive)
        token, word = random.choice([*sorted(self.tokens_seen), "no token"]), random.choice(_WORDS)
        if alive and random.random() < 0.5:
            token = random.choice(sorted(alive))
        with self._expecting(actor, "" if token in alive else "Invalid") as session:
            session.portal.set_password(token, word)
        if token in alive:
            login = alive[token]
            login.password, login.token, login.failures, login.locked = word, "", 0, None

    def ask_for_link(self, random: Random, actor: User) -> None:
        """Somebody has forgotten the password: the link goes out by letter, and the older one dies."""
        self.rights.forget()
        email = random.choice(_LOGINS)
        with self._expecting(actor, "") as session:
            session.portal.request_password(email)
        for login in self.rights.logins.values():
            if login.email.casefold() == email.casefold() and self.rights.opens(login):
                login.token = ""

    def sign_in(self, random: Random, actor: User) -> None:
        """Somebody tries to get in, now and then again and again."""
        rights = self.rights
        rights.forget()
        email = random.choice((*_LOGINS, "nobody@example.org", *(login.email for login in rights.logins.values())))
        times = 6 if random.random() < 0.1 else 1
        known = [login.password for login in rights.logins.values() if login.email.casefold() == email.casefold()]
        word = random.choice((*_WORDS, *(one for one in known if one), *(one for one in known if one)))
        for _ in range(times):
            tried = "wrong horse" if times > 1 else word
            with self._expecting(actor, "") as session:
                answer = session.portal.authenticate(email, tried)
            wanted = rights.sign_in(email, tried, self.clock.now)
            assert answer.reason == wanted, f"signing in gives {answer.reason} instead of {wanted}"
            if answer.login is not None:
                opened = set(rights.opens(rights.logins[answer.login.id]))
                assert {client.id for client in answer.clients} == opened, "other clients are opened"
        if random.random() < 0.1:
            self.clock.skip(minutes=2)

    def change_login(self, random: Random, actor: User) -> None:
        """Somebody suspends, reopens or closes a login."""
        rights = self.rights
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
        with self._expecting(actor, expected) as session:
            getattr(session.portal, act)(id)
        if expected:
            return
        if act == "suspend" and login.state != "suspended":
            login.token = ""
        if act == "close":
            login.token = login.password = ""
        login.state = {"suspend": "suspended", "reopen": "active", "close": "closed"}[act]


PORTAL_ACTS: Final[tuple[Callable[[PortalTable, Random, User], None], ...]] = (
    *(PortalTable.invite,) * 3,
    *(PortalTable.set_password,) * 2,
    PortalTable.ask_for_link,
    *(PortalTable.sign_in,) * 3,
    PortalTable.change_login,
)
"""What may happen, some of it more often."""
