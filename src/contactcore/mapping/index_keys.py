"""Terms and order keys within the limits of the port."""

from __future__ import annotations

from contactcore.storage import LONGEST_KEY, LONGEST_TERM

__all__ = ["order_key", "term"]


def term(prefix: str, value: str) -> str:
    """A term such as `tag:vip`; a value that is too long for a storage is replaced by its SHA-256 digest.

    Args:
        prefix: The kind of term, without the colon.
        value: The value.

    >>> term("tag", "vip")
    'tag:vip'
    """
    whole = f"{prefix}:{value}"
    if len(whole) <= LONGEST_TERM:
        return whole
    import hashlib

    return f"{prefix}:#{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"


def order_key(key: str) -> str:
    """An order key cut to the limit of the port; records with the same key are in the order of their ids.

    Args:
        key: A sort key of any length.
    """
    return key[:LONGEST_KEY]
