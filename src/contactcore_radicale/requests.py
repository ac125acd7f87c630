"""The parts of a request of a WSGI server that nobody trusts: credentials and bodies."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from contactcore_radicale.cards import LARGEST_CARD, too_large
from contactcore_radicale.refusal import Refusal

__all__ = ["body_of", "check_xml", "is_readable", "placeholder_of"]

_DEEPEST = 100
"""Levels of elements in a request; no request of a client needs more than ten."""


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


def check_xml(method: str, root: ET.Element) -> None:
    """Refuse XML that Radicale does not expect and answers with an error of the server.

    Args:
        method: The method of the request.
        root: Its body.

    Raises:
        Refusal: 400 for elements that are too deep, an address without text, a property without a namespace, and a
            PROPFIND whose body asks for nothing.
    """
    if method == "PROPFIND" and not len(root):
        raise Refusal(400, "A PROPFIND with a body asks for something.")
    level = [root]
    for _ in range(_DEEPEST):
        if any(one.tag == "{DAV:}href" and not (one.text or "").strip() for one in level):
            raise Refusal(400, "An address is empty.")
        if any(not below.tag.startswith("{") for one in level if one.tag == "{DAV:}prop" for below in one):
            raise Refusal(400, "A property has no namespace.")
        level = [below for one in level for below in one]
    if level:
        raise Refusal(400, f"A request has at most {_DEEPEST} levels of elements.")


def placeholder_of(uid: str) -> bytes:
    """A card with a UID and nothing else that matters."""
    for character in "\\,;":
        uid = uid.replace(character, f"\\{character}")
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:-\r\nFN:-\r\nUID:{uid}\r\nEND:VCARD\r\n".encode()
