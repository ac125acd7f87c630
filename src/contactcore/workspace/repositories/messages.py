"""Messages in the storage: queued with the change that causes them, claimed, and marked with their result (NOT-7).

A message is claimed in one transaction, sent outside any transaction, and its result is recorded in another one.
Between the two, only the time of its next attempt is changed. If a deliverer dies, another one therefore claims the
message again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

import attrs

from contactcore.errors import Invalid, StorageError
from contactcore.formats.letters import write_letter
from contactcore.mapping import json
from contactcore.mapping.index_keys import term
from contactcore.mapping.messages import MESSAGES, blob_term, bounced_term, message_of, message_record, waiting_term
from contactcore.model.attachment import AttachedFile, Attachment
from contactcore.model.mailbox import Recipient
from contactcore.model.message import Grounds, Message
from contactcore.rules.redelivery import DELAYS, Outcome, cut_out, next_delay, secrets_in
from contactcore.rules.sending import REQUEUED_WITHIN, Withdrawal
from contactcore.storage import LARGEST_PAGE, SYSTEM, Event, Query, Reader, Writer
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = [
    "MessageRepository",
    "came_back",
    "claim_due",
    "dead",
    "due_until",
    "enqueue",
    "enqueue_letter",
    "enqueue_once",
    "keep_attachments",
    "letter_to_user",
    "record_result",
    "release",
    "waiting_again",
    "withdrawn",
]

_PLAIN_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_LONGEST_REASON = 500
_IDS_AT_ONCE = 100
_IN_TRASH = frozenset({"in-trash", "item-in-trash"})


class MessageRepository(Repository[Message]):
    """The messages of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, MESSAGES)

    def withdraw(self, about: str, templates: Iterable[str], reason: str, code: str = "link-dead") -> int:
        """Withdraw queued letters, for example because their link is no longer valid.

        Only the waiting letters are read, however many were sent before.

        Args:
            about: The id of the contact or person that the letters are about.
            templates: The slugs of their templates.
            reason: The new value of their `last_error`.
            code: The new value of their `withdrawn`; `"link-dead"` by default.

        Returns:
            The number of withdrawn letters.
        """
        wanted = frozenset(templates)
        waiting = [one.entity for one in self.find(frozenset({waiting_term(about)}))]
        count = 0
        for id in sorted(one.id for one in waiting if one.template in wanted):
            locked = self.lock_any(id)
            if locked.entity.state == "waiting":
                ended = withdrawn(locked.entity, Withdrawal(code, reason))
                self.put(ended, locked.stored, event="withdrawn", code=code)
                count += 1
        return count

    def requeue(self, *about: str, withdrawn_as: Collection[str] = _IN_TRASH) -> int:
        """Queue again the messages that were withdrawn because a restored contact or item was in the trash.

        A message that was queued too long ago stays withdrawn, and so does one whose texts are erased. The rules judge
        each message again before it is sent.

        Args:
            about: The ids of the restored contacts, or of the restored item.
            withdrawn_as: The codes of the reasons that no longer hold; those of the trash by default.

        Returns:
            The number of messages that wait again.
        """
        now = self.transaction.now
        dead_ones = frozenset({"state:dead"})
        found = {one.entity.id: one.entity for group in _groups(about) for one in self.find(group, dead_ones)}
        count = 0
        for id, message in sorted(found.items()):
            if message.withdrawn not in withdrawn_as or message.forgotten or not _is_recent(message, now):
                continue
            locked = self.lock_any(id)
            if locked.entity.version == message.version:
                self.put(waiting_again(message, now), locked.stored, event="queued")
                count += 1
        return count

    def erase(self, *about: str) -> int:
        """Remove all messages about contacts or people, in any state, with their attachments; return their number."""
        found = {one.entity.id: one.entity for group in _groups(about) for one in self.find(group)}
        blobs = self.lock_sharers(found.values())
        for id in sorted(found):
            locked = self.lock_any(id)
            self.remove(locked.entity, locked.stored, event="")
        _drop_unused(self.transaction.writer, blobs)
        return len(found)

    def lock_sharers(self, messages: Iterable[Message]) -> frozenset[str]:
        """Lock messages with all that share an attachment with them, and return the keys of the attachments.

        They are locked in one sequence, so that the last of them drops a content.

        Args:
            messages: The messages.
        """
        found = {one.id: one for one in messages}
        blobs = frozenset(file.blob for one in found.values() for file in one.attachments if file.blob)
        for id in sorted({*found, *_sharers(self.transaction.reader, blobs)}):
            self.lock_any(id)
        return blobs

    def bounced(self, emails: Iterable[EmailAddress]) -> frozenset[str]:
        """Return the keys of those addresses from which a message came back.

        Args:
            emails: The addresses.
        """
        keys: set[str] = set()
        wanted = sorted({bounced_term(email) for email in emails})
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            where = (frozenset(wanted[start : start + _IDS_AT_ONCE]),)
            query = Query(kind="message", order="added", access=SYSTEM, where=where, limit=LARGEST_PAGE)
            while True:
                found = self.transaction.reader.find_records(query)
                keys |= {self.loaded(stored).entity.to.key for stored in found.records}
                if not found.more:
                    break
                query = attrs.evolve(query, after=found.last)
        return frozenset(keys)

    def confirm(self, email: EmailAddress) -> int:
        """Take the mark from the messages that came back from an address, and return their number."""
        marked = sorted(one.entity.id for one in self.find(frozenset({bounced_term(email)})))
        for id in marked:
            locked = self.lock_any(id)
            self.put(attrs.evolve(locked.entity, bounced=None), locked.stored, event="confirmed")
        return len(marked)

    def drop_attachments(self, message: Message) -> None:
        """Drop the contents of the attachments of a message that needs them no more, unless another one does."""
        _drop_unused(self.transaction.writer, [file.blob for file in message.attachments if file.blob])


