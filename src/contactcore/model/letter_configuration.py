"""How a workspace writes letters: in whose name, to which users, with which templates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from contactcore.errors import Invalid
from contactcore.model.mailbox import Recipient, UserAddresses

__all__ = ["LetterConfiguration"]

_DEFAULT_DOMAIN = "contactcore.invalid"
_DOMAIN = re.compile(r"(?=.{1,200}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def _nobody(name: str) -> Recipient | None:  # noqa: ARG001 - the signature is that of UserAddresses
    return None


def _domain(text: str) -> str:
    domain = text.strip().lower() if isinstance(text, str) else ""
    if not _DOMAIN.fullmatch(domain):
        raise Invalid(
            "message-domain",
            "Give a domain of yours in ASCII, like mail.example.org.",
            path="message_domain",
            value=text,
        )
    return domain


@attrs.frozen(kw_only=True)
class LetterConfiguration:
    """What the host application decides about letters.

    Attributes:
        workspace: The name of the workspace: in letters it stands for the firm, and it keeps the Message-IDs of two
            workspaces apart.
        users: Where users are written to; by default nowhere (NOT-5).
        message_domain: Ends every Message-ID. Best a domain of the sender's.
        letters: The workspace's own templates (see `contactcore.formats.letters`).
    """

    workspace: str = ""
    users: UserAddresses = _nobody
    message_domain: str = attrs.field(default=_DEFAULT_DOMAIN, converter=_domain)
    letters: Mapping[str, Mapping[str, Mapping[str, str]]] = attrs.field(factory=dict)

    def user(self, name: str) -> Recipient | None:
        """Where a user is written to, or None.

        Raises:
            Invalid: `recipient-type` when the host's `users` gave something else.
        """
        found: object = self.users(name)
        if found is None or isinstance(found, Recipient):
            return found
        message = f"Have `users` give a Recipient, or None for nobody; no {type(found).__name__}."
        raise Invalid("recipient-type", message, path="users")

    @classmethod
    def of(
        cls,
        workspace: str,
        users: UserAddresses | None,
        letters: Mapping[str, Mapping[str, Mapping[str, str]]] | None,
        message_domain: str | None,
    ) -> LetterConfiguration:
        """What the host gave, and the defaults for the rest.

        Raises:
            Invalid: `message-domain`.
        """
        return cls(
            workspace=workspace,
            users=users or _nobody,
            letters=letters or {},
            message_domain=_DEFAULT_DOMAIN if message_domain is None else message_domain,
        )
