"""Who gets which letter, written from the requirements alone: the recipients of notices, and what leaves later.

The model knows contacts by the ids of the workspace. It takes the primary flags from the workspace, because
`workspace_model` has their rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

__all__ = ["ROLE_TOPICS", "LetterModel", "LettersModel", "ModelAffiliation", "ModelContact", "ModelItem", "ModelRole"]

ROLE_TOPICS: Final = {"guardian": {"booking", "reminder"}, "payer": {"payment-request"}, "emergency": set[str]()}
"""The topics of the roles that every workspace has."""


@attrs.define
class ModelContact:
    """A person or a company, with the preferences of a person who is a client."""

    is_person: bool
    emails: list[str]
    topics: tuple[str, ...] | None = None
    restricted: bool = False
    in_trash: bool = False
    agrees: bool = False

    @property
    def address(self) -> str:
        """The preferred address, or `""`."""
        return self.emails[0].casefold() if self.emails else ""


@attrs.define
class ModelAffiliation:
    """A person who acts for a client."""

    client: str
    person: str
    email: str | None = None
    topics: tuple[str, ...] | None = None
    start: date | None = None
    end: date | None = None
    active: bool = True


@attrs.define
class ModelItem:
    """An item of a contact."""

    owner: str
    in_trash: bool = False


@attrs.frozen
class ModelRole:
    """A contact that is responsible for an item."""

    item: str
    holder: str
    role: str


@attrs.frozen
class LetterModel:
    """A queued notice: to whom it goes, and why."""

    client: str
    person: str
    to: str
    choice: str
    topic: str
    item: str = ""
    holder: str = ""


@attrs.define
class LettersModel:
    """The facts on which notices depend.

    Attributes:
        day: Today.
        defaults: The topics of people without preferences of their own.
        fall_backs: The steps by topic.
        consents: The topics that need a consent.
        bounced: The folded addresses from which a message came back.
        primaries: The ids of the affiliations with the primary flag.
    """

    day: date
    contacts: dict[str, ModelContact] = attrs.field(factory=dict)
    affiliations: dict[str, ModelAffiliation] = attrs.field(factory=dict)
    items: dict[str, ModelItem] = attrs.field(factory=dict)
    roles: dict[str, ModelRole] = attrs.field(factory=dict)
    defaults: tuple[str, ...] = ()
    fall_backs: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    consents: set[str] = attrs.field(factory=set)
    bounced: set[str] = attrs.field(factory=set)
    primaries: set[str] = attrs.field(factory=set)

    def people_of(self, client: str) -> dict[str, ModelAffiliation]:
        """The affiliations of a client that are not in the trash."""
        return {
            id: one
            for id, one in self.affiliations.items()
            if one.client == client and not self.contacts[one.person].in_trash
        }

    def address(self, one: ModelAffiliation) -> str:
        """The address of an affiliation, folded; `""` for none."""
        return one.email.casefold() if one.email else self.contacts[one.person].address

    def hindrance(self, one: ModelAffiliation) -> str:
        """The reason why somebody gets nothing for a client whatever it is about, or `""`."""
        checks = (
            (self.contacts[one.person].restricted, "restricted"),
            (not one.active, "inactive"),
            (one.end is not None and one.end < self.day, "past"),
            (one.start is not None and one.start > self.day, "not-yet"),
        )
        return next((code for holds, code in checks if holds), "") or self.unreachable(self.address(one))

    def unreachable(self, address: str) -> str:
        """The reason why nothing is sent to an address, or `""`."""
        if not address:
            return "no-email"
        return "bounced" if address in self.bounced else ""

    def own_hindrance(self, contact: str) -> str:
        """As `hindrance`, for a contact itself."""
        return "restricted" if self.contacts[contact].restricted else self.unreachable(self.contacts[contact].address)

    def lacks_consent(self, topic: str, contact: str) -> bool:
        """Whether a person did not agree to a topic that needs it."""
        return topic in self.consents and self.contacts[contact].is_person and not self.contacts[contact].agrees

    def _wish(self, topic: str, contact: str, topics: tuple[str, ...] | None, hindrance: str) -> str:
        if hindrance:
            return hindrance
        if self.lacks_consent(topic, contact):
            return "no-consent"
        return "preference" if topic in (self.defaults if topics is None else topics) else "preference-off"

    def candidates(self, client: str, topic: str) -> dict[str, tuple[str, str]]:
        """Each candidate's address, and the code of the answer before addresses are compared."""
        found = {
            one.person: (self.address(one), self._wish(topic, one.person, one.topics, self.hindrance(one)))
            for one in self.people_of(client).values()
        }
        itself = self.contacts[client]
        if itself.is_person:
            found[client] = (itself.address, self._wish(topic, client, itself.topics, self.own_hindrance(client)))
        return found

    def recipients(self, client: str, topic: str) -> tuple[set[str], str]:
        """The addresses of a notice about a client, and the reason."""
        wanting = {address for address, code in self.candidates(client, topic).values() if code == "preference"}
        if wanting:
            return wanting, "preference"
        steps, itself = self.fall_backs.get(topic, ()), self.contacts[client]
        own = itself.address if not self.own_hindrance(client) and not self.lacks_consent(topic, client) else ""
        primary = [one for id, one in self.people_of(client).items() if id in self.primaries]
        if "primary" in steps:
            may = [one for one in primary if not self.hindrance(one) and not self.lacks_consent(topic, one.person)]
            if may:
                return {self.address(may[0])}, "fall-back-primary"
            if itself.is_person and not primary and own:
                return {own}, "fall-back-primary"
        return ({own}, "fall-back-client") if "client" in steps and own else (set(), "")

    def item_recipients(self, item: str, topic: str) -> set[str]:
        """The addresses of a notice about an item."""
        owner = self.items[item].owner
        by_holder: dict[str, bool] = {owner: True}
        for role in self.roles.values():
            if role.item == item and role.holder != owner and not self.contacts[role.holder].in_trash:
                by_holder[role.holder] = by_holder.get(role.holder, False) or topic in ROLE_TOPICS[role.role]
        found: dict[str, str] = {}
        for holder in (id for id, gets in by_holder.items() if gets):
            stands = self._stands_for(holder, topic)
            if stands is not None and stands[0] not in found and stands[1] not in found.values():
                found[stands[0]] = stands[1]
        return set(found.values())

    def _stands_for(self, contact: str, topic: str) -> tuple[str, str] | None:
        """Who gets the notices about items for a contact, with the address."""
        if not self.contacts[contact].is_person:
            for id, one in self.people_of(contact).items():
                if id in self.primaries and not self.hindrance(one):
                    return None if self.lacks_consent(topic, one.person) else (one.person, self.address(one))
        if self.own_hindrance(contact) or self.lacks_consent(topic, contact):
            return None
        return contact, self.contacts[contact].address

    def withdrawal(self, letter: LetterModel) -> str:
        """The code of the reason not to send a letter now; `""` to send it."""
        return next((code for code in self._reasons(letter) if code), "")

    def _reasons(self, letter: LetterModel) -> Iterator[str]:
        named = [id for id in (letter.client, letter.person, letter.holder) if id]
        yield "in-trash" if any(self.contacts[id].in_trash for id in named) else ""
        restricted = [id for id in named if self.contacts[id].restricted]
        acting = [one for one in self.affiliations.values() if one.person in restricted]
        at_work = {one.email.casefold() for one in acting if one.email and not self.contacts[one.client].in_trash}
        own = {email.casefold() for id in restricted for email in self.contacts[id].emails}
        yield "restricted" if letter.person in restricted or letter.to in own | at_work else ""
        yield "bounced" if letter.to in self.bounced else ""
        at = letter.holder or letter.client
        yield "no-consent" if self.lacks_consent(letter.topic, letter.person or at) else ""
        if letter.item:
            yield from self._item_reasons(letter)
        step = letter.choice.removeprefix("fall-back-")
        yield "fall-back-off" if step != letter.choice and step not in self.fall_backs.get(letter.topic, ()) else ""
        if letter.person in {"", at}:
            itself = self.contacts[at]
            yield "" if itself.address else "no-email"
            if letter.choice == "preference":
                wish = self._wish(letter.topic, at, itself.topics, "")
                yield "" if wish == "preference" else wish
            yield "" if itself.address == letter.to else "address-changed"
            return
        known = [id for id, one in self.affiliations.items() if (one.client, one.person) == (at, letter.person)]
        if not known:
            yield "not-affiliated"
            return
        one = self.affiliations[known[0]]
        # The address of the letter counts, and not that of today.
        yield self.hindrance(one).removeprefix("bounced")
        if letter.choice == "preference":
            wish = self._wish(letter.topic, one.person, one.topics, "")
            yield "" if wish == "preference" else wish
        yield "not-primary" if letter.choice.endswith("-primary") and known[0] not in self.primaries else ""
        yield "" if self.address(one) == letter.to else "address-changed"

    def _item_reasons(self, letter: LetterModel) -> Iterator[str]:
        item = self.items[letter.item]
        # An item goes to the trash with its owner, who may be another one now.
        yield "item-in-trash" if item.in_trash or self.contacts[item.owner].in_trash else ""
        yield "item-moved" if item.owner != letter.client else ""
        if letter.holder:
            held = [one.role for one in self.roles.values() if (one.item, one.holder) == (letter.item, letter.holder)]
            yield "" if held else "role-removed"
            gets = letter.choice == "manual" or any(letter.topic in ROLE_TOPICS[role] for role in held)
            yield "" if gets else "role-without-topic"
