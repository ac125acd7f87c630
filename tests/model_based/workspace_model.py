"""The rules of a workspace in plain Python: dicts and loops, slow and obviously correct.

The model shares no code with the rules, the mapping and the use cases that are checked against it. It states by itself
what a page, a letter, a search and a primary contact person are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs

from contactcore.model import AccessPolicy, Affiliation, Company, Person, User
from contactcore.text import collation, name_prefix, query_words, words
from contactcore.values import EmailAddress, PhoneNumber

__all__ = ["AffiliationModel", "WorkspaceModel", "text_words"]

Entity = Person | Company


@attrs.define
class AffiliationModel:
    """An affiliation: a person acts for a client.

    Attributes:
        id: Id of the affiliation.
        client: Id of the contact.
        person: Id of the person.
        stored: The affiliation as it was read last.
        trash: Id of the deleted contact with which it went to the trash, `""` if it is not in the trash.
    """

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
        """The seniority as a sort key: smaller for a person who acts longer."""
        return (str(self.stored.start or self.stored.since).replace(" ", "T"), self.id)


@attrs.define
class WorkspaceModel:
    """The contents of a workspace.

    Attributes:
        day: Today.
        language: Language of the directory.
        contacts: Id -> stored contact.
        trash: Id of a deleted contact -> id of the contact with which it was deleted.
        losses: Id of a deleted contact -> the number of records that it may have lost in the trash. Each loss that all
            users who see the contact may know of raises its version.
        affiliations: Id -> affiliation.
        types, categories: Slug -> slug of the replacement; the slug itself while it exists, `""` if it was removed
            without a replacement.
    """

    day: date
    language: str = "en"
    contacts: dict[str, Entity] = attrs.field(factory=dict)
    trash: dict[str, str] = attrs.field(factory=dict)
    losses: dict[str, int] = attrs.field(factory=dict)
    affiliations: dict[str, AffiliationModel] = attrs.field(factory=dict)
    types: dict[str, str] = attrs.field(factory=dict)
    categories: dict[str, str] = attrs.field(factory=dict)

    # Access

    def reaches(self, user: User, contact: Entity) -> bool:
        """Whether a user may see a contact, in the trash or not."""
        return user.admin or contact.access is not AccessPolicy.PRIVATE or user.name in contact.responsibles

    def sees(self, user: User, id: str) -> bool:
        """Whether a user sees a contact."""
        return id in self.contacts and id not in self.trash and self.reaches(user, self.contacts[id])

    def changes(self, user: User, id: str) -> bool:
        """Whether a user may change a contact that they see."""
        contact = self.contacts[id]
        return user.admin or user.name in contact.responsibles or contact.access is AccessPolicy.SHARED_WRITE

    def regrants(self, user: User, id: str) -> bool:
        """Whether a user may change who sees a contact."""
        return user.admin or user.name in self.contacts[id].responsibles

    def visible(self, user: User) -> list[str]:
        """Ids of all contacts that a user sees."""
        return [id for id in self.contacts if self.sees(user, id)]

    def people_of(self, user: User, client: str) -> list[AffiliationModel]:
        """The affiliations of a client that a user sees."""
        return [
            affiliation
            for affiliation in self.affiliations.values()
            if affiliation.client == client
            and not affiliation.trash
            and self.sees(user, client)
            and self.sees(user, affiliation.person)
        ]

    # Primary persons

    def longest_standing(self, affiliations: Iterable[AffiliationModel]) -> str | None:
        """The successor of a primary person if none is named."""
        among = list(affiliations)
        current = [affiliation for affiliation in among if affiliation.current(self.day)]
        first = min(current or among, key=lambda affiliation: affiliation.seniority, default=None)
        return None if first is None else first.id

    # The trash

    def goes_along(self, user: User, client: str) -> set[str]:
        """The mere contact persons that go to the trash with their client."""
        gone = {
            affiliation.id
            for affiliation in self.affiliations.values()
            if not affiliation.trash and client in {affiliation.client, affiliation.person}
        }
        taken = set()
        for affiliation in self.affiliations.values():
            if affiliation.trash or affiliation.client != client:
                continue
            person = self.contacts[affiliation.person]
            if person.listed or not self.sees(user, affiliation.person) or not self.changes(user, affiliation.person):
                continue
            held = False
            for other in self.affiliations.values():
                if other.trash or other.id in gone or affiliation.person not in {other.client, other.person}:
                    continue
                ends = (other.client, other.person)
                held = held or all(self.sees(user, end) for end in ends)
            if not held and self.audience_within(person, self.contacts[client]):
                taken.add(affiliation.person)
        return taken

    def follows(self, user: User, client: str, before: Entity, after: Entity) -> list[str]:
        """The mere contact persons who get the access of their client, because fewer or other users look after it."""
        if set(before.responsibles) == set(after.responsibles) and self.audience_within(before, after):
            return []
        found: dict[str, None] = {}
        for affiliation in self.affiliations.values():
            person = self.contacts[affiliation.person]
            if affiliation.trash or affiliation.client != client or person.listed or not self.regrants(user, person.id):
                continue
            alike = (person.access, set(person.responsibles)) == (before.access, set(before.responsibles))
            others = (
                other
                for other in self.affiliations.values()
                if not other.trash and other.client != client and person.id in {other.client, other.person}
            )
            held = any(self.sees(user, other.client) and self.sees(user, other.person) for other in others)
            if not held and (alike or not self.audience_within(person, after)):
                found[person.id] = None
        return [*found]

    def audience_within(self, inner: Entity, outer: Entity) -> bool:
        """Whether every user who sees the first contact sees the second."""
        if outer.access is not AccessPolicy.PRIVATE:
            return True
        return inner.access is AccessPolicy.PRIVATE and set(inner.responsibles) <= set(outer.responsibles)

    def delete(self, user: User, client: str) -> None:
        """Move a contact to the trash with the records that belong to it."""
        gone = {client, *self.goes_along(user, client)}
        for affiliation in self.affiliations.values():
            if not affiliation.trash and {affiliation.client, affiliation.person} & gone:
                affiliation.trash = client
        for id in gone:
            self.trash[id] = client
            self.contacts[id] = attrs.evolve(self.contacts[id], version=self.contacts[id].version + 1)

    def restore(self, root: str) -> None:
        """Restore what was deleted together; an affiliation waits for both its ends."""
        for id in [id for id, with_which in self.trash.items() if with_which == root]:
            del self.trash[id]
            self.contacts[id] = attrs.evolve(self.contacts[id], version=self.contacts[id].version + 1)
        for affiliation in self.affiliations.values():
            if affiliation.trash == root:
                missing = [end for end in (affiliation.client, affiliation.person) if end in self.trash]
                affiliation.trash = self.trash[missing[0]] if missing else ""

    def purge(self, root: str) -> None:
        """Remove what was deleted together."""
        gone = {id for id, with_which in self.trash.items() if with_which == root}
        for affiliation in self.affiliations.values():
            for end, other in ((affiliation.client, affiliation.person), (affiliation.person, affiliation.client)):
                if affiliation.trash and other in gone and end in self.trash:
                    self.losses[end] = self.losses.get(end, 0) + 1
        self.affiliations = {
            id: affiliation
            for id, affiliation in self.affiliations.items()
            if affiliation.trash != root and affiliation.client not in gone and affiliation.person not in gone
        }
        for id in gone:
            del self.contacts[id], self.trash[id]

    # The directory

    def type_of(self, contact: Entity) -> str:
        """The type of a contact after replacements."""
        return self.types.get(contact.type, "") if contact.type else ""

    def categories_of(self, contact: Entity) -> list[str]:
        """The categories of a contact after replacements."""
        counted = [self.categories.get(slug, "") for slug in contact.categories]
        return list(dict.fromkeys(slug for slug in counted if slug))

    def sorted_name(self, contact: Entity) -> str:
        """The name by which a contact is sorted."""
        if isinstance(contact, Person):
            return contact.name.sort_name(self.language) or contact.display_name
        return contact.display_name

    def shown_name(self, contact: Entity) -> str:
        """The name that a contact shows."""
        if isinstance(contact, Person):
            return contact.display_name_in(str(contact.language or self.language))
        return contact.display_name

    def place(self, id: str) -> tuple[str, str]:
        """The place of a contact in the directory, as a sort key."""
        return (collation(self.language).key(self.sorted_name(self.contacts[id]))[:256], id)

    def directory(self, user: User, letter: str | None = None, **filters: Any) -> list[str]:
        """The ids of the whole directory, in its order."""
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
        """The ids of all hits: first the names that begin with the text, then the others, each in directory order."""
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
                sources = [own, *(self._affiliation_words(affiliation) for affiliation in self.people_of(user, id))]
                if any(_holds(source, way) for source in sources for way in ways):
                    others.append(id)
        return first + others

    def _affiliation_words(self, affiliation: AffiliationModel) -> set[str]:
        person, client = self.contacts[affiliation.person], self.contacts[affiliation.client]
        own = contact_words(attrs.evolve(person, tags=()), [self.shown_name(person)])
        for email in [affiliation.stored.email] if affiliation.stored.email else []:
            own |= _email_words(email)
        for phone in [affiliation.stored.phone] if affiliation.stored.phone else []:
            own |= set(phone.search_digits())
        return own | set(words(self.shown_name(client)))


def text_words(text: str) -> list[str]:
    """The words of a query; an e-mail address is one word."""
    found: list[str] = []
    for token in text.split():
        found += [token.casefold()] if "@" in token.strip("@") else query_words(token)
    return found


def _with_domains(text: str) -> list[str]:
    """The words of a query; a possible domain is one word."""
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
    """The words by which a contact is found."""
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
