"""Matches in the trash: deleted contacts that may be restored in place of adding the same contact again (DIR-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.former_terms import former_terms
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.model import Company, Person
from contactcore.storage import Query, Stored
from contactcore.values.moment import parse_moment
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.trash.finding import TrashFinder

__all__ = ["TrashMatch", "matches_in_trash", "restorable_by_email"]

_RANKS = ("email", "phone", "name")
_PAGE = 100
_TERMS_AT_ONCE = 400
_MOST_PAGES = 5
"""The maximum number of pages of one search. A number or a name that thousands of contacts share identifies none."""


@frozen
class TrashMatch:
    """A deleted contact that may be the one that somebody wants to add.

    Attributes:
        id: The id of the contact.
        kind: `"person"` or `"company"`.
        name: The display name at the time of the deletion.
        matched: The values that both have: `"email"`, `"phone"`, `"name"`, the most reliable first.
        deleted: The time of the deletion, in UTC.
        by: The name of the user who deleted it.
        root: The id for `trash.restore`: that of the contact with which this one was deleted, else its own.
    """

    id: str
    kind: str
    name: str
    matched: tuple[str, ...]
    deleted: datetime
    by: str
    root: str


def matches_in_trash(transaction: Transaction, contact: Person | Company, *, limit: int) -> tuple[TrashMatch, ...]:
    """Return deleted contacts of the same kind that the actor may restore; see `Trash.matches`.

    Args:
        transaction: The transaction of the actor.
        contact: The contact, with its phone numbers read.
        limit: The maximum number of matches.
    """
    wanted = former_terms(contact, name_in(contact, transaction.index_context.language))
    if not wanted:
        return ()
    found = [match for match, _ in _restorable(TrashFinder(transaction), {contact.kind}, wanted)]
    # The latest deletion comes first among equally reliable matches.
    found.sort(key=lambda one: (one.deleted, one.id), reverse=True)
    found.sort(key=lambda one: _RANKS.index(one.matched[0]))
    return tuple(found[:limit])


def restorable_by_email(transaction: Transaction, contacts: Iterable[Person | Company]) -> dict[str, TrashMatch]:
    """Return the deleted contacts that the actor may restore and that have an address of one of these contacts.

    Args:
        transaction: The transaction of the actor.
        contacts: The contacts.

    Returns:
        `<kind>:<key of the address>` -> the deleted contact; the latest deletion if there are several.
    """
    finder = TrashFinder(transaction)
    query = Query(kind=CONTACTS.name, order="trash", access=finder.read_terms, limit=1)
    if not transaction.reader.find(query).cards:
        return {}
    wanted = sorted({term("was", f"email:{email.key}") for one in contacts for email in one.emails})
    found: dict[str, TrashMatch] = {}
    for start in range(0, len(wanted), _TERMS_AT_ONCE):
        terms = dict.fromkeys(wanted[start : start + _TERMS_AT_ONCE], "email")
        for match, deleted in _restorable(finder, {"person", "company"}, terms):
            for email in deleted.emails:
                found.setdefault(f"{match.kind}:{email.key}", match)
    return found


def _restorable(
    finder: TrashFinder, kinds: Collection[str], wanted: Mapping[str, str]
) -> Iterator[tuple[TrashMatch, Person | Company]]:
    """The deleted contacts with one of these terms that the actor may restore, the latest deletion first."""
    repository = Repository(finder.transaction, CONTACTS)
    language = finder.transaction.index_context.language
    roots: dict[str, bool] = {}
    for stored in _found(finder, frozenset(wanted)):
        trashed, card = trashed_of(stored), json.load(stored.card)
        if trashed is None or card["kind"] not in kinds or not _may_restore(finder, trashed, roots):
            continue
        entity = repository.loaded(stored).entity
        common = {wanted[one] for one in former_terms(entity, name_in(entity, language)) if one in wanted}
        matched = tuple(name for name in _RANKS if name in common)
        if matched:
            deleted = parse_moment(trashed.at)
            yield TrashMatch(stored.id, card["kind"], card["name"], matched, deleted, trashed.by, trashed.root), entity


def _found(finder: TrashFinder, terms: frozenset[str]) -> Iterator[Stored]:
    reader = finder.transaction.reader
    query = Query(
        kind=CONTACTS.name, order="trash", access=finder.read_terms, where=(terms,), limit=_PAGE, descending=True
    )
    for _ in range(_MOST_PAGES):
        page = reader.find_records(query)
        yield from page.records
        if not page.more:
            return
        query = attrs.evolve(query, after=page.last)


def _may_restore(finder: TrashFinder, trashed: Trashed, roots: dict[str, bool]) -> bool:
    """Whether the actor may restore the record with which a contact was deleted."""
    if trashed.root not in roots:
        (root,) = finder.contacts.stored([trashed.root])
        of_root = None if root is None else trashed_of(root)
        roots[trashed.root] = (
            root is not None
            and of_root is not None
            and bool(finder.read_terms & root.access)
            and finder.may_restore(finder.contacts, root, of_root)
        )
    return roots[trashed.root]