def _groups(about: Sequence[str]) -> Iterator[frozenset[str]]:
    ids = list(about)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield frozenset(term("about", id) for id in ids[start : start + _IDS_AT_ONCE])


def _sharers(reader: Reader, blobs: Iterable[str]) -> list[str]:
    """Return the ids of the messages that still need any of these attachments."""
    ids: list[str] = []
    for blob in blobs:
        where = (frozenset({blob_term(blob)}),)
        query = Query(kind="message", order="added", access=SYSTEM, where=where, limit=LARGEST_PAGE)
        while True:
            found = reader.find(query)
            ids += [card.id for card in found.cards]
            if not found.more:
                break
            query = attrs.evolve(query, after=found.last)
    return ids


def _drop_unused(writer: Writer, blobs: Iterable[str]) -> None:
    for blob in blobs:
        if not _sharers(writer, [blob]):
            writer.drop_blob(blob)


def keep_attachments(transaction: Transaction, attachments: Iterable[Attachment]) -> tuple[AttachedFile, ...]:
    """Keep the contents of attachments until the last of the messages that this call serves is sent.

    Each call has keys of its own. Otherwise a message that is sent could drop a content that a message of another
    transaction needs, before either of them sees the other one.

    Args:
        transaction: The transaction that queues the messages.
        attachments: The attachments.

    Returns:
        The files as the messages describe them.
    """
    files = []
    for one in attachments:
        blob = f"attachment:{sha256(transaction.new_id().encode()).hexdigest()}"
        transaction.writer.keep_blob(blob, one.data)
        files.append(attrs.evolve(AttachedFile.of(one), blob=blob))
    return tuple(files)


def enqueue(transaction: Transaction, message: Message) -> Message:
    """Queue a message; it is sent after the transaction is committed, and never if it is not.

    Args:
        transaction: The transaction of the change that causes the message.
        message: The message, without an id. If its `key` was used before, nothing is queued. Its `due` may be a later
            time.

    Returns:
        The queued message, with id, Message-ID and key; or the message that was queued with this key before.

    Raises:
        Invalid: `already-stored`.
        Forbidden: `read-only-session`.
    """
    return enqueue_once(transaction, message)[0]


