"""The rules of authorities, notifications and the portal in plain Python, beside the model of a workspace.

The model shares no code with the rules and the use cases that are checked against it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs

from contactcore.model import MODULES, TOPIC_MODULES, AccessPolicy, Person, User
from model_based.workspace_model import AffiliationModel, WorkspaceModel

__all__ = ["Grant", "LoginModel", "Right", "RightsModel"]


@attrs.frozen
class Grant:
    """An authority from a first to a last day."""

    slug: str
    start: date | None
    end: date | None
    joint: bool

    def holds(self, day: date) -> bool:
        """Whether it is in force."""
        return not ((self.start and day < self.start) or (self.end and day > self.end))


@attrs.define
class Right:
    """The rights of an affiliation; `None` stands for the default of the workspace."""

    grants: list[Grant] = attrs.field(factory=list)
    modules: set[str] | None = None
    topics: set[str] | None = None
    purposes: set[str] = attrs.field(factory=set)
    email: str = ""
    retired: set[str] = attrs.field(factory=set)


@attrs.define
class LoginModel:
    """A login: its e-mail address, its person, its maker, its password, its link, and what it opens."""

    email: str
    person: str
    maker: User
    follows: str = ""
    left: bool = False
    state: str = "active"
    password: str = ""
    token: str = ""
    mailed: datetime | None = None
    failures: int = 0
    locked: datetime | None = None
    opened: set[str] = attrs.field(factory=set)


@attrs.define
class RightsModel:
    """The authorities, notifications and logins of a workspace.

    Attributes:
        base: The contacts and affiliations of the workspace.
        rights: Id of an affiliation -> its rights.
        logins: Id -> login.
        needs_permission, topics, modules, fall_backs, archived: Settings of the workspace.
    """

    base: WorkspaceModel
    rights: dict[str, Right] = attrs.field(factory=dict)
    logins: dict[str, LoginModel] = attrs.field(factory=dict)
    needs_permission: bool = False
    topics: set[str] = attrs.field(factory=set)
    modules: set[str] = attrs.field(factory=set)
    fall_backs: dict[str, list[str]] = attrs.field(factory=dict)
    archived: set[str] = attrs.field(factory=set)

    def right(self, affiliation: str) -> Right:
        """The rights of an affiliation."""
        return self.rights.setdefault(affiliation, Right())

    # Authorities

    def may(
        self, user: User, person: str, authority: str, client: str, day: date, together: list[str]
    ) -> tuple[bool, str, set[str]]:
        """Whether a person has an authority, the reason, and the other holders of the authority."""
        seen = self.base.people_of(user, client)
        own = next((affiliation for affiliation in seen if affiliation.person == person), None)
        if own is None:
            alone = person == client and isinstance(self.base.contacts[client], Person)
            return (True, "self", set()) if alone else (False, "not-affiliated", set())
        if not own.current(day):
            return False, "not-current", set()
        grants = [grant for grant in self.right(own.id).grants if grant.slug == authority]
        holding = [grant for grant in grants if grant.holds(day)]
        if any(not grant.joint for grant in holding):
            return True, "sole", set()
        if holding:
            others = {
                affiliation.person
                for affiliation in seen
                if affiliation is not own
                and affiliation.current(day)
                and any(grant.slug == authority and grant.holds(day) for grant in self.right(affiliation.id).grants)
            }
            together_with = others & set(together)
            return bool(together_with), "joint" if together_with else "joint-only", others
        if not grants:
            return False, "no-grant", set()
        gaps = [_gap(grant, day) for grant in grants]
        return False, "expired" if min(gaps, key=lambda gap: gap[0])[1] else "not-yet", set()

    # Purposes

    def audience(self, affiliation: AffiliationModel) -> set[str] | None:
        """The users who see an affiliation, without admins; None for all users."""
        named = [
            set(contact.responsibles)
            for contact in (self.base.contacts[affiliation.client], self.base.contacts[affiliation.person])
            if contact.access is AccessPolicy.PRIVATE
        ]
        return set.intersection(*named) if named else None

    def within(self, inner: AffiliationModel, outer: AffiliationModel) -> bool:
        """Whether every user who sees the first affiliation sees the second."""
        few, many = self.audience(inner), self.audience(outer)
        return many is None or (few is not None and few <= many)

    def choose(self, affiliation: AffiliationModel, purpose: str) -> None:
        """Choose the primary person of a purpose; the choice replaces others for all users who see it."""
        for other in self.base.affiliations.values():
            if other.client == affiliation.client and not other.trash and self.within(other, affiliation):
                self.right(other.id).purposes.discard(purpose)
        self.right(affiliation.id).purposes.add(purpose)

    def primary_for(self, user: User, client: str, purpose: str) -> str | None:
        """The current affiliation that is chosen for a purpose, as a user sees it; None if there is none."""
        held = [
            affiliation
            for affiliation in self.base.people_of(user, client)
            if purpose in self.right(affiliation.id).purposes
        ]
        now = [affiliation for affiliation in held if affiliation.current(self.base.day)]
        latest = [
            affiliation
            for affiliation in now
            if not any(self.within(other, affiliation) and not self.within(affiliation, other) for other in now)
        ]
        return min(latest, key=lambda affiliation: affiliation.seniority).id if latest else None

    # Notifications

    def address(self, affiliation: AffiliationModel) -> str:
        """The e-mail address of an affiliation."""
        right = self.right(affiliation.id)
        own = [one.text for one in self.base.contacts[affiliation.person].emails]
        return right.email or next((one for one in own if one.casefold() not in right.retired), "")

    def codes(self, user: User, client: str, topic: str, purpose: str | None, primary: str | None) -> dict[str, str]:
        """Person -> code of the reason why they are mailed or not; `""` stands for the client itself.

        Args:
            user: Who asks.
            client: Id of the contact.
            topic: Topic of the notification.
            purpose: Purpose of the fall-back.
            primary: Id of the affiliation that is shown as primary.
        """
        seen = sorted(
            self.base.people_of(user, client),
            key=lambda affiliation: (affiliation.id != primary, affiliation.seniority),
        )
        codes = [(one.person, self._wish(one, topic), self.address(one)) for one in seen]
        alone, own = self._themself(client, topic), self.base.contacts[client].emails
        if alone:
            # The primary contact person comes first, then the client, then the other contact persons.
            place = 1 if seen and seen[0].id == primary else 0
            codes.insert(place, (client, alone, own[0].text if own else ""))
        found: dict[str, str] = {}
        taken: set[str] = set()
        for person, code, email in codes:
            found[person] = "same-address" if code == "preference" and email.casefold() in taken else code
            taken |= {email.casefold()} if code == "preference" else set()
        return found if taken else {**found, **self._fall_back(user, client, topic, purpose, primary)}

    def _wish(self, affiliation: AffiliationModel, topic: str) -> str:
        """The code for a contact person, before addresses are compared."""
        right, module = self.right(affiliation.id), TOPIC_MODULES.get(topic, "")
        hindrance = self.hindrance(affiliation)
        if hindrance:
            return hindrance
        if topic not in (self.topics if right.topics is None else right.topics):
            return "preference-off"
        shown = self.modules if right.modules is None else right.modules
        return "no-permission" if self.needs_permission and module and module not in shown else "preference"

    def _fall_back(
        self, user: User, client: str, topic: str, purpose: str | None, primary: str | None
    ) -> dict[str, str]:
        """Who is mailed if nobody wants the notice."""
        steps, emails = self.fall_backs.get(topic, ()), self.base.contacts[client].emails
        seen = {one.id: one for one in self.base.people_of(user, client) if not self.hindrance(one)}
        chosen = self.primary_for(user, client, purpose) if purpose else None
        if "purpose" in steps and chosen in seen:
            return {seen[chosen].person: "fall-back-purpose"}
        if "primary" in steps and primary in seen:
            return {seen[primary].person: "fall-back-primary"}
        if "primary" in steps and primary is None and self._themself(client, topic) and emails:
            return {client: "fall-back-primary"}
        itself = client if isinstance(self.base.contacts[client], Person) else ""
        return {itself: "fall-back-client"} if "client" in steps and emails else {}

    def _themself(self, client: str, topic: str) -> str:
        """The code for a client who is a person and stands for themself, with the workspace's preferences, or `""`."""
        contact, module = self.base.contacts[client], TOPIC_MODULES.get(topic, "")
        if not isinstance(contact, Person):
            return ""
        if not contact.emails:
            return "no-email"
        if topic not in self.topics:
            return "preference-off"
        return "no-permission" if self.needs_permission and module and module not in self.modules else "preference"

    def hindrance(self, affiliation: AffiliationModel) -> str:
        """The reason why an affiliation cannot be mailed, or `""`."""
        stored, day = affiliation.stored, self.base.day
        if not stored.active:
            return "inactive"
        if stored.end and stored.end < day:
            return "past"
        if stored.start and stored.start > day:
            return "not-yet"
        return "" if self.address(affiliation) else "no-email"

    def holders(self, user: User, email: str) -> set[str]:
        """The people who have or had an address, as far as a user sees them."""
        asked, found = email.casefold(), set[str]()
        for id in self.base.visible(user):
            contact = self.base.contacts[id]
            if isinstance(contact, Person) and asked in {one.text.casefold() for one in contact.emails}:
                found.add(id)
        for affiliation in self.base.affiliations.values():
            right = self.right(affiliation.id)
            ends = (affiliation.client, affiliation.person)
            if asked in {right.email.casefold(), *right.retired} and not affiliation.trash:
                found |= {affiliation.person} if all(self.base.sees(user, end) for end in ends) else set()
        return found

    # The portal

    def login_of(self, person: str) -> str | None:
        """The login of a person that is not closed."""
        alive = (id for id, one in self.logins.items() if one.person == person and one.state != "closed")
        return next(alive, None)

    def opens(self, login: LoginModel) -> dict[str, AffiliationModel]:
        """Client -> the affiliation through which a login opens it."""
        if login.state != "active" or login.person in self.base.trash or login.person not in self.base.contacts:
            return {}
        return {
            affiliation.client: affiliation
            for affiliation in self.base.affiliations.values()
            if affiliation.person == login.person
            and not affiliation.trash
            and affiliation.id in login.opened
            and affiliation.current(self.base.day)
        }

    def menu(self, login: LoginModel, client: str) -> list[str]:
        """The visible modules, in their order."""
        affiliation = self.opens(login).get(client)
        if affiliation is None:
            return []
        modules = self.right(affiliation.id).modules
        permitted = self.modules if modules is None else modules
        return [module for module in MODULES if module in permitted and module not in self.archived]

    def openable(self, user: User, person: str) -> set[str]:
        """The affiliations of a person that a user may open by a login."""
        return {
            affiliation.id
            for affiliation in self.base.affiliations.values()
            if affiliation.person == person and not affiliation.trash and self.may_change(user, affiliation.client)
        }

    def joined(self, affiliation: AffiliationModel) -> None:
        """Open a new affiliation to the login of its person, if the maker of the login may change the client."""
        id = self.login_of(affiliation.person)
        if id is not None and self.may_change(self.logins[id].maker, affiliation.client):
            self.logins[id].opened.add(affiliation.id)

    def own_address(self, person: str, affiliation: str = "") -> str:
        """The address of an affiliation that is not in the trash, else of a person."""
        there = self.base.affiliations.get(affiliation)
        own = [one.text for one in self.base.contacts[person].emails]
        if there is None or there.trash:
            return next(iter(own), "")
        right = self.right(affiliation)
        return right.email or next((one for one in own if one.casefold() not in right.retired), "")

    def is_at_its_address(self, login: LoginModel) -> bool:
        """Whether links may go to the name of a login: it follows the address, or has a password and nobody left it."""
        if self.has_left(login):
            return False
        if login.password or not login.follows:
            return True
        return self.own_address(login.person, login.follows).casefold() == login.email.casefold()

    def has_left(self, login: LoginModel) -> bool:
        """Whether the name of a login is an address that its person had and has no more."""
        own = {one.id: one for one in self.base.affiliations.values() if one.person == login.person and not one.trash}
        kept, former = {email.text.casefold() for email in self.base.contacts[login.person].emails}, set[str]()
        for id, one in own.items():
            over = not one.stored.active or (one.stored.end is not None and one.stored.end < self.base.day)
            (former if over else kept).add(self.right(id).email.casefold())
            former |= self.right(id).retired
        gone = login.follows not in {"", login.person, *own}
        return login.email.casefold() not in kept and (login.left or gone or login.email.casefold() in former)

    def corrected(self, user: User, person: str, lost: set[str], affiliation: str = "") -> None:
        """Move the login of a person after a user changed addresses; `lost` are the folded former addresses."""
        id = self.login_of(person)
        if id is None:
            return
        login = self.logins[id]
        if login.password:
            login.left = login.left or login.email.casefold() in lost
            return
        if not login.follows and login.email.casefold() not in lost:
            return
        address = self.own_address(person, login.follows or affiliation)
        if address.casefold() != login.email.casefold():
            self.moved(user, login, address)

    def moved(self, user: User, login: LoginModel, address: str) -> None:
        """Give a login another address, unless it is taken."""
        login.token, login.mailed, login.maker = "", None, user
        login.opened &= self.openable(user, login.person)
        if address and not self.taken(address):
            login.email = address

    def taken(self, address: str) -> bool:
        """Whether a login has an address as its name. A login whose person is in the trash gives its name up."""
        same = [
            one for one in self.logins.values() if one.state != "closed" and one.email.casefold() == address.casefold()
        ]
        for one in same:
            if one.person not in self.base.trash:
                return True
            one.state, one.password, one.token = "closed", "", ""
            self.base.losses[one.person] = self.base.losses.get(one.person, 0) + 1
        return False

    def may_change(self, user: User, id: str) -> bool:
        """Whether a user sees a contact and may change it."""
        return self.base.sees(user, id) and self.base.changes(user, id)

    def handles(self, user: User, login: LoginModel) -> str:
        """The refusal of a change of a login, or `""`."""
        if not self.base.sees(user, login.person):
            return "NotFound"
        clients = [
            affiliation.client
            for affiliation in self.base.affiliations.values()
            if affiliation.person == login.person and not affiliation.trash
        ]
        return "" if any(self.may_change(user, id) for id in (login.person, *clients)) else "Forbidden"

    def sign_in(self, email: str, password: str, now: datetime) -> str:
        """The reason that an attempt to sign in gives; failures are counted."""
        login = next(
            (one for one in self.logins.values() if one.email.casefold() == email.casefold() and one.state != "closed"),
            None,
        )
        if login is None or (login.locked and now < login.locked):
            return "refused"
        if not login.password or password != login.password:
            login.failures += 1
            if login.failures >= 5:
                login.locked = now + min(timedelta(minutes=2 ** (login.failures - 5)), timedelta(hours=1))
            return "refused"
        if login.state == "suspended":
            return "suspended"
        login.failures, login.locked = 0, None
        return "ok" if self.opens(login) else "no-client"

    def forget(self) -> None:
        """Remove the logins of purged people."""
        gone = [id for id, login in self.logins.items() if login.person not in self.base.contacts]
        for id in gone:
            del self.logins[id]


def _gap(grant: Grant, day: date) -> tuple[int, bool]:
    """The number of days between a grant and a day, and whether the grant is before the day."""
    if grant.end is not None and grant.end < day:
        return (day - grant.end).days, True
    return ((grant.start - day).days if grant.start else 0), False
