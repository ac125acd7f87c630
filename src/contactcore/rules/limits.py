"""Limits: how often something may be tried within a time (POR-10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

import attrs

from contactcore.frozen import frozen

__all__ = [
    "EMAILS_BY_LOGIN",
    "FORMS_BY_SOURCE",
    "REQUESTS_BY_NAME",
    "REQUESTS_BY_SOURCE",
    "SIGN_INS_BY_SOURCE",
    "TAKEN_NAMES",
    "THANKS_BY_ADDRESS",
    "Counter",
    "Limit",
    "source_of",
]

_NETWORK_BITS = 64


@frozen
class Limit:
    """The number of attempts that are allowed within a period, which begins with the first one.

    Attributes:
        name: The stable name of the limit.
        count: The number of attempts.
        period: The length of the period.
    """

    name: str
    count: int
    period: timedelta


REQUESTS_BY_NAME = Limit("requests-by-name", 5, timedelta(hours=1))
"""Requests for a link with one login name, known or unknown."""

REQUESTS_BY_SOURCE = Limit("requests-by-source", 30, timedelta(hours=1))
"""Requests for a link from one source."""

EMAILS_BY_LOGIN = Limit("emails-by-login", 5, timedelta(hours=1))
"""Requests of one login for a new address, each of which mails a letter to an address that nobody has confirmed."""

SIGN_INS_BY_SOURCE = Limit("sign-ins-by-source", 50, timedelta(minutes=15))
"""Failed attempts to sign in from one source. Many people may share an address, so the limit is generous."""

TAKEN_NAMES = Limit("taken-names", 20, timedelta(hours=1))
"""Login names of one user's invitations that another login had already."""


FORMS_BY_SOURCE = Limit("forms-by-source", 30, timedelta(hours=1))
"""Submissions of forms from one source, refused ones included (IMP-6)."""

THANKS_BY_ADDRESS = Limit("thanks-by-address", 3, timedelta(days=1))
"""Letters of thanks to one address, which anybody may have typed into a form."""


@frozen(kw_only=True)
class Counter:
    """The attempts of one period.

    Attributes:
        id: The name of the limit with the digest of its subject.
        version: The number of stored versions.
        count: The number of attempts.
        ends: The end of the period.
    """

    id: str
    version: int = 1
    count: int = 0
    ends: datetime

    def is_exhausted(self, limit: Limit, now: datetime) -> bool:
        """Whether no further attempt is allowed.

        A period that ends too late for any that began until now is of a clock that ran ahead; nobody waits for its end.

        Args:
            limit: The limit.
            now: The time.

        >>> now = datetime(2026, 1, 31)
        >>> Counter(id="1", count=5, ends=now + timedelta(minutes=1)).is_exhausted(REQUESTS_BY_NAME, now)
        True
        """
        return self._lasts(limit, now) and self.count >= limit.count

    def counted(self, limit: Limit, now: datetime) -> Counter:
        """The counter after one more attempt; a period that is over begins again.

        Args:
            limit: The limit.
            now: The time.
        """
        if self._lasts(limit, now):
            return attrs.evolve(self, count=self.count + 1)
        return attrs.evolve(self, count=1, ends=now + limit.period)

    def _lasts(self, limit: Limit, now: datetime) -> bool:
        # A clock that is set back by a little starts no new period.
        return now < self.ends <= now + 2 * limit.period


def source_of(address: str) -> str:
    """The source that an address counts for: itself, or the network of 64 bits of an address of IP version 6.

    Args:
        address: The address of the caller, or any other text that identifies them.

    >>> source_of("192.0.2.7"), source_of("2001:db8::1") == source_of("2001:db8::ffff")
    ('192.0.2.7', True)
    """
    text = address.strip().casefold()
    try:
        read = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return f"{IPv6Address(int(read) >> _NETWORK_BITS << _NETWORK_BITS)}/{_NETWORK_BITS}"
    return str(read)
