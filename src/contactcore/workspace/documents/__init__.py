"""Documents made from templates."""

from contactcore.workspace.documents.documents import Documents

__all__ = ["Documents"]
