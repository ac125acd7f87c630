"""What an import keeps in `unmapped` for the lines of a card, as the quick writer needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from contactcore.formats.vcard.content_lines import LINE_BREAK, LONGEST_HEAD, MOST_HEADS, parse_line
from contactcore.formats.vcard.extras import LINES, PARAMETERS, VALUE, unmapped_name
from contactcore.formats.vcard.written_lines import NEVER, ONCE

__all__ = ["Beside", "KeptTexts", "Parameters", "Unusual", "as_kept", "without_value"]

Parameters = Mapping[str, tuple[str, ...]]
Beside = dict[str, dict[str, str]]
"""Property -> checksum of a value -> the head of its line in the entry of `unmapped`."""
_ONCE: Final = frozenset(map(unmapped_name, ONCE))
_WRITTEN = re.compile(rf'([^"]*?);{VALUE}="([^"^\n\r\v\f\x85\u2028\u2029]+)"([^"]*)')
"""The head of an entry with the only value that is kept as it was written, which has no line breaks."""


class Unusual(Exception):
    """The careful writer has to write the card."""


class KeptTexts:
    """Reads what is kept in `unmapped`. What stands before the values is remembered.

    Args:
        new: Whether version 4.0 is written.
    """

    def __init__(self, *, new: bool) -> None:
        self._new = new
        self._entries: dict[str, tuple[str, Parameters]] = {}
        self._kept: dict[str, tuple[str, str] | None] = {}

    def entries(self, text: str) -> Beside:
        """The parameters that are kept beside the values of a contact, by property and checksum."""
        if LINES in text:
            raise Unusual
        beside: Beside = {}
        for line in text.split("\n"):
            head, _, value = line.rpartition(":")
            name = self.entry(without_value(head)[0])[0]
            if not value.isalnum():
                raise Unusual
            of_name = beside.get(name)
            if of_name is None:
                beside[name] = {value: head}
            else:
                of_name.setdefault(value, head)
        return beside

    def entry(self, head: str) -> tuple[str, Parameters]:
        """The property and the parameters of a line of the entry of `unmapped`."""
        found = self._entries.get(head)
        if found is None:
            line = parse_line(f"{head}:")
            if line is None or line.value:
                raise Unusual
            found = line.name, line.parameters
            if len(head) <= LONGEST_HEAD:
                if len(self._entries) >= MOST_HEADS:
                    self._entries.clear()
                self._entries[head] = found
        return found

    def lines(self, unmapped: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """The lines of `unmapped` as they are written, and their groups."""
        kept: list[str] = []
        taken: list[str] = []
        heads = self._kept
        for name, text in unmapped.items():
            if name == PARAMETERS:
                continue
            several = text.split("\n") if "\n" in text else [text]
            groups = []
            for line in several:
                head = line.partition(":")[0]
                known = heads[head] if head in heads else self._head(head, line)
                if known is None or known[0] != name or not (line.isprintable() or LINE_BREAK.search(line) is None):
                    raise Unusual
                if known[1]:
                    groups.append(known[1])
            if len(several) > 1:
                once = name in _ONCE
                if once and groups:
                    raise Unusual
                several = several[-1:] if once else list(dict.fromkeys(several))
            taken += groups
            kept += several
        return kept, taken

    def _head(self, head: str, line: str) -> tuple[str, str] | None:
        """The name in `unmapped` and the group of a line; None if it is not written as it is kept."""
        if len(head) > LONGEST_HEAD:
            return None
        found = parse_line(line)
        known = None
        usual = found is not None and found.name not in NEVER and not (self._new and "ENCODING" in found.parameters)
        if found is not None and usual and str(found._replace(value="")) == f"{head}:":
            known = unmapped_name(found.name), found.group
        if len(self._kept) >= MOST_HEADS:
            self._kept.clear()
        self._kept[head] = known
        return known


def without_value(entry: str) -> tuple[str, str]:
    """A head of an entry without the value as it was written, which would be another one in each card, and that value.

    The value is `""` without one, and if only a parser can find it.
    """
    if VALUE in entry:
        found = _WRITTEN.fullmatch(entry)
        if found is not None and VALUE not in found[1] and VALUE not in found[3]:
            return found[1] + found[3], found[2]
    return entry, ""


def as_kept(value: str) -> str:
    """A value as it was written, on one line."""
    return LINE_BREAK.sub(lambda _: "\\n", value.replace("\n", "\\n"))
