"""The order of records that name people whom they do not belong to, in which a report and an erasure find them.

A record is in this order only if it names somebody. Its terms are the same in the trash as out of it.
"""

from __future__ import annotations

import re

from contactcore.mapping.index_keys import term
from contactcore.values import EmailAddress

__all__ = ["named_by_email", "named_by_id", "named_by_number"]

_LAST_DIGITS = 7
_NO_DIGIT = re.compile(r"\D")


def named_by_id(id: str) -> str:
    """The term of the records that name a contact by its id.

    Args:
        id: The id of the contact.

    >>> named_by_id("42")
    'named:id:42'
    """
    return term("named", f"id:{id}")


def named_by_email(email: EmailAddress) -> str:
    """The term of the records that have an e-mail address.

    Args:
        email: The address, in any spelling.

    >>> named_by_email(EmailAddress("Jo@bois.fr"))
    'named:email:jo@bois.fr'
    """
    return term("named", f"email:{email.key}")


def named_by_number(text: str) -> str:
    """The term of the records that have a phone number with the same last seven digits; `""` if it has fewer.

    The digits before them are written in several ways, so that the whole number must be compared afterwards.

    Args:
        text: The number, in any spelling.

    >>> named_by_number("01 44 55 66 77") == named_by_number("+33144556677"), named_by_number("112")
    (True, '')
    """
    digits = _NO_DIGIT.sub("", text)
    return term("named", f"phone:{digits[-_LAST_DIGITS:]}") if len(digits) >= _LAST_DIGITS else ""
