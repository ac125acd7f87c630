"""The values of a stream of JSON one by one: a broken one costs no other, and memory does not grow with the stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import attrs

from contactcore.formats.vcard.physical_lines import ReadsBytes
from contactcore.frozen import frozen

__all__ = ["JsonValue", "is_array", "json_values"]

_CHUNK = 1 << 18
_BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"(?:[\s,]|\xef\xbb\xbf)*+")
_PLAIN = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
"""Anything up to the next bracket, or up to a text that has no end yet."""
_SCALAR = re.compile(rb'(?:[^"{\[\],]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
"""Anything up to the next value, or up to a text that has no end yet."""
_INSIDE = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
"""The rest of a text."""
_QUOTE = ord('"')
_OPENING, _STARTS = frozenset(b"{["), (b"{", b"[")
_FEW = 1_000_000
"""Bytes of a value whose separators are not counted before it is read."""
_MOST_SEPARATORS = 200_000


@frozen
class JsonValue:
    """One value of a stream of JSON.

    Attributes:
        line: The 1-based line where it starts.
        value: The value; None with a `fault`.
        fault: The reason why the text is no JSON; `""` for none.
        deep: Whether the value has too many levels.
        repeated: Names that an object has twice.
        large: Whether the value is too large, or has too many members.
        encoded: Whether its bytes are UTF-8.
        start: The byte where it starts.
        offset: The byte after it.
        next_line: The line of that byte.
    """

    line: int
    value: Any = None
    fault: str = ""
    deep: bool = False
    repeated: tuple[str, ...] = ()
    large: bool = False
    encoded: bool = True
    start: int = 0
    offset: int = 0
    next_line: int = 0


def is_array(stream: ReadsBytes) -> bool:
    """Whether a stream starts with an array.

    Args:
        stream: The stream, at its start; some of it is read.
    """
    while chunk := stream.read(_CHUNK):
        place = _SPACE.match(chunk).end()  # type: ignore[union-attr] # matches anything
        if place < len(chunk):
            return chunk[place : place + 1] == b"["
    return False


def json_values(
    stream: ReadsBytes, levels: int, largest: int, *, offset: int = 0, line: int = 1, inside: bool = False
) -> Iterator[JsonValue]:
    r"""The elements of arrays, or the only value of a stream, or values below each other.

    Args:
        stream: JSON in UTF-8, positioned at `offset`.
        levels: The number of objects and lists inside each other.
        largest: The number of bytes of one value.
        offset: The byte where the reading starts.
        line: The line of that byte.
        inside: Whether that byte is inside the array.

    >>> import io
    >>> text = b'[{"a": 1},\n{"a": },\n{"a": 3}]'
    >>> [(one.line, one.value, one.fault[:9]) for one in json_values(io.BytesIO(text), 5, 100)]
    [(1, {'a': 1}, ''), (2, None, 'Expecting'), (3, {'a': 3}, '')]
    """
    return _Values(stream, levels, largest, offset, line).values(inside=inside)


class _Values:
    """A window of the stream: `_data` begins at the byte `_base`, whose line is `_line`; `_place` is in it."""

    def __init__(self, stream: ReadsBytes, levels: int, largest: int, offset: int, line: int) -> None:
        self._read = stream.read
        self._levels = levels
        self._largest = largest
        self._base = offset
        self._line = line
        self._data = b""
        self._place = 0

    def _advance(self, place: int) -> None:
        """Drop what is before a place of the window."""
        self._line += self._data.count(b"\n", 0, place)
        self._base += place
        self._data = self._data[place:]
        self._place = 0

    def _more(self) -> bool:
        """Read on; a longer window grows by larger pieces, so that a large value is copied a few times only."""
        chunk = self._read(max(_CHUNK, len(self._data)))
        self._data += chunk
        return bool(chunk)

    def _skip(self) -> bool:
        """Go to the next value; returns whether there is one."""
        while True:
            self._place = _SPACE.match(self._data, self._place).end()  # type: ignore[union-attr] # matches anything
            rest = len(self._data) - self._place
            if rest >= len(_BOM) or (rest and not _BOM.startswith(self._data[self._place :])):
                return True
            self._advance(self._place)
            if not self._more():
                return bool(self._data)

    def values(self, *, inside: bool) -> Iterator[JsonValue]:
        while self._skip():
            mark = self._data[self._place : self._place + 1]
            if mark == (b"]" if inside else b"["):
                inside = not inside
                self._place += 1
                continue
            self._advance(self._place)
            yield self._next(mark)

    def _next(self, mark: bytes) -> JsonValue:
        line, start = self._line, self._base
        kept, depth = self._behind(nested=mark in _STARTS)
        place = self._place
        data = self._data[:place] if kept else b""
        self._advance(place)
        value = self._judged(data, line, kept=kept, deep=depth > self._levels)
        return attrs.evolve(value, start=start, offset=self._base, next_line=self._line)

    @staticmethod
    def _judged(data: bytes, line: int, *, kept: bool, deep: bool) -> JsonValue:
        if deep:
            return JsonValue(line, deep=True)
        if not kept or (len(data) > _FEW and data.count(b",") + data.count(b"[") > _MOST_SEPARATORS):
            return JsonValue(line, large=True)
        try:
            # A lone surrogate comes from a text that was given as one, and is judged with its value.
            text = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return JsonValue(line, encoded=False)
        return _value(text, line)

    def _grow(self, place: int, kept: bool) -> tuple[int, bool, bool]:
        """Read on inside a value: the new place, whether the value is kept, and whether the stream goes on."""
        if place > self._largest:
            kept = False
        if not kept:
            self._advance(place)
            place = 0
        return place, kept, self._more()

    def _behind(self, *, nested: bool) -> tuple[bool, int]:
        """Go behind the value at the start of the window; whether it is kept, and how deep it is.

        Args:
            nested: Whether it is an object or a list, as opposed to a scalar, which ends in front of the next mark.
        """
        plain = _PLAIN if nested else _SCALAR
        depth = deepest = place = 0
        kept, quoted, goes_on = True, False, True
        while goes_on:
            data = self._data
            place = (_INSIDE if quoted else plain).match(data, place).end()  # type: ignore[union-attr] # as above
            mark = data[place] if place < len(data) else -1
            if mark == _QUOTE:
                quoted = not quoted
                place += 1
            elif quoted or mark < 0:
                place, kept, goes_on = self._grow(place, kept)
            elif nested:
                depth += 1 if mark in _OPENING else -1
                deepest = max(deepest, depth)
                place += 1
                if depth == 0:
                    break
            else:
                # A bracket too many is a value of its own, which is no JSON. Behind a dropped value it begins the next.
                place = max(place, 1 if kept else 0)
                break
        self._place = place if goes_on else len(self._data)
        return kept and self._place <= self._largest, deepest


def _value(text: str, line: int) -> JsonValue:
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return JsonValue(line, fault=str(error) or "This is no JSON")
    return JsonValue(line, value, repeated=tuple(repeated))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
