r"""A text with what is written in another notation decoded, so that names, addresses and numbers are found in it.

A person may be named in a link (`Jane%20Doe`), in a line of a card (`Zo=C3=AB`), in JSON (`Zo\u00eb`) or in HTML
(`Zo&euml;`), with invisible characters, or with the digits of another script.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from contactcore.frozen import frozen

__all__ = ["DecodedText", "base64_words"]

_NOTATION = re.compile(
    r"(?P<url>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<quoted>(?:=[0-9A-Fa-f]{2})+)"
    r"|(?P<soft>=[ \t]*\r?\n)"
    r"|(?P<json>(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2})+)"
    r"|(?P<html>&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
)
_MAY_BE_NOTATION = re.compile(r"[%=\\&]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}")
_MOST_BASE64 = 1_000_000


@frozen
class DecodedText:
    """A decoded text, and the place of each of its characters in the text as it is written.

    Attributes:
        text: The decoded text; its digits are those of ASCII, and it has no invisible characters.
        starts, ends: The place of each character of it in the written text.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, written: str) -> DecodedText:
        r"""Decode a text.

        Args:
            written: The text as it is written.

        >>> decoded = DecodedText.of("Zo=C3=AB \u0663")
        >>> decoded.text, decoded.starts[2], decoded.ends[2]
        ('Zoë 3', 2, 8)
        """
        if written.isascii() and _MAY_BE_NOTATION.search(written) is None:
            places = tuple(range(len(written) + 1))
            return cls(written, places[:-1], places[1:])
        pieces = [
            (_plain(character), start, end) for characters, start, end in _units(written) for character in characters
        ]
        kept = [piece for piece in pieces if piece[0]]
        return cls("".join(one for one, _, _ in kept), tuple(one[1] for one in kept), tuple(one[2] for one in kept))


def base64_words(written: str) -> Iterator[tuple[str, int, int]]:
    """Yield what words of a text may be in Base64: the decoded text, and the place of the word.

    Args:
        written: The text.

    >>> list(base64_words("key SmFuZSBEb2U= end"))
    [('Jane Doe', 4, 16)]
    """
    for found in _BASE64.finditer(written):
        word = found[0].replace("-", "+").replace("_", "/").rstrip("=")
        if len(word) > _MOST_BASE64:
            continue
        try:
            data = base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        wide = len(data) % 2 == 0 and b"\0" in data
        for encoding in ("utf-16-le", "utf-16-be") if wide else ("utf-8", "latin-1"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            yield text, found.start(), found.end()
            if not wide:
                break


def _units(written: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a text with the place of each."""
    done = 0
    for found in _NOTATION.finditer(written):
        yield from ((written[place], place, place + 1) for place in range(done, found.start()))
        yield from _decoded(found)
        done = found.end()
    yield from ((written[place], place, place + 1) for place in range(done, len(written)))


def _decoded(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    start, end, how = found.start(), found.end(), found.lastgroup
    if how == "soft":
        return
    if how == "html":
        yield unescape(found[0]), start, end
        return
    if how == "json":
        escapes = re.findall(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})", found[0])
        units = "".join(chr(int(long or short, 16)) for long, short in escapes)
        # Two escapes may stand for one character.
        text = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if len(text) == len(escapes):
            for character, (long, _) in zip(text, escapes, strict=True):
                end = start + (6 if long else 4)
                yield character, start, end
                start = end
        else:
            yield text, start, end
        return
    data = bytes.fromhex(found[0].replace("%", "").replace("=", ""))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    for character in text:
        width = 3 * (len(character.encode()) if len(text) < len(data) else 1)
        yield character, start, start + width
        start += width


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if _INVISIBLE.match(character):
        return ""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
