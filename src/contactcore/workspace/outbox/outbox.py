"""The outbox: messages that are committed together with the change that causes them (NOT-7).

Services queue messages in the transaction of the change, and `contactcore.delivery` sends them afterwards. Admins
retry or cancel messages here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from contactcore.errors import Invalid, collect
from contactcore.frozen import frozen
from contactcore.mapping.index_keys import term
from contactcore.mapping.messages import BOUNCED, ERASED_ADDRESS
from contactcore.model.message import MESSAGE_STATES, Message
from contactcore.storage import SYSTEM, Query
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.arguments import AS_STORED, check_arguments, may_be_id
from contactcore.workspace.kernel.transaction import Transaction, id_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.messages import MessageRepository, came_back, dead, waiting_again
from contactcore.workspace.repositories.redirects import absorbed_by
from contactcore.workspace.repositories.repository import Loaded

__all__ = ["Outbox", "OutboxPage"]


@frozen
class OutboxPage:
    """One page of messages.

    Attributes:
        items: The messages, the newest first.
        next: The cursor for the next page; None at the end.
    """

    items: tuple[Message, ...]
    next: str | None

    def __iter__(self) -> Iterator[Message]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@check_arguments()
class Outbox:
    """The messages of a workspace; only admins may use this service (NOT-7).

    >>> from contactcore import Company, Person, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=["invoice"])
    ...     who = session.notifications.recipients(client, "invoice")
    ...     (message,) = session.notifications.send(client, who, subject="Invoice 7", text="Enclosed.")
    ...     [(str(one.to), one.subject, one.state) for one in session.outbox.list(about=client).items]
    ...     session.outbox.cancel(message).last_error
    ...     session.outbox.list(state="waiting").items, session.outbox.get(message).state
    ...     session.outbox.retry(message).state
    [('jane@bois.fr', 'Invoice 7', 'waiting')]
    'Cancelled by root.'
    ((), 'dead')
    'waiting'
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._messages = MessageRepository(transaction)

    def list(
        self,
        *,
        state: str | None = None,
        about: object = None,
        limit: int = 50,
        after: str | None = None,
        bounced: bool = False,
    ) -> OutboxPage:
        """Return messages, the newest first; confidential ones without their texts.

        Args:
            state: `"waiting"`, `"sent"` or `"dead"`; None (the default) for all.
            about: A contact, person or item that the messages are about, or the id; None (the default) for all.
                Messages about a contact that was merged into this one are among them.
            limit: The maximum number of messages, 1 to 1,000; 50 by default.
            after: The `next` cursor of the previous page; None (the default) for the first page.
            bounced: True for the messages that came back only; False by default.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `message-state`, `limit-out-of-range`, `cursor-unreadable`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     who = session.notifications.recipients(bois, "invoice")
        ...     (queued,) = session.notifications.send(bois, who, subject="Invoice 7", text="Enclosed.")
        ...     [message.subject for message in session.outbox.list(state="waiting").items]
        ['Invoice 7']
        """
        self._transaction.check_admin("look into the outbox")
        where = []
        if state is not None:
            if state not in MESSAGE_STATES:
                raise Invalid("message-state", f"States are {', '.join(MESSAGE_STATES)}.", path="state", value=state)
            where.append(frozenset({f"state:{state}"}))
        if bounced:
            where.append(frozenset({BOUNCED}))
        if about is not None:
            where.append(frozenset(term("about", id) for id in self._names_of(id_of(about))))
        query = Query(
            kind="message",
            order="added",
            access=SYSTEM,
            where=tuple(where),
            limit=limit,
            after=after,
            descending=True,
        )
        found = self._transaction.reader.find_records(query)
        items = tuple(self._messages.loaded(stored).entity.shown() for stored in found.records)
        return OutboxPage(items, found.last if found.more else None)

    def get(self, message: str | Message) -> Message:
        """Return a message; without its texts if it is confidential.

        Args:
            message: The message, or its id.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     who = session.notifications.recipients(bois, "invoice")
        ...     (queued,) = session.notifications.send(bois, who, subject="Invoice 7", text="Enclosed.")
        ...     session.outbox.get(queued.id).state
        'waiting'
        """
        self._transaction.check_admin("look into the outbox")
        return self._messages.load_any(id_of(message)).entity.shown()

    def retry(self, message: Annotated[str | Message, AS_STORED]) -> Message:
        """Queue a dead message again, with a new series of attempts and the same Message-ID.

        A message that was withdrawn is judged again before it is sent, and is withdrawn again if nothing changed
        (NOT-8).

        Args:
            message: The message, or its id.

        Returns:
            The waiting message.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
            Invalid: `message-not-dead`; `message-forgotten` if it was confidential, because its text is removed.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     who = session.notifications.recipients(bois, "invoice")
        ...     (queued,) = session.notifications.send(bois, who, subject="Invoice 7", text="Enclosed.")
        ...     cancelled = session.outbox.cancel(queued.id)
        ...     session.outbox.retry(cancelled).state
        'waiting'
        """
        locked = self._lock(message, "have messages sent")
        ended = locked.entity
        if ended.state != "dead":
            raise Invalid("message-not-dead", f"Only a dead message is sent again; this one is {ended.state}.")
        if ended.forgotten:
            raise Invalid("message-forgotten", "The text was confidential and is gone: have a new message made.")
        again = waiting_again(ended, self._transaction.now)
        return self._messages.put(again, locked.stored, event="queued")

    def cancel(self, message: Annotated[str | Message, AS_STORED]) -> Message:
        """Cancel a waiting message.

        A message may still arrive if it is being sent at this time. Then its state becomes `"sent"`.

        Args:
            message: The message, or its id.

        Returns:
            The dead message.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
            Invalid: `message-not-waiting`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        ...     jane = session.people.add(bois, "jane@bois.fr", notifications=["invoice"])
        ...     who = session.notifications.recipients(bois, "invoice")
        ...     (queued,) = session.notifications.send(bois, who, subject="Invoice 7", text="Enclosed.")
        ...     session.outbox.cancel(queued.id).state
        'dead'
        """
        locked = self._lock(message, "cancel messages")
        if locked.entity.state != "waiting":
            state = locked.entity.state
            raise Invalid("message-not-waiting", f"Only a waiting message is cancelled; this one is {state}.")
        reason = f"Cancelled by {self._transaction.actor.name}."
        return self._messages.put(dead(locked.entity, reason), locked.stored, event="cancelled")

    def mark_bounced(self, message: Annotated[str | Message, AS_STORED], reason: str = "") -> Message:
        """Report that a message came back for good: its address does not exist, or takes no mail any more.

        The application reads such reports, from its mailbox or its mail service. From now on no message is sent to the
        address, and `recipients` excludes everybody who has it, for the reason `bounced`. This ends when the contact
        has another address, when the address is confirmed (`confirm_address`), or when the contact is purged or erased.
        A mailbox that is full for a day is no reason to call this.

        Args:
            message: The message, its id, or its Message-ID, which the report names.
            reason: What the report says, cut at 500 characters; `""` by default. It is not kept if the recipient was
                erased.

        Returns:
            The message, with the time in `bounced` and the reason in `last_error`.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
            Invalid: `message-not-sent` for a message that was never sent.
        """
        self._transaction.check_admin("report messages that came back")
        locked = self._lock(self._id_of(id_of(message)), "report messages that came back")
        if not locked.entity.attempts:
            raise Invalid("message-not-sent", "Only a message that was sent can come back.", path="message")
        # The report would name an address that is erased.
        said = "" if locked.entity.to == ERASED_ADDRESS else reason
        back = came_back(locked.entity, said, self._transaction.now)
        return self._messages.put(back, locked.stored, event="bounced").shown()

    def confirm_address(self, email: str) -> int:
        """Let messages be sent again to an address from which one came back.

        Messages that were withdrawn meanwhile stay withdrawn; `retry` queues them again.

        Args:
            email: The address, which somebody has found to work.

        Returns:
            The number of messages that had come back from it.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `email-syntax`, and the other codes of `EmailAddress`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.outbox.confirm_address("jane@bois.fr")
        0
        """
        self._transaction.check_admin("confirm addresses")
        self._transaction.require_writing()
        (address,) = collect(("email", lambda: EmailAddress(email)))
        return self._messages.confirm(address)

    def _names_of(self, id: str) -> tuple[str, ...]:
        """The id of a record, and those of the contacts that became a part of it."""
        (stored,) = ContactRepository(self._transaction).present([id])
        present = id if stored is None else stored.id
        return (present, *absorbed_by(self._transaction, present, trashed=True))

    def _id_of(self, text: str) -> str:
        """The id of the message with a Message-ID; any other text is an id."""
        local = text.strip().removeprefix("<").partition("@")[0]
        id = local.rpartition(".")[0]
        if "@" not in text or not may_be_id(id):
            return text
        found = self._messages.get_many([id]).get(id)
        own = "" if found is None else found.entity.message_id.removeprefix("<").partition("@")[0]
        return id if own == local else text

    def _lock(self, message: str | Message, what: str) -> Loaded[Message]:
        self._transaction.check_admin(what)
        # The lock of a missing record would void the transaction, so the message is read first.
        return self._messages.lock_any(self._messages.load_any(id_of(message)).entity.id)
