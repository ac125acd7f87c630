"""Entry of contacts: all that a form has is judged at once, and stored together or not at all (SIT-5, DIR-20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from contactcore.errors import Conflict, Invalid, Problem
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Affiliation, Company, Contact, Item, Person, Site
from contactcore.model.name_fields import COMPANY_NAME_FIELDS, PERSON_NAME_FIELDS
from contactcore.rules.belonging import prepare_item, prepare_site, second_for_themself
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.adding import AddedPeople
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["check", "enter", "kind_change"]

_C = TypeVar("_C", bound=Contact)
_Parts = list[tuple[BelongingRepository[Any], Site | Item]]
"""New sites and items, each with its repository."""

_PARTS = ("sites[", "items[", "people[")
_SUFFICIENT_FIELDS = (
    *("emails", "phones"),
    *(field.attribute for field in (*PERSON_NAME_FIELDS, *COMPANY_NAME_FIELDS)),
)
"""The fields of which a contact needs one."""


def enter(
    transaction: Transaction,
    contact: _C,
    sites: Sequence[Site],
    items: Sequence[Item],
    people: Sequence[str | Person | Affiliation],
) -> _C:
    """Store a new contact with its sites, items and contact persons; see `Contacts.add`.

    Args:
        transaction: The transaction of the actor.
        contact: The new contact.
        sites, items, people: Its parts.

    Raises:
        Invalid: All problems of all parts.
    """
    ready, parts, problems = _judged(transaction, contact, None, sites, items)
    added = AddedPeople(transaction)
    drafts, more = added.drafts(ready, people, len(sites))
    problems.extend(more)
    if problems:
        raise Invalid(problems)
    contacts = ContactRepository(transaction)
    stored = contacts.add_prepared(ready)
    if not (parts or drafts):
        return stored
    owner = contacts.load_any(stored.id)
    # The sites come first.
    ids = [repository.add_new(part, owner).id for repository, part in parts]
    added.store(owner, drafts, ids[: len(sites)])
    return stored


def check(
    transaction: Transaction,
    contact: Person | Company | Mapping[str, Any],
    sites: Sequence[Site | Mapping[str, Any]],
    items: Sequence[Item | Mapping[str, Any]],
    people: Sequence[str | Person | Affiliation | Mapping[str, Any]],
) -> tuple[Problem, ...]:
    """All problems that storing a contact would have; see `Contacts.check`.

    Args:
        transaction: The transaction of the actor.
        contact: The contact, or plain data.
        sites, items, people: New parts of the contact, or plain data.

    Raises:
        NotFound: The actor may not see the stored contact or one of the people.
        Duplicate: One of the people acts for the stored contact already.
    """
    problems: list[Problem] = []
    draft: Person | Company | None
    if isinstance(contact, Mapping):
        from contactcore.formats.plain import read_draft

        # A national number is read with the other countries of the contact, as for every contact.
        draft, found = read_draft(contact, country=transaction.settings.country)
        problems.extend(found)
    else:
        draft = contact
    unreadable = draft is None
    if draft is None:
        # Its parts are judged all the same, as those of a contact of which nothing is known.
        draft = Company.restore({"name": "?"})
    before = ContactRepository(transaction).get(draft) if draft.id else None
    if before is not None and before.kind != draft.kind:
        problems.append(kind_change(before))
        before = None
    read_sites, of_sites = _read_parts(transaction, "sites", sites, Site)
    read_items, of_items = _read_parts(transaction, "items", items, Item)
    read_people, of_people = _read_parts(transaction, "people", people, (Person, Affiliation))
    ready, _, more = _judged(transaction, draft, before, read_sites, read_items)
    more += AddedPeople(transaction, only_judged=True).drafts(ready, read_people, len(sites))[1]
    of_parts = [*of_sites, *of_items, *of_people]
    more = [*of_parts, *(problem for problem in more if not _follows_from(problem, of_parts))]
    if unreadable:
        more = [problem for problem in more if problem.path.startswith(_PARTS)]
    return tuple(_without_consequences(problems, more))


def _read_parts(
    transaction: Transaction, name: str, given: Sequence[Any], wanted: type[Any] | tuple[type[Any], ...]
) -> tuple[list[Any], list[Problem]]:
    """Parts that may be plain data, each read or None, and the problems of those that are wrong."""
    parts: list[Any] = []
    problems: list[Problem] = []
    for index, part in enumerate(given):
        place = f"{name}[{index}]"
        if not isinstance(part, Mapping):
            parts.append(part)
            continue
        from contactcore.formats.plain import read_part
        from contactcore.workspace.kernel.edits import refuse_edited

        read, found = read_part(part, wanted, country=transaction.settings.country)
        problems.extend(problem.under(place) for problem in found)
        try:
            # Versions are judged when the contact is stored.
            with suppress(Conflict):
                refuse_edited(transaction, read, place)
        except Invalid as error:
            problems.extend(error.problems)
            read = None
        parts.append(read)
    return parts, problems


def _follows_from(problem: Problem, found: Iterable[Problem]) -> bool:
    """Whether a part has a problem only because a field with another problem was left out of it."""
    if problem.code == "nameless":
        return any(one.path.startswith(f"{problem.path}.") for one in found)
    return any(one.path == problem.path or one.path.startswith(f"{problem.path}[") for one in found)


def kind_change(before: Contact) -> Problem:
    """The problem of a contact of another kind than the stored one.

    Args:
        before: The stored contact.
    """
    return Problem("kind-change", "kind", f"This is a {before.kind}: contacts.convert changes the kind.")


def _judged(
    transaction: Transaction,
    contact: _C,
    before: Contact | None,
    sites: Sequence[Site | None],
    items: Sequence[Item | None],
) -> tuple[_C, _Parts, list[Problem]]:
    """A contact with its sites and items, prepared as far as they are right, and all their problems.

    A part that is None could not be read; it keeps the places of the others.
    """
    problems: list[Problem] = []
    try:
        contact = ContactRepository(transaction).prepare(contact, before)
    except Invalid as error:
        problems.extend(error.problems)
    settings = transaction.settings
    parts: _Parts = []
    kinds: tuple[tuple[str, EntityType[Any], Callable[..., Any], Sequence[Any]], ...] = (
        ("sites", SITES, prepare_site, sites),
        ("items", ITEMS, prepare_item, items),
    )
    for name, entity_type, prepare, given in kinds:
        repository: BelongingRepository[Any] = BelongingRepository(transaction, entity_type)
        for index, part in enumerate(given):
            if part is None:
                continue
            ready, more = prepare(part, settings, contact)
            found = (*repository.problems_of_new(part), *more)
            problems.extend(problem.under(f"{name}[{index}]") for problem in found)
            parts.append((repository, ready))
    problems.extend(second_for_themself(items))
    return contact, parts, problems


def _without_consequences(found: Sequence[Problem], more: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of plain data, and those of the draft except for the fields that were left out of it."""
    yield from found
    left_out = {problem.path.partition(".")[0].partition("[")[0] for problem in found}
    nameless = left_out & {*_SUFFICIENT_FIELDS}
    if "addresses" in left_out:
        left_out.add("billing_address")
    for problem in more:
        consequence = problem.code in {"field-required", "name-required"} and problem.path in left_out
        if not consequence and not (problem.code == "nameless" and nameless):
            yield problem
