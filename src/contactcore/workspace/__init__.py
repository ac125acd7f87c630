"""The use cases: only here are rules and storage brought together."""

from contactcore.workspace.workspace import Workspace

__all__ = ["Workspace"]
