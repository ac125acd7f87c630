"""The plan of a merge: what the result would be, what moves, and who would see more than before (IMP-7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contactcore.errors import Forbidden, Invalid, NotFound, Problem
from contactcore.frozen import frozen
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.distinctions import DISTINCTIONS
from contactcore.mapping.entities import OWNED
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.pictures import picture_key
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Contact, Person
from contactcore.rules.access import audience_within, may_change, may_see, portal_access, viewers
from contactcore.rules.merging import FieldMerge, check_rules, merged_contact
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.redirects import redirects_of
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["MergePlan", "Order", "Widened", "merged", "merged_key", "plan_of", "read_contacts", "widened"]

_UNCOUNTED = frozenset({DISTINCTIONS.name, REDIRECTS.name})
"""The kinds of records that move without being worth a line in the plan."""


@frozen(kw_only=True)
class Order:
    """A merge as the caller orders it.

    Attributes:
        winner_id: The id of the contact that stays.
        loser_ids: The ids of the contacts that become a part of it.
        rules: Field -> rule, for fields with another rule than the default.
        rights: `"strict"` or `"union"`: the rights of affiliations that become one.
        versions: The versions of the contacts that the plan was made for, the winner first.
    """

    winner_id: str
    loser_ids: tuple[str, ...]
    rules: Mapping[str, str]
    rights: str
    versions: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all contacts, the winner first."""
        return (self.winner_id, *self.loser_ids)


@frozen
class Widened:
    """Users who would see more by a merge than they see now.

    Attributes:
        viewers: The names of users; `*` for every user, `portal` for the portal users of the contacts.
        contact_id: The id of the contact whose records they would see.
        name: The name of that contact.
    """

    viewers: tuple[str, ...]
    contact_id: str
    name: str


@frozen(kw_only=True)
class MergePlan:
    """The changes that a merge would make now; nothing is stored.

    Attributes:
        winner: The contact that stays, as it is stored.
        losers: The contacts that become a part of it.
        result: The contact that the winner becomes.
        differences: The fields in which the contacts differ, with the rule and the result of each.
        moved: Kind of record -> the number of records that move to the winner, as far as the actor sees them.
        joined: The names of people who act twice for the result, or of contacts for which the result acts twice: their
            affiliations become one.
        widened: Users who would see more than before; the merge then needs `widen=True`.
        rules: Field -> rule, as the caller gave them.
        rights: `"strict"` or `"union"`.
    """

    winner: Person | Company
    losers: tuple[Person | Company, ...]
    result: Person | Company
    differences: tuple[FieldMerge, ...]
    moved: Mapping[str, int]
    joined: tuple[str, ...]
    widened: tuple[Widened, ...]
    rules: Mapping[str, str]
    rights: str

    @property
    def keeper_id(self) -> str:
        """The id of the contact that keeps what is added after the merge, even if the merge is undone: the winner's."""
        return self.winner.id

    @property
    def order(self) -> Order:
        """The merge as it is ordered, for the versions of the plan."""
        return Order(
            winner_id=self.winner.id,
            loser_ids=tuple(one.id for one in self.losers),
            rules=self.rules,
            rights=self.rights,
            versions=(self.winner.version, *(one.version for one in self.losers)),
        )


def read_contacts(transaction: Transaction, order: Order) -> list[Loaded[Person | Company]]:
    """Read the contacts of a merge, the winner first.

    Raises:
        Invalid: `same-contact`, `merged-already`, `contact-in-trash`, `contact-restricted`, `kind-differs`.
        NotFound: The actor may not see one of them, or there is none.
        Forbidden: `read-only`.
    """
    contacts = ContactRepository(transaction)
    redirects = redirects_of(transaction, CONTACTS.name, order.ids)
    found: list[Loaded[Person | Company]] = []
    for path, id in zip(_paths(order), order.ids, strict=True):
        if order.ids.count(id) > 1:
            raise Invalid("same-contact", "Name each contact once.", path=path, value=id)
        # Read once, through a redirect if there is one: somebody may delete the contact between two reads.
        (stored,) = contacts.present([id])
        trashed = None if stored is None or stored.id != id else trashed_of(stored)
        if trashed is not None and may_see(transaction.actor, frozenset(trashed.access)):
            raise Invalid("contact-in-trash", "This contact is in the trash: restore it first.", path=path, value=id)
        if stored is None or not may_see(transaction.actor, stored.access):
            raise NotFound(CONTACTS.name, id)
        seen = contacts.loaded(stored)
        if id in redirects:
            message = f"This contact was merged into {seen.entity.id} already: name that one."
            raise Invalid("merged-already", message, path=path, value=id)
        if not may_change(transaction.actor, seen.access):
            message = "Only somebody who may change all of the contacts may merge them."
            raise Forbidden(message, "read-only")
        if seen.entity.restricted:
            message = "The data of this contact is restricted: call session.privacy.unrestrict first."
            raise Invalid("contact-restricted", message, path=path, value=id)
        found.append(seen)
    kinds = {one.entity.kind for one in found}
    if len(kinds) > 1:
        message = "A person and a company are never merged: contacts.convert changes the kind."
        raise Invalid("kind-differs", message, path="losers", value=order.loser_ids[0])
    return found


