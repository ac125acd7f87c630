"""The address of a database, which may hold a password."""

from __future__ import annotations

import re
from typing import Any, Final, Self

import attrs
import psycopg
from psycopg import conninfo
from psycopg.pq import Conninfo

from contactcore.errors import Invalid

__all__ = ["Address"]

_LONGEST_SHOWN: Final = 300
_CONNECT_TIMEOUT: Final = 10
"""The seconds that one attempt to connect may take, unless the address says otherwise."""
_URL: Final = re.compile(r"postgres(ql)?://", re.IGNORECASE)
_PORTS: Final = re.compile(r"[0-9]*(,[0-9]*)*")


@attrs.frozen
class Address:
    """An address that the driver understands.

    Attributes:
        full: The address with its secrets.
        public: The address without them, in the form `host=... dbname=...`.
        options: The options of a connection.
        secrets: The password, and other values that nobody may see.
    """

    full: str = attrs.field(repr=False)
    public: str
    options: dict[str, Any]
    secrets: tuple[str, ...] = attrs.field(repr=False)

    @classmethod
    def parse(cls, dsn: str) -> Self:
        """Read an address.

        Raises:
            Invalid: `address-unreadable`. The message leaves out the address.
        """
        try:
            if "\0" in dsn:  # the driver would read up to there
                raise _unreadable()
            stated = conninfo.conninfo_to_dict(dsn)
            secret = {one.keyword.decode() for one in Conninfo.parse(dsn.encode()) if one.dispchar == b"*" and one.val}
        except (psycopg.Error, ValueError, AttributeError, TypeError):
            raise _unreadable() from None  # the error quotes the address
        # An unescaped "@" or "/" in the password of a URL ends it, and its rest would show as host, port or database.
        if _URL.match(dsn) and ("@" in f"{stated.get('host')}{stated.get('dbname')}"):
            raise _unreadable()
        if not _PORTS.fullmatch(str(stated.get("port") or "")):
            raise _unreadable()
        shown = {name: str(value) for name, value in stated.items() if name not in secret}
        return cls(
            full=dsn,
            public=conninfo.make_conninfo(**shown),
            options={
                "connect_timeout": stated.get("connect_timeout", _CONNECT_TIMEOUT),
                "client_encoding": "UTF8",
                "autocommit": True,
                "prepare_threshold": None,
            },
            secrets=tuple(str(stated[name]) for name in sorted(secret)),
        )

    def without_secrets(self, text: str) -> str:
        """Return a text of the driver with every secret of this address cut out.

        >>> Address.parse("postgresql://app:rosebud@db.example/crm").without_secrets("rosebud is wrong")
        '… is wrong'
        """
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _unreadable() -> Invalid:
    return Invalid(
        "address-unreadable",
        "This is no address of a database: postgresql://user@host/database. Write @, / and : in a password as %40, "
        "%2F and %3A.",
        path="dsn",
    )