def enqueue_once(transaction: Transaction, message: Message) -> tuple[Message, bool]:
    """As `enqueue`; also return whether the message is new, and was not queued with its key before."""
    if message.id:
        raise Invalid("already-stored", "This message was queued already.", path="id", value=message.id)
    repository = MessageRepository(transaction)
    now = transaction.now
    id = transaction.new_id()
    unique = _unique_name(id, transaction.letter_configuration.workspace)
    domain = transaction.letter_configuration.message_domain
    ready = attrs.evolve(
        message,
        id=id,
        version=1,
        state="waiting",
        attempts=0,
        due=message.due or now,
        created=now,
        message_id=f"<{unique}@{domain}>" if domain is not None else unique,
        key=message.key or unique,
        queued_by=transaction.actor.name,
    )
    with transaction.refusals(message):
        (kept,) = transaction.writer.insert([repository.record(ready)], existing="keep")
    if kept != ready.id:
        return repository.load_any(kept).entity, False
    repository.publish("queued", ready)
    return ready, True


def enqueue_letter(
    transaction: Transaction,
    template: str,
    to: Recipient,
    values: Mapping[str, str],
    *,
    about: Iterable[str] = (),
    confidential: bool = False,
    grounds: Grounds | None = None,
) -> Message:
    """Queue a letter made from a template, in the language of the recipient, else in that of the workspace.

    Args:
        transaction: The transaction of the change that causes the letter.
        template: The slug of a template (`contactcore.formats.letters.LETTERS`, or one of the host).
        to: The recipient.
        values: The variables of the template, except `name` and `firm`.
        about: The ids of the contacts and people that the letter is about.
        confidential: See `Message`; True for letters with a link that works once.
        grounds: See `Message`; None by default.

    Raises:
        Invalid: the problems that `write_letter` and `Message` find.
    """
    configuration = transaction.letter_configuration
    known = {"name": to.name or to.email.text, "firm": configuration.workspace, **values}
    language = to.language or transaction.settings.language
    letter = write_letter(template, language, known, configuration.letters)
    message = Message(
        to=to.email,
        to_name=to.name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        template=template,
        language=letter.language,
        about=tuple(about),
        confidential=confidential,
        grounds=grounds,
    )
    return enqueue(transaction, message)


def letter_to_user(transaction: Transaction, template: str, user: str) -> Recipient | None:
    """Return the recipient of a letter to a user; None if the host gives no address, or the template is switched off.

    Args:
        transaction: The transaction of the change that causes the letter.
        template: The slug of the template.
        user: The name of the user.
    """
    if template in transaction.settings.templates_off:
        return None
    return transaction.letter_configuration.user(user)


def came_back(message: Message, reason: str, now: datetime) -> Message:
    """Return a message that came back from its address for good, with the reason on one line."""
    secrets = secrets_in(message.text, message.html)
    shown = cut_out(reason, secrets) if message.confidential else reason
    return attrs.evolve(message, bounced=now, last_error=_one_line(shown))


def dead(message: Message, reason: str) -> Message:
    """Return a message that will never be sent again, without its texts if they were confidential."""
    return attrs.evolve(message, state="dead", last_error=reason).forget()


def withdrawn(message: Message, reason: Withdrawal) -> Message:
    """Return a message that is withdrawn in place of being sent, with the code and the reason (NOT-8)."""
    return attrs.evolve(dead(message, reason.message), withdrawn=reason.code)


def _is_recent(message: Message, now: datetime) -> bool:
    return message.created is not None and message.created >= now - REQUEUED_WITHIN


def waiting_again(message: Message, due: datetime) -> Message:
    """Return a dead message that waits again, with a new series of attempts.

    Args:
        message: The dead message.
        due: The time of the next attempt.
    """
    return attrs.evolve(message, state="waiting", attempts=0, due=due, withdrawn="")


def due_until(time: datetime) -> str:
    """Return the first order key that is not yet due at a time."""
    return timestamp(time + timedelta(microseconds=1))


