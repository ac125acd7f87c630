"""Privacy: what is held on a person is handed over, restricted and erased (IMP-8)."""

from contactcore.workspace.privacy.erasing import Erasures
from contactcore.workspace.privacy.privacy import Privacy

__all__ = ["Erasures", "Privacy"]
