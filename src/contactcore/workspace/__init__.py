"""The use cases of the library. Only this package connects the rules with the storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contactcore.workspace.kernel.host import Host
    from contactcore.workspace.workspace import Workspace
else:
    from contactcore.lazy_names import lazy_names

    __getattr__ = lazy_names(
        __name__,
        {
            "contactcore.workspace.kernel.host": "Host",
            "contactcore.workspace.workspace": "Workspace",
        },
    )

__all__ = ["Host", "Workspace"]
