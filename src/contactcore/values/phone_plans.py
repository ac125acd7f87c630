"""Numbering plans: the only module that imports phonenumbers, and fast patterns that accept plain numbers.

This module accepts a number of digits and separators if the metadata allow only one interpretation. It never refuses:
the library decides on every other number. In four cases the library may interpret a number
differently than it looks, and the library therefore decides: a national prefix that rewrites digits, a default region
whose plan differs from the main region of its calling code, a number that begins with its own calling code, and an
international prefix other than `00`. A property test proves that both give the same results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contactcore.errors import Invalid
from contactcore.frozen import frozen

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata
    from phonenumbers import PhoneNumber as LibraryNumber

__all__ = [
    "accept_plain",
    "format_number",
    "is_valid",
    "parse_by_library",
    "region_of",
    "search_digits",
    "split",
    "trunk_prefix",
]

_LAST_DIGITS = 6
_SEPARATORS = str.maketrans("", "", " -.()/")
_RAW_LIMIT = 250
_PLAIN_LIMIT = 40
_PARSE_LIMIT = 3
_MOST_ZEROS = 2
"""The maximum number of superfluous zeros in front of a national number."""
_INTERNATIONAL_PREFIXES = ("00", "011")
"""The prefixes for calls to other countries that people also write where another one is dialled."""
_FORMER_PREFIXES = {"52": ("01", "044", "045", "1"), "380": ("80",)}
"""Trunk prefixes that address books still contain, by calling code: Mexico until 2019, Ukraine until 2009."""
_KEEPS_ZERO = "39"
"""The calling code of Italy, where the zero of a landline belongs to the number; abroad people leave it out."""
_PREFIXES: Mapping[str, tuple[str, ...]] = {
    **{code: ("0", *prefixes) for code, prefixes in _FORMER_PREFIXES.items()},
    _KEEPS_ZERO: ("",),
}
"""The first digits of numbers that may have another prefix than usual, by calling code; a zero by default."""
_RANGES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("voip", "personal_number", "pager", "uan", "voicemail"),
)
"""The types of assigned ranges in the metadata."""


@frozen
class _Plan:
    """The metadata of one region, as far as plain numbers need them.

    Attributes:
        code: The calling code.
        lengths: The possible lengths of a national number, in digits.
        whole: The pattern of a complete national number.
        prefix: The pattern of the national prefix; None without one.
        plain_prefix: The national prefix if it is a fixed string of digits, else `""`.
        prefix_rewrites: Whether the national prefix changes the digits after it.
        international_prefix: The pattern of the prefix for calls to other countries; None without one.
        international_prefix_is_00: Whether that prefix is exactly `00`.
        trunk: The digits dialled before a national number.
        assigned: The pattern of a national number in an assigned range.
    """

    code: str
    lengths: frozenset[int]
    whole: re.Pattern[str]
    prefix: re.Pattern[str] | None
    plain_prefix: str
    prefix_rewrites: bool
    international_prefix: re.Pattern[str] | None
    international_prefix_is_00: bool
    trunk: str
    assigned: re.Pattern[str]

    def prefix_length(self, number: str) -> int:
        """The length of the national prefix at the start of the number, in digits; -1 without a prefix."""
        if self.plain_prefix:
            return len(self.plain_prefix) if number.startswith(self.plain_prefix) else -1
        match = self.prefix.match(number) if self.prefix is not None else None
        return match.end() if match else -1


_by_code: dict[str, _Plan | None] = {}
_by_region: dict[str, _Plan | None] = {}
_SHORTEST = 4
"""The minimum number of digits for the fast patterns; the library has special rules for shorter numbers."""


def _plan(metadata: PhoneMetadata) -> _Plan:
    general = metadata.general_desc
    assert general is not None  # every region has one
    prefix = metadata.national_prefix_for_parsing
    international_prefix = metadata.international_prefix
    return _Plan(
        code=str(metadata.country_code),
        lengths=frozenset(general.possible_length or ()) - frozenset(general.possible_length_local_only or ()),
        whole=re.compile(general.national_number_pattern or "(?!)"),
        prefix=re.compile(prefix) if prefix else None,
        plain_prefix=prefix if prefix and prefix.isascii() and prefix.isdigit() else "",
        prefix_rewrites=bool(metadata.national_prefix_transform_rule),
        international_prefix=re.compile(international_prefix) if international_prefix else None,
        international_prefix_is_00=international_prefix == "00",
        trunk=re.sub(r"\D", "", metadata.national_prefix or ""),
        assigned=re.compile("|".join(_ranges(metadata)) or "(?!)"),
    )


def _ranges(metadata: PhoneMetadata) -> Iterator[str]:
    for name in _RANGES:
        described = getattr(metadata, name)
        if described is not None and described.national_number_pattern:
            yield f"(?:{described.national_number_pattern})"


def _plan_of_code(code: str) -> _Plan | None:
    try:
        return _by_code[code]
    except KeyError:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code))
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0]) if regions else None
        plan = _by_code[code] = _plan(metadata) if metadata else None
        return plan


def _plan_of_region(region: str) -> _Plan | None:
    try:
        return _by_region[region]
    except KeyError:
        from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

        if region not in SUPPORTED_REGIONS:
            return None  # not cached, because a caller may pass any text as a region
        metadata = PhoneMetadata.metadata_for_region(region, None)
        plan = _by_region[region] = _plan(metadata) if metadata else None
        return plan


def accept_plain(text: str, region: str) -> str:  # noqa: PLR0911 # each return is one reason to ask the library
    """The E.164 format of a plain, possible number; `""` if the library must parse it.

    Args:
        text: The number, without surrounding spaces.
        region: The ISO 3166 code of the region of national numbers; `""` for unknown.

    >>> accept_plain("01 44 55 66 77", "FR"), accept_plain("01 44 55 66 77", "")
    ('+33144556677', '')
    """
    if len(text) > _PLAIN_LIMIT:
        return ""
    international = text[:1] == "+"
    digits = text[1:] if international else text
    if not digits.isdigit():
        digits = digits.translate(_SEPARATORS)
    if len(digits) < _SHORTEST or not (digits.isascii() and digits.isdigit()):
        return ""
    if international:
        return _accept_international(digits)
    plan = _plan_of_region(region) if region else None
    if plan is None or digits.startswith(plan.code):
        return ""
    if plan.international_prefix_is_00:
        if digits.startswith("00"):
            return _accept_international(digits[2:])
    elif plan.international_prefix is not None and plan.international_prefix.match(digits):
        return ""
    return _accept_national(digits, plan)


def _accept_international(digits: str) -> str:
    code = _code_at(digits[:3]) if digits[0] != "0" else ""
    plan = _plan_of_code(code) if code else None
    if plan is None:
        return ""
    number = digits[len(code) :]
    if number.startswith(_PREFIXES.get(code, "0")) and not plan.assigned.fullmatch(number):
        return ""  # the zero may be superfluous
    return "+" + digits if len(number) in plan.lengths and plan.prefix_length(number) < 0 else ""


def _accept_national(digits: str, plan: _Plan) -> str:
    number = digits
    length = plan.prefix_length(digits)
    if length >= 0:
        if plan.prefix_rewrites:
            return ""
        rest = digits[length:]
        if plan.whole.fullmatch(rest) or not plan.whole.fullmatch(digits):
            number = rest
    doubtful = number.startswith(_PREFIXES.get(plan.code, "0")) or digits.startswith(("011", f"0{plan.code}"))
    if len(number) not in plan.lengths or (doubtful and not plan.assigned.fullmatch(number)):
        return ""
    main = _plan_of_code(plan.code)
    if main is None or len(number) not in main.lengths or main.prefix_length(number) >= 0:
        return ""
    return f"+{plan.code}{number}"


def parse_by_library(text: str, region: str) -> tuple[str, str]:
    """The E.164 format and the extension of a number, as phonenumbers parses it.

    The library calls some numbers possible that nobody can dial, and refuses others, because people write prefixes that
    it does not expect: a zero where the country has none (`+48 (0) 22 …`), the international prefix of another country
    (`0049 …` in the USA), or a trunk prefix of former times (`+52 1 …`). If the number as it stands is not valid, and
    one of these spellings of it is, that one is taken. A few results change when their own E.164 format is parsed
    again. The function therefore parses until the result is stable.

    Args:
        text: The number, without control characters.
        region: The ISO 3166 code of the region of national numbers; `""` for unknown.

    Raises:
        Invalid: `phone-country-missing`, `phone-syntax`, `phone-calling-code`, `phone-too-short`,
            `phone-too-long`, `phone-not-possible`.
    """
    if len(text) > _RAW_LIMIT:
        raise _refusal("phone-too-long", text, "A phone number has at most 15 digits; remove everything else.")
    plan = _plan_of_region(region) if region else None
    # Only a calling code is followed by a zero in brackets.
    given = f"+{text}" if plan is not None and re.match(rf"\(?{plan.code}\)?[\s./-]*\(0", text) else text
    refusal: Invalid | None = None
    try:
        spelled, extension = _spelled(given, region, text)
    except Invalid as error:
        spelled, extension, refusal = "", "", error
    if not (spelled and is_valid(spelled)):
        for other in _other_spellings(given, plan):
            with suppress(Invalid):
                found = _spelled(other, region, text)
                if is_valid(found[0]):
                    return found
    if refusal is not None:
        raise refusal
    return spelled, extension


def _spelled(text: str, region: str, given: str) -> tuple[str, str]:
    """The E.164 format and the extension of one spelling of a number."""
    from phonenumbers import normalize_digits_only

    number = _read(text, region, given)
    extension = normalize_digits_only(number.extension) if number.extension else ""
    spelled = _with_usual_prefix(number) or _possible(number, given)
    for _ in range(_PARSE_LIMIT):
        again = _possible(_read(spelled, "", given), given)
        if again == spelled:
            return spelled, extension
        spelled = again
    raise _refusal("phone-not-possible", given, "The number is ambiguous. Write it with + and its country code.")


def _other_spellings(text: str, plan: _Plan | None) -> Iterator[str]:
    """The spellings with `+` of a number whose first digits may be an international prefix."""
    bare = text.lstrip("+( ")
    for prefix in _INTERNATIONAL_PREFIXES:
        if bare.startswith(prefix):
            yield f"+{bare[len(prefix) :]}"
    if plan is not None and bare == text and bare.startswith(f"0{plan.code}"):
        yield f"+{bare[1:]}"  # a spreadsheet or a form took the other zero away


def _read(text: str, region: str, given: str) -> LibraryNumber:
    from phonenumbers import SUPPORTED_REGIONS, NumberParseException, parse

    known = region if region in SUPPORTED_REGIONS else None
    try:
        return parse(text, known)
    except NumberParseException as error:
        kind = error.error_type
    except (ValueError, OverflowError):  # digits of other scripts that are not decimal
        kind = NumberParseException.NOT_A_NUMBER
    if kind == NumberParseException.INVALID_COUNTRY_CODE:
        if known is None and "+" not in text and "\uff0b" not in text:
            why = f"The country {region} has no numbering plan" if region else "No country is given"
            raise _refusal("phone-country-missing", given, f"{why}: write the number with + and its country code.")
        raise _refusal("phone-calling-code", given, "No country has this calling code; check the digits after the +.")
    if kind == NumberParseException.TOO_LONG:
        raise _refusal("phone-too-long", given, "The number has too many digits; give one number alone.")
    if kind in (NumberParseException.TOO_SHORT_NSN, NumberParseException.TOO_SHORT_AFTER_IDD):
        raise _refusal("phone-too-short", given, "The number has too few digits; write it whole.")
    raise _refusal("phone-syntax", given, "This is not a phone number; give its digits, like +33 1 44 55 66 77.")


def _with_usual_prefix(number: LibraryNumber) -> str:
    """The E.164 format without superfluous zeros and former trunk prefixes if only that is valid; else `""`."""
    from phonenumbers import is_valid_number, national_significant_number

    code, digits = str(number.country_code), national_significant_number(number)
    if not digits.startswith(_PREFIXES.get(code, "0")) or is_valid_number(number):
        return ""
    zeros = len(digits) - len(digits.lstrip("0"))
    others = [digits[count:] for count in range(1, min(zeros, _MOST_ZEROS) + 1)]
    others += [digits.removeprefix(prefix) for prefix in _FORMER_PREFIXES.get(code, ()) if digits.startswith(prefix)]
    if code == _KEEPS_ZERO and not zeros:
        others.append(f"0{digits}")
    return next((e164 for other in others if is_valid(e164 := f"+{code}{other}")), "")


def _possible(number: LibraryNumber, given: str) -> str:
    import phonenumbers

    reason = phonenumbers.is_possible_number_with_reason(number)
    reasons = phonenumbers.ValidationResult
    if reason == reasons.IS_POSSIBLE:
        spelled: str = phonenumbers.format_number(_without_extension(number), phonenumbers.PhoneNumberFormat.E164)
        return spelled
    if reason == reasons.IS_POSSIBLE_LOCAL_ONLY:
        raise _refusal("phone-too-short", given, "The number lacks its area code; write it whole.")
    if reason == reasons.TOO_SHORT:
        raise _refusal("phone-too-short", given, "The number has too few digits for its country; write it whole.")
    if reason == reasons.TOO_LONG:
        raise _refusal(
            "phone-too-long", given, "The number has too many digits for its country; give one number alone."
        )
    raise _refusal("phone-not-possible", given, "No number of this country has so many digits; check it.")


def _without_extension(number: LibraryNumber) -> LibraryNumber:
    from phonenumbers import PhoneNumber as Number

    return Number(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )


def _refusal(code: str, text: str, message: str) -> Invalid:
    return Invalid(code, message, value=text[:_RAW_LIMIT])


def split(e164: str) -> tuple[str, str]:
    """The calling code and the national significant number of an E.164 number.

    Args:
        e164: The number in E.164 format.

    >>> split("+33144556677")
    ('33', '144556677')
    """
    digits = e164.lstrip("+")
    code = _code_at(digits[:3])
    return code, digits[len(code) :]


@lru_cache(maxsize=1_000)
def _code_at(digits: str) -> str:
    for end in (1, 2, 3):
        if digits[:end].isdigit() and _plan_of_code(digits[:end]) is not None:
            return digits[:end]
    return ""


@lru_cache(maxsize=1_000)
def trunk_prefix(code: str) -> str:
    """The digits dialled before a national number in the main country of a calling code; `""` for none.

    Args:
        code: The calling code, without `+`.

    >>> trunk_prefix("33"), trunk_prefix("36"), trunk_prefix("39")
    ('0', '06', '')
    """
    plan = _plan_of_code(code) if code.isdigit() else None
    return plan.trunk if plan else ""


def _number(e164: str, extension: str = "") -> LibraryNumber:
    from phonenumbers import parse

    number = parse(e164, None)
    number.extension = extension or None
    return number


def search_digits(e164: str) -> tuple[str, ...]:
    """The digit strings by which a search finds a number: by its beginning, or by its last six digits.

    Args:
        e164: The number in E.164 format.

    >>> search_digits("+33144556677")
    ('33144556677', '0144556677', '144556677', '556677')
    """
    code, number = split(e164)
    trunk = trunk_prefix(code)
    end = (number[-_LAST_DIGITS:],) if len(number) > _LAST_DIGITS else ()
    if not code:
        return (number, *end)
    whole = code + number
    return (whole, number, *end) if trunk in ("", code) else (whole, trunk + number, number, *end)


def is_valid(e164: str) -> bool:
    """Whether the numbering plan has assigned the range of a number.

    Args:
        e164: The number in E.164 format.

    >>> is_valid("+33144556677")
    True
    """
    code, number = split(e164)
    plan = _plan_of_code(code) if code else None
    if plan is not None and plan.whole.fullmatch(number) and plan.assigned.fullmatch(number):
        return True  # the library looks at the main region of a calling code first
    from phonenumbers import NumberParseException, is_valid_number

    try:
        return bool(is_valid_number(_number(e164)))
    except NumberParseException:  # stored under other metadata
        return False


def region_of(e164: str) -> str:
    """The ISO 3166 code of the region of a number; `""` for an unknown region.

    Args:
        e164: The number in E.164 format.

    >>> region_of("+33144556677")
    'FR'
    """
    from phonenumbers import NumberParseException, region_code_for_number

    try:
        region: Any = region_code_for_number(_number(e164))
    except NumberParseException:  # stored under other metadata
        return ""
    return region if isinstance(region, str) and region.isalpha() else ""


def format_number(e164: str, extension: str, style: str) -> str:
    """The number in a format for people to read.

    Args:
        e164: The number in E.164 format.
        extension: The digits of the extension; `""` for none.
        style: `"NATIONAL"`, `"INTERNATIONAL"` or `"RFC3966"`.

    >>> format_number("+33144556677", "12", "NATIONAL")
    '01 44 55 66 77 ext. 12'
    """
    import phonenumbers

    try:
        number = _number(e164, extension)
    except phonenumbers.NumberParseException:  # stored under other metadata
        return e164
    formatted: str = phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, style))
    return formatted
