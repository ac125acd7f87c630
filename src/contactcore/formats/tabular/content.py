"""The recognition of columns by the content of their cells, for columns whose header is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from contactcore.errors import Invalid
from contactcore.values import PhoneNumber

__all__ = [
    "behind_company",
    "guess_column",
    "guess_columns",
    "is_code_header",
    "looks_like_data",
    "names_company",
    "names_other",
    "salutations",
    "total_line",
]

_EMAIL = re.compile(r"\s*[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]{2,}\s*")
_PHONE = re.compile(r"\s*(?:\+|\(?0|\(\d|\d)[\d\s().\-/+]{5,22}(?:\s*(?:x|ext\.?)\s*\d{1,6})?\s*")
_SURE_PHONE = re.compile(r"\s*(?:\+[\d\s().\-/]{7,22}|\(?0\d[\d\s().\-/]{6,20})\s*")
_DAY = re.compile(
    r"\s*(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{2}|\d{4})|\d{4}[-/. ]\d{1,2}(?:[-/. ]\d{1,2})?|\d{1,2}[-/.]\d{4})\s*"
)
_SEPARATED = re.compile(r"\d[\s().\-/]+\d")
_NO_PHONE_WORDS = frozenset(
    """
    nr no num number nummer numer numero numeri id ids code codes kod kodi codice codigo ref refs reference referenz
    referencia riferimento referentie key cle date dates datum data fecha giorno seit since depuis od desde dal sinds
    from until bis until jusqu siret siren nip regon pesel krs iban bic swift vat tva ust ustid steuer konto account
    compte conto cuenta rekening zip plz cap betrag amount montant kwota importo importe bedrag umsatz price preis prix
    cena prezzo precio prijs total summe year jahr annee rok ano anno jaar contract contrat vertrag umowa contrato
    contratto order commande bestellung zamowienie pedido ordine invoice facture rechnung faktura factura fattura
    kundennr matricule matricola
    """.split()  # noqa: SIM905 # a table of words is read as text
)
"""Words of headers in several languages that announce a code, a date or an amount."""
_NO_PHONE_ENDS = ("nummer", "nr", "datum", "number", "date", "code", "nummern", "_id")
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
_MOST = 0.8
_NEAR = 10
"""The largest difference between two numbers that follow each other."""
_FEWEST_DIGITS = 9
_MOST_NAMES = 12
_TOTALS = {
    "en": r"(?:grand |sub-?)?totals?(?: [^\W\d]+){0,2}|(?:number|count) of [^\W\d]+|(?:row |record )?count",
    "fr": r"(?:sous-)?total(?: [^\W\d]+){0,3}|totaux|nombre (?:de |d')[^\W\d]+",
    "de": r"(?:gesamt)?summe|gesamt|insgesamt|anzahl(?: [^\W\d]+)?",
    "pl": r"suma|razem|łącznie|ogółem|liczba [^\W\d]+",
    "es": r"suma|total(?: [^\W\d]+){0,2}|número de [^\W\d]+",
    "it": r"somma|totale(?: [^\W\d]+){0,2}|numero (?:di )?[^\W\d]+",
    "nl": r"(?:sub)?totaal(?: [^\W\d]+){0,2}|som|aantal(?: [^\W\d]+)?",
}
_TOTAL = {
    language: re.compile(rf"\W*(?:{_TOTALS['en']}|{words})\s*[:=]?[\s\d.,]*", re.IGNORECASE)
    for language, words in _TOTALS.items()
}
_ROWS = (
    r"\d+ (?:rows?|row\(s\)|records?|lignes?|ligne\(s\)|zeilen?|zeile\(n\)|wiersze?|wierszy|filas?|fila\(s\)|righe|"
    r"riga|rijen|rij)"
)
_TOLD = (
    r" (?:affected|selected|returned|affectées?|sélectionnées?|betroffen|ausgewählt|afectadas?|interessate|beïnvloed)"
)
_ROW_COUNT = re.compile(rf"\({_ROWS}(?:{_TOLD})?\)|{_ROWS}{_TOLD}\.?", re.IGNORECASE)
"""What a program of databases writes below the rows of a query."""
_ANY_WORD = re.compile(r"\w+")
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


def behind_company(name: str, company: str) -> str:
    """Return the name of a person behind the name of the company, as Odoo writes complete names; `""` for any other.

    Both have at least two words: `Smith, John` is a family name and a given name, even where the company is Smith.

    >>> behind_company("Azure Interior, Brandon Freeman", "Azure Interior"), behind_company("Smith, John", "Smith")
    ('Brandon Freeman', '')
    """
    start, comma, rest = name[: len(company)], name[len(company) :][:2], name[len(company) + 2 :].strip()
    if comma != ", " or start.casefold() != company.casefold() or " " not in company or " " not in rest:
        return ""
    return "" if "," in rest else rest


def names_other(name: str, given: str, family: str) -> bool:
    """Return whether a name is not that of a person: it has a legal form, or no word of the names of the person.

    A name with one of these words, such as `Doe Plumbing`, may be either.

    >>> [names_other(name, "Jo", "Doe") for name in ("Doe, Jo M.", "Doe Ltd", "Bayside Club")]
    [False, True, True]
    """
    if len(name) <= 250 and names_company(name):
        return True
    words = _ANY_WORD.findall(name.casefold())
    return {*words}.isdisjoint(_ANY_WORD.findall(f"{given} {family}".casefold()))


def total_line(cells: Sequence[str], language: str) -> bool:
    """Return whether a row is the total below a list: a word for a total, a number, and nothing else.

    The number of rows that a program of databases writes below a query is one too.

    Args:
        cells: Cells of the row.
        language: Language of the file; English words are always recognised.

    >>> total_line(["Total", "", "10"], "en"), total_line(["Nombre de contacts : 3", ""], "fr")
    (True, True)
    >>> total_line(["(2 rows affected)"], "en"), total_line(["(3 Zeilen)", ""], "de"), total_line(["2 Rows"], "en")
    (True, True, False)
    >>> total_line(["Total", "Paris"], "en"), total_line(["Total"], "en"), total_line(["Suma", "", "12"], "en")
    (False, False, False)
    """
    texts = _texts(cells)
    words = [text for text in texts if _LETTER.search(text)]
    if len(words) != 1 or len(words[0]) > 60 or not any(map(_DIGIT.search, texts)):
        return False
    return bool(_TOTAL.get(language, _TOTAL["en"]).fullmatch(words[0]) or _ROW_COUNT.fullmatch(words[0]))


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


def is_code_header(header: str) -> bool:
    """Return whether a header announces a code, a date or an amount, whose cells may look like phone numbers.

    Args:
        header: Header, normalised.

    >>> is_code_header("kunde seit"), is_code_header("vertragsnummer"), is_code_header("joindre")
    (True, True, False)
    """
    return any(word in _NO_PHONE_WORDS or word.endswith(_NO_PHONE_ENDS) for word in header.split())


def guess_column(cells: Sequence[str], *, sure: bool, country: str | None = None) -> str | None:
    """Guess the field of a column from its cells: `"emails"`, `"phones"`, `"websites"`, or None.

    A column of dates or of codes in sequence is no column of phone numbers.

    Args:
        cells: Sample of the column's cells.
        sure: Whether a phone number must begin with `+` or 0 and be valid.
        country: ISO 3166 country of national phone numbers; None for unknown.

    >>> guess_column(["a@x.fr", "b@x.fr"], sure=True)
    'emails'
    >>> guess_column(["01.01.2020", "15.03.2021"], sure=True), guess_column(["+48 601 000 001"], sure=True)
    (None, 'phones')
    """
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return None
    if _share(_EMAIL, filled) >= _MOST:
        return "emails"
    if _phone_share(filled, country, sure=sure) >= _MOST and not _are_codes(filled):
        return "phones"
    return "websites" if _share(_URL, filled) >= _MOST else None


def _phone_share(filled: list[str], country: str | None, *, sure: bool) -> float:
    if not sure:
        return sum(bool(_PHONE.fullmatch(cell)) and not _DAY.fullmatch(cell) for cell in filled) / len(filled)
    return sum(_is_phone(cell, country) for cell in filled) / len(filled)


def _is_phone(cell: str, country: str | None) -> bool:
    """Whether a cell is written as a phone number and is one."""
    return bool(_SURE_PHONE.fullmatch(cell)) and not _DAY.fullmatch(cell) and _is_valid(cell, country)


def _is_valid(cell: str, country: str | None) -> bool:
    text = cell.strip()
    if not country and text[:1] != "+":
        return bool(_SEPARATED.search(text)) or len(text) >= _FEWEST_DIGITS
    try:
        return PhoneNumber(text, country).valid
    except Invalid:
        return False


def _are_codes(filled: list[str]) -> bool:
    """Whether most cells are plain digits and follow each other like numbers that a program has given."""
    plain = sorted({int(text) for cell in filled if (text := cell.strip()).isdecimal() and text.isascii()})
    if len(plain) < 2 or len(plain) * 2 < len(filled):
        return False
    near = sum(after - before <= _NEAR for before, after in pairwise(plain))
    return near * 2 >= len(plain) - 1


def _guess_without_header(columns: Sequence[Sequence[str]], country: str | None) -> list[str | None]:
    """The fields of columns by their cells, of which those with plain digits give way to phones that are sure."""
    fields = [guess_column(cells, sure=True, country=country) for cells in columns]
    if "phones" in fields:
        return fields
    for index, cells in enumerate(columns):
        filled = [cell for cell in cells if cell.strip()]
        if fields[index] is None and guess_column(cells, sure=False) == "phones":
            valid = sum(_is_valid(cell, country) for cell in filled)
            fields[index] = "phones" if valid >= _MOST * len(filled) else None
    return fields


def guess_columns(columns: Sequence[Sequence[str]], country: str | None = None) -> list[str | None]:
    """Guess the fields of a file without a header from its cells.

    Args:
        columns: Sample of each column's cells.
        country: ISO 3166 country of national phone numbers; None for unknown.

    >>> guess_columns([["Jo Doe", "Al Ray"], ["Jo", "Al"], ["Doe", "Ray"], ["jo@x.fr", "al@x.fr"]])
    ['full_name', 'given', 'family', 'emails']
    """
    fields = _guess_without_header(columns, country)
    names: list[int] = []
    for index, cells in enumerate(columns):
        texts = _texts(cells)
        if fields[index] is None and texts and _share(_WORD, texts) >= 0.8:
            names.append(index)
    few = names[:_MOST_NAMES]  # every three of them are compared
    for whole in few:
        for given in few:
            for family in few:
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
