"""The access policies of contacts."""

from __future__ import annotations

from enum import Enum

from contactcore.errors import Invalid

__all__ = ["AccessPolicy"]


class AccessPolicy(Enum):
    """The access of users who are neither responsible for a contact nor admins (ACC-2).

    >>> AccessPolicy.parse("shared-read") is AccessPolicy.SHARED_READ
    True
    """

    PRIVATE = "private"
    SHARED_READ = "shared-read"
    SHARED_WRITE = "shared-write"

    @property
    def is_open(self) -> bool:
        """Whether every user of the workspace sees the contact; lists flag such contacts (ACC-2).

        >>> AccessPolicy.PRIVATE.is_open
        False
        """
        return self is not AccessPolicy.PRIVATE

    @classmethod
    def parse(cls, value: AccessPolicy | str) -> AccessPolicy:
        """The policy with a slug.

        Args:
            value: The slug, or a policy, which is returned as it is.

        Raises:
            Invalid: `access-unknown`: there is no such policy.

        >>> AccessPolicy.parse("shared-read")
        <AccessPolicy.SHARED_READ: 'shared-read'>
        """
        try:
            return cls(value)
        except ValueError:
            known = ", ".join(policy.value for policy in cls)
            raise Invalid("access-unknown", f"Access is one of {known}.", value=value) from None

    def __str__(self) -> str:
        return self.value
