"""The use cases. Only here rules and storage meet."""

from contactcore.workspace.kernel.host import Host
from contactcore.workspace.workspace import Workspace

__all__ = ["Host", "Workspace"]
