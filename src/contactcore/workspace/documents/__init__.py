"""Documents that are rendered from templates."""

from contactcore.workspace.documents.documents import Documents

__all__ = ["Documents"]
