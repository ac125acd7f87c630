"""Mailboxes: e-mail addresses with the names of their readers, and the templates of what they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.model import conversion, parsing
from contactcore.values import EmailAddress, Language
from contactcore.values.texts import clean_line

__all__ = ["Letters", "Mailbox", "Recipient", "UserAddresses"]

Letters: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Templates of letters: slug -> language -> part -> text."""

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")

_read_email = parsing.one(EmailAddress)


def _email(value: EmailAddress | str) -> EmailAddress:
    missing: Any = parsing.reject("email-empty", "An e-mail address is needed, like name@example.org.", value)
    return _read_email(value) or cast("EmailAddress", missing)


@frozen
class Mailbox:
    """An e-mail address and a name to show beside it.

    Args:
        email: E-mail address.
        name: One line, or `""`.

    Raises:
        Invalid: all problems at once.

    >>> Mailbox.parse("Bois & Fils <no-reply@bois.fr>")
    Mailbox(email=EmailAddress(text='no-reply@bois.fr', kind=''), name='Bois & Fils')
    """

    email: EmailAddress = attrs.field(converter=_email)
    name: str = attrs.field(default="", converter=parsing.line)

    def __attrs_post_init__(self) -> None:
        parsing.raise_refusals(self)

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """The mailbox of a text `Name <address>`, or of an address alone.

        Raises:
            Invalid: `mailbox-syntax`, or the refusals of address and name.
        """
        line = clean_line(text)
        match = _NAMED.fullmatch(line)
        if match is not None:
            return cls(match["email"], match["name"].strip().strip('"').strip())
        if "<" in line or ">" in line:
            raise Invalid("mailbox-syntax", "Write it as Name <name@example.org>.", value=text)
        return cls(line)


@frozen
class Recipient(Mailbox):
    """A person who gets letters.

    Args:
        language: Language of the letters; None for the workspace's.

    >>> Recipient("amelie@bois.fr", "Amélie", "fr").language
    Language(text='fr')
    """

    language: Language | None = attrs.field(default=None, converter=conversion.language)


UserAddresses: TypeAlias = Callable[[str], Recipient | bool | None]
"""A function of the host application: the name of a user -> the recipient; True for a user who gets no letters.

None or False means that the application has no such user.
"""
