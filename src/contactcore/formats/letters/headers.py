r"""Header fields of a message: encoded and folded by rules of our own (RFC 2047, RFC 5322 section 2.2.3).

The `email` package of some Python versions loses blanks between encoded words, or writes encoded words that are longer
than the standard allows. Here every blank of an encoded text is inside an encoded word, an encoded word has at most 75
octets, a line that contains one has at most 76, and no line consists of blanks alone.

>>> text_header("Subject", "Ihre Rechnung über die Größe der Räume am Königsplatz").splitlines()
['Subject: =?utf-8?q?Ihre_Rechnung_=C3=BCber_die_Gr=C3=B6=C3=9Fe_der_R=C3=A4?=', ' =?utf-8?q?ume_am_K=C3=B6nigsplatz?=']
"""

from __future__ import annotations

import re
from base64 import b64encode
from email.header import decode_header
from urllib.parse import quote

__all__ = ["decode_text", "file_name_parameters", "mailbox_header", "text_header", "word_header"]

_LONGEST_LINE = 76
_LONGEST_WORD = 75
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# Safe in every place where an encoded word may stand, names included (RFC 2047 section 5).
_UNENCODED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_OVERHEAD = len("=?utf-8?q??=")
_LONGEST_PIECE = 40


def text_header(name: str, value: str) -> str:
    """Write a header whose value is any text, without the line end.

    Args:
        name: Name of the header.
        value: One line of text, without control characters.

    >>> text_header("Subject", "Invoice 7"), text_header("Subject", "Zoë")
    ('Subject: Invoice 7', 'Subject: =?utf-8?q?Zo=C3=AB?=')
    """
    if _is_plain(value):
        return _folded(name, value.split(" "))
    return _folded(name, _encoded_words(value, _LONGEST_LINE - len(f"{name}: ")))


def word_header(name: str, value: str) -> str:
    """Write a header of words that must not be encoded, such as Message-IDs, without the line end.

    Args:
        name: Name of the header.
        value: One line of ASCII.
    """
    return _folded(name, value.split())


def mailbox_header(name: str, display_name: str, address: str) -> str:
    """Write a header with one mailbox, without the line end.

    Args:
        name: Name of the header, such as `"To"`.
        display_name: Name of the person; `""` for none.
        address: E-mail address.

    >>> mailbox_header("To", "Doe, Jane", "jane@bois.fr"), mailbox_header("To", "Zoë", "zoe@bois.fr")
    ('To: "Doe, Jane" <jane@bois.fr>', 'To: =?utf-8?q?Zo=C3=AB?= <zoe@bois.fr>')
    """
    if not display_name:
        return f"{name}: {address}"
    if _ATOMS.fullmatch(display_name) and _is_plain(display_name):
        return _folded(name, [*display_name.split(" "), f"<{address}>"])
    if _is_plain(display_name):
        quoted = display_name.replace("\\", "\\\\").replace('"', '\\"')
        return _folded(name, [f'"{quoted}"', f"<{address}>"])
    return _folded(name, [*_encoded_words(display_name, _LONGEST_LINE - len(f"{name}: ")), f"<{address}>"])


def file_name_parameters(name: str) -> list[str]:
    """Return the parameters that give an attachment its file name (RFC 2231, RFC 6266).

    Args:
        name: Name of the file, one line.

    >>> file_name_parameters("invoice-7.pdf"), file_name_parameters("Größe.pdf")
    (['filename="invoice-7.pdf"'], ["filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf"])
    """
    if _is_plain(name) and len(name) <= _LONGEST_PIECE and not {'"', "\\"} & set(name):
        return [f'filename="{name}"']
    encoded = quote(name, safe="")
    if len(encoded) <= _LONGEST_PIECE:
        return [f"filename*=utf-8''{encoded}"]
    # No piece ends inside the three characters of an encoded octet.
    pieces = re.findall(rf"(?:%[0-9A-F]{{2}}|[^%]){{1,{_LONGEST_PIECE // 3}}}", encoded)
    first, *others = pieces
    return [f"filename*0*=utf-8''{first}", *(f"filename*{number}*={piece}" for number, piece in enumerate(others, 1))]


def decode_text(value: str) -> str:
    r"""Return the text of a header value as a mail program reads it.

    Args:
        value: Value of the header, folded or not.

    >>> decode_text("=?utf-8?q?Zo=C3=AB?=\r\n =?utf-8?q?_Doe?=")
    'Zoë Doe'
    """
    parts = decode_header("".join(value.splitlines()))
    return "".join(part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts)


def _is_plain(value: str) -> bool:
    """Whether a text needs no encoding: printable ASCII, single blanks, short words, and no encoded word in it."""
    if not _PLAIN.fullmatch(value) or "=?" in value:
        return False
    return all(len(word) < _LONGEST_LINE for word in value.split(" "))


def _folded(name: str, words: list[str]) -> str:
    lines = [f"{name}:"]
    for index, word in enumerate(words):
        # The first word stays on the first line, because some mail programs read no line with a name alone.
        if index and len(lines[-1]) + 1 + len(word) > _LONGEST_LINE:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _encoded_words(text: str, first: int) -> list[str]:
    """Return encoded words that together read as the text; the first has at most `first` octets."""
    words = []
    rest, room = text, min(first, _LONGEST_WORD) - _OVERHEAD
    while rest:
        quoted, taken_quoted = _quoted(rest, room)
        based, taken_based = _based(rest, room)
        encoded, taken = (f"q?{quoted}", taken_quoted) if taken_quoted >= taken_based else (f"b?{based}", taken_based)
        words.append(f"=?utf-8?{encoded}?=")
        rest, room = rest[taken:], _LONGEST_WORD - _OVERHEAD
    return words


def _quoted(text: str, room: int) -> tuple[str, int]:
    """Return the longest beginning that fits as `q`, encoded, and its length in characters."""
    encoded, taken = "", 0
    for sign in text:
        octets = sign.encode()
        if sign == " ":
            piece = "_"
        elif octets[0] in _UNENCODED:
            piece = sign
        else:
            piece = "".join(f"={octet:02X}" for octet in octets)
        if len(encoded) + len(piece) > room:
            break
        encoded, taken = encoded + piece, taken + 1
    return encoded, taken


def _based(text: str, room: int) -> tuple[str, int]:
    """Return the longest beginning that fits as `b`, encoded, and its length in characters."""
    most, octets, taken = room // 4 * 3, b"", 0
    for sign in text:
        more = sign.encode()
        if len(octets) + len(more) > most:
            break
        octets, taken = octets + more, taken + 1
    return b64encode(octets).decode(), taken
