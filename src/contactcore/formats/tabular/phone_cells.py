"""Cells of phone numbers: several numbers, words around a number, or a number that a spreadsheet has damaged."""

from __future__ import annotations

import re

from contactcore.formats.tabular.cells import without_runs

__all__ = ["read_phone", "shortened", "split_phones"]

_NOT_DIGIT = re.compile(r"\D+")
_SEVERAL = re.compile(r"[;,/|\r\n]|:::|[^\W\d_]{2}|\s[-–]\s|&")
_BREAKS = re.compile(r"[;\r\n|]+|\s+:::\s+")
_BETWEEN = re.compile(r"\s+(?:ou|or|oder|lub|et|and|und|o|oppure|y|e|i|[-–&])\s+|\s*&\s*", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_FLOAT = re.compile(r"(\+?\d{7,15})[.,]0")
_SCIENTIFIC = re.compile(r"(\d)[.,]?(\d*)E\+?(\d{1,2})", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,(]*\b(?:poste|int(?:erno|ern)?|wew(?:n|nętrzny)?|durchwahl|dw|app(?:arat)?|nst|nebenstelle|toestel|klapka|"
    r"linia|ramal|anexo|ext(?:ension|ensión|n)?|доб|внутр?)\b[.:]*\s*(\d{1,6})\b\)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+＋(]{0,2}\d[\d\s().\-/]*\d(?:\s*x\s*\d{1,6})?")
_VANITY = re.compile(r"[+\d(][\d\s().\-]*[A-Z]{3,}[A-Z\d\s\-]*")
_LONGEST_VANITY = 12
_LONGEST = 250
_LABELS = frozenset(
    """
    tel tél téléphone telephone phone telefon teléfono telefono tlf fon ph numéro nr num rufnummer fixe fijo fisso
    """.split()  # noqa: SIM905 # a table of words is read as text
)
_KINDS = {
    "mobile": "mobile mobil mob cell cellulare cel celular handy portable port móvil movil kom komórka gsm natel",
    "fax": "fax telefax télécopie faks",
    "home": "home perso personnel domicile privat private dom domowy casa particular abitazione",
    "work": "work pro professionnel bureau office büro geschäftlich praca służbowy trabajo oficina lavoro ufficio",
    "main": "standard zentrale switchboard centrala centralino main",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def _whole_number(text: str) -> bool:
    digits = len(_NOT_DIGIT.sub("", text))
    return digits >= 9 or (digits >= 7 and text[0] in "+(0123456789" and "x" not in text.lower())


def _whole_numbers(text: str, sign: str | re.Pattern[str]) -> list[str]:
    """Split a text at a sign if each part is a whole number; otherwise return the text alone."""
    cut = text.split(sign) if isinstance(sign, str) else sign.split(text)
    parts = [part.strip() for part in cut]
    return parts if len(parts) > 1 and all(part and _whole_number(part) for part in parts) else [text]


def split_phones(text: str) -> list[str]:
    """Split the numbers of one cell; a slash, comma or word separates them only between two whole numbers.

    >>> split_phones("0711/1234567"), split_phones("01 23 45 67 89 / 06 12 34 56 78")
    (['0711/1234567'], ['01 23 45 67 89', '06 12 34 56 78'])
    >>> split_phones("0171/2345678 oder 0711/1234567")
    ['0171/2345678', '0711/1234567']
    """
    if not _SEVERAL.search(text):
        return [text]
    text = without_runs(text)
    pieces = [piece for part in _BREAKS.split(text) if (piece := part.strip())] if len(text) > 7 else [text]
    numbers: list[str] = []
    for piece in pieces:
        for part in _whole_numbers(piece, ",") if ",," not in piece else [piece]:
            for side in _whole_numbers(part, _BETWEEN):
                numbers.extend(_whole_numbers(side, "/"))
    return numbers


def shortened(text: str) -> bool:
    """Return whether a spreadsheet has rounded a number, which loses its last digits.

    >>> shortened("3.31445E+10"), shortened("3.3144556677E+10")
    (True, False)
    """
    match = _SCIENTIFIC.fullmatch(text)
    return bool(match) and len(match[2]) < int(match[3]) if match else False


def read_phone(text: str) -> tuple[str, str, bool]:
    """Separate a phone number from the words beside it.

    Words after a number must be removed, because the phone parser reads letters as digits (vanity numbers).

    Args:
        text: Text of one number.

    Returns:
        The number, the kind that the words name (`""` for none), and whether other words were left out.

    >>> read_phone("Fax: 0711 1234567"), read_phone("0711/123-0 (Zentrale)"), read_phone("01 44 55 66 77 poste 12")
    (('0711 1234567', 'fax', False), ('0711/123-0', 'main', False), ('01 44 55 66 77 x12', '', False))
    >>> read_phone("33144556677.0"), read_phone("0711 1234567 after six"), read_phone("1-800-FLOWERS")
    (('33144556677', '', False), ('0711 1234567', '', True), ('1-800-FLOWERS', '', False))
    """
    if match := _FLOAT.fullmatch(text):
        return match[1], "", False
    if match := _SCIENTIFIC.fullmatch(text):
        return (match[1] + match[2] if len(match[2]) == int(match[3]) else text), "", False
    if len(text) > _LONGEST or not _LETTERS.search(text) or text[:4].lower() == "tel:":
        return text, "", False
    if _VANITY.fullmatch(text) and sum(map(str.isalnum, text)) <= _LONGEST_VANITY:
        return text, "", False
    plain = _EXTENSION.sub(r" x\1", text, count=1)
    found = [match for match in _NUMBER.finditer(plain) if len(_NOT_DIGIT.sub("", match[0])) >= 4]
    if len(found) != 1:
        return text, "", False
    number = found[0][0].strip()
    if number.count("(") > number.count(")"):
        number = number.rstrip("( ")
    around = plain[: found[0].start()] + " " + plain[found[0].end() :]
    words = [word.casefold() for word in re.findall(r"[^\W_]+", around)]
    kind = next((_KIND_OF[word] for word in words if word in _KIND_OF), "")
    return number, kind, any(word not in _LABELS and word not in _KIND_OF for word in words)
