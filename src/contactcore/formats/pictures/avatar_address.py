"""Addresses of pictures at services that know e-mail addresses by their digests (PIC-4)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from contactcore.errors import Invalid, collect
from contactcore.values import EmailAddress
from contactcore.values.website import clean_url

__all__ = ["avatar_address"]

_LARGEST: Final = 2_048


def avatar_address(email: EmailAddress | str, *, size: int = 300, service: str = "https://gravatar.com/avatar") -> str:
    """The address of the picture that belongs to an e-mail address at Gravatar, Libravatar or a service like them.

    Nothing is fetched. The address contains a digest of the e-mail address, so the service learns for whom an
    application asks.

    Args:
        email: The e-mail address.
        size: The width and height that the service is asked for, in pixels, from 1 to 2,048; 300 by default.
        service: The address of the service; that of Gravatar by default. It must begin with `https://`.

    Returns:
        The address. The service answers 404 if it knows no picture.

    Raises:
        Invalid: All problems at once: the codes of e-mail addresses, `avatar-size`, and `avatar-service`.

    >>> from contactcore.formats.pictures import avatar_address
    >>> avatar_address("Jane@Doe.org", service="https://seccdn.libravatar.org/avatar/")[:50]
    'https://seccdn.libravatar.org/avatar/3fcc2b249a87d'
    """
    address, query, place = collect(
        ("email", lambda: (email if isinstance(email, EmailAddress) else EmailAddress(email)).text),
        ("size", lambda: urlencode({"s": _checked_size(size), "d": "404"})),
        ("service", lambda: _checked_service(service)),
    )
    return f"{place.rstrip('/')}/{sha256(address.lower().encode()).hexdigest()}?{query}"


def _checked_size(size: object) -> int:
    if isinstance(size, int) and not isinstance(size, bool) and 1 <= size <= _LARGEST:
        return size
    raise Invalid(
        "avatar-size", f"Give a whole number of pixels from 1 to {_LARGEST:,}.", value=size, facts={"limit": _LARGEST}
    )


def _checked_service(service: object) -> str:
    if isinstance(service, str) and service.startswith("https://") and not {*service} & {"?", "#"}:
        return clean_url(service)
    message = "Give the address of the service, such as https://gravatar.com/avatar, without a query."
    raise Invalid("avatar-service", message, value=service)
