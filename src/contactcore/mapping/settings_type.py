"""The type of the settings, which the first session of a workspace stores without any other entity."""

from __future__ import annotations

from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.kinds import KIND_OF
from contactcore.mapping.settings import SETTINGS_ID, settings_of, settings_record
from contactcore.model import Settings

__all__ = ["SETTINGS"]

SETTINGS: EntityType[Settings] = EntityType(
    kind=KIND_OF["settings"],
    load=lambda stored, _: settings_of(stored),
    record=lambda settings, _: settings_record(settings),
    id_of=lambda _: SETTINGS_ID,
    personal="none",
)
