"""Messages: their texts, and the state of their delivery (NOT-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import attrs

from contactcore.errors import Invalid, Problem, check_record, shorten
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing, value_conversion
from contactcore.model.attachment import AttachedFile
from contactcore.model.mailbox import Mailbox
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values import EmailAddress, Language
from contactcore.values.texts import clean_line

__all__ = ["MESSAGE_STATES", "WORD_HEADERS", "Grounds", "Message"]

MESSAGE_STATES = ("waiting", "sent", "dead")
"""A message is waiting until it is sent or given up. A dead message was given up and needs attention."""

_LONGEST_NAME = 200
_LONGEST_SUBJECT = 250
_LONGEST_KEY = 200
_LONGEST_HEADER_NAME = 45
_LONGEST_HEADER_WORD = 900
_FREE_HEADERS = frozenset(
    (
        *("Reply-To", "In-Reply-To", "References", "Auto-Submitted", "Precedence", "Importance", "Organization"),
        *("List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post"),
    )
)
WORD_HEADERS = frozenset(
    (
        *("In-Reply-To", "References", "Auto-Submitted", "Precedence", "Importance"),
        *("List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post"),
    )
)
"""The headers that have a syntax of their own, into which no encoded text fits."""

_OWN_HEADER = re.compile(r"X-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_MOST_HEADERS = 20


def _shortened(value: str | None, limit: int) -> str:
    """One line of text, cut at the limit, because a long name must not refuse a message."""
    line = parsing.line(value)
    return line[: limit - 1].rstrip() + "…" if isinstance(line, str) and len(line) > limit else line


def _name(value: str | None) -> str:
    return _shortened(value, _LONGEST_NAME)


def _subject(value: str | None) -> str:
    return _shortened(value, _LONGEST_SUBJECT)


def _check_mailboxes(value: str) -> None:
    """Refuse a header that does not list mailboxes; otherwise the message would fail when it is sent."""
    from email.utils import getaddresses  # loads the network, for headers that few messages have

    for _, address in getaddresses([value]):
        if not address.isascii():
            raise Invalid("header-not-ascii", "Write the addresses of this header in ASCII alone.", value=value)
        try:
            EmailAddress(address)
        except Invalid:
            message = "Write it as Name <name@example.org>, and separate several by commas."
            raise Invalid("mailbox-syntax", message, value=value) from None


def _header_value(name: str, value: str) -> str:
    if len(name) > _LONGEST_HEADER_NAME:
        message = f"The name of a header has at most {_LONGEST_HEADER_NAME} characters."
        raise Invalid("header-too-long", message, facts={"limit": _LONGEST_HEADER_NAME})
    if name == "Reply-To" and value:
        _check_mailboxes(value)
    if name in WORD_HEADERS and not value.isascii():
        raise Invalid("header-not-ascii", "Write this header in ASCII alone: it has a syntax of its own.", value=value)
    # A header is folded at blanks only, and no line may have more than 998 octets.
    if name in WORD_HEADERS and any(len(word) > _LONGEST_HEADER_WORD for word in value.split(" ")):
        message = f"A word of this header has at most {_LONGEST_HEADER_WORD} characters."
        raise Invalid("header-too-long", message, facts={"limit": _LONGEST_HEADER_WORD})
    return value


def _headers(values: Mapping[str, str]) -> Mapping[str, str]:
    problems: list[Problem] = []
    kept: dict[str, str] = {}
    refused: Any
    if not isinstance(values, Mapping):
        refused = parsing.reject("not-a-mapping", "Give the headers by their names.", values)
        return cast("Mapping[str, str]", refused)
    for name, value in values.items():
        if not isinstance(name, str):
            problems.append(Problem("text-type", "", "The name of a header is text.", name))
            continue
        spelled = next((free for free in _FREE_HEADERS if free.lower() == name.lower()), name)
        if spelled not in _FREE_HEADERS and not _OWN_HEADER.fullmatch(spelled):
            message = f"Headers are {', '.join(sorted(_FREE_HEADERS))}, and your own that begin with X-."
            problems.append(Problem("header-not-free", f"[{shorten(name)}]", message, name))
            continue
        try:
            kept[spelled] = _header_value(spelled, clean_line(value))
        except Invalid as error:
            problems.extend(error.under(f"[{shorten(name)}]").problems)
    if len(values) > _MOST_HEADERS:
        message = f"A message has at most {_MOST_HEADERS} headers of its own."
        problems.append(Problem("too-many", "", message, facts={"limit": _MOST_HEADERS}))
    if problems:
        refused = parsing.Refusal(tuple(problems))
        return cast("Mapping[str, str]", refused)
    return ReadOnlyDict(kept)


_read_files = parsing.many(AttachedFile, parsing.only(AttachedFile))


def _files(values: Iterable[AttachedFile]) -> tuple[AttachedFile, ...]:
    return _read_files(values)


_read_ids = parsing.many(str, clean_line)


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    return _read_ids(values)


@frozen(kw_only=True)
class Grounds:
    """The facts for which a message was queued; they are judged again when it is sent (NOT-8).

    They are ids, slugs and codes, and no personal data.

    Attributes:
        kind: `"notice"` to a contact person or a client, `"link"` for a letter with a link that sets a password,
            `"email"` for one with a link that confirms a new address, `"responsible"`, `"import"` or `"several"` for a
            letter to a user of the application.
        contact_id: The id of the client of a notice, or of the contact that a user looks after.
        person_id, affiliation_id: The ids of the contact person and the affiliation; `""` for the client itself.
        topic: The slug of the topic of a notice.
        subject_kind: The kind of the subject of a notice, such as `"project"`; `""` for unknown.
        choice: The reason of the choice of the recipient (see `Chosen`); `"manual"` for a choice by hand.
        purpose: The slug of the purpose that the affiliation was primary for; `""` for none. Only admins are shown it.
        primary: Whether the affiliation had the primary flag. Only admins are shown it.
        login_id: The id of the login that the link belongs to.
        link: The SHA-256 of the token in the link; `""` once the message is sent or dead.
        user: The name of the user who gets the letter.
        import_id: The id of the import, or of the other job that made the user responsible for several contacts.
        item_id: The id of the item that a notice is about; `""` for none.
        holder_id: The id of the responsible contact whose role for the item gets the notice; `""` for the owner.
    """

    kind: str = attrs.field(converter=parsing.as_given)
    contact_id: str = attrs.field(default="", converter=parsing.as_given)
    person_id: str = attrs.field(default="", converter=parsing.as_given)
    affiliation_id: str = attrs.field(default="", converter=parsing.as_given)
    topic: str = attrs.field(default="", converter=parsing.as_given)
    subject_kind: str = attrs.field(default="", converter=parsing.as_given)
    choice: str = attrs.field(default="", converter=parsing.as_given)
    purpose: str = attrs.field(default="", converter=parsing.as_given)
    primary: bool = attrs.field(default=False, converter=conversion.yes_no)
    login_id: str = attrs.field(default="", converter=parsing.as_given)
    link: str = attrs.field(default="", converter=parsing.as_given)
    user: str = attrs.field(default="", converter=parsing.as_given)
    import_id: str = attrs.field(default="", converter=parsing.as_given)
    item_id: str = attrs.field(default="", converter=parsing.as_given)
    holder_id: str = attrs.field(default="", converter=parsing.as_given)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)


_read_grounds = parsing.one(Grounds, parsing.only(Grounds))


def _grounds(value: Grounds | None) -> Grounds | None:
    return _read_grounds(value)


@frozen(kw_only=True)
class Message:
    r"""One message to one mailbox; it is committed with the change that caused it, and sent afterwards.

    Attributes:
        id, version: Assigned by the library.
        to, to_name: The address and the name of the recipient; the name is cut at 200 characters.
        subject: One line, cut at 250 characters.
        text: The plain text; never empty.
        html: The same text as HTML, or `""`.
        template: The slug of the template that produced the texts, or `""`.
        language: The language of the texts; None for unknown.
        headers: At most 20 more headers: `Reply-To`, the `List-` headers and some others that are free, and the
            caller's own, which begin with `X-`.
        state: `"waiting"`, `"sent"` or `"dead"`.
        attempts: The number of attempts to send the message.
        due: The earliest time of the next attempt, in UTC.
        last_error: The reason why the last attempt failed, or why the message was withdrawn or cancelled.
        withdrawn: The code of the reason why the message was withdrawn in place of being sent (NOT-8), such as
            `"in-trash"`; `""` for any other message.
        message_id: The `Message-ID` header, which is the same in every attempt. Without `Host.message_domain` it ends
            before the `@`, and the domain of the sender completes it.
        key: A unique key: a receiver recognises a repeated delivery by it, and the outbox queues it only once.
        about: Ids of the contacts, people and items that the message is about; erasing a contact finds the message.
        created: The time when the message was queued, in UTC; None before.
        sent: The time when the message was sent, in UTC; None before.
        bounced: The time when the application reported that the message came back for good, in UTC; None for a message
            that did not come back. Nothing is sent to its address until the address is confirmed.
        confidential: Whether the texts contain a secret, such as a link that works once. Such texts are never shown,
            and are erased once the message is sent or dead.
        grounds: The facts that must still hold when the message is sent; None for a message that nothing withdraws.
        queued_by: The name of the actor who queued the message.
        attachments: The attached files, without their contents (NOT-9).

    Raises:
        Invalid: One error lists all problems, each with its field as path.

    >>> Message(to="jane@bois.fr", subject="Invoice\r\nBcc: all@bois.fr", text="Here it is.").subject
    'Invoice Bcc: all@bois.fr'
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.count)
    to: EmailAddress = attrs.field(converter=value_conversion.email)
    to_name: str = attrs.field(default="", converter=_name)
    subject: str = attrs.field(converter=_subject)
    text: str = attrs.field(converter=parsing.text)
    html: str = attrs.field(default="", converter=parsing.text)
    template: str = attrs.field(default="", converter=parsing.line)
    language: Language | None = attrs.field(default=None, converter=conversion.language)
    headers: Mapping[str, str] = attrs.field(default=EMPTY, converter=_headers, hash=False)
    state: str = "waiting"
    attempts: int = attrs.field(default=0, converter=parsing.count)
    due: datetime | None = attrs.field(default=None, converter=conversion.moment)
    last_error: str = attrs.field(default="", converter=parsing.as_given)
    withdrawn: str = attrs.field(default="", converter=parsing.as_given)
    message_id: str = attrs.field(default="", converter=parsing.as_given)
    key: str = attrs.field(default="", converter=parsing.line)
    about: tuple[str, ...] = attrs.field(default=(), converter=_ids)
    created: datetime | None = attrs.field(default=None, converter=conversion.moment)
    sent: datetime | None = attrs.field(default=None, converter=conversion.moment)
    bounced: datetime | None = attrs.field(default=None, converter=conversion.moment)
    confidential: bool = attrs.field(default=False, converter=conversion.yes_no)
    grounds: Grounds | None = attrs.field(default=None, converter=_grounds)
    queued_by: str = attrs.field(default="", converter=parsing.as_given)
    attachments: tuple[AttachedFile, ...] = attrs.field(default=(), converter=_files)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self, self._own_problems())

    def _own_problems(self) -> Iterable[Problem]:
        if self.to is None:
            yield Problem("email-empty", "to", "Give the address of the recipient, like name@example.org.")
        if not self.subject:
            yield Problem("subject-empty", "subject", "Give the message a subject.")
        if not self.text and not self.forgotten:
            yield Problem("text-empty", "text", "Give the message a text; HTML alone is not shown everywhere.")
        if self.state not in MESSAGE_STATES:
            message = f"A message is {' or '.join(MESSAGE_STATES)}."
            yield Problem("message-state", "state", message, self.state)
        if isinstance(self.key, str) and len(self.key) > _LONGEST_KEY:
            message = f"A key has at most {_LONGEST_KEY} characters."
            yield Problem("text-too-long", "key", message, self.key, {"limit": _LONGEST_KEY})

    @property
    def forgotten(self) -> bool:
        """Whether the texts were confidential and are erased, because the message is sent or dead."""
        return self.confidential and self.state != "waiting"

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of the recipient."""
        return Mailbox(self.to, self.to_name)

    def forget(self) -> Message:
        """The message without its texts if they were confidential and it is sent or dead; else the message itself."""
        if not self.forgotten:
            return self
        grounds = None if self.grounds is None else attrs.evolve(self.grounds, link="")
        return attrs.evolve(self, text="", html="", grounds=grounds)

    def has_content_of(self, other: Message) -> bool:
        """Whether subject, texts and attached files are the same as those of another message.

        Args:
            other: The other message.

        Raises:
            Invalid: `record-type`.
        """
        check_record(Message, other=other)
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        files = [(one.name, one.media_type, one.digest) for one in self.attachments]
        return (self.subject, self.text, self.html, files)

    def shown(self) -> Message:
        """The message without confidential texts."""
        return attrs.evolve(self, text="…", html="") if self.confidential and not self.forgotten else self
