"""The types of all entities that the library stores, and the values that are derived from this list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contactcore.mapping.account import ACCOUNT_ENTRIES, PAYMENT_METHODS
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.counters import COUNTERS
from contactcore.mapping.distinctions import DISTINCTIONS
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.forms import FORM_SECRETS, FORMS
from contactcore.mapping.history import HISTORY
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.item_roles import ITEM_ROLES
from contactcore.mapping.items import ITEMS
from contactcore.mapping.jobs import JOB_PARTS, JOBS
from contactcore.mapping.messages import MESSAGES
from contactcore.mapping.pictures import PICTURE_FILES, PICTURES
from contactcore.mapping.portal import CREDENTIALS, LOGINS
from contactcore.mapping.privacy import CONSENTS, SUPPRESSIONS
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.settings_type import SETTINGS
from contactcore.mapping.sites import SITES
from contactcore.mapping.submissions import SUBMISSIONS
from contactcore.mapping.tags import TAGS
from contactcore.storage import Record

__all__ = ["ENTITIES", "ENTITY_OF", "OWNED", "kept_blobs"]

# The sequence is that of `contactcore.mapping.kinds`.
ENTITIES: tuple[EntityType[Any], ...] = (
    CONTACTS,
    AFFILIATIONS,
    SITES,
    ITEMS,
    ACCOUNT_ENTRIES,
    PAYMENT_METHODS,
    INTERACTIONS,
    ITEM_ROLES,
    PICTURE_FILES,
    PICTURES,
    SUBMISSIONS,
    CONSENTS,
    SUPPRESSIONS,
    FORMS,
    FORM_SECRETS,
    DISTINCTIONS,
    REDIRECTS,
    TAGS,
    JOBS,
    JOB_PARTS,
    MESSAGES,
    LOGINS,
    CREDENTIALS,
    COUNTERS,
    HISTORY,
    SETTINGS,
)

ENTITY_OF: Mapping[str, EntityType[Any]] = {entity.name: entity for entity in ENTITIES}
"""The types by the names of their kinds."""

OWNED = tuple(entity for entity in ENTITIES if entity.owners)
"""The types of the entities that belong to contacts."""


def kept_blobs(records: Iterable[Record]) -> list[str]:
    """The keys of the contents that the storage keeps for these records, each once.

    Args:
        records: Records of any kinds.
    """
    return list(dict.fromkeys(key for record in records for key in ENTITY_OF[record.kind].blobs(record)))
