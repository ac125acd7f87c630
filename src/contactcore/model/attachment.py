"""Attachments: files that are sent with a message, within limits (NOT-9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.values.texts import DIRECTIONS, clean_line

__all__ = [
    "LARGEST_ATTACHMENT",
    "LARGEST_ATTACHMENTS",
    "MOST_ATTACHMENTS",
    "AttachedFile",
    "Attachment",
    "check_attachments",
]

LARGEST_ATTACHMENT = 10_000_000
"""The maximum size of one attachment, in bytes."""

LARGEST_ATTACHMENTS = 15_000_000
"""The maximum size of all attachments of a message, in bytes; their encoding adds a third."""

MOST_ATTACHMENTS = 20
"""The maximum number of attachments of a message."""

_LONGEST_NAME = 150
_MEDIA_TYPE = re.compile(r"(?P<kind>[a-z0-9][a-z0-9!#$&^_.+-]{0,62})/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
# A multipart would be read as further parts, and a message as another message with headers of its own.
_STRUCTURED = frozenset(("multipart", "message"))


def _find_name(value: Any) -> str:
    name = clean_line(value, limit=_LONGEST_NAME)
    # Controls of direction can show the name `exe.fdp` as `pdf.exe`, or the other way round.
    if name.strip(". ") and not DIRECTIONS.search(value) and not {"/", "\\"} & set(name):
        return name
    raise Invalid("attachment-name", "Give the name of a file without folders, like invoice-7.pdf.", value=value)


def _find_media_type(value: Any) -> str:
    media_type = clean_line(value).lower()
    match = _MEDIA_TYPE.fullmatch(media_type)
    if match is not None and match["kind"] not in _STRUCTURED:
        return media_type
    raise Invalid("media-type", "Give the media type of a file, like application/pdf.", value=value)


def _find_data(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise Invalid("bytes-type", f"Give bytes here, not {type(value).__name__}.")
    if not value:
        raise Invalid("attachment-empty", "Give the content of the file.")
    if len(value) > LARGEST_ATTACHMENT:
        raise Invalid(
            "attachment-too-large",
            f"An attachment has at most {LARGEST_ATTACHMENT:,} bytes and this one has {len(value):,}.",
            facts={"limit": LARGEST_ATTACHMENT, "length": len(value)},
        )
    return value


_read_name = parsing.converter(_find_name)
_read_media_type = parsing.converter(_find_media_type)
_read_data = parsing.converter(_find_data)


def _name(value: str) -> str:
    return _read_name(value)


def _media_type(value: str) -> str:
    return _read_media_type(value)


def _data(value: bytes) -> bytes:
    return _read_data(value)


@frozen
class Attachment:
    """A file to send with a notice (NOT-9).

    Args:
        name: The name of the file, without folders, 1 to 150 characters.
        data: The content, 1 to 10,000,000 bytes.
        media_type: The media type, `"application/octet-stream"` by default.

    Raises:
        Invalid: All problems at once: `attachment-name`, `bytes-type`, `attachment-empty`, `attachment-too-large`,
            `media-type`, and the codes of a line of text.

    >>> Attachment("Facture 7.pdf", b"%PDF-1.7", "application/pdf").size
    8
    """

    name: str = attrs.field(converter=_name)
    data: bytes = attrs.field(repr=False, converter=_data)
    media_type: str = attrs.field(default="application/octet-stream", converter=_media_type)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @property
    def size(self) -> int:
        """The size of the content in bytes."""
        return len(self.data)


@frozen(kw_only=True)
class AttachedFile:
    """An attachment of a queued message, without its content.

    Attributes:
        name, media_type: As in `Attachment`.
        size: The size of the content in bytes.
        digest: The SHA-256 of the content, 64 hexadecimal digits.
        blob: The key under which the storage keeps the content until the message is sent.
    """

    name: str
    media_type: str
    size: int
    digest: str
    blob: str = ""

    @classmethod
    def of(cls, attachment: Attachment) -> AttachedFile:
        """Describe an attachment that is not stored yet."""
        digest = sha256(attachment.data).hexdigest()
        return cls(name=attachment.name, media_type=attachment.media_type, size=attachment.size, digest=digest)


def check_attachments(attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Refuse attachments that are too many, or too large together.

    Args:
        attachments: The attachments of one message.

    Raises:
        Invalid: `record-type`, `too-many`, `attachment-too-large`, with the path `attachments`.
    """
    given = tuple(cast("Sequence[object]", attachments))
    problems = [
        Problem("record-type", f"attachments[{index}]", f"Give an Attachment here, not {type(one).__name__}.")
        for index, one in enumerate(given)
        if not isinstance(one, Attachment)
    ]
    checked = tuple(one for one in given if isinstance(one, Attachment))
    if len(given) > MOST_ATTACHMENTS:
        message = f"A message has at most {MOST_ATTACHMENTS} attachments."
        problems.append(Problem("too-many", "attachments", message, facts={"limit": MOST_ATTACHMENTS}))
    size = sum(one.size for one in checked)
    if size > LARGEST_ATTACHMENTS:
        message = f"All attachments together have at most {LARGEST_ATTACHMENTS:,} bytes and these have {size:,}."
        facts = {"limit": LARGEST_ATTACHMENTS, "length": size}
        problems.append(Problem("attachment-too-large", "attachments", message, facts=facts))
    if problems:
        raise Invalid(problems)
    return checked
