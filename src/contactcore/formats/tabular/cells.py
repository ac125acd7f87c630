"""The content of one cell: several values, a label, or an escaped formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence

__all__ = [
    "FORMULA_STARTS",
    "bare_email",
    "bare_text",
    "defuse",
    "entries_of",
    "has_several",
    "kind_of",
    "line_feeds",
    "read_email",
    "revive",
    "says_no_name",
    "says_not_stated",
    "says_nothing",
    "split_choices",
    "split_emails",
    "split_tags",
    "split_websites",
    "without_angles",
    "without_apostrophe",
    "without_runs",
]

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
"""First characters that make a spreadsheet run a cell, full-width forms included (OWASP, CSV injection)."""

_STARTED = re.compile(rf"'*[{re.escape(FORMULA_STARTS)}]")
_SIGNS = "=+\\-@＝＋－＠"
_LOOSE = frozenset(' "')
_SEPARATED = re.compile(r"[,;|\t\r\n]").search
_BEFORE = r"([,;|\t\r\n][ \"]*|\A[ \"]+)"
_INSIDE = re.compile(rf"{_BEFORE}('*[{_SIGNS}])")
"""A formula behind a sign that separates cells in another program, behind a line end, or behind blanks and quotes."""
_DEFUSED_INSIDE = re.compile(rf"{_BEFORE}'('*[{_SIGNS}])")
_TEXT_FORMULA = re.compile(r'="([^"]*(?:""[^"]*)*)"\s*')
_RUNS = re.compile(r"\s{2,}")
_NOTHING = frozenset(
    "n/a n.a. n.a #n/a #ref! #value! #name? #div/0! #num! #null! null none nan undefined \\n".split()  # noqa: SIM905 # a table of words is read as text
)
_NOT_WORD = re.compile(r"[\W_]+")
_NOT_STATED = frozenset(
    """
    unknown notknown unspecified notspecified notstated notprovided notgiven notavailable notapplicable tbd
    notdisclosed undisclosed undefined prefernottosay rathernotsay noanswer
    inconnu inconnue nonrenseigné nonrenseignée nonprécisé nonprécisée noncommuniqué nonspécifié nondéfini
    pasderéponse sansréponse nesouhaitepasrépondre sansobjet
    keineangabe keineangaben ohneangabe ka unbekannt nichtangegeben nichtbekannt nichtdefiniert nichtverfügbar entfällt
    nieznany nieznana nieznane niepodano niedotyczy brak brakdanych brakinformacji nieokreślono nieokreślona
    bezodpowiedzi
    desconocido desconocida noespecificado noespecificada noindicado sinespecificar sindatos noconsta noaplica
    nodisponible prefieronodecirlo
    sconosciuto sconosciuta nonspecificato nonspecificata nonindicato nondichiarato nondisponibile nonapplicabile
    nessuno preferisconondirlo
    onbekend nietopgegeven nietbekend nietgespecificeerd geenopgave nvt nietvantoepassing
    desconhecido nãoinformado nãoespecificado
    """.split()  # noqa: SIM905 # a table of words is read as text
)
"""Phrases without blanks and punctuation."""
_LONGEST_NOT_STATED = 40
_BRACKETED = frozenset("none null nan na blank empty leer vide puste vuoto enblanco".split())  # noqa: SIM905 # a table of words is read as text
"""Words that say nothing in brackets, as pivot tables and lists of choices write them."""
_OPENED, _CLOSED = frozenset("[({<-"), frozenset("])}>-")
_SLASHED = frozenset("/.")
_LONGEST_NOTHING = max(map(len, _NOTHING))
_STROKES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_./\\?*#~| ")
_LONG = 500
_GOOGLE = re.compile(r"\s+:::\s+|\s*:::\s*$|^\s*:::\s*")
_EMAIL_BREAKS = re.compile(r"[;,\r\n\t|]+|\s+:::\s+")
_EMAIL_LOOSE = re.compile(r"[;,\r\n\t|/\s]+")
_TAG_BREAKS = re.compile(r"[;,|\r\n]+|\s+:::\s+")
_ANGLE = re.compile(r"[^<>]*<\s*([^<>\s]+@[^<>\s]+)\s*>\s*")
_EMAIL_SEVERAL = re.compile(r"[;,\r\n\t|/<\":(\[' ]|@.*@")
_EMAIL_BESIDE = re.compile(
    r"(?:[^@]*[(\[<]\s*(?:smtp:|mailto:)?|(?:e-?mails?|mail|courriel|e-post|poczta)\s*:\s*|mailto:|')"
    r"([^\s@()\[\]<>:;,\"]+@[^\s@()\[\]<>:;,?'\"]+)(?:[)\]>][^@]*|\?.*|')?",
    re.IGNORECASE,
)
_EMAIL_BEFORE = re.compile(r"([^\s@()\[\]<>:;,\"]+@[^\s@()\[\]<>:;,\"]+)\s*[(\[][^@]*[)\]]")
_CONJUNCTIONS = frozenset(("ou", "or", "oder", "lub", "et", "and", "und", "o", "oppure", "y", "e", "i", "&", "-"))
_PHONE_SEVERAL = re.compile(r"[^\d+() .\-x\xa0]").search
_LIST_BRACKETS = frozenset((("[", "]"), ("{", "}"), ("(", ")")))
_LIST_ENTRY = re.compile(r"\"[^\"]*\"|'[^']*'")
_LIST_QUOTED = re.compile(rf"(?:{_LIST_ENTRY.pattern})(?:\s?,\s?(?:{_LIST_ENTRY.pattern}))*,?")
_LONGEST_LIST = 100_000
_COMMA = re.compile(",")
_ANY_SEVERAL = re.compile(r"[;,\s\[{]|:::")


def defuse(text: str) -> str:
    """Escape a text that a spreadsheet would run as a formula, with apostrophes (IMP-4).

    A spreadsheet of another language splits the file at another sign. A formula after such a sign, or after a line end,
    gets an apostrophe too.

    >>> defuse("=1+1"), defuse("'=1+1"), defuse("O'Neil"), defuse("a;=1+1")
    ("'=1+1", "''=1+1", "O'Neil", "a;'=1+1")
    """
    if text[:1] in _LOOSE or _SEPARATED(text):
        text = _INSIDE.sub(r"\1'\2", text)
    return "'" + text if _STARTED.match(text) else text


def revive(text: str) -> str:
    """Undo `defuse`. An apostrophe is removed only before the first character of a formula.

    >>> revive("'+33 1 02"), revive("'t Hooft"), revive("a;'=1+1")
    ('+33 1 02', "'t Hooft", 'a;=1+1')
    """
    if text[:1] == "'" and _STARTED.match(text):
        text = text[1:]
    return _DEFUSED_INSIDE.sub(r"\1\2", text)


def bare_text(cell: str) -> str:
    """Return the text inside a formula such as `="01000"`, which keeps a spreadsheet from reading it as a number.

    >>> bare_text('="01000"'), bare_text('="a"&B1')
    ('01000', '="a"&B1')
    """
    match = _TEXT_FORMULA.fullmatch(cell)
    return match[1].replace('""', '"') if match else cell


def without_apostrophe(text: str) -> str:
    """Return a code without the apostrophe that keeps a spreadsheet from reading it as a number.

    >>> without_apostrophe("'02101"), without_apostrophe("'t Hof"), without_apostrophe("02101")
    ('02101', "'t Hof", '02101')
    """
    return text[1:] if text[:1] == "'" and text[1:2].isdecimal() else text


def without_angles(text: str) -> str:
    """Return a web address without the angle brackets around it (RFC 3986, appendix C).

    >>> without_angles("<https://x.example>"), without_angles("<b>x.example</b>")
    ('https://x.example', '<b>x.example</b>')
    """
    inside = text[1:-1]
    return inside if text[:1] == "<" and text[-1:] == ">" and "<" not in inside and ">" not in inside else text


def has_several(field: str) -> Callable[[str], object]:
    """Return a quick test that is true if a cell of a field may contain anything but one plain value.

    Args:
        field: `"phones"`, `"emails"`, or another field with several values.

    >>> bool(has_several("phones")("0711/1234567")), bool(has_several("emails")("jo@x.fr"))
    (True, False)
    """
    if field == "phones":
        return _several_phones
    return _EMAIL_SEVERAL.search if field == "emails" else _ANY_SEVERAL.search


def _several_phones(text: str) -> object:
    return _PHONE_SEVERAL(text) or "- " in text or text[-2:] == ".0"


def without_runs(text: str) -> str:
    """Shorten the runs of blanks in a text of over 500 characters, because regular expressions scan them slowly."""
    if len(text) <= _LONG:
        return text
    return _RUNS.sub(lambda run: "\n" if "\n" in run[0] or "\r" in run[0] else " ", text)


def bare_email(text: str) -> str:
    """Return the e-mail address without `mailto:`, and without a name, a label or a bracketed remark beside it.

    >>> bare_email("Jo <jo@x.fr>"), bare_email("jo@x.fr (home)"), bare_email("E-mail: jo@x.fr")
    ('jo@x.fr', 'jo@x.fr', 'jo@x.fr')
    >>> bare_email("jo doe@x.fr")  # ambiguous: a mistyped blank, or a name
    'jo doe@x.fr'
    """
    if "<" in text and (match := _ANGLE.fullmatch(text)):
        text = match[1]
    elif match := _EMAIL_BEFORE.fullmatch(text) or _EMAIL_BESIDE.fullmatch(text):
        return match[1]
    return text[7:] if text[:7].lower() == "mailto:" else text


def _pieces(breaks: re.Pattern[str], text: str) -> list[str]:
    return [piece for piece in (part.strip() for part in breaks.split(text)) if piece]


def split_emails(text: str) -> list[str]:
    """Split the e-mail addresses of one cell.

    >>> split_emails("a@x.fr ::: b@x.fr"), split_emails("a@x.fr / b@x.fr"), split_emails('"Doe, Jo" <jo@x.fr>')
    (['a@x.fr', 'b@x.fr'], ['a@x.fr', 'b@x.fr'], ['"Doe, Jo" <jo@x.fr>'])
    """
    if not _EMAIL_SEVERAL.search(text):
        return [text]
    text = without_runs(text)
    if text.count("@") < 2 and ('"' in text or "<" in text or not _EMAIL_BREAKS.search(text)):
        return [text]
    if "<" not in text:
        loose = [piece for piece in _pieces(_EMAIL_LOOSE, text) if piece.lower() not in _CONJUNCTIONS]
        if all(piece.count("@") == 1 and piece[0] != "@" for piece in loose):
            return loose
    return _pieces(_EMAIL_BREAKS, text)


def read_email(text: str) -> tuple[str, str, bool]:
    """Return the e-mail address, an empty kind, and whether other words were left out (compare `read_phone`).

    >>> read_email("Jo <jo@x.fr>"), read_email("mailto:jo@x.fr")
    (('jo@x.fr', '', True), ('jo@x.fr', '', False))
    """
    address = bare_email(text)
    return address, "", address != text and text.lower() != "mailto:" + address.lower()


def split_tags(text: str, *, google: bool) -> tuple[list[str], list[str]]:
    """Split one cell into tags and system groups.

    Args:
        text: Text of the cell.
        google: Whether only ` ::: ` separates the tags, as in Google's exports, where a label may contain commas.

    Returns:
        The tags, each once, and the system groups, which begin with `*`.

    >>> split_tags("Clients ::: * myContacts", google=True)
    (['Clients'], ['* myContacts'])
    """
    text = without_runs(text)
    entries = [text] if google else entries_of(text)
    if entries != [text]:
        pieces = entries
    elif text[:1] == '"' and text[-1:] == '"' and not google:
        pieces = [piece for row in csv.reader([text], skipinitialspace=True) for cell in row if (piece := cell.strip())]
    else:
        pieces = _pieces(_GOOGLE if google else _TAG_BREAKS, text)
    system = [piece for piece in pieces if piece.startswith("* ") or piece == "*"]
    tags = [piece for piece in pieces if piece not in system] if system else pieces
    return list(dict.fromkeys(tags)), system


def entries_of(text: str) -> list[str]:
    """Return the entries of a list that a program has written into a cell; any other text alone.

    >>> entries_of("['a', 'b']"), entries_of('["a, b"]'), entries_of("{a,b}"), entries_of("[sic]"), entries_of("[]")
    (['a', 'b'], ['a, b'], ['a', 'b'], ['[sic]'], [])
    """
    if len(text) > _LONGEST_LIST or (text[:1], text[-1:]) not in _LIST_BRACKETS:
        return [text]
    inside = text[1:-1].strip()
    if not inside:
        return []
    if _LIST_QUOTED.fullmatch(inside):
        return [entry for quoted in _LIST_ENTRY.findall(inside) if (entry := quoted[1:-1].strip())]
    if "," in inside and not any(sign in inside for sign in "[]{}()\"':"):
        return _pieces(_COMMA, inside)
    return [text]


def split_choices(text: str, choices: Sequence[str]) -> tuple[str, ...]:
    """Split the choices of one cell; a choice may hold the sign that separates others.

    >>> split_choices("Nuts, Milk", ["nuts", "milk"]), split_choices("salt, pepper", ["salt, pepper"])
    (('Nuts', 'Milk'), ('salt, pepper',))
    """
    folded = text.casefold()
    if any(choice.casefold() == folded for choice in choices):
        return (text,)
    entries = entries_of(text)
    return tuple(entries) if entries != [text] else tuple(_pieces(_TAG_BREAKS, without_runs(text)))


def split_websites(text: str) -> list[str]:
    """Split the web addresses of one cell; commas and semicolons separate them only before another web address.

    >>> split_websites("https://a.example; www.b.example")
    ['https://a.example', 'www.b.example']
    """
    return [
        piece.strip(" ,;")
        for piece in re.split(
            r"\s+:::\s+|[\r\n]+|[;,]?\s+(?=https?://|www\.)|[;,](?=https?://|www\.)", without_runs(text)
        )
        if piece.strip(" ,;")
    ]


_KINDS = {
    "work": "work business office bureau travail professionnel arbeit geschäftlich dienstlich praca służbowy trabajo "
    "oficina lavoro ufficio company",
    "home": "home personal domicile personnel privat private dom domowy casa particular abitazione",
    "mobile": "mobile cell portable handy mobil komórka komórkowy móvil celular cellulare iphone",
    "main": "main principal haupt główny principale",
    "other": "other autre sonstige andere inny otro altro",
    "fax": "fax",
    "pager": "pager",
    "car": "car",
    "assistant": "assistant",
    "work-fax": "workfax",
    "home-fax": "homefax",
    "other-fax": "otherfax",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def kind_of(label: str) -> tuple[str, bool]:
    """Return the kind of a label, or else the label itself, and whether a star marks the value as primary.

    >>> kind_of("* Work"), kind_of("Work Fax"), kind_of("Chalet")
    (('work', True), ('work-fax', False), ('Chalet', False))
    """
    text = label.strip()
    primary = text.startswith("*")
    text = text.lstrip("* ")
    return _KIND_OF.get(text.casefold().replace(" ", ""), text), primary


def line_feeds(text: str) -> str:
    r"""Replace `\r\n` and `\r` with `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def says_nothing(text: str) -> bool:
    """Return whether a cell contains only a mark for an empty value, such as those of databases and spreadsheets.

    >>> says_nothing("-"), says_nothing("N/A"), says_nothing("#REF!"), says_nothing("3M"), says_nothing("&")
    (True, True, True, False, False)
    >>> says_nothing("[not provided]"), says_nothing("(blank)"), says_nothing("[sic]"), says_nothing("not provided")
    (True, True, False, False)
    """
    if text[:1].isalnum() or len(text) > _LONGEST_NOT_STATED:
        return len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING
    if text.lower() in _NOTHING or _STROKES.issuperset(text):
        return True
    if text[0] not in _OPENED or text[-1] not in _CLOSED:
        return False
    word = _NOT_WORD.sub("", text.casefold())
    return not word or word in _NOT_STATED or word in _BRACKETED


def says_no_name(text: str) -> bool:
    """Return whether a name, or a part of an address, is only a mark for an empty value.

    Some people are called Null or Nan, and a town is called Nan.

    >>> says_no_name("-"), says_no_name("N/A"), says_no_name("[not provided]"), says_no_name("Null"), says_no_name("J.")
    (True, True, True, False, False)
    """
    return (text[1:2] in _SLASHED or not text[:1].isalnum()) and says_nothing(text)


def says_not_stated(text: str) -> bool:
    """Return whether a cell says in words of some language that there is no value, or says nothing.

    >>> says_not_stated("Keine Angabe"), says_not_stated("k. A."), says_not_stated("-"), says_not_stated("female")
    (True, True, True, False)
    """
    if says_nothing(text):
        return True
    return len(text) <= _LONGEST_NOT_STATED and _NOT_WORD.sub("", text.casefold()) in _NOT_STATED
