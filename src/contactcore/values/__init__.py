"""Value objects: parsed once, then always valid.

Value objects are frozen and hashable. A constructor that refuses its input raises `contactcore.errors.Invalid` with
the reason; the path is empty, and the caller sets it by `.under`. `restore` rebuilds a stored value without validating
it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contactcore.values.address import Address
    from contactcore.values.country import country_name, currency_name, is_currency, read_country
    from contactcore.values.currency import Currency
    from contactcore.values.dates import PartialDate
    from contactcore.values.email import EmailAddress
    from contactcore.values.kind import PHONE_KINDS, clean_kind
    from contactcore.values.language import Language
    from contactcore.values.money import Money
    from contactcore.values.name_reading import split_full_name
    from contactcore.values.names import PersonName
    from contactcore.values.phone import PhoneNumber
    from contactcore.values.social import SOCIAL_SERVICES, SocialProfile
    from contactcore.values.tag import Tag
    from contactcore.values.texts import clean_line, clean_text
    from contactcore.values.website import Website
else:
    from contactcore.lazy_names import lazy_names

    __getattr__ = lazy_names(
        __name__,
        {
            "contactcore.values.address": "Address",
            "contactcore.values.country": "country_name currency_name is_currency read_country",
            "contactcore.values.currency": "Currency",
            "contactcore.values.dates": "PartialDate",
            "contactcore.values.email": "EmailAddress",
            "contactcore.values.kind": "PHONE_KINDS clean_kind",
            "contactcore.values.language": "Language",
            "contactcore.values.money": "Money",
            "contactcore.values.name_reading": "split_full_name",
            "contactcore.values.names": "PersonName",
            "contactcore.values.phone": "PhoneNumber",
            "contactcore.values.social": "SOCIAL_SERVICES SocialProfile",
            "contactcore.values.tag": "Tag",
            "contactcore.values.texts": "clean_line clean_text",
            "contactcore.values.website": "Website",
        },
    )

__all__ = [
    "PHONE_KINDS",
    "SOCIAL_SERVICES",
    "Address",
    "Currency",
    "EmailAddress",
    "Language",
    "Money",
    "PartialDate",
    "PersonName",
    "PhoneNumber",
    "SocialProfile",
    "Tag",
    "Website",
    "clean_kind",
    "clean_line",
    "clean_text",
    "country_name",
    "currency_name",
    "is_currency",
    "read_country",
    "split_full_name",
]