def claim_due(writer: Writer, now: datetime, until: datetime, limit: int) -> list[Message]:
    """Claim messages that are due, so that no other deliverer gets them before the end of the lease.

    Args:
        writer: A transaction, which must be committed before the messages are sent.
        now: The current time.
        until: The end of the lease.
        limit: The maximum number of messages.
    """
    query = Query(kind="message", order="due", access=SYSTEM, stop=due_until(now), limit=limit)
    messages = []
    for stored in writer.claim(query, timestamp(until)):
        # A damaged record is claimed again and again. It must not prevent the sending of the others.
        with suppress(Invalid, StorageError):
            messages.append(message_of(stored))
    return messages


def after_attempt(message: Message, outcome: Outcome, now: datetime, delays: Sequence[timedelta] = DELAYS) -> Message:
    """Return a message as it is after an attempt to send it, with the next version.

    A failed attempt delays the next one, longer each time. The message is dead after the last attempt, and at once if
    no attempt can succeed. Confidential texts are removed with the last attempt.

    >>> message = Message(id="1", version=1, to="jo@x.fr", subject="Hello", text="Hello")
    >>> after_attempt(message, Outcome("never", "550 No such mailbox"), datetime(2026, 1, 31)).state
    'dead'
    """
    attempts = message.attempts + 1
    # A server may repeat what it refuses, and a reason is shown where the text is not.
    reason = cut_out(outcome.reason, secrets_in(message.text, message.html)) if message.confidential else outcome.reason
    after = attrs.evolve(message, version=message.version + 1, attempts=attempts, last_error=_one_line(reason))
    delay = next_delay(attempts, delays)
    if outcome.kind == "sent":
        # A message that was withdrawn while the server received it has left all the same.
        after = attrs.evolve(after, state="sent", sent=now, last_error="", withdrawn="")
    elif outcome.kind == "never" or delay is None:
        after = attrs.evolve(after, state="dead")
    else:
        after = attrs.evolve(after, due=now + delay)
    return after.forget()


def record_result(
    writer: Writer, message: Message, outcome: Outcome, now: datetime, delays: Sequence[timedelta] = DELAYS
) -> Message | None:
    """Store the result of an attempt, and return the stored message; None if the message was erased meanwhile.

    If another deliverer has recorded a result meanwhile, or a user has cancelled the message, only a successful attempt
    is still recorded. The contents of attachments are dropped with the last message that needs them.
    """
    (there,) = writer.get("message", [message.id])
    if there is None:
        return None
    blobs = frozenset(file.blob for file in message.attachments)
    for id in sorted({message.id, *_sharers(writer, blobs)}):
        writer.lock("message", id)
    current = message_of(writer.lock("message", message.id))
    if current.version != message.version and (outcome.kind != "sent" or current.state == "sent"):
        return current
    after = after_attempt(current, outcome, now, delays)
    writer.replace(message_record(after), current.version)
    if after.state == "sent":
        _drop_unused(writer, blobs)
    if after.state != current.state:
        data = json.dump({"actor": "system", "about": after.about})
        writer.publish([Event(name=f"message.{after.state}", subject=after.id, at=timestamp(now), data=data)])
    return after


def release(writer: Writer, messages: Iterable[Message]) -> None:
    """Return claimed messages that were not tried, so that they do not wait for the end of the lease."""
    for message in messages:
        (there,) = writer.get("message", [message.id])
        if there is None:
            continue
        stored = writer.lock("message", message.id)
        if stored.version == message.version:
            writer.reindex([message_record(message_of(stored))])


def _unique_name(id: str, workspace: str) -> str:
    """Return an id of letters and digits that is unique, whatever ids and workspace names the host uses."""
    plain = id if _PLAIN_ID.fullmatch(id) else sha256(id.encode()).hexdigest()[:32]
    return f"{plain}.{sha256(workspace.encode()).hexdigest()[:12]}"


def _one_line(reason: str) -> str:
    """The answer of a server as one line that every storage accepts."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
