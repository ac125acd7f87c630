"""Contact persons: people who act for a contact."""

from contactcore.workspace.people.people import People

__all__ = ["People"]
