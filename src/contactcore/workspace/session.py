"""A session: the services of one actor in one transaction."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from contactcore.model import Actor
from contactcore.storage import Published
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction

if TYPE_CHECKING:  # each service is loaded when it is first used
    from contactcore.workspace.account.account import Account
    from contactcore.workspace.contacts.contacts import Contacts
    from contactcore.workspace.documents.documents import Documents
    from contactcore.workspace.forms.forms import Forms
    from contactcore.workspace.history.history import History
    from contactcore.workspace.items.items import Items
    from contactcore.workspace.matching.duplicates import Duplicates
    from contactcore.workspace.notifications.notifications import Notifications
    from contactcore.workspace.outbox.outbox import Outbox
    from contactcore.workspace.people.people import People
    from contactcore.workspace.pictures.pictures import Pictures
    from contactcore.workspace.portal.portal import Portal
    from contactcore.workspace.privacy.privacy import Privacy
    from contactcore.workspace.settings.settings import SettingsService
    from contactcore.workspace.sites.sites import Sites
    from contactcore.workspace.timeline.timeline import Timeline
    from contactcore.workspace.trash.trash import Trash

__all__ = ["Session"]


@check_arguments()
class Session:
    """One transaction of one actor; `Workspace.read` and `Workspace.write` open it.

    One thread uses a session, and only inside its `with` block. A writing session commits all of its changes if the
    block ends without an error, and none of them otherwise. After an error of the storage nothing can be committed any
    more, even if the block catches the error. A session that only reads refuses each change with `Forbidden`
    (`read-only-session`).

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     session.actor.name, session.contacts.count()
    ('amelie', 1)
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def actor(self) -> Actor:
        """The actor who opened the session."""
        return self._transaction.actor

    @cached_property
    def contacts(self) -> Contacts:
        """People and companies: add, find, change, share and delete."""
        from contactcore.workspace.contacts.contacts import Contacts

        return Contacts(self._transaction)

    @cached_property
    def people(self) -> People:
        """Contact persons: the people who act for a contact, and their authorities."""
        from contactcore.workspace.people.people import People

        return People(self._transaction)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Contacts that may be the same person or company, and those that are declared different."""
        from contactcore.workspace.matching.duplicates import Duplicates

        return Duplicates(self._transaction)

    @cached_property
    def sites(self) -> Sites:
        """The sites of contacts: their places, with addresses and access notes."""
        from contactcore.workspace.sites.sites import Sites

        return Sites(self._transaction)

    @cached_property
    def items(self) -> Items:
        """The items of contacts: patients, pets, vehicles, cases."""
        from contactcore.workspace.items.items import Items

        return Items(self._transaction)

    @cached_property
    def pictures(self) -> Pictures:
        """The logos of companies, the photos of people, and the pictures of items."""
        from contactcore.workspace.pictures.pictures import Pictures

        return Pictures(self._transaction)

    @cached_property
    def account(self) -> Account:
        """The accounts of contacts: entries of the host, balances, statements, saved payment methods."""
        from contactcore.workspace.account.account import Account

        return Account(self._transaction)

    @cached_property
    def timeline(self) -> Timeline:
        """The interactions of contacts: notes, appointments, payment requests, documents, messages, actions."""
        from contactcore.workspace.timeline.timeline import Timeline

        return Timeline(self._transaction)

    @cached_property
    def forms(self) -> Forms:
        """Forms of the web: their definition, and what visitors sent."""
        from contactcore.workspace.forms.forms import Forms

        return Forms(self._transaction)

    @cached_property
    def portal(self) -> Portal:
        """The customer portal: logins of contact persons, and the modules that each of them may use."""
        from contactcore.workspace.portal.portal import Portal

        return Portal(self._transaction)

    @cached_property
    def documents(self) -> Documents:
        """Documents about a client, made from templates with variables."""
        from contactcore.workspace.documents.documents import Documents

        return Documents(self._transaction)

    @cached_property
    def notifications(self) -> Notifications:
        """Notices: their recipients, with reasons, and their sending."""
        from contactcore.workspace.notifications.notifications import Notifications

        return Notifications(self._transaction)

    @cached_property
    def settings(self) -> SettingsService:
        """The settings of the workspace; everybody reads them, admins change them."""
        from contactcore.workspace.settings.settings import SettingsService

        return SettingsService(self._transaction)

    @cached_property
    def outbox(self) -> Outbox:
        """Queued, sent and undeliverable messages; for admins."""
        from contactcore.workspace.outbox.outbox import Outbox

        return Outbox(self._transaction)

    @cached_property
    def history(self) -> History:
        """The history of contacts: who changed what, earlier states, and undo."""
        from contactcore.workspace.history.history import History

        return History(self._transaction)

    @cached_property
    def trash(self) -> Trash:
        """Deleted contacts, which can be restored or purged."""
        from contactcore.workspace.trash.trash import Trash

        return Trash(self._transaction)

    @cached_property
    def privacy(self) -> Privacy:
        """The data that is held on people: reports, restrictions, consents."""
        from contactcore.workspace.privacy.privacy import Privacy

        return Privacy(self._transaction)

    def feed(self, after: int = 0, limit: int = 1_000) -> list[Published]:
        """Return the events of the workspace behind a position of its feed, oldest first; for admins.

        Events carry ids and codes, no personal data. An event never appears at or below a position that a reader has
        already seen.

        Args:
            after: The position of the last event that was read; 0 (the default) for the beginning.
            limit: The maximum number of events, 1 to 1,000; 1,000 by default.

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
