"""The settings in the storage."""

from __future__ import annotations

import attrs

from contactcore.mapping.settings import SETTINGS_ID
from contactcore.mapping.settings_type import SETTINGS
from contactcore.model import Settings
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["lock_settings", "store_settings"]


def store_settings(transaction: Transaction, settings: Settings) -> Settings:
    """Store changed settings, with the next version.

    Args:
        transaction: A writing transaction.
        settings: The settings, with the version that is stored; 0 for a new workspace.

    Returns:
        The stored settings.

    Raises:
        Conflict: another version is stored.
    """
    repository = Repository(transaction, SETTINGS)
    ready = attrs.evolve(settings, version=settings.version + 1)
    with transaction.refusals(settings):
        if settings.version == 0:
            # Two processes may create the same workspace at the same time. The settings of the first one stay.
            transaction.writer.insert([repository.record(ready)], existing="keep")
        else:
            transaction.writer.replace(repository.record(ready), settings.version)
    transaction.locked.pop((SETTINGS.name, SETTINGS_ID), None)
    transaction.settings_changed()
    repository.publish("changed", ready)
    return ready


def lock_settings(transaction: Transaction) -> None:
    """Lock the settings until the transaction ends, so that jobs which decide on the directory take turns.

    The settings are read anew behind the lock: they may have changed since the transaction began.
    """
    Repository(transaction, SETTINGS).lock_any(SETTINGS_ID)
    transaction.settings_changed()
