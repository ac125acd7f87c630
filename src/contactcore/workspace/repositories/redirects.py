"""Redirects in the storage: where the ids of merged records lead (IMP-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from contactcore.mapping.redirects import REDIRECTS, redirect_id
from contactcore.model.redirect import Redirect
from contactcore.storage import LARGEST_PAGE, SYSTEM, Query, Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["absorbed_by", "redirected", "redirects_of"]


def redirects_of(transaction: Transaction, kind: str, ids: Sequence[str]) -> dict[str, Redirect]:
    """Return the redirects of records that are gone, by the id of the record.

    Args:
        transaction: The transaction that reads.
        kind: The kind of the records.
        ids: The ids of the records.
    """
    wanted = [key for id in ids if (key := redirect_id(kind, id))]
    read = transaction.reader.get(REDIRECTS.name, wanted) if wanted else []
    found = [REDIRECTS.load(one, transaction.index_context) for one in read if one is not None]
    return {one.old_id: one for one in found}


def absorbed_by(transaction: Transaction, contact_id: str, *, trashed: bool = False) -> tuple[str, ...]:
    """Return the ids of the contacts that became a part of a contact, directly or through others.

    Args:
        transaction: The transaction that reads.
        contact_id: The id of the contact.
        trashed: Whether the contact may be in the trash; False by default.
    """
    found: list[Redirect] = []
    for order, prefix in (("added", ""), ("trash", "was:"))[: 1 + trashed]:
        term = frozenset({f"{prefix}contact:{contact_id}"})
        query = Query(kind=REDIRECTS.name, order=order, access=SYSTEM, where=(term,), limit=LARGEST_PAGE)
        more = True
        while more:
            page = transaction.reader.find_records(query)
            found += [REDIRECTS.load(one, transaction.index_context) for one in page.records]
            more, query = page.more, attrs.evolve(query, after=page.last)
    return tuple(one.old_id for one in found if one.kind == "contact")


def redirected(transaction: Transaction, kind: str, ids: Iterable[str]) -> dict[str, Stored]:
    """Return the records that missing records were merged into, by the id of the missing record.

    Nothing is checked: the caller checks whether the actor may see the record that is found.

    Args:
        transaction: The transaction that reads.
        kind: The kind of the records.
        ids: The ids of records that are not there.
    """
    leads = {id: id for id in ids}
    found: dict[str, Stored] = {}
    while leads:
        steps = redirects_of(transaction, kind, sorted({*leads.values()}))
        # Merges form no circle, because the winner of a merge is there.
        leads = {id: steps[last].to_id for id, last in leads.items() if last in steps}
        targets = sorted({*leads.values()})
        read = transaction.reader.get(kind, targets) if targets else []
        there = {one.id: one for one in read if one is not None}
        found |= {id: there[last] for id, last in leads.items() if last in there}
        leads = {id: last for id, last in leads.items() if last not in there}
    return found
