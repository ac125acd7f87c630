"""Types of entities: the data by which entities of every type are stored, found, trashed, restored and copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contactcore.frozen import frozen
from contactcore.mapping.index_context import IndexContext
from contactcore.model import Settings
from contactcore.model.restoring import altered
from contactcore.rules.access import intersection
from contactcore.storage import Kind, Record, Stored

if TYPE_CHECKING:
    from contactcore.mapping.indexed_names import IndexedName
    from contactcore.mapping.subject import Subject
    from contactcore.mapping.trash import Trashed
    from contactcore.model.contact import Contact

__all__ = ["EntityType", "Placement", "no_access"]


E = TypeVar("E")


@attrs.define(kw_only=True, eq=False)
class Placement:
    """The data, beside the entity itself, from which a record is derived.

    Attributes:
        context: The index context of the workspace.
        access: The access terms of the record; for a record in the trash, the terms that it had before.
        owners: The owners by the names of the references; empty for an entity without owners, and in the trash.
        trashed: The data of a record in the trash; None for any other record.
        indexed_names: The indexed names by the ids of contacts. A batch shares this dict and fills it on use, so that
            each name is indexed once.
    """

    context: IndexContext
    access: frozenset[str] = frozenset()
    owners: Mapping[str, Contact] = attrs.field(factory=dict)
    trashed: Trashed | None = None
    indexed_names: dict[str, IndexedName] = attrs.field(factory=dict)

    def indexed_name(self, contact: Contact) -> IndexedName:
        """The indexed name of a contact, from `indexed_names` if it was computed before.

        Args:
            contact: The entity itself, or one of its owners.
        """
        known = self.indexed_names.get(contact.id)
        if known is None:
            from contactcore.mapping.indexed_names import indexed_name_of  # settings and acts have no names

            known = self.indexed_names[contact.id] = indexed_name_of(contact, self.context)
        return known


def owned_access(
    _entity: Any, _settings: Settings, _stored: frozenset[str], owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """The access terms of an entity that an actor sees if the actor sees all of its owners; empty without owners.

    Args:
        owners: The access terms of each owner.
    """
    if not owners:
        return frozenset()
    first, *rest = owners
    for access in rest:
        first = intersection(first, access)
    return first


def no_access(
    _entity: Any, _settings: Settings, _stored: frozenset[str], _owners: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """No access terms, for an entity that is reached through its owner."""
    return frozenset()


def _with_next_version(entity: Any) -> Any:
    return altered(entity, {"version": entity.version + 1})


def _moved(entity: Any, contact_id: str) -> Any:
    return altered(entity, {"contact_id": contact_id})


@cache
def _owner_ids(owners: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    if len(owners) < 2:
        return lambda entity: tuple([getattr(entity, f"{owner}_id") for owner in owners])
    return attrgetter(*(f"{owner}_id" for owner in owners))


def _no_blobs(_record: Record) -> Iterable[str]:
    return ()


def _no_event_data(_entity: Any) -> Mapping[str, str | tuple[str, ...]]:
    return {}


@frozen(kw_only=True, eq=False)
class EntityType(Generic[E]):
    """The declaration of one type of entity; `ENTITIES` lists all of them.

    Attributes:
        kind: The kind of the records, which the storage port needs; `contactcore.mapping.kinds` has all of them.
        load: The function that converts a stored record to an entity under an index context.
        record: The function that derives the record of an entity.
        id_of: The function that returns the id of an entity; the attribute `id` by default.
        load_as_stored: The function that loads an entity for reindexing. It keeps the types and categories that the
            settings have removed since, and `load` replaces them; `load` by default.
        owners: The names of the references to the contacts that own the entity. The record has the term
            `<reference>:<id>` for each owner, and `was:<reference>:<id>` in the trash.
        access: The function that computes the access terms from the entity, the settings, the present access terms and
            the access terms of the owners; `owned_access` by default.
        follows_owner: Whether the entity goes to the trash together with any of its owners, and is restored with it.
            The purge of a contact removes the entities that follow it.
        part_of: The name of a reference to an entity that is not a contact, which this entity follows too: an
            interaction goes to the trash with its item. `""` (the default) for none.
        deleted_alone: Whether an actor can delete the entity without its owner. The trash lists it then; its card has
            a `name`.
        mentions: The attributes with the id of a record that the entity only names -> the kind of that record. Such a
            record may be hidden, in the trash or purged; the entity is then shown without the id.
        reached_through_owner: Whether the records have no access terms of their own. An actor then sees an entity if
            the actor sees its owners; no list of all such entities can be asked for.
        order: The name of the directory order of the records, which the language of the workspace defines; `""` for
            none. A change of the language reindexes these records.
        plain_order: The order in which records without a directory order are read; `"added"` by default.
        found_by_owner: Whether the records contain words and order keys of the owners. A change of an owner's name then
            reindexes them.
        addresses_of: The reference to the owner, a person, whose e-mail addresses, phone numbers and words the records
            contain too (`"person"`); `""` (the default) for none. A change of these then reindexes them.
        matched_by: The value of `Matched.by` for a search hit through an entity of this type (`"person"`); `""` if the
            search does not use the type. The card of a record then has the matching text as `name`, and may have the
            id that the hit shows as `<matched_by>_id`; the id of the record by default.
        raised: The function that returns a copy of the entity with the next version.
        moved: The function that returns an entity that is `part_of` another one, after that one was given to another
            contact; with the new `contact_id` by default.
        event_data: The function that returns the ids that every event about the entity contains.
        kept_in_history: Whether each change of an entity is written to the history.
        files: The function that returns the ids of the picture files that an entity needs; none by default. A file that
            no entity needs any more is dropped.
        blobs: The function that returns the keys of the contents that the storage keeps for a record; none by default.
            A copy of the workspace contains them.
        personal: Where such records have data of people (IMP-8): `"owned"` if they belong to the person (the default
            for a type that follows its owner) and are reported and erased with the person, `"named"` if only `forget`
            finds the person in them, `"noted"` if their own repository cleans them, `"none"` if they have no data of
            contacts. Every type needs one of them.
        forget: The function that returns an entity of others without what it says about a person who is erased: the
            same entity if it says nothing, None if the record is about nobody else and must go. An erasure applies it
            to all records of the type; None (the default) if they name nobody whom they do not belong to.
        for_client: The function that reduces an entity to what a portal user may know, given the settings; None (the
            default) if portal users see it whole or not at all.
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
    part_of: str = ""
    deleted_alone: bool = False
    mentions: Mapping[str, str] = attrs.field(factory=dict)
    reached_through_owner: bool = False
    order: str = ""
    plain_order: str = "added"
    found_by_owner: bool = False
    addresses_of: str = ""
    matched_by: str = ""
    raised: Callable[[E], E] = _with_next_version
    moved: Callable[[E, str], E] = _moved
    event_data: Callable[[E], Mapping[str, str | tuple[str, ...]]] = _no_event_data
    kept_in_history: bool = False
    files: Callable[[E], tuple[str, ...]] | None = None
    blobs: Callable[[Record], Iterable[str]] = _no_blobs
    for_client: Callable[[E, Settings], E] | None = None
    forget: Callable[[E, Subject], E | None] | None = None
    personal: str = attrs.field(
        default=attrs.Factory(lambda self: "owned" if self.owners and self.follows_owner else "", takes_self=True)
    )

    @property
    def name(self) -> str:
        """The name of the kind (`"contact"`), with which the names of events begin."""
        return self.kind.name

    def owner_ids(self, entity: E) -> tuple[str, ...]:
        """The ids of the owners of an entity, in the sequence of `owners`.

        Args:
            entity: The entity.
        """
        return _owner_ids(self.owners)(entity)

    @property
    def depends_on_owners(self) -> bool:
        """Whether the words, the order keys or the access terms of a record are derived from its owners."""
        return self.found_by_owner or (bool(self.owners) and self.access is owned_access)
