"""Candidates: pictures at other services that may show a contact."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import parsing
from contactcore.values.texts import clean_line

__all__ = ["PictureCandidate"]


def _found_key(value: str) -> str:
    key = clean_line(value)
    if not key:
        raise Invalid("candidate-keyless", "Give the key by which the provider finds the picture again.", value=value)
    return key


def _found_address(value: str) -> str:
    address = clean_line(value, exact=True)
    if address and not address.startswith("https://"):
        raise Invalid("candidate-address", "Give an address that begins with https://, or none.", value=value)
    return address


_read_key = parsing.converter(_found_key)
_read_address = parsing.converter(_found_address)


def _key(value: str) -> str:
    return _read_key(value)


def _address(value: str) -> str:
    return _read_address(value)


@frozen
class PictureCandidate:
    """A picture at another service that may show a contact; the provider of the application makes it (PIC-4).

    Attributes:
        key: The text by which the provider finds the picture again, at most 1,000 characters. It is unique among the
            candidates of a contact.
        source: The service, as a screen names it (`"Gravatar"`); `""` for none.
        address: The address at which a screen shows the candidate, beginning with `https://`; `""` for none.

    Raises:
        Invalid: All problems at once: `candidate-keyless`, `candidate-address`, and the problems of texts.

    >>> PictureCandidate("gravatar", source="Gravatar").address
    ''
    """

    key: str = attrs.field(converter=_key)
    source: str = attrs.field(default="", converter=parsing.line, kw_only=True)
    address: str = attrs.field(default="", converter=_address, kw_only=True)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)
