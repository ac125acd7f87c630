"""Who looks after a record and who else may see it."""

from __future__ import annotations

from enum import Enum

from contactcore.errors import Invalid

__all__ = ["AccessPolicy"]


class AccessPolicy(Enum):
    """How far a contact is open beyond its responsible users and the admins (ACC-2)."""

    PRIVATE = "private"
    SHARED_READ = "shared-read"
    SHARED_WRITE = "shared-write"

    @property
    def is_open(self) -> bool:
        """Whether every user of the workspace sees the contact; open contacts are marked in lists (ACC-2).

        >>> AccessPolicy.PRIVATE.is_open
        False
        """
        return self is not AccessPolicy.PRIVATE

    @classmethod
    def parse(cls, value: AccessPolicy | str) -> AccessPolicy:
        """The policy with this slug.

        Raises:
            Invalid: `access-unknown`.

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
