"""What a stored record is found by, derived anew from its body: the same whoever derives it, and whenever."""

from __future__ import annotations

from contactcore.mapping.affiliations import affiliation_of, affiliation_record
from contactcore.mapping.contacts import contact_of, record_of
from contactcore.mapping.trash import trashed_of
from contactcore.model import Person
from contactcore.rules.access import intersection
from contactcore.storage import Record, Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["reindexed"]


def reindexed(transaction: Transaction, stored: Stored) -> Record:
    """The record of a stored contact or affiliation, derived from its body and the settings in force.

    Args:
        transaction: In which the ends of an affiliation are read.
        stored: In the trash or not.
    """
    trashed = trashed_of(stored)
    access = stored.access if trashed is None else frozenset(trashed.access)
    index_context = transaction.index_context
    if stored.kind == "contact":
        return record_of(contact_of(stored, index_context, as_stored=True), index_context, access, trashed=trashed)
    affiliation = affiliation_of(stored)
    ends = []
    for id in (affiliation.contact_id, affiliation.person_id):
        (end,) = transaction.reader.get("contact", [id])
        if end is None:
            raise AssertionError(f"the affiliation {stored.id} refers to {id}, which is not there")
        ends.append((contact_of(end, index_context), end.access))
    (client, _), (person, _) = ends
    if not isinstance(person, Person):
        raise TypeError(f"the affiliation {stored.id} names a company as its person")
    if trashed is None:
        access = intersection(ends[0][1], ends[1][1])
    return affiliation_record(affiliation, client, person, index_context, access, trashed=trashed)
