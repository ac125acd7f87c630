"""The person whom a privacy act is about: found as an actor may find it, in the trash too, and recognised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.errors import Invalid, NotFound
from contactcore.frozen import frozen
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import NAMED
from contactcore.mapping.portal import LOGINS
from contactcore.mapping.sites import SITES
from contactcore.mapping.subject import Subject
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Person
from contactcore.model.name_fields import PERSON_NAME_FIELDS
from contactcore.model.restoring import altered
from contactcore.rules.access import may_see, read_terms, trash_access
from contactcore.storage import SYSTEM, Query, Stored
from contactcore.values import EmailAddress, PhoneNumber
from contactcore.workspace.kernel.transaction import Transaction, person_id_of
from contactcore.workspace.matching.match_keys import match_name
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.earlier import EarlierStates, taken_back
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.redirects import absorbed_by
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.trash.purging import former_contacts

__all__ = [
    "Page",
    "check_derived",
    "find_person",
    "former_details",
    "pages_of",
    "records_naming",
    "subject_of",
    "under_all_names",
]

_AT_ONCE = 200
"""The maximum number of records that are read at once."""

_DETAILS = frozenset(
    (*(field.attribute for field in PERSON_NAME_FIELDS), "name", "kind", "emails", "phones", "unmapped")
)
"""The keys of a contact by which texts and cells of imports are recognised."""

_ACTS_AT_ONCE = 100
"""The number of acts that are read at once. Those of a bulk act are large."""


def find_person(transaction: Transaction, record: object) -> Loaded[Person]:
    """Return a person whom the actor sees, also one in the trash, or one that the person was merged into.

    Args:
        transaction: The transaction of the actor.
        record: The person, an affiliation of the person, any object with the `id`, or the id.

    Raises:
        NotFound: there is no such person, or the actor may not see it.
        Invalid: `not-a-person` for a company.
    """
    id, contacts = person_id_of(record), ContactRepository(transaction)
    (stored,) = contacts.present([id])
    if stored is None:
        raise NotFound("contact", id)
    in_trash = trash_access(read_terms(transaction.actor)) & stored.access
    if not in_trash and not may_see(transaction.actor, stored.access):
        raise NotFound("contact", id)
    found = contacts.loaded(stored)
    if not isinstance(found.entity, Person):
        message = "This is a company: only the data of people is handed over, restricted and erased."
        raise Invalid("not-a-person", message, path="person", value=id)
    return Loaded(found.entity, stored)


def check_derived(transaction: Transaction) -> None:
    """Refuse an act in a workspace whose records do not say yet whom they name, because an older release stored them.

    Args:
        transaction: The transaction.

    Raises:
        Invalid: `index-outdated`.
    """
    if not transaction.index_context.has_one_release:
        message = "An older release stored this workspace. Call workspace.change_language(admin) once, then try again."
        raise Invalid("index-outdated", message)


def subject_of(
    transaction: Transaction, id: str, *, whole: bool = True, former: Sequence[Person | Company] | None = None
) -> Subject:
    """Return the subject of an act; with the id alone if the person is gone.

    Args:
        transaction: The transaction.
        id: The id of the person.
        whole: Whether contacts count that the actor does not see; True by default.
        former: What `former_details` returned, so that the history is not read again; None (the default) to read it.
    """
    contacts, language = ContactRepository(transaction), transaction.index_context.language
    (stored,) = contacts.stored([id])
    if stored is None:
        return Subject(id, None, frozenset(), language)
    person = _with_all_details(transaction, contacts.loaded(stored).entity, whole=whole)
    alone = frozenset(email.key for email in person.emails if not _is_shared(transaction, email, id, whole=whole))
    # The redirects are in the trash with the person.
    absorbed = absorbed_by(transaction, id, trashed=True) if whole else ()
    if former is None:
        former = former_details(transaction, id) if whole else ()
    before = {email.key: email for one in former for email in one.emails if email.key not in alone}
    never = {key for key, email in before.items() if not _is_shared(transaction, email, id, whole=whole)}
    return Subject(id, person, alone, language, absorbed, tuple(former), alone | never)


def former_details(transaction: Transaction, id: str) -> tuple[Person | Company, ...]:
    """Return the contacts that were merged into a person, as they were, and the person with its former details.

    The cost grows with the history of the person.

    Args:
        transaction: The transaction.
        id: The id of the person.
    """
    (stored,) = ContactRepository(transaction).stored([id])
    absorbed = absorbed_by(transaction, id, trashed=True)
    earlier = () if stored is None else _earlier(transaction, stored)
    return (*former_contacts(transaction, absorbed), *earlier)


def under_all_names(subject: Subject) -> Iterator[Person | Company]:
    """Yield a person under each of its names, former ones included, each time with all addresses and numbers.

    Args:
        subject: The person.
    """
    everybody = (*(() if subject.person is None else (subject.person,)), *subject.former)
    emails = {email.key: email for one in everybody for email in one.emails}
    phones = {str(phone): phone for one in everybody for phone in one.phones}
    for one in everybody:
        if match_name(one, subject.language) or one.external_id:
            yield altered(one, {"emails": tuple(emails.values()), "phones": tuple(phones.values())})


def _earlier(transaction: Transaction, stored: Stored) -> Iterator[Person | Company]:
    """The contact as it was before its name, its addresses or its numbers changed, at work too; from the history."""
    history, id = HistoryRepository(transaction), stored.id
    changes = history.changes_of([id]).get(id, [])
    states = [
        taken_back("contact", id, stored, changes[: number + 1], lambda *_: False)
        for number, (_, change) in enumerate(changes)
        if change.what != "add" and not _DETAILS.isdisjoint(change.fields)
    ]
    earlier = EarlierStates(transaction)
    yield from (earlier.entity(attrs.evolve(state, trashed=False)) for state in states if state.exists)
    yield from _earlier_at_work(transaction, id)


def _earlier_at_work(transaction: Transaction, id: str) -> Iterator[Person]:
    """The former addresses and numbers of the person at work, without a name."""
    found: dict[str, list[Any]] = {}
    own: set[str] = set()
    for act in HistoryRepository(transaction).acts(f"under:{id}", limit=_ACTS_AT_ONCE):
        for change in act.changes:
            if change.kind == AFFILIATIONS.name:
                own |= {change.id} if id in change.fields.get("person_id", ()) else set()
                values = [change.fields.get(name, ()) for name in ("email", "retired", "phone")]
                found.setdefault(change.id, []).append(values)
    # The people who act for this person have details of their own.
    current = Repository(transaction, AFFILIATIONS).stored([*found]) if found else []
    loaded = (AFFILIATIONS.load(one, transaction.index_context) for one in current if one is not None)
    own |= {one.id for one in loaded if one.person_id == id}
    written = [*_dicts([values for one, values in found.items() if one in own])]
    emails = dict.fromkeys(one["text"] for one in written if "number" not in one and "text" in one)
    numbers = dict.fromkeys(one["number"] for one in written if "number" in one)
    if emails or numbers:
        phones = tuple(PhoneNumber.restore(number) for number in numbers)
        yield Person.restore({"id": id, "emails": tuple(map(EmailAddress.restore, emails)), "phones": phones})


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings in values of a change, whatever their depth."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _dicts(one)


def _with_all_details(transaction: Transaction, person: Person | Company, *, whole: bool) -> Person | Company:
    """The person with the addresses and numbers that only records of the person have, such as those at work."""
    emails: list[EmailAddress | None] = [*person.emails]
    phones: list[PhoneNumber | str | None] = [*person.phones]
    for entity_type in (AFFILIATIONS, SITES, LOGINS):
        repository: Repository[Any] = Repository(transaction, entity_type)
        for trashed in (False, True) if entity_type.follows_owner else (False,):
            for one in repository.owned_by(person.id, trashed=trashed):
                # The people who act for this person have details of their own.
                is_own = entity_type is not AFFILIATIONS or one.entity.person_id == person.id
                if is_own and (whole or not one.access or may_see(transaction.actor, one.access)):
                    emails += [*getattr(one.entity, "emails", ()), *getattr(one.entity, "retired", ())]
                    emails.append(getattr(one.entity, "email", None))
                    phones += [*getattr(one.entity, "phones", ()), getattr(one.entity, "phone", None)]
    by_key = {email.key: email for email in reversed(emails) if email is not None}
    by_number = {str(phone): phone for phone in phones if phone is not None}
    known = {email.key for email in person.emails}
    more = tuple(email for key, email in by_key.items() if key not in known)
    values = {"emails": (*person.emails, *more), "phones": tuple(by_number.values())}
    return altered(person, values)


def _is_shared(transaction: Transaction, email: EmailAddress, person_id: str, *, whole: bool) -> bool:
    """Whether a contact or an affiliation of somebody else has an address, in the trash or not."""
    found = term("email", email.key)
    for entity_type, trashed in ((CONTACTS, False), (CONTACTS, True), (AFFILIATIONS, False)):
        repository: Repository[Any] = Repository(transaction, entity_type)
        # The same term says in the trash what the contact had.
        wanted = term("was", f"email:{email.key}") if trashed else found
        for one in repository.find(frozenset({wanted}), trashed=trashed):
            owner = one.entity.person_id if entity_type is AFFILIATIONS else one.entity.id
            if owner != person_id and (whole or may_see(transaction.actor, one.access)):
                return True
    return False


@frozen
class Page:
    """A few records of one type that may name a person.

    Attributes:
        records: The records.
        next: The position behind them; None at the end.
    """

    records: tuple[Loaded[Any], ...]
    next: str | None


def pages_of(
    transaction: Transaction, entity_type: EntityType[Any], subject: Subject, *, after: str | None, limit: int
) -> Page:
    """Return a page of the records of a type that name a person whom they do not belong to, hidden ones included.

    The records are found by the ids, the e-mail addresses and the last digits of the phone numbers of the person. Some
    may be about somebody else who shares one of them.

    Args:
        transaction: The transaction.
        entity_type: The type, whose records are in the order of names.
        subject: The person.
        after: The position of the last page; None for the first one.
        limit: The maximum number of records.
    """
    repository: Repository[Any] = Repository(transaction, entity_type)
    where = (frozenset(subject.named_by),)
    query = Query(kind=entity_type.name, order=NAMED, access=SYSTEM, where=where, limit=limit, after=after)
    found = transaction.reader.find_records(query)
    records = tuple(map(repository.loaded, found.records))
    return Page(records, found.last if found.more else None)


def records_naming(transaction: Transaction, entity_type: EntityType[Any], subject: Subject) -> Iterator[Loaded[Any]]:
    """Yield the records that `pages_of` finds, those in the trash last."""
    in_trash: list[Loaded[Any]] = []
    after: str | None = None
    while True:
        page = pages_of(transaction, entity_type, subject, after=after, limit=_AT_ONCE)
        for one in page.records:
            if trashed_of(one.stored) is None:
                yield one
            else:
                in_trash.append(one)
        if page.next is None:
            break
        after = page.next
    yield from in_trash
