"""The editor of the roles of contacts for items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from contactcore.model import Role
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import ITEM_TOPICS
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.settings.list_editor import ListEditor

__all__ = ["RoleEditor"]


@check_arguments()
class RoleEditor(ListEditor[Role]):
    """The roles of contacts for items, each with the topics of notices that it gets; everybody reads it (SIT-2, NOT-4).

    The list starts with `guardian` (bookings and reminders), `payer` (payment requests) and `emergency` (no notices).

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
    ...     roles = session.settings.item_roles
    ...     trainer = roles.add("Trainer")
    ...     roles.set_topics("trainer", ["booking"])
    ...     [(one.slug, one.topics) for one in roles][-2:]
    [('emergency', ()), ('trainer', ('booking',))]

    Raises:
        Forbidden: `admin-only`, if another actor changes the list.
    """

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, "item_roles")

    def set_topics(self, slug: str, topics: Annotated[Iterable[str], ITEM_TOPICS]) -> None:
        """Set the topics of notices about items that contacts with a role get (NOT-4).

        Args:
            slug: The slug of the role.
            topics: The slugs of topics of notices about items, such as `"booking"`; empty for no notices.

        Raises:
            Invalid: `entry-unknown`; `topic-unknown`, also for a topic whose notices are not about items.
        """
        self._store(self._editable().change(slug, topics=tuple(topics)))
