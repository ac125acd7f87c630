"""All types of entity that the library keeps, and what follows from the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.jobs import JOB_PARTS, JOBS
from contactcore.mapping.messages import MESSAGES
from contactcore.mapping.portal import CREDENTIALS, LOGINS
from contactcore.mapping.settings import SETTINGS_ID, settings_of, settings_record
from contactcore.mapping.tags import TAGS
from contactcore.model import Settings
from contactcore.storage import Kind

__all__ = ["ENTITIES", "ENTITY_OF", "KINDS", "OWNED", "SETTINGS", "VIEWS"]

SETTINGS: EntityType[Settings] = EntityType(
    kind=Kind("settings"),
    load=lambda stored, _: settings_of(stored),
    record=lambda settings, _: settings_record(settings),
    id_of=lambda _: SETTINGS_ID,
)

# A copy writes the types in this order. A workspace that has settings is whole, so they come last.
ENTITIES: tuple[EntityType[Any], ...] = (
    CONTACTS,
    AFFILIATIONS,
    TAGS,
    JOBS,
    JOB_PARTS,
    MESSAGES,
    LOGINS,
    CREDENTIALS,
    SETTINGS,
)

ENTITY_OF: Mapping[str, EntityType[Any]] = {entity.name: entity for entity in ENTITIES}
"""Name of a kind -> the type of its entities."""

OWNED = tuple(entity for entity in ENTITIES if entity.owners)
"""The types whose entities belong to contacts."""

KINDS = tuple(entity.kind for entity in ENTITIES)
"""What a storage is installed with."""

VIEWS = tuple(view for entity in ENTITIES for view in entity.views)
"""The report views over their bodies."""
