"""The kinds of contact details, and the types (TYPE) and labels (X-ABLabel) that mean them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from contactcore.read_only import ReadOnlyDict

__all__ = ["kind_of", "other_types", "plain_label", "types_of"]

_REMEMBERED = 1_000
"""Combinations of types whose meaning is remembered: a file has few of them."""
_TYPES: Mapping[str, tuple[str, ...]] = ReadOnlyDict(
    {
        "work-fax": ("work", "fax"),
        "home-fax": ("home", "fax"),
        "fax": ("fax",),
        "mobile": ("cell",),
        "pager": ("pager",),
        "car": ("car",),
        "main": ("main",),
        "work": ("work",),
        "home": ("home",),
    }
)
"""Kind -> its types, the most special kind first."""

_OF_ANYTHING = frozenset(("work", "home"))
"""Kinds that e-mail addresses, websites and postal addresses have as types too."""

DEFAULT_TYPES: Mapping[str, frozenset[str]] = ReadOnlyDict(
    {
        "EMAIL": frozenset(("internet",)),
        "TEL": frozenset(("voice",)),
        "ADR": frozenset(("intl", "postal", "parcel")),
        "URL": frozenset(),
    }
)
"""Property -> types that a line without any type has too (RFC 2426 sections 3.2 and 3.3)."""

_APPLE = re.compile(r"_\$!<(.*)>!\$_")
_LABELS = {"home-page": "", "homepage": "", "workfax": "work-fax", "homefax": "home-fax", "cell": "mobile"}


def types_of(name: str, kind: str) -> tuple[str, ...]:
    """The types of a kind; none for a kind that only a label can say.

    Args:
        name: The property.
        kind: The kind, a slug.

    >>> types_of("TEL", "work-fax"), types_of("EMAIL", "work-fax")
    (('work', 'fax'), ())
    """
    return _TYPES.get(kind, ()) if name == "TEL" or kind in _OF_ANYTHING else ()


@lru_cache(_REMEMBERED)
def kind_of(name: str, types: tuple[str, ...]) -> str:
    """The kind that types mean; `""` for none.

    Args:
        name: The property.
        types: The types in lower case.

    >>> kind_of("TEL", ("fax", "work", "pref")), kind_of("TEL", ("voice",))
    ('work-fax', '')
    """
    for kind, meant in _TYPES.items():
        if types_of(name, kind) and set(meant) <= set(types):
            return kind
    return ""


@lru_cache(_REMEMBERED)
def other_types(name: str, types: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """The types that a kind does not mean, and that say more than the property does without any type.

    Args:
        name: The property.
        types: The types as written.
        kind: The kind.

    >>> other_types("TEL", ("CELL", "VOICE", "IPHONE"), "mobile")
    ('IPHONE',)
    """
    meant = {"pref", *types_of(name, kind), *DEFAULT_TYPES.get(name, ())}
    if name == "ADR":
        meant.add("billing")
    return tuple(one for one in types if one.lower() not in meant)


def plain_label(label: str) -> str:
    """The words of a label of Apple's address book.

    >>> plain_label("_$!<Work>!$_"), plain_label("Büro")
    ('work', 'Büro')
    """
    match = _APPLE.fullmatch(label.strip())
    if match is None:
        return label.strip()
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", match[1]).lower()
    return _LABELS.get(word, word)
