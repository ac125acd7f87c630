"""Rejected cards as files of the same kind, each with its reason, which an import leaves out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from contactcore.formats.jscontact.card_file import REASON as JSON_REASON
from contactcore.formats.jscontact.card_file import JsonCardFile
from contactcore.formats.tabular.destinations import destination
from contactcore.formats.vcard.card import ReadCard
from contactcore.formats.vcard.card_values import REASON
from contactcore.formats.vcard.content_lines import ContentLine, escape
from contactcore.formats.vcard.reading import CardFile

__all__ = ["write_rejected_cards", "write_rejected_objects"]

_OBJECT = re.compile(rb"\{\s*+(\}?)")
_CHUNK = 1 << 20


def write_rejected_cards(file: CardFile, rejected: Iterable[tuple[ReadCard, str]], out: object) -> int:
    """Write rejected vCards byte by byte, each with its reason in a line below BEGIN.

    Args:
        file: The file of the cards.
        rejected: Cards with their reasons.
        out: Path of a file, or a binary file object, which stays open.

    Returns:
        The number of cards.

    Raises:
        Invalid: `file-unwritable`, `out`.
    """
    encoding = file.encoding
    codec = encoding.name if encoding.wide else "utf-8"
    count = 0
    with destination(out) as stream:
        stream.write(encoding.bom)
        for card, reason in rejected:
            with file.source.open(card.start) as source:
                data = source.read(card.offset - card.start)
            lines = data.splitlines(keepends=True) if not encoding.wide else [*_wide_lines(data, codec)]
            line = f"{ContentLine(REASON, escape(reason))}\r\n".encode(codec, "replace")
            stream.write(b"".join((lines[0], line, *lines[1:])))
            if not lines[-1].endswith(("\n".encode(codec), "\r".encode(codec))):
                stream.write("\r\n".encode(codec))
            count += 1
    return count


def _wide_lines(data: bytes, codec: str) -> Iterator[bytes]:
    for line in data.decode(codec, "replace").splitlines(keepends=True):
        yield line.encode(codec, "replace")


def write_rejected_objects(file: JsonCardFile, rejected: Iterable[tuple[ReadCard, str]], out: object) -> int:
    """Write rejected JSContact cards as one array in UTF-8, each with its reason as its first member.

    A value that is no object has no place for a reason, and is written as it is.

    Args:
        file: The file of the cards.
        rejected: Cards with their reasons.
        out: Path of a file, or a binary file object, which stays open.

    Returns:
        The number of values.

    Raises:
        Invalid: `file-unwritable`, `out`.
    """
    count = 0
    with destination(out) as stream:
        for card, reason in rejected:
            stream.write(b",\n" if count else b"[")
            with file.open(card.start) as source:
                rest = card.offset - card.start
                head = source.read(min(rest, _CHUNK))[:rest]
                rest -= len(head)
                found = _OBJECT.match(head)
                if found is not None:
                    member = f"{json.dumps(JSON_REASON)}: {json.dumps(reason)}"
                    head = b"{" + member.encode() + (b"" if found[1] else b", ") + head[1:]
                stream.write(head)
                while rest > 0 and (more := source.read(min(rest, _CHUNK))[:rest]):
                    stream.write(more)
                    rest -= len(more)
            count += 1
        stream.write(b"]\n" if count else b"[]\n")
    return count
