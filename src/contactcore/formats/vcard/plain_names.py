"""The names of plain cards: whether a card is a person's or a company's, and under which name it is shown."""

from __future__ import annotations

from typing import Any, Final

from contactcore.formats.vcard.card_values import displayed
from contactcore.formats.vcard.content_lines import unescape
from contactcore.formats.vcard.extras import unmapped_name
from contactcore.formats.vcard.plain_shapes import BLANK, Slots, Values
from contactcore.model import Company, Person
from contactcore.values.texts import LINE_LIMIT

__all__ = ["is_known", "kind_of_card", "name_company", "name_person", "only", "shown_name"]

_SUFFICIENT: Final = ("given_name", "family_name", "emails", "phones", "full_name", "name")
"""Fields of which a contact needs one."""
_VERSIONS = ("3.0", "4.0", "2.1")
_COMPLEX_SCRIPTS = "\u1100"
"""The first code point of the scripts whose names have an order or a spacing of their own."""
_OF_PEOPLE: Final = ("NICKNAME", "BDAY", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME")
_ORG = unmapped_name("ORG")


def kind_of_card(slots: Slots, name: str, companies: list[str]) -> type[Person | Company] | None:
    """`Person` or `Company`, as the careful reader finds it; None if it has to decide."""
    given, shown = slots.get("KIND"), slots.get("X-ABSHOWAS")
    if (given is not None and len(given) > 1) or (shown is not None and len(shown) > 1):
        return None
    kind = given[0][1].strip().lower() if given is not None else ""
    if kind not in ("", "individual", "org"):
        return None
    if kind == "org" or (shown is not None and shown[0][1].strip().lower() == "company"):
        return Company
    several = slots.get("N")
    named = several is not None and several[0][1].strip(BLANK)
    if named or kind == "individual" or not any(companies):
        return Person
    same = not name or name in companies or name == ", ".join(filter(None, companies))
    return Company if same else Person


def only(lines: list[str] | None) -> str | None:
    """The value of the only line of a property; `""` without a line, None for several."""
    if lines is None:
        return ""
    return lines[0].partition(":")[2] if len(lines) == 1 else None


def is_known(several: Values | None) -> bool:
    """Whether the version of a card is one that the library knows; true for a card without a version."""
    return several is None or several[0][1].strip() in _VERSIONS


def shown_name(several: Values | None) -> str | None:
    """The formatted name; `""` for none, None for one that is not plain."""
    if several is None:
        return ""
    value = several[0][1]
    if len(several) > 1 or len(value) > LINE_LIMIT or "\\n" in value or "\\N" in value:
        return None
    return unescape(value).strip() if value.strip(BLANK) else ""


def name_person(slots: Slots, found: dict[str, Any], name: str) -> bool:
    """Find the full name of a person that is shown by another name; False if there may be no person."""
    several = slots.get("N")
    if name:
        family, given = found.get("family_name", ""), found.get("given_name", "")
        simple = several is not None and (several[0][1].isascii() or max(several[0][1]) < _COMPLEX_SCRIPTS)
        if (family or given) and simple:
            prefix, middle, suffix = found.get("prefix", ""), found.get("middle_name", ""), found.get("suffix", "")
            other = name != " ".join(f"{prefix} {given} {middle} {family} {suffix}".split())
        else:
            other = name not in displayed(Person, found)
        if other:
            found["full_name"] = name
    return any(map(found.get, _SUFFICIENT))


def name_company(
    kept: dict[str, list[str]], slots: Slots, found: dict[str, Any], name: str, companies: list[str]
) -> bool:
    """Find the name of a company; False if the card has anything that a company has no field for."""
    several = slots.get("N")
    if (several is not None and several[0][1].strip(BLANK)) or any(part in slots for part in _OF_PEOPLE):
        return False
    own, *units = companies
    units = list(filter(None, units))
    lines = kept.pop(_ORG, None)
    if lines is not None and (not lines[0].startswith("ORG:") or len(units) > 1 or len(lines[0]) > LINE_LIMIT):
        return False
    if "\n" in own or (units and "\n" in units[0]):
        return False
    found["name"], found["division"] = own, ", ".join(units)
    if name and name not in displayed(Company, found):
        if own:
            return False
        found["name"] = name
    return any(map(found.get, _SUFFICIENT))
