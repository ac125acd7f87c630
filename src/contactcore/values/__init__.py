"""Value objects: parsed once, then always valid."""

from __future__ import annotations

from contactcore.values.email import EmailAddress
from contactcore.values.kind import PHONE_KINDS, clean_kind
from contactcore.values.phone import PhoneNumber
from contactcore.values.texts import LINE_LIMIT, TEXT_LIMIT, clean_line, clean_text, refuse_unstorable

__all__ = [
    "LINE_LIMIT",
    "PHONE_KINDS",
    "TEXT_LIMIT",
    "EmailAddress",
    "PhoneNumber",
    "clean_kind",
    "clean_line",
    "clean_text",
    "refuse_unstorable",
]
