"""Checks of the arguments of a storage on a server."""

from __future__ import annotations

from typing import Final

from contactcore.errors import Invalid
from contactcore.storage import check_text

__all__ = ["check_connections", "check_schema"]

_LONGEST_NAME: Final = 63
"""The bytes of a name that the server keeps. It cuts a longer one off, so that two names would be one schema."""


def check_schema(name: object) -> None:
    """Refuse a name that the server cannot give a schema, or would shorten.

    Raises:
        Invalid: `text-type`, `schema-name`, or a limit of the port.
    """
    if not isinstance(name, str):
        raise Invalid("text-type", f"Give text here, not {type(name).__name__}.", path="schema")
    check_text("schema", name, _LONGEST_NAME)
    if not 0 < len(name.encode()) <= _LONGEST_NAME or name.startswith("pg_"):
        message = f"Give the schema a name of 1 to {_LONGEST_NAME} bytes that does not begin with pg_."
        raise Invalid("schema-name", message, path="schema", value=name, facts={"limit": _LONGEST_NAME})


def check_connections(path: str, number: object, least: int) -> None:
    """Refuse a number of connections that no pool can have.

    Args:
        path: The name of the argument.
        number: The number.
        least: The smallest number.

    Raises:
        Invalid: `number-type`, `connections-out-of-range`.
    """
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid("number-type", f"Give a whole number here, not {type(number).__name__}.", path=path)
    if number < least:
        message = f"Give a number of connections from {least}."
        raise Invalid("connections-out-of-range", message, path=path, value=number, facts={"least": least})
