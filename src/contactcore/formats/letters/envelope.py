"""The encoding of a message for a mail server (RFC 5322, RFC 2045); every attempt sends the same bytes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from email import policy
from email.errors import MessageError, MultipartInvariantViolationDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import Parser
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Message
from contactcore.values import EmailAddress

__all__ = ["KEY_HEADER", "Envelope", "compose"]

KEY_HEADER = "X-Idempotency-Key"
"""The header whose key lets a receiver drop a message that it has received before (NOT-7)."""

_ASCII = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
_UNICODE = policy.SMTPUTF8.clone(cte_type="7bit", max_line_length=78)

# The `email` package raises any of these for headers that it cannot read or fold.
_UNWRITABLE = (MessageError, ValueError, LookupError, TypeError, AttributeError)


@attrs.frozen
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


def compose(message: Message, sender: Mailbox) -> Envelope:
    """Encode a message for a mail server.

    No name, subject or header value can add another header: the encoded message is parsed again and compared. Names
    that an old version of Python's `email` would garble are left out.

    Args:
        message: Message with `message_id`, `key` and `created`.
        sender: Sender of the message.

    Raises:
        Invalid: `message-unwritable` for an address or a header that cannot be encoded.
    """
    addresses = [_ascii_domain(box.email) for box in (sender, message.mailbox)]
    unicode = not "".join(addresses).isascii()
    rules = _UNICODE if unicode else _ASCII
    for names in ((sender.name, message.to_name), (sender.name, ""), ("", "")):
        with suppress(*_UNWRITABLE):
            letter = _write(message, addresses, names, rules)
            # Some mail programs do not read a Message-ID that is folded onto the next line.
            data = letter.as_bytes().replace(b"\r\nMessage-ID:\r\n <", b"\r\nMessage-ID: <", 1)
            if _reads_back(letter, data, addresses):
                return Envelope(addresses[0], addresses[1], data, unicode)
    raise Invalid("message-unwritable", "The message cannot be written so that its headers are read alike.")


def _write(
    message: Message, addresses: list[str], names: tuple[str, str], rules: policy.EmailPolicy[Any]
) -> EmailMessage:
    letter = EmailMessage(policy=rules)
    for header, name, address in zip(("From", "To"), names, addresses, strict=True):
        local, _, domain = address.rpartition("@")
        letter[header] = Address(_unencoded(name), local, domain)
    letter["Subject"] = _unencoded(message.subject)
    letter["Date"] = format_datetime(datetime.fromisoformat(message.created))
    letter["Message-ID"] = message.message_id
    letter[KEY_HEADER] = message.key
    if "Auto-Submitted" not in message.headers:
        letter["Auto-Submitted"] = "auto-generated"  # prevents automatic replies (RFC 3834)
    for header, value in message.headers.items():
        letter[header] = _unencoded(value)
    letter.set_content(message.text)
    if message.html:
        letter.add_alternative(message.html, subtype="html")
        letter.set_boundary("=_" + sha256(message.message_id.encode()).hexdigest()[:32])
    if message.language is not None:  # set last, because the calls above remove headers about the content
        letter["Content-Language"] = message.language.text
    return letter


def _reads_back(letter: EmailMessage, data: bytes, addresses: list[str]) -> bool:
    read = Parser(policy=policy.default).parsestr(data.decode(), headersonly=True)
    # Python before 3.11.5 reports missing parts when it reads only the headers of a multipart message.
    faults = [defect for defect in read.defects if not isinstance(defect, MultipartInvariantViolationDefect)]
    if list(read.keys()) != list(letter.keys()) or faults:
        return False
    for header, address in zip(("From", "To"), addresses, strict=True):
        found = read[header].addresses
        if (
            len(found) != 1
            or found[0].addr_spec != address
            or _squeezed(found[0].display_name) != _squeezed(letter[header].addresses[0].display_name)
        ):
            return False
    return True


def _squeezed(text: str) -> str:
    """Return the text without blanks, because Python's parser adds blanks between the parts of a long name."""
    return "".join(text.split())


def _unencoded(text: str) -> str:
    """Return the text with no encoded word in it, because Python decodes those, and they may contain line breaks."""
    return text.replace("=?", "= ?")


def _ascii_domain(email: EmailAddress) -> str:
    if email.domain.isascii():
        return email.text
    import idna

    try:
        return f"{email.local}@{idna.encode(email.domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise Invalid("message-unwritable", f"The domain {email.domain} cannot be written: {error}") from None
