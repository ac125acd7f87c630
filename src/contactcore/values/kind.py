"""The kind of an e-mail address, a phone number or a website: work, home, mobile, or any other word."""

from __future__ import annotations

import re

from contactcore.errors import Invalid
from contactcore.values.texts import clean_line

__all__ = ["KIND_LIMIT", "PHONE_KINDS", "clean_kind", "clean_kind_field"]

KIND_LIMIT = 64
"""The maximum length of a kind, in code points."""

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
"""The kinds that the file formats know by name; any other slug is stored as it is (DIR-3)."""

_KNOWN = frozenset(("", *PHONE_KINDS))
_GAPS = re.compile(r"[\s_-]+")


def clean_kind(kind: str) -> str:
    """The kind as a slug: lower case, words joined by hyphens.

    Args:
        kind: A known kind in any case, or any other words; `""` for unknown.

    Raises:
        Invalid: The codes of `clean_line`; `text-too-long` for more than 64 code points.

    >>> clean_kind("Work Fax"), clean_kind("Büro"), clean_kind("")
    ('work-fax', 'büro', '')
    """
    if type(kind) is str and kind in _KNOWN:
        return kind
    slug = _GAPS.sub("-", clean_line(kind, limit=KIND_LIMIT).lower()).strip("-")
    if len(slug) > KIND_LIMIT:
        facts = {"limit": KIND_LIMIT, "length": len(kind)}
        raise Invalid("text-too-long", f"Shorten the kind to {KIND_LIMIT} characters.", value=kind, facts=facts)
    return clean_line(slug, limit=KIND_LIMIT)


def clean_kind_field(kind: str) -> str:
    """The slug of the kind of a value; a problem of the kind has the path `kind`, not the path of the value.

    Args:
        kind: As in `clean_kind`.

    Raises:
        Invalid: As for `clean_kind`, with the path `kind`.
    """
    if type(kind) is str and kind in _KNOWN:
        return kind
    try:
        return clean_kind(kind)
    except Invalid as error:
        raise error.under("kind") from None
