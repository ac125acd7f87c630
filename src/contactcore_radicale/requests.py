"""The parts of a request of a WSGI server that nobody trusts: credentials and bodies."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from contactcore_radicale.cards import LARGEST_CARD, too_large
from contactcore_radicale.refusal import Refusal

__all__ = ["body_of", "is_readable", "placeholder_of"]


def is_readable(authorization: str) -> bool:
    """Whether credentials have a name and a password; Radicale does not expect others."""
    scheme, _, coded = authorization.partition(" ")
    if scheme != "Basic":
        return not scheme.startswith("Basic")
    try:
        return b":" in base64.b64decode(coded.strip(), validate=True)
    except ValueError:  # also for characters that are no ASCII
        return False


def body_of(environ: Mapping[str, Any]) -> bytes:
    """The body of a request, at most one byte longer than a card may be."""
    text = environ.get("CONTENT_LENGTH") or ""
    length = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    if length > LARGEST_CARD:
        raise too_large()
    if not length and environ.get("wsgi.input_terminated"):
        length = LARGEST_CARD + 1
    found: bytes = environ["wsgi.input"].read(length)
    if text and len(found) < length:
        raise Refusal(400, "The request ended before its body.")
    return found


def placeholder_of(uid: str) -> bytes:
    """A card with a UID and nothing else that matters."""
    for character in "\\,;":
        uid = uid.replace(character, f"\\{character}")
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:-\r\nFN:-\r\nUID:{uid}\r\nEND:VCARD\r\n".encode()
