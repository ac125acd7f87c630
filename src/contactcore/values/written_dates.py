"""Dates as people, address books and spreadsheets write them, converted to ISO 8601."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable

__all__ = [
    "assumed",
    "day_first_of",
    "evidence",
    "join_date",
    "order_assumed",
    "other_order",
    "read_date",
    "says_no_date",
]

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan janvier janv januar jänner stycznia styczeń sty enero ene gennaio gen januari janeiro",
            "february feb février févr fév februar lutego luty lut febrero febbraio februari fevereiro",
            "march mar mars märz mrz marca marzec marzo maart mrt março",
            "april apr avril avr kwietnia kwiecień kwi abril abr aprile",
            "may mai maja maj mayo maggio mag mei maio",
            "june jun juin juni czerwca czerwiec cze junio giugno giu junho",
            "july jul juillet juil juli lipca lipiec lip julio luglio lug julho",
            "august aug août sierpnia sierpień sie agosto ago augustus",
            "september sep sept septembre września wrzesień wrz septiembre settembre set setembro",
            "october oct octobre oktober okt października październik paź octubre ottobre ott outubro",
            "november nov novembre listopada listopad lis noviembre novembro",
            "december dec décembre déc dezember dez grudnia grudzień gru diciembre dic dicembre dezembro",
        ),
        start=1,
    )
    for word in words.split()
}
_PLAIN = {
    "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)): number
    for word, number in _MONTHS.items()
}
_TIME = r"(?:[T ]+\d{1,2}[:.]\d{2}.*)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEARLESS = re.compile(r"--(\d{2})-?(\d{2})")
_NUMERIC = re.compile(rf"(\d{{1,2}})\s?([-/.])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}}){_TIME}")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\.?")
_WITH_MONTH_NAMES = tuple(
    re.compile(form)
    for form in (
        r"(?P<day>\d{1,2})(?:\.|er|[º°]|st|nd|rd|th)?\s{0,3}(?:[do][ef]\s)?(?P<month>[^\W\d]+)\.?(?:,?\s{1,3}(?:del?\s)?(?P<year>\d{4}))?",
        r"(?P<day>\d{1,2})[-/ ](?P<month>[^\W\d]+)\.?(?:[-/ ](?P<year>\d{4}|\d{2}))?",
        r"(?P<month>[^\W\d]+)\.?\s{1,3}(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s{1,3}(?P<year>\d{4}))?",
    )
)
_LONGEST = 80
_MONTH_FIRST_COUNTRIES = {"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW", "BZ"}

_NO_DATE = re.compile(
    rf"0{{1,4}}([-/.])0{{1,2}}\1(?:0{{1,4}}){_TIME}"
    # Day 0 of spreadsheets: 0 January 1900 in Excel, 30 December 1899 elsewhere.
    rf"|(?:0?0([-/.])0?1|0?1([-/.])0?0)(?:\2|\3)(?:19)?00{_TIME}|1900([-/.])0?1\4(?:0?0){_TIME}"
    rf"|(?:3[01]([-/.])12|12([-/.])3[01])(?:\5|\6)1899{_TIME}|1899([-/.])12\7(?:30|31){_TIME}"
    r"|0?0[-/. ][^\W\d]{1,12}\.?[-/. ](?:19)?00|[^\W\d]{1,12}\.? 0?0,? (?:19)?00"
    # The first day of the calendars of databases.
    rf"|0?1([-/.])0?1\8(?:1900|0001){_TIME}|(?:1900|0001)([-/.])0?1\9(?:0?1){_TIME}"
    r"|0(?:[.,]0+)?"
)


def says_no_date(text: str) -> bool:
    """Return whether a text is how a program writes a missing date.

    Outlook writes `0/0/00`, a database `0000-00-00`, and a spreadsheet the day zero of its calendar.

    >>> says_no_date("0/0/00"), says_no_date("00.01.1900"), says_no_date("1899-12-30"), says_no_date("01.01.1980")
    (True, True, True, False)
    """
    return len(text) <= _LONGEST and _NO_DATE.fullmatch(text.strip()) is not None


def day_first_of(language: str, country: str | None) -> bool:
    """Return whether the day is written before the month in a language or a country.

    Args:
        language: Language of the file or the workspace, such as `"fr"`.
        country: ISO 3166 country, which decides; None to decide by the language.

    >>> day_first_of("fr", None), day_first_of("en", "GB"), day_first_of("en", None)
    (True, True, False)
    """
    if country:
        return country.upper() not in _MONTH_FIRST_COUNTRIES
    return language != "en"


def evidence(cells: Iterable[str]) -> bool | None:
    """Return whether the dates of a column put the day first, or None if they do not decide it.

    >>> evidence(["03/04/1969", "25/12/1980"]), evidence(["2/29/1980"]), evidence(["03/04/1969"])
    (True, False, None)
    """
    day = month = 0
    for cell in cells:
        match = _NUMERIC.fullmatch(cell.strip())
        short = _WITHOUT_YEAR.fullmatch(cell.strip()) if match is None else None
        if short and short[2] == "/":
            match = short
        if match and match[2] != ".":
            day += int(match[1]) > 12
            month += int(match[3]) > 12
    return None if day == month else day > month


def assumed(cells: Iterable[str]) -> str | None:
    """Return the first date of a column that could be read in either order; None if the column decides the order.

    >>> assumed(["25-Apr-69", "03/04/1969"]), assumed(["03/04/1969", "25/12/1980"]), assumed(["03.04.1969", "04/04"])
    ('03/04/1969', None, None)
    """
    texts = [cell.strip() for cell in cells]
    if evidence(texts) is not None:
        return None
    orders = ((text, *(read_date(text, day_first=day_first)[0] for day_first in (True, False))) for text in texts)
    return next((text for text, one, other in orders if one != other), None)


def order_assumed(text: str, *, day_first: bool) -> str:
    """Return the note about a column whose dates could be read in either order.

    Args:
        text: A date of the column.
        day_first: Whether they are read with the day first.

    >>> order_assumed("03/04/1969", day_first=True)
    'Dates such as 03/04/1969 are read with the day before the month. Check one of them.'
    """
    order = "day before the month" if day_first else "month before the day"
    return f"Dates such as {text} are read with the {order}. Check one of them."


def other_order(*, day_first: bool) -> str:
    """Return the note about a date that is written in the other order than the dates around it.

    Args:
        day_first: Whether the others have the day first.

    >>> other_order(day_first=True)
    'This date can only be read with the month before the day. Check the others.'
    """
    order = "month before the day" if day_first else "day before the month"
    return f"This date can only be read with the {order}. Check the others."


def join_date(year: str, month: str, day: str) -> str | None:
    """Return a date as ISO 8601 text, or None if it does not exist; each of its parts may be empty.

    >>> join_date("1969", "4", "3"), join_date("", "4", "3"), join_date("1969", "", ""), join_date("x", "", "")
    ('1969-04-03', '--04-03', '1969', None)
    """
    try:
        numbers = [int(part) if part.strip() else 0 for part in (year, month, day)]
    except ValueError:
        return None
    y, m, d = numbers
    if y and not m and not d:
        return f"{y:04}" if 0 < y < 10000 else None
    if y == 1604:  # the year that Apple writes for a birthday without a year
        y = 0
    if not (0 <= y < 10000 and 1 <= m <= 12) or not 1 <= d <= calendar.monthrange(y or 2000, m)[1]:
        return None
    return f"{y:04}-{m:02}-{d:02}" if y else f"--{m:02}-{d:02}"


def _full_year(text: str) -> str:
    """Expand a year of two digits as spreadsheets do: 00-29 are 2000-2029, 30-99 are 1930-1999."""
    return text if len(text) == 4 else f"{'20' if int(text) < 30 else '19'}{text}"


def _month(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return str(_MONTHS.get(word.casefold()) or _PLAIN.get(plain) or "")


def _without_year(first: str, sign: str, second: str, *, day_first: bool) -> tuple[str | None, bool]:
    if sign == "." or (day_first and sign == "/"):
        first, second = second, first
    read, other = join_date("", first, second), join_date("", second, first)
    return (read, False) if read else (other, other is not None)


def read_date(text: str, *, day_first: bool) -> tuple[str | None, bool]:
    """Convert a date to ISO 8601.

    Args:
        text: Text of the cell, not empty.
        day_first: Whether 03/04 is 3 April.

    Returns:
        The date, or None if the text is no date; and whether only the other order of day and month gave a date.

    >>> read_date("03/04/1969", day_first=True), read_date("12/31/1980", day_first=True)
    (('1969-04-03', False), ('1980-12-31', True))
    >>> read_date("3-Apr-69", day_first=True), read_date("12/25", day_first=False), read_date("25.12.", day_first=False)
    (('1969-04-03', False), ('--12-25', False), ('--12-25', False))
    >>> read_date("3 avril 1969", day_first=True), read_date("soon", day_first=True)
    (('1969-04-03', False), (None, False))
    >>> read_date("14 Feb", day_first=True), read_date("14 de febrero de 1980", day_first=True)
    (('--02-14', False), ('1980-02-14', False))
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None, False
    if match := _NUMERIC.fullmatch(text):
        first, sign, second, year = match.groups()
        if sign == "." or day_first:
            read, other = join_date(_full_year(year), second, first), join_date(_full_year(year), first, second)
        else:
            read, other = join_date(_full_year(year), first, second), join_date(_full_year(year), second, first)
        return (read, False) if read else (other, other is not None)
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return join_date(match[1], match[2], match[3]), False
    if match := _YEARLESS.fullmatch(text):
        return join_date("", match[1], match[2]), False
    if match := _WITHOUT_YEAR.fullmatch(text):
        return _without_year(*match.groups(), day_first=day_first)
    return join_date(text, "", "") if re.fullmatch(r"\d{4}", text) else _with_month_name(text), False


def _with_month_name(text: str) -> str | None:
    for form in _WITH_MONTH_NAMES:
        match = form.fullmatch(text)
        month = _month(match["month"]) if match else ""
        if match and month:
            return join_date(_full_year(match["year"]) if match["year"] else "", month, match["day"])
    return None
