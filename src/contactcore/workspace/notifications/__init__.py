"""Notifications: who is mailed about what, and why."""

from contactcore.workspace.notifications.notifications import Notifications

__all__ = ["Notifications"]
