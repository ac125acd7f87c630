"""The rules of a workspace in plain Python: dicts and loops, slow and obviously right.

It shares no code with the rules, the mapping and the use cases that it is held against. What a page, a letter, a search
or a primary contact person is, it says in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs

from contactcore.model import AccessPolicy, Affiliation, Company, Person, User
from contactcore.text import collation, name_prefix, query_words, words
from contactcore.values import EmailAddress, PhoneNumber

__all__ = ["Link", "WorkspaceModel", "text_words"]

Entity = Person | Company


@attrs.define
class Link:
    """An affiliation: who acts for whom, and since how long."""

    id: str
    client: str
    person: str
    stored: Affiliation
    trash: str = ""

    def current(self, day: date) -> bool:
        """Whether the person acts for the client on a day."""
        started = self.stored.start is None or self.stored.start <= day
        over = self.stored.end is not None and self.stored.end < day
        return self.stored.active and started and not over

    @property
    def seniority(self) -> tuple[str, str]:
        """The longer somebody stands, the smaller."""
        return (str(self.stored.start) if self.stored.start else self.stored.since, self.id)


@attrs.define
class WorkspaceModel:
    """What a workspace holds.

    Attributes:
        day: Today.
        language: Of the directory.
        contacts: Id -> the contact as it is stored.
        trash: Id of a deleted contact -> id of the one that it was deleted with.
        links: Id -> affiliation.
        types, categories: Slug -> the slug that it counts as, `""` once it was removed without replacement.
    """

    day: date
    language: str = "en"
    contacts: dict[str, Entity] = attrs.field(factory=dict)
    trash: dict[str, str] = attrs.field(factory=dict)
    links: dict[str, Link] = attrs.field(factory=dict)
    types: dict[str, str] = attrs.field(factory=dict)
    categories: dict[str, str] = attrs.field(factory=dict)

    # Who sees what

    def reaches(self, user: User, contact: Entity) -> bool:
        """Whether a user would see a contact, in the trash or not."""
        return user.admin or contact.access is not AccessPolicy.PRIVATE or user.name in contact.responsibles

    def sees(self, user: User, id: str) -> bool:
        """Whether a user sees a contact."""
        return id in self.contacts and id not in self.trash and self.reaches(user, self.contacts[id])

    def changes(self, user: User, id: str) -> bool:
        """Whether a user may change a contact that they see."""
        contact = self.contacts[id]
        return user.admin or user.name in contact.responsibles or contact.access is AccessPolicy.SHARED_WRITE

    def regrants(self, user: User, id: str) -> bool:
        """Whether a user may say who sees a contact."""
        return user.admin or user.name in self.contacts[id].responsibles

    def visible(self, user: User) -> list[str]:
        """Ids of all contacts that a user sees."""
        return [id for id in self.contacts if self.sees(user, id)]

    def people_of(self, user: User, client: str) -> list[Link]:
        """The affiliations of a client that a user sees."""
        return [
            link
            for link in self.links.values()
            if link.client == client and not link.trash and self.sees(user, client) and self.sees(user, link.person)
        ]

    # Who is primary

    def longest_standing(self, links: Iterable[Link]) -> str | None:
        """Who follows when the primary one leaves and nobody is named."""
        among = list(links)
        current = [link for link in among if link.current(self.day)]
        first = min(current or among, key=lambda link: link.seniority, default=None)
        return None if first is None else first.id

    # What is deleted together

    def goes_along(self, user: User, client: str) -> set[str]:
        """The mere contact persons that go to the trash with their client."""
        gone = {link.id for link in self.links.values() if not link.trash and client in {link.client, link.person}}
        taken = set()
        for link in self.links.values():
            if link.trash or link.client != client:
                continue
            person = self.contacts[link.person]
            if person.listed or not self.sees(user, link.person) or not self.changes(user, link.person):
                continue
            held = False
            for other in self.links.values():
                if other.trash or other.id in gone or link.person not in {other.client, other.person}:
                    continue
                ends = (other.client, other.person)
                held = held or all(self.sees(user, end) for end in ends)
            if not held and self.audience_within(person, self.contacts[client]):
                taken.add(link.person)
        return taken

    def audience_within(self, inner: Entity, outer: Entity) -> bool:
        """Whether every user who sees the first contact sees the second."""
        if outer.access is not AccessPolicy.PRIVATE:
            return True
        return inner.access is AccessPolicy.PRIVATE and set(inner.responsibles) <= set(outer.responsibles)

    def delete(self, user: User, client: str) -> None:
        """Move a contact to the trash with what hangs on it."""
        gone = {client, *self.goes_along(user, client)}
        for link in self.links.values():
            if not link.trash and {link.client, link.person} & gone:
                link.trash = client
        for id in gone:
            self.trash[id] = client
            self.contacts[id] = attrs.evolve(self.contacts[id], version=self.contacts[id].version + 1)

    def restore(self, root: str) -> None:
        """Bring back what was deleted together, as far as both ends of an affiliation are there."""
        for id in [id for id, with_which in self.trash.items() if with_which == root]:
            del self.trash[id]
            self.contacts[id] = attrs.evolve(self.contacts[id], version=self.contacts[id].version + 1)
        for link in self.links.values():
            if link.trash == root:
                missing = [end for end in (link.client, link.person) if end in self.trash]
                link.trash = self.trash[missing[0]] if missing else ""

    def purge(self, root: str) -> None:
        """Forget what was deleted together."""
        gone = {id for id, with_which in self.trash.items() if with_which == root}
        self.links = {
            id: link
            for id, link in self.links.items()
            if link.trash != root and link.client not in gone and link.person not in gone
        }
        for id in gone:
            del self.contacts[id], self.trash[id]

    # The directory

    def type_of(self, contact: Entity) -> str:
        """The type that counts by now."""
        return self.types.get(contact.type, "") if contact.type else ""

    def categories_of(self, contact: Entity) -> list[str]:
        """The categories that count by now."""
        counted = [self.categories.get(slug, "") for slug in contact.categories]
        return list(dict.fromkeys(slug for slug in counted if slug))

    def sorted_name(self, contact: Entity) -> str:
        """What a contact stands under."""
        if isinstance(contact, Person):
            return contact.name.sort_name(self.language) or contact.display_name
        return contact.display_name

    def shown_name(self, contact: Entity) -> str:
        """What a contact is shown as."""
        if isinstance(contact, Person):
            return contact.display_name_in(str(contact.language or self.language))
        return contact.display_name

    def place(self, id: str) -> tuple[str, str]:
        """Where a contact stands in the directory."""
        return (collation(self.language).key(self.sorted_name(self.contacts[id]))[:256], id)

    def directory(self, user: User, letter: str | None = None, **filters: Any) -> list[str]:
        """The ids of a whole directory, in its order."""
        found = [
            id
            for id in self.visible(user)
            if self._passes(self.contacts[id], **filters)
            and (letter is None or collation(self.language).letter(self.sorted_name(self.contacts[id])) == letter)
        ]
        return sorted(found, key=self.place)

    def _passes(
        self,
        contact: Entity,
        kind: str | None = None,
        type: str | None = None,
        category: str | None = None,
        tag: str | None = None,
        responsible: str | None = None,
        access: AccessPolicy | None = None,
        role: str = "listed",
    ) -> bool:
        meant = None if type is None else self.types.get(type, "")
        grouped = None if category is None else self.categories.get(category, "")
        return (
            kind in {None, contact.kind}
            and (meant is None or (meant != "" and self.type_of(contact) == meant))
            and (grouped is None or (grouped != "" and grouped in self.categories_of(contact)))
            and (tag is None or tag.casefold() in {one.text.casefold() for one in contact.tags})
            and (responsible is None or responsible in contact.responsibles)
            and access in {None, contact.access}
            and (role == "any" or contact.listed == (role == "listed"))
        )

    # The search

    def search(self, user: User, text: str, **filters: Any) -> list[str]:
        """The ids of all hits: names that begin with the text first, each group in directory order."""
        asked = text_words(text)
        if not asked:
            return []
        ways = [asked, _with_domains(text)]
        first, others = [], []
        for id in self.directory(user, **filters):
            contact = self.contacts[id]
            own = contact_words(contact, [self.shown_name(contact), self.sorted_name(contact)])
            begins = [name_prefix(self.shown_name(contact)), name_prefix(self.sorted_name(contact))]
            start = name_prefix(text)
            if start and _holds(own, asked) and any(begin.startswith(start) for begin in begins):
                first.append(id)
            else:
                sources = [own, *(self._link_words(link) for link in self.people_of(user, id))]
                if any(_holds(source, way) for source in sources for way in ways):
                    others.append(id)
        return first + others

    def _link_words(self, link: Link) -> set[str]:
        person, client = self.contacts[link.person], self.contacts[link.client]
        own = contact_words(attrs.evolve(person, tags=()), [self.shown_name(person)])
        for email in [link.stored.email] if link.stored.email else []:
            own |= _email_words(email)
        for phone in [link.stored.phone] if link.stored.phone else []:
            own |= set(phone.search_digits())
        return own | set(words(self.shown_name(client)))


def text_words(text: str) -> list[str]:
    """The words that were typed; an e-mail address is one."""
    found: list[str] = []
    for token in text.split():
        found += [token.casefold()] if "@" in token.strip("@") else query_words(token)
    return found


def _with_domains(text: str) -> list[str]:
    """The same, with what may be a domain in one."""
    found: list[str] = []
    for token in text.split():
        bare = token.lstrip("@")
        dotted = bare != token or "." in bare.strip(".")
        domain = "@" not in bare and dotted and any(map(str.isalpha, bare))
        found += [bare.casefold()] if domain else text_words(token)
    return found


def _holds(there: set[str], asked: list[str]) -> bool:
    return all(any(word.startswith(prefix) for word in there) for prefix in asked)


def contact_words(contact: Entity, names: list[str]) -> set[str]:
    """What a contact is found by."""
    texts = [*names, *(tag.text for tag in contact.tags)]
    if isinstance(contact, Person):
        texts += [contact.given_name, contact.family_name, contact.nickname]
    found = {word for text in texts for word in words(text)}
    for email in contact.emails:
        found |= _email_words(email)
    for phone in contact.phones:
        if isinstance(phone, PhoneNumber):
            found |= set(phone.search_digits())
    return found


def _email_words(email: EmailAddress) -> set[str]:
    local, domain = email.text.rsplit("@", 1)
    return {email.text.casefold(), domain.casefold(), *words(local), *words(domain.rsplit(".", 1)[0])}
