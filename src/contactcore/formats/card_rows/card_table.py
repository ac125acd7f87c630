"""A file of vCards or JSContact as a table: its format is detected once, then its cards are streamed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem
from contactcore.formats import tabular
from contactcore.formats.card_rows.rejects import write_rejected_cards, write_rejected_objects
from contactcore.formats.contact_rows.native_columns import NativeColumn
from contactcore.formats.jscontact.card_file import JsonCardFile
from contactcore.formats.tabular.encodings import Encoding, detect_encoding, known_encoding
from contactcore.formats.tabular.sources import Source
from contactcore.formats.vcard.card import ReadCard
from contactcore.formats.vcard.reading import CardFile
from contactcore.frozen import frozen
from contactcore.model import FieldDefinition
from contactcore.read_only import EMPTY, ReadOnlyDict

__all__ = ["CardColumns", "CardTable", "open_cards"]

_HEAD = 2_000
_BLANKS = b"\0\xef\xbb\xbf\xff\xfe \t\r\n"
"""Blanks, byte order marks and the zeros of wide encodings, which may stand before the first letter."""
_CARD = re.compile(rb'"@type"\s*:\s*"Card"')
_BEGIN = re.compile(r"[\s\ufeff]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*(?:[\r\n]|\Z)", re.IGNORECASE)
# A quote above would make the lines a cell of a table.
_BEGIN_BELOW = re.compile(
    r'[^"]*?[\r\n][ \t]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*[\r\n]\s*(?:VERSION|PRODID|UID|FN|N)[;:]', re.IGNORECASE
)
"""The first card below other lines, such as the head of a message."""
_PROPERTIES: Mapping[str, str] = ReadOnlyDict(
    {
        **dict.fromkeys(("given", "family", "middle", "prefix", "suffix"), "N"),
        "full_name": "FN",
        "nickname": "NICKNAME",
        "company": "ORG",
        "division": "ORG",
        "department": "ORG",
        "phonetic_given": "X-PHONETIC-FIRST-NAME",
        "phonetic_family": "X-PHONETIC-LAST-NAME",
        "position": "TITLE",
        "emails": "EMAIL",
        "phones": "TEL",
        "websites": "URL",
        "socials": "X-SOCIALPROFILE",
        "addresses": "ADR",
        "tags": "CATEGORIES",
        "notes": "NOTE",
        "language": "LANG",
        "external_id": "UID",
        "birthday": "BDAY",
        "gender": "GENDER",
    }
)
"""Field of a draft -> property."""
_POINTERS: Mapping[str, str] = ReadOnlyDict(
    {
        **dict.fromkeys(("given", "family", "middle", "prefix", "suffix"), "name/components"),
        "full_name": "name/full",
        "nickname": "nicknames",
        **dict.fromkeys(("company", "division", "department"), "organizations"),
        **dict.fromkeys(("phonetic_given", "phonetic_family"), "vCardProps"),
        "position": "titles",
        "websites": "links",
        "socials": "onlineServices",
        "tags": "keywords",
        "language": "language",
        "external_id": "uid",
        "birthday": "anniversaries",
        "gender": "vCardProps",
    }
)
"""Field of a draft -> pointer, where they differ."""

_NO_COLUMNS = tabular.Mapping(())


@frozen
class CardTable:
    """A file of vCards or of JSContact. Its cards can be read from any place, and more than once.

    Attributes:
        file: The file.
        detected: Its encoding; a card has no delimiter, no quote and no header.
        mapping: No columns.
        problems: Notes about the file as a whole: none.
    """

    file: CardFile | JsonCardFile
    detected: tabular.Detected
    mapping: tabular.Mapping = _NO_COLUMNS
    problems: tuple[Problem, ...] = ()

    @property
    def format(self) -> str:
        """`"vcard"` or `"jscontact"`."""
        return "jscontact" if isinstance(self.file, JsonCardFile) else "vcard"

    @property
    def _source(self) -> Source:
        return self.file.source

    def sample(self, header: str) -> tuple[str, ...]:
        """The cells of a column: none."""
        del header
        return ()

    def rows(self, *, after: str | None = None, country: str = "") -> Iterator[ReadCard]:
        """The cards, read one at a time.

        Args:
            after: A `ReadCard.position`; None, the default, for the beginning.
            country: The country of national phone numbers; `""`, the default, for none.
        """
        return self.file.cards(country or None, after=after or "", keep_national=False)

    def write_rejects(self, rejected: Iterable[tuple[ReadCard, str]], out: object) -> int:
        """Write rejected cards to a file of the same kind, each with its reason, which an import leaves out.

        Args:
            rejected: Cards with their reasons.
            out: Path of a file, or a binary file object, which stays open.

        Returns:
            The number of cards.

        Raises:
            Invalid: `file-unwritable`, `out`.
        """
        if isinstance(self.file, JsonCardFile):
            return write_rejected_objects(self.file, rejected, out)
        return write_rejected_cards(self.file, rejected, out)


@attrs.frozen(slots=False, eq=False)
class CardColumns:
    """The place of the columns in the plan of an import of cards: there are none.

    Attributes:
        table: The file.
    """

    table: CardTable
    custom: Mapping[str, str] = EMPTY
    native: Mapping[str, NativeColumn] = EMPTY
    own_fields: frozenset[str] = frozenset()
    mapping: Mapping[str, str] = EMPTY
    first_columns: Mapping[str, str] = attrs.field()
    splits_names: bool = False
    names_primary: bool = False
    ends_in_reasons: bool = False

    @first_columns.default
    def _names_of_fields(self) -> Mapping[str, str]:
        return _POINTERS if self.table.format == "jscontact" else _PROPERTIES

    def with_fields(self, changes: Mapping[str, str], definitions: tuple[FieldDefinition, ...]) -> CardColumns:
        """The same; a card has no columns whose field could be changed.

        Raises:
            Invalid: `mapping-header`.
        """
        del definitions
        if not changes:
            return self
        reason = "A card has no columns to map: leave out the mapping."
        raise Invalid("mapping-header", reason, path="mapping", value=next(iter(changes)))


def open_cards(source: Source, *, encoding: str | None, language: str, **options: Any) -> CardTable | None:
    """The table of a file of vCards or of JSContact; None for any other file. The content decides, not the name.

    Args:
        source: The file.
        encoding: The name of a Python codec; None to detect it.
        language: The language of the workspace.
        options: Options that only a table of cells has; None for those that the caller did not give.

    Raises:
        Invalid: `vcard-option` for an option that cards do not have; `encoding-unknown`, `file-missing`,
            `file-unreadable`.
    """
    with source.open() as stream:
        sample = stream.read(tabular.SAMPLE_BYTES)
    file = _json_file(source, sample, encoding, language) or _card_file(source, sample, encoding, language)
    if file is None:
        return None
    given = [name for name, value in options.items() if value is not None]
    if given:
        reason = f"A card has no {given[0]}: leave the option out."
        raise Invalid("vcard-option", reason, path=given[0], value=options[given[0]])
    detected = tabular.Detected(
        encoding=file.encoding.codec,
        encoding_how=file.encoding.how,
        delimiter="",
        quotechar="",
        header_line=None,
        preamble=(),
        columns=(),
        newline="\r\n" if b"\r" in sample else "\n",
    )
    return CardTable(file, detected)


def _json_file(source: Source, sample: bytes, encoding: str | None, language: str) -> JsonCardFile | None:
    """The file if its first value is an object or an array with a Card object near its start."""
    if sample[:_HEAD].translate(None, _BLANKS)[:1] not in (b"[", b"{"):
        return None
    named = known_encoding(encoding, sample, language) if encoding is not None and not source.text else None
    file = JsonCardFile.of(source, named)
    with file.open() as stream:
        head = stream.read(tabular.SAMPLE_BYTES)
    return file if _CARD.search(head) else None


def _card_file(source: Source, sample: bytes, encoding: str | None, language: str) -> CardFile | None:
    if source.text:
        bom = "\ufeff".encode() if sample.startswith("\ufeff".encode()) else b""
        found = Encoding("utf-8", bom, "given", "cp1252")
    elif encoding is not None:
        found = known_encoding(encoding, sample, language)
    elif b"BEGIN" not in sample[:_HEAD].translate(None, _BLANKS).upper():
        return None
    else:
        found = detect_encoding(sample, language)
    head = sample[:_HEAD].decode(found.name, "replace")
    return CardFile(found, source) if _BEGIN.match(head) or _BEGIN_BELOW.match(head) else None
