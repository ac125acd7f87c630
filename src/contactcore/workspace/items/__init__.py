"""The items of contacts."""

from contactcore.workspace.items.items import Items

__all__ = ["Items"]
