"""The addresses of plain rows, and their countries, in which the phone numbers of the row are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contactcore.formats.contact_rows.plain_cells import KnownTexts, country_code, several_lines
from contactcore.formats.tabular.address_cells import parted
from contactcore.formats.tabular.cells import kind_of, says_no_name
from contactcore.formats.tabular.fields import Target
from contactcore.values.postal_codes import with_leading_zeros
from contactcore.values.texts import LINE_LIMIT

__all__ = ["PlainAddresses"]

_STREETS = ("street", "street2", "street3")
_PARTED = frozenset(("postal_city", "number"))
_PARTS = frozenset((*_STREETS, "city", "region", "postal_code", "country", "po_box", "extended", "formatted"))


class PlainAddresses:
    """Reads the addresses of the plain rows of one file.

    Args:
        columns: The target of each column.
        lines: The texts of the file that are one line; None for a text that is not plain.
        number_first: Whether the house number comes before the street.
    """

    def __init__(self, columns: Sequence[Target], lines: Mapping[str, str | None], *, number_first: bool) -> None:
        addresses: dict[str, list[tuple[int, str]]] = {}
        for index, target in enumerate(columns):
            if target.name == "addresses":
                addresses.setdefault(target.key, []).append((index, target.part))
        # Whether a city, a street or their numbers are in cells of their own is known from the header.
        self._columns = [
            (key, parts, not _PARTED.isdisjoint([part for _, part in parts])) for key, parts in addresses.items()
        ]
        self._lines = lines
        self._number_first = number_first
        self._countries: KnownTexts[str] = KnownTexts(country_code)

    def read(self, cells: Sequence[str], countries: list[tuple[str, str]]) -> list[dict[str, str]] | None:
        """The addresses of a row; None if the row is not plain.

        Args:
            cells: The cells of the row.
            countries: The list to which the label and the country of each address are added.
        """
        found: list[dict[str, str]] = []
        for key, parts, is_parted in self._columns:
            given = [(index, part, text) for index, part in parts if cells[index] and (text := cells[index].strip())]
            if given:
                if is_parted:
                    given = parted(given, number_first=self._number_first)
                address = self._address(key, given, countries)
                if address is None or address in found:
                    return None
                found.append(address)
        return found

    def _address(  # noqa: C901, PLR0912 - one pass over the cells of an address
        self, key: str, given: list[tuple[int, str, str]], countries: list[tuple[str, str]]
    ) -> dict[str, str] | None:
        label = "" if key.isdecimal() else key
        said: dict[str, str] = {}
        for _, part, text in given:
            if part == "label":
                label = kind_of(text)[0]
                continue
            line: str | None
            if part == "formatted":
                line = several_lines(text)
            elif text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
                line = text
            else:
                line = self._lines[text]
            if line is None or part in said or part not in _PARTS or " ::: " in line or not line or says_no_name(text):
                return None
            said[part] = line if part != "country" else text
        if not said or said.get("postal_code", "")[:1] == "'":  # an apostrophe of a spreadsheet
            return None
        address: dict[str, str] = {}
        streets = [said[part] for part in _STREETS if part in said]
        if streets:
            address["street"] = streets[0]
        if rest := [*streets[1:], *([said["extended"]] if "extended" in said else [])]:
            address["street2"] = ", ".join(rest)
        for part in ("city", "region", "postal_code"):
            if part in said:
                address[part] = said[part]
        code = ""
        if "country" in said:
            code = self._countries[said["country"]]
            if not code:
                return None
            address["country"] = code
            written = address.get("postal_code", "")
            if written and with_leading_zeros(written, code) != written:
                return None
        if "po_box" in said:
            address["po_box"] = said["po_box"]
        if label:
            labelled = self._lines[label]
            if not labelled:
                return None
            address["label"] = labelled
        if "formatted" in said:
            address["formatted"] = said["formatted"]
        countries.append((label, code))
        return address if max(map(len, address.values())) <= LINE_LIMIT else None
