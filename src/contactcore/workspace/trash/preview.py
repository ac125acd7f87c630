"""The preview of a deletion: what goes to the trash, who becomes primary, and what stands in the way (DIR-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.access import may_see
from contactcore.rules.primary import effective_primary, enforce
from contactcore.workspace.kernel.blocking import blocking_reasons
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.trash.discarding import FOLLOWERS, Deletion, plan_deletion

__all__ = ["Blocker", "DeletionPreview", "NamedContact", "NewPrimary", "preview_deletion"]


_UNCOUNTED = frozenset({"distinction", "redirect"})
"""The kinds of records that go along without being anything that a user would miss."""


@frozen
class NamedContact:
    """A contact by its id and its display name.

    Attributes:
        id: The id.
        name: The display name.
    """

    id: str
    name: str


@frozen
class NewPrimary:
    """A contact that gets another primary contact person, because the present one goes to the trash.

    Attributes:
        contact: The contact.
        before: The person who is primary now.
        after: The person who becomes primary; None if nobody is left.
    """

    contact: NamedContact
    before: NamedContact
    after: NamedContact | None


@frozen
class Blocker:
    """A contact that the application needs, with its reasons.

    Attributes:
        contact: The contact, or a person who would go along.
        reasons: The reasons, in the words of the application (`"has open invoices"`).
    """

    contact: NamedContact
    reasons: tuple[str, ...]


@frozen(kw_only=True)
class DeletionPreview:
    """The records that a deletion would move or change, as far as the actor sees them; true if nothing prevents it.

    Attributes:
        id: The id of the record that would be deleted.
        kind: `"person"`, `"company"`, `"site"`, `"item"` or `"interaction"`.
        people: The contact persons who go along, because they act for nobody else, by name.
        records: The number of other records that go along, by kind: `"affiliation"`, `"site"`, `"item"`,
            `"item-role"`, `"interaction"`, `"account-entry"`, `"payment-method"`. Kinds without records are left out.
        primaries: The other contacts that get another primary contact person.
        blockers: The contacts that the application needs. The deletion is refused while there is one.

    >>> preview = DeletionPreview(id="7", kind="company", records={"site": 2}, blockers=())
    >>> bool(preview), preview.records["site"]
    (True, 2)
    """

    id: str
    kind: str
    people: tuple[NamedContact, ...] = ()
    records: Mapping[str, int] = attrs.field(factory=dict)
    primaries: tuple[NewPrimary, ...] = ()
    blockers: tuple[Blocker, ...] = ()

    def __bool__(self) -> bool:
        return not self.blockers

    def as_dict(self) -> dict[str, Any]:
        """The preview as one JSON object."""
        return attrs.asdict(self)


def preview_deletion(transaction: Transaction, entity_type: EntityType[Any], found: Loaded[Any]) -> DeletionPreview:
    """Return the preview for a record that the actor may change; see `Trash.preview`.

    Args:
        transaction: The transaction of the actor.
        entity_type: The type of the record.
        found: The record.
    """
    if entity_type is not CONTACTS:
        id = entity_type.id_of(found.entity)
        return DeletionPreview(id=id, kind=entity_type.name, records=_counted(_parts(transaction, entity_type, id)))
    deletion = plan_deletion(transaction, found, lock=False)
    language = transaction.index_context.language
    named = {id: NamedContact(id, name_in(one.entity, language)) for id, one in deletion.contacts.items()}
    reasons = blocking_reasons(transaction, deletion.contacts)
    return DeletionPreview(
        id=deletion.root,
        kind=found.entity.kind,
        people=tuple(sorted((one for id, one in named.items() if id != deletion.root), key=_by_name)),
        records=_counted(_followers(transaction, deletion)),
        primaries=tuple(sorted(_new_primaries(transaction, deletion), key=lambda one: _by_name(one.contact))),
        blockers=tuple(Blocker(named[id], texts) for id, texts in reasons.items()),
    )


def _by_name(contact: NamedContact) -> tuple[str, str]:
    return contact.name.casefold(), contact.id


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _followers(transaction: Transaction, deletion: Deletion) -> Iterator[str]:
    """The kind of each record that goes along and that the actor sees."""
    for entity_type in FOLLOWERS:
        if entity_type.name in _UNCOUNTED:
            continue
        repository: Repository[Any] = Repository(transaction, entity_type)
        for one in repository.owned_by(*deletion.contacts):
            # A record that is reached through its owner is as visible as the contacts that are deleted.
            if entity_type.reached_through_owner or may_see(transaction.actor, one.access):
                yield entity_type.name


def _parts(transaction: Transaction, whole: EntityType[Any], id: str) -> Iterator[str]:
    """The kind of each part of a record that goes along with it and that the actor sees."""
    for entity_type in ENTITIES:
        if entity_type.part_of == whole.name:
            repository: Repository[Any] = Repository(transaction, entity_type)
            for one in repository.parts_of(id):
                seen = entity_type.reached_through_owner or may_see(transaction.actor, one.access)
                if seen and trashed_of(one.stored) is None:
                    yield entity_type.name


def _new_primaries(transaction: Transaction, deletion: Deletion) -> Iterator[NewPrimary]:
    """The contacts whose primary contact person, as the actor sees it, goes along."""
    actor, today = transaction.actor, transaction.today
    affiliations = AffiliationRepository(transaction)
    for client_id in deletion.affected:
        known = affiliations.of_contact(client_id)
        seen = {one.entity.id for one in known if may_see(actor, one.access)}
        before = effective_primary((one.entity for one in known if one.entity.id in seen), today)
        if before is None or before.id not in deletion.ended:
            continue
        stay = [one for one in known if one.entity.id not in deletion.ended]
        # The rule assigns the flag among all, as the deletion will; the actor sees a part of the outcome.
        outcome = enforce([one.entity for one in stay], today, None, {one.entity.id: one.access for one in stay})
        after = effective_primary((one for one in outcome.affiliations if one.id in seen), today)
        yield NewPrimary(*_names(transaction, before, after))


def _names(
    transaction: Transaction, before: Affiliation, after: Affiliation | None
) -> tuple[NamedContact, NamedContact, NamedContact | None]:
    ids = [before.contact_id, before.person_id, *([after.person_id] if after else ())]
    contacts: Mapping[str, Loaded[Person | Company]] = ContactRepository(transaction).get_many(ids)
    language = transaction.index_context.language
    client, former, *new = (NamedContact(id, name_in(contacts[id].entity, language)) for id in ids)
    return client, former, new[0] if new else None
