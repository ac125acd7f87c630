"""Value objects: parsed once, then always valid.

Each is frozen and hashable, and says why it refuses (`contactcore.errors.Invalid`, with an empty path that
the caller fills by `.under`). `restore` gives back what was stored, without judging it again.
"""

from __future__ import annotations

from contactcore.values.address import Address
from contactcore.values.country import country_name, currency_name, is_currency, read_country
from contactcore.values.currency import Currency
from contactcore.values.dates import PartialDate
from contactcore.values.email import EmailAddress
from contactcore.values.kind import PHONE_KINDS, clean_kind
from contactcore.values.language import Language
from contactcore.values.name_reading import split_full_name
from contactcore.values.names import PersonName
from contactcore.values.phone import PhoneNumber
from contactcore.values.social import SOCIAL_SERVICES, SocialProfile
from contactcore.values.tag import Tag
from contactcore.values.texts import LINE_LIMIT, TEXT_LIMIT, clean_line, clean_text, refuse_unstorable
from contactcore.values.website import Website, clean_url

__all__ = [
    "LINE_LIMIT",
    "PHONE_KINDS",
    "SOCIAL_SERVICES",
    "TEXT_LIMIT",
    "Address",
    "Currency",
    "EmailAddress",
    "Language",
    "PartialDate",
    "PersonName",
    "PhoneNumber",
    "SocialProfile",
    "Tag",
    "Website",
    "clean_kind",
    "clean_line",
    "clean_text",
    "clean_url",
    "country_name",
    "currency_name",
    "is_currency",
    "read_country",
    "refuse_unstorable",
    "split_full_name",
]
