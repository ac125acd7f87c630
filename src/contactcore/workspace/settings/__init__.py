"""The settings of a workspace, and the lists that its admins edit."""

from contactcore.workspace.settings.settings import SettingsService

__all__ = ["SettingsService"]
