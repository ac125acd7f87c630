"""JSContact (RFC 9553), read and written by the mapping to vCard of RFC 9555."""

from contactcore.formats.jscontact.reading import loads, read
from contactcore.formats.jscontact.writing import dumps, write

__all__ = ["dumps", "loads", "read", "write"]
