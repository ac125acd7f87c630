"""The trash: deleted contacts, until they are restored or purged."""

from contactcore.workspace.trash.trash import Trash

__all__ = ["Trash"]
