r"""Blocks of a file: a line with the folded parts and the blank lines behind it, joined by `\n`, as bytes."""

from __future__ import annotations

import binascii
import re

__all__ = ["BASE64", "BINARY", "BOM", "CODINGS", "QUOTED", "QUOTED_PRINTABLE", "joined", "value_of", "with_soft_breaks"]

QUOTED_PRINTABLE = re.compile(rb"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?QUOTED-PRINTABLE", re.IGNORECASE)
BASE64 = re.compile(rb"[^:]*;[ \t]*(?:ENCODING[ \t]*=[ \t]*)?\"?(?:BASE64|B)\"?[ \t]*[;:]", re.IGNORECASE)
BOM = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""
_BLANK_PART = re.compile(rb"\n[ \t]++(?:\n|\Z)")
QUOTED, BINARY = 1, 2
"""Numbers of encodings; 0 is none."""
CODINGS = {"": 0, "QUOTED-PRINTABLE": QUOTED, "BASE64": BINARY, "B": BINARY}
_SPACES = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"


def joined(raw: bytes) -> bytes | None:
    """The only property of a block; None if the blank or folded lines have to be looked at one by one."""
    if raw[:1] in (b" ", b"\t"):
        return None
    body = raw.rstrip(b"\n")
    if (b"=\n" in raw or body[-1:] == b"=") and QUOTED_PRINTABLE.match(body):
        if raw[-1:] in (b"=", b"\n") or raw.count(b"=\n") != raw.count(b"\n") or BOM in raw:
            return None
        return raw.replace(b"=\n", b"")
    if b"\n\n" in body:
        return None
    if (b" \n" in raw or b"\t\n" in raw or body[-1:] in (b" ", b"\t")) and _BLANK_PART.search(raw):
        return None
    return body.replace(b"\n ", b"").replace(b"\n\t", b"")


def with_soft_breaks(blocks: list[bytes]) -> list[bytes]:
    """The blocks with the lines that belong to a value in quoted-printable."""
    whole: list[bytes] = []
    parts: list[bytes] = []
    for block in blocks:
        if parts or (block[-1:] == b"=" and QUOTED_PRINTABLE.match(block) is not None):
            parts.append(block)
            if block[-1:] == b"=":
                continue
            block = b"\n".join(parts)  # noqa: PLW2901 - the whole block takes the place of its last part
            parts = []
        whole.append(block)
    return [*whole, b"\n".join(parts)] if parts else whole


def value_of(coding: int, whole: bytes, place: int) -> str | None:
    """The value of a line in UTF-8; None for one that the careful way has to read."""
    try:
        if not coding:
            return whole[place:].decode()
        if coding == BINARY:
            return whole[place:].translate(None, _SPACES).decode("ascii")
        if whole[-1:] == b"=":
            return None
        value = binascii.a2b_qp(whole[place:]).decode()
    except UnicodeDecodeError:
        return None
    if value.isprintable():  # a line break is not printable
        return value
    return value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
