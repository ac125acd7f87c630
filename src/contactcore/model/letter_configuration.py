"""The letter configuration of a workspace: the firm's name, the addresses of its users, its templates."""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model.mailbox import Letters, Recipient, UserAddresses

__all__ = ["LetterConfiguration"]


@frozen(kw_only=True)
class LetterConfiguration:
    """The decisions of the host application about the letters of a workspace.

    Attributes:
        workspace: Name of the workspace. In letters it stands for the firm, and it keeps the Message-IDs of two
            workspaces apart.
        users: Function that returns the address of a user by name; None where users get no letters (NOT-5).
        message_domain: End of every Message-ID; None for the domain of the sender.
        letters: Templates of the workspace (see `contactcore.formats.letters`).
    """

    workspace: str = ""
    users: UserAddresses | None = None
    message_domain: str | None = None
    letters: Letters = attrs.field(factory=dict)

    def user(self, name: str) -> Recipient | None:
        """The address of a user, or None.

        Raises:
            Invalid: `recipient-type` where the host's `users` returns anything else.
        """
        found = self._found(name)
        return found if isinstance(found, Recipient) else None

    def knows(self, name: str) -> bool:
        """Whether the application has a user with a name; True where the host provides no users.

        Raises:
            Invalid: as `user`.
        """
        return self.users is None or bool(self._found(name))

    def _found(self, name: str) -> Recipient | bool | None:
        found: object = None if self.users is None else self.users(name)
        if found is None or isinstance(found, Recipient | bool):
            return found
        message = (
            f"Have `users` return a Recipient, True for a user without letters, or None; no {type(found).__name__}."
        )
        raise Invalid("recipient-type", message, path="users")
