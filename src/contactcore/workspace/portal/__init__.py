"""The portal: logins, links, and the modules that a portal user sees."""

from contactcore.workspace.portal.portal import Portal

__all__ = ["Portal"]
