"""How the floor judges e-mails and phones: by contactcore's values where they exist, or by the libraries alone."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["RowMapper", "by_contactcore", "by_libraries"]

RowMapper = tuple[Callable[[str], str], Callable[[str], str]]


def by_libraries() -> RowMapper:
    """An e-mail's normal form and a number's E.164, or ValueError."""
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


def by_contactcore() -> RowMapper | None:
    """The same by contactcore's values, which accept fast and refuse by the libraries; None if they are missing."""
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
