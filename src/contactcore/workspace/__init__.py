"""The use cases: only here are rules and storage brought together."""

from contactcore.workspace.space import Workspace

__all__ = ["Workspace"]
