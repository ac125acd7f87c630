"""Maintenance: long jobs on many records of a workspace."""

from contactcore.workspace.maintenance.maintenance import Maintenance

__all__ = ["Maintenance"]
