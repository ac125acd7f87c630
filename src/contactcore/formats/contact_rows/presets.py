"""Contacts as rows of the address books of other programs: Google, Outlook and Thunderbird (IMP-1, IMP-4).

Each row is made from the cells of our own export (`cells_of`). The cells that a program has no place for are returned,
so that a caller can name every loss.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import attrs

from contactcore.errors import Invalid
from contactcore.formats.contact_rows.native_columns import ID, KIND, LISTED, PRIMARY, split_list
from contactcore.frozen import frozen
from contactcore.read_only import ReadOnlyDict

__all__ = ["PRESETS", "Preset", "find_preset"]

_KINDED = re.compile(r"(E-mail|Phone|Website) (\d+)(?: \((.+)\))?", re.DOTALL)
_PLACED = re.compile(r"Address (\d+) - (.+)")
_IMPLIED = frozenset((ID, KIND, LISTED, PRIMARY, "Company ID", "Site ID", "Source", "Access", "Responsible users"))
"""Cells that mean something in one workspace only, and that no other program could keep."""


class _Cells:
    """The cells of a contact, from which a preset takes those that it has a place for."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._rest = {header: text for header, text in cells.items() if header not in _IMPLIED}

    def take(self, header: str) -> str:
        return self._rest.pop(header, "")

    def take_value(self, name: str, wanted: Callable[[str], bool]) -> str:
        """The first e-mail address, phone or website of a kind that the test takes."""
        for header in self._rest:
            match = _KINDED.fullmatch(header)
            if match and match[1] == name and wanted(match[3] or ""):
                return self._rest.pop(header)
        return ""

    def take_pairs(self, name: str) -> list[tuple[str, str]]:
        """All e-mail addresses, phones or websites, each with its kind in front."""
        found = [(header, match) for header in self._rest if (match := _KINDED.fullmatch(header)) and match[1] == name]
        return [(match[3] or "", self._rest.pop(header)) for header, match in found]

    def take_address(self, wanted: Callable[[str], bool], parts: Sequence[str]) -> dict[str, str]:
        """The parts of the first address with a label that the test takes; `{}` for none."""
        numbers = dict.fromkeys(match[1] for header in self._rest if (match := _PLACED.fullmatch(header)))
        for number in numbers:
            if wanted(self._rest.get(f"Address {number} - Label", "")):
                self._rest.pop(f"Address {number} - Label", "")
                return {part: text for part in parts if (text := self._rest.pop(f"Address {number} - {part}", ""))}
        return {}

    def rest(self) -> dict[str, str]:
        return self._rest


