"""The sites where contact persons act: a person may act at one of the sites of the contact (SIT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcore.errors import Problem
from contactcore.mapping.sites import SITES
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation
from contactcore.rules.access import may_see
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["site_problems", "sites_in_use"]


def site_problems(transaction: Transaction, contact_id: str, site_id: str, path: str = "site_id") -> Iterator[Problem]:
    """The problem of a site that is none of the sites of a contact that the actor sees: `site-unknown`.

    Args:
        transaction: The transaction of the actor.
        contact_id: The id of the contact; `""` for a new one, which has no stored sites.
        site_id: The id of the site; `""` for none.
        path: The path of the site.
    """
    if site_id and site_id not in _seen(transaction, contact_id, [site_id]):
        message = "Choose one of the contact's own sites."
        if not contact_id:
            message = "A new contact has the sites of the same call: name the first one sites[0]."
        yield Problem("site-unknown", path, message, site_id)


def sites_in_use(transaction: Transaction, affiliations: Iterable[Affiliation]) -> frozenset[str]:
    """The ids of the sites that affiliations name, without those in the trash.

    Args:
        transaction: The transaction of the actor.
        affiliations: Affiliations that the actor sees.
    """
    named: dict[str, list[str]] = {}
    for one in affiliations:
        if one.site_id:
            named.setdefault(one.contact_id, []).append(one.site_id)
    return frozenset(id for contact_id, ids in named.items() for id in _seen(transaction, contact_id, ids))


def _seen(transaction: Transaction, contact_id: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of the sites that belong to the contact, that the actor sees, and that are not in the trash."""
    return frozenset(
        stored.id
        for stored in Repository(transaction, SITES).stored(list(dict.fromkeys(ids)))
        if stored is not None
        and stored.owner == contact_id
        and trashed_of(stored) is None
        and may_see(transaction.actor, stored.access)
    )
