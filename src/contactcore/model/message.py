"""Messages: what is to be sent, and how far that has come (NOT-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import attrs

from contactcore.errors import Invalid, Problem, shorten
from contactcore.model import conversion, parsing
from contactcore.model.mailbox import Mailbox
from contactcore.values import EmailAddress, Language
from contactcore.values.texts import clean_line

__all__ = ["MESSAGE_STATES", "Message"]

MESSAGE_STATES = ("waiting", "sent", "dead")
"""A message waits until it was sent, or until it was given up: then it is dead, and somebody should look at it."""

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
    """A line of which the end may be left out, so that a long name refuses nothing."""
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
        kept = refused
    return kept


_read_ids = parsing.many(str, clean_line)


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    return _read_ids(values)


@attrs.frozen(kw_only=True)
class Message:
    r"""One message to one mailbox. It is committed with the change that caused it, and sent afterwards.

    Attributes:
        id, version: Given by the library.
        to, to_name: Whom it is for. The name is cut at 200 characters.
        subject: One line, cut at 250 characters.
        text: The plain text; never empty.
        html: The same as HTML, or `""`.
        template: The slug of the template that it was written by, or `""`.
        language: Of the texts.
        headers: More headers: `Reply-To`, the `List-` headers, and your own that begin with `X-`.
        state: `"waiting"`, `"sent"` or `"dead"`.
        attempts: How often sending was tried.
        due: The earliest moment of the next attempt, ISO 8601 in UTC.
        last_error: Why the last attempt failed, or who cancelled it.
        message_id: The `Message-ID` header: the same in every attempt.
        key: What a receiver tells a repeated delivery by, and what keeps a message from being queued twice.
        about: Ids of the contacts and people that it tells of: erasing one of them finds it.
        created: When it was queued, ISO 8601 in UTC.
        sent: When it was sent, or `""`.
        confidential: Whether the texts hold a secret, such as a link that works once. Nobody is shown them, and they
            are forgotten once the message is sent or dead.

    Raises:
        Invalid: all problems at once, each with its field as path.

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
    headers: Mapping[str, str] = attrs.field(factory=dict, converter=_headers, hash=False)
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
            yield Problem("email-empty", "to", "Say whom the message is for, like name@example.org.")
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
        """Whether the texts were confidential and are gone, now that nothing is sent any more."""
        return self.confidential and self.state != "waiting"

    @property
    def mailbox(self) -> Mailbox:
        """Whom it is for."""
        return Mailbox(self.to, self.to_name)

    def shown(self) -> Message:
        """The message without what nobody may be shown."""
        return attrs.evolve(self, text="…", html="") if self.confidential and not self.forgotten else self