def _paths(order: Order) -> Iterator[str]:
    yield "winner"
    for index, _ in enumerate(order.loser_ids):
        yield f"losers[{index}]"


def merged(
    transaction: Transaction, order: Order, contacts: Sequence[Loaded[Person | Company]]
) -> tuple[Person | Company, tuple[FieldMerge, ...]]:
    """The prepared result of a merge, and the fields in which the contacts differ.

    Raises:
        Invalid: all problems: those of the rules, `two-logins`, `two-pictures`, and those of the result, as
            `contacts.save`.
    """
    entities = [one.entity for one in contacts]
    problems = [*check_rules(order.rules, entities), *_login_problems(transaction, entities)]
    problems += _picture_problems(transaction, order)
    if problems:
        raise Invalid(problems)
    result, differences = merged_contact(entities, order.rules, transaction.settings.default_permissions)
    return ContactRepository(transaction).prepare(result, entities[0]), differences


def _login_problems(transaction: Transaction, contacts: Sequence[Contact]) -> Iterator[Problem]:
    people = [one.id for one in contacts if isinstance(one, Person)]
    logins = LoginRepository(transaction).of_people(people) if people else ()
    for login in logins[1:]:
        path = f"losers[{people.index(login.person_id) - 1}]"
        message = "Two of these people have a login of the portal: close one with portal.close first."
        yield Problem("two-logins", path, message, login.person_id)


def _picture_problems(transaction: Transaction, order: Order) -> Iterator[Problem]:
    """The problem of a second picture: a contact has one at most, and nobody but the user knows which one is right."""
    held = transaction.reader.holders([picture_key(id) for id in order.ids])
    with_pictures = [path for path, holder in zip(_paths(order), held, strict=True) if holder is not None]
    for path in with_pictures[1:]:
        message = "Two of these contacts have a picture, perhaps in the trash: remove one for good first."
        yield Problem("two-pictures", path, message)


def widened(transaction: Transaction, contacts: Sequence[Loaded[Person | Company]]) -> tuple[Widened, ...]:
    """The users who would see more by a merge: viewers of the winner who do not see a loser, and portal users."""
    winner, language = contacts[0], transaction.index_context.language
    found: list[Widened] = []
    for loser in contacts[1:]:
        if not audience_within(winner.access, loser.access):
            names = sorted(viewers(winner.access) - viewers(loser.access))
            plain = tuple(name.removeprefix("=") for name in names)
            found.append(Widened(plain, loser.entity.id, name_in(loser.entity, language)))
    # A portal user who enters through one of the contacts sees the records of all of them afterwards.
    opened = [one.entity.id for one in contacts if portal_access(one.entity.id) & one.access]
    if opened:
        found.extend(
            Widened(("portal",), one.entity.id, name_in(one.entity, language))
            for one in contacts
            if any(id != one.entity.id for id in opened)
        )
    return tuple(found)


def plan_of(transaction: Transaction, order: Order) -> MergePlan:
    """The plan of a merge, as the actor sees it."""
    contacts = read_contacts(transaction, order)
    result, differences = merged(transaction, order, contacts)
    return MergePlan(
        winner=contacts[0].entity,
        losers=tuple(one.entity for one in contacts[1:]),
        result=result,
        differences=differences,
        moved=_moved(transaction, order),
        joined=tuple(_joined(transaction, order)),
        widened=widened(transaction, contacts),
        rules=order.rules,
        rights=order.rights,
    )


def _moved(transaction: Transaction, order: Order) -> dict[str, int]:
    """The numbers of the records of the losers that the actor sees, by kind."""
    found: dict[str, int] = {}
    for entity_type in OWNED:
        if entity_type.name in _UNCOUNTED:
            continue
        repository: Repository[Any] = Repository(transaction, entity_type)
        if not entity_type.depends_on_owners:
            # Who sees the contact sees these records, of which there may be very many.
            terms = frozenset(f"{name}:{id}" for name in entity_type.owners for id in order.loser_ids)
            number = repository.count(terms)
            if number:
                found[entity_type.name] = number
            continue
        number = sum(_sees(transaction, one) for one in repository.owned_by(*order.loser_ids))
        if number:
            found[entity_type.name] = number
    return found


def _sees(transaction: Transaction, one: Loaded[Any]) -> bool:
    return trashed_of(one.stored) is None and bool(may_see(transaction.actor, one.access))


def _joined(transaction: Transaction, order: Order) -> Iterator[str]:
    known: dict[tuple[str, ...], int] = {}
    names: dict[tuple[str, ...], str] = {}
    affiliations = Repository(transaction, AFFILIATIONS)
    contacts = ContactRepository(transaction)
    for one in affiliations.owned_by(*order.ids):
        if _sees(transaction, one):
            key = merged_key(order, one.entity.contact_id, one.entity.person_id)
            known[key] = known.get(key, 0) + 1
    language = transaction.index_context.language
    for key, number in known.items():
        if number > 1:
            others = [id for id in key if id != order.winner_id]
            for other in contacts.get_many(others).values():
                names[key] = name_in(other.entity, language)
    yield from sorted(names.values())


def merged_key(order: Order, *ids: str) -> tuple[str, ...]:
    """The ids with the winner in the place of each loser."""
    return tuple(order.winner_id if id in order.loser_ids else id for id in ids)
