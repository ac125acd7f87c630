"""Merging: several contacts become one, and can become several again (IMP-7)."""

from contactcore.workspace.merging.merging import Merging

__all__ = ["Merging"]
