"""A session: one transaction, one actor, and the services that work in it."""

from __future__ import annotations

from functools import cached_property

from contactcore.model import Actor
from contactcore.storage import Published
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.documents.documents import Documents
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.notifications.notifications import Notifications
from contactcore.workspace.outbox.outbox import Outbox
from contactcore.workspace.people.people import People
from contactcore.workspace.portal.portal import Portal
from contactcore.workspace.settings.settings import SettingsService
from contactcore.workspace.trash.trash import Trash

__all__ = ["Session"]


@check_arguments()
class Session:
    """What `Workspace.read` and `Workspace.write` give.

    A session is used by one thread and not after its `with` block. In a writing session nothing is kept unless the
    block ends without an error; after an error that the storage raised, nothing of it can be kept any more.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self._transaction.actor

    @cached_property
    def contacts(self) -> Contacts:
        """People and companies."""
        return Contacts(self._transaction)

    @cached_property
    def people(self) -> People:
        """Who acts for a contact."""
        return People(self._transaction)

    @cached_property
    def portal(self) -> Portal:
        """The logins of contact persons and what they see."""
        return Portal(self._transaction)

    @cached_property
    def documents(self) -> Documents:
        """Documents about a client, and the variables that they are made of."""
        return Documents(self._transaction)

    @cached_property
    def notifications(self) -> Notifications:
        """Who is mailed about what."""
        return Notifications(self._transaction)

    @cached_property
    def settings(self) -> SettingsService:
        """The settings of the workspace."""
        return SettingsService(self._transaction)

    @cached_property
    def outbox(self) -> Outbox:
        """Messages that wait, were sent, or could not be sent; for admins."""
        return Outbox(self._transaction)

    @cached_property
    def trash(self) -> Trash:
        """What was deleted."""
        return Trash(self._transaction)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        """What happened in the workspace behind a position of its feed; for admins.

        Events carry ids, no personal data. Whoever has read up to a position never misses one behind it.

        Args:
            after: The position of the last event that was read; 0 for the beginning.
            limit: Events at most.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `limit-out-of-range`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, root = Workspace(MemoryStorage(), name="acme"), User("root", admin=True)
        >>> with workspace.write(root) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        >>> with workspace.read(root) as session:
        ...     [(one.position, one.event.name) for one in session.feed()]
        [(1, 'settings.changed'), (2, 'contact.added')]
        """
        self._transaction.check_admin("read the feed")
        return self._transaction.reader.feed(after, limit)
