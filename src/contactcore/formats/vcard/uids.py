"""The UID of a contact: the same in every export, so that other programs know the contact again (RFC 6350, 6.7.6)."""

from __future__ import annotations

import re

__all__ = ["id_of", "uid_of"]

_OWN = re.compile(r"urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)


def uid_of(external_id: str, id: str) -> str:
    """The UID: the id in another system if the contact came from one, else its own id; `""` without both.

    Args:
        external_id: The id of the contact in another system.
        id: The id of the contact.

    >>> uid_of("", "0197c0de-0000-7000-8000-000000000001")
    'urn:uuid:0197c0de-0000-7000-8000-000000000001'
    >>> uid_of("jane@bois.fr", "0197c0de-0000-7000-8000-000000000001")
    'jane@bois.fr'
    """
    return external_id or (f"urn:uuid:{id}" if id else "")


def id_of(uid: str) -> str:
    """The id of a contact whose UID may be its own id; `""` for any other UID.

    >>> id_of("urn:uuid:0197c0de-0000-7000-8000-000000000001"), id_of("jane@bois.fr")
    ('0197c0de-0000-7000-8000-000000000001', '')
    """
    found = _OWN.fullmatch(uid)
    return found[1].lower() if found else ""
