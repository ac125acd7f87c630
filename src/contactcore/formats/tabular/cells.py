"""What one cell holds: several values, a label, or a formula that was made harmless."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

__all__ = [
    "FORMULA_STARTS",
    "bare_email",
    "bare_text",
    "defuse",
    "has_several",
    "kind_of",
    "line_feeds",
    "read_email",
    "revive",
    "says_nothing",
    "split_emails",
    "split_tags",
    "split_websites",
    "without_runs",
]

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
"""First characters that make a spreadsheet run a cell, the full-width ones included (OWASP, CSV injection)."""

_DEFUSED = re.compile(rf"'+[{re.escape(FORMULA_STARTS)}]")
_TEXT_FORMULA = re.compile(r'="([^"]*(?:""[^"]*)*)"\s*')
_RUNS = re.compile(r"\s{2,}")
_NOTHING = frozenset(
    "n/a n.a. n.a #n/a #ref! #value! #name? #div/0! #num! #null! null <null> [null] (null) none (none) nan".split()  # noqa: SIM905 # a table of words is read as text
)
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
_ANY_SEVERAL = re.compile(r"[;,\s]|:::")


def defuse(text: str) -> str:
    """The text so that no spreadsheet runs it, with a leading apostrophe where that is needed (IMP-4).

    >>> defuse("=1+1"), defuse("'=1+1"), defuse("O'Neil")
    ("'=1+1", "''=1+1", "O'Neil")
    """
    if text and (text[0] in FORMULA_STARTS or (text[0] == "'" and _DEFUSED.match(text))):
        return "'" + text
    return text


def revive(text: str) -> str:
    """The text that `defuse` was given, exactly; an apostrophe goes only where a formula's start follows.

    >>> revive("'+33 1 02"), revive("'t Hooft")
    ('+33 1 02', "'t Hooft")
    """
    return text[1:] if text[:1] == "'" and _DEFUSED.match(text) else text


def bare_text(cell: str) -> str:
    """The text of a cell that a formula keeps from being read as a number, as spreadsheets are told to.

    >>> bare_text('="01000"'), bare_text('="a"&B1')
    ('01000', '="a"&B1')
    """
    match = _TEXT_FORMULA.fullmatch(cell)
    return match[1].replace('""', '"') if match else cell


def has_several(field: str) -> Callable[[str], object]:
    """A quick test whether a cell of this field may hold more, or other, than one plain value.

    >>> bool(has_several("phones")("0711/1234567")), bool(has_several("emails")("jo@x.fr"))
    (True, False)
    """
    if field == "phones":
        return _several_phones
    return _EMAIL_SEVERAL.search if field == "emails" else _ANY_SEVERAL.search


def _several_phones(text: str) -> object:
    return _PHONE_SEVERAL(text) or "- " in text or text[-2:] == ".0"


def without_runs(text: str) -> str:
    """The text with its runs of blanks shortened, where it is so long that looking through them would take long."""
    if len(text) <= _LONG:
        return text
    return _RUNS.sub(lambda run: "\n" if "\n" in run[0] or "\r" in run[0] else " ", text)


def bare_email(text: str) -> str:
    """The address alone: without `mailto:`, and without a name, a label or a remark in brackets beside it.

    >>> bare_email("Jo <jo@x.fr>"), bare_email("jo@x.fr (home)"), bare_email("E-mail: jo@x.fr")
    ('jo@x.fr', 'jo@x.fr', 'jo@x.fr')
    >>> bare_email("jo doe@x.fr")  # a blank too many, or a name: nobody knows
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
    """The addresses of one cell, in order.

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
    """The address alone, no kind, and whether words beside it were left out, as `read_phone` does for numbers.

    >>> read_email("Jo <jo@x.fr>"), read_email("mailto:jo@x.fr")
    (('jo@x.fr', '', True), ('jo@x.fr', '', False))
    """
    address = bare_email(text)
    return address, "", address != text and text.lower() != "mailto:" + address.lower()


def split_tags(text: str, *, google: bool) -> tuple[list[str], list[str]]:
    """The tags of one cell, and the system groups, which are no tags.

    Args:
        text: The cell.
        google: Whether only ` ::: ` parts the tags, as in Google's exports, where a label may hold commas.

    >>> split_tags("Clients ::: * myContacts", google=True)
    (['Clients'], ['* myContacts'])
    """
    text = without_runs(text)
    if text[:1] == '"' and text[-1:] == '"' and not google:
        pieces = [piece for row in csv.reader([text], skipinitialspace=True) for cell in row if (piece := cell.strip())]
    else:
        pieces = _pieces(_GOOGLE if google else _TAG_BREAKS, text)
    system = [piece for piece in pieces if piece.startswith("* ") or piece == "*"]
    tags = [piece for piece in pieces if piece not in system] if system else pieces
    return list(dict.fromkeys(tags)), system


def split_websites(text: str) -> list[str]:
    """The addresses of one cell; commas and semicolons part them only before another address.

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
    """The kind that a label names (the label itself if none), and whether a star marks the value as primary.

    >>> kind_of("* Work"), kind_of("Work Fax"), kind_of("Chalet")
    (('work', True), ('work-fax', False), ('Chalet', False))
    """
    text = label.strip()
    primary = text.startswith("*")
    text = text.lstrip("* ")
    return _KIND_OF.get(text.casefold().replace(" ", ""), text), primary


def line_feeds(text: str) -> str:
    """A text with one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def says_nothing(text: str) -> bool:
    """Whether a cell only says that it is empty, as people, databases and spreadsheets do.

    >>> says_nothing("-"), says_nothing("N/A"), says_nothing("#REF!"), says_nothing("3M"), says_nothing("&")
    (True, True, True, False, False)
    """
    return len(text) <= _LONGEST_NOTHING and (text.lower() in _NOTHING or _STROKES.issuperset(text))
