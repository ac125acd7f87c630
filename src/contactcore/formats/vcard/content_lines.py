r"""Content lines: one property of a card, its group, its parameters and its value (RFC 6350 section 3.3).

The value of a `ContentLine` is the escaped text. A line break in it is always written `\n`, therefore each line can be
stored and written again as one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from contactcore.read_only import EMPTY, ReadOnlyDict

__all__ = [
    "LINE_BREAK",
    "LONGEST_HEAD",
    "MOST_HEADS",
    "ContentLine",
    "HeadCache",
    "components",
    "escape",
    "escape_all",
    "fold",
    "folded_line",
    "is_list",
    "parse_line",
    "rank_of",
    "texts_of",
    "unescape",
    "values",
]

_HEAD = re.compile(r"[ \t]*+(?:([\w-]++)\.)?([\w-]++)[ \t]*+(?=[;:])", re.ASCII)
_PARAMETER = re.compile(r';[ \t]*+([^\s=;:",]*+)[ \t]*+(?:=((?:"[^"]*+"|[^";:])*+))?')
_PARAMETER_VALUE = re.compile(r'"([^"]*+)"|([^",]++)')
_ENCODINGS = frozenset(("QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"))
_CARETS = {"n": "\n", "^": "^", "'": '"'}
_CARET = re.compile(r"\^([n^'])")
_UNSAFE = {"^": "^^", "\n": "^n", '"': "^'"}
_UNSAFE_CHARACTER = re.compile(r'[\^\n"]')
_ESCAPED = re.compile(r'\\([nN;,:"\\])')
_SPECIAL = re.compile(r"[\\;,\n]")
LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_COMPONENT = re.compile(r"(?:[^\\;]++|\\.|\\\Z)*+", re.DOTALL)
_VALUE = re.compile(r"(?:[^\\,]++|\\.|\\\Z)*+", re.DOTALL)
_LIST = re.compile(r"(?<!\\)(?:\\\\)*,")
_WIDTH = 75
_LEAST = 101
"""The rank of a value without PREF; RFC 6350 section 5.3 gives 1 to 100 to the others."""
LONGEST_HEAD = 200
"""Characters before a colon, or of a label, that are remembered."""
MOST_HEADS = 1_000


class ContentLine(NamedTuple):
    """One property of a card. A file has millions of them, so they are plain tuples.

    Attributes:
        name: The name in upper case.
        value: The value, still escaped.
        parameters: Values by the name in upper case.
        group: The group in lower case; `""` for none.
        number: The line where the property starts; 0 for a line that is to be written.
    """

    name: str
    value: str
    parameters: Mapping[str, tuple[str, ...]] = EMPTY
    group: str = ""
    number: int = 0

    @property
    def types(self) -> tuple[str, ...]:
        """The values of TYPE in lower case."""
        given = self.parameters.get("TYPE")
        return tuple([kind.lower() for kind in given]) if given else ()

    @property
    def text(self) -> str:
        """The value without escapes."""
        return unescape(self.value)

    def parameter(self, name: str) -> str:
        """The first value of a parameter; `""` for none."""
        found = self.parameters.get(name)
        return found[0] if found else ""

    def __str__(self) -> str:
        """The line as text, unfolded."""
        group = f"{self.group}." if self.group else ""
        value = self.value
        if not value.isprintable():  # line breaks are not printable, and most values are
            value = LINE_BREAK.sub(_escaped_break, value)
        if not self.parameters:
            return f"{group}{self.name}:{value}"
        several = "".join([f";{name}={','.join(map(_quoted, given))}" for name, given in self.parameters.items()])
        return f"{group}{self.name}{several}:{value}"


def _escaped_break(_: re.Match[str]) -> str:
    return "\\n"


def _quoted(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    safe = _UNSAFE_CHARACTER.sub(lambda match: _UNSAFE[match[0]], LINE_BREAK.sub("\n", text))
    return safe if safe and not re.search(r"[;:,\s=]", safe) else f'"{safe}"'


def parse_line(text: str, number: int = 0) -> ContentLine | None:
    r"""The property of an unfolded line; None if the line has no name or no colon.

    Args:
        text: The line.
        number: Its place in the file.

    >>> parse_line('item1.tel;CELL;X-P="a^nb":123')
    ContentLine(name='TEL', value='123', parameters={'TYPE': ('CELL',), 'X-P': ('a\nb',)}, group='item1', number=0)
    """
    head = _HEAD.match(text)
    if head is None:
        return None
    found: dict[str, list[str]] = {}
    place = head.end()
    while match := _PARAMETER.match(text, place):
        place = match.end()
        _add_parameter(found, match[1].upper(), match[2])
    if text[place : place + 1] != ":":  # a quote without its end
        place = text.find(":", place)
        if place < 0:
            return None
    parameters = {name: tuple(given) for name, given in found.items()}
    return ContentLine(head[2].upper(), text[place + 1 :], parameters, (head[1] or "").lower(), number)


class HeadCache:
    """Parses lines, and remembers what stands before their colons: most cards of a file have the same few heads.

    Attributes:
        plain: Name, parameters and group by the bytes before a colon, and a number for the encoding of the value; of
            lines in UTF-8 alone.
    """

    __slots__ = ("_heads", "plain")

    def __init__(self) -> None:
        self._heads: dict[str, ContentLine] = {}
        self.plain: dict[bytes, tuple[str, Mapping[str, tuple[str, ...]], str, int]] = {}

    def known(self, head: str) -> ContentLine | None:
        """A line without a value for what stands before the first colon; None for one that no line had.

        Args:
            head: The text before the colon.
        """
        return self._heads.get(head)

    def parse(self, text: str, number: int) -> ContentLine | None:
        """The property of an unfolded line, as by `parse_line`.

        Args:
            text: The line.
            number: Its place in the file.

        >>> HeadCache().parse("TEL;TYPE=cell:123", 5)
        ContentLine(name='TEL', value='123', parameters={'TYPE': ('cell',)}, group='', number=5)
        """
        place = text.find(":")
        known = self._heads.get(text[:place]) if 0 < place <= LONGEST_HEAD else None
        if known is not None:
            return ContentLine(known.name, text[place + 1 :], known.parameters, known.group, number)
        line = parse_line(text, number)
        # A quote without its end may end behind the first colon of another line.
        whole = place <= LONGEST_HEAD and text.count('"', 0, place) % 2 == 0
        if line is not None and whole and len(text) - place - 1 == len(line.value):
            if len(self._heads) >= MOST_HEADS:
                self._heads.clear()
            parameters = ReadOnlyDict(line.parameters) if line.parameters else EMPTY
            line = line._replace(parameters=parameters)
            self._heads[text[:place]] = line._replace(value="")
        return line


def _add_parameter(parameters: dict[str, list[str]], name: str, given: str | None) -> None:
    if given is None:  # version 2.1 leaves out the names
        if not name:
            return
        name, given = ("ENCODING" if name in _ENCODINGS else "TYPE"), name
    found = [quoted or plain.strip() for quoted, plain in _PARAMETER_VALUE.findall(given)]
    decoded = [_CARET.sub(lambda match: _CARETS[match[1]], one) for one in found]
    if name == "TYPE":  # several types may stand inside one pair of quotes
        decoded = [kind.strip() for one in decoded for kind in one.split(",") if kind.strip()]
    if name and decoded:
        parameters.setdefault(name, []).extend(decoded)


def rank_of(line: ContentLine) -> int:
    """The place of a value among its kind: 1 for the preferred one, `_LEAST` for one without PREF and TYPE=pref.

    >>> rank_of(ContentLine("TEL", "1", {"PREF": ("2",)})), rank_of(ContentLine("TEL", "1", {"TYPE": ("pref",)}))
    (2, 1)
    """
    if not line.parameters:
        return _LEAST
    text = line.parameter("PREF")
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return max(1, min(int(text), _LEAST))
    return 1 if "pref" in line.types else _LEAST


def escape(text: str) -> str:
    r"""The text as a value.

    >>> escape("a;b\nc")
    'a\\;b\\nc'
    """
    # A line break is not printable.
    if text.isprintable() and "," not in text and ";" not in text and "\\" not in text:
        return text
    return _SPECIAL.sub(lambda match: "\\n" if match[0] == "\n" else f"\\{match[0]}", LINE_BREAK.sub("\n", text))


def escape_all(texts: Sequence[str]) -> str:
    r"""The texts as a structured value.

    >>> escape_all(("O;Brien", "Pat", ""))
    'O\\;Brien;Pat;'
    """
    joined = ";".join(texts)
    if joined.isprintable() and "," not in joined and "\\" not in joined and joined.count(";") == len(texts) - 1:
        return joined
    return ";".join([escape(text) for text in texts])


def unescape(value: str) -> str:
    r"""The text of a value; a backslash before any other character is kept.

    >>> unescape("a\\;b\\nc\\\\n")
    'a;b\nc\\n'
    """
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _split_raw(value: str, part: re.Pattern[str], separator: str) -> list[str]:
    if "\\" not in value:
        return value.split(separator)
    parts: list[str] = []
    place = 0
    while match := part.match(value, place):
        parts.append(match[0])
        place = match.end() + 1
        if place > len(value):
            break
    return parts


def _split(value: str, part: re.Pattern[str], separator: str) -> list[str]:
    return [unescape(one).strip() for one in _split_raw(value, part, separator)]


def components(value: str) -> list[str]:
    r"""The texts between the semicolons of a structured value.

    >>> components("O\\;Brien;Pat;;")
    ['O;Brien', 'Pat', '', '']
    """
    return _split(value, _COMPONENT, ";")


def values(value: str) -> list[str]:
    r"""The texts between the commas of a list.

    >>> values("VIP,a\\,b")
    ['VIP', 'a,b']
    """
    return _split(value, _VALUE, ",")


def texts_of(value: str) -> list[list[str]]:
    r"""The texts of each component of a structured value; none for an empty component.

    >>> texts_of("Doe;Jane,Joan;;")
    [['Doe'], ['Jane', 'Joan'], [], []]
    """
    parts = _split_raw(value, _COMPONENT, ";")
    return [[text for text in map(unescape, _split_raw(part, _VALUE, ",")) if text] for part in parts]


def is_list(value: str) -> bool:
    r"""Whether a comma separates texts in a value.

    >>> is_list("Jay,Jane"), is_list("Bois\\, Fils")
    (True, False)
    """
    return "," in value and _LIST.search(value) is not None


def fold(lines: Iterable[ContentLine]) -> str:
    """The lines as text, each at most 75 octets of UTF-8 long, with CRLF.

    Args:
        lines: The lines, in their order.

    >>> [len(part.encode()) for part in fold([ContentLine("NOTE", "é" * 50)]).splitlines()]
    [75, 31]
    """
    return "".join([f"{folded_line(str(line))}\r\n" for line in lines])


def folded_line(text: str) -> str:
    r"""A line as text, in parts of at most 75 octets of UTF-8, without its end.

    >>> [len(part) for part in folded_line("NOTE:" + "a" * 100).split("\r\n")]
    [75, 31]
    """
    if (len(text) <= _WIDTH and text.isascii()) or len(text) * 4 <= _WIDTH or len(data := text.encode()) <= _WIDTH:
        return text
    if len(text) == len(data):
        return "\r\n ".join(
            [text[:_WIDTH], *[text[at : at + _WIDTH - 1] for at in range(_WIDTH, len(text), _WIDTH - 1)]]
        )
    parts: list[str] = []
    start, room = 0, _WIDTH
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(data[start:end].decode())
        start, room = end, _WIDTH - 1
    return "\r\n ".join(parts)
