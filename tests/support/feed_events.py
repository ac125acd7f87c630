"""The events of the feed, as the page about the feed lists them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["documented_events"]

_PAGE = Path(__file__).parents[2] / "docs" / "feed.md"


@cache
def documented_events() -> dict[str, frozenset[str]]:
    """Return the data of each event, by its name."""
    rows = _PAGE.read_text("utf-8").split("\n## All events\n", 1)[1].splitlines()
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        if row.startswith("| `"):
            _, names, _, data, _ = row.split("|")
            fields = frozenset({"actor", *re.findall(r"`([a-z]+)`", data)})
            found |= dict.fromkeys(re.findall(r"`([a-z.-]+)`", names), fields)
    return found
