"""The outbox, as admins see it."""

from contactcore.workspace.outbox.outbox import Outbox

__all__ = ["Outbox"]
