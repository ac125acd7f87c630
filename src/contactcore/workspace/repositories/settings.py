"""Storing the settings of a workspace."""

from __future__ import annotations

import attrs

from contactcore.mapping.settings import SETTINGS_ID, settings_record
from contactcore.model import Settings
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["store_settings"]


def store_settings(transaction: Transaction, settings: Settings) -> Settings:
    """Store changed settings with the next version."""
    ready = attrs.evolve(settings, version=settings.version + 1)
    with transaction.refusals(settings):
        if settings.version == 0:
            # Two processes may create the same workspace at the same time. The first one decides its settings.
            transaction.writer.insert([settings_record(ready)], existing="keep")
        else:
            transaction.writer.replace(settings_record(ready), settings.version)
    transaction.settings_changed()
    transaction.publish("settings.changed", SETTINGS_ID)
    return ready
