"""Numbers of payment cards, which no text of an account may contain (POR-7)."""

from __future__ import annotations

import re
import unicodedata

from contactcore.errors import Invalid

__all__ = ["has_card_number", "refuse_card_number"]

_SHORTEST, _LONGEST = 13, 19
_GROUPED = re.compile(r"\d+(?:[\s./_·\-\u2010-\u2015\u2212]{1,3}\d+)*")
_DIGITS = re.compile(r"\d+")
_ISSUED = re.compile(
    r"""
    4(?:\d{12}|\d{15}|\d{18})                                               # Visa
    | (?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}      # Mastercard
    | 3[47]\d{13}                                                           # American Express
    | 3(?:0[0-5]|095|[689]\d)\d{10,16}                                      # Diners Club
    | 35(?:2[89]|[3-8]\d)\d{12,15}                                          # JCB
    | 220[0-4]\d{12,15}                                                     # Mir
    | (?:5[06-9]|6\d)\d{11,17}                                              # Maestro, Discover, UnionPay, RuPay
    | 8[12]\d{14}                                                           # RuPay
    """,
    re.VERBOSE,
)
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")


def has_card_number(text: str) -> bool:
    """Whether a text contains the full number of a payment card.

    A card number has 13 to 19 digits that begin as the card schemes issue them and end with the right check digit
    (Luhn, ISO/IEC 7812-1). It may be written in groups with blanks, hyphens, dots or slashes, in digits of any script.
    IBANs and UUIDs are no card numbers, whatever digits they have.

    Args:
        text: Any text.

    >>> has_card_number("card 4111-1111 1111 1111, thanks"), has_card_number("4111 1111 1111 1112")
    (True, False)

    Source: POR-7; PCI DSS 3.
    """
    if sum(map(str.isdigit, text)) < _SHORTEST:
        return False
    if not text.isascii():
        visible = (letter for letter in text if unicodedata.category(letter) != "Cf")
        text = "".join(str(unicodedata.decimal(letter, letter)) for letter in visible)
    text = _IBAN.sub(lambda found: "x" if _is_iban(found[0]) else found[0], _UUID.sub("x", text))
    for found in _GROUPED.finditer(text):
        groups = _DIGITS.findall(found[0])
        for start in range(len(groups)):
            digits = ""
            for group in groups[start:]:
                digits += group
                if len(digits) > _LONGEST:
                    break
                if len(digits) >= _SHORTEST and _ISSUED.fullmatch(digits) and _has_check_digit(digits):
                    return True
    return False


def refuse_card_number(value: object) -> None:
    """Refuse a value that contains the full number of a payment card. The error does not contain the value.

    Args:
        value: Text, or a number; anything else is accepted here.

    Raises:
        Invalid: `card-number`.
    """
    if isinstance(value, int | str) and has_card_number(value if isinstance(value, str) else _written(value)):
        raise Invalid(
            "card-number", "This contains the number of a payment card: store a reference and a mask instead."
        )


def _written(value: int) -> str:
    return str(value) if 0 <= value < 10**_LONGEST else ""


def _has_check_digit(digits: str) -> bool:
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    code = text.replace(" ", "")
    return int("".join(str(int(letter, 36)) for letter in code[4:] + code[:4])) % 97 == 1
