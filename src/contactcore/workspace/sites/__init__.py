"""The sites of contacts."""

from contactcore.workspace.sites.sites import Sites

__all__ = ["Sites"]
