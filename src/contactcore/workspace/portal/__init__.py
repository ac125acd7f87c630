"""The portal: logins, links, and what a portal user sees."""

from contactcore.workspace.portal.portal import Portal

__all__ = ["Portal"]
