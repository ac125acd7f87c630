"""Notifications: the recipients of notices, with the reasons."""

from contactcore.workspace.notifications.notifications import Notifications, QueuedNotice

__all__ = ["Notifications", "QueuedNotice"]
