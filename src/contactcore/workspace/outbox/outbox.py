"""The outbox: messages that are committed together with the change that causes them (NOT-7).

Services queue messages in the transaction of the change; `contactcore.delivery` sends them afterwards. Admins look
after those that could not be sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

import attrs

from contactcore.errors import Invalid, NotFound
from contactcore.formats.letters import write_letter
from contactcore.mapping.messages import message_of, message_record
from contactcore.mapping.terms import term
from contactcore.model.mailbox import Recipient
from contactcore.model.message import MESSAGE_STATES, Message
from contactcore.storage import SYSTEM, Query
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction, id_of

__all__ = ["Outbox", "OutboxPage", "enqueue", "enqueue_letter", "erase_messages", "withdraw"]

_PLAIN_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def enqueue(transaction: Transaction, message: Message) -> Message:
    """Queue a message; it is sent after the transaction was committed, and never if it was not.

    Args:
        transaction: Of the change that causes the message.
        message: Without an id. With a `key` that was used before, nothing is queued. `due` may name a later moment.

    Returns:
        The queued message, with id, Message-ID and key; or the one that was queued under the key before.

    Raises:
        Invalid: `already-stored`.
        Forbidden: `read-only-session`.
    """
    if message.id:
        raise Invalid("already-stored", "This message was queued already.", path="id", value=message.id)
    now = timestamp(transaction.now)
    id = transaction.new_id()
    mark = _mark(id, transaction.letter_configuration.workspace)
    ready = attrs.evolve(
        message,
        id=id,
        version=1,
        state="waiting",
        attempts=0,
        due=message.due or now,
        created=now,
        message_id=f"<{mark}@{transaction.letter_configuration.message_domain}>",
        key=message.key or mark,
    )
    with transaction.refusals(message):
        (kept,) = transaction.writer.insert([message_record(ready)], existing="keep")
    if kept != ready.id:
        return _read(transaction, kept)
    transaction.publish("message.queued", ready.id, about=ready.about)
    return ready


def enqueue_letter(
    transaction: Transaction,
    template: str,
    to: Recipient,
    values: Mapping[str, str],
    *,
    about: Iterable[str] = (),
    key: str = "",
    headers: Mapping[str, str] | None = None,
    confidential: bool = False,
) -> Message:
    """Queue a letter that a template makes, in the language of the reader, else of the workspace.

    Args:
        transaction: Of the change that causes the letter.
        template: The slug of a letter (`contactcore.formats.letters.LETTERS`, or the workspace's own).
        to: Whom it is for.
        values: The variables of the letter; `name` and `firm` are known.
        about: Ids of the contacts and people that it tells of.
        key: See `Message`.
        headers: See `Message`.
        confidential: See `Message`; for letters with a link that works once.

    Raises:
        Invalid: what `write_letter` and `Message` refuse.
    """
    letter_configuration = transaction.letter_configuration
    known = {"name": to.name or to.email.text, "firm": letter_configuration.workspace, **values}
    language = to.language or transaction.settings.language
    letter = write_letter(template, language, known, letter_configuration.letters)
    message = Message(
        to=to.email,
        to_name=to.name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        template=template,
        language=letter.language,
        headers=headers or {},
        key=key,
        about=tuple(about),
        confidential=confidential,
    )
    return enqueue(transaction, message)


def withdraw(transaction: Transaction, about: str, template: str, reason: str) -> int:
    """Take back letters that wait to be sent, as when their link has died; gives their number.

    Args:
        transaction: Of the change.
        about: The id of the contact or person that they tell of.
        template: The slug of the letters.
        reason: What their `last_error` says.
    """
    waiting = [one for one in _about(transaction, about) if one.state == "waiting" and one.template == template]
    for message in waiting:
        _store(transaction, _dead(message, reason), "message.cancelled")
    return len(waiting)


def erase_messages(transaction: Transaction, about: str) -> int:
    """Remove every message that tells of a contact or person, sent or not; gives their number."""
    found = _about(transaction, about)
    for message in found:
        with transaction.refusals(message):
            transaction.writer.delete("message", message.id, message.version)
    return len(found)


@attrs.frozen
class OutboxPage:
    """Some messages, and the cursor for those behind them; None at the end."""

    items: tuple[Message, ...]
    next: str | None


@check_arguments()
class Outbox:
    """The messages of a workspace, for admins.

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

    def list(
        self, *, state: str | None = None, about: object = None, limit: int = 50, after: str | None = None
    ) -> OutboxPage:
        """Messages, the newest first; confidential ones without their texts.

        Args:
            state: `"waiting"`, `"sent"` or `"dead"`; None for all.
            about: A contact or person, or its id.
            limit: 1 to 1,000.
            after: The `next` cursor of the page before.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `message-state`, `limit-out-of-range`, `cursor-unreadable`.
        """
        self._transaction.check_admin("look into the outbox")
        where = []
        if state is not None:
            if state not in MESSAGE_STATES:
                raise Invalid("message-state", f"States are {', '.join(MESSAGE_STATES)}.", path="state", value=state)
            where.append(frozenset({f"state:{state}"}))
        if about is not None:
            where.append(frozenset({term("about", id_of(about))}))
        query = Query(
            kind="message",
            order="added",
            access=SYSTEM,
            where=tuple(where),
            limit=limit,
            after=after,
            descending=True,
        )
        found = self._transaction.reader.find(query)
        stored = self._transaction.reader.get("message", [card.id for card in found.cards])
        items = tuple(message_of(one).shown() for one in stored if one is not None)
        return OutboxPage(items, found.last if found.more else None)

    def get(self, message: str | Message) -> Message:
        """The message with this id; without its texts if it is confidential.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
        """
        self._transaction.check_admin("look into the outbox")
        return _read(self._transaction, id_of(message)).shown()

    def retry(self, message: str | Message) -> Message:
        """Have a dead message sent after all, as if it were new; it keeps its Message-ID.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
            Invalid: `message-not-dead`; `message-forgotten`: it was confidential and its text is gone.
        """
        held = self._held(message, "have messages sent")
        if held.state != "dead":
            raise Invalid("message-not-dead", f"Only a dead message is sent again; this one is {held.state}.")
        if held.forgotten:
            raise Invalid("message-forgotten", "The text was confidential and is gone: have a new message made.")
        due = timestamp(self._transaction.now)
        return _store(self._transaction, attrs.evolve(held, state="waiting", attempts=0, due=due), "message.queued")

    def cancel(self, message: str | Message) -> Message:
        """Give up a message that waits to be sent.

        One that is just being sent may arrive even so; then it is shown as sent.

        Raises:
            Forbidden: `admin-only`.
            NotFound: there is none.
            Invalid: `message-not-waiting`.
        """
        held = self._held(message, "cancel messages")
        if held.state != "waiting":
            raise Invalid("message-not-waiting", f"Only a waiting message is cancelled; this one is {held.state}.")
        reason = f"Cancelled by {self._transaction.actor.name}."
        return _store(self._transaction, _dead(held, reason), "message.cancelled")

    def _held(self, message: str | Message, what: str) -> Message:
        self._transaction.check_admin(what)
        _read(self._transaction, id_of(message))
        with self._transaction.refusals(message):
            return message_of(self._transaction.writer.lock("message", id_of(message)))


def _mark(id: str, workspace: str) -> str:
    """An id in letters and digits that is like no other's, whatever the host's source of ids and names of workspaces.

    It has no place in it for anything but what the two hashes and plain ids are made of.
    """
    plain = id if _PLAIN_ID.fullmatch(id) else sha256(id.encode()).hexdigest()[:32]
    return f"{plain}.{sha256(workspace.encode()).hexdigest()[:12]}"


def _dead(message: Message, reason: str) -> Message:
    dead = attrs.evolve(message, state="dead", last_error=reason)
    return attrs.evolve(dead, text="", html="") if dead.forgotten else dead


def _store(transaction: Transaction, message: Message, event: str) -> Message:
    ready = attrs.evolve(message, version=message.version + 1)
    with transaction.refusals(message):
        transaction.writer.replace(message_record(ready), message.version)
    transaction.publish(event, ready.id, about=ready.about)
    return ready


def _read(transaction: Transaction, id: str) -> Message:
    (stored,) = transaction.reader.get("message", [id])
    if stored is None:
        raise NotFound("message", id)
    return message_of(stored)


def _about(transaction: Transaction, id: str) -> list[Message]:
    """All messages about somebody, held until the transaction ends."""
    query = Query(kind="message", order="added", access=SYSTEM, where=(frozenset({term("about", id)}),))
    ids = [stored.id for stored in transaction.every(query)]
    with transaction.refusals(id):
        return [message_of(transaction.writer.lock("message", one)) for one in ids]
