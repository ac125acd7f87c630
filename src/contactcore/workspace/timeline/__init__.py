"""The timeline of contacts."""

from contactcore.workspace.timeline.timeline import InteractionPage, Timeline

__all__ = ["InteractionPage", "Timeline"]
