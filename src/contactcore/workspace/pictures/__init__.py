"""The pictures of contacts and items."""

from contactcore.workspace.pictures.pictures import Pictures

__all__ = ["Pictures"]
