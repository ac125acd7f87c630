"""Components of names and addresses: lists in JSContact, structured values in vCard, their order in JSCOMPS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contactcore.formats.jscontact.properties import ADDRESS_KINDS, NAME_KINDS
from contactcore.formats.vcard.content_lines import escape, texts_of

__all__ = ["address_components", "address_text", "name_components", "name_text", "ordered"]

_STREET, _SIMPLE_PARTS = 2, 7


def name_text(components: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """The value of N, and that of JSCOMPS for ordered components.

    >>> name_text([{"kind": "given", "value": "Jane"}, {"kind": "surname", "value": "Doe"}])
    ('Doe;Jane;;;', ';1;0')
    """
    parts, order = _parts(components, NAME_KINDS)
    for place, beside in ((5, 0), (6, 4)):  # older programs read them from these (RFC 9555 section 3.3.1)
        parts[beside] += [text for text in parts[place] if text not in parts[beside]]
    return _joined(parts, 5), order


def name_components(value: str) -> list[dict[str, Any]]:
    """The components of N.

    >>> name_components("Doe;Jane,Joan;;;")
    [{'kind': 'surname', 'value': 'Doe'}, {'kind': 'given', 'value': 'Jane'}, {'kind': 'given', 'value': 'Joan'}]
    """
    parts = texts_of(value)[: len(NAME_KINDS)]
    parts += [[] for _ in range(len(NAME_KINDS) - len(parts))]
    for place, beside in ((5, 0), (6, 4)):
        parts[beside] = [text for text in parts[beside] if text not in parts[place]]
    return _components(parts, NAME_KINDS)


def address_text(components: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """The value of ADR, and that of JSCOMPS for ordered components.

    >>> address_text([{"kind": "number", "value": "1"}, {"kind": "name", "value": "rue X"}])[0]
    ';;1 rue X;;;;;;;;1;rue X;;;;;;'
    """
    given = [one for one in components if isinstance(one, Mapping)]
    kinds = [one.get("kind") for one in given]
    simple = {*ADDRESS_KINDS[:_SIMPLE_PARTS], "separator"}.issuperset(kinds)
    if simple and kinds.count("name") < 2 and kinds.count("apartment") < 2:
        parts, order = _parts(given, ADDRESS_KINDS[:_SIMPLE_PARTS])
        return _joined(parts, _SIMPLE_PARTS), order
    parts, order = _parts(given, ADDRESS_KINDS, later=True)
    street = [str(one["value"]) for one in given if one.get("kind") in ("number", "name") and "value" in one]
    parts[_STREET] = [" ".join(street)] if street else []
    parts[1] = [text for place in (7, 8, 9, 12) for text in parts[place]]
    return _joined(parts, len(ADDRESS_KINDS)), order


def address_components(value: str) -> list[dict[str, Any]]:
    """The components of ADR.

    >>> address_components(";;1 rue X;Paris;;;")
    [{'kind': 'name', 'value': '1 rue X'}, {'kind': 'locality', 'value': 'Paris'}]
    """
    parts = texts_of(value)[: len(ADDRESS_KINDS)]
    if any(parts[_SIMPLE_PARTS:]):
        parts[1], parts[_STREET] = [], []
    return _components(parts, ADDRESS_KINDS)


def _parts(
    components: Iterable[Mapping[str, Any]], kinds: Sequence[str], *, later: bool = False
) -> tuple[list[list[str]], str]:
    """The texts of each part, and the order of the components as JSCOMPS."""
    parts: list[list[str]] = [[] for _ in kinds]
    order = [""]
    for one in components:
        kind, text = one.get("kind"), str(one.get("value", ""))
        if kind == "separator":
            order.append(f"s,{escape(text)}")
            continue
        if kind not in kinds:
            continue
        place = len(kinds) - 1 - tuple(reversed(kinds)).index(str(kind)) if later else kinds.index(str(kind))
        order.append(f"{place},{len(parts[place])}" if parts[place] else str(place))
        parts[place].append(text)
    return parts, ";".join(order)


def _joined(parts: Sequence[Sequence[str]], least: int) -> str:
    filled = max((place + 1 for place, texts in enumerate(parts) if texts), default=0)
    return ";".join(",".join(map(escape, texts)) for texts in parts[: max(filled, least)])


def _components(parts: Sequence[Sequence[str]], kinds: Sequence[str]) -> list[dict[str, Any]]:
    return [{"kind": kinds[place], "value": text} for place, texts in enumerate(parts) for text in texts]


def ordered(value: str, order: str, kinds: Sequence[str]) -> tuple[list[dict[str, Any]], str] | None:
    r"""The components in the order of JSCOMPS, and the default separator; None for an order that does not fit.

    Args:
        value: The value of N or ADR.
        order: The value of JSCOMPS.
        kinds: `NAME_KINDS` or `ADDRESS_KINDS`.

    >>> ordered("Doe;Jane;;;", ";1;s,\\, ;0", NAME_KINDS)[0]
    [{'kind': 'given', 'value': 'Jane'}, {'kind': 'separator', 'value': ', '}, {'kind': 'surname', 'value': 'Doe'}]
    """
    parts = texts_of(value)
    default, *entries = texts_of(order) or [[]]
    found: list[dict[str, Any]] = []
    for entry in entries:
        if entry[:1] == ["s"]:
            found.append({"kind": "separator", "value": ",".join(entry[1:])})
            continue
        numbers = [int(text) for text in entry if text.isascii() and text.isdigit() and len(text) < 4]
        place, at = [*numbers, 0, 0][:2]
        if not numbers or len(numbers) != len(entry) or place >= min(len(parts), len(kinds)) or at >= len(parts[place]):
            return None
        found.append({"kind": kinds[place], "value": parts[place][at]})
    return found, ",".join(default[1:]) if default[:1] == ["s"] else ""
