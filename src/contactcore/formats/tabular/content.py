"""The recognition of columns by the content of their cells, for columns whose header is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["guess_column", "guess_columns", "looks_like_data", "names_company", "salutations", "total_line"]

_EMAIL = re.compile(r"\s*[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}\s*")
_PHONE = re.compile(r"\s*(?:\+|\(?0|\(\d|\d)[\d\s().\-/+]{5,22}(?:\s*(?:x|ext\.?)\s*\d{1,6})?\s*")
_SURE_PHONE = re.compile(r"\s*(?:\+[\d\s().\-/]{7,22}|\(?0\d[\d\s().\-/]{6,20})\s*")
_URL = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][^\d@/:]*")
_SEVERAL_WORDS = re.compile(r"\s*\S+\s+\S.*", re.DOTALL)
_NUMBER = re.compile(r"[\d.,:/\-+ ()]{2,}")
_SALUTATION = re.compile(
    r"(?:mr|mrs|ms|miss|mx|sir|dame|dr|prof|m|mm|mme|mlle|monsieur|madame|maître|me|herr|frau|hr|fr|dipl.*|ing|"
    r"pan|pani|mgr|inż|sr|sra|srta|don|doña|dott|dott\.?ssa|sig|sig\.?ra|signor|signora|rev|pr)\.?"
    r"(?:\s*(?:dr|prof|ing|med)\.?)*",
    re.IGNORECASE,
)
_LEGAL_FORM = re.compile(
    r".*[\s,](?:GmbH|GbR|OHG|KGaA|e\.\s?V\.|e\.\s?K\.|S\.?A\.?R\.?L\.?|SASU?|S\.A\.S\.|EURL|SNC|SCI|S\.A\.|"
    r"(?i:Ltd|Limited|Inc|Incorporated|Corp|Corporation|LLC|L\.L\.C|LLP|PLC|S\.?p\.?A|S\.?r\.?l|S\.r\.o|"
    r"Sp\.?\s?z\s?o\.?\s?o|Sp\.\s?[jk]|Kft|Zrt|"
    r"(?:&|et|und|and|y|i)\s(?:fils|sons?|söhne|sohn|co|cie|associés?|associates|partners?|figli|hijos|synowie|"
    r"brothers|frères))\.?|S\.L\.U?\.?|B\.V\.|N\.V\.|ApS|A/S|ООО|ОАО|ЗАО)"
)
_SHORT_FORM = re.compile(r".*[\s,](?:AG|KG|UG|SA|SL|BV|NV|AB|AS|Oy|Pty)")
_TOTALS = {
    "en": r"(?:grand |sub-?)?totals?(?: [^\W\d]+){0,2}|(?:number|count) of [^\W\d]+|(?:row |record )?count",
    "fr": r"(?:sous-)?total(?: [^\W\d]+){0,3}|totaux|nombre (?:de |d')[^\W\d]+",
    "de": r"(?:gesamt)?summe|gesamt|insgesamt|anzahl(?: [^\W\d]+)?",
    "pl": r"suma|razem|łącznie|ogółem|liczba [^\W\d]+",
    "es": r"suma|total(?: [^\W\d]+){0,2}|número de [^\W\d]+",
    "it": r"somma|totale(?: [^\W\d]+){0,2}|numero (?:di )?[^\W\d]+",
}
_TOTAL = {
    language: re.compile(rf"\W*(?:{_TOTALS['en']}|{words})\s*[:=]?[\s\d.,]*", re.IGNORECASE)
    for language, words in _TOTALS.items()
}
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


def _texts(cells: Sequence[str]) -> list[str]:
    return [text for cell in cells if (text := cell.strip())]


def names_company(name: str) -> bool:
    """Return whether a name is that of a company, because it ends with a legal form.

    >>> names_company("Müller GmbH & Co. KG"), names_company("Nestlé SA"), names_company("ANA SA")
    (True, True, False)
    """
    return bool(_LEGAL_FORM.fullmatch(name)) or (not name.isupper() and bool(_SHORT_FORM.fullmatch(name)))


def total_line(cells: Sequence[str], language: str) -> bool:
    """Return whether a row is the total below a list: a word for a total, a number, and nothing else.

    Args:
        cells: Cells of the row.
        language: Language of the file; English words are always recognised.

    >>> total_line(["Total", "", "10"], "en"), total_line(["Nombre de contacts : 3", ""], "fr")
    (True, True)
    >>> total_line(["Total", "Paris"], "en"), total_line(["Total"], "en"), total_line(["Suma", "", "12"], "en")
    (False, False, False)
    """
    texts = _texts(cells)
    words = [text for text in texts if _LETTER.search(text)]
    if len(words) != 1 or len(words[0]) > 60 or not any(map(_DIGIT.search, texts)):
        return False
    return bool(_TOTAL.get(language, _TOTAL["en"]).fullmatch(words[0]))


def looks_like_data(cell: str) -> bool:
    """Return whether a cell contains a value and not the name of a column.

    >>> looks_like_data("jo@x.fr"), looks_like_data("12.5.1980"), looks_like_data("First name")
    (True, True, False)
    """
    return bool(_EMAIL.fullmatch(cell) or _URL.fullmatch(cell) or _NUMBER.fullmatch(cell))


def salutations(cells: Sequence[str]) -> bool:
    """Return whether most cells of a column named "title" are salutations and not positions.

    >>> salutations(["Dr", "Mrs", ""]), salutations(["CFO", "Mrs"])
    (True, False)
    """
    texts = _texts(cells)
    return bool(texts) and sum(bool(_SALUTATION.fullmatch(text)) for text in texts) * 2 > len(texts)


def _share(pattern: re.Pattern[str], cells: list[str]) -> float:
    return sum(bool(pattern.fullmatch(cell)) for cell in cells) / len(cells)


def guess_column(cells: Sequence[str], *, sure: bool) -> str | None:
    """Guess the field of a column from its cells: `"emails"`, `"phones"`, `"websites"`, or None.

    Args:
        cells: Sample of the column's cells.
        sure: Whether a phone number must begin with `+` or 0.

    >>> guess_column(["a@x.fr", "b@x.fr"], sure=True)
    'emails'
    """
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return None
    if _share(_EMAIL, filled) >= 0.8:
        return "emails"
    if _share(_SURE_PHONE if sure else _PHONE, filled) >= 0.8:
        return "phones"
    return "websites" if _share(_URL, filled) >= 0.8 else None


def guess_columns(columns: Sequence[Sequence[str]]) -> list[str | None]:
    """Guess the fields of a file without a header from its cells.

    Args:
        columns: Sample of each column's cells.

    >>> guess_columns([["Jo Doe", "Al Ray"], ["Jo", "Al"], ["Doe", "Ray"], ["jo@x.fr", "al@x.fr"]])
    ['full_name', 'given', 'family', 'emails']
    """
    fields = [guess_column(cells, sure=False) for cells in columns]
    names: list[int] = []
    for index, cells in enumerate(columns):
        texts = _texts(cells)
        if fields[index] is None and texts and _share(_WORD, texts) >= 0.8:
            names.append(index)
    for whole in names:
        for given in names:
            for family in names:
                if len({whole, given, family}) == 3 and _is_join(columns[whole], columns[given], columns[family]):
                    fields[whole], fields[given], fields[family] = "full_name", "given", "family"
                    return fields
    texts_of = {index: _texts(columns[index]) for index in names}
    single = [index for index in names if _share(_SEVERAL_WORDS, texts_of[index]) < 0.5]
    if names and names[0] not in single and not any(map(names_company, texts_of[names[0]])):
        single = []  # the first column has full names, and the single words after it are places
    if len(single) >= 2:
        fields[single[0]], fields[single[1]] = "given", "family"
    elif names:
        fields[names[0]] = "full_name"
    return fields


def _is_join(whole: Sequence[str], first: Sequence[str], second: Sequence[str]) -> bool:
    rows = [row for row in zip(whole, first, second, strict=False) if row[0].strip()]
    return bool(rows) and all(f"{given.strip()} {family.strip()}" == name.strip() for name, given, family in rows)
