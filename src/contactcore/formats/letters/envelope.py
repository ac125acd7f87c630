"""The encoding of a message for a mail server (RFC 5322, RFC 2045); every attempt sends the same bytes."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime, getaddresses
from hashlib import sha256

from contactcore.errors import Invalid
from contactcore.formats.letters.headers import (
    decode_text,
    file_name_parameters,
    mailbox_header,
    text_header,
    word_header,
)
from contactcore.frozen import frozen
from contactcore.model.attachment import AttachedFile
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import WORD_HEADERS, Message
from contactcore.values import EmailAddress

__all__ = ["KEY_HEADER", "Envelope", "compose"]

KEY_HEADER = "X-Idempotency-Key"
"""The header whose key lets a receiver drop a message that it has received before (NOT-7)."""

_BODY = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
_LINE_END = "\r\n"

# The `email` package raises any of these for headers that it cannot read.
_UNREADABLE = (MessageError, ValueError, LookupError, TypeError, AttributeError)


@frozen
class Envelope:
    """A message that is encoded for a mail server.

    Attributes:
        sender, recipient: E-mail addresses, with their domains in ASCII.
        data: Bytes of the message, headers included.
        unicode: Whether an address has non-ASCII letters before its @-sign, which not every server accepts (RFC 6531).
    """

    sender: str
    recipient: str
    data: bytes
    unicode: bool = False


@frozen
class _Header:
    """A header: its name, the text that readers must read, and its lines."""

    name: str
    text: str
    lines: str


def compose(message: Message, sender: Mailbox, contents: Sequence[bytes] = ()) -> Envelope:
    """Encode a message for a mail server.

    No name, subject or header value can add another header: the encoded headers are parsed again and compared. A name
    that would be read otherwise is left out.

    Args:
        message: Message with `message_id`, `key` and `created`.
        sender: Sender of the message.
        contents: The contents of its attachments, in their sequence; none by default.

    Raises:
        Invalid: `message-unwritable` for an address or a header that cannot be encoded.
    """
    addresses = [_ascii_domain(box.email) for box in (sender, message.mailbox)]
    for names in ((sender.name, message.to_name), (sender.name, ""), ("", "")):
        with suppress(*_UNREADABLE):
            headers = list(_headers(message, addresses, names))
            block = _LINE_END.join(header.lines for header in headers).encode()
            if _reads_back(headers, block, addresses, names):
                data = block + _LINE_END.encode() + _body(message, contents)
                return Envelope(addresses[0], addresses[1], data, not "".join(addresses).isascii())
    raise Invalid("message-unwritable", "The message cannot be written so that its headers are read alike.")


def _headers(message: Message, addresses: Sequence[str], names: Sequence[str]) -> Iterator[_Header]:
    for header, name, address in zip(("From", "To"), names, addresses, strict=True):
        shown = _unencoded(name)
        yield _Header(header, shown, mailbox_header(header, shown, address))
    yield _text("Subject", message.subject)
    if message.created is None:
        raise Invalid("message-unwritable", "Queue the message first: it has no time.", path="created")
    date = format_datetime(message.created)
    yield _Header("Date", date, f"Date: {date}")
    message_id = _message_id(message, addresses[0])
    yield _Header("Message-ID", message_id, f"Message-ID: {message_id}")
    yield _text(KEY_HEADER, message.key)
    if "Auto-Submitted" not in message.headers:
        yield _text("Auto-Submitted", "auto-generated")  # prevents automatic replies (RFC 3834)
    for header, value in message.headers.items():
        if not value:
            continue
        if header == "Reply-To":
            yield _reply_to(value)
        elif header in WORD_HEADERS:
            yield _Header(header, " ".join(value.split()), word_header(header, value))
        else:
            yield _text(header, value)
    if message.language is not None:
        yield _text("Content-Language", message.language.text)
    yield _text("MIME-Version", "1.0")


def _message_id(message: Message, sender: str) -> str:
    """Return the Message-ID, with the domain of the sender if the host gave none."""
    return message.message_id if "@" in message.message_id else f"<{message.message_id}@{sender.rpartition('@')[2]}>"


def _text(name: str, value: str) -> _Header:
    shown = _unencoded(value)
    return _Header(name, shown, text_header(name, shown))


def _reply_to(value: str) -> _Header:
    written = []
    for name, address in getaddresses([value]):
        local, at, domain = address.rpartition("@")
        if not (local and at and domain) or not address.isascii() or set(address) & set(" <>,;"):
            raise ValueError(value)
        written.append(mailbox_header("Reply-To", _unencoded(name), address).removeprefix("Reply-To: "))
    if not written:
        raise ValueError(value)
    lines = f",{_LINE_END} ".join(written)
    return _Header("Reply-To", decode_text(lines), f"Reply-To: {lines}")


def _reads_back(headers: Sequence[_Header], block: bytes, addresses: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether a reader finds these headers, and no other ones, with these texts."""
    raw = HeaderParser(policy=policy.compat32).parsestr(block.decode())
    if list(raw.keys()) != [header.name for header in headers] or raw.defects or raw.get_payload():
        return False
    lines = block.split(_LINE_END.encode())
    if any(len(line) > 998 or not line.strip() or not line.isprintable() for line in map(bytes.decode, lines)):
        return False
    for header, value in zip(headers[2:], raw.values()[2:], strict=True):
        if decode_text(str(value)) != header.text:
            return False
    read = HeaderParser(policy=policy.default).parsestr(block.decode())
    for field, address, name in zip(("From", "To"), addresses, names, strict=True):
        found = read[field].addresses
        if len(found) != 1 or found[0].addr_spec != address:
            return False
        if _squeezed(found[0].display_name) != _squeezed(_unencoded(name)):
            return False
    return True