@frozen
class Preset:
    """The columns of another program.

    Attributes:
        name: The name, such as `"outlook-fr"`.
        headers: The columns; Google has more of them, as many as the contacts need.
        delimiter: The delimiter that the program expects.
        encoding: The encoding that the program expects, a Python codec.
        fill: The function that makes a row of the cells of a contact.
    """

    name: str
    headers: tuple[str, ...]
    delimiter: str
    encoding: str
    fill: Callable[[_Cells], dict[str, str]] = attrs.field(repr=False)

    def row(self, cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Header -> cell of a contact, and the cells of our own export that have no place in it.

        Args:
            cells: The cells of the contact, as `cells_of` returns them.

        >>> find_preset("thunderbird").row({"First name": "Jo", "Tags": "vip"})
        ({'First Name': 'Jo'}, {'Tags': 'vip'})
        """
        given = _Cells(cells)
        filled = {header: text for header, text in self.fill(given).items() if text}
        return filled, given.rest()


def _any(_kind: str) -> bool:
    return True


def _one_of(*kinds: str) -> Callable[[str], bool]:
    return lambda kind: kind in kinds


_GOOGLE = {
    "First name": "First Name",
    "Middle name": "Middle Name",
    "Last name": "Last Name",
    "Name prefix": "Name Prefix",
    "Name suffix": "Name Suffix",
    "Nickname": "Nickname",
    "Phonetic first name": "Phonetic First Name",
    "Phonetic last name": "Phonetic Last Name",
    "Full name": "File As",
    "Company": "Organization Name",
    "Position": "Organization Title",
    "Department": "Organization Department",
    "Birthday": "Birthday",
    "Notes": "Notes",
}
_GOOGLE_ADDRESS = {
    "Street": "Street",
    "Street 2": "Extended Address",
    "City": "City",
    "PO box": "PO Box",
    "Region": "Region",
    "Postal code": "Postal Code",
    "Country": "Country",
    "Formatted": "Formatted",
}


def _google(cells: _Cells) -> dict[str, str]:
    row = {theirs: cells.take(ours) for ours, theirs in _GOOGLE.items()}
    row["Labels"] = " ::: ".join(split_list(cells.take("Tags")))
    for name in ("E-mail", "Phone", "Website"):
        for number, (kind, text) in enumerate(cells.take_pairs(name), start=1):
            row[f"{name} {number} - Label"] = kind
            row[f"{name} {number} - Value"] = text
    number = 0
    while any(_PLACED.fullmatch(header) for header in cells.rest()):
        number += 1
        label = next((text for header, text in cells.rest().items() if header.endswith(" - Label")), "")
        found = cells.take_address(_any, (*_GOOGLE_ADDRESS, "Country text", "Billing"))
        row[f"Address {number} - Label"] = label
        row |= {f"Address {number} - {_GOOGLE_ADDRESS[part]}": found.get(part, "") for part in _GOOGLE_ADDRESS}
        country = found.get("Country") or found.get("Country text", "")
        row[f"Address {number} - Country"] = country
    for place, header in enumerate([*cells.rest()], start=1):
        row[f"Custom Field {place} - Label"], row[f"Custom Field {place} - Value"] = header, cells.take(header)
    return row


_OUTLOOK_FIELDS = (
    "Name prefix",
    "First name",
    "Middle name",
    "Last name",
    "Name suffix",
    "Company",
    "Department",
    "Position",
)
_OUTLOOK_PLACE = ("Street", "Street 2", "City", "Region", "Postal code", "Country")
_OUTLOOK_PHONES = (
    ("work-fax", "fax"),
    ("work", ""),
    ("work", "main", "company"),
    ("home",),
    ("mobile",),
)
_OUTLOOK = {
    "outlook": (
        "Title|First Name|Middle Name|Last Name|Suffix|Company|Department|Job Title",
        "Business Street|Business Street 2|Business City|Business State|Business Postal Code|Business Country/Region",
        "Home Street|Home Street 2|Home City|Home State|Home Postal Code|Home Country/Region",
        "Business Fax|Business Phone|Business Phone 2|Home Phone|Mobile Phone",
        "E-mail Address|E-mail 2 Address|E-mail 3 Address",
        "Birthday|Categories|Notes|Web Page",
        (",", "cp1252"),
    ),
    "outlook-fr": (
        "Titre|Prénom|Deuxième prénom|Nom|Suffixe|Société|Service|Profession",
        "Rue (bureau)|Rue (bureau) 2|Ville (bureau)|Dép/Région (bureau)|Code postal (bureau)|Pays/Région (bureau)",
        (
            "Rue (domicile)|Rue (domicile) 2|Ville (domicile)|Dép/Région (domicile)|Code postal (domicile)|"
            "Pays/Région (domicile)"
        ),
        "Télécopie (bureau)|Téléphone (bureau)|Téléphone 2 (bureau)|Téléphone (domicile)|Tél. mobile",
        "Adresse de messagerie|Adresse de messagerie 2|Adresse de messagerie 3",
        "Anniversaire|Catégories|Notes|Page Web",
        (";", "cp1252"),
    ),
    "outlook-de": (
        "Anrede|Vorname|Weitere Vornamen|Nachname|Suffix|Firma|Abteilung|Position",
        (
            "Straße geschäftlich|Straße geschäftlich 2|Ort geschäftlich|Region geschäftlich|Postleitzahl geschäftlich|"
            "Land/Region geschäftlich"
        ),
        "Straße privat|Straße privat 2|Ort privat|Bundesland/Kanton privat|Postleitzahl privat|Land/Region privat",
        "Fax geschäftlich|Telefon geschäftlich|Telefon geschäftlich 2|Telefon privat|Mobiltelefon",
        "E-Mail-Adresse|E-Mail 2: Adresse|E-Mail 3: Adresse",
        "Geburtstag|Kategorien|Notizen|Webseite",
        (";", "cp1252"),
    ),
    "outlook-pl": (
        "Tytuł|Imię|Drugie imię|Nazwisko|Sufiks|Firma|Dział|Stanowisko",
        (
            "Adres służbowy - ulica|Adres służbowy - ulica 2|Adres służbowy - miejscowość|Adres służbowy - województwo|"
            "Adres służbowy - kod pocztowy|Adres służbowy - kraj"
        ),
        (
            "Adres domowy - ulica|Adres domowy - ulica 2|Adres domowy - miejscowość|Adres domowy - województwo|"
            "Adres domowy - kod pocztowy|Adres domowy - kraj"
        ),
        "Faks służbowy|Telefon służbowy|Telefon służbowy 2|Telefon domowy|Telefon komórkowy",
        "Adres e-mail|Adres e-mail 2|Adres e-mail 3",
        "Urodziny|Kategorie|Notatki|Strona sieci Web",
        (";", "cp1250"),
    ),
}


def _outlook(name: str) -> Preset:
    *groups, (delimiter, encoding) = _OUTLOOK[name]
    fields, work, home, phones, emails, more = (str(group).split("|") for group in groups)
    birthday, categories, notes, web = more

    def fill(cells: _Cells) -> dict[str, str]:
        row = {theirs: cells.take(ours) for ours, theirs in zip(_OUTLOOK_FIELDS, fields, strict=True)}
        for columns, labels in ((home, ("home",)), (work, ("work", ""))):
            found = cells.take_address(_one_of(*labels), _OUTLOOK_PLACE)
            row |= {column: found.get(part, "") for part, column in zip(_OUTLOOK_PLACE, columns, strict=True)}
        for column, kinds in zip(phones, _OUTLOOK_PHONES, strict=True):
            row[column] = cells.take_value("Phone", _one_of(*kinds))
        for column in emails:
            row[column] = cells.take_value("E-mail", _any)
        row[web] = cells.take_value("Website", _any)
        row[birthday], row[notes] = cells.take("Birthday"), cells.take("Notes")
        row[categories] = ";".join(split_list(cells.take("Tags")))
        return row

    headers = (*fields, *work, *home, *phones, *emails, *more)
    return Preset(name, headers, delimiter, encoding, fill)


_BIRD = {
    "First name": "First Name",
    "Last name": "Last Name",
    "Full name": "Display Name",
    "Nickname": "Nickname",
    "Position": "Job Title",
    "Department": "Department",
    "Company": "Organization",
    "Notes": "Notes",
}
_BIRD_PHONES = {
    "Work Phone": ("work", "main", "company", ""),
    "Home Phone": ("home",),
    "Fax Number": ("fax", "work-fax", "home-fax"),
    "Pager Number": ("pager",),
    "Mobile Number": ("mobile",),
}
_BIRD_PLACE = ("Street", "Street 2", "City", "Region", "Postal code", "Country")
_BIRD_PARTS = ("Address", "Address 2", "City", "State", "ZipCode", "Country")
_BIRTH = ("Birth Year", "Birth Month", "Birth Day")


def _bird(cells: _Cells) -> dict[str, str]:
    row = {theirs: cells.take(ours) for ours, theirs in _BIRD.items()}
    for column in ("Primary Email", "Secondary Email"):
        row[column] = cells.take_value("E-mail", _any)
    for column, kinds in _BIRD_PHONES.items():
        row[column] = cells.take_value("Phone", _one_of(*kinds))
    for where, labels in (("Home", ("home",)), ("Work", ("work", ""))):
        found = cells.take_address(_one_of(*labels), _BIRD_PLACE)
        row |= {f"{where} {their}": found.get(part, "") for part, their in zip(_BIRD_PLACE, _BIRD_PARTS, strict=True)}
    for column in ("Web Page 1", "Web Page 2"):
        row[column] = cells.take_value("Website", _any)
    birthday = cells.take("Birthday")
    if birthday:
        parts = birthday.replace("--", "-", 1).split("-") if birthday.startswith("--") else birthday.split("-")
        row |= dict(zip(_BIRTH, parts, strict=False))
    return row


_BIRD_HEADERS = (
    *("First Name", "Last Name", "Display Name", "Nickname", "Primary Email", "Secondary Email", *_BIRD_PHONES),
    *(f"{where} {part}" for where in ("Home", "Work") for part in _BIRD_PARTS),
    *("Job Title", "Department", "Organization", "Web Page 1", "Web Page 2", *_BIRTH, "Notes"),
)

PRESETS: Mapping[str, Preset] = ReadOnlyDict(
    {
        "google": Preset("google", (*_GOOGLE.values(), "Labels"), ",", "utf-8", _google),
        **{name: _outlook(name) for name in _OUTLOOK},
        "thunderbird": Preset("thunderbird", _BIRD_HEADERS, ",", "utf-8", _bird),
    }
)
"""The presets by name: `google`, `outlook` (English), `outlook-fr`, `outlook-de`, `outlook-pl` and `thunderbird`."""


def find_preset(name: str) -> Preset:
    """The preset with a name.

    Args:
        name: The name.

    Raises:
        Invalid: `preset-unknown`.
    """
    if name not in PRESETS:
        message = f"The presets are own, {', '.join(PRESETS)}."
        raise Invalid("preset-unknown", message, path="preset", value=name)
    return PRESETS[name]
