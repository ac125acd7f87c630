"""The kind of an e-mail, a phone, a website or an address: work, home, mobile, or a word of one's own."""

from __future__ import annotations

import re

from contactcore.errors import Invalid
from contactcore.values.texts import clean_line

__all__ = ["KIND_LIMIT", "PHONE_KINDS", "clean_kind", "own_kind"]

KIND_LIMIT = 64
"""Code points that a kind may have."""

PHONE_KINDS = (
    "work",
    "mobile",
    "home",
    "fax",
    "work-fax",
    "home-fax",
    "pager",
    "main",
    "car",
    "other",
    "assistant",
    "company",
)
"""The kinds that readers and writers of files know by name; any other slug is kept as it is (DIR-3)."""

_KNOWN = frozenset(("", *PHONE_KINDS))
_GAPS = re.compile(r"[\s_-]+")


def clean_kind(kind: str) -> str:
    """The kind as a slug: lower case, words joined by hyphens; `""` when nothing is said.

    Args:
        kind: A known kind in any case, or any words.

    Raises:
        Invalid: As `clean_line` does; `text-too-long` beyond 64 code points.

    >>> clean_kind("Work Fax"), clean_kind("Büro"), clean_kind("")
    ('work-fax', 'büro', '')
    """
    if type(kind) is str and kind in _KNOWN:
        return kind
    slug = _GAPS.sub("-", clean_line(kind, limit=KIND_LIMIT).lower()).strip("-")
    if len(slug) > KIND_LIMIT:
        raise Invalid("text-too-long", f"Shorten the kind to {KIND_LIMIT} characters.", value=kind)
    return clean_line(slug, limit=KIND_LIMIT)


def own_kind(kind: str) -> str:
    """The kind of a value, refused under its own name, so that nobody looks for the fault in the value itself.

    Raises:
        Invalid: As `clean_kind` does, with the path `kind`.
    """
    if type(kind) is str and kind in _KNOWN:
        return kind
    try:
        return clean_kind(kind)
    except Invalid as error:
        raise error.under("kind") from None
