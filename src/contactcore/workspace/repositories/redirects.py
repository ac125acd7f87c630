"""Redirects in the storage: where the ids of merged records lead (IMP-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from contactcore.mapping.redirects import REDIRECTS, redirect_id
from contactcore.model.redirect import Redirect
from contactcore.storage import LARGEST_PAGE, SYSTEM, Query, Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["absorbed_by", "absorbed_by_each", "redirected", "redirects_of"]

_IDS_AT_ONCE = 100


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
    return tuple(absorbed_by_each(transaction, [contact_id], trashed=trashed).get(contact_id, ()))


def absorbed_by_each(
    transaction: Transaction, contact_ids: Iterable[str], *, trashed: bool = False
) -> dict[str, list[str]]:
    """Return the ids of the contacts that became a part of several contacts, by the id of the contact.

    A contact of which no other one became a part has no entry.

    Args:
        transaction: The transaction that reads.
        contact_ids: The ids of the contacts.
        trashed: Whether the contacts may be in the trash; False by default.
    """
    wanted = sorted({*contact_ids})
    found: dict[str, list[str]] = {}
    for order, prefix in (("added", ""), ("trash", "was:"))[: 1 + trashed]:
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            terms = frozenset(f"{prefix}contact:{id}" for id in wanted[start : start + _IDS_AT_ONCE])
            query = Query(kind=REDIRECTS.name, order=order, access=SYSTEM, where=(terms,), limit=LARGEST_PAGE)
            more = True
            while more:
                page = transaction.reader.find_records(query)
                for one in (REDIRECTS.load(stored, transaction.index_context) for stored in page.records):
                    if one.kind == "contact":
                        found.setdefault(one.contact_id, []).append(one.old_id)
                more, query = page.more, attrs.evolve(query, after=page.last)
    return found


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
