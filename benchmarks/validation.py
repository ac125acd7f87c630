"""The validation of e-mail addresses and phone numbers in the floor, by contactcore's values or by the libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from benchmarks.workload import FIELDS

__all__ = ["Validators", "by_contactcore", "by_libraries", "custom_fields"]

_FIELDS = {field.slug: field for field in FIELDS}

Validators = tuple[Callable[[str], str], Callable[[str], str]]
"""Functions that return the normal form of an e-mail address, and a number in E.164, or raise ValueError."""


def by_libraries() -> Validators:
    """Return validators that use email-validator and phonenumbers."""
    import phonenumbers
    from email_validator import validate_email

    def email(text: str) -> str:
        return validate_email(text, check_deliverability=False, strict=True).normalized

    def phone(text: str) -> str:
        try:
            number = phonenumbers.parse(text, "FR")
        except phonenumbers.NumberParseException as error:
            raise ValueError(str(error)) from error
        if not phonenumbers.is_valid_number(number):
            raise ValueError(text)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return email, phone


def by_contactcore() -> Validators | None:
    """Return validators that use contactcore's values, which accept plain input fast; None without contactcore."""
    try:
        from contactcore.errors import Invalid
        from contactcore.values import EmailAddress, PhoneNumber
    except ImportError:
        return None

    def email(text: str) -> str:
        try:
            return str(EmailAddress(text))
        except Invalid as error:
            raise ValueError(text) from error

    def phone(text: str) -> str:
        try:
            return str(PhoneNumber(text, country="FR"))
        except Invalid as error:
            raise ValueError(text) from error

    return email, phone


def custom_fields(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of custom fields, or raise ValueError.

    >>> custom_fields({"since": "2024-06-05", "discount": "12.5", "level": "gold"})
    {'since': '2024-06-05', 'discount': 12.5, 'level': 'gold'}
    """
    return {slug: _value(slug, cell) for slug, cell in cells.items()}


def _value(slug: str, cell: str) -> Any:
    field = _FIELDS[slug]
    if field.type == "date":
        return date.fromisoformat(cell).isoformat()
    if field.type == "number":
        return float(cell)
    if field.choices and cell not in field.choices:
        raise ValueError(cell)
    return cell
