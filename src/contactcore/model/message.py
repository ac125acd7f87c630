"""Messages: their texts, and the state of their delivery (NOT-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import attrs

from contactcore.errors import Invalid, Problem, shorten
from contactcore.model import conversion, parsing
from contactcore.model.mailbox import Mailbox
from contactcore.read_only import EMPTY, ReadOnlyDict
from contactcore.values import EmailAddress, Language
from contactcore.values.texts import clean_line

__all__ = ["MESSAGE_STATES", "Message"]

MESSAGE_STATES = ("waiting", "sent", "dead")
"""A message is waiting until it is sent or given up. A dead message was given up and needs attention."""

_LONGEST_NAME = 200
_LONGEST_SUBJECT = 250
_LONGEST_KEY = 200
_FREE_HEADERS = frozenset(
    (
        *("Reply-To", "In-Reply-To", "References", "Auto-Submitted", "Precedence", "Importance", "Organization"),
        *("List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post"),
    )
)
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
            kept[spelled] = clean_line(value)
        except Invalid as error:
            problems.extend(error.under(f"[{shorten(name)}]").problems)
    if len(values) > _MOST_HEADERS:
        problems.append(Problem("too-many", "", f"A message has at most {_MOST_HEADERS} headers of its own."))
    if problems:
        refused = parsing.Refusal(tuple(problems))
        return cast("Mapping[str, str]", refused)
    return ReadOnlyDict(kept)


_read_ids = parsing.many(str, clean_line)


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    return _read_ids(values)


@attrs.frozen(kw_only=True)
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
        due: The earliest time of the next attempt, ISO 8601 in UTC.
        last_error: The reason why the last attempt failed, or the user who cancelled the message.
        message_id: The `Message-ID` header, which is the same in every attempt.
        key: A unique key: a receiver recognises a repeated delivery by it, and the outbox queues it only once.
        about: Ids of the contacts and people that the message is about; erasing one of them finds the message.
        created: The time when the message was queued, ISO 8601 in UTC.
        sent: The time when the message was sent, ISO 8601 in UTC, or `""`.
        confidential: Whether the texts contain a secret, such as a link that works once. Such texts are never shown,
            and are erased once the message is sent or dead.

    Raises:
        Invalid: One error lists all problems, each with its field as path.

    >>> Message(to="jane@bois.fr", subject="Invoice\r\nBcc: all@bois.fr", text="Here it is.").subject
    'Invoice Bcc: all@bois.fr'
    """

    id: str = attrs.field(default="", converter=parsing.as_given)
    version: int = attrs.field(default=0, converter=parsing.whole_number)
    to: EmailAddress = attrs.field(converter=conversion.email)
    to_name: str = attrs.field(default="", converter=_name)
    subject: str = attrs.field(converter=_subject)
    text: str = attrs.field(converter=parsing.text)
    html: str = attrs.field(default="", converter=parsing.text)
    template: str = attrs.field(default="", converter=parsing.line)
    language: Language | None = attrs.field(default=None, converter=conversion.language)
    headers: Mapping[str, str] = attrs.field(default=EMPTY, converter=_headers, hash=False)
    state: str = "waiting"
    attempts: int = attrs.field(default=0, converter=parsing.whole_number)
    due: str = attrs.field(default="", converter=parsing.as_given)
    last_error: str = attrs.field(default="", converter=parsing.as_given)
    message_id: str = attrs.field(default="", converter=parsing.as_given)
    key: str = attrs.field(default="", converter=parsing.line)
    about: tuple[str, ...] = attrs.field(default=(), converter=_ids)
    created: str = attrs.field(default="", converter=parsing.as_given)
    sent: str = attrs.field(default="", converter=parsing.as_given)
    confidential: bool = attrs.field(default=False, converter=conversion.yes_no)

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
            yield Problem("text-too-long", "key", f"A key has at most {_LONGEST_KEY} characters.", self.key)

    @property
    def forgotten(self) -> bool:
        """Whether the texts were confidential and are erased, because the message is sent or dead."""
        return self.confidential and self.state != "waiting"

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of the recipient."""
        return Mailbox(self.to, self.to_name)

    def shown(self) -> Message:
        """The message without confidential texts."""
        return attrs.evolve(self, text="…", html="") if self.confidential and not self.forgotten else self
