"""Declarations: installed kinds as text, which an adapter keeps with the data and compares with the next ones."""

from __future__ import annotations

import json
from collections.abc import Mapping

from contactcore.storage.records import Kind, Order

__all__ = ["kinds_from_text", "text_of_kinds"]


def text_of_kinds(kinds: Mapping[str, Kind]) -> str:
    """Return the JSON text of kinds; equal kinds have equal texts.

    >>> text_of_kinds({"note": Kind("note", (Order("due", terms=(), due=True),), {"about": "contact"})})
    '{"note": [[["due", [], false, true]], {"about": "contact"}]}'
    """
    plain = {
        name: [[[it.name, it.terms, it.words, it.due] for it in kind.orders], dict(kind.references)]
        for name, kind in kinds.items()
    }
    return json.dumps(plain, sort_keys=True)


def kinds_from_text(text: str) -> dict[str, Kind]:
    """Return the kinds, by name, whose text this is.

    >>> kinds_from_text(text_of_kinds({"bare": Kind("bare")}))
    {'bare': Kind(name='bare', orders=(), references={})}
    """
    return {
        name: Kind(
            name,
            tuple(Order(it, None if terms is None else tuple(terms), words, due) for it, terms, words, due in orders),
            references,
        )
        for name, (orders, references) in json.loads(text).items()
    }
