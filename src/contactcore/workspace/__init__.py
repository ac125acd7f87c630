"""The use cases of the library. Only this package connects the rules with the storage."""

from contactcore.workspace.kernel.host import Host
from contactcore.workspace.workspace import Workspace

__all__ = ["Host", "Workspace"]
