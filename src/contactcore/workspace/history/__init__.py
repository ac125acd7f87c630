"""The history of contacts and of the records that belong to them."""

from contactcore.workspace.history.history import History

__all__ = ["History"]
