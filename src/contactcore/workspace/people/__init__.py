"""Contact persons: who acts for a contact."""

from contactcore.workspace.people.people import People

__all__ = ["People"]
