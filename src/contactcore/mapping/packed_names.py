"""Packed names: indexed names with the parts of their records, as one process sends them to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contactcore.mapping import json
from contactcore.mapping.indexed_names import AffiliationParts, ContactParts, IndexedName

__all__ = ["PackedName", "pack_affiliation", "pack_name", "unpack_affiliation", "unpack_name"]

_RARE = ("sort_name", "words", "name_prefixes", "emails", "phones")


class PackedName(IndexedName):
    """An indexed name of another process. What the record of a new contact has already is unpacked when it is needed.

    Args:
        display_name: The display name.
        orders: The order keys.
        derived: The contact, and the parts of its record.
        placed: The parts of the affiliation of a person; None for none.
        rest: The other attributes, packed.
    """

    __slots__ = ("_rest",)
    display_name: str
    orders: Mapping[str, str]
    derived: tuple[object, ContactParts] | None
    placed: AffiliationParts | None

    def __init__(
        self,
        display_name: str,
        orders: Mapping[str, str],
        derived: tuple[object, ContactParts],
        placed: AffiliationParts | None,
        rest: bytes,
    ) -> None:
        self.display_name = display_name
        self.orders = orders
        self.derived = derived
        self.placed = placed
        self._rest = rest

    def __getattr__(self, name: str) -> Any:
        """An attribute that is not unpacked yet."""
        if name not in _RARE:
            raise AttributeError(name)
        sort_name, words, prefixes, emails, phones = json.unpack(self._rest)
        for one, value in zip(_RARE, (sort_name, words, set(prefixes), emails, phones), strict=True):
            setattr(self, one, value)
        return getattr(self, name)


def pack_name(name: IndexedName, parts: ContactParts) -> list[Any]:
    """An indexed name and the parts of the record of its contact as values for `contactcore.mapping.json.pack`.

    Args:
        name: The indexed name.
        parts: The parts.
    """
    rest = [name.sort_name, name.words, list(name.name_prefixes), name.emails, name.phones]
    return [*parts[:-1], list(parts.words), name.display_name, dict(name.orders), json.pack(rest)]


def unpack_name(sent: Sequence[Any], contact: object, placed: AffiliationParts | None = None) -> PackedName:
    """The indexed name of a contact that `pack_name` has packed.

    Args:
        sent: The values.
        contact: The contact, or the plain contact of a row.
        placed: The parts of the affiliation of a person; None for none.
    """
    *parts, words, display_name, orders, rest = sent
    parts.append(frozenset(words))
    return PackedName(display_name, orders, (contact, ContactParts._make(parts)), placed, rest)


def pack_affiliation(parts: AffiliationParts) -> list[Any]:
    """The parts of the record of an affiliation as values for `contactcore.mapping.json.pack`.

    Args:
        parts: The parts.
    """
    return [*parts[:-1], list(parts.words)]


def unpack_affiliation(sent: Sequence[Any]) -> AffiliationParts:
    """The parts of the record of an affiliation that `pack_affiliation` has packed.

    Args:
        sent: The values.
    """
    *parts, words = sent
    parts.append(frozenset(words))
    return AffiliationParts._make(parts)
