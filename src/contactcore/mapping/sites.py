"""Conversion between sites and records.

A site has the search words and the order keys of its contact beside its own words, so that a search for a contact by
its sites walks in directory order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.terms import search_words, without_prefixes, words_of_name
from contactcore.mapping.trash import trash_record
from contactcore.model import Site, conversion
from contactcore.rules.portal_view import known_site
from contactcore.storage import Record, Stored
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["SITES", "site_body"]

_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("contact_id", "name", "from_billing", "access_notes"), lambda value: value),
    "address": lambda address: parts.dump_addresses([address])[0],
    "emails": parts.dump_emails,
    "phones": parts.dump_phones,
    "fields": dict,
    "since": timestamp,
}
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    "address": lambda address: parts.load_addresses([address])[0],
    "emails": parts.load_emails,
    "phones": parts.load_phones,
    "fields": conversion.fields,
    "since": parse_moment,
}


def site_body(site: Site) -> dict[str, Any]:
    """The body of the record of a site, as JSON-ready data.

    Args:
        site: A site.
    """
    return {name: dump(value) for name, dump in _DUMPERS.items() if (value := getattr(site, name))}


def _record(site: Site, placement: Placement) -> Record:
    body = site_body(site)
    references = {"contact": site.contact_id}
    card = json.dump({"name": site.display_name})
    if placement.trashed is not None:
        return trash_record("site", site, body, placement.trashed, references, card=card)
    owner = placement.indexed_name(placement.owners["contact"])
    place = (site.address.street, site.address.city, site.address.label) if site.address is not None else ()
    words = search_words((site.name, *place), site.emails, site.phones)
    return Record(
        kind="site",
        id=site.id,
        version=site.version,
        body=json.dump(body),
        card=card,
        orders=owner.orders,
        terms=frozenset({f"contact:{site.contact_id}"}),
        words=without_prefixes(words.union(words_of_name(owner.display_name))),
        references=references,
        owner=site.contact_id,
        access=placement.access,
    )


def _site(stored: Stored) -> Site:
    body = json.load(stored.body)
    values = {name: _LOADERS[name](body[name]) if name in _LOADERS else body[name] for name in _DUMPERS if name in body}
    return Site.restore({"id": stored.id, "version": stored.version, **values})


SITES: EntityType[Site] = EntityType(
    kind=KIND_OF["site"],
    load=lambda stored, _: _site(stored),
    record=_record,
    owners=("contact",),
    follows_owner=True,
    deleted_alone=True,
    order="name",
    found_by_owner=True,
    matched_by="site",
    for_client=known_site,
    kept_in_history=True,
    event_data=lambda site: {"contact": site.contact_id},
)
