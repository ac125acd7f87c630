"""The rules of authorities, notices and the portal in plain Python, beside the model of a workspace.

It shares no code with the rules and the use cases that it is held against.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs

from contactcore.model import MODULES, TOPIC_MODULES, AccessPolicy, Person, User
from contactcore.testing.workspace_model import Link, WorkspaceModel

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
    """What an affiliation carries besides its dates; `None` stands for what the workspace has decided."""

    grants: list[Grant] = attrs.field(factory=list)
    modules: set[str] | None = None
    topics: set[str] | None = None
    purposes: set[str] = attrs.field(factory=set)
    email: str = ""
    retired: set[str] = attrs.field(factory=set)


@attrs.define
class LoginModel:
    """A login: its name, its person, and what lets somebody in."""

    email: str
    person: str
    state: str = "active"
    password: str = ""
    token: str = ""
    failures: int = 0
    locked: datetime | None = None
    withheld: set[str] = attrs.field(factory=set)


@attrs.define
class RightsModel:
    """What people may, want and open.

    Attributes:
        base: Who is there, and who sees whom.
        rights: Id of an affiliation -> what it carries.
        logins: Id -> login.
        needs_permission, topics, modules, fall_backs, archived: What the workspace has decided.
    """

    base: WorkspaceModel
    rights: dict[str, Right] = attrs.field(factory=dict)
    logins: dict[str, LoginModel] = attrs.field(factory=dict)
    needs_permission: bool = False
    topics: set[str] = attrs.field(factory=set)
    modules: set[str] = attrs.field(factory=set)
    fall_backs: dict[str, list[str]] = attrs.field(factory=dict)
    archived: set[str] = attrs.field(factory=set)

    def right(self, link: str) -> Right:
        """What an affiliation carries."""
        return self.rights.setdefault(link, Right())

    # Authorities

    def may(
        self, user: User, person: str, authority: str, client: str, day: date, together: list[str]
    ) -> tuple[bool, str, set[str]]:
        """Whether a person may, in a word why, and who holds the authority too."""
        seen = self.base.people_of(user, client)
        own = next((link for link in seen if link.person == person), None)
        if own is None:
            return False, "not-affiliated", set()
        if not own.current(day):
            return False, "not-current", set()
        grants = [grant for grant in self.right(own.id).grants if grant.slug == authority]
        holding = [grant for grant in grants if grant.holds(day)]
        if any(not grant.joint for grant in holding):
            return True, "sole", set()
        if holding:
            others = {
                link.person
                for link in seen
                if link is not own
                and link.current(day)
                and any(grant.slug == authority and grant.holds(day) for grant in self.right(link.id).grants)
            }
            together_with = others & set(together)
            return bool(together_with), "joint" if together_with else "joint-only", others
        if not grants:
            return False, "no-grant", set()
        gaps = [_gap(grant, day) for grant in grants]
        return False, "expired" if min(gaps, key=lambda gap: gap[0])[1] else "not-yet", set()

    # Purposes

    def audience(self, link: Link) -> set[str] | None:
        """The users who see an affiliation, admins aside; None for all."""
        named = [
            set(contact.responsibles)
            for contact in (self.base.contacts[link.client], self.base.contacts[link.person])
            if contact.access is AccessPolicy.PRIVATE
        ]
        return set.intersection(*named) if named else None

    def within(self, inner: Link, outer: Link) -> bool:
        """Whether whoever sees the first affiliation sees the second."""
        few, many = self.audience(inner), self.audience(outer)
        return many is None or (few is not None and few <= many)

    def choose(self, link: Link, purpose: str) -> None:
        """Make somebody primary for a purpose: whoever sees the choice forgets the one before."""
        for other in self.base.links.values():
            if other.client == link.client and not other.trash and self.within(other, link):
                self.right(other.id).purposes.discard(purpose)
        self.right(link.id).purposes.add(purpose)

    def primary_for(self, user: User, client: str, purpose: str) -> str | None:
        """The affiliation that a user is told to be primary for a purpose and in force; None for none of its own."""
        held = [link for link in self.base.people_of(user, client) if purpose in self.right(link.id).purposes]
        now = [link for link in held if link.current(self.base.day)]
        latest = [
            link for link in now if not any(self.within(other, link) and not self.within(link, other) for other in now)
        ]
        return min(latest, key=lambda link: link.seniority).id if latest else None

    # Notices

    def address(self, link: Link) -> str:
        """Where somebody is written to."""
        own = self.base.contacts[link.person].emails
        return self.right(link.id).email or (own[0].text if own else "")

    def codes(self, user: User, client: str, topic: str, purpose: str | None, primary: str | None) -> dict[str, str]:
        """Person -> why they are mailed or not; `""` stands for the client itself.

        Args:
            user: Who asks.
            client: About whom.
            topic: Of the notice.
            purpose: Of the fall-back.
            primary: The affiliation that is shown as primary.
        """
        found: dict[str, str] = {}
        taken: set[str] = set()
        seen = sorted(self.base.people_of(user, client), key=lambda link: (link.id != primary, link.seniority))
        for link in seen:
            code = self.hindrance(link)
            right = self.right(link.id)
            wanted = self.topics if right.topics is None else right.topics
            module = TOPIC_MODULES.get(topic, "")
            shown = self.modules if right.modules is None else right.modules
            if not code and topic not in wanted:
                code = "preference-off"
            if not code and self.needs_permission and module and module not in shown:
                code = "no-permission"
            if not code:
                email = self.address(link).casefold()
                code = "same-address" if email in taken else "preference"
                taken.add(email)
            found[link.person] = code
        if taken:
            return found
        by_step = {"purpose": purpose and self.primary_for(user, client, purpose), "primary": primary}
        for step in ("purpose", "primary"):
            heir = next((link for link in seen if link.id == by_step[step] and not self.hindrance(link)), None)
            if step in self.fall_backs.get(topic, ()) and heir is not None:
                return {**found, heir.person: f"fall-back-{step}"}
        if "client" in self.fall_backs.get(topic, ()) and self.base.contacts[client].emails:
            found[""] = "fall-back-client"
        return found

    def hindrance(self, link: Link) -> str:
        """Why somebody can never be mailed, or `""`."""
        stored, day = link.stored, self.base.day
        if not stored.active:
            return "inactive"
        if stored.end and stored.end < day:
            return "past"
        if stored.start and stored.start > day:
            return "not-yet"
        return "" if self.address(link) else "no-email"

    def holders(self, user: User, email: str) -> set[str]:
        """The people whom a user sees to have or have had an address."""
        asked, found = email.casefold(), set[str]()
        for id in self.base.visible(user):
            contact = self.base.contacts[id]
            if isinstance(contact, Person) and asked in {one.text.casefold() for one in contact.emails}:
                found.add(id)
        for link in self.base.links.values():
            right = self.right(link.id)
            ends = (link.client, link.person)
            if asked in {right.email.casefold(), *right.retired} and not link.trash:
                found |= {link.person} if all(self.base.sees(user, end) for end in ends) else set()
        return found

    # The portal

    def login_of(self, person: str) -> str | None:
        """The login of a person that is not closed."""
        alive = (id for id, one in self.logins.items() if one.person == person and one.state != "closed")
        return next(alive, None)

    def opens(self, login: LoginModel) -> dict[str, Link]:
        """Client -> the affiliation through which a login opens it."""
        if login.state != "active" or login.person in self.base.trash or login.person not in self.base.contacts:
            return {}
        return {
            link.client: link
            for link in self.base.links.values()
            if link.person == login.person
            and not link.trash
            and link.id not in login.withheld
            and link.current(self.base.day)
        }

    def menu(self, login: LoginModel, client: str) -> list[str]:
        """The modules that are visible, in their order."""
        link = self.opens(login).get(client)
        if link is None:
            return []
        modules = self.right(link.id).modules
        permitted = self.modules if modules is None else modules
        return [module for module in MODULES if module in permitted and module not in self.archived]

    def kept_back(self, user: User, person: str) -> set[str]:
        """The affiliations of a person that a user opens to nobody."""
        return {
            link.id
            for link in self.base.links.values()
            if link.person == person and (link.trash or not self.may_change(user, link.client))
        }

    def may_change(self, user: User, id: str) -> bool:
        """Whether a user sees a contact and may change it."""
        return self.base.sees(user, id) and self.base.changes(user, id)

    def handles(self, user: User, login: LoginModel) -> str:
        """What comes of changing a login: `""`, or the refusal."""
        if not self.base.sees(user, login.person):
            return "NotFound"
        clients = [link.client for link in self.base.links.values() if link.person == login.person and not link.trash]
        return "" if any(self.may_change(user, id) for id in (login.person, *clients)) else "Forbidden"

    def sign_in(self, email: str, password: str, now: datetime) -> str:
        """What comes of an attempt, which is counted."""
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
        """Drop the logins of people who are gone for good."""
        gone = [id for id, login in self.logins.items() if login.person not in self.base.contacts]
        for id in gone:
            del self.logins[id]


def _gap(grant: Grant, day: date) -> tuple[int, bool]:
    """How many days lie between a grant and a day, and whether the grant came first."""
    if grant.end is not None and grant.end < day:
        return (day - grant.end).days, True
    return ((grant.start - day).days if grant.start else 0), False
