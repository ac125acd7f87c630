"""What the library knows of a type of entity: enough to store, find, delete, restore and copy any of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Generic, TypeVar

import attrs

from contactcore.mapping.index_context import IndexContext
from contactcore.mapping.indexed_names import IndexedName, indexed_name_of
from contactcore.mapping.trash import Trashed
from contactcore.model import Contact, Settings
from contactcore.model.restoring import altered
from contactcore.rules.access import intersection
from contactcore.storage import Kind, Record, Stored, View

__all__ = ["EntityType", "Placement", "owned_access"]


E = TypeVar("E")


@attrs.frozen(kw_only=True)
class Placement:
    """All that a record depends on beside its entity.

    Attributes:
        context: The settings in force, and the orders that follow from them.
        access: The access terms of the record; while it is in the trash, the terms that it had before.
        owners: Name of a reference -> the owner behind it; empty for an entity without owners, and in the trash.
        trashed: How the record came to the trash; None while it is not there.
        indexed_names: Id of a contact -> its indexed name. Filled on use, so that a batch derives each name once.
    """

    context: IndexContext
    access: frozenset[str] = frozenset()
    owners: Mapping[str, Contact] = attrs.field(factory=dict)
    trashed: Trashed | None = None
    indexed_names: dict[str, IndexedName] = attrs.field(factory=dict)

    def indexed_name(self, contact: Contact) -> IndexedName:
        """The indexed name of the contact itself, or of an owner."""
        known = self.indexed_names.get(contact.id)
        if known is None:
            known = self.indexed_names[contact.id] = indexed_name_of(contact, self.context)
        return known


def owned_access(
    _entity: Any, _settings: Settings, _stored: frozenset[str], owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """The access of an entity that is visible to the actors who see all of its owners; no terms without owners."""
    if not owners:
        return frozenset()
    first, *rest = owners
    for access in rest:
        first = intersection(first, access)
    return first


def _one_version_further(entity: Any) -> Any:
    return altered(entity, {"version": entity.version + 1})


def _no_data(_entity: Any) -> Mapping[str, str | tuple[str, ...]]:
    return {}


@attrs.frozen(kw_only=True, eq=False)
class EntityType(Generic[E]):
    """One type of entity.

    Attributes:
        kind: The kind of its records, as storages know it.
        id_of: Gives the id of an entity; its `id` by default.
        load: Reads an entity from a stored record under the settings in force.
        record: Derives the record of an entity.
        load_as_stored: As `load`, without replacing what the settings do not offer any more; for deriving a record
            anew. The same as `load` by default.
        owners: Names of the references to the contacts that the entity belongs to. An owned entity is found by the term
            `<reference>:<id>` of each owner, and by `was:<reference>:<id>` in the trash.
        access: Who may see an entity, from the entity, the settings, the access terms that it has now, and those of its
            owners.
        follows_owner: Whether the entity goes to the trash with any of its owners, and is restored with it. An entity
            that has owners and does not follow them is removed when an owner is purged.
        order: The order that its records stand in by the language of the workspace; `""` for none. These records are
            derived anew when the language changes.
        found_by_owner: Whether its records carry words and places of its owners, so that they are derived anew when an
            owner is renamed.
        matched_by: How a search names a match through an entity of this type (`"person"`); `""` where search does not
            look among them. Their cards hold the matching text as `name`, and the id behind it as `<matched_by>_id`.
        raised: Gives the entity one version further.
        event_data: Gives the ids that every event about an entity carries.
        views: Report views over its bodies.
    """

    kind: Kind
    load: Callable[[Stored, IndexContext], E]
    record: Callable[[E, Placement], Record]
    id_of: Callable[[E], str] = attrgetter("id")
    load_as_stored: Callable[[Stored, IndexContext], E] = attrs.field(
        default=attrs.Factory(lambda self: self.load, takes_self=True)
    )
    owners: tuple[str, ...] = ()
    access: Callable[[E, Settings, frozenset[str], tuple[frozenset[str], ...]], frozenset[str]] = owned_access
    follows_owner: bool = False
    order: str = ""
    found_by_owner: bool = False
    matched_by: str = ""
    raised: Callable[[E], E] = _one_version_further
    event_data: Callable[[E], Mapping[str, str | tuple[str, ...]]] = _no_data
    views: tuple[View, ...] = ()

    @property
    def name(self) -> str:
        """The name of the kind, as in events (`"contact"`)."""
        return self.kind.name

    def owner_ids(self, entity: E) -> tuple[str, ...]:
        """The ids of the owners of an entity, in the sequence of `owners`."""
        return tuple(getattr(entity, f"{reference}_id") for reference in self.owners)

    @property
    def depends_on_owners(self) -> bool:
        """Whether its records are derived from their owners too, by words or by access."""
        return self.found_by_owner or (bool(self.owners) and self.access is owned_access)