def _body(message: Message, contents: Sequence[bytes]) -> bytes:
    """Return the headers about the content, an empty line, and the content."""
    parts = [_text_part(message.text, "plain")]
    if message.html:
        parts = [_multipart("alternative", [*parts, _text_part(message.html, "html")], message)]
    files = [_file_part(file, content) for file, content in zip(message.attachments, contents, strict=True)]
    return _multipart("mixed", [*parts, *files], message) if files else parts[0]


def _text_part(text: str, subtype: str) -> bytes:
    part = EmailMessage(policy=_BODY)
    part.set_content(text, subtype=subtype)
    del part["MIME-Version"]  # it belongs to the whole message
    return part.as_bytes()


def _file_part(file: AttachedFile, content: bytes) -> bytes:
    parameters = file_name_parameters(_unencoded(file.name))
    words = ["attachment;", *(f"{one};" for one in parameters[:-1]), parameters[-1]]
    # The name of a file may contain blanks, so the parameters are folded by hand.
    disposition = f"Content-Disposition: {words[0]}" + "".join(f"{_LINE_END} {word}" for word in words[1:])
    lines = [f"Content-Type: {file.media_type}", "Content-Transfer-Encoding: base64", disposition, "", ""]
    return _LINE_END.join(lines).encode() + encodebytes(content).replace(b"\n", _LINE_END.encode())


def _multipart(subtype: str, parts: Sequence[bytes], message: Message) -> bytes:
    """Join parts; their boundary is the same in every attempt, and stands in none of them."""
    seed, number = message.message_id, 0
    while True:
        boundary = "=_" + sha256(f"{seed}{subtype}{number or ''}".encode()).hexdigest()[:32]
        if not any(boundary.encode() in part for part in parts):
            break
        number += 1
    opening = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{_LINE_END}{_LINE_END}'.encode()
    separator = f"--{boundary}{_LINE_END}".encode()
    joined = b"".join(separator + part.removesuffix(b"\r\n") + b"\r\n" for part in parts)
    return opening + joined + f"--{boundary}--{_LINE_END}".encode()


def _squeezed(text: str) -> str:
    """Return the text without blanks, because Python's parser adds blanks between the parts of a long name."""
    return "".join(text.split())


def _unencoded(text: str) -> str:
    """Return the text with no encoded word in it, because some readers decode texts twice."""
    return text.replace("=?", "= ?")


def _ascii_domain(email: EmailAddress) -> str:
    if email.domain.isascii():
        return email.text
    import idna

    try:
        return f"{email.local}@{idna.encode(email.domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise Invalid("message-unwritable", f"The domain {email.domain} cannot be written: {error}") from None
